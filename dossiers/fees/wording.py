"""Fees in plain words: each line with its arithmetic, its reduction, its legal basis and whether it is given back; and when
and how to pay. Before filing from the rules (`procedures.fees`), afterwards from the lines frozen on the dossier."""

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from dossiers.fees.payable import payable_online
from dossiers.filing import rules
from dossiers.models import FeeObligation
from dossiers.states import DossierState
from portal.common.dates import moment
from portal.common.money import dong
from procedures.wording import UNITS_COUNTED, refund_is_invented, refund_words, when_to_pay

DEMO = "demo"


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
    computed = {line.key: line for line in rules.fees(dossier).lines}
    group = claimed_group(dossier)
    undecided = is_open(dossier)
    return [
        _line(line, _why_frozen(line, computed.get(line.key), group, undecided))
        for line in dossier.obligation.lines.order_by("pk")
    ]


def note_on_refunds(dossier, lines):
    """A sentence where the rules on giving these amounts back were invented for the demo; else nothing."""
    if not any(line["amount"] != 0 for line in lines) or not any(map(refund_is_invented, dossier.version.facts["fee_lines"])):
        return ""
    return _("Trường hợp nào được hoàn lại là dữ liệu thử, chưa phải quy định.")


def is_open(dossier):
    """Has nobody decided yet on the reduction that is claimed, or on an amount set later?"""
    return hasattr(dossier, "obligation") and dossier.obligation.status == FeeObligation.Status.PROVISIONAL


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
    notes = [
        _sum(line, why),
        _reduction(line, why),
        _cap(line),
        _basis(line, why),
        refund_words(line.refundable_on) if line.amount != 0 else "",
    ]
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
    return when_to_pay(draft.version, online=online)


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
    until: str  # the last moment, where the dossier waits and the term runs
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
    too_early, href = obligation.is_too_early, pay_address(dossier)
    desk, due = dossier.receiving_agency, obligation.status == FeeObligation.Status.DUE and not too_early
    return MoneyNotice(
        total=obligation.total,
        asked=asked,
        until=moment(dossier.payment_due_at) if dossier.payment_due_at and href else "",
        when="" if asked else _when_owed(obligation, too_early=too_early, online=bool(href)),
        how=how_to_pay(online=bool(href), place=desk.desk_name or desk.name) if due and obligation.total else "",
        href=href if may_pay else "",
        is_under_way=obligation.attempt_open,
    )


def _when_owed(obligation, *, too_early, online):
    """When a fee has to be paid that the dossier does not wait for."""
    if obligation.total is None:
        return _("Cơ quan tính số tiền sau khi xem hồ sơ, rồi báo. Chưa phải trả gì bây giờ.")
    if is_open(obligation.dossier):
        return _("Số tiền tạm tính. Cán bộ sẽ xem giấy chứng minh rồi báo số tiền phải trả.")
    if too_early:
        return _("Trả sau khi hồ sơ được tiếp nhận. Đến lúc đó cơ quan sẽ nhắn.")
    if online:
        return _("Trả được ngay, chậm nhất trước khi nhận kết quả. Hồ sơ vẫn được xem, không chờ tiền.")
    return _("Hồ sơ vẫn được xem ngay, không chờ tiền.")


def pay_address(dossier, *, offered=None):
    """The page to pay on, or empty where this dossier cannot be paid on the portal now. `offered`: as for `payable_online`."""
    try:
        return reverse("payments:pay", args=[dossier.code]) if payable_online(dossier, offered=offered) else ""
    except NoReverseMatch:  # a portal that takes no money has no such page
        return ""
