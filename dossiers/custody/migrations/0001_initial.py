import django.db.models.deletion
import dossiers.custody.models
import portal.common.clock
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    initial = True

    dependencies = [
        ('dossiers', '0003_tables_of_0_3'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('accounts', '0002_tables_of_0_3'),
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=dossiers.custody.models.new_code, max_length=12, unique=True, verbose_name='số biên bản')),
                ('made_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='giao lúc')),
                ('from_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='bên giao')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người giao')),
                ('to_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='bên nhận')),
                ('to_user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người nhận')),
            ],
            options={
                'verbose_name': 'biên bản bàn giao',
                'verbose_name_plural': 'biên bản bàn giao',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Original',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='giấy tờ')),
                ('item_key', models.CharField(blank=True, max_length=40, verbose_name='thành phần hồ sơ')),
                ('count', models.PositiveSmallIntegerField(default=1, verbose_name='số bản')),
                ('received_from', models.CharField(max_length=120, verbose_name='nhận của')),
                ('received_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='nhận lúc')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='originals', to='dossiers.dossier', verbose_name='hồ sơ')),
                ('received_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người nhận')),
                ('is_copy', models.BooleanField(db_default=False, default=False, verbose_name='bản sao')),
            ],
            options={
                'verbose_name': 'giấy tờ gốc',
                'verbose_name_plural': 'giấy tờ gốc',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('count__gt', 0)), name='an_original_is_at_least_one_sheet')],
            },
        ),
        migrations.CreateModel(
            name='CustodyMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'đã nhận giữ'), ('handed', 'đang bàn giao'), ('taken', 'bên nhận đã nhận'), ('not_there', 'bên nhận báo không có'), ('returned', 'đã trả lại')], max_length=10, verbose_name='việc')),
                ('at', models.DateTimeField(default=portal.common.clock.now, verbose_name='lúc')),
                ('person', models.CharField(blank=True, max_length=120, verbose_name='người ký nhận lại')),
                ('seen_document', models.CharField(blank=True, choices=[('can_cuoc', 'Căn cước, căn cước công dân'), ('ho_chieu', 'Hộ chiếu'), ('khac', 'Giấy tờ khác có ảnh')], max_length=10, verbose_name='giấy tờ đã xem')),
                ('seen_number', models.CharField(blank=True, max_length=30, verbose_name='số giấy tờ')),
                ('taken_as', models.CharField(blank=True, choices=[('chinh_chu', 'Chính chủ hồ sơ'), ('nguoi_nop', 'Người đã nộp hồ sơ'), ('uy_quyen', 'Người được ủy quyền, được giới thiệu')], max_length=10, verbose_name='tư cách')),
                ('mandate', models.CharField(blank=True, max_length=200, verbose_name='giấy ủy quyền')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ghi')),
                ('handover', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='custody.handover')),
                ('original', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='custody.original')),
            ],
            options={
                'verbose_name': 'lần chuyển giấy tờ gốc',
                'verbose_name_plural': 'các lần chuyển giấy tờ gốc',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'returned')), fields=('original',), name='an_original_is_returned_once'), models.UniqueConstraint(condition=models.Q(('kind__in', ['taken', 'not_there'])), fields=('original', 'handover'), name='a_handover_is_answered_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'returned'), _negated=True), models.Q(('person__gt', ''), ('seen_number__gt', '')), _connector='OR'), name='a_returned_original_names_who_took_it')],
            },
        ),
    ]
