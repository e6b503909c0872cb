"""Finds where a procedure is filed, from the chosen province and commune. Units are identified by code, not by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import AdministrativeUnit, OfficeHours
from portal.common.figures import number_in
from procedures.models import Filing, Offering, Procedure


@dataclass(frozen=True)
class Choice:
    """The content of the two list boxes, the choice, and the matching offerings. `error`: why none matches."""

    provinces: list[AdministrativeUnit]
    communes: list[tuple[AdministrativeUnit, list[AdministrativeUnit]]]  # by province
    province: AdministrativeUnit | None
    commune: AdministrativeUnit | None
    offerings: list[Offering]
    elsewhere: Offering | None = None
    error: str = ""

    @property
    def asks_commune(self) -> bool:
        """True when agencies of communes offer it; otherwise the province is enough."""
        return bool(self.communes)

    @property
    def possible(self) -> bool:
        """True when it can be filed at any agency of the portal."""
        return bool(self.provinces)

    @property
    def made(self) -> bool:
        return bool(self.offerings)


def choose(procedure: Procedure, *, province: str = "", commune: str = "", offering: str = "") -> Choice:
    """The Choice for codes of territory (`province`, `commune`) or the id of an offering, all strings. Four queries."""
    rows = list(
        procedure.offerings.current().order_by("unit_code", "pk").values_list("pk", "filing", "province_code", "unit_code")
    )
    here = [row for row in rows if row[1] == Filing.HERE]
    elsewhere = next((pk for pk, filing, *_rest in rows if filing == Filing.ELSEWHERE), None)
    units = _units(here)
    province_unit, commune_unit, wanted, error = _read(here, units, province, commune, offering)
    found = _offerings_by_id([*wanted, *([elsewhere] if elsewhere else [])])
    return Choice(
        provinces=[unit for unit in units.values() if unit.is_province],
        communes=_by_province(here, units),
        province=province_unit,
        commune=commune_unit,
        offerings=[found[pk] for pk in wanted if pk in found],
        elsewhere=found.get(elsewhere) if elsewhere else None,
        error=error,
    )


def _units(rows: Sequence[tuple[int, str, str, str]]) -> dict[str, AdministrativeUnit]:
    """{code: unit} of the provinces and communes where it is offered, in alphabetical order."""
    provinces = {province for _pk, _filing, province, _unit in rows}
    communes = {unit for *_rest, unit in rows}
    found = AdministrativeUnit.objects.filter(code__in=communes) | AdministrativeUnit.objects.filter(
        agency_code__in=provinces, parent=None
    )
    return {unit.code: unit for unit in found}


def _read(
    rows: Sequence[tuple[int, str, str, str]], units: Mapping[str, AdministrativeUnit], province: str, commune: str, offering: str
) -> tuple[AdministrativeUnit | None, AdministrativeUnit | None, list[int], str]:
    """(province, commune, ids of the matching offerings, error)."""
    if (number := number_in(offering)) is not None:
        row = next((row for row in rows if row[0] == number), None)
        if row is None:
            return None, None, [], _("Nơi này không còn nhận thủ tục này. Chọn lại nơi nộp.")
        place = units.get(row[3])
        within = next((unit for unit in units.values() if unit.is_province and unit.agency_code == row[2]), None)
        return within, place if place and not place.is_province else None, [row[0]], ""
    chosen, place = units.get(province), units.get(commune)
    chosen = chosen if chosen and chosen.is_province else None
    if place and not place.is_province:
        within = next((unit for unit in units.values() if unit.pk == place.parent_id), None)
        if chosen and within != chosen:
            error = _("%(commune)s không thuộc %(province)s. Chọn lại một trong hai.")
            return chosen, None, [], error % {"commune": place.name, "province": chosen.name}
        return within, place, [row[0] for row in rows if row[3] == place.code], ""
    if chosen and not any(not units[row[3]].is_province for row in rows if row[3] in units and row[2] == chosen.agency_code):
        return chosen, None, [row[0] for row in rows if row[2] == chosen.agency_code], ""
    return chosen, None, [], _("Chọn xã, phường hoặc đặc khu.") if chosen else ""


def _by_province(
    rows: Sequence[tuple[int, str, str, str]], units: Mapping[str, AdministrativeUnit]
) -> list[tuple[AdministrativeUnit, list[AdministrativeUnit]]]:
    """[(province, communes where it is offered)]."""
    offered = {row[3] for row in rows}
    communes = [unit for unit in units.values() if not unit.is_province and unit.code in offered]
    provinces = [unit for unit in units.values() if unit.is_province]
    grouped = [(province, [unit for unit in communes if unit.parent_id == province.pk]) for province in provinces]
    return [(province, inside) for province, inside in grouped if inside]


def _offerings_by_id(numbers: Iterable[int]) -> dict[int, Offering]:
    """{id: offering} with the related rows that a page shows."""
    rows = Offering.objects.filter(pk__in=numbers).select_related(
        "receiving_agency__hours", "receiving_agency__unit", "lead_agency", "agency", "terminal"
    )
    return {row.pk: row for row in rows}


def desk_hours(hours: OfficeHours | None) -> list[str]:
    """Reception hours as lines: «Thứ hai đến thứ sáu: 7 giờ 30 – 11 giờ 30, 13 giờ 30 – 17 giờ»."""
    if hours is None:
        return []
    titles = {"mon_fri": _("Thứ hai đến thứ sáu"), "sat": _("Thứ bảy")}
    lines = [(title, hours.intervals.get(days) or []) for days, title in titles.items()]
    return [
        f"{title}: {', '.join(f'{_clock(start)} – {_clock(end)}' for start, end in spans)}" for title, spans in lines if spans
    ]


def _clock(text: str) -> str:
    """«07:30» as «7 giờ 30»."""
    hour, minute = text.split(":")
    words = _("%(hour)d giờ %(minute)s") % {"hour": int(hour), "minute": "" if minute == "00" else minute}
    return words.strip().replace(" ", "\u00a0")
