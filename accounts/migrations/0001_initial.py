import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import portal.common.clock
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfficeHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True, verbose_name='khóa')),
                ('intervals', models.JSONField(verbose_name='khung giờ')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='ghi chú')),
                ('certainty', models.CharField(blank=True, max_length=40, verbose_name='độ chắc chắn')),
            ],
            options={
                'verbose_name': 'giờ tiếp nhận',
                'verbose_name_plural': 'giờ tiếp nhận',
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='điện thoại')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='thư điện tử')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False)),
                ('name', models.CharField(max_length=250, verbose_name='tên')),
                ('sort_key', models.CharField(db_collation='C', editable=False, max_length=800)),
                ('tax_code', models.CharField(max_length=14, unique=True, verbose_name='mã số thuế')),
                ('address', models.JSONField(blank=True, null=True, verbose_name='địa chỉ trụ sở')),
            ],
            options={
                'verbose_name': 'tổ chức',
                'verbose_name_plural': 'tổ chức',
            },
        ),
        migrations.CreateModel(
            name='AdministrativeUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='mã')),
                ('kind', models.CharField(max_length=20, verbose_name='loại')),
                ('name', models.CharField(max_length=120, verbose_name='tên')),
                ('short_name', models.CharField(max_length=120, verbose_name='tên ngắn')),
                ('sort_key', models.CharField(db_collation='C', editable=False, max_length=300)),
                ('search_text', models.CharField(editable=False, help_text='tên hiện nay và tên cũ, không dấu', max_length=500)),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='có từ')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='có đến')),
                ('merged_from', models.JSONField(blank=True, default=list, verbose_name='nhập từ')),
                ('agency_code', models.CharField(blank=True, max_length=10, verbose_name='mã cơ quan cấp 1')),
                ('certainty', models.CharField(blank=True, max_length=80, verbose_name='độ chắc chắn của mã')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='communes', to='accounts.administrativeunit', verbose_name='thuộc')),
                ('successors', models.ManyToManyField(blank=True, to='accounts.administrativeunit', verbose_name='đơn vị thay thế')),
            ],
            options={
                'verbose_name': 'đơn vị hành chính',
                'verbose_name_plural': 'đơn vị hành chính',
                'ordering': ['sort_key'],
            },
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=35, unique=True, verbose_name='mã định danh')),
                ('code_certainty', models.CharField(blank=True, max_length=120, verbose_name='độ chắc chắn của mã')),
                ('name', models.CharField(max_length=200, verbose_name='tên')),
                ('kind', models.CharField(max_length=40, verbose_name='loại')),
                ('sub_kind', models.CharField(blank=True, max_length=40, verbose_name='loại nhỏ')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='có từ')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='có đến')),
                ('desk_name', models.CharField(blank=True, max_length=200, verbose_name='bàn tiếp nhận')),
                ('desk_address', models.CharField(blank=True, max_length=300, verbose_name='địa chỉ bàn')),
                ('desk_phone', models.CharField(blank=True, max_length=20, verbose_name='điện thoại bàn')),
                ('demo', models.BooleanField(default=False, verbose_name='bịa ra để chạy thử')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.agency', verbose_name='cấp trên')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan kế tục')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.administrativeunit', verbose_name='địa bàn')),
                ('hours', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.officehours', verbose_name='giờ tiếp nhận')),
            ],
            options={
                'verbose_name': 'cơ quan',
                'verbose_name_plural': 'cơ quan',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='điện thoại')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='thư điện tử')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False)),
                ('full_name', models.CharField(max_length=100, verbose_name='họ và tên')),
                ('sort_key', models.CharField(db_collation='C', editable=False, max_length=400)),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='ngày sinh')),
                ('gender', models.CharField(blank=True, choices=[('male', 'Nam'), ('female', 'Nữ')], max_length=6, verbose_name='giới tính')),
                ('id_number', models.CharField(blank=True, max_length=20, null=True, unique=True, verbose_name='số định danh cá nhân')),
                ('id_type', models.CharField(blank=True, max_length=20, verbose_name='loại giấy tờ')),
                ('id_issue_date', models.DateField(blank=True, null=True, verbose_name='ngày cấp')),
                ('id_issue_place', models.CharField(blank=True, max_length=150, verbose_name='nơi cấp')),
                ('nationality', models.CharField(default='VN', max_length=2, verbose_name='quốc tịch')),
                ('birth_province', models.CharField(blank=True, max_length=20, verbose_name='tỉnh nơi sinh')),
                ('permanent_address', models.JSONField(blank=True, null=True, verbose_name='nơi thường trú')),
                ('temporary_address', models.JSONField(blank=True, null=True, verbose_name='nơi tạm trú')),
                ('current_address', models.JSONField(blank=True, null=True, verbose_name='nơi ở hiện tại')),
                ('social_insurance_no', models.CharField(blank=True, max_length=15, verbose_name='mã số bảo hiểm xã hội')),
                ('identity_level', models.PositiveSmallIntegerField(default=0, verbose_name='mức định danh')),
            ],
            options={
                'verbose_name': 'người',
                'verbose_name_plural': 'người',
                'constraints': [models.CheckConstraint(condition=models.Q(('identity_level__lte', 2)), name='identity_level_is_0_1_or_2')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('full_name', models.CharField(max_length=100, verbose_name='họ và tên')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='điện thoại')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('person', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='user', to='accounts.person', verbose_name='là người')),
            ],
            options={
                'verbose_name': 'tài khoản',
                'verbose_name_plural': 'tài khoản',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('receiving_clerk', 'cán bộ tiếp nhận'), ('officer', 'chuyên viên'), ('signer', 'lãnh đạo ký'), ('head', 'trưởng bộ phận một cửa'), ('deputy', 'phó bộ phận một cửa'), ('accountant', 'kế toán'), ('hotline', 'tổng đài'), ('agency_admin', 'quản trị cơ quan'), ('catalogue_admin', 'quản trị thủ tục'), ('inspector', 'thanh tra')], max_length=20, verbose_name='vai trò')),
                ('valid_from', models.DateField(default=portal.common.clock.today, verbose_name='từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến ngày')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.agency', verbose_name='cơ quan')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='người')),
            ],
            options={
                'verbose_name': 'vai trò ở cơ quan',
                'verbose_name_plural': 'vai trò ở cơ quan',
                'constraints': [models.UniqueConstraint(fields=('user', 'agency', 'role', 'valid_from'), name='one_membership_a_start'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='a_membership_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(choices=[('parent', 'cha, mẹ của con chưa thành niên'), ('guardian', 'người giám hộ'), ('legal_representative', 'người đại diện theo pháp luật'), ('written_authority', 'được ủy quyền bằng văn bản'), ('helper', 'người giúp, có sự đồng ý')], max_length=24, verbose_name='căn cứ')),
                ('procedures', models.JSONField(blank=True, default=list, help_text='mã thủ tục; trống là mọi thủ tục', verbose_name='thủ tục')),
                ('actions', models.JSONField(blank=True, default=list, verbose_name='việc được làm')),
                ('valid_from', models.DateField(default=portal.common.clock.today, verbose_name='từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến ngày')),
                ('evidence_key', models.CharField(blank=True, max_length=80, verbose_name='tệp chứng minh')),
                ('evidence_sha256', models.CharField(blank=True, max_length=64)),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='thu hồi lúc')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to=settings.AUTH_USER_MODEL, verbose_name='người làm thay')),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người kiểm tra')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='accounts.organisation', verbose_name='thay cho tổ chức')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='accounts.person', verbose_name='thay cho người')),
            ],
            options={
                'verbose_name': 'ủy quyền, đại diện',
                'verbose_name_plural': 'ủy quyền, đại diện',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', False), ('person', None)), models.Q(('organisation', None), ('person__isnull', False)), _connector='OR'), name='a_mandate_is_for_one_person_or_one_organisation')],
            },
        ),
        migrations.CreateModel(
            name='AccessLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=20, verbose_name='làm gì')),
                ('target', models.CharField(max_length=60, verbose_name='xem gì')),
                ('page', models.CharField(max_length=200, verbose_name='từ trang')),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ai')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='access_log', to='accounts.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='access_log', to='accounts.person', verbose_name='dữ liệu của')),
            ],
            options={
                'verbose_name': 'lượt xem dữ liệu',
                'verbose_name_plural': 'lượt xem dữ liệu',
                'indexes': [models.Index(fields=['person', '-at'], name='accounts_ac_person__bdfd8e_idx')],
            },
        ),
    ]
