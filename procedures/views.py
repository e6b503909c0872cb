"""Public pages of the catalogue: home, procedure, life event. They contain no personal data and are cacheable."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.common import clock
from portal.common.network import network_of
from portal.common.vietnamese import fold
from procedures.cards import CITIZENS, Card, by_codes, cards, level_words, levels_of
from procedures.facts import PartialReason
from procedures.guide import Guide
from procedures.home_links import quick_codes
from procedures.levels import OfferedLevel, ServiceLevel
from procedures.listing import Listing
from procedures.models import LifeEvent, LifeEventEntry, LocalFee, Offering, Procedure, ProcedureVersion, Sector
from procedures.offered import offered_at
from procedures.places import Choice, choose, desk_hours
from procedures.public import public_page
from procedures.search import asked, paced
from procedures.wording import CHANNELS, audience_words, day_words

EVENT_LOOKS = {
    "COCONNHO": ("baby", "gold"),
    "HOCTAP": ("school", "gold"),
    "VIECLAM": ("work", "jade"),
    "CUTRUVAGIAYTOTUYTHAN": ("home", ""),
    "HONNHANVAGIADINH": ("rings", "red"),
    "DIENLUCNHAODATDAI": ("land", "jade"),
    "SUCKHOEVAYTE": ("health", "red"),
    "PHUONGTIENVANGUOILAI": ("car", ""),
    "HUUTRI": ("user", "jade"),
    "NGUOITHANQUADOI": ("lotus", "jade"),
    "GIAIQUYETKHIEUKIEN": ("horn", ""),
    "KHOISUKINHDOANH": ("shop", "gold"),
    "LAODONGVABAOHIEMXAHOI": ("users", "jade"),
    "TAICHINHDOANHNGHIEP": ("money", ""),
    "DIENLUCDATDAIXAYDUNG": ("land", "jade"),
    "THUONGMAIQUANGCAO": ("chart", "red"),
    "SOHUUTRITUEDANGKYTAISAN": ("stamp", "gold"),
    "TROGIUPXAHOI": ("users", "red"),
    "QUANSUCONGANBIENGIOI": ("stamp", ""),
    "NONGNGHIEPCONGDAN": ("land", "jade"),
    "THUEBUONBAN": ("shop", "gold"),
    "GIAOTHONGVANTAI": ("car", ""),
    "NONGNGHIEPMOITRUONG": ("land", "jade"),
    "YTEDUOCTHUCPHAM": ("health", "red"),
    "GIAODUCVANHOATRUYENTHONG": ("school", "gold"),
}
SECTOR_PAGE = 100  # procedures on a page of a sector


# ---------------------------------------------------------------- home


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The home page: search, quick links, life events, link to one's dossiers."""
    events = list(LifeEvent.objects.filled())
    names, sectors = _names_of_events(), _sectors_of_events()
    for event in events:
        event.icon, event.tone = EVENT_LOOKS.get(event.code, ("folder", ""))
        event.text = ", ".join(names.get(event.pk) or sectors.get(event.pk, []))
    return render(
        request,
        "procedures/home.html",
        {
            "quick": [procedure for procedure in by_codes(quick_codes()) if not procedure.listed],
            "citizen_events": [event for event in events if event.audience == "citizen"],
            "business_events": [event for event in events if event.audience == "business"],
            "total": Procedure.objects.announced().count(),
        },
    )


def _names_of_events() -> dict[int, list[str]]:
    """{event id: short names of its first three procedures}. One query."""
    found: dict[int, list[str]] = {}
    rows = LifeEventEntry.objects.filter(procedure__listed=False).order_by("event_id", "subgroup", "order")
    for event, name in rows.values_list("event_id", "procedure__short_name"):
        names = found.setdefault(event, [])
        if len(names) < 3 and name not in names:
            names.append(name)
    return found


def _sectors_of_events() -> dict[int, list[str]]:
    """{event id: names of its three largest sectors}. One query."""
    found: dict[int, list[str]] = {}
    rows = LifeEvent.objects.values_list("pk", "sectors__name").annotate(size=Count("sectors__procedure")).filter(size__gt=0)
    for event, name, _size in rows.order_by("pk", "-size"):
        names = found.setdefault(event, [])
        if len(names) < 3 and name not in names:
            names.append(name)
    return found


