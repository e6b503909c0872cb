"""The tables of 0.3 beside those of 0.2.0, made from the difference of the models."""

import django.db.models.deletion
import portal.common.clock
import portal.common.digests
import portal.common.outbox
import portal.common.request_ids
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    dependencies = [
        ('dossiers', '0002_history_is_append_only'),
        ('accounts', '0002_tables_of_0_3'),
        ('procedures', '0003_tables_of_0_3'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_state', models.CharField(choices=[('waiting', 'chờ làm'), ('done', 'đã làm'), ('dead', 'bỏ cuộc, chờ người xem')], default='waiting', max_length=8, verbose_name='tình trạng việc')),
                ('next_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='làm lúc')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='đã giao tới')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='số lần thử')),
                ('last_error', models.TextField(blank=True, verbose_name='lỗi gần nhất')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False, verbose_name='ghi lúc')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên')),
                ('day', models.DateField(unique=True, verbose_name='ngày')),
                ('document', models.TextField(blank=True, verbose_name='văn bản đã ký')),
                ('signature', models.TextField(blank=True, verbose_name='chữ ký')),
                ('certificates', models.TextField(blank=True, verbose_name='chứng thư')),
                ('time_token', models.TextField(blank=True, verbose_name='dấu thời gian')),
                ('web_request_id', models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu')),
            ],
            options={
                'verbose_name': 'neo của ngày',
                'verbose_name_plural': 'neo của ngày',
                'ordering': ['day'],
            },
        ),
        migrations.CreateModel(
            name='AnswerRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('salt', models.CharField(blank=True, default=portal.common.digests.new_salt, max_length=32)),
                ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='xóa theo luật lúc')),
                ('erased_ground', models.CharField(blank=True, max_length=300, verbose_name='căn cứ xóa')),
                ('kind', models.CharField(choices=[('filed', 'khi nộp'), ('supplement', 'khi bổ sung'), ('exemption', 'khi không được miễn, giảm phí'), ('found', 'có sẵn khi cổng bắt đầu giữ từng bản')], max_length=12, verbose_name='ghi khi')),
                ('content', models.JSONField(help_text='{"answers": {…}, "files": {…}, …}; null: đã xóa theo luật', null=True, verbose_name='nội dung')),
                ('digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='ghi lúc')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answer_revisions', to='dossiers.dossier', verbose_name='hồ sơ')),
                ('event', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revision', to='dossiers.event')),
            ],
            options={
                'verbose_name': 'bản khai',
                'verbose_name_plural': 'bản khai',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('event', None), ('kind', 'found')), models.Q(('event__isnull', False), models.Q(('kind', 'found'), _negated=True)), _connector='OR'), name='a_revision_belongs_to_an_event')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('receiving_clerk', 'cán bộ tiếp nhận'), ('officer', 'chuyên viên'), ('signer', 'lãnh đạo ký'), ('head', 'trưởng bộ phận một cửa'), ('deputy', 'phó bộ phận một cửa'), ('accountant', 'kế toán'), ('hotline', 'tổng đài'), ('agency_admin', 'quản trị cơ quan'), ('catalogue_admin', 'quản trị thủ tục'), ('inspector', 'thanh tra')], max_length=20, verbose_name='vai trò')),
                ('way', models.CharField(choices=[('off', 'không giao tự động: ai nhận thì làm'), ('procedure', 'chỉ những thủ tục ghi dưới đây'), ('load', 'người đang giữ ít việc nhất'), ('rotation', 'lần lượt từng người')], default='off', max_length=10, verbose_name='cách giao')),
                ('changed_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='chọn lúc')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignment_rules', to='accounts.agency', verbose_name='cơ quan')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người chọn')),
                ('last', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'quy tắc giao việc',
                'verbose_name_plural': 'quy tắc giao việc',
                'constraints': [models.UniqueConstraint(fields=('agency', 'role'), name='one_assignment_rule_a_body_and_role')],
            },
        ),
        migrations.CreateModel(
            name='BulkRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=30, verbose_name='bước')),
                ('asked', models.JSONField(default=list)),
                ('note', models.TextField(blank=True, verbose_name='lời ghi')),
                ('asked_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='chọn lúc')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='xác nhận lúc')),
                ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='giao cho')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người yêu cầu')),
            ],
            options={
                'verbose_name': 'việc làm cùng lúc',
                'verbose_name_plural': 'việc làm cùng lúc',
            },
        ),
        migrations.CreateModel(
            name='CallTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('call', 'gọi điện'), ('letter', 'gửi thư giấy hoặc báo tận nơi')], max_length=8, verbose_name='cách báo')),
                ('made_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='giao lúc')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='số lần gọi không được')),
                ('tried_at', models.DateTimeField(blank=True, null=True, verbose_name='gọi lần cuối lúc')),
                ('outcome', models.CharField(blank=True, choices=[('reached', 'đã nói chuyện được'), ('letter', 'đã gửi thư hoặc báo tận nơi'), ('needless', 'không cần nữa: đã mở xem hoặc đã làm')], max_length=8, verbose_name='kết quả')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_tasks', to='dossiers.dossier')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='call_task', to='dossiers.event')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người gọi')),
            ],
            options={
                'verbose_name': 'việc gọi cho người nộp',
                'verbose_name_plural': 'việc gọi cho người nộp',
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['made_at'], name='call_tasks_that_are_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('outcome', '')), models.Q(('ended_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='a_call_task_ends_with_an_outcome')],
            },
        ),
        migrations.CreateModel(
            name='CounterIntake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.CharField(choices=[('can_cuoc', 'thẻ căn cước, căn cước công dân'), ('cmnd', 'giấy chứng minh nhân dân'), ('ho_chieu', 'hộ chiếu'), ('khai_sinh', 'giấy khai sinh'), ('dang_ky', 'giấy đăng ký doanh nghiệp, quyết định thành lập'), ('ban_sao', 'bản sao gửi trong thư')], max_length=10, verbose_name='giấy tờ đã xem')),
                ('brought_as', models.CharField(choices=[('self', 'chính chủ hồ sơ, hoặc người đứng đầu tổ chức'), ('proxy', 'người được ủy quyền, có giấy'), ('parent', 'cha, mẹ hoặc người giám hộ')], default='self', max_length=6, verbose_name='người nộp là')),
                ('brought_by', models.CharField(blank=True, max_length=100, verbose_name='người đến nộp, người gửi')),
                ('brought_number', models.CharField(blank=True, max_length=20, verbose_name='số giấy tờ của người đến nộp')),
                ('letter_number', models.CharField(blank=True, max_length=40, verbose_name='số bưu gửi')),
                ('letter_on', models.DateField(blank=True, null=True, verbose_name='ngày nhận thư')),
                ('letter_contents', models.TextField(blank=True, verbose_name='trong thư có gì')),
                ('missing', models.TextField(blank=True, verbose_name='còn thiếu gì')),
                ('papers', models.JSONField(blank=True, default=dict, verbose_name='bản giấy đã nhận')),
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='intake', to='dossiers.dossier', verbose_name='hồ sơ')),
                ('hands', models.JSONField(blank=True, db_default=[], default=list, verbose_name='đã chuyển tay')),
            ],
            options={
                'verbose_name': 'lần nhận tại quầy, qua bưu chính',
                'verbose_name_plural': 'các lần nhận tại quầy, qua bưu chính',
            },
        ),
        migrations.CreateModel(
            name='CountingBasis',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('document', models.JSONField()),
                ('created_at', models.DateTimeField(default=portal.common.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='DeskSettings',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='desk_settings', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('keys', models.BooleanField(default=True, verbose_name='phím tắt')),
            ],
            options={
                'verbose_name': 'cách dùng một cửa',
                'verbose_name_plural': 'cách dùng một cửa',
            },
        ),
        migrations.CreateModel(
            name='DeskVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(default=portal.common.clock.now, null=True, verbose_name='mở xem lúc')),
                ('present_at', models.DateTimeField(default=portal.common.clock.now, null=True, verbose_name='còn mở lúc')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='dossiers.dossier')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'lần xem ở một cửa',
                'verbose_name_plural': 'lần xem ở một cửa',
                'constraints': [models.UniqueConstraint(fields=('user', 'dossier'), name='one_visit_a_person_and_dossier')],
            },
        ),
        migrations.CreateModel(
            name='InternalNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='nội dung')),
                ('sent_key', models.UUIDField()),
                ('written_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='viết lúc')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người viết')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='internal_notes', to='dossiers.dossier', verbose_name='hồ sơ')),
            ],
            options={
                'verbose_name': 'ghi chú nội bộ',
                'verbose_name_plural': 'ghi chú nội bộ',
                'ordering': ['written_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('dossier', 'author', 'sent_key'), name='one_note_for_each_form')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_office', models.BooleanField()),
                ('text', models.TextField(verbose_name='nội dung')),
                ('files', models.JSONField(blank=True, default=list)),
                ('sent_key', models.UUIDField()),
                ('sent_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='gửi lúc')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='bên kia mở lúc')),
                ('answer_by', models.DateTimeField(blank=True, null=True, verbose_name='trả lời trước')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người viết')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='dossiers.dossier', verbose_name='hồ sơ')),
            ],
            options={
                'verbose_name': 'thư trao đổi',
                'verbose_name_plural': 'thư trao đổi',
                'ordering': ['sent_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('closed_at', None), ('from_office', False)), fields=['answer_by'], name='letters_without_answer')],
                'constraints': [models.UniqueConstraint(fields=('dossier', 'author', 'sent_key'), name='one_letter_for_each_form'), models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), ('answer_by', None), ('closed_at', None), ('from_office', True)), models.Q(('agency', None), ('answer_by__isnull', False), ('from_office', False)), _connector='OR'), name='a_letter_of_the_citizen_waits_for_the_office')],
            },
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(verbose_name='từ')),
                ('ended_at', models.DateTimeField(verbose_name='đến')),
                ('reason', models.TextField(verbose_name='lý do')),
                ('entered_at', models.DateTimeField(default=portal.common.clock.now)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_reason', models.TextField(blank=True)),
                ('settled', models.BooleanField(default=False)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan')),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'sự cố',
                'verbose_name_plural': 'sự cố',
                'ordering': ['-started_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at__gt', models.F('started_at'))), name='an_outage_ends_after_it_began'), models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('cancelled_by', None)), models.Q(('cancelled_at__isnull', False), ('cancelled_by__isnull', False)), _connector='OR'), name='a_cancelled_outage_names_who')],
            },
        ),
        migrations.CreateModel(
            name='PaperSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shown', models.CharField(max_length=64)),
                ('result_key', models.CharField(max_length=60)),
                ('seen_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='mở lúc')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers_seen', to='dossiers.dossier')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'giấy đã mở trước khi ký',
                'verbose_name_plural': 'giấy đã mở trước khi ký',
                'constraints': [models.UniqueConstraint(fields=('dossier', 'user', 'shown', 'result_key'), name='a_paper_is_seen_once_by_a_signer')],
            },
        ),
        migrations.CreateModel(
            name='ReadyAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='nội dung')),
                ('added_at', models.DateTimeField(default=portal.common.clock.now)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'câu trả lời mẫu',
                'verbose_name_plural': 'câu trả lời mẫu',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ResultDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='lần')),
                ('content', models.JSONField(verbose_name='nội dung')),
                ('content_hash', models.CharField(max_length=64)),
                ('saved_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lưu lúc')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người soạn')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='result_drafts', to='dossiers.dossier')),
            ],
            options={
                'verbose_name': 'bản soạn kết quả',
                'verbose_name_plural': 'bản soạn kết quả',
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('dossier', 'number'), name='revisions_of_a_draft_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='SavedList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='tên danh sách')),
                ('query', models.JSONField(default=dict)),
                ('saved_at', models.DateTimeField(default=portal.common.clock.now)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.agency', verbose_name='dùng chung ở')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_lists', to=settings.AUTH_USER_MODEL, verbose_name='của')),
            ],
            options={
                'verbose_name': 'danh sách đã lưu',
                'verbose_name_plural': 'danh sách đã lưu',
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('owner'), models.F('name'), condition=models.Q(('agency', None)), name='one_own_list_a_name'), models.UniqueConstraint(models.F('agency'), models.F('name'), name='one_shared_list_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Simulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_state', models.CharField(choices=[('waiting', 'chờ làm'), ('done', 'đã làm'), ('dead', 'bỏ cuộc, chờ người xem')], default='waiting', max_length=8, verbose_name='tình trạng việc')),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên')),
                ('next_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='làm lúc')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='đã giao tới')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='số lần thử')),
                ('last_error', models.TextField(blank=True, verbose_name='lỗi gần nhất')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False, verbose_name='ghi lúc')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('sha256', models.CharField(max_length=64)),
                ('first_on', models.DateField(verbose_name='từ ngày')),
                ('last_on', models.DateField(verbose_name='đến ngày')),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('last_pk', models.BigIntegerField(default=0)),
                ('result', models.JSONField(default=dict)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người chạy')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='procedures.procedureversion')),
                ('web_request_id', models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu')),
            ],
            options={
                'verbose_name': 'lần chạy thử phiên bản',
                'verbose_name_plural': 'lần chạy thử phiên bản',
                'indexes': [models.Index(condition=models.Q(('due_state', 'waiting')), fields=['next_at'], name='simulations_that_are_due')],
            },
        ),
        migrations.CreateModel(
            name='AnchorLeaf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('event', 'sự kiện cuối của một hồ sơ'), ('paper', 'giấy đã cấp'), ('answers', 'bản khai có sẵn')], max_length=8)),
                ('ref', models.BigIntegerField()),
                ('sequence', models.PositiveIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('anchor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to='dossiers.anchor')),
            ],
            options={
                'verbose_name': 'lá của neo',
                'verbose_name_plural': 'lá của neo',
                'constraints': [models.UniqueConstraint(fields=('anchor', 'position'), name='one_leaf_a_position'), models.UniqueConstraint(fields=('kind', 'ref', 'sequence'), name='a_thing_is_anchored_once')],
            },
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_state', models.CharField(choices=[('waiting', 'chờ làm'), ('done', 'đã làm'), ('dead', 'bỏ cuộc, chờ người xem')], default='waiting', max_length=8, verbose_name='tình trạng việc')),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên')),
                ('next_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='làm lúc')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='đã giao tới')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='số lần thử')),
                ('last_error', models.TextField(blank=True, verbose_name='lỗi gần nhất')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False, verbose_name='ghi lúc')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('position', models.PositiveIntegerField()),
                ('code', models.CharField(max_length=60, verbose_name='mã hồ sơ')),
                ('seen', models.PositiveIntegerField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('taken', 'đã làm'), ('refused', 'chưa làm')], max_length=8)),
                ('said', models.TextField(blank=True)),
                ('dossier', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dossiers.dossier')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='dossiers.bulkrun')),
                ('web_request_id', models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu')),
            ],
            options={
                'verbose_name': 'hồ sơ của việc làm cùng lúc',
                'verbose_name_plural': 'hồ sơ của việc làm cùng lúc',
                'ordering': ['position'],
                'indexes': [models.Index(condition=models.Q(('due_state', 'waiting')), fields=['next_at'], name='bulk_items_that_are_due')],
                'constraints': [models.UniqueConstraint(fields=('run', 'position'), name='one_item_a_place')],
            },
        ),
        migrations.CreateModel(
            name='ProcedureAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='procedures.procedure', verbose_name='thủ tục')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='procedures', to='dossiers.assignmentrule')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người làm')),
            ],
            options={
                'verbose_name': 'thủ tục giao cho',
                'verbose_name_plural': 'thủ tục giao cho',
                'constraints': [models.UniqueConstraint(fields=('rule', 'procedure'), name='a_procedure_has_one_person_a_rule')],
            },
        ),
        migrations.AddField(
            model_name='clockinterval',
            name='outage',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='intervals', to='dossiers.outage'),
        ),
        migrations.AddConstraint(
            model_name='clockinterval',
            constraint=models.UniqueConstraint(fields=('dossier', 'outage'), name='one_interval_for_each_outage'),
        ),
        migrations.AddField(
            model_name='decision',
            name='numbers',
            field=models.JSONField(blank=True, default=dict, verbose_name='số của từng giấy'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='outcome',
            field=models.CharField(choices=[('approved', 'đồng ý giải quyết'), ('refused', 'không giải quyết'), ('revoked', 'thu hồi kết quả đã cấp')], max_length=8, verbose_name='kết luận'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='again_of',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='filed_again', to='dossiers.dossier', verbose_name='nộp lại của'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='apologised_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='xin lỗi vì trễ lúc'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='apologised_to',
            field=models.DateTimeField(blank=True, null=True, verbose_name='hẹn lại sau khi trễ'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='filed_as',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='dossier',
            name='late_told_for',
            field=models.DateTimeField(blank=True, null=True, verbose_name='đã báo trễ cho ngày hẹn'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='look_again',
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name='dossier',
            name='missed_due_at',
            field=models.DateTimeField(blank=True, help_text='hẹn trước lần xin lỗi đầu; tính trễ từ đây', null=True, verbose_name='hẹn đã lỡ'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='recounted_for',
            field=models.CharField(blank=True, max_length=64, verbose_name='đã so với lịch'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='supplement_proposed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='trình yêu cầu bổ sung lúc'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='take_by',
            field=models.DateTimeField(blank=True, help_text='bước đang mở chưa ai nhận; trống khi đã nhận', null=True, verbose_name='nhận bàn giao trước'),
        ),
        migrations.AddField(
            model_name='dossier',
            name='counted_with',
            field=models.ForeignKey(blank=True, help_text='lịch và giờ làm việc đã dùng để tính ngày hẹn', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.countingbasis', verbose_name='tính theo'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(condition=models.Q(('decided_at', None), ('state__in', ['SUBMITTED', 'ACCEPTED', 'PROCESSING', 'SUPPLEMENT_REQUIRED', 'PAYMENT_REQUIRED', 'WITHDRAWN', 'COMPLETED'])), fields=['receiving_agency', 'recounted_for'], name='promises_that_run'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(condition=models.Q(('take_by__isnull', False)), fields=['take_by'], name='handed_and_not_taken'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(condition=models.Q(('supplement_proposed_at__isnull', False)), fields=['supplement_proposed_at'], name='supplements_to_approve'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(condition=models.Q(('subject_phone__gt', '')), fields=['subject_phone'], name='dossiers_of_a_phone'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(fields=['receiving_agency', 'submitted_at', 'id'], name='desk_by_filing_time'),
        ),
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(condition=models.Q(('state__in', ['SUBMITTED', 'ACCEPTED', 'PROCESSING', 'SUPPLEMENT_REQUIRED', 'PAYMENT_REQUIRED', 'WITHDRAWN', 'COMPLETED'])), fields=['holder', 'step_due_at', 'id'], name='desk_by_holder'),
        ),
        migrations.AddField(
            model_name='event',
            name='content_digest',
            field=models.CharField(blank=True, help_text='của AnswerRevision, nếu bước này ghi một bản', max_length=64),
        ),
        migrations.AddField(
            model_name='event',
            name='format',
            field=models.PositiveSmallIntegerField(choices=[(1, 'lời ghi'), (2, 'lời ghi, câu trả lời và tệp')], default=1, verbose_name='dạng'),
        ),
        migrations.AlterField(  # what stands there already was written in format 1
            model_name='event',
            name='format',
            field=models.PositiveSmallIntegerField(choices=[(1, 'lời ghi'), (2, 'lời ghi, câu trả lời và tệp')], default=2, verbose_name='dạng'),
        ),
        migrations.AddField(
            model_name='eventtext',
            name='erased_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='xóa theo luật lúc'),
        ),
        migrations.AddField(
            model_name='eventtext',
            name='erased_ground',
            field=models.CharField(blank=True, max_length=300, verbose_name='căn cứ xóa'),
        ),
        migrations.AlterField(
            model_name='eventtext',
            name='salt',
            field=models.CharField(blank=True, default=portal.common.digests.new_salt, max_length=32),
        ),
        migrations.AddField(
            model_name='followup',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='followup',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người hỏi'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='produces',
            field=models.JSONField(blank=True, default=dict, verbose_name='phải làm ra'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='product',
            field=models.JSONField(blank=True, default=dict, verbose_name='đã làm ra'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='reminded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='nhắc trả lời lúc'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='take_by',
            field=models.DateTimeField(blank=True, null=True, verbose_name='nhận trước'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='taken_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='nhận lúc'),
        ),
        migrations.AddField(
            model_name='steprun',
            name='visit',
            field=models.JSONField(blank=True, default=dict, verbose_name='kiểm tra tại chỗ'),
        ),
        migrations.AlterField(
            model_name='steprun',
            name='answer',
            field=models.TextField(blank=True, verbose_name='trả lời, ý kiến'),
        ),
        migrations.AlterField(
            model_name='steprun',
            name='state',
            field=models.CharField(choices=[('waiting', 'chưa tới'), ('open', 'đang làm'), ('done', 'xong'), ('returned', 'bị trả lại'), ('cancelled', 'thôi, không làm nữa')], default='waiting', max_length=10, verbose_name='tình trạng'),
        ),
        migrations.AddIndex(
            model_name='steprun',
            index=models.Index(condition=models.Q(('state', 'open'), ('take_by__isnull', False), ('taken_at', None)), fields=['take_by'], name='handed_and_not_taken_steps'),
        ),
    ]
