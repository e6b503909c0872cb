"""The payer's pages: choose a way, pay in a banking app, by card or by QR code, or cancel. Work without JavaScript."""

from functools import wraps

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from .. import answers, banks, cards, paying, qr
from ..codes import RESPONSE_CODES
from ..guard import allow_form_action, may_fail
from ..models import State, Transaction


def for_payer(view):
    """Decorator: a page of an open transaction; when it has ended, redirects to the page with its outcome."""

    def reference_of(request, token, **kwargs):
        return Transaction.objects.filter(token=token).values_list("reference", flat=True).first() or ""

    @wraps(view)
    def wrapper(request, token, **kwargs):
        row = paying.expire_if_late(_find(token))
        return view(request, row, **kwargs) if row.state == State.OPEN else redirect("ended", token=token)

    return may_fail("slow", reference_of=reference_of)(wrapper)


def _find(token):
    row = Transaction.objects.filter(token=token).first()
    if row is None:
        raise Http404
    return row


def page(request, name, row, **facts):
    """Render a page whose forms may redirect only to the merchant's return URL."""
    response = render(request, f"mock_gateway/{name}.html", {"row": row, **facts})
    return allow_form_action(response, row.return_url)


def end(row, outcome, **facts):
    """End the transaction and redirect the payer to the merchant, or to the page with the outcome."""
    try:
        row = paying.end(row, outcome, **facts)
    except paying.AlreadyEnded as ended:
        row = ended.transaction
    if row.state == State.ENDED and "ipn_only" not in row.faults:
        return redirect(answers.return_url(row))
    return redirect("ended", token=row.token)


CHOSEN = {"VNPAYQR": "qr", "VNBANK": "banks", "INTCARD": "international"}


@for_payer
def start(request, row):
    """The first page: redirects to the way the merchant asked for, else to the choice."""
    if row.bank_choice in CHOSEN:
        return redirect(CHOSEN[row.bank_choice], token=row.token)
    if row.bank_choice in banks.BANKS:
        return redirect("card", token=row.token, bank=row.bank_choice)
    return redirect("choose", token=row.token)


@for_payer
def choose(request, row):
    return page(request, "choose", row)


@for_payer
def apps(request, row):
    return page(request, "banks", row, banks=banks.BANKS, to="app", title="Chọn ứng dụng ngân hàng")


@for_payer
def app(request, row, bank):
    """The banking app on this phone: confirm, or choose another outcome."""
    if bank not in banks.BANKS:
        raise Http404
    if request.method == "POST":
        outcome = request.POST.get("outcome", "success")
        if outcome in cards.APP_OUTCOMES:
            scanned = request.POST.get("by") == "qr"
            return end(row, outcome, bank=bank, card_type="QRCODE" if scanned else "ATM")
    by_qr = request.GET.get("qua") == "qr"
    return page(request, "app", row, bank=bank, bank_name=banks.BANKS[bank], outcomes=cards.APP_OUTCOMES, by_qr=by_qr)


@for_payer
def qr_code(request, row):
    """A QR code for another phone, and a button for this one."""
    address = request.build_absolute_uri(f"../ung-dung/{cards.QR_BANK}/?qua=qr")
    picture = qr.svg(address, f"Mã QR trả {row.amount} đồng")
    return page(request, "qr", row, picture=picture, bank=cards.QR_BANK)


@for_payer
def bank_list(request, row):
    return page(request, "banks", row, banks=banks.BANKS, to="card", title="Chọn ngân hàng của thẻ")


@for_payer
def card(request, row, bank):
    """A domestic card: number, name, date of issue."""
    if bank not in banks.BANKS:
        raise Http404
    form = cards.DomesticCard(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _after_card(row, form, bank)
    return page(request, "card", row, form=form, cards=banks.DOMESTIC_CARDS, title=f"Thẻ {banks.BANKS[bank]}")


@for_payer
def international(request, row):
    """An international card: number, date of expiry, CVV."""
    form = cards.InternationalCard(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _after_card(row, form, form.card.kind)
    return page(request, "card", row, form=form, cards=banks.INTERNATIONAL_CARDS, title="Thẻ quốc tế")


def _after_card(row, form, bank):
    """A valid card that needs an OTP is asked for it; until then only the last four digits of the number are stored."""
    if form.card.outcome != "success" or not form.card.asks_otp:
        return end(row, form.card.outcome, bank=bank, card_type=form.card.kind)
    Transaction.objects.filter(pk=row.pk, state=State.OPEN).update(
        card={"bank": bank, "kind": form.card.kind, "last": form.card.number[-4:]}
    )
    return redirect("otp", token=row.token)


@for_payer
def otp(request, row):
    """The one-time password the bank would send to the phone."""
    if not row.card:
        return redirect("choose", token=row.token)
    form = cards.Otp(request.POST if request.method == "POST" else None)
    if form.is_valid():
        right = form.cleaned_data["otp"] == banks.OTP
        return end(row, "success" if right else "wrong_otp", bank=row.card["bank"], card_type=row.card["kind"])
    return page(request, "otp", row, form=form)


@require_POST
@for_payer
def cancel(request, row):
    return end(row, "cancel")


def ended(request, token):
    """The outcome of an ended or pending transaction, and the link back to the merchant."""
    row = paying.expire_if_late(_find(token))
    if row.state == State.OPEN:
        return redirect("choose", token=token)
    back = answers.return_url(row) if row.state == State.ENDED and "ipn_only" not in row.faults else ""
    title, words, tone = ending_words(row)
    facts = {"title": title, "words": words, "tone": tone, "back": back}
    return page(request, "ended", row, code=row.said_code, code_words=RESPONSE_CODES.get(row.said_code, ""), **facts)


def ending_words(row):
    """Title, a sentence, and the tone of the page: "", warn or bad."""
    if row.state == State.PENDING:
        return "Ngân hàng đang xử lý", "Chưa biết kết quả. Xin đừng trả lần nữa; người bán sẽ được báo khi xong.", "warn"
    if (row.said_code, row.said_status) == ("00", "00"):
        return "Đã trả xong", "Ngân hàng giả lập đã ghi nhận. Không có đồng nào bị trừ thật.", ""
    if row.charged or row.said_code == "00":
        return "Đang kiểm tra", "Ngân hàng có thể đã trừ tiền (giả). Xin đừng trả lần nữa, người bán sẽ kiểm tra.", "warn"
    if row.said_code == "24":
        return "Đã hủy", "Chưa trừ đồng nào.", "warn"
    return RESPONSE_CODES[row.said_code], "Chưa trừ đồng nào. Về trang của người bán để trả lại.", "bad"
