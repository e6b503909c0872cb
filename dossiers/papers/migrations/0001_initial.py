import django.db.models.deletion
import dossiers.papers.models
import portal.common.clock
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    initial = True

    dependencies = [
        ('dossiers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='IssuedPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('acknowledgement', 'Xác nhận đã nộp hồ sơ'), ('application_form', 'Đơn, tờ khai đã điền'), ('receipt_slip', 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả'), ('supplement_request', 'Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ'), ('supplement_note', 'Ghi nhận bổ sung'), ('refusal_of_receipt', 'Phiếu từ chối tiếp nhận giải quyết hồ sơ'), ('apology', 'Văn bản xin lỗi và đề nghị gia hạn'), ('stop_notice', 'Thông báo dừng giải quyết hồ sơ'), ('control_sheet', 'Phiếu kiểm soát quá trình giải quyết hồ sơ'), ('register', 'Sổ theo dõi hồ sơ'), ('payment_notice', 'Thông báo nộp phí, lệ phí'), ('withdrawal_request', 'Đề nghị rút hồ sơ'), ('consultation', 'Văn bản lấy ý kiến'), ('result', 'Kết quả giải quyết'), ('refusal_of_substance', 'Thông báo không giải quyết'), ('e_receipt', 'Biên lai điện tử thu phí, lệ phí')], max_length=24, verbose_name='loại giấy')),
                ('number', models.CharField(max_length=60, verbose_name='số')),
                ('verification_code', models.CharField(default=dossiers.papers.models.new_verification_code, max_length=20, unique=True, verbose_name='mã kiểm tra')),
                ('storage_key', models.CharField(max_length=80, unique=True)),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('size', models.PositiveIntegerField(verbose_name='dung lượng (byte)')),
                ('signed_by', models.CharField(blank=True, max_length=200, verbose_name='chứng thư ký')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='ký lúc')),
                ('state', models.CharField(choices=[('valid', 'còn giá trị'), ('replaced', 'đã được thay thế'), ('revoked', 'đã bị thu hồi')], default='valid', max_length=8, verbose_name='giá trị')),
                ('state_reason', models.TextField(blank=True, verbose_name='lý do thay, thu hồi')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='đưa vào tài khoản lúc')),
                ('issued_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='cấp lúc')),
                ('decision', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='dossiers.decision', verbose_name='quyết định')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='dossiers.dossier', verbose_name='hồ sơ')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='dossiers.event', verbose_name='sự kiện')),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='papers.issuedpaper', verbose_name='thay bằng')),
            ],
            options={
                'verbose_name': 'giấy do cổng cấp',
                'verbose_name_plural': 'giấy do cổng cấp',
                'ordering': ['issued_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'e_receipt'), _negated=True), fields=('event', 'kind'), name='one_paper_an_event_and_kind')],
            },
        ),
    ]
