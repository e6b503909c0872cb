"""Fees in plain words: each line with its arithmetic, its reduction, its legal basis and whether it is given back; and when
and how to pay. Before filing from the rules (`procedures.fees`), afterwards from the lines frozen on the dossier."""

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import filing
from dossiers.models import FeeObligation
from dossiers.states import DossierState
from portal.common.dates import moment
from portal.common.money import dong
from procedures.calendar import Term
from procedures.wording import UNITS_COUNTED

DEMO = "demo"
REFUNDED_WHEN = {
    "refused": gettext_lazy("hồ sơ không được giải quyết"),
    "withdrawn": gettext_lazy("rút hồ sơ"),
    "stopped": gettext_lazy("hồ sơ bị dừng"),
}


@dataclass(frozen=True)
class Why:
    """What the frozen row of a line does not hold: its unit, and what lowered its price. Empty where nothing did."""

    unit: str = ""
    full_price: int | None = None
    label: str = ""
    legal_ref: str = ""
    provisional: bool = False
    local: bool = False


# ---------------------------------------------------------------- the lines
def lines_before(draft, fees):
    """[{label, quantity, amount, notes, mark}] of what is computed for a draft, for ui/total.html."""
    group = claimed_group(draft)
    plainly_free = fees.is_free and not any(line.reduced_by for line in fees.lines)
    return [] if plainly_free else [_line(line, _why(line, group)) for line in fees.lines]


def lines_frozen(dossier):
    """The same of what was frozen at filing. Amounts come from the frozen rows alone; only the words of a reduction are
    read from the version the dossier was filed under, which never changes."""
    computed = {line.key: line for line in filing.fees(dossier).lines}
    group = claimed_group(dossier)
    undecided = dossier.obligation.status == FeeObligation.Status.PROVISIONAL
    return [
        _line(line, _why_frozen(line, computed.get(line.key), group, undecided))
        for line in dossier.obligation.lines.order_by("pk")
    ]


def claimed_group(dossier):
    """The words of the group that claims a reduction, empty where none is claimed."""
    wanted = dossier.asked.get("priority_group")
    groups = dossier.version.document["code_lists"]["priority_groups"] if wanted else []
    return next((row["label"] for row in groups if row["key"] == wanted), "")


def _why(line, group):
    label = group if line.provisional and group else line.reduced_label
    return Why(line.unit, line.full_price, label, line.reduced_ref, line.provisional, line.local)


def _why_frozen(frozen, computed, group, undecided):
    """Why it was frozen at this price: what the rules still say, as far as they still lead to it."""
    if computed is None:
        return Why()
    if computed.unit_price != frozen.unit_price:
        return Why(computed.unit, local=computed.local)
    why = _why(computed, group)
    full = None if computed.local else why.full_price  # the province may have changed its amount since
    return replace(why, full_price=full, provisional=why.provisional and undecided)


def _line(line, why):
    notes = [_sum(line, why), _reduction(line, why), _cap(line), _basis(line, why), _given_back(line)]
    return {
        "label": line.label,
        "quantity": line.quantity,
        "amount": line.amount,
        "notes": [note for note in notes if note],
        "mark": _("dữ liệu thử") if line.certainty.startswith(DEMO) else "",
    }


def _sum(line, why):
    """«8.000 đồng × 3 bản»; nothing for one piece."""
    if line.quantity == 1 or line.unit_price is None:
        return ""
    counted = UNITS_COUNTED.get(why.unit)
    many = f"{line.quantity}\u00a0{counted}" if counted else str(line.quantity)
    return f"{dong(line.unit_price)} × {many}"


def _reduction(line, why):
    if not why.label:
        return ""
    facts = {"why": why.label, "full": dong(why.full_price) if why.full_price else ""}
    if why.provisional:
        said = _("Tạm tính theo diện “%(why)s”: cán bộ sẽ xem giấy chứng minh rồi xác nhận.")
        if facts["full"]:
            said += " " + _("Không đủ giấy thì thu %(full)s.")
        return said % facts
    if not line.unit_price:
        return _("Được miễn: %(why)s.") % facts
    return (_("Đã giảm từ %(full)s: %(why)s.") if facts["full"] else _("Đã giảm: %(why)s.")) % facts


def _cap(line):
    """Less than number times price: the law bounds it."""
    if line.amount is None or line.unit_price is None or line.amount >= line.unit_price * line.quantity:
        return ""
    return _("Đã tính mức thu cao nhất được phép.")


def _basis(line, why):
    laws = "; ".join(dict.fromkeys(filter(None, [line.legal_ref, why.legal_ref if why.label else ""])))
    said = _("Căn cứ: %(law)s.") % {"law": laws} if laws else ""
    local = _("Mức thu do tỉnh quy định.") if why.local else ""
    return " ".join(filter(None, [local, said]))


def _given_back(line):
    """When the money comes back. Nothing is said of a line that costs nothing."""
    if line.amount == 0:
        return ""
    occasions = [str(REFUNDED_WHEN[key]) for key in line.refundable_on if key in REFUNDED_WHEN]
    if not occasions:
        return _("Không hoàn lại.")
    return _("Được hoàn nếu %(when)s.") % {"when": _(" hoặc ").join(occasions)}


