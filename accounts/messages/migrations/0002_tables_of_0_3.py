"""The tables of 0.3 beside those of 0.2.0, made from the difference of the models."""

import django.db.models.deletion
import portal.common.clock
import portal.common.outbox
import portal.common.request_ids
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    dependencies = [
        ('messaging', '0001_initial'),
        ('accounts', '0002_tables_of_0_3'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('row', models.BigIntegerField()),
                ('label', models.CharField(max_length=100, verbose_name='mã')),
                ('dossier_code', models.CharField(blank=True, db_index=True, max_length=50, verbose_name='mã hồ sơ')),
                ('to_citizen', models.CharField(blank=True, help_text='câu cho người chờ, chưa dịch', max_length=300)),
                ('post', models.CharField(blank=True, max_length=20, verbose_name='vai trò')),
                ('ends_at', models.DateTimeField(verbose_name='hạn')),
                ('raised_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='thấy lúc')),
                ('level', models.PositiveSmallIntegerField(choices=[(0, 'chưa báo'), (1, 'người phụ trách'), (2, 'phó bộ phận'), (3, 'trưởng bộ phận')], default=0, verbose_name='đã báo tới')),
                ('told_at', models.DateTimeField(null=True, verbose_name='báo lần cuối lúc')),
                ('told_times', models.PositiveIntegerField(default=0, verbose_name='số lần báo')),
                ('tell_at', models.DateTimeField(verbose_name='báo lại lúc')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='nhận lo lúc')),
                ('met_at', models.DateTimeField(null=True, verbose_name='hết quá hạn lúc')),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='cơ quan')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người nhận lo')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người lo')),
            ],
            options={
                'verbose_name': 'báo động',
                'verbose_name_plural': 'báo động',
                'indexes': [models.Index(condition=models.Q(('met_at', None)), fields=['tell_at'], name='alarms_to_tell')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('met_at', None)), fields=('kind', 'row'), name='one_alarm_goes_for_an_obligation'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='an_answer_names_who_and_when')],
            },
        ),
        migrations.CreateModel(
            name='HeldMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, verbose_name='sự kiện')),
                ('subject', models.CharField(max_length=200, verbose_name='tiêu đề')),
                ('held_at', models.DateTimeField(default=portal.common.clock.now)),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người nhận')),
            ],
            options={
                'verbose_name': 'tin chờ buổi sáng',
                'verbose_name_plural': 'tin chờ buổi sáng',
                'constraints': [models.UniqueConstraint(fields=('recipient', 'key'), name='one_held_message_an_event_and_recipient')],
            },
        ),
        migrations.AddField(
            model_name='message',
            name='address',
            field=models.EmailField(blank=True, max_length=254, verbose_name='địa chỉ của người không có tài khoản'),
        ),
        migrations.AddField(
            model_name='message',
            name='phone',
            field=models.CharField(blank=True, db_default='', max_length=16, verbose_name='số nhận tin nhắn SMS'),
        ),
        migrations.AddField(
            model_name='message',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='message',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
        migrations.AlterField(
            model_name='message',
            name='channel',
            field=models.CharField(choices=[('inbox', 'hộp tin trên cổng'), ('email', 'thư điện tử'), ('sms', 'tin nhắn SMS')], max_length=8, verbose_name='kênh'),
        ),
        migrations.AlterField(
            model_name='message',
            name='recipient',
            field=models.ForeignKey(help_text='trống: người không có tài khoản, xem địa chỉ', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inbox', to=settings.AUTH_USER_MODEL, verbose_name='người nhận'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('recipient', None)), fields=('key', 'address'), name='one_message_an_event_and_address'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('channel', 'sms')), fields=('key',), name='one_text_message_an_event'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('channel__in', ['inbox', 'email']), ('phone', ''), ('recipient__isnull', False)), models.Q(('channel', 'email'), ('phone', ''), ('recipient', None), models.Q(('address', ''), _negated=True)), models.Q(('address', ''), ('channel', 'sms'), ('recipient', None), models.Q(('phone', ''), _negated=True)), _connector='OR'), name='a_message_has_a_login_or_an_address_or_a_phone'),
        ),
    ]
