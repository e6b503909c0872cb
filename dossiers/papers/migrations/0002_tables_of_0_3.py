"""The tables of 0.3 beside those of 0.2.0, made from the difference of the models."""

import django.db.models.deletion
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    dependencies = [
        ('papers', '0001_initial'),
        ('dossiers', '0003_tables_of_0_3'),
    ]

    operations = [
        migrations.CreateModel(
            name='NumberCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=8)),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField()),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('body', 'series', 'year'), name='one_counter_a_series')],
            },
        ),
        migrations.CreateModel(
            name='PaperNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('acknowledgement', 'Xác nhận đã nộp hồ sơ'), ('application_form', 'Đơn, tờ khai đã điền'), ('receipt_slip', 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả'), ('supplement_request', 'Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ'), ('supplement_note', 'Ghi nhận bổ sung'), ('refusal_of_receipt', 'Phiếu từ chối tiếp nhận giải quyết hồ sơ'), ('apology', 'Văn bản xin lỗi và đề nghị gia hạn'), ('stop_notice', 'Thông báo dừng giải quyết hồ sơ'), ('control_sheet', 'Phiếu kiểm soát quá trình giải quyết hồ sơ'), ('register', 'Sổ theo dõi hồ sơ'), ('payment_notice', 'Thông báo nộp phí, lệ phí'), ('withdrawal_request', 'Đề nghị rút hồ sơ'), ('consultation', 'Văn bản lấy ý kiến'), ('result', 'Kết quả giải quyết'), ('refusal_of_substance', 'Thông báo không giải quyết'), ('revocation', 'Quyết định thu hồi'), ('e_receipt', 'Biên lai điện tử thu phí, lệ phí')], max_length=24, verbose_name='loại giấy')),
                ('item', models.CharField(blank=True, max_length=80, verbose_name='giấy nào trong nhiều giấy cùng loại')),
                ('series', models.CharField(max_length=8, verbose_name='ký hiệu')),
                ('year', models.PositiveSmallIntegerField(verbose_name='năm')),
                ('number', models.PositiveIntegerField(verbose_name='số')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan cấp số')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='dossiers.event', verbose_name='sự kiện')),
            ],
            options={
                'verbose_name': 'số của giấy',
                'verbose_name_plural': 'số của giấy',
                'constraints': [models.UniqueConstraint(fields=('body', 'series', 'year', 'number'), name='no_number_twice'), models.UniqueConstraint(fields=('event', 'kind', 'item'), name='one_number_a_paper')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='issuedpaper',
            name='one_paper_an_event_and_kind',
        ),
        migrations.AddField(
            model_name='issuedpaper',
            name='result_key',
            field=models.CharField(blank=True, max_length=60, verbose_name='khóa kết quả'),
        ),
        migrations.AlterField(
            model_name='issuedpaper',
            name='decision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='dossiers.decision', verbose_name='quyết định'),
        ),
        migrations.AlterField(
            model_name='issuedpaper',
            name='kind',
            field=models.CharField(choices=[('acknowledgement', 'Xác nhận đã nộp hồ sơ'), ('application_form', 'Đơn, tờ khai đã điền'), ('receipt_slip', 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả'), ('supplement_request', 'Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ'), ('supplement_note', 'Ghi nhận bổ sung'), ('refusal_of_receipt', 'Phiếu từ chối tiếp nhận giải quyết hồ sơ'), ('apology', 'Văn bản xin lỗi và đề nghị gia hạn'), ('stop_notice', 'Thông báo dừng giải quyết hồ sơ'), ('control_sheet', 'Phiếu kiểm soát quá trình giải quyết hồ sơ'), ('register', 'Sổ theo dõi hồ sơ'), ('payment_notice', 'Thông báo nộp phí, lệ phí'), ('withdrawal_request', 'Đề nghị rút hồ sơ'), ('consultation', 'Văn bản lấy ý kiến'), ('result', 'Kết quả giải quyết'), ('refusal_of_substance', 'Thông báo không giải quyết'), ('revocation', 'Quyết định thu hồi'), ('e_receipt', 'Biên lai điện tử thu phí, lệ phí')], max_length=24, verbose_name='loại giấy'),
        ),
        migrations.AddConstraint(
            model_name='issuedpaper',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('kind', 'e_receipt'), _negated=True), ('decision', None)), fields=('event', 'kind'), name='one_paper_an_event_and_kind'),
        ),
        migrations.AddConstraint(
            model_name='issuedpaper',
            constraint=models.UniqueConstraint(fields=('decision', 'result_key'), name='one_paper_a_decision_and_result'),
        ),
    ]