# ---------------------------------------------------------------- one procedure


@transaction.non_atomic_requests  # see procedures.search.asked
@public_page
def procedure(request: HttpRequest, code: str, slug: str = "") -> HttpResponse:
    """The guide of a procedure and the choice of the place. Redirects to the URL with the current slug."""
    found = get_object_or_404(Procedure.objects.announced().select_related("current", "sector"), code=code)
    if slug != found.slug:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("procedures:procedure", args=[code, found.slug]) + query, permanent=False)
    typed = request.GET.get("tu-khoa", "")
    if request.method == "GET" and typed and paced.CHOICES_PACE.allows(network_of(request)):
        asked.note_choice(typed, found)
    if found.listed:
        return render(request, "procedures/listed.html", {"procedure": found, "event": _home_of(found), **_facts_of_index(found)})
    return render(request, "procedures/procedure.html", guide_context(request, found))


def guide_context(request: HttpRequest, found: Procedure) -> dict[str, Any]:
    version = found.current
    version.procedure = found
    asked = {
        "province": request.GET.get("tinh", ""),
        "commune": request.GET.get("xa", ""),
        "offering": request.GET.get("noi", ""),
    }
    choice = choose(found, **asked)
    amounts = _amounts(found)
    places = [Place(version, offering, amounts) for offering in choice.offerings]
    offered = OfferedLevel.best([place.offered for place in places]) if places else _best_of_provinces(version, choice, amounts)
    province_code = choice.offerings[0].province_code if choice.offerings else ""
    return {
        "procedure": found,
        "version": version,
        "guide": Guide(
            version,
            amounts=amounts,
            province_code=province_code,
            blank_forms=offered.offers_blank_forms,
            pays_online=offered.offers_online_payment,
        ),
        "choice": choice,
        "places": places,
        "offered": offered,
        "missing": _missing(offered),
        "reason_is_made_up": _is_made_up(version.facts.get("partial_reason"), offered.reason),
        "levels": list(ServiceLevel),
        "event": _home_of(found),
        "in_effect": version.in_effect(),
    }


def _home_of(found: Procedure) -> LifeEvent | None:
    """The life event that leads to a procedure: one that names it, else that of its sector for its audience."""
    event = found.life_events.order_by("entries__subgroup", "pk").first()
    if event or not found.sector:
        return event
    events = list(found.sector.life_events.order_by("-audience", "order"))
    audience = "citizen" if CITIZENS.intersection(found.facts.get("audience", [])) else "business"
    return next((event for event in events if event.audience == audience), events[0] if events else None)


def _missing(offered: OfferedLevel) -> list[str]:
    """The needs of the next level as sentences, without the choice of a place and the reason that is already shown."""
    if not offered.needs:
        return []
    return [need.sentence for need in offered.missing if need.key != "place" and need.sentence != offered.reason]


def _is_made_up(published: PartialReason | None, reason: str) -> bool:
    """True when the shown reason was invented for the demo."""
    return published is not None and published.get("certainty") == "demo" and reason.startswith(published["text"])


class Place:
    """One receiving agency, as shown on the page."""

    def __init__(self, version: ProcedureVersion, offering: Offering, amounts: Mapping[str, Mapping[str, int]]) -> None:
        self.offering = offering
        self.offered = offered_at(version, offering, local=amounts.get(offering.province_code, {}))
        self.desk = offering.receiving_agency or offering.agency
        self.hours = desk_hours(self.desk.hours)
        self.people = [offering.duty[post]["name"] for post in ("main", "deputy") if post in offering.duty]
        self.decides = offering.lead_agency if offering.lead_agency != self.desk else None
        self.demo = offering.certainty == "demo" or self.desk.demo


def _amounts(found: Procedure) -> dict[str, dict[str, int]]:
    """{province: {fee line: đồng}} set locally for this procedure."""
    amounts: dict[str, dict[str, int]] = {}
    rows = LocalFee.objects.in_force(clock.today()).filter(procedure=found)
    for province, line, amount in rows.values_list("province_code", "fee_line_key", "amount"):
        amounts.setdefault(province, {})[line] = amount
    return amounts


