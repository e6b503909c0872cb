"""Attacks on payments: strangers, own matters, links, tokens, odd files and texts.

The callbacks of the gateway have their own tests (test_ipn, test_return). Each test fails without its protection.
"""

import datetime as dt
import re
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dossiers import workflow
from payments import complaints, differences
from payments.accounting import urls
from payments.api import urls as api_urls
from payments.attempts import links, settlement
from payments.citizen import urls as paying_urls
from payments.enquiries import ipn
from payments.models import (
    BankCredit,
    Difference,
    EReceipt,
    GatewayQuestion,
    LedgerEntry,
    PayLink,
    PaymentAttempt,
    PaymentComplaint,
    Refund,
    Way,
)  # fmt: skip
from payments.models.states import AttemptState, RefundState
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock
from tests import factories, snapshots, world
from tests.dossiers.pages import browse, words
from tests.money import DECIDES, FEE, MoneyDesk
from tests.payments.notices import RETURN, call, cancelled, signed_query_of
from tests.test_attacks import shielded

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
BANK_HEAD = "Số tham chiếu,Ngày giao dịch,Ghi có,Nội dung"


def go(name, *args):
    return reverse(f"accounting:{name}", args=args)


def file(text, name="tep.csv"):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def stray(point, amount=FEE, content="khong ro", ref="FT000001"):
    return matching.receive(point, ref, amount, content, clock.now())


@pytest.fixture
def money(db, signing_keys):
    """One of everything that has an address: attempts paid and doubtful, refund, receipt, credit, difference, complaint, link."""
    return snapshots.kept("money under attack", _money)


def _money():
    world.holidays()
    desk = MoneyDesk()
    paid = settlement.settle(desk.paying().reference, cause="ipn")
    waiting, doubtful = desk.waiting(), desk.paying()
    made = SimpleNamespace(
        desk=desk,
        paid=paid,
        refund=approval.propose(paid, "other", amount=50_000),
        receipt=EReceipt.objects.get(),
        doubtful=doubtful,
        complaint=complaints.open_ticket(desk.paying()),
        credit=stray(paid.point),
        difference=differences.open_difference(
            paid.point, clock.today(), Difference.Kind.AMOUNT, paid.reference, ours=1, theirs=2, attempt=paid
        ),
        waiting=waiting,
        link=links.make(waiting, waiting.submitter),
    )
    settlement.record_outcome(doubtful.reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False)
    return made


def desk_addresses(money):
    """Every address of the accountant's desk, filled in with what exists."""
    filled = {
        "front": [()], "takings": [()], "takings_export": [()], "attempts": [()], "refunds": [()], "reconciliation": [()],
        "differences": [()], "credits": [()], "complaints": [()],
        "attempt": [(money.paid.reference,), (money.doubtful.reference,)], "decide": [(money.doubtful.reference,)],
        "propose": [(money.paid.reference,)], "receipt": [(money.paid.reference, money.receipt.pk)],
        "refund": [(money.refund.request_id,)], "complaint": [(money.complaint.pk,)], "credit": [(money.credit.pk,)],
        "refund_step": [(money.refund.request_id, slug) for slug in ("duyet", "khong-duyet", "da-chuyen")],
        "difference": [(money.difference.pk,)],
        "difference_step": [(money.difference.pk, slug) for slug in ("nhan", "chuyen", "xong")],
        "credit_step": [(money.credit.pk, slug) for slug in ("gan", "xin-tra", "da-tra", "giu-lai")],
    }  # fmt: skip
    assert set(filled) == {pattern.name for pattern in urls.urlpatterns}, "a new address must be tried here"
    return [go(name, *args) for name, many in filled.items() for args in many]


FILLED = {
    "note": "Lý do đầy đủ.", "khong-note": "Không.", "duyet-note": "Được.", "xin-note": "Trả.", "tra-note": "UNC1",
    "giu-note": "Giữ.",
    "document": "UNC 1", "outcome": "received", "amount": "1000", "reason": "other", "way": "gateway", "what": "cancel",
    "payer_name": "Kẻ Gian",
}  # fmt: skip


def snapshot():
    """Everything that could have moved."""
    return [
        list(PaymentAttempt.objects.order_by("pk").values_list("pk", "state", "settles")),
        list(Refund.objects.order_by("pk").values_list("pk", "state", "approved_by")),
        list(EReceipt.objects.order_by("pk").values_list("pk", "state")),
        list(BankCredit.objects.order_by("pk").values_list("pk", "state", "attempt")),
        list(Difference.objects.order_by("pk").values_list("pk", "owner", "closed_at")),
        list(PaymentComplaint.objects.order_by("pk").values_list("pk", "closed_at")),
        LedgerEntry.objects.count(),
    ]


