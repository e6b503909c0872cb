"""The catalogue: procedures, their published versions, sectors and life events."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.common import clock
from portal.common.provenance import Provenance, ProvenanceQuerySet
from portal.common.vietnamese import fold
from procedures.facts import Channel, Facts


class Sector(models.Model):
    """A sector (lĩnh vực) with its code in the national database, for example G15-TP07. A few codes are names or have spaces."""

    code = models.CharField(_("mã"), max_length=40, unique=True)
    name = models.CharField(_("tên"), max_length=200)

    class Meta:
        verbose_name = _("lĩnh vực")
        verbose_name_plural = _("lĩnh vực")

    def __str__(self) -> str:
        return self.name


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def announced(self) -> "ProcedureQuerySet":
        """Those that people may see: in the national index, or published from a page."""
        return self.filter(announced=True)


class Procedure(models.Model):
    """A procedure of the national database. `listed`: only an index entry with facts and a link; it cannot be filed here.

    `announced` is False for a new one that was begun on a page and whose first version is not published yet.
    """

    code = models.CharField(_("mã"), max_length=12, unique=True)
    name = models.TextField(_("tên"))
    short_name = models.CharField(_("tên thường gọi"), max_length=200, blank=True)
    sector = models.ForeignKey(Sector, verbose_name=_("lĩnh vực"), null=True, on_delete=models.PROTECT)
    promulgator = models.CharField(_("cơ quan công bố"), max_length=200, blank=True)
    declared_level = models.PositiveSmallIntegerField(_("mức theo cơ sở dữ liệu quốc gia"))
    listed = models.BooleanField(_("chỉ có trong danh mục"), default=True)
    announced = models.BooleanField(_("đã công bố"), default=True)
    facts = models.JSONField(_("số liệu của danh mục"), default=dict, blank=True)
    search_exact = models.TextField(editable=False, help_text="chữ thường, có dấu")
    search_folded = models.TextField(editable=False, help_text="không dấu")
    rank = models.IntegerField(_("ưu tiên khi tìm"), default=0)
    current = models.ForeignKey(
        "ProcedureVersion",
        verbose_name=_("phiên bản đang dùng"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("thủ tục")
        verbose_name_plural = _("thủ tục")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(declared_level__gte=1, declared_level__lte=4), name="declared_level_is_1_to_4"),
            models.CheckConstraint(condition=Q(listed=True) | Q(current__isnull=False), name="a_full_procedure_has_a_version"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def slug(self) -> str:
        """The readable end of the page's URL: the name without accents."""
        return slugify(fold(self.short_name or self.name))[:80] or "thu-tuc"

    @property
    def is_denunciation(self) -> bool:
        """Does it handle denunciations (tố cáo), whose author's name is secret (Luật Tố cáo 2018, Điều 56)? By its official name,
        because the national index has no column for it; complaints (khiếu nại) of the same sector are not meant."""
        return "giai quyet to cao" in fold(self.name)


class VersionState(models.TextChoices):
    DRAFT = "draft", _("bản thảo")
    PUBLISHED = "published", _("đang dùng")
    RETIRED = "retired", _("hết dùng")


