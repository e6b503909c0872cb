"""The tables of 0.3 beside those of 0.2.0, made from the difference of the models."""

import accounts.models.people
import django.db.models.deletion
import portal.common.clock
import portal.common.outbox
import portal.common.request_ids
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding

class Migration(Expanding):

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_on', models.DateField(verbose_name='vắng từ ngày')),
                ('last_on', models.DateField(verbose_name='đến ngày')),
                ('entered_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='ghi lúc')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='hủy lúc')),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ghi')),
                ('stand_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người làm thay')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='người vắng')),
            ],
            options={
                'verbose_name': 'ngày vắng mặt',
                'verbose_name_plural': 'ngày vắng mặt',
                'ordering': ['-first_on', '-pk'],
                'indexes': [models.Index(condition=models.Q(('cancelled_at', None)), fields=['last_on'], name='absences_that_may_count')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_on__gte', models.F('first_on'))), name='an_absence_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('stand_in', models.F('user')), _negated=True), ('stand_in', None), _connector='OR'), name='nobody_stands_in_for_oneself')],
            },
        ),
        migrations.CreateModel(
            name='AdministratorChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_superuser', models.BooleanField(verbose_name='là quản trị hệ thống')),
                ('at', models.DateTimeField(verbose_name='lúc')),
                ('by_role', models.CharField(max_length=63, verbose_name='vai của cơ sở dữ liệu')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='tài khoản')),
            ],
            options={
                'verbose_name': 'lần đổi quyền quản trị',
                'verbose_name_plural': 'lần đổi quyền quản trị',
            },
        ),
        migrations.CreateModel(
            name='FailureCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('door', models.CharField(max_length=20)),
                ('address', models.CharField(max_length=50)),
                ('since', models.DateTimeField()),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('door', 'address'), name='one_count_a_door_and_address')],
            },
        ),
        migrations.CreateModel(
            name='MembershipEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_on', models.DateField(verbose_name='đến hết ngày')),
                ('reason', models.CharField(max_length=300, verbose_name='lý do')),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người cho thôi')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ends', to='accounts.membership', verbose_name='vai trò')),
            ],
            options={
                'verbose_name': 'kết thúc vai trò',
                'verbose_name_plural': 'kết thúc vai trò',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='RemovedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=250)),
                ('removed_at', models.DateTimeField(default=portal.common.clock.now)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('table', 'key'), name='a_row_is_removed_once')],
            },
        ),
        migrations.CreateModel(
            name='StaffRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('password', 'gửi liên kết đặt mật khẩu'), ('role', 'giao vai trò'), ('contact', 'đổi thư điện tử'), ('new', 'mở tài khoản')], max_length=8, verbose_name='việc')),
                ('role', models.CharField(blank=True, choices=[('receiving_clerk', 'cán bộ tiếp nhận'), ('officer', 'chuyên viên'), ('signer', 'lãnh đạo ký'), ('head', 'trưởng bộ phận một cửa'), ('deputy', 'phó bộ phận một cửa'), ('accountant', 'kế toán'), ('hotline', 'tổng đài'), ('agency_admin', 'quản trị cơ quan'), ('catalogue_admin', 'quản trị thủ tục'), ('inspector', 'thanh tra')], max_length=20, verbose_name='vai trò')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến ngày')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='thư điện tử mới')),
                ('reason', models.CharField(max_length=300, verbose_name='lý do')),
                ('asked_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='đề nghị lúc')),
                ('state', models.CharField(choices=[('waiting', 'chờ người thứ hai'), ('approved', 'đã duyệt'), ('declined', 'không duyệt'), ('expired', 'quá hạn duyệt')], default='waiting', max_length=8, verbose_name='tình trạng')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='duyệt lúc')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.agency', verbose_name='cơ quan')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người đề nghị')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người duyệt')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_requests', to=settings.AUTH_USER_MODEL, verbose_name='cán bộ')),
            ],
            options={
                'verbose_name': 'đề nghị về tài khoản cán bộ',
                'verbose_name_plural': 'đề nghị về tài khoản cán bộ',
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('asked_by', models.F('user')), _negated=True), name='nobody_asks_for_their_own_login'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True), models.Q(('decided_by', models.F('user')), _negated=True)), _connector='OR'), name='approving_takes_a_second_person_who_is_not_the_owner'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('user', 'kind', 'agency', 'role'), name='one_waiting_request_of_a_kind', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('agency', None), ('email', ''), ('kind', 'password'), ('role', '')), models.Q(('agency__isnull', False), ('email', ''), ('kind__in', ['role', 'new']), ('valid_from__isnull', False), models.Q(('role', ''), _negated=True)), models.Q(('agency', None), ('kind', 'contact'), ('role', ''), models.Q(('email', ''), _negated=True)), _connector='OR'), name='a_request_names_what_it_is_about')],
            },
        ),
        migrations.CreateModel(
            name='PasswordLink',
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
                ('token_sha256', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='dùng được đến')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='dùng lúc')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='link', to='accounts.staffrequest', verbose_name='đề nghị')),
                ('web_request_id', models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu')),
            ],
            options={
                'verbose_name': 'liên kết đặt mật khẩu',
                'verbose_name_plural': 'liên kết đặt mật khẩu',
                'indexes': [models.Index(condition=models.Q(('due_state', 'waiting')), fields=['next_at'], name='password_links_that_are_due')],
            },
        ),
        migrations.AddField(
            model_name='accesslog',
            name='outcome',
            field=models.CharField(choices=[('seen', 'đã xem'), ('refused', 'bị từ chối')], default='seen', max_length=8, verbose_name='kết quả'),
        ),
        migrations.AddIndex(
            model_name='accesslog',
            index=models.Index(condition=models.Q(('outcome', 'refused')), fields=['actor', '-at'], name='refused_attempts_of_an_actor'),
        ),
        migrations.AddField(
            model_name='administrativeunit',
            name='official_code',
            field=models.CharField(blank=True, max_length=10, verbose_name='mã thống kê'),
        ),
        migrations.AlterField(
            model_name='administrativeunit',
            name='search_text',
            field=models.CharField(editable=False, help_text='tên và nơi thuộc về, không dấu', max_length=500),
        ),
        migrations.AlterField(
            model_name='administrativeunit',
            name='successors',
            field=models.ManyToManyField(blank=True, related_name='predecessors', to='accounts.administrativeunit', verbose_name='đơn vị thay thế'),
        ),
        migrations.AddField(
            model_name='agency',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='agency',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
        migrations.AddField(
            model_name='officehours',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='officehours',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
        migrations.AddField(
            model_name='person',
            name='disputed_number',
            field=models.CharField(blank=True, db_index=True, help_text='Hai người trùng một số: cán bộ nhập theo giấy đã xem, chưa rõ số của ai.', max_length=20, verbose_name='số trên giấy, đang ghi cho người khác'),
        ),
        migrations.AddField(
            model_name='user',
            name='id_number',
            field=models.CharField(blank=True, help_text='Chỉ để cổng không cho cán bộ tự giải quyết hồ sơ của chính mình.', max_length=20, verbose_name='số định danh của cán bộ'),
        ),
        migrations.AddField(
            model_name='user',
            name='kind',
            field=models.CharField(choices=[('citizen', 'của người dân'), ('staff', 'của cán bộ')], default='', editable=False, max_length=8, verbose_name='loại tài khoản'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='user',
            name='locked_addresses',
            field=models.JSONField(default=dict, editable=False, help_text='{network address: when its logins were locked}'),
        ),
        migrations.AddField(
            model_name='user',
            name='morning_messages',
            field=models.JSONField(blank=True, editable=False, help_text='kinds of messages that come once a morning (accounts.messages.grouping); null: as the portal proposes', null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='session_epoch',
            field=models.PositiveIntegerField(default=0, editable=False, help_text='a higher number ends all open sessions'),
        ),
        migrations.AlterModelManagers(
            name='user',
            managers=[
                ('objects', accounts.models.people.UserManager()),
            ],
        ),
    ]