def _best_of_provinces(version: ProcedureVersion, choice: Choice, amounts: Mapping[str, Mapping[str, int]]) -> OfferedLevel:
    """The level before a place is chosen: the best over one offering of each province."""
    samples = (
        Offering.objects.current()
        .filter(procedure=version.procedure)
        .select_related("terminal")
        .order_by("province_code", "pk")
        .distinct("province_code")
    )
    return OfferedLevel.best(
        [offered_at(version, offering, local=amounts.get(offering.province_code, {})) for offering in samples]
        or [offered_at(version, None, local={})]
    )


def _facts_of_index(found: Procedure) -> dict[str, Any]:
    """The facts of the national index for the page of a listed procedure."""
    facts = found.facts
    times = [
        {"name": CHANNELS[row["channel"]], "term": "; ".join(filter(None, map(_time_words, row["times"])))}
        for row in facts.get("channels", [])
    ]
    decision = facts.get("decision") or {}
    return {
        "facts": facts,
        "declared": ServiceLevel(found.declared_level),
        "levels_words": level_words(levels_of(facts)),
        "audience": audience_words(facts.get("audience", [])),
        "times": times,
        "decision": decision.get("number", ""),
        "decision_day": day_words(decision.get("date")),
        "updated": day_words(facts.get("updated")),
    }


def _time_words(row: Mapping[str, Any]) -> str:
    """A term of the index in words; "" when the index gives no usable number."""
    if "text" in row:
        return row["text"] if len(row["text"]) <= 160 else _("theo từng trường hợp")
    words = {
        "working_day": _("%(n)s ngày làm việc"),
        "day": _("%(n)s ngày"),
        "hour": _("%(n)s giờ"),
        "month": _("%(n)s tháng"),
    }
    return words[row["unit"]] % {"n": str(row["value"]).replace(".", ",")} if row["unit"] in words and row["value"] else ""


# ---------------------------------------------------------------- life event


@public_page
def life_event(request: HttpRequest, slug: str) -> HttpResponse:
    """The procedures of a life event: those with a version first, then the subgroups of the national portal."""
    event = get_object_or_404(LifeEvent, slug=slug)
    event.icon, event.tone = EVENT_LOOKS.get(event.code, ("folder", ""))
    entries = list(event.entries.filter(Q(procedure__listed=False) | ~Q(subgroup="")).select_related("procedure__sector"))
    made = {card.procedure.pk: card for card in cards({entry.procedure_id: entry.procedure for entry in entries}.values())}
    own = list({entry.procedure_id: made[entry.procedure_id] for entry in entries if not entry.procedure.listed}.values())
    groups: dict[str, list[Card]] = {}
    for entry in entries:
        if entry.subgroup and entry.procedure.listed:
            groups.setdefault(entry.subgroup, []).append(made[entry.procedure_id])
    context = {"event": event, "own": own, "groups": [{"title": title, "rows": rows} for title, rows in groups.items()]}
    return render(
        request, "procedures/life_event.html", {**context, "sectors": _with_sizes(event.sectors), "today": clock.today()}
    )


# ---------------------------------------------------------------- sectors


@public_page
def sectors(request: HttpRequest) -> HttpResponse:
    """All sectors of the catalogue with the numbers of their procedures."""
    return render(request, "procedures/sectors.html", {"sectors": _with_sizes(Sector.objects)})


@public_page
def sector(request: HttpRequest, code: str) -> HttpResponse:
    """The procedures of a sector, those that can be filed here first; every page is one click away."""
    found = get_object_or_404(Sector, code=code)
    codes = list(found.procedure_set.order_by("listed", "name", "code").values_list("code", flat=True))
    context = {
        "sector": found,
        "listing": Listing(codes, request.GET, size=SECTOR_PAGE),
        "events": list(found.life_events.order_by("-audience", "order")),
    }
    return render(request, "procedures/sector.html", context)


def _with_sizes(sectors: Any) -> list[Sector]:
    """The sectors that have procedures, in alphabetical order, with `size` and `publisher`: "" when there are several. Several
    ministries have a sector of the same name."""
    publisher = F("procedure__promulgator")
    rows = sectors.annotate(size=Count("procedure"), publisher=Max(publisher), another=Min(publisher)).filter(size__gt=0)
    for sector in rows:
        if sector.another != sector.publisher:
            sector.publisher = ""
    return sorted(rows, key=lambda sector: (fold(sector.name).lower(), sector.code))