class ProcedureVersion(models.Model):
    """One numbered version: a validated JSON document, immutable once published (a database trigger refuses changes).

    `document`: see `procedures.facts.VersionDocument`. A dossier always keeps the version it was filed under.
    """

    procedure = models.ForeignKey(Procedure, verbose_name=_("thủ tục"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("số"))
    state = models.CharField(_("tình trạng"), max_length=9, choices=VersionState.choices, default=VersionState.DRAFT)
    effective_from = models.DateField(_("có hiệu lực từ"), null=True, blank=True)
    effective_to = models.DateField(_("có hiệu lực đến"), null=True, blank=True)
    document = models.JSONField(_("nội dung"))
    sha256 = models.CharField(max_length=64, editable=False)
    declared_level = models.PositiveSmallIntegerField(_("mức theo cơ sở dữ liệu quốc gia"))
    form_key = models.CharField(_("biểu mẫu"), max_length=60, blank=True)
    grammar = models.PositiveSmallIntegerField(_("ngữ pháp biểu mẫu"), default=1)
    published_at = models.DateTimeField(_("công bố lúc"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, verbose_name=_("người công bố"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    imported_from = models.ForeignKey(
        "CatalogueFile", verbose_name=_("nhập từ tệp"), null=True, blank=True, on_delete=models.PROTECT, related_name="versions"
    )

    class Meta:
        verbose_name = _("phiên bản thủ tục")
        verbose_name_plural = _("phiên bản thủ tục")
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="one_version_a_number"),
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(state="published"), name="one_published_version_a_procedure"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False, effective_from__isnull=False),
                name="a_published_version_has_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure.code} · {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sha256 = hash_of(self.document)
        super().save(*args, **kwargs)

    @property
    def is_shipped(self) -> bool:
        """Does it come from the shipped data? Else from a page or a file of people, and a load never replaces it."""
        return self.published_by_id is None and self.imported_from_id is None

    @property
    def facts(self) -> Facts:
        """The procedure's part of the document (fields: data/README.md)."""
        return self.document["procedure"]

    @property
    def name(self) -> str:
        return self.facts["name"]

    @property
    def short_name(self) -> str:
        return self.facts.get("short_name") or self.name

    def in_effect(self, day: dt.date | None = None) -> bool:
        """True when dossiers can be filed under this version on this local date (default: today)."""
        day = day or clock.today()
        return (
            self.state == VersionState.PUBLISHED
            and self.effective_from <= day
            and (self.effective_to is None or day <= self.effective_to)
        )

    @cached_property
    def channels(self) -> dict[str, Channel]:
        """{"online" | "direct" | "postal": row of the document}."""
        return {row["channel"]: row for row in self.facts["channels"]}


def hash_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON document in canonical form (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class LifeEventQuerySet(ProvenanceQuerySet):
    def filled(self) -> "LifeEventQuerySet":
        """The events that lead to a procedure, directly or through a sector."""
        entries = LifeEventEntry.objects.filter(event=OuterRef("pk"))
        sectors = LifeEventSector.objects.filter(event=OuterRef("pk"), sector__procedure__isnull=False)
        return self.filter(Exists(entries) | Exists(sectors))


class LifeEvent(Provenance):
    """A life event («Có con nhỏ») under which procedures and sectors are grouped: of the national portal, or ours."""

    SHIPPED_KEY = ("code",)

    code = models.CharField(_("mã"), max_length=60, unique=True)
    slug = models.SlugField(_("đường dẫn"), max_length=80, unique=True)
    name = models.CharField(_("tên"), max_length=120)
    audience = models.CharField(_("dành cho"), max_length=12)
    order = models.PositiveSmallIntegerField(_("thứ tự"))
    certainty = models.CharField(_("độ chắc chắn"), max_length=80, blank=True)
    procedures = models.ManyToManyField(Procedure, through="LifeEventEntry", related_name="life_events")
    sectors = models.ManyToManyField(Sector, through="LifeEventSector", related_name="life_events")

    objects = LifeEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("sự kiện trong đời")
        verbose_name_plural = _("sự kiện trong đời")
        ordering = ["audience", "order"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ours(self) -> bool:
        """True for a group that the national portal does not have."""
        return self.certainty == "demo"


class LifeEventSector(Provenance):
    """The home of a sector's procedures among the life events, one for each audience. Our own classification."""

    SHIPPED_KEY = ("event_id", "sector_id")

    event = models.ForeignKey(LifeEvent, on_delete=models.CASCADE)
    sector = models.ForeignKey(Sector, verbose_name=_("lĩnh vực"), on_delete=models.CASCADE)

    class Meta:
        verbose_name = _("lĩnh vực của sự kiện")
        verbose_name_plural = _("lĩnh vực của sự kiện")
        constraints = [models.UniqueConstraint(fields=["event", "sector"], name="a_sector_once_in_an_event")]


class LifeEventEntry(Provenance):
    """A procedure of a life event, with the subgroup of the national portal (empty for our own choice)."""

    SHIPPED_KEY = ("event_id", "procedure_id", "subgroup")

    event = models.ForeignKey(LifeEvent, on_delete=models.CASCADE, related_name="entries")
    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE)
    subgroup = models.CharField(_("nhóm nhỏ"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("thủ tục của sự kiện")
        verbose_name_plural = _("thủ tục của sự kiện")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "procedure", "subgroup"], name="a_procedure_once_in_a_subgroup")]
