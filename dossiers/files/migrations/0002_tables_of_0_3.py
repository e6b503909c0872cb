"""The tables of 0.3 beside those of 0.2.0, made from the difference of the models."""

import django.db.models.deletion
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    dependencies = [
        ('files', '0001_initial'),
        ('dossiers', '0002_history_is_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Thumbnail',
            fields=[
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='thumbnail', serialize=False, to='files.attachment')),
                ('content', models.BinaryField(max_length=8192)),
            ],
            options={
                'verbose_name': 'ảnh thu nhỏ',
                'verbose_name_plural': 'ảnh thu nhỏ',
            },
        ),
        migrations.AddField(
            model_name='attachment',
            name='original_key',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='attachment',
            name='original_sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='attachment',
            name='original_size',
            field=models.PositiveIntegerField(default=0, verbose_name='dung lượng tệp gốc (byte)'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='original_type',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='attachment',
            name='replaces',
            field=models.ForeignKey(blank=True, help_text='tệp cũ cùng trang; trống: trang thêm', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='replacements', to='files.attachment', verbose_name='thay cho tệp'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='signed_for',
            field=models.ForeignKey(blank=True, help_text='giấy người dân ký tại quầy; không thuộc thành phần hồ sơ', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signed_papers', to='dossiers.event', verbose_name='ký cho bước'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('original_key', ''), ('original_sha256', '')), models.Q(models.Q(('original_key', ''), _negated=True), models.Q(('original_sha256', ''), _negated=True)), _connector='OR'), name='an_original_has_a_file_and_a_digest'),
        ),
    ]