# ---------------------------------------------------------------- when and how
def when_before_filing(draft, fees, *, online):
    """One or two sentences for the review page. `online`: may it be paid on the portal?"""
    if fees.undecided:
        return ""
    if fees.total is None:
        return _("Cơ quan tính số tiền sau khi xem hồ sơ, rồi báo. Chưa phải trả gì bây giờ.")
    if fees.provisional:
        return _("Chưa phải trả gì bây giờ. Cán bộ sẽ xem giấy chứng minh rồi báo số tiền phải trả.")
    if fees.is_free:
        return ""
    if not online:
        return _("Trả tại quầy. Không phải trả trước khi nộp, hồ sơ vẫn được xem ngay.")
    return when_due(draft.version)


def when_due(version):
    """When the fee of this version has to be paid where paying on the portal is offered, from its payment timing."""
    row = version.facts["payment_deadline"] or version.document["defaults"]["payment_deadline"]
    sentence = {
        "on_submit": _("Trả ngay sau khi nộp, chậm nhất %(term)s. Trả xong, cơ quan mới bắt đầu xem hồ sơ."),
        "after_acceptance": _("Trả sau khi hồ sơ được tiếp nhận. Đến lúc đó cơ quan sẽ nhắn."),
        "before_result": _("Trả trước khi có kết quả. Đến lúc đó cơ quan sẽ nhắn."),
        "on_result": _("Trả khi nhận kết quả."),
    }.get(version.facts["payment_timing"], "")
    return sentence % {"term": Term(row["value"], row["unit"]).words}


def how_to_pay(*, online, place):
    """By which ways, with the counter's name."""
    if online:
        return _("Trả trên mạng bằng mã QR, tài khoản ngân hàng hoặc thẻ; hoặc trả tiền mặt tại %(place)s.") % {"place": place}
    return _("Trả tiền mặt tại %(place)s.") % {"place": place}


# ---------------------------------------------------------------- one dossier
@dataclass(frozen=True)
class MoneyNotice:
    """What a page says about money still owed: how much, when, by which ways, and where the button leads."""

    total: int | None
    asked: bool  # the dossier waits for it
    until: str  # the last moment, where the dossier waits
    when: str
    how: str
    href: str  # empty: not on the portal, or not by this person
    is_under_way: bool  # somebody is paying: whether money was taken is not known yet


def notice(dossier, *, may_pay=True):
    """What is still to be paid, or None when nothing is. `may_pay`: offer the button to who looks."""
    obligation = getattr(dossier, "obligation", None)
    if obligation is None or obligation.is_settled or dossier.status.is_final or dossier.state == DossierState.WITHDRAWN:
        return None
    asked = dossier.state == DossierState.PAYMENT_REQUIRED
    too_early = obligation.timing == "after_acceptance" and dossier.accepted_at is None
    href = "" if too_early else pay_address(dossier)
    desk, due = dossier.received_at, obligation.status == FeeObligation.Status.DUE and not too_early
    return MoneyNotice(
        total=obligation.total,
        asked=asked,
        until=moment(dossier.payment_due_at) if dossier.payment_due_at else "",
        when="" if asked else _when_owed(obligation, too_early=too_early, online=bool(href)),
        how=how_to_pay(online=bool(href), place=desk.desk_name or desk.name) if due and obligation.total else "",
        href=href if may_pay else "",
        is_under_way=obligation.attempt_open,
    )


def _when_owed(obligation, *, too_early, online):
    """When a fee has to be paid that the dossier does not wait for."""
    if obligation.total is None:
        return _("Cơ quan tính số tiền sau khi xem hồ sơ, rồi báo. Chưa phải trả gì bây giờ.")
    if obligation.status == FeeObligation.Status.PROVISIONAL:
        return _("Số tiền tạm tính. Cán bộ sẽ xem giấy chứng minh rồi báo số tiền phải trả.")
    if too_early:
        return _("Trả sau khi hồ sơ được tiếp nhận. Đến lúc đó cơ quan sẽ nhắn.")
    if online:
        return _("Trả được ngay, chậm nhất trước khi nhận kết quả. Hồ sơ vẫn được xem, không chờ tiền.")
    return _("Hồ sơ vẫn được xem ngay, không chờ tiền.")


def pay_address(dossier, *, offered=None):
    """The page to pay on, or empty where this dossier cannot be paid on the portal now. `offered`: whether its place offers
    that, when the caller knows already."""
    obligation = getattr(dossier, "obligation", None)
    over = dossier.status.is_final or dossier.state == DossierState.WITHDRAWN
    if obligation is None or over or obligation.status != FeeObligation.Status.DUE or not obligation.total:
        return ""
    if offered is None:
        offered = filing.offered_level(dossier).offers_online_payment
    try:
        return reverse("payments:pay", args=[dossier.code]) if offered else ""
    except NoReverseMatch:  # a portal that takes no money has no such page
        return ""
