import django.db.models.deletion
import django_fsm
import dossiers.models.dossier
import dossiers.models.history
import dossiers.transitions.lines
import portal.common.clock
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('procedures', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Dossier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('DRAFT', 'Bản nháp, chưa nộp'), ('SUBMITTED', 'Chờ tiếp nhận'), ('ACCEPTED', 'Đã tiếp nhận'), ('NOT_ACCEPTED', 'Không được tiếp nhận'), ('PROCESSING', 'Đang xử lý'), ('SUPPLEMENT_REQUIRED', 'Cần bổ sung giấy tờ'), ('PAYMENT_REQUIRED', 'Cần trả phí'), ('WITHDRAWN', 'Đã xin rút'), ('STOPPED', 'Đã dừng xử lý'), ('COMPLETED', 'Đã có kết quả'), ('RETURNED', 'Đã trả kết quả')], default='DRAFT', max_length=20, protected=True, verbose_name='trạng thái')),
                ('came_from', models.CharField(blank=True, choices=[('DRAFT', 'Bản nháp, chưa nộp'), ('SUBMITTED', 'Chờ tiếp nhận'), ('ACCEPTED', 'Đã tiếp nhận'), ('NOT_ACCEPTED', 'Không được tiếp nhận'), ('PROCESSING', 'Đang xử lý'), ('SUPPLEMENT_REQUIRED', 'Cần bổ sung giấy tờ'), ('PAYMENT_REQUIRED', 'Cần trả phí'), ('WITHDRAWN', 'Đã xin rút'), ('STOPPED', 'Đã dừng xử lý'), ('COMPLETED', 'Đã có kết quả'), ('RETURNED', 'Đã trả kết quả')], max_length=20, verbose_name='trước khi chờ')),
                ('came_from_withdrawn', models.CharField(blank=True, choices=[('DRAFT', 'Bản nháp, chưa nộp'), ('SUBMITTED', 'Chờ tiếp nhận'), ('ACCEPTED', 'Đã tiếp nhận'), ('NOT_ACCEPTED', 'Không được tiếp nhận'), ('PROCESSING', 'Đang xử lý'), ('SUPPLEMENT_REQUIRED', 'Cần bổ sung giấy tờ'), ('PAYMENT_REQUIRED', 'Cần trả phí'), ('WITHDRAWN', 'Đã xin rút'), ('STOPPED', 'Đã dừng xử lý'), ('COMPLETED', 'Đã có kết quả'), ('RETURNED', 'Đã trả kết quả')], max_length=20, verbose_name='trước khi xin rút')),
                ('code', models.CharField(blank=True, max_length=50, null=True, unique=True, verbose_name='mã hồ sơ')),
                ('secret', models.CharField(default=dossiers.models.dossier.new_secret, editable=False, max_length=32, unique=True, verbose_name='mã tra cứu riêng')),
                ('channel', models.CharField(choices=[('online', 'trên mạng'), ('direct', 'tại quầy'), ('postal', 'qua bưu chính')], default='online', max_length=8, verbose_name='cách nộp')),
                ('confidential', models.BooleanField(default=False, verbose_name='giữ kín người nộp')),
                ('answers', models.JSONField(blank=True, default=dict, verbose_name='câu trả lời')),
                ('asked', models.JSONField(blank=True, default=dict, help_text='{khóa câu hỏi: giá trị}', verbose_name='câu hỏi thêm')),
                ('declared_at', models.DateTimeField(blank=True, null=True, verbose_name='cam đoan lúc')),
                ('revision', models.PositiveIntegerField(default=0, verbose_name='lần sửa')),
                ('subject_name', models.CharField(blank=True, max_length=250, verbose_name='tên chủ hồ sơ')),
                ('subject_id_number', models.CharField(blank=True, max_length=20, verbose_name='số giấy tờ')),
                ('subject_address', models.CharField(blank=True, max_length=400, verbose_name='địa chỉ')),
                ('subject_phone', models.CharField(blank=True, max_length=16, verbose_name='điện thoại')),
                ('subject_email', models.EmailField(blank=True, max_length=254, verbose_name='thư điện tử')),
                ('waiting_on', models.CharField(blank=True, help_text='submitter hoặc vai trò cán bộ', max_length=20, verbose_name='đang chờ')),
                ('step_due_at', models.DateTimeField(blank=True, null=True, verbose_name='bước này xong trước')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False, verbose_name='bắt đầu khai')),
                ('updated_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='sửa lúc')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='nộp lúc')),
                ('reception_due_at', models.DateTimeField(blank=True, null=True, verbose_name='tiếp nhận trước')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='tiếp nhận lúc')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='hẹn trả lúc')),
                ('first_promised_due_at', models.DateTimeField(blank=True, null=True, verbose_name='hẹn lần đầu')),
                ('due_is_provisional', models.BooleanField(default=False, verbose_name='ngày hẹn tạm tính')),
                ('term', models.JSONField(blank=True, default=dict, verbose_name='thời hạn giải quyết')),
                ('extended_at', models.DateTimeField(blank=True, null=True, verbose_name='xin lỗi, gia hạn lúc')),
                ('extended_to', models.DateTimeField(blank=True, null=True, verbose_name='gia hạn tới')),
                ('supplement_count', models.PositiveSmallIntegerField(default=0, verbose_name='số lần yêu cầu bổ sung')),
                ('supplement_due_at', models.DateTimeField(blank=True, null=True, verbose_name='bổ sung trước')),
                ('payment_due_at', models.DateTimeField(blank=True, null=True, verbose_name='trả phí trước')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='đã nhắc lúc')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='quyết định lúc')),
                ('completed_at', models.DateTimeField(blank=True, null=True, verbose_name='có kết quả lúc')),
                ('returned_at', models.DateTimeField(blank=True, null=True, verbose_name='trả kết quả lúc')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='người nộp mở kết quả lúc')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='khép lúc')),
                ('payment_status', models.CharField(choices=[('none', 'không phải trả'), ('provisional', 'tạm tính'), ('due', 'phải trả'), ('paid', 'đã trả'), ('waived', 'được miễn')], default='none', max_length=12, verbose_name='phí')),
                ('delivery_way', models.CharField(blank=True, choices=[('account', 'nhận trên cổng này'), ('counter', 'nhận tại quầy'), ('post', 'nhận qua bưu chính')], max_length=8, verbose_name='cách nhận kết quả')),
                ('delivery_address', models.JSONField(blank=True, null=True, verbose_name='nơi nhận kết quả')),
                ('delivery_status', models.CharField(blank=True, choices=[('', 'chưa có kết quả'), ('ready', 'chờ trả'), ('delivered', 'đã trả')], max_length=10, verbose_name='việc trả kết quả')),
                ('identity_verified', models.BooleanField(default=False, verbose_name='tài khoản đã định danh')),
                ('digitised_at_receipt', models.BooleanField(default=False, verbose_name='số hóa khi tiếp nhận')),
                ('paid_online', models.BooleanField(default=False, verbose_name='trả phí trên mạng')),
                ('code_agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan cấp mã')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người nhập')),
                ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held', to=settings.AUTH_USER_MODEL, verbose_name='người đang giữ')),
                ('holder_agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='đang ở')),
                ('lead_agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='led_dossiers', to='accounts.agency', verbose_name='cơ quan giải quyết')),
                ('mandate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.mandate', verbose_name='nộp thay theo')),
                ('offering', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procedures.offering', verbose_name='nơi nộp')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to='accounts.organisation', verbose_name='chủ hồ sơ (tổ chức)')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to='accounts.person', verbose_name='chủ hồ sơ')),
                ('receiving_agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='desk_dossiers', to='accounts.agency', verbose_name='nơi tiếp nhận')),
                ('submitter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to=settings.AUTH_USER_MODEL, verbose_name='người nộp')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procedures.procedureversion', verbose_name='thủ tục')),
            ],
            options={
                'verbose_name': 'hồ sơ',
                'verbose_name_plural': 'hồ sơ',
            },
            bases=(dossiers.transitions.lines.DossierTransitions, django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='CoSubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=250, verbose_name='họ và tên')),
                ('id_number', models.CharField(blank=True, max_length=20, verbose_name='số giấy tờ')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.person', verbose_name='người')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='co_subjects', to='dossiers.dossier')),
            ],
            options={
                'verbose_name': 'người cùng đứng tên',
                'verbose_name_plural': 'người cùng đứng tên',
            },
        ),
        migrations.CreateModel(
            name='ClockInterval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reception', 'chờ tiếp nhận'), ('running', 'đang tính giờ'), ('supplement', 'chờ bổ sung'), ('payment', 'chờ trả phí'), ('applicant', 'chờ người nộp xác nhận'), ('withdrawal', 'chờ xử lý yêu cầu rút'), ('outage', 'sự cố đã ghi nhận')], max_length=12, verbose_name='loại')),
                ('started_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='từ')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='đến')),
                ('restart', models.BooleanField(default=False, verbose_name='tính lại từ đầu')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intervals', to='dossiers.dossier')),
            ],
            options={
                'verbose_name': 'khoảng thời gian',
                'verbose_name_plural': 'khoảng thời gian',
                'ordering': ['started_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DossierCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('last', models.PositiveIntegerField(default=0)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.agency')),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField(verbose_name='thứ tự')),
                ('step', models.CharField(max_length=30, verbose_name='bước')),
                ('source', models.CharField(choices=[('DRAFT', 'Bản nháp, chưa nộp'), ('SUBMITTED', 'Chờ tiếp nhận'), ('ACCEPTED', 'Đã tiếp nhận'), ('NOT_ACCEPTED', 'Không được tiếp nhận'), ('PROCESSING', 'Đang xử lý'), ('SUPPLEMENT_REQUIRED', 'Cần bổ sung giấy tờ'), ('PAYMENT_REQUIRED', 'Cần trả phí'), ('WITHDRAWN', 'Đã xin rút'), ('STOPPED', 'Đã dừng xử lý'), ('COMPLETED', 'Đã có kết quả'), ('RETURNED', 'Đã trả kết quả')], max_length=20, verbose_name='từ')),
                ('target', models.CharField(choices=[('DRAFT', 'Bản nháp, chưa nộp'), ('SUBMITTED', 'Chờ tiếp nhận'), ('ACCEPTED', 'Đã tiếp nhận'), ('NOT_ACCEPTED', 'Không được tiếp nhận'), ('PROCESSING', 'Đang xử lý'), ('SUPPLEMENT_REQUIRED', 'Cần bổ sung giấy tờ'), ('PAYMENT_REQUIRED', 'Cần trả phí'), ('WITHDRAWN', 'Đã xin rút'), ('STOPPED', 'Đã dừng xử lý'), ('COMPLETED', 'Đã có kết quả'), ('RETURNED', 'Đã trả kết quả')], max_length=20, verbose_name='đến')),
                ('job', models.CharField(blank=True, max_length=40, verbose_name='việc tự động')),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('text_digest', models.CharField(max_length=64)),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người làm')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='dossiers.dossier', verbose_name='hồ sơ')),
            ],
            options={
                'verbose_name': 'sự kiện',
                'verbose_name_plural': 'lịch sử',
                'ordering': ['dossier', 'sequence'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('approved', 'đồng ý giải quyết'), ('refused', 'không giải quyết')], max_length=8, verbose_name='kết luận')),
                ('number', models.CharField(max_length=60, verbose_name='số')),
                ('content', models.JSONField(verbose_name='nội dung đã duyệt')),
                ('content_hash', models.CharField(max_length=64)),
                ('decided_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='quyết định lúc')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan')),
                ('signer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ký')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='dossiers.dossier')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='dossiers.event')),
            ],
            options={
                'verbose_name': 'quyết định',
                'verbose_name_plural': 'quyết định',
            },
        ),
        migrations.CreateModel(
            name='EventText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('salt', models.CharField(default=dossiers.models.history.new_salt, max_length=32)),
                ('actor_name', models.CharField(blank=True, max_length=120, verbose_name='tên người làm')),
                ('note', models.TextField(blank=True, verbose_name='ghi chú')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='chi tiết')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='text', to='dossiers.event')),
            ],
            options={
                'verbose_name': 'lời của sự kiện',
                'verbose_name_plural': 'lời của sự kiện',
            },
        ),
        migrations.CreateModel(
            name='FeeObligation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('total', models.PositiveBigIntegerField(help_text='trống: xác định sau', null=True, verbose_name='tổng (đồng)')),
                ('status', models.CharField(choices=[('provisional', 'tạm tính'), ('due', 'phải trả'), ('paid', 'đã trả'), ('paid_at_counter', 'đã trả tại quầy'), ('waived', 'được miễn'), ('part_refunded', 'đã hoàn một phần'), ('refunded', 'đã hoàn lại')], max_length=16, verbose_name='tình trạng')),
                ('timing', models.CharField(max_length=20, verbose_name='trả khi nào')),
                ('frozen_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='chốt lúc')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='trả xong lúc')),
                ('settled_amount', models.PositiveBigIntegerField(default=0, verbose_name='đang giữ (đồng)')),
                ('attempt_open', models.BooleanField(default=False, verbose_name='đang có một lần trả chưa xong')),
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='obligation', to='dossiers.dossier')),
            ],
            options={
                'verbose_name': 'khoản phải trả',
                'verbose_name_plural': 'khoản phải trả',
            },
        ),
        migrations.CreateModel(
            name='FeeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('label', models.CharField(max_length=300, verbose_name='khoản')),
                ('kind', models.CharField(max_length=12, verbose_name='loại')),
                ('unit_price', models.PositiveBigIntegerField(null=True, verbose_name='đơn giá')),
                ('quantity', models.PositiveIntegerField(default=1, verbose_name='số lượng')),
                ('amount', models.PositiveBigIntegerField(null=True, verbose_name='thành tiền')),
                ('legal_ref', models.CharField(blank=True, max_length=120, verbose_name='căn cứ')),
                ('refundable_on', models.JSONField(blank=True, default=list, verbose_name='được hoàn khi')),
                ('certainty', models.CharField(blank=True, max_length=120, verbose_name='độ chắc chắn')),
                ('obligation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='dossiers.feeobligation')),
            ],
            options={
                'verbose_name': 'dòng phí',
                'verbose_name_plural': 'dòng phí',
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_state', models.CharField(choices=[('waiting', 'chờ làm'), ('done', 'đã làm'), ('dead', 'bỏ cuộc, chờ người xem')], default='waiting', max_length=8, verbose_name='tình trạng việc')),
                ('next_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='làm lúc')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='đã giao tới')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='số lần thử')),
                ('last_error', models.TextField(blank=True, verbose_name='lỗi gần nhất')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False, verbose_name='ghi lúc')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('kind', models.CharField(max_length=30, verbose_name='việc')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='followups', to='dossiers.event')),
            ],
            options={
                'verbose_name': 'việc phải làm sau bước',
                'verbose_name_plural': 'việc phải làm sau bước',
            },
        ),
        migrations.CreateModel(
            name='StepRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='thứ tự')),
                ('round', models.PositiveSmallIntegerField(default=1, verbose_name='lượt')),
                ('key', models.CharField(max_length=40, verbose_name='khóa')),
                ('name', models.CharField(max_length=200, verbose_name='tên bước')),
                ('kind', models.CharField(max_length=20, verbose_name='loại')),
                ('role', models.CharField(blank=True, choices=[('receiving_clerk', 'cán bộ tiếp nhận'), ('officer', 'chuyên viên'), ('signer', 'lãnh đạo ký'), ('head', 'trưởng bộ phận một cửa'), ('deputy', 'phó bộ phận một cửa'), ('accountant', 'kế toán'), ('hotline', 'tổng đài'), ('agency_admin', 'quản trị cơ quan'), ('catalogue_admin', 'quản trị thủ tục'), ('inspector', 'thanh tra')], max_length=20, verbose_name='vai trò')),
                ('hours', models.PositiveSmallIntegerField(default=0, verbose_name='số giờ làm việc')),
                ('parallel_group', models.CharField(blank=True, max_length=10, verbose_name='nhóm song song')),
                ('state', models.CharField(choices=[('waiting', 'chưa tới'), ('open', 'đang làm'), ('done', 'xong'), ('returned', 'bị trả lại')], default='waiting', max_length=10, verbose_name='tình trạng')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='mở lúc')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='xong trước')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('question', models.TextField(blank=True, verbose_name='nội dung lấy ý kiến, xác nhận')),
                ('answer', models.TextField(blank=True, verbose_name='trả lời')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='step_runs', to='dossiers.dossier')),
                ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người giữ')),
            ],
            options={
                'verbose_name': 'bước xử lý',
                'verbose_name_plural': 'bước xử lý',
                'ordering': ['round', 'position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SupplementRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='lần')),
                ('due_at', models.DateTimeField(verbose_name='bổ sung trước')),
                ('edits', models.JSONField(blank=True, default=dict, verbose_name='phần đang sửa')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='gửi lúc')),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='trưởng bộ phận duyệt')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supplements', to='dossiers.dossier')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='supplement', to='dossiers.event')),
            ],
            options={
                'verbose_name': 'yêu cầu bổ sung',
                'verbose_name_plural': 'yêu cầu bổ sung',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='SupplementItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(choices=[('field', 'câu trả lời'), ('document', 'giấy tờ')], max_length=8, verbose_name='loại')),
                ('key', models.CharField(max_length=80, verbose_name='khóa')),
                ('label', models.CharField(max_length=300, verbose_name='tên')),
                ('reason', models.TextField(verbose_name='lý do')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='dossiers.supplementrequest')),
            ],
            options={
                'verbose_name': 'mục cần bổ sung',
                'verbose_name_plural': 'mục cần bổ sung',
            },
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(fields=['receiving_agency', 'state', 'step_due_at', 'id'], name='desk_queue'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(fields=['holder_agency', 'state', 'step_due_at', 'id'], name='holder_queue'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(fields=['submitter', '-updated_at'], name='citizen_dashboard'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(condition=models.Q(('state__in', ['SUBMITTED', 'ACCEPTED', 'PROCESSING', 'SUPPLEMENT_REQUIRED', 'PAYMENT_REQUIRED', 'WITHDRAWN', 'COMPLETED'])), fields=['receiving_agency', 'state'], name='open_dossiers_of_a_desk'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(fields=['subject_id_number'], name='dossiers_of_an_id_number'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code', None), ('state', 'DRAFT')), models.Q(models.Q(('state', 'DRAFT'), _negated=True), ('code__isnull', False)), _connector='OR'), name='a_dossier_has_a_code_exactly_when_it_is_filed'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'DRAFT'), ('person__isnull', False), ('organisation__isnull', False), _connector='OR'), name='a_filed_dossier_has_a_subject'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(('person', None), ('organisation', None), _connector='OR'), name='a_dossier_has_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('came_from__gt', ''), ('state__in', ['SUPPLEMENT_REQUIRED', 'PAYMENT_REQUIRED'])), ('state', 'WITHDRAWN'), models.Q(models.Q(('state__in', ['SUPPLEMENT_REQUIRED', 'PAYMENT_REQUIRED', 'WITHDRAWN']), _negated=True), ('came_from', '')), _connector='OR'), name='a_waiting_dossier_remembers_where_it_came_from'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('came_from_withdrawn__gt', ''), ('state', 'WITHDRAWN')), models.Q(models.Q(('state', 'WITHDRAWN'), _negated=True), ('came_from_withdrawn', '')), _connector='OR'), name='a_withdrawn_dossier_remembers_where_it_came_from'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ACCEPTED', 'PROCESSING', 'COMPLETED', 'RETURNED']), _negated=True), ('accepted_at__isnull', False), _connector='OR'), name='a_dossier_at_work_was_accepted'),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at', None), ('first_promised_due_at', None)), models.Q(('due_at__isnull', False), ('first_promised_due_at__isnull', False)), _connector='OR'), name='a_due_time_was_promised'),
        ),
        migrations.AddConstraint(
            model_name='clockinterval',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), models.Q(('kind', 'outage'), _negated=True)), fields=('dossier',), name='one_open_interval_a_dossier'),
        ),
        migrations.AddConstraint(
            model_name='dossiercounter',
            constraint=models.UniqueConstraint(fields=('agency', 'day'), name='one_counter_a_body_and_day'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('dossier', 'sequence'), name='one_event_a_sequence'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('actor', None), ('job', ''), _connector='XOR'), name='an_event_has_one_actor'),
        ),
        migrations.AddConstraint(
            model_name='feeobligation',
            constraint=models.CheckConstraint(condition=models.Q(('settled_amount', 0), ('settled_amount__lte', models.F('total')), _connector='OR'), name='no_more_is_kept_than_was_owed'),
        ),
        migrations.AddConstraint(
            model_name='feeline',
            constraint=models.UniqueConstraint(fields=('obligation', 'key'), name='one_fee_line_a_key'),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('due_state', 'waiting')), fields=['next_at'], name='followups_that_are_due'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.UniqueConstraint(fields=('event', 'kind'), name='one_followup_an_event_and_kind'),
        ),
        migrations.AddIndex(
            model_name='steprun',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['agency', 'role', 'due_at'], name='open_steps_of_a_body'),
        ),
        migrations.AddConstraint(
            model_name='supplementrequest',
            constraint=models.UniqueConstraint(fields=('dossier', 'number'), name='one_supplement_request_a_number'),
        ),
        migrations.AddConstraint(
            model_name='supplementitem',
            constraint=models.UniqueConstraint(fields=('request', 'target', 'key'), name='a_thing_is_asked_once_a_request'),
        ),
    ]
