import django.db.models.deletion
import portal.common.clock
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_state', models.CharField(choices=[('waiting', 'chờ làm'), ('done', 'đã làm'), ('dead', 'bỏ cuộc, chờ người xem')], default='waiting', max_length=8, verbose_name='tình trạng việc')),
                ('next_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='làm lúc')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='đã giao tới')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='số lần thử')),
                ('last_error', models.TextField(blank=True, verbose_name='lỗi gần nhất')),
                ('created_at', models.DateTimeField(default=portal.common.clock.now, editable=False, verbose_name='ghi lúc')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='xong lúc')),
                ('key', models.CharField(help_text='ví dụ event:123', max_length=60, verbose_name='sự kiện')),
                ('channel', models.CharField(choices=[('inbox', 'hộp tin trên cổng'), ('email', 'thư điện tử')], max_length=8, verbose_name='kênh')),
                ('subject', models.CharField(max_length=200, verbose_name='tiêu đề')),
                ('body', models.TextField(verbose_name='nội dung')),
                ('link', models.CharField(blank=True, max_length=200, verbose_name='đường dẫn')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='đọc lúc')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inbox', to=settings.AUTH_USER_MODEL, verbose_name='người nhận')),
            ],
            options={
                'verbose_name': 'tin nhắn',
                'verbose_name_plural': 'tin nhắn',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('due_state', 'waiting')), fields=['next_at'], name='messages_that_are_due'), models.Index(fields=['recipient', 'channel', '-created_at'], name='messaging_m_recipie_c98d8f_idx')],
                'constraints': [models.UniqueConstraint(fields=('key', 'recipient', 'channel'), name='one_message_an_event_recipient_and_channel')],
            },
        ),
    ]
