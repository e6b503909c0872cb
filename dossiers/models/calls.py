"""Call tasks: somebody at the desk tells a person what a message did not."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.models.dossier import Dossier
from dossiers.models.history import Event
from portal.common import clock


class CallTask(models.Model):
    """The message of one event was not opened, nor repeated with success: the desk calls, or writes where there is no number.

    `owner`: who calls; without one, every clerk of the receiving body. `tries`: calls that nobody answered. A wrong number, or
    MAX_TRIES of them, turns the call into a letter. `outcome`: how it ended; a task that ended is never changed.
    """

    MAX_TRIES = 3

    class Way(models.TextChoices):
        CALL = "call", _("gọi điện")
        LETTER = "letter", _("gửi thư giấy hoặc báo tận nơi")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("đã nói chuyện được")
        LETTER_SENT = "letter", _("đã gửi thư hoặc báo tận nơi")
        NEEDLESS = "needless", _("không cần nữa: đã mở xem hoặc đã làm")

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="call_task")
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="call_tasks")
    way = models.CharField(_("cách báo"), max_length=8, choices=Way.choices)
    owner = models.ForeignKey(
        User, verbose_name=_("người gọi"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("giao lúc"), default=clock.now)
    tries = models.PositiveSmallIntegerField(_("số lần gọi không được"), default=0)
    tried_at = models.DateTimeField(_("gọi lần cuối lúc"), null=True, blank=True)
    outcome = models.CharField(_("kết quả"), max_length=8, choices=Outcome.choices, blank=True)
    ended_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("việc gọi cho người nộp")
        verbose_name_plural = _("việc gọi cho người nộp")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None, ended_by=None) | Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="a_call_task_ends_with_an_outcome",
            )
        ]
        indexes = [models.Index(fields=["made_at"], condition=Q(ended_at=None), name="call_tasks_that_are_open")]

    def __str__(self):
        return f"{self.dossier_id} {self.way} {self.outcome}"
