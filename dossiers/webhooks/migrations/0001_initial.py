import django.db.models.deletion
import dossiers.webhooks.signing
import portal.common.clock
import portal.common.outbox
import portal.common.request_ids
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    initial = True

    dependencies = [
        ('dossiers', '0003_tables_of_0_3'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='tên')),
                ('url', models.URLField(max_length=500, unique=True, verbose_name='địa chỉ')),
                ('secret', models.CharField(default=dossiers.webhooks.signing.new_secret, editable=False, max_length=100)),
                ('old_secret', models.CharField(blank=True, editable=False, max_length=100)),
                ('old_secret_until', models.DateTimeField(editable=False, null=True)),
                ('registered_at', models.DateTimeField(default=portal.common.clock.now)),
                ('active_since', models.DateTimeField(default=portal.common.clock.now)),
                ('after_event', models.BigIntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True)),
                ('disabled_at', models.DateTimeField(null=True)),
                ('disabled_why', models.CharField(blank=True, max_length=200)),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'nơi nhận thông báo',
                'verbose_name_plural': 'nơi nhận thông báo',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_state', models.CharField(choices=[('waiting', 'chờ làm'), ('done', 'đã làm'), ('dead', 'bỏ cuộc, chờ người xem')], default='waiting', max_length=8, verbose_name='tình trạng việc')),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên')),
                ('next_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='làm lúc')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='đã giao tới')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='số lần thử')),
                ('web_request_id', models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu')),
                ('last_error', models.TextField(blank=True, verbose_name='lỗi gần nhất')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False, verbose_name='ghi lúc')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('message_id', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('body', models.TextField()),
                ('last_status', models.PositiveSmallIntegerField(null=True, verbose_name='trả lời gần nhất')),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.event')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='webhooks.endpoint')),
            ],
            options={
                'verbose_name': 'thông báo cho phần mềm khác',
                'verbose_name_plural': 'thông báo cho phần mềm khác',
                'indexes': [models.Index(condition=models.Q(('due_state', 'waiting')), fields=['next_at'], name='webhooks_that_are_due')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'event'), name='one_webhook_an_endpoint_and_event')],
            },
        ),
    ]
