"""A procedure as one row of a list: name, level, agencies, time, price. Three queries for any number of procedures."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Case, IntegerField, Q, When
from django.db.models.fields.json import KeyTransform
from django.utils.functional import cached_property
from django.utils.translation import pgettext

from portal.common import clock
from portal.common.vietnamese import fold
from procedures.calendar import Term
from procedures.facts import Channel, Facts
from procedures.levels import OfferedLevel, ServiceLevel
from procedures.models import LocalFee, Offering, Procedure, ProcedureVersion
from procedures.prices import PriceRange, price_range

BUSINESS = frozenset({"enterprise", "cooperative", "organisation", "foreign_organisation"})
CITIZENS = frozenset({"citizen", "foreigner", "overseas_vietnamese"})


class Card:
    """One row. `facts`: the procedure's part of its version; None for a listed procedure (index entry without a version)."""

    def __init__(
        self,
        procedure: Procedure,
        facts: Facts | None = None,
        offered: OfferedLevel | None = None,
        price: PriceRange | None = None,
    ) -> None:
        self.procedure, self.facts, self.offered, self.price = procedure, facts, offered, price

    @property
    def listed(self) -> bool:
        return self.facts is None

    @property
    def level(self) -> ServiceLevel:
        """The highest level offered at any place; for a listed procedure always INFORMATION."""
        return self.offered.level if self.offered else ServiceLevel.INFORMATION

    @property
    def declared(self) -> ServiceLevel:
        return ServiceLevel(self.procedure.declared_level)

    @property
    def title(self) -> str:
        return self.procedure.short_name or self.procedure.name

    @property
    def official_name(self) -> str:
        """The official name if it differs from the title, else ""."""
        return different_official_name(self.procedure.name, self.title)

    @property
    def offers_submission(self) -> bool:
        return bool(self.offered and self.offered.offers_submission)

    @property
    def is_free(self) -> bool:
        """True when no fee is ever due, whatever the answers."""
        return bool(self.price and self.price.is_free)

    @cached_property
    def time(self) -> str:
        """The processing time in words, online if possible."""
        return term_of(self.facts["channels"]).words if self.facts else ""

    @cached_property
    def agency_levels(self) -> str:
        return level_words(self.facts["agency_levels"] if self.facts else levels_of(self.procedure.facts))


def cards(procedures: Iterable[Procedure]) -> list[Card]:
    """[Card] for procedures, in their order. Three queries."""
    shown = list(procedures)
    full = [procedure for procedure in shown if not procedure.listed]
    documents = _documents(full)
    places = _places(full)
    amounts = _local_amounts(full)
    return [_card(procedure, documents, places[procedure.pk], amounts[procedure.pk]) for procedure in shown]


def by_codes(codes: Iterable[str]) -> list[Procedure]:
    """Procedures with their sector, in the order of `codes`. One query."""
    wanted = list(codes)
    found = {row.code: row for row in Procedure.objects.announced().filter(code__in=wanted).select_related("sector")}
    return [found[code] for code in wanted if code in found]


def _card(
    procedure: Procedure,
    documents: Mapping[int, tuple[Facts, Collection[str]]],
    places: Sequence[Offering],
    amounts: Mapping[str, Mapping[str, int]],
) -> Card:
    if procedure.pk not in documents:
        return Card(procedure)
    facts, set_later = documents[procedure.pk]
    day = clock.today()
    at: Sequence[Offering | None] = places or [None]
    levels = [
        OfferedLevel.compute(
            {"procedure": facts},
            procedure.declared_level,
            place,
            day=day,
            local=amounts.get(place.province_code, {}) if place else {},
            set_later=set_later,
            payments_open=settings.PAYMENTS_OPEN,
        )
        for place in at
    ]
    return Card(procedure, facts, OfferedLevel.best(levels), price_over_places(facts, amounts, day))


