"""The paper of an electronic receipt: what is printed on it, who signs it, and what a public inquiry about it answers."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from dossiers.papers import inquiry, making, wording
from dossiers.papers.models import IssuedPaper, PaperKind
from payments.models import EReceipt
from portal.common.dates import moment
from portal.common.money import dong
from portal.common.words import money_in_words
from procedures.wording import FEE_KINDS

WAYS = {"vnpay": "qua cổng thanh toán", "transfer": "chuyển khoản", "counter": "tiền mặt tại quầy"}
REASON = "Biên lai điện tử thu phí, lệ phí"
DEMO = "Biên lai thử, không có giá trị"


def make(receipt: EReceipt) -> IssuedPaper:
    """The signed paper of a receipt as an IssuedPaper, published at once. Raises SigningError, PdfError. Workers only."""
    return making.make_signed(
        PaperKind.E_RECEIPT, receipt.event, facts_of(receipt), number=str(receipt), agency=receipt.body.agency, reason=REASON
    )


def facts_of(receipt: EReceipt) -> dict[str, Any]:
    """What the template prints beside the frame of every paper: formatted text, always in Vietnamese."""
    with translation.override("vi"):
        dossier, attempt = receipt.event.dossier, receipt.attempt
        return {
            "title": f"Biên lai {receipt}",
            "foot": f"Biên lai điện tử {receipt} · hồ sơ {dossier.code}",
            "state": _state(receipt),
            "demo": DEMO if receipt.demo else "",
            "collector": receipt.collector_name,
            "tax_code": receipt.tax_code or "(chưa ghi)",
            "template_symbol": receipt.template_symbol,
            "series_symbol": receipt.series_symbol,
            "number": f"{receipt.number:07d}",
            "payer": receipt.payer_name,
            "lines": [_line(line) for line in receipt.lines],
            "total": _figures(receipt.amount),
            "in_words": money_in_words(receipt.amount),
            "way": WAYS[attempt.way] + (f", mã giao dịch {attempt.transaction_no}" if attempt.transaction_no else ""),
            "reference": attempt.reference,
            "paid_at": wording.moment_in_words(attempt.paid_at),
            "treasury_account": receipt.treasury_account,
            "issued_on": wording.day_in_words(receipt.issued_at),
            "place": receipt.body.agency.unit.short_name if receipt.body.agency.unit_id else "",
            "replaces": _predecessor(receipt),
            "density": _density(len(receipt.lines)),
        }


def _density(lines: int) -> str:
    """The CSS class that keeps a receipt of so many lines on one page."""
    if lines == 1:
        return ""
    return "close" if lines <= 6 else "crowded"


def _line(line: dict) -> dict:
    return {
        "label": line["label"],
        "kind": str(FEE_KINDS.get(line["kind"], "")),
        "legal_ref": line["legal_ref"],
        "quantity": line["quantity"],
        "amount": _figures(line["amount"]),
    }


def _figures(amount: int) -> str:
    """«1.234.567», without the unit, which is in the column heading."""
    return dong(amount).removesuffix("đồng").strip()


def _predecessor(receipt: EReceipt) -> str:
    old = receipt.replaces
    return f"{old} {wording.day_in_words(old.issued_at)}" if old else ""


def _state(receipt: EReceipt) -> str:
    """The state of a receipt that ended before its paper was made; empty for a valid one."""
    if receipt.state == EReceipt.State.VALID:
        return ""
    word = "ĐÃ HỦY" if receipt.state == EReceipt.State.CANCELLED else "ĐÃ ĐƯỢC THAY THẾ"
    return f"{word} {wording.day_in_words(receipt.state_at)}. Lý do: {receipt.state_reason}"


# ---------------------------------------------------------------- public inquiry
@inquiry.gives_facts(PaperKind.E_RECEIPT)
def inquiry_facts(paper: IssuedPaper) -> inquiry.PublicFacts:
    """For a public inquiry: amount and kinds to compare with the receipt, its state and why. The payer is masked there."""
    receipt = EReceipt.objects.filter(paper=paper).first()
    if receipt is None:
        return inquiry.PublicFacts()
    rows = [(_("Số tiền"), dong(receipt.amount)), (_("Nộp lúc"), moment(receipt.attempt.paid_at, year=True))]
    if not paper.dossier.confidential:
        rows.insert(0, (_("Khoản thu"), "; ".join(line["label"] for line in receipt.lines)))
    if receipt.demo:
        rows.append((_("Lưu ý"), _("Biên lai thử, không có giá trị")))
    ending = {EReceipt.State.REPLACED: _replaced, EReceipt.State.CANCELLED: _cancelled}.get(receipt.state)
    return inquiry.PublicFacts(holder=receipt.payer_name, rows=tuple(rows), **(ending(receipt) if ending else {}))


def _replaced(receipt: EReceipt) -> dict[str, str]:
    facts = {"number": EReceipt.objects.filter(replaces=receipt).first() or "", "reason": receipt.state_reason}
    return {
        "headline": _("Biên lai này đã được thay bằng biên lai khác"),
        "advice": _("Biên lai thay thế có số %(number)s. Lý do: %(reason)s") % facts,
    }


def _cancelled(receipt: EReceipt) -> dict[str, str]:
    facts = {"when": moment(receipt.state_at, year=True), "reason": receipt.state_reason}
    return {
        "headline": _("Biên lai này đã bị hủy, không còn giá trị"),
        "advice": _("Đã hủy lúc %(when)s. Lý do: %(reason)s") % facts,
        "value": receipt.get_state_display(),
    }
