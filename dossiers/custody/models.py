"""Papers that an office holds: what, from whom, handed to whom and back. All rows are written once (database triggers).

Originals go back to the citizen; copies stay with the dossier, and travel on the same hand-over lists.

Where a paper is, is said by its last move. Nothing here touches the clock of a dossier.
"""

import secrets

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from dossiers.choices import SeenDocument, TakenAs
from dossiers.models import Dossier
from portal.common import clock

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another


def new_code():
    """«BG» is of parcels; a hand-over list is «BB» and ten letters."""
    return "BB" + "".join(secrets.choice(LETTERS) for _n in range(10))


class Move(models.TextChoices):
    """What happened to an original."""

    RECEIVED = "received", _("đã nhận giữ")
    HANDED = "handed", _("đang bàn giao")
    TAKEN = "taken", _("bên nhận đã nhận")
    NOT_THERE = "not_there", _("bên nhận báo không có")
    RETURNED = "returned", _("đã trả lại")


HELD = frozenset({Move.RECEIVED, Move.TAKEN, Move.NOT_THERE})  # at the body of the move


class OriginalQuerySet(models.QuerySet):
    def located(self):
        """With `where` (a `Move`), `agency_now` (id) and `since` of the last move."""
        last = CustodyMove.objects.filter(original=OuterRef("pk")).order_by("-pk")
        return self.annotate(
            where=Subquery(last.values("kind")[:1]),
            agency_now=Subquery(last.values("agency")[:1]),
            since=Subquery(last.values("at")[:1]),
        )

    def held(self):
        """Those that an office holds or hands over, not returned yet."""
        return self.located().exclude(where=Move.RETURNED)

    def to_return(self):
        """The originals among them: they are the citizen's."""
        return self.held().filter(is_copy=False)


class Original(models.Model):
    """One document, or several of the same kind, received for a dossier: originals, or copies that stay with it."""

    dossier = models.ForeignKey(Dossier, verbose_name=_("hồ sơ"), on_delete=models.PROTECT, related_name="originals")
    name = models.CharField(_("giấy tờ"), max_length=200)
    item_key = models.CharField(_("thành phần hồ sơ"), max_length=40, blank=True)
    count = models.PositiveSmallIntegerField(_("số bản"), default=1)
    is_copy = models.BooleanField(_("bản sao"), default=False, db_default=False)
    received_from = models.CharField(_("nhận của"), max_length=120)
    received_by = models.ForeignKey(User, verbose_name=_("người nhận"), on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("nhận lúc"), default=clock.now)

    objects = OriginalQuerySet.as_manager()

    class Meta:
        verbose_name = _("giấy tờ gốc")
        verbose_name_plural = _("giấy tờ gốc")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="an_original_is_at_least_one_sheet")]

    def __str__(self):
        return self.name

    @property
    def counted(self):
        """«2 bản chính», «1 bản sao»."""
        return (_("%(n)d bản sao") if self.is_copy else _("%(n)d bản chính")) % {"n": self.count}


class Handover(models.Model):
    """A hand-over list: originals on their way from one body to another, or to one person (`to_user`)."""

    code = models.CharField(_("số biên bản"), max_length=12, unique=True, default=new_code)
    from_agency = models.ForeignKey(Agency, verbose_name=_("bên giao"), on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, verbose_name=_("bên nhận"), on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey(
        User, verbose_name=_("người nhận"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.ForeignKey(User, verbose_name=_("người giao"), on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("giao lúc"), default=clock.now)

    class Meta:
        verbose_name = _("biên bản bàn giao")
        verbose_name_plural = _("biên bản bàn giao")
        ordering = ["-pk"]

    def __str__(self):
        return self.code


class CustodyMove(models.Model):
    """One move. `agency`: the body that answers for it afterwards. `person` and the fields after it: who took it back."""

    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("việc"), max_length=10, choices=Move.choices)
    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), on_delete=models.PROTECT, related_name="+")
    handover = models.ForeignKey(Handover, null=True, blank=True, on_delete=models.PROTECT, related_name="moves")
    by = models.ForeignKey(User, verbose_name=_("người ghi"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"), default=clock.now)
    person = models.CharField(_("người ký nhận lại"), max_length=120, blank=True)
    seen_document = models.CharField(_("giấy tờ đã xem"), max_length=10, choices=SeenDocument.choices, blank=True)
    seen_number = models.CharField(_("số giấy tờ"), max_length=30, blank=True)
    taken_as = models.CharField(_("tư cách"), max_length=10, choices=TakenAs.choices, blank=True)
    mandate = models.CharField(_("giấy ủy quyền"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("lần chuyển giấy tờ gốc")
        verbose_name_plural = _("các lần chuyển giấy tờ gốc")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["original"], condition=Q(kind="returned"), name="an_original_is_returned_once"),
            models.UniqueConstraint(
                fields=["original", "handover"], condition=Q(kind__in=["taken", "not_there"]), name="a_handover_is_answered_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="returned") | Q(person__gt="", seen_number__gt=""), name="a_returned_original_names_who_took_it"
            ),
        ]

    def __str__(self):
        return f"{self.original_id} {self.kind}"
