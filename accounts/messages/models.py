"""Messages: one row per event, recipient and channel. Written in the transaction of the event, sent after its commit."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.messages import grouping
from accounts.models import Agency
from portal.common import clock
from portal.common.outbox import OutboxRow, OutboxState


class Channel(models.TextChoices):
    INBOX = "inbox", _("hộp tin trên cổng")
    EMAIL = "email", _("thư điện tử")
    SMS = "sms", _("tin nhắn SMS")


class Message(OutboxRow):
    """A text to one person. An inbox row is visible at once. Emails and text messages (to `phone`) are sent by the worker, with
    retries for up to 12 hours."""

    key = models.CharField(_("sự kiện"), max_length=60, help_text="ví dụ event:123")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người nhận"), null=True, on_delete=models.PROTECT, related_name="inbox",
        help_text="trống: người không có tài khoản, xem địa chỉ",
    )  # fmt: skip
    address = models.EmailField(_("địa chỉ của người không có tài khoản"), blank=True)
    phone = models.CharField(_("số nhận tin nhắn SMS"), max_length=16, blank=True, db_default="")
    channel = models.CharField(_("kênh"), max_length=8, choices=Channel.choices)
    subject = models.CharField(_("tiêu đề"), max_length=200)
    body = models.TextField(_("nội dung"))
    link = models.CharField(_("đường dẫn"), max_length=200, blank=True)
    read_at = models.DateTimeField(_("đọc lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("tin nhắn")
        verbose_name_plural = _("tin nhắn")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key", "recipient", "channel"], name="one_message_an_event_recipient_and_channel"),
            models.UniqueConstraint(
                fields=["key", "address"], condition=models.Q(recipient=None), name="one_message_an_event_and_address"
            ),
            models.UniqueConstraint(fields=["key"], condition=models.Q(channel="sms"), name="one_text_message_an_event"),
            models.CheckConstraint(
                condition=models.Q(recipient__isnull=False, address="", phone="", channel__in=["inbox", "email"])
                | models.Q(recipient=None, phone="", channel="email") & ~models.Q(address="")
                | models.Q(recipient=None, address="", channel="sms") & ~models.Q(phone=""),
                name="a_message_has_a_login_or_an_address_or_a_phone",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(due_state="waiting"), name="messages_that_are_due"),
            models.Index(fields=["recipient", "channel", "-created_at"]),
        ]

    def __str__(self):
        return f"{self.key} · {self.channel}"

    @property
    def send_to(self):
        """The e-mail address it goes to."""
        return self.recipient.email if self.recipient_id else self.address

    @property
    def is_refused(self):
        """Did the provider refuse to send to this number?"""
        return self.due_state == OutboxState.DONE and self.last_error != ""

    def retry_delay(self):
        """Retry after 1 minute, then every 5 minutes."""
        return dt.timedelta(minutes=1 if self.tries <= 1 else 5)


class HeldMessage(models.Model):
    """A message to staff that waits for the next morning message, which names it; then the row goes."""

    key = models.CharField(_("sự kiện"), max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người nhận"), on_delete=models.CASCADE, related_name="+"
    )
    subject = models.CharField(_("tiêu đề"), max_length=200)
    held_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("tin chờ buổi sáng")
        verbose_name_plural = _("tin chờ buổi sáng")
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="one_held_message_an_event_and_recipient")]

    def __str__(self):
        return f"{self.key} {self.recipient_id}"


class AlarmQuerySet(models.QuerySet):
    def going(self):
        """Alarms about what is still not done."""
        return self.filter(met_at=None)

    def sentences(self, dossier_code):
        """What is true for the citizen who waits: in words, of alarms about this dossier that somebody was told of."""
        told = self.going().filter(dossier_code=dossier_code, told_at__isnull=False).exclude(to_citizen="")
        found = told.order_by("ends_at", "pk").values_list("to_citizen", flat=True)
        return [gettext(words) for words in dict.fromkeys(found)]


class Alarm(models.Model):
    """One obligation over its limit (`portal.common.obligations`), from `raised_at` until it is met.

    `kind`, `row`: which obligation, and the row that is owed. `level`: how far up it was told. `tell_at`: when it is told again;
    an answer puts that off. Written by `portal.obligations.alarms`.
    """

    class Level(models.IntegerChoices):
        NOBODY = 0, _("chưa báo")
        OWNER = 1, _("người phụ trách")
        DEPUTY = 2, _("phó bộ phận")
        HEAD = 3, _("trưởng bộ phận")

    kind = models.CharField(max_length=40)
    row = models.BigIntegerField()
    label = models.CharField(_("mã"), max_length=100)
    dossier_code = models.CharField(_("mã hồ sơ"), max_length=50, blank=True, db_index=True)
    to_citizen = models.CharField(max_length=300, blank=True, help_text="câu cho người chờ, chưa dịch")
    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), null=True, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(_("vai trò"), max_length=20, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người lo"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    ends_at = models.DateTimeField(_("hạn"))
    raised_at = models.DateTimeField(_("thấy lúc"), default=clock.now)
    level = models.PositiveSmallIntegerField(_("đã báo tới"), choices=Level.choices, default=Level.NOBODY)
    told_at = models.DateTimeField(_("báo lần cuối lúc"), null=True)
    told_times = models.PositiveIntegerField(_("số lần báo"), default=0)
    tell_at = models.DateTimeField(_("báo lại lúc"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người nhận lo"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("nhận lo lúc"), null=True)
    met_at = models.DateTimeField(_("hết quá hạn lúc"), null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        verbose_name = _("báo động")
        verbose_name_plural = _("báo động")
        constraints = [
            models.UniqueConstraint(fields=["kind", "row"], condition=Q(met_at=None), name="one_alarm_goes_for_an_obligation"),
            models.CheckConstraint(
                name="an_answer_names_who_and_when",
                condition=Q(answered_by=None, answered_at=None) | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tell_at"], condition=Q(met_at=None), name="alarms_to_tell")]

    def __str__(self):
        return f"{self.kind} {self.label}"


def mark_read(user, link):
    """Mark the inbox messages of this user that lead to `link`, or to an address below it, as read."""
    unread = Message.objects.filter(recipient=user, channel=Channel.INBOX, read_at=None, link__startswith=link)
    unread.update(read_at=clock.now())


def queue_messages(key, recipients, *, subject, body, link="", grouped=False):
    """Write the messages of one event: always to the inbox, by email if the user has an address.

    `recipients` are users; None and inactive users are left out. Idempotent: the same `key` is written once per recipient.
    Staff who get this kind of message once a morning get a `HeldMessage` instead; `grouped`: so do those who have chosen nothing.
    """
    rows, held = [], []
    for user in {user.pk: user for user in recipients if user and user.is_active}.values():
        if grouping.waits_for_the_morning(user, key, grouped):
            held.append(HeldMessage(key=key, recipient=user, subject=subject[:200]))
            continue
        text = {"key": key, "recipient": user, "subject": subject[:200], "body": body, "link": link}
        rows.append(Message(channel=Channel.INBOX, due_state=OutboxState.DONE, **text))
        if user.email:
            rows.append(Message(channel=Channel.EMAIL, **text))
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    HeldMessage.objects.bulk_create(held, ignore_conflicts=True)


def queue_mail(key, address, *, subject, body, link=""):
    """Write an e-mail of one event to somebody without an account. Idempotent, as `queue_messages`. No address: nothing."""
    if address:
        row = Message(key=key, address=address, channel=Channel.EMAIL, subject=subject[:200], body=body, link=link)
        Message.objects.bulk_create([row], ignore_conflicts=True)


def queue_sms(key, phone, body):
    """Write the text message of one event. Idempotent: a `key` has one, whatever the number."""
    Message.objects.bulk_create([Message(key=key, phone=phone, channel=Channel.SMS, body=body)], ignore_conflicts=True)