# ---------------------------------------------------------------- somebody else's
def strangers(money_desk):
    left = factories.user(accountant=DECIDES)
    left.memberships.update(valid_from="2025-07-01", valid_to="2026-01-01")
    return {
        "a citizen": factories.citizen(),
        "the clerk": money_desk.clerk,
        "the officer": money_desk.officer,
        "the head": money_desk.head,
        "an inspector": factories.user(inspector="H18"),
        "an accountant who left": factories.fresh(left),
        "the accountant of another body": factories.user(accountant="H18.X005.CA"),
        "the accountant of the desk that only receives": factories.user(accountant="H18.Y14"),
    }


LISTS = {"front", "takings", "takings_export", "attempts", "refunds", "reconciliation", "differences", "credits", "complaints"}


@pytest.mark.slow
def test_the_books_are_there_for_their_accountants_alone(money):
    before, lists = snapshot(), {go(name) for name in LISTS}
    PaymentComplaint.objects.update(owner=None)
    secrets = [money.paid.reference, money.refund.request_id, money.paid.obligation.dossier.code, money.credit.bank_ref]
    for who, user in strangers(money.desk).items():
        client = shielded(user)
        for address in desk_addresses(money):
            shown, sent = client.get(address), client.post(address, FILLED)
            if "accountant of" in who and address in lists:
                assert shown.status_code == 200, (who, address)
                assert not [s for s in secrets if s.encode() in shown.content], (who, address)
                continue
            assert {shown.status_code, sent.status_code} <= {404, 405}, (who, address, shown.status_code, sent.status_code)
    for address in desk_addresses(money):
        assert browse().get(address)["Location"].startswith("/dang-nhap/")
    assert snapshot() == before


def test_an_accountant_finds_nothing_of_another_body_under_the_addresses_of_the_own(money):
    """A receipt of another attempt is not reachable through the URL of an own attempt."""
    client = shielded(money.desk.accountant)
    assert client.get(go("receipt", money.paid.reference, money.receipt.pk)).status_code == 200
    wrong = [
        go("receipt", money.doubtful.reference, money.receipt.pk), go("refund_step", money.refund.request_id, "xoa"),
        go("credit_step", money.credit.pk, "xoa"), go("difference_step", money.difference.pk, "xoa"),
        go("attempt", money.paid.reference.lower()), go("attempt", money.refund.request_id), go("complaint", 10**30),
        go("credit", 2**63), go("difference", 2**64), go("receipt", money.paid.reference, 10**19),
    ]  # fmt: skip
    before = snapshot()
    for address in wrong:
        assert {client.get(address).status_code, client.post(address, FILLED).status_code} <= {404, 405}, address
    assert snapshot() == before


@pytest.mark.slow
def test_papers_of_money_open_for_those_concerned_alone(money, run_followups):
    run_followups()
    paper = EReceipt.objects.get().paper
    address = paper.get_absolute_url()
    assert browse(money.paid.obligation.dossier.submitter).get(address).status_code == 200
    for who, user in strangers(money.desk).items():
        if who in ("a citizen", "an accountant who left", "the accountant of another body", "an inspector"):
            assert browse(user).get(address).status_code == 404, who
    assert browse().get(address)["Location"].startswith("/dang-nhap/")


def own_matter(money_desk):
    """A dossier the first accountant filed, waiting for its fee at the body whose books they keep."""
    return money_desk.waiting(submitter=factories.as_citizen(money_desk.accountant))


