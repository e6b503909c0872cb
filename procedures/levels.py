"""Service levels 1–4: what each allows, which one is offered at a place, and what is missing for the next.

Pages, API, jobs and badges use the properties defined here; no other code compares the number of a level.
The national database declares a level (NĐ 43/2011 Đ.3; since NĐ 224/2026 only «toàn trình» and «một phần»). The portal offers
the highest level, up to the declared one, whose needs are met by the version and the offering.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from procedures.facts import Facts, ProcedurePart
from procedures.prices import price_range

DELIVERY_WITHOUT_VISIT = frozenset({"account", "post"})


class ServiceLevel(Enum):
    """A service level. Use the properties; do not compare the number."""

    INFORMATION = 1
    PRINT_AND_BRING = 2
    SUBMIT_ONLINE = 3
    FULLY_ONLINE = 4

    @property
    def number(self) -> int:
        return self.value

    # -- what it allows

    @property
    def shows_information(self) -> bool:
        """The complete guide is shown."""
        return True

    @property
    def offers_blank_forms(self) -> bool:
        return self.value >= 2

    @property
    def offers_print_and_export(self) -> bool:
        """The form can be filled in here, then printed or exported and submitted on paper."""
        return self.value >= 2

    @property
    def offers_submission(self) -> bool:
        return self.value >= 3

    @property
    def offers_tracking(self) -> bool:
        return self.value >= 3

    @property
    def offers_online_payment(self) -> bool:
        return self.value >= 4

    @property
    def offers_online_result(self) -> bool:
        """The result is delivered to the account or by post, without a visit."""
        return self.value >= 4

    def ways_allowed(self, ways: Iterable[str]) -> list[str]:
        """The ways to deliver a result that this level allows: below level 4 only those with a visit, if there is one."""
        every = list(ways)
        at_the_office = [way for way in every if way not in DELIVERY_WITHOUT_VISIT]
        return every if self.offers_online_result else at_the_office or every

    # -- what people read

    @property
    def dots(self) -> str:
        """For the badge: «●●●○»."""
        return "●" * self.value + "○" * (4 - self.value)

    @property
    def label(self) -> str:
        return _("Mức %(level)d") % {"level": self.value}

    @property
    def plain(self) -> str:
        """The short text of the badge."""
        return _PLAIN[self.value][0]

    @property
    def meaning(self) -> str:
        """One sentence: what a citizen can do at this level."""
        return _PLAIN[self.value][1]

    @property
    def scope(self) -> str:
        """The legal term since 2022, as in the data: thong_tin, mot_phan, toan_trinh."""
        return ("thong_tin", "thong_tin", "mot_phan", "toan_trinh")[self.value - 1]

    @property
    def scope_label(self) -> str:
        return {
            "thong_tin": pgettext("mức cung cấp", "thông tin"),
            "mot_phan": pgettext("mức cung cấp", "một phần"),
            "toan_trinh": pgettext("mức cung cấp", "toàn trình"),
        }[self.scope]

    def __str__(self) -> str:
        return f"{self.label}: {self.plain}"


_PLAIN = {
    1: (gettext_lazy("Chỉ xem"), gettext_lazy("Xem hướng dẫn ở đây. Hồ sơ nộp tại nơi giải quyết.")),
    2: (gettext_lazy("Tải mẫu"), gettext_lazy("Điền tờ khai ở đây, in ra rồi mang đến hoặc gửi bưu điện.")),
    3: (gettext_lazy("Nộp trên mạng"), gettext_lazy("Nộp và theo dõi trên mạng. Trả phí và nhận kết quả tại nơi giải quyết.")),
    4: (gettext_lazy("Làm hết trên mạng"), gettext_lazy("Không phải đến trụ sở lần nào.")),
}


# ---------------------------------------------------------------- what is known of a place


class TerminalLike(Protocol):
    """A terminal at the payment gateway."""

    @property
    def is_open(self) -> bool: ...


class OfferingLike(Protocol):
    """The attributes of an offering that the level depends on (a database row, or `OfferingFacts`)."""

    @property
    def filing(self) -> str: ...
    @property
    def receiving_agency_id(self) -> object: ...
    @property
    def duty(self) -> Collection[Any]: ...
    @property
    def processing_steps(self) -> Collection[Any]: ...
    @property
    def delivery_ways(self) -> Collection[str]: ...
    @property
    def terminal(self) -> "TerminalLike | None": ...


@dataclass(frozen=True)
class OfferingFacts:
    """An offering that is not a database row: for previews, imports, tests."""

    filing: str = "here"
    receiving_agency_id: object = None
    duty: Collection[Any] = ()
    processing_steps: Collection[Any] = ()
    delivery_ways: Collection[str] = ()
    terminal: TerminalLike | None = None


@dataclass(frozen=True)
class Need:
    """Something missing for a level, with a sentence for citizens."""

    level: ServiceLevel
    key: str
    sentence: str


# ---------------------------------------------------------------- the gate


@dataclass(frozen=True)
class OfferedLevel:
    """The level offered, the declared level, and all needs not met up to level 4."""

    level: ServiceLevel
    declared: ServiceLevel
    needs: tuple[Need, ...]
    reason: str = ""

    @classmethod
    def compute(
        cls,
        document: ProcedurePart,
        declared_level: int,
        offering: OfferingLike | None = None,
        *,
        day: dt.date,
        payments_open: bool,
        local: Mapping[str, int] | None = None,
        set_later: Collection[str] = (),
    ) -> "OfferedLevel":
        """The level of a version at a place on a day.

        `offering`: None while no place is chosen; `local`: {fee line: đồng} of the province; `set_later`: keys of fee lines
        that an officer sets after acceptance; `payments_open`: settings.PAYMENTS_OPEN.
        """
        declared = ServiceLevel(declared_level)
        needs = [
            *_needs_of_information(document["procedure"]),
            *_needs_of_form(document["procedure"]),
            *_needs_of_submission(document["procedure"], offering),
            *_needs_of_full_service(document["procedure"], offering, day, payments_open, local or {}, set_later),
            *_needs_of_base(document["procedure"], declared),
        ]
        reached = min([4, *(max(1, need.level.number - 1) for need in needs)])
        level = ServiceLevel(reached)
        reason = _why_partly(document["procedure"], needs) if level is ServiceLevel.SUBMIT_ONLINE else ""
        return cls(level, declared, tuple(sorted(needs, key=lambda need: need.level.number)), reason)

    @classmethod
    def best(cls, levels: Iterable["OfferedLevel"]) -> "OfferedLevel":
        """The highest of several levels (at least one), for lists where no place is chosen."""
        return max(levels, key=lambda offered: offered.level.number)

    @property
    def missing(self) -> tuple[Need, ...]:
        """The needs of the next level."""
        return tuple(need for need in self.needs if need.level is self.needs[0].level)

    @property
    def complete(self) -> bool:
        """True when all mandatory sections are filled. Otherwise not even level 1 is met, and it should not be published."""
        return not any(need.level is ServiceLevel.INFORMATION for need in self.needs)

    # -- the same properties as ServiceLevel

    @property
    def shows_information(self) -> bool:
        return self.level.shows_information

    @property
    def offers_blank_forms(self) -> bool:
        return self.level.offers_blank_forms

    @property
    def offers_print_and_export(self) -> bool:
        return self.level.offers_print_and_export

    @property
    def offers_submission(self) -> bool:
        return self.level.offers_submission

    @property
    def offers_tracking(self) -> bool:
        return self.level.offers_tracking

    @property
    def offers_online_payment(self) -> bool:
        return self.level.offers_online_payment

    @property
    def offers_online_result(self) -> bool:
        return self.level.offers_online_result

    def ways_allowed(self, ways: Iterable[str]) -> list[str]:
        return self.level.ways_allowed(ways)


# ---------------------------------------------------------------- needs, level by level

_SECTIONS = {
    "code": gettext_lazy("mã thủ tục"),
    "decision": gettext_lazy("số quyết định"),
    "name": gettext_lazy("tên thủ tục"),
    "agency_levels": gettext_lazy("cấp thực hiện"),
    "procedure_type": gettext_lazy("loại thủ tục"),
    "field": gettext_lazy("lĩnh vực"),
    "steps": gettext_lazy("trình tự thực hiện"),
    "channels": gettext_lazy("cách thức và thời hạn"),
    "fee_lines": gettext_lazy("phí, lệ phí"),
    "document_groups": gettext_lazy("thành phần hồ sơ"),
    "audience": gettext_lazy("đối tượng thực hiện"),
    "executing_agencies": gettext_lazy("cơ quan thực hiện"),
    "competent_agencies": gettext_lazy("cơ quan có thẩm quyền"),
    "receiving_address": gettext_lazy("địa chỉ tiếp nhận"),
    "authorised_agencies": gettext_lazy("cơ quan được ủy quyền"),
    "coordinating_agencies": gettext_lazy("cơ quan phối hợp"),
    "results": gettext_lazy("kết quả thực hiện"),
    "legal_basis": gettext_lazy("căn cứ pháp lý"),
    "conditions": gettext_lazy("yêu cầu, điều kiện"),
    "keywords": gettext_lazy("từ khóa"),
    "description": gettext_lazy("mô tả"),
}
"""Mandatory sections (NĐ 63/2010 Đ.8 and the pages of the national database). A section in `empty_sections` counts as filled."""


def missing_sections(procedure: Facts) -> tuple[str, ...]:
    """Keys of the sections that are neither filled nor declared empty."""
    declared_empty = {row["section"] for row in procedure.get("empty_sections", ()) if row.get("show")}
    return tuple(key for key in _SECTIONS if not procedure.get(key) and key not in declared_empty)


def _needs_of_information(procedure: Facts) -> Iterable[Need]:
    for key in missing_sections(procedure):
        sentence = _("Hướng dẫn còn thiếu mục: %(section)s.") % {"section": _SECTIONS[key]}
        yield Need(ServiceLevel.INFORMATION, f"section:{key}", sentence)


def _needs_of_form(procedure: Facts) -> Iterable[Need]:
    if not procedure["form_key"]:
        yield Need(ServiceLevel.PRINT_AND_BRING, "form", _("Thủ tục chưa có tờ khai để điền trên mạng."))


def _needs_of_submission(procedure: Facts, offering: OfferingLike | None) -> Iterable[Need]:
    level = ServiceLevel.SUBMIT_ONLINE
    if not any(row["channel"] == "online" for row in procedure["channels"]):
        yield Need(level, "channel", _("Thủ tục không nhận hồ sơ gửi qua mạng."))
    if offering is None:
        yield Need(level, "place", _("Chọn tỉnh và xã, phường để biết nơi đó có nhận trên mạng không."))
        return
    if offering.filing != "here":
        yield Need(level, "elsewhere", _("Hồ sơ này nộp ở cổng của cơ quan khác, chưa nộp được ở đây."))
        return
    if not offering.receiving_agency_id:
        yield Need(level, "desk", _("Cơ quan chưa nêu nơi tiếp nhận hồ sơ."))
    if not offering.duty:
        yield Need(level, "duty", _("Cơ quan chưa cử người trực hồ sơ trên mạng."))
    if not offering.processing_steps:
        yield Need(level, "steps", _("Cơ quan chưa khai các bước xử lý và thời gian từng bước."))


def _needs_of_full_service(
    procedure: Facts,
    offering: OfferingLike | None,
    day: dt.date,
    payments_open: bool,
    local: Mapping[str, int],
    set_later: Collection[str],
) -> Iterable[Need]:
    """Level 4: a fee that can be computed (0 counts), an open terminal if a fee may be due, delivery without a visit."""
    if offering is None:
        return
    level = ServiceLevel.FULLY_ONLINE
    if _unknown_amounts(procedure, local, set_later):
        yield Need(level, "fee", _("Tỉnh chưa công bố mức thu nên chưa tính được phí."))
    if not price_range(procedure["fee_lines"], day=day, local=local).is_free:
        if offering.terminal is None:
            yield Need(level, "terminal", _("Cơ quan chưa có điểm thu phí trên mạng."))
        elif not offering.terminal.is_open:
            yield Need(level, "terminal", _("Nơi này đang tạm ngừng thu phí trên mạng. Phí trả tại nơi giải quyết."))
        if not payments_open:
            yield Need(level, "payments", _("Cổng chưa mở trả phí trên mạng. Phí trả tại nơi giải quyết."))
    if not DELIVERY_WITHOUT_VISIT.intersection(offering.delivery_ways):
        yield Need(level, "delivery", _("Kết quả chỉ trả tại nơi giải quyết, chưa gửi được về tận nơi."))


def _unknown_amounts(procedure: Facts, local: Mapping[str, int], set_later: Collection[str]) -> list[str]:
    """Keys of mandatory fee lines without an amount."""
    lines = (line for line in procedure["fee_lines"] if line["mandatory"] and line["amount"] is None)
    return [line["key"] for line in lines if line["key"] not in local and line["key"] not in set_later]


def _needs_of_base(procedure: Facts, declared: ServiceLevel) -> Iterable[Need]:
    """A need when the national database declares less than level 4, with its published reason if there is one."""
    if declared is ServiceLevel.FULLY_ONLINE:
        return
    partial = procedure.get("partial_reason")
    if partial:
        sentence = f"{partial['text']}."
    else:
        sentence = _("Cơ sở dữ liệu quốc gia công bố thủ tục này ở mức %(level)d.") % {"level": declared.number}
    yield Need(ServiceLevel(declared.number + 1), "declared", sentence)


def _why_partly(procedure: Facts, needs: Iterable[Need]) -> str:
    """The reason shown with «một phần» (NĐ 224/2026 Đ.14): the published one, else the first need of level 4 here."""
    if partial := procedure.get("partial_reason"):
        return f"{partial['text']}."
    return next((need.sentence for need in needs if need.level is ServiceLevel.FULLY_ONLINE), "")
