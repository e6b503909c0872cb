"""The tables of 0.3 beside those of 0.2.0, made from the difference of the models."""

import django.db.models.deletion
import portal.common.clock
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    dependencies = [
        ('procedures', '0002_published_versions_are_immutable'),
        ('accounts', '0002_tables_of_0_3'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgencyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('places', models.JSONField(verbose_name='chỗ sửa')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='accounts.agency')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('applied_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procedures.offering')),
                ('offering', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='procedures.offering')),
                ('before', models.JSONField(default=dict, verbose_name='trước khi sửa')),
                ('procedure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procedures.procedure')),
            ],
            options={
                'verbose_name': 'thay đổi ở cơ quan',
                'verbose_name_plural': 'thay đổi ở cơ quan',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='CalendarChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='năm')),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('places', models.JSONField(verbose_name='chỗ sửa')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('before', models.TextField(default='', verbose_name='trước khi sửa')),
            ],
            options={
                'verbose_name': 'thay đổi của lịch làm việc',
                'verbose_name_plural': 'thay đổi của lịch làm việc',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='CatalogueChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version_number', models.PositiveIntegerField(verbose_name='phiên bản')),
                ('act', models.CharField(choices=[('start', 'mở bản thảo'), ('edit', 'sửa'), ('take_over', 'giành quyền sửa'), ('ask', 'gửi duyệt'), ('take_back', 'đưa về sửa tiếp'), ('approve', 'duyệt'), ('publish', 'công bố'), ('refused', 'không công bố: ví dụ không khớp'), ('end', 'ngừng cung cấp'), ('discard', 'bỏ bản thảo')], max_length=10, verbose_name='việc')),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('places', models.JSONField(default=list, verbose_name='chỗ sửa')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='procedures.procedure')),
            ],
            options={
                'verbose_name': 'thay đổi của danh mục',
                'verbose_name_plural': 'thay đổi của danh mục',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='CatalogueFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='tên tệp')),
                ('sha256', models.CharField(max_length=64)),
                ('entries', models.JSONField(default=list)),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('used_at', models.DateTimeField(null=True, verbose_name='nhập lúc')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'tệp danh mục',
                'verbose_name_plural': 'tệp danh mục',
            },
        ),
        migrations.CreateModel(
            name='LifeEventSector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('set_by_people', models.JSONField(default=list, editable=False, verbose_name='do người đặt')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='procedures.lifeevent')),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='procedures.sector', verbose_name='lĩnh vực')),
                ('shipped_says', models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác')),
            ],
            options={
                'verbose_name': 'lĩnh vực của sự kiện',
                'verbose_name_plural': 'lĩnh vực của sự kiện',
                'constraints': [models.UniqueConstraint(fields=('event', 'sector'), name='a_sector_once_in_an_event')],
            },
        ),
        migrations.CreateModel(
            name='SearchAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='cách gọi')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='procedures.procedure', verbose_name='thủ tục')),
            ],
            options={
                'verbose_name': 'cách gọi khác của thủ tục',
                'verbose_name_plural': 'cách gọi khác của thủ tục',
                'ordering': ['text'],
                'constraints': [models.UniqueConstraint(fields=('procedure', 'text'), name='an_alias_once_a_procedure')],
            },
        ),
        migrations.CreateModel(
            name='SearchedText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=100, unique=True, verbose_name='câu tìm')),
                ('outcome', models.CharField(choices=[('nothing', 'không tìm thấy gì'), ('guesses', 'chỉ đoán'), ('found', 'tìm thấy')], max_length=7, verbose_name='kết quả')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='số lần')),
                ('last_on', models.DateField(verbose_name='lần cuối')),
            ],
            options={
                'verbose_name': 'câu đã tìm',
                'verbose_name_plural': 'câu đã tìm',
                'ordering': ['-times', 'text'],
            },
        ),
        migrations.CreateModel(
            name='ShippedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('procedure', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='shipped', to='procedures.procedure')),
            ],
            options={
                'verbose_name': 'nội dung kèm bản cài',
                'verbose_name_plural': 'nội dung kèm bản cài',
            },
        ),
        migrations.CreateModel(
            name='VersionDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0)),
                ('held_at', models.DateTimeField(null=True)),
                ('publish_on', models.DateField(null=True, verbose_name='có hiệu lực từ')),
                ('asked_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procedures.procedureversion')),
                ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('procedure', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='procedures.procedure')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='work', to='procedures.procedureversion')),
                ('writers', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ends', models.BooleanField(default=False, verbose_name='ngừng cung cấp')),
                ('unrecorded', models.JSONField(null=True)),
            ],
            options={
                'verbose_name': 'bản thảo',
                'verbose_name_plural': 'bản thảo',
                'constraints': [models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_at__isnull', False), ('asked_by__isnull', False), models.Q(('approved_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='a_version_is_approved_by_a_second_person'), models.CheckConstraint(condition=models.Q(('asked_by__isnull', True), models.Q(('asked_at__isnull', False), ('publish_on__isnull', False)), _connector='OR'), name='a_version_asked_for_has_a_day')],
            },
        ),
        migrations.CreateModel(
            name='SearchChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='số lần')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='procedures.procedure', verbose_name='thủ tục')),
                ('searched', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='procedures.searchedtext')),
            ],
            options={
                'verbose_name': 'lựa chọn sau khi tìm',
                'verbose_name_plural': 'lựa chọn sau khi tìm',
                'ordering': ['-times', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('searched', 'procedure'), name='a_choice_once_a_query')],
            },
        ),
        migrations.AddField(
            model_name='holiday',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='holiday',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
        migrations.AddField(
            model_name='lifeevent',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='lifeevent',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
        migrations.AddField(
            model_name='lifeevent',
            name='sectors',
            field=models.ManyToManyField(related_name='life_events', through='procedures.LifeEventSector', to='procedures.sector'),
        ),
        migrations.AddField(
            model_name='lifeevententry',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='lifeevententry',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
        migrations.AddField(
            model_name='localfee',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='localfee',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
        migrations.AddField(
            model_name='offering',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='offering',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
        migrations.AddField(
            model_name='procedure',
            name='announced',
            field=models.BooleanField(default=True, verbose_name='đã công bố'),
        ),
        migrations.AddField(
            model_name='procedureversion',
            name='imported_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='procedures.cataloguefile', verbose_name='nhập từ tệp'),
        ),
        migrations.AlterField(
            model_name='sector',
            name='code',
            field=models.CharField(max_length=40, unique=True, verbose_name='mã'),
        ),
        migrations.AddField(
            model_name='terminal',
            name='ready',
            field=models.BooleanField(default=True, editable=False, verbose_name='có cách trả'),
        ),
        migrations.AlterField(
            model_name='terminal',
            name='switched_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='bật hoặc tắt lúc'),
        ),
        migrations.AddField(
            model_name='undecidedholiday',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='undecidedholiday',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
    ]
