"""The gateway's tables: transactions, notices and calls to the merchant, refunds, fault switches, bank transfers."""

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
    """One payment request. `response_code`, `status`: the true outcome; `said_code`, `said_status`: as sent to the merchant."""

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
    card = models.JSONField(default=dict)  # only between card form and OTP: bank, kind, last four digits
    response_code = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=2, default="01")
    said_code = models.CharField(max_length=2, blank=True)
    said_status = models.CharField(max_length=2, blank=True)
    charged = models.BooleanField(default=False)  # the bank has charged the payer
    transaction_no = models.CharField(max_length=15, default="0")
    bank_code = models.CharField(max_length=20, blank=True)
    bank_tran_no = models.CharField(max_length=20, blank=True)
    card_type = models.CharField(max_length=10, blank=True)
    pay_date = models.CharField(max_length=14, blank=True)
    ripe_at = models.DateTimeField(null=True, blank=True)  # when a PENDING transaction becomes paid
    ended_at = models.DateTimeField(null=True, blank=True)
    faults = models.JSONField(default=dict)  # {name: value} of the switches that apply to it

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
    """An IPN to send: the merchant is called until it answers 00 or 02, at most IPN_CALLS times."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="notices")
    calls_made = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)  # None: nothing more to send
    held = models.BooleanField(default=False)  # waits until the notice of a later transaction is sent
    ended_because = models.CharField(max_length=10, blank=True)  # answered | given_up

    class Meta:
        indexes = [models.Index("next_at", name="gateway_notice_due", condition=Q(next_at__isnull=False))]


class IpnCall(models.Model):
    """One IPN call and its answer."""

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
    """A refund. Its status follows from the time passed since `asked_at` (see refunding.status_at)."""

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
    """The id of a querydr or refund request: valid once a day."""

    terminal = models.CharField(max_length=8)
    request_id = models.CharField(max_length=32)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("terminal", "request_id", "day", name="gateway_request_number_is_good_once_a_day")]


class QueryWindow(models.Model):
    """When a terminal last got an answer to querydr, for the rate limit."""

    terminal = models.CharField(max_length=8, unique=True)
    answered_at = models.DateTimeField(null=True)


class Switch(models.Model):
    """A fault that is on: for all transactions or one reference, always or a number of times."""

    name = models.CharField(max_length=40)
    reference = models.CharField(max_length=100, blank=True)
    value = models.JSONField()
    times_left = models.PositiveIntegerField(null=True)  # None: always

    class Meta:
        constraints = [models.UniqueConstraint("name", "reference", name="gateway_switch_stands_once")]


class Credit(models.Model):
    """A transfer received on a bank account."""

    account = models.CharField(max_length=19, db_index=True)
    amount = models.BigIntegerField()  # đồng
    content = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField()
