import django.db.models.deletion
import portal.common.clock
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    initial = True

    dependencies = [
        ('dossiers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_key', models.CharField(help_text='khóa của giấy tờ trong phiên bản thủ tục', max_length=80, verbose_name='giấy tờ')),
                ('page', models.PositiveSmallIntegerField(default=1, verbose_name='trang')),
                ('name', models.CharField(max_length=120, verbose_name='tên tệp')),
                ('content_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField(verbose_name='dung lượng (byte)')),
                ('sha256', models.CharField(max_length=64)),
                ('storage_key', models.CharField(max_length=80, unique=True)),
                ('source', models.CharField(choices=[('upload', 'tải lên'), ('scan', 'cán bộ quét'), ('wallet', 'giấy đã có trên cổng')], default='upload', max_length=8, verbose_name='nguồn')),
                ('uploaded_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='gửi lúc')),
                ('replaced_at', models.DateTimeField(blank=True, null=True, verbose_name='thay lúc')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='dossiers.dossier', verbose_name='hồ sơ')),
                ('staged_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staged', to='dossiers.supplementrequest', verbose_name='chờ gửi bổ sung')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'giấy tờ tải lên',
                'verbose_name_plural': 'giấy tờ tải lên',
                'ordering': ['item_key', 'page', 'pk'],
            },
        ),
    ]
