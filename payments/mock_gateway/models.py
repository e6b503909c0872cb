"""What the gateway remembers: transactions, what it tells the merchant, refunds, switches, and transfers of the bank corner."""

import secrets

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    OPEN = "OPEN", "chờ người trả"
    PENDING = "PENDING", "ngân hàng đang xử lý"
    ENDED = "ENDED", "đã xong"


def new_token():
    return secrets.token_urlsafe(16)


class Transaction(models.Model):
    """One request to pay. `response_code` and `status` are the truth; `said_code` and `said_status` what the merchant is told."""

    terminal = models.CharField(max_length=8)
    reference = models.CharField(max_length=100)
    token = models.CharField(max_length=32, unique=True, default=new_token)
    amount = models.BigIntegerField()  # đồng
    bank_choice = models.CharField(max_length=20, blank=True)
    order_info = models.CharField(max_length=255)
    return_url = models.CharField(max_length=255)
    locale = models.CharField(max_length=5)
    request_hash = models.CharField(max_length=256)
    create_date = models.CharField(max_length=14)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    card = models.JSONField(default=dict)  # while the payer is asked for the OTP: kind, outcome, last four digits
    response_code = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=2, default="01")
    said_code = models.CharField(max_length=2, blank=True)
    said_status = models.CharField(max_length=2, blank=True)
    charged = models.BooleanField(default=False)  # the payer's money is gone
    transaction_no = models.CharField(max_length=15, default="0")
    bank_code = models.CharField(max_length=20, blank=True)
    bank_tran_no = models.CharField(max_length=20, blank=True)
    card_type = models.CharField(max_length=10, blank=True)
    pay_date = models.CharField(max_length=14, blank=True)
    ripe_at = models.DateTimeField(null=True, blank=True)  # when a pending one becomes paid
    ended_at = models.DateTimeField(null=True, blank=True)
    faults = models.JSONField(default=dict)  # the switches that caught this one

    class Meta:
        constraints = [models.UniqueConstraint("terminal", "reference", name="gateway_reference_is_used_once_per_terminal")]
        indexes = [
            models.Index("ripe_at", name="gateway_pending", condition=Q(state=State.PENDING)),
            models.Index("reference", name="gateway_reference"),
        ]

    @property
    def is_paid(self):
        return self.state == State.ENDED and self.status == "00"


class Notice(models.Model):
    """Something the merchant must be told: called until it answers 00 or 02, ten times at most."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="notices")
    calls_made = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)  # None: nothing more to send
    held = models.BooleanField(default=False)  # let another transaction's notice go first
    ended_because = models.CharField(max_length=10, blank=True)  # answered | given_up

    class Meta:
        indexes = [models.Index("next_at", name="gateway_notice_due", condition=Q(next_at__isnull=False))]


class IpnCall(models.Model):
    """One call to the merchant and its answer."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="calls")
    number = models.PositiveSmallIntegerField()
    copy = models.PositiveSmallIntegerField(default=1)
    query = models.TextField()
    sent_at = models.DateTimeField()
    outcome = models.CharField(max_length=10)  # answered | timeout | error | lost
    http_status = models.PositiveSmallIntegerField(null=True)
    rsp_code = models.CharField(max_length=8, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)


class Refund(models.Model):
    """Money on its way back. Its state follows from the time gone by (see refunding.status_at)."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="refunds")
    request_id = models.CharField(max_length=32)
    kind = models.CharField(max_length=2)  # 02 all, 03 a part
    amount = models.BigIntegerField()  # đồng
    asked_by = models.CharField(max_length=245)
    asked_at = models.DateTimeField()
    order_info = models.CharField(max_length=255)
    transaction_no = models.CharField(max_length=15)
    path = models.CharField(max_length=20)  # 05-06-00 or 05-09
    step = models.FloatField()  # seconds

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="gateway_refund_is_of_some_money")]


class ApiRequest(models.Model):
    """The number of a querydr or refund request: good once a day."""

    terminal = models.CharField(max_length=8)
    request_id = models.CharField(max_length=32)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("terminal", "request_id", "day", name="gateway_request_number_is_good_once_a_day")]


class QueryWindow(models.Model):
    """When a terminal last got an answer to querydr."""

    terminal = models.CharField(max_length=8, unique=True)
    answered_at = models.DateTimeField(null=True)


class Switch(models.Model):
    """A fault switched on: for every transaction, or for one reference; always, or so many times."""

    name = models.CharField(max_length=40)
    reference = models.CharField(max_length=100, blank=True)
    value = models.JSONField()
    times_left = models.PositiveIntegerField(null=True)  # None: always

    class Meta:
        constraints = [models.UniqueConstraint("name", "reference", name="gateway_switch_stands_once")]


class Credit(models.Model):
    """Money that came into an account by transfer."""

    account = models.CharField(max_length=19, db_index=True)
    amount = models.BigIntegerField()  # đồng
    content = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField()
