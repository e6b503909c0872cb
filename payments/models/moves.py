"""Base classes of attempts and refunds: a state that moves along a graph, and the history of its moves."""

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.events import GatewayEvent
from payments.models.states import check_move
from portal.common import clock


class Moving(models.Model):
    """A row whose `state` changes along `EDGES` (`payments.models.states`) by `move`, and its history `moves`."""

    EDGES: ClassVar[dict]
    state: Any
    moves: Any

    class Meta:
        abstract = True

    def move(self, target: Any, *, cause: str, event: Any = None, actor: Any = None, job: str = "", note: str = "") -> None:
        """Take one edge of the graph and record its cause. The caller holds the locks. Raises IllegalMove."""
        check_move(self.EDGES, self.state, target, cause)
        source, now = self.state, clock.now()
        self.state = target
        self.stamp(now)
        self.save()
        self.moves.create(source=source, target=target, cause=cause, event=event, actor=actor, job=job, note=note, at=now)

    def stamp(self, now: dt.datetime) -> None:
        """Set the time fields that belong to the new state."""


class Move(models.Model):
    """One state change: source, target, cause, and the event, person or job behind it. Append-only."""

    cause = models.CharField(_("vì"), max_length=30)
    event = models.ForeignKey(
        GatewayEvent, verbose_name=_("bằng chứng"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người làm"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    job = models.CharField(_("việc tự động"), max_length=40, blank=True)
    note = models.CharField(_("ghi chú"), max_length=500, blank=True)
    at = models.DateTimeField(_("lúc"), default=clock.now)

    class Meta:
        abstract = True