def price_over_places(facts: Facts, amounts: Mapping[str, Mapping[str, int]], day: dt.date) -> PriceRange:
    """The price range over all provinces. `amounts`: {province: {fee line: đồng}}."""
    channels = {row["channel"] for row in facts["channels"]}
    channel = "online" if "online" in channels else "direct"
    ranges = [price_range(facts["fee_lines"], day=day, channel=channel, local=local) for local in amounts.values() or [{}]]
    highest = [one.highest for one in ranges if one.highest is not None]
    return PriceRange(min(one.lowest for one in ranges), max(highest) if len(highest) == len(ranges) else None)


def _documents(procedures: Iterable[Procedure]) -> dict[int, tuple[Facts, Collection[str]]]:
    """{procedure id: (its part of the document, fee lines set later)}. Forms are not read from the database."""
    rows = ProcedureVersion.objects.filter(pk__in=[procedure.current_id for procedure in procedures])
    parts = rows.values_list("procedure_id", KeyTransform("procedure", "document"), KeyTransform("amount_set_later", "document"))
    return {procedure: (facts, later or ()) for procedure, facts, later in parts}


def _places(procedures: Iterable[Procedure]) -> dict[int, list[Offering]]:
    """{procedure id: [offering]}: for each province the offering with the best preconditions, to find the highest level."""
    ready = Case(
        When(Q(duty={}) | Q(processing_steps=[]) | Q(receiving_agency=None), then=2),
        When(Q(terminal=None) | Q(terminal__active=False) | Q(terminal__ready=False), then=1),
        default=0,
        output_field=IntegerField(),
    )
    best = (
        Offering.objects.current()
        .filter(procedure__in=procedures)
        .order_by("procedure_id", "province_code", ready, "pk")
        .distinct("procedure_id", "province_code")
        .values("pk")
    )
    found: dict[int, list[Offering]] = defaultdict(list)
    for offering in Offering.objects.filter(pk__in=best).select_related("terminal"):
        found[offering.procedure_id].append(offering)
    return found


def _local_amounts(procedures: Iterable[Procedure]) -> dict[int, dict[str, dict[str, int]]]:
    """{procedure id: {province: {fee line: đồng}}}."""
    rows = (
        LocalFee.objects.in_force(clock.today())
        .filter(procedure__in=procedures)
        .values_list("procedure_id", "province_code", "fee_line_key", "amount")
    )
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(dict)
    for procedure, province, line, amount in rows:
        found[procedure].setdefault(province, {})[line] = amount
    return found


# ---------------------------------------------------------------- words


def different_official_name(official: str, everyday: str) -> str:
    """The official name, or "" if it is the everyday name with «Thủ tục» in front."""
    bare = fold(official).removeprefix("thu tuc").strip(" .")
    return "" if bare in fold(everyday) or bare.removeprefix("cap ") in fold(everyday) else official


def term_of(channels: Sequence[Channel]) -> Term:
    """The processing time to show first: online, else at the counter."""
    by_channel = {row["channel"]: row for row in channels}
    row = by_channel.get("online") or by_channel.get("direct") or channels[0]
    return Term.from_data(row["processing"])


def levels_of(facts: Mapping[str, Any]) -> list[str]:
    """The levels of government of an index entry, with the names of the curated file."""
    names = {"commune": "commune", "province": "province", "central": "central", "other_agency": "other"}
    return [name for flag, name in names.items() if facts.get(flag)]


def level_words(levels: Iterable[str]) -> str:
    """«Cấp xã, cấp tỉnh»."""
    words = {
        "commune": pgettext("cấp thực hiện", "cấp xã"),
        "province": pgettext("cấp thực hiện", "cấp tỉnh"),
        "central": pgettext("cấp thực hiện", "cấp trung ương"),
        "other": pgettext("cấp thực hiện", "cơ quan khác"),
    }
    text = ", ".join(words[level] for level in words if level in levels)
    return text[:1].upper() + text[1:]