def test_an_accountant_moves_nothing_in_a_matter_of_their_own(money_desk):
    dossier, me = own_matter(money_desk), money_desk.accountant
    doubtful = money_desk.paying(dossier=dossier)
    settlement.record_outcome(doubtful.reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False)
    paid = settlement.settle(money_desk.paying(dossier=money_desk.waiting(submitter=dossier.submitter)).reference, cause="ipn")
    refund, complaint = approval.propose(paid, "other", amount=1000), complaints.open_ticket(doubtful)
    transfer = money_desk.paying(Way.TRANSFER, dossier=money_desk.waiting(submitter=dossier.submitter))
    credit = stray(transfer.point, 150_000, transfer.reference)
    known = differences.open_difference(
        paid.point, clock.today(), Difference.Kind.AMOUNT, paid.reference, ours=1, theirs=2, attempt=paid
    )
    doors = [
        go("decide", doubtful.reference), go("propose", paid.reference), go("complaint", complaint.pk),
        go("receipt", paid.reference, paid.receipts.get().pk), go("difference_step", known.pk, "nhan"),
        go("difference_step", known.pk, "xong"),
        *(go("refund_step", refund.request_id, slug) for slug in ("duyet", "khong-duyet")),
        *(go("credit_step", credit.pk, slug) for slug in ("xin-tra", "gan")),
    ]  # fmt: skip
    before, client = snapshot(), shielded(me)
    for address in doors:
        sent = {**FILLED, "whose": dossier.code}
        assert client.post(address, sent).status_code in (403, 404, 422), address
    assert snapshot() == before
    loose = stray(transfer.point, FEE, "khong ghi gi", ref="FT000002")
    answer = client.post(go("credit_step", loose.pk, "gan"), {**FILLED, "whose": dossier.code})
    assert answer.status_code == 422 and snapshot()[3][-1][1] == BankCredit.State.UNMATCHED
    approval.approve(refund, money_desk.second_accountant)
    by_hand = approval.propose(settlement.settle(transfer.reference, cause="reconciliation"), "other", amount=1000)
    approval.approve(by_hand, money_desk.second_accountant)
    assert client.post(go("refund_step", by_hand.request_id, "da-chuyen"), FILLED).status_code == 403


def test_an_accountant_pays_no_own_fee_with_a_statement_they_wrote(money_desk):
    """A statement proves payments, so nobody may upload one that pays their own fee."""
    transfer = money_desk.paying(Way.TRANSFER, dossier=own_matter(money_desk))
    text = f"{BANK_HEAD}\nFT9,25/11/2026,200000,{transfer.reference}\n"
    answer = browse(money_desk.accountant).post(go("credits"), {"point": transfer.point.pk, "file": file(text)})
    assert answer.status_code == 422 and "của chính anh chị" in words(answer)
    assert not BankCredit.objects.exists()
    other = browse(money_desk.second_accountant).post(go("credits"), {"point": transfer.point.pk, "file": file(text)})
    assert other.status_code == 302 and BankCredit.objects.count() == 1


# ---------------------------------------------------------------- links for somebody else
@pytest.mark.parametrize("what", ["cut", "longer", "upper", "other case", "code", "number", "nothing"])
def test_a_link_cannot_be_guessed_from_what_is_known(money, what):
    token = money.link.token
    guess = {
        "cut": token[:-1], "longer": token + "a", "upper": token.upper(), "other case": token.swapcase(),
        "code": money.waiting.code, "number": str(money.link.pk), "nothing": "0",
    }[what]  # fmt: skip
    for tail in ("", "chuyen-khoan/", "qr.png", "tinh-trang/"):
        answer = browse().get(f"/tra-giup/{guess}/{tail}")
        echoed = answer.content.decode().replace(f"/tra-giup/{guess}/", "")  # the address itself stands in the language switch
        assert answer.status_code == 404 and money.waiting.code not in echoed
    assert len(set(PayLink.objects.values_list("token", flat=True))) == 1 and len(token) >= 20


@pytest.mark.parametrize("end", ["revoked", "expired", "renewed", "paid", "withdrawn"])
def test_a_link_that_is_over_begins_nothing_and_shows_no_account(money, end):
    link, dossier, outsider = money.link, money.waiting, browse()
    if end == "revoked":
        links.withdraw(dossier)
    elif end == "expired":
        PayLink.objects.filter(pk=link.pk).update(expires_at=clock.now() - dt.timedelta(seconds=1))
    elif end == "renewed":
        links.make(dossier, dossier.submitter)
    elif end == "paid":
        settlement.settle(money.desk.paying(dossier=dossier).reference, cause="ipn")
    else:
        workflow.withdraw(dossier, actor=dossier.submitter)
    before = PaymentAttempt.objects.count()
    for choice in ("ung-dung", "chuyen-khoan"):
        answer = outsider.post(f"/tra-giup/{link.token}/", {"cach": choice})
        assert answer.status_code in (303, 410) and "vnp_" not in answer.get("Location", "")
    assert outsider.get(f"/tra-giup/{link.token}/qr.png").status_code == 404
    assert PaymentAttempt.objects.count() == before


def test_new_links_are_no_way_round_the_number_of_tries(money, monkeypatch):
    monkeypatch.setattr("payments.attempts.ways.MAX_PER_HOUR", 3)
    owner, dossier = browse(money.waiting.submitter), money.waiting
    for turn in range(12):
        owner.post(f"/ho-so/{dossier.code}/tra-phi/nho-tra/")
        link = links.current(dossier.obligation)
        browse().post(f"/tra-giup/{link.token}/", {"cach": ("ung-dung", "chuyen-khoan")[turn % 2]})
    assert dossier.obligation.attempts.count() <= 6


