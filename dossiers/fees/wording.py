"""Texts about fees: each line with its arithmetic, reduction, legal basis and refund; and when and how to pay. Before filing
from the rules (`procedures.fees`), afterwards from the frozen lines of the dossier. Amounts in whole đồng."""

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
class PriceReason:
    """What a frozen line does not store: its unit, and why its price is reduced. Empty when it is not."""

    unit: str = ""
    full_price: int | None = None
    label: str = ""
    legal_ref: str = ""
    provisional: bool = False
    local: bool = False


# ---------------------------------------------------------------- the lines
def lines_before(draft, fees):
    """[{label, quantity, amount, notes, mark}] of the fee computed for a draft, for ui/total.html."""
    group = claimed_group(draft)
    plainly_free = fees.is_free and not any(line.reduced_by for line in fees.lines)
    return [] if plainly_free else [_line(line, _price_reason(line, group)) for line in fees.lines]


def lines_frozen(dossier):
    """The same for the fee frozen at filing. Amounts come from the frozen rows; only the text of a reduction comes from the
    procedure version of the dossier, which never changes."""
    computed = {line.key: line for line in rules.fees(dossier).lines}
    group = claimed_group(dossier)
    undecided = is_open(dossier)
    return [
        _line(line, _frozen_price_reason(line, computed.get(line.key), group, undecided))
        for line in dossier.obligation.lines.order_by("pk")
    ]


def note_on_refunds(dossier, lines):
    """A sentence when the refund rules of these lines are demo data; else empty."""
    if not any(line["amount"] != 0 for line in lines) or not any(map(refund_is_invented, dossier.version.facts["fee_lines"])):
        return ""
    return _("Trường hợp nào được hoàn lại là dữ liệu thử, chưa phải quy định.")


def is_open(dossier):
    """Is a claimed reduction, or an amount to be set by an officer, still undecided?"""
    return hasattr(dossier, "obligation") and dossier.obligation.status == FeeObligation.Status.PROVISIONAL


def claimed_group(dossier):
    """The label of the claimed priority group; empty when none is claimed."""
    wanted = dossier.asked.get("priority_group")
    groups = dossier.version.document["code_lists"]["priority_groups"] if wanted else []
    return next((row["label"] for row in groups if row["key"] == wanted), "")


def _price_reason(line, group):
    label = group if line.provisional and group else line.reduced_label
    return PriceReason(line.unit, line.full_price, label, line.reduced_ref, line.provisional, line.local)


def _frozen_price_reason(frozen, computed, group, undecided):
    """The reason of a frozen price: from the rules, as far as they still give this price."""
    if computed is None:
        return PriceReason()
    if computed.unit_price != frozen.unit_price:
        return PriceReason(computed.unit, local=computed.local)
    why = _price_reason(computed, group)
    full = None if computed.local else why.full_price  # the province may have changed its amount
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
    """«8.000 đồng × 3 bản»; empty for quantity 1."""
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
        text = _("Tạm tính theo diện “%(why)s”: cán bộ sẽ xem giấy chứng minh rồi xác nhận.")
        if facts["full"]:
            text += " " + _("Không đủ giấy thì thu %(full)s.")
        return text % facts
    if not line.unit_price:
        return _("Được miễn: %(why)s.") % facts
    return (_("Đã giảm từ %(full)s: %(why)s.") if facts["full"] else _("Đã giảm: %(why)s.")) % facts


def _cap(line):
    """A sentence when the amount is capped, that is, less than quantity × unit price."""
    if line.amount is None or line.unit_price is None or line.amount >= line.unit_price * line.quantity:
        return ""
    return _("Đã tính mức thu cao nhất được phép.")


def _basis(line, why):
    laws = "; ".join(dict.fromkeys(filter(None, [line.legal_ref, why.legal_ref if why.label else ""])))
    text = _("Căn cứ: %(law)s.") % {"law": laws} if laws else ""
    local = _("Mức thu do tỉnh quy định.") if why.local else ""
    return " ".join(filter(None, [local, text]))


# ---------------------------------------------------------------- when and how
def when_before_filing(draft, fees, *, online):
    """One or two sentences for the review page. `online`: can it be paid on the portal?"""
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
    """The ways to pay. `place`: name of the counter."""
    if online:
        return _("Trả trên mạng bằng mã QR, tài khoản ngân hàng hoặc thẻ; hoặc trả tiền mặt tại %(place)s.") % {"place": place}
    return _("Trả tiền mặt tại %(place)s.") % {"place": place}


# ---------------------------------------------------------------- one dossier
@dataclass(frozen=True)
class MoneyNotice:
    """What a page shows about a fee still owed: how much, when, how, and the link of the button."""

    total: int | None
    asked: bool  # does the dossier wait for it?
    until: str  # the payment deadline in words, while the term runs
    when: str
    how: str
    href: str  # empty: not payable online, or not by this user
    is_under_way: bool  # an attempt is open: its outcome is not known yet


def notice(dossier, *, may_pay=True):
    """The fee still to be paid; None when nothing is. `may_pay`: show this user the button."""
    obligation = getattr(dossier, "obligation", None)
    if obligation is None or obligation.is_settled or dossier.status.is_final or dossier.state == DossierState.WITHDRAWN:
        return None
    asked = dossier.state == DossierState.PAYMENT_REQUIRED
    too_early, href = obligation.is_too_early, payment_url(dossier)
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
    """When a fee must be paid that does not block the dossier."""
    if obligation.total is None:
        return _("Cơ quan tính số tiền sau khi xem hồ sơ, rồi báo. Chưa phải trả gì bây giờ.")
    if is_open(obligation.dossier):
        return _("Số tiền tạm tính. Cán bộ sẽ xem giấy chứng minh rồi báo số tiền phải trả.")
    if too_early:
        return _("Trả sau khi hồ sơ được tiếp nhận. Đến lúc đó cơ quan sẽ nhắn.")
    if online:
        return _("Trả được ngay, chậm nhất trước khi nhận kết quả. Hồ sơ vẫn được xem, không chờ tiền.")
    return _("Hồ sơ vẫn được xem ngay, không chờ tiền.")


def payment_url(dossier, *, offered=None):
    """URL of the payment page; empty when the fee cannot be paid online now. `offered`: as for `payable_online`."""
    try:
        return reverse("payments:pay", args=[dossier.code]) if payable_online(dossier, offered=offered) else ""
    except NoReverseMatch:  # without `payments` there is no such page
        return ""
