"""The tables of 0.3 beside those of 0.2.0, made from the difference of the models."""

import django.db.models.deletion
import portal.common.outbox
import portal.common.request_ids
from django.conf import settings
from django.db import migrations, models

from portal.common.migrations import Expanding


class Migration(Expanding):

    dependencies = [
        ('payments', '0003_receipts_are_frozen'),
        ('dossiers', '0003_tables_of_0_3'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='bankcredit',
            name='double_decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người kết luận một hay hai khoản'),
        ),
        migrations.AddField(
            model_name='bankcredit',
            name='double_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='doubles', to='payments.bankcredit', verbose_name='giống khoản'),
        ),
        migrations.AddField(
            model_name='bankcredit',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='bankcredit',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
        migrations.AlterField(
            model_name='bankcredit',
            name='state',
            field=models.CharField(choices=[('new', 'chưa xem'), ('matched', 'đã khớp'), ('unmatched', 'không rõ của ai'), ('under', 'chuyển thiếu'), ('over', 'chuyển thừa'), ('late', 'khoản phí không chờ tiền này nữa'), ('assigned', 'kế toán đã gán cho một khoản phí'), ('returning', 'chờ người thứ hai duyệt trả lại'), ('returned', 'đã trả lại người chuyển'), ('double', 'giống khoản đã có'), ('same', 'trùng khoản đã có')], default='new', max_length=9, verbose_name='tình trạng'),
        ),
        migrations.AddIndex(
            model_name='bankcredit',
            index=models.Index(fields=['point', 'amount', 'received_at'], name='credits_that_may_be_doubles'),
        ),
        migrations.AddConstraint(
            model_name='bankcredit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['double', 'same']), _negated=True), ('double_of__isnull', False), _connector='OR'), name='a_double_names_the_earlier_credit'),
        ),
        migrations.AddConstraint(
            model_name='bankcredit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'double'), _negated=True), ('attempt__isnull', True), _connector='OR'), name='a_possible_double_counts_nowhere'),
        ),
        migrations.AddConstraint(
            model_name='bankcredit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'same'), _negated=True), ('double_decided_by__isnull', False), _connector='OR'), name='a_person_said_that_it_is_the_same_credit'),
        ),
        migrations.AddField(
            model_name='collectionpoint',
            name='set_by_people',
            field=models.JSONField(default=list, editable=False, verbose_name='do người đặt'),
        ),
        migrations.AddField(
            model_name='collectionpoint',
            name='shipped_says',
            field=models.JSONField(default=dict, editable=False, verbose_name='dữ liệu kèm theo nói khác'),
        ),
        migrations.AlterField(
            model_name='collectionpoint',
            name='provider',
            field=models.CharField(blank=True, default='vnpay', max_length=20, verbose_name='cổng thanh toán'),
        ),
        migrations.AddField(
            model_name='difference',
            name='credit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='payments.bankcredit', verbose_name='khoản tiền về'),
        ),
        migrations.AlterField(
            model_name='difference',
            name='kind',
            field=models.CharField(choices=[('missing_here', 'tệp có, cổng không có'), ('missing_there', 'cổng có, tệp không có'), ('amount', 'số tiền khác nhau'), ('refund', 'khoản hoàn không khớp'), ('reversed', 'ngân hàng đảo giao dịch sau khi đã báo trả'), ('double', 'tiền về giống một khoản đã có'), ('unreadable', 'dòng sao kê không đọc được')], max_length=14, verbose_name='khác ở đâu'),
        ),
        migrations.AlterField(
            model_name='difference',
            name='their_amount',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='bên kia ghi (đồng)'),
        ),
        migrations.AddField(
            model_name='ereceipt',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='ereceipt',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
        migrations.AddField(
            model_name='gatewayquestion',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='gatewayquestion',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
        migrations.AddField(
            model_name='refund',
            name='refused_at',
            field=models.DateTimeField(null=True, verbose_name='ngân hàng từ chối lúc'),
        ),
        migrations.AddField(
            model_name='refundcall',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='refundcall',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
        migrations.AddField(
            model_name='settlementfetch',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='settlementfetch',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
        migrations.AddField(
            model_name='settlementproof',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='settlementproof',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
        migrations.AddField(
            model_name='statementreading',
            name='priority',
            field=models.PositiveSmallIntegerField(choices=[(0, 'có người chờ'), (1, 'không ai chờ')], default=portal.common.outbox.priority_now, editable=False, verbose_name='mức ưu tiên'),
        ),
        migrations.AddField(
            model_name='statementreading',
            name='web_request_id',
            field=models.CharField(blank=True, default=portal.common.request_ids.current, editable=False, max_length=32, verbose_name='mã yêu cầu'),
        ),
    ]