def test_one_who_knows_a_link_learns_and_changes_nothing_else(money):
    outsider, dossier = browse(), money.waiting
    for tail in ("", "chua-xong/", "chuyen-khoan/", "qr.png", "tinh-trang/"):
        assert outsider.get(f"/ho-so/{dossier.code}/tra-phi/{tail}").status_code == 302
    assert outsider.post(f"/tra-giup/{money.link.token}/", {"cach": "chuyen-khoan", "amount": "1", "ma": "x"}).status_code == 303
    attempt = dossier.obligation.attempts.get()
    assert (attempt.amount, attempt.link, attempt.opened_by, attempt.state) == (FEE, money.link, None, AttemptState.SENT)
    shown = outsider.get(f"/tra-giup/{money.link.token}/").content.decode()
    for private in (dossier.subject_name, dossier.submitter.full_name, dossier.secret, money.paid.reference):
        assert private not in shown


# ---------------------------------------------------------------- other sites, headers, addresses to be led to
def test_no_token_no_deed_at_any_door_of_money(money):
    before, code, sent = snapshot(), money.waiting.code, {**FILLED, "cach": "ung-dung", "ma": money.doubtful.reference}
    accountant = shielded(money.desk.second_accountant, enforce_csrf_checks=True)
    for address in desk_addresses(money):
        answer = accountant.post(address, sent)
        assert answer.status_code in (403, 405), address
        if answer.status_code == 403:
            assert "dang-nhap" not in answer.content.decode() or True
    payer = shielded(money.waiting.submitter, enforce_csrf_checks=True)
    for pattern in paying_urls.urlpatterns:
        if pattern.name == "return":
            continue
        key = money.link.token if "help" in pattern.name else code
        assert payer.post(reverse(f"payments:{pattern.name}", args=[key]), sent).status_code in (403, 405), pattern.name
    for pattern in api_urls.urlpatterns:
        answer = payer.post(
            reverse(pattern.name, args=[code]), {"way": "transfer", "reference": money.doubtful.reference}, **JSON
        )
        assert answer.status_code in (403, 405), pattern.name
    assert snapshot() == before


ELSEWHERE = ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "\r\nSet-Cookie: a=b"]


