import django.db.models.deletion
import portal.common.clock
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(unique=True, verbose_name='ngày')),
                ('name', models.CharField(max_length=120, verbose_name='tên')),
                ('kind', models.CharField(choices=[('statutory', 'nghỉ lễ'), ('compensatory', 'nghỉ bù'), ('swap_day_off', 'nghỉ hoán đổi'), ('swap_working_day', 'làm bù')], max_length=16, verbose_name='loại')),
                ('certainty', models.CharField(blank=True, max_length=120, verbose_name='độ chắc chắn')),
            ],
            options={
                'verbose_name': 'ngày nghỉ, ngày làm bù',
                'verbose_name_plural': 'ngày nghỉ, ngày làm bù',
                'ordering': ['date'],
            },
        ),
        migrations.CreateModel(
            name='LifeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True, verbose_name='mã')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='đường dẫn')),
                ('name', models.CharField(max_length=120, verbose_name='tên')),
                ('audience', models.CharField(max_length=12, verbose_name='dành cho')),
                ('order', models.PositiveSmallIntegerField(verbose_name='thứ tự')),
                ('certainty', models.CharField(blank=True, max_length=80, verbose_name='độ chắc chắn')),
            ],
            options={
                'verbose_name': 'sự kiện trong đời',
                'verbose_name_plural': 'sự kiện trong đời',
                'ordering': ['audience', 'order'],
            },
        ),
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='mã')),
                ('name', models.TextField(verbose_name='tên')),
                ('short_name', models.CharField(blank=True, max_length=200, verbose_name='tên thường gọi')),
                ('promulgator', models.CharField(blank=True, max_length=200, verbose_name='cơ quan công bố')),
                ('declared_level', models.PositiveSmallIntegerField(verbose_name='mức theo cơ sở dữ liệu quốc gia')),
                ('listed', models.BooleanField(default=True, verbose_name='chỉ có trong danh mục')),
                ('facts', models.JSONField(blank=True, default=dict, verbose_name='số liệu của danh mục')),
                ('search_exact', models.TextField(editable=False, help_text='chữ thường, có dấu')),
                ('search_folded', models.TextField(editable=False, help_text='không dấu')),
                ('rank', models.IntegerField(default=0, verbose_name='ưu tiên khi tìm')),
            ],
            options={
                'verbose_name': 'thủ tục',
                'verbose_name_plural': 'thủ tục',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Sector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='mã')),
                ('name', models.CharField(max_length=200, verbose_name='tên')),
            ],
            options={
                'verbose_name': 'lĩnh vực',
                'verbose_name_plural': 'lĩnh vực',
            },
        ),
        migrations.CreateModel(
            name='Terminal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=8, unique=True, verbose_name='mã điểm thu')),
                ('active', models.BooleanField(default=True, verbose_name='đang thu trên mạng')),
                ('switched_at', models.DateTimeField(default=portal.common.clock.now, editable=False, verbose_name='bật hoặc tắt lúc')),
            ],
            options={
                'verbose_name': 'điểm thu trên mạng',
                'verbose_name_plural': 'điểm thu trên mạng',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='UndecidedHoliday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_on', models.DateField(verbose_name='từ ngày')),
                ('last_on', models.DateField(verbose_name='đến ngày')),
                ('name', models.CharField(max_length=120, verbose_name='tên')),
            ],
            options={
                'verbose_name': 'kỳ nghỉ chưa chốt',
                'verbose_name_plural': 'kỳ nghỉ chưa chốt',
                'ordering': ['first_on'],
            },
        ),
        migrations.CreateModel(
            name='LifeEventEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subgroup', models.CharField(blank=True, max_length=200, verbose_name='nhóm nhỏ')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='procedures.lifeevent')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='procedures.procedure')),
            ],
            options={
                'verbose_name': 'thủ tục của sự kiện',
                'verbose_name_plural': 'thủ tục của sự kiện',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='lifeevent',
            name='procedures',
            field=models.ManyToManyField(related_name='life_events', through='procedures.LifeEventEntry', to='procedures.procedure'),
        ),
        migrations.CreateModel(
            name='ProcedureVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='số')),
                ('state', models.CharField(choices=[('draft', 'bản thảo'), ('published', 'đang dùng'), ('retired', 'hết dùng')], default='draft', max_length=9, verbose_name='tình trạng')),
                ('effective_from', models.DateField(blank=True, null=True, verbose_name='có hiệu lực từ')),
                ('effective_to', models.DateField(blank=True, null=True, verbose_name='có hiệu lực đến')),
                ('document', models.JSONField(verbose_name='nội dung')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('declared_level', models.PositiveSmallIntegerField(verbose_name='mức theo cơ sở dữ liệu quốc gia')),
                ('form_key', models.CharField(blank=True, max_length=60, verbose_name='biểu mẫu')),
                ('grammar', models.PositiveSmallIntegerField(default=1, verbose_name='ngữ pháp biểu mẫu')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='công bố lúc')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='procedures.procedure', verbose_name='thủ tục')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người công bố')),
            ],
            options={
                'verbose_name': 'phiên bản thủ tục',
                'verbose_name_plural': 'phiên bản thủ tục',
            },
        ),
        migrations.AddField(
            model_name='procedure',
            name='current',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procedures.procedureversion', verbose_name='phiên bản đang dùng'),
        ),
        migrations.AddField(
            model_name='procedure',
            name='sector',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='procedures.sector', verbose_name='lĩnh vực'),
        ),
        migrations.CreateModel(
            name='Offering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filing', models.CharField(choices=[('here', 'nộp trên cổng này'), ('elsewhere', 'nộp ở nơi khác')], default='here', max_length=9, verbose_name='cách nộp')),
                ('province_code', models.CharField(help_text='mã cơ quan cấp 1, ví dụ H18', max_length=10, verbose_name='mã tỉnh')),
                ('unit_code', models.CharField(blank=True, help_text='mã đơn vị hành chính của cơ quan', max_length=20, verbose_name='địa bàn')),
                ('delivery_ways', models.JSONField(default=list, verbose_name='cách trả kết quả')),
                ('electronic_result', models.BooleanField(default=False, verbose_name='kết quả điện tử')),
                ('no_result', models.BooleanField(default=False, verbose_name='không có kết quả phải trả')),
                ('processing_steps', models.JSONField(default=list, verbose_name='các bước xử lý')),
                ('duty', models.JSONField(default=dict, verbose_name='người trực')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến ngày')),
                ('certainty', models.CharField(blank=True, max_length=40, verbose_name='độ chắc chắn')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan')),
                ('lead_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_offerings', to='accounts.agency', verbose_name='cơ quan giải quyết')),
                ('receiving_agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='received_offerings', to='accounts.agency', verbose_name='nơi tiếp nhận')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offerings', to='procedures.procedure', verbose_name='thủ tục')),
                ('terminal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offerings', to='procedures.terminal', to_field='code', verbose_name='điểm thu trên mạng')),
            ],
            options={
                'verbose_name': 'nơi cung cấp thủ tục',
                'verbose_name_plural': 'nơi cung cấp thủ tục',
            },
        ),
        migrations.CreateModel(
            name='LocalFee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_code', models.CharField(max_length=10, verbose_name='mã tỉnh')),
                ('fee_line_key', models.CharField(max_length=60, verbose_name='khoản')),
                ('amount', models.PositiveBigIntegerField(verbose_name='số tiền (đồng)')),
                ('effective_from', models.DateField(blank=True, null=True, verbose_name='có hiệu lực từ')),
                ('effective_to', models.DateField(blank=True, null=True, verbose_name='đến hết ngày')),
                ('legal_ref', models.CharField(blank=True, max_length=60, verbose_name='nghị quyết')),
                ('certainty', models.CharField(blank=True, max_length=40, verbose_name='độ chắc chắn')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='local_fees', to='procedures.procedure', verbose_name='thủ tục')),
            ],
            options={
                'verbose_name': 'mức thu của tỉnh',
                'verbose_name_plural': 'mức thu của tỉnh',
                'constraints': [models.UniqueConstraint(fields=('province_code', 'procedure', 'fee_line_key', 'effective_from'), name='one_local_fee_a_line_and_day', nulls_distinct=False)],
            },
        ),
        migrations.AddConstraint(
            model_name='lifeevententry',
            constraint=models.UniqueConstraint(fields=('event', 'procedure', 'subgroup'), name='a_procedure_once_in_a_subgroup'),
        ),
        migrations.AddConstraint(
            model_name='procedureversion',
            constraint=models.UniqueConstraint(fields=('procedure', 'number'), name='one_version_a_number'),
        ),
        migrations.AddConstraint(
            model_name='procedureversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('procedure',), name='one_published_version_a_procedure'),
        ),
        migrations.AddConstraint(
            model_name='procedureversion',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('effective_from__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='a_published_version_has_dates'),
        ),
        migrations.AddConstraint(
            model_name='procedure',
            constraint=models.CheckConstraint(condition=models.Q(('declared_level__gte', 1), ('declared_level__lte', 4)), name='declared_level_is_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='procedure',
            constraint=models.CheckConstraint(condition=models.Q(('listed', True), ('current__isnull', False), _connector='OR'), name='a_full_procedure_has_a_version'),
        ),
        migrations.AddIndex(
            model_name='offering',
            index=models.Index(fields=['procedure', 'province_code', 'unit_code'], name='procedures__procedu_2e6256_idx'),
        ),
        migrations.AddConstraint(
            model_name='offering',
            constraint=models.UniqueConstraint(fields=('procedure', 'agency', 'valid_from'), name='one_offering_a_body_and_start', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='offering',
            constraint=models.CheckConstraint(condition=models.Q(('filing', 'elsewhere'), ('receiving_agency__isnull', False), _connector='OR'), name='an_offering_filed_here_has_a_desk'),
        ),
    ]
