import django.db.models.deletion
import dossiers.parcels.models
import portal.common.clock
import portal.common.outbox
import portal.common.request_ids
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
            name='Parcel',
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
                ('reference', models.CharField(default=dossiers.parcels.models.new_reference, max_length=14, unique=True, verbose_name='mã gửi')),
                ('carrier', models.CharField(max_length=20, verbose_name='bên chuyển phát')),
                ('tracking', models.CharField(blank=True, max_length=40, verbose_name='số hiệu bưu gửi')),
                ('contents', models.JSONField(default=list, verbose_name='giấy trong phong bì')),
                ('recipient', models.CharField(max_length=200, verbose_name='người nhận')),
                ('phone', models.CharField(max_length=16, verbose_name='điện thoại')),
                ('address', models.CharField(max_length=400, verbose_name='địa chỉ')),
                ('payer', models.CharField(choices=[('recipient', 'người nhận trả cho bưu tá'), ('agency', 'cơ quan trả')], max_length=10, verbose_name='ai trả cước')),
                ('postage', models.PositiveIntegerField(blank=True, null=True, verbose_name='cước (đồng)')),
                ('ordered_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='đặt lúc')),
                ('state', models.CharField(choices=[('ordered', 'đang báo bưu điện'), ('labelled', 'chờ bưu điện đến lấy'), ('picked_up', 'bưu điện đã lấy'), ('in_transit', 'đang trên đường'), ('delivered', 'đã phát'), ('refused', 'người nhận không nhận'), ('unknown_address', 'không tìm thấy địa chỉ'), ('lost', 'thất lạc'), ('brought_back', 'đã chuyển hoàn về bộ phận một cửa'), ('not_taken', 'bưu điện không nhận gửi'), ('cancelled', 'đã hủy gửi')], default='ordered', max_length=16, verbose_name='tình trạng')),
                ('state_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='từ lúc')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parcels', to='dossiers.dossier', verbose_name='hồ sơ')),
                ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người gửi')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người phải lo')),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='parcels.parcel', verbose_name='gửi lại của')),
                ('web_request_id', models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu')),
            ],
            options={
                'verbose_name': 'bưu gửi',
                'verbose_name_plural': 'bưu gửi',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['state', 'state_at'], name='parcels_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['in_transit', 'labelled', 'ordered', 'picked_up'])), fields=('dossier',), name='one_parcel_of_a_dossier_is_on_its_way'), models.UniqueConstraint(condition=models.Q(('tracking', ''), _negated=True), fields=('carrier', 'tracking'), name='a_tracking_number_names_one_parcel')],
            },
        ),
        migrations.CreateModel(
            name='ParcelNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, verbose_name='mã tin')),
                ('state', models.CharField(choices=[('ordered', 'đang báo bưu điện'), ('labelled', 'chờ bưu điện đến lấy'), ('picked_up', 'bưu điện đã lấy'), ('in_transit', 'đang trên đường'), ('delivered', 'đã phát'), ('refused', 'người nhận không nhận'), ('unknown_address', 'không tìm thấy địa chỉ'), ('lost', 'thất lạc'), ('brought_back', 'đã chuyển hoàn về bộ phận một cửa'), ('not_taken', 'bưu điện không nhận gửi'), ('cancelled', 'đã hủy gửi')], max_length=16, verbose_name='tình trạng')),
                ('happened_at', models.DateTimeField(verbose_name='xảy ra lúc')),
                ('received_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='nhận tin lúc')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='ở đâu')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='ghi chú')),
                ('raw', models.TextField(blank=True, verbose_name='nguyên văn')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='parcels.parcel')),
            ],
            options={
                'verbose_name': 'tin của bưu điện',
                'verbose_name_plural': 'tin của bưu điện',
                'ordering': ['happened_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('parcel', 'key'), name='a_notice_is_kept_once')],
            },
        ),
        migrations.CreateModel(
            name='ParcelRequest',
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
                ('kind', models.CharField(choices=[('where', 'hỏi đang ở đâu'), ('cancel', 'hủy gửi')], max_length=8, verbose_name='việc')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='lý do')),
                ('asked_at', models.DateTimeField(default=portal.common.clock.now, verbose_name='hỏi lúc')),
                ('outcome', models.CharField(blank=True, choices=[('news', 'bưu điện có tin mới'), ('no_news', 'bưu điện chưa có tin mới'), ('unknown', 'bưu điện không biết bưu gửi này'), ('cancelled', 'bưu điện đã hủy'), ('refused', 'bưu điện không hủy được'), ('too_late', 'bưu gửi không còn chờ ở bưu điện, không hỏi nữa')], max_length=10, verbose_name='trả lời')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='bưu điện nói')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người hỏi')),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='parcels.parcel', verbose_name='bưu gửi')),
            ],
            options={
                'verbose_name': 'lần hỏi bưu điện',
                'verbose_name_plural': 'các lần hỏi bưu điện',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('due_state', 'done'), _negated=True), fields=('parcel', 'kind'), name='one_request_of_a_kind_waits_for_the_carrier'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'cancel'), _negated=True), ('asked_by__isnull', False), _connector='OR'), name='people_cancel_parcels')],
            },
        ),
    ]