def test_no_door_of_money_leads_to_where_a_request_says(money, settings):
    accountant, payer, helper = browse(money.desk.second_accountant), browse(money.waiting.submitter), browse()
    own = {urlsplit(settings.VNPAY_PAY_URL).netloc, ""}
    for odd in ELSEWHERE:
        sent = dict.fromkeys(["next", "url", "return_url", "vnp_ReturnUrl", "Location", "page", "transfer", "cach"], odd)
        answers = [
            payer.post(f"/ho-so/{money.waiting.code}/tra-phi/?next={odd.strip()}", sent),
            payer.post(f"/ho-so/{money.waiting.code}/tra-phi/", {**sent, "cach": "ung-dung"}),
            payer.post(f"/ho-so/{money.waiting.code}/tra-phi/nho-tra/", sent),
            helper.post(f"/tra-giup/{links.current(money.waiting.obligation).token}/", {**sent, "cach": "the-noi-dia"}),
            accountant.post(go("difference_step", money.difference.pk, "nhan"), sent),
            payer.get(f"{RETURN}?{signed_query_of(money.paid)}&next={odd.strip()}"),
        ]
        for answer in answers:
            where = answer.get("Location", "")
            assert urlsplit(where).netloc in own and not re.search(r"evil|javascript|[\r\n]", where), where
            assert "Set-Cookie: a" not in str(answer.headers)
    assert f"vnp_ReturnUrl={settings.SITE_URL.split('://')[0]}" in answers[1]["Location"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000@evil.example", "testserver.evil.example"])
def test_a_forged_host_names_no_return_address(money, host):
    answer = shielded(money.waiting.submitter).post(
        f"/ho-so/{money.waiting.code}/tra-phi/", {"cach": "ung-dung"}, headers={"host": host}
    )
    assert answer.status_code == 400


@pytest.mark.slow
# ---------------------------------------------------------------- the gateway's two doors, once more
def test_one_good_return_varied_without_end_neither_fills_the_disk_nor_wears_the_gateway_out(money_desk):
    attempt = money_desk.paying()
    good = signed_query_of(attempt)
    for number in range(80):
        assert Client().get(f"{RETURN}?{good}&x={number}").status_code == 200
    assert attempt.events.filter(kind="return").count() <= ipn.MAX_REPEATS_PER_ATTEMPT
    GatewayQuestion.objects.filter(attempt=attempt).update(next_at=clock.now() + dt.timedelta(minutes=5))
    Client().get(f"{RETURN}?{good}&x=81")
    assert GatewayQuestion.objects.get(attempt=attempt).next_at > clock.now() + dt.timedelta(minutes=4)


def test_a_message_of_one_payment_is_good_for_no_other_and_in_no_other_place(money_desk):
    cheap, dear = money_desk.paying(), money_desk.paying()
    good = signed_query_of(cheap)
    assert call(good.replace(cheap.reference, dear.reference)) == "97"
    assert Client().post("/thanh-toan/vnpay/ipn", good, content_type="application/x-www-form-urlencoded").status_code == 405
    assert Client().post(f"/thanh-toan/vnpay/ipn?{good}").status_code == 405
    assert Client().get(f"{RETURN}?{good}").status_code == 200
    assert call(cancelled(dear)) == "00" and call(signed_query_of(dear)) == "00" and call(cancelled(dear)) == "02"
    assert set(PaymentAttempt.objects.values_list("reference", "state")) == {
        (cheap.reference, AttemptState.SENT), (dear.reference, AttemptState.PAID),
    }  # fmt: skip


# ---------------------------------------------------------------- fields nobody may set
FORBIDDEN = {
    "state": "paid", "settles": "on", "amount": "1", "collector": "1", "point": "1", "obligation": "1", "opened_by": "1",
    "link": "1", "reference": "P261121083000A7K2", "expires_at": "2030-01-01", "paid_at": "2020-01-01", "approved_by": "1",
    "requested_by": "1", "request_id": "F1", "way": "counter", "settled_amount": "200000", "status": "paid", "owner": "1",
}  # fmt: skip


def test_what_no_form_of_money_has_is_not_read(money):
    payer, code = browse(money.waiting.submitter), money.waiting.code
    payer.post(f"/ho-so/{code}/tra-phi/", {**FORBIDDEN, "cach": "chuyen-khoan"})
    attempt = money.waiting.obligation.attempts.get()
    assert (attempt.amount, attempt.state, attempt.settles, attempt.way) == (FEE, AttemptState.SENT, False, Way.TRANSFER)
    assert (attempt.opened_by, attempt.link) == (money.waiting.submitter, None) and attempt.reference != FORBIDDEN["reference"]
    payer.post(f"/ho-so/{code}/tra-phi/nho-tra/", {**FORBIDDEN, "token": "a" * 25, "obligation": money.paid.obligation_id})
    assert PayLink.objects.latest("pk").obligation_id == money.waiting.obligation.pk
    accountant = browse(money.desk.accountant)
    facts = {**FORBIDDEN, "amount": "1000", "reason": "other", "way": "gateway", "note": "Thu thừa."}
    other = settlement.settle(money.desk.paying().reference, cause="ipn")
    accountant.post(go("propose", other.reference), facts)
    refund = other.refunds.get()
    assert (refund.amount, refund.state, refund.approved_by) == (1000, RefundState.REQUESTED, None)
    assert refund.requested_by == money.desk.accountant and refund.request_id != "F1"
    accountant.post(go("credit_step", money.credit.pk, "xin-tra"), {**FORBIDDEN, "xin-note": "Lạ.", "resolved_by": "1"})
    money.credit.refresh_from_db()
    assert (money.credit.state, money.credit.resolved_by, money.credit.amount) == ("returning", None, FEE)


@pytest.mark.parametrize("amount", ["0", "-1", "200001", "1e5", "1.5", "0x10", "²", "9" * 30, "", "\x00"])
def test_a_refund_of_another_sum_is_not_proposed(money, amount):
    other = settlement.settle(money.desk.paying().reference, cause="ipn")
    answer = shielded(money.desk.accountant).post(go("propose", other.reference), {**FILLED, "amount": amount})
    assert answer.status_code == 422 and not other.refunds.exists()


@pytest.mark.parametrize(("amount", "read"), [("100.000", 100_000), ("1 000", 1_000)])
def test_a_sum_of_a_refund_is_read_as_everywhere(money, amount, read):
    other = settlement.settle(money.desk.paying().reference, cause="ipn")
    shielded(money.desk.accountant).post(go("propose", other.reference), {**FILLED, "amount": amount})
    assert other.refunds.get().amount == read
