"""The payment API: the same permissions and texts as the pages, errors as HTTP statuses, no data of others."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from accounts.models import AccessLog, Mandate
from dossiers import workflow
from payments.attempts import links, settlement, ways
from payments.gateways import vietqr
from payments.models import GatewayQuestion, PaymentAttempt, PaymentComplaint, Way
from payments.models.states import AttemptState
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock
from tests import factories
from tests.dossiers.pages import browse, refused
from tests.payments.gateway import PAID, UNFINISHED

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
GATEWAY = {"way": "vnpay", "bank_choice": "VNPAYQR"}


def address(dossier, tail=""):
    return f"/api/v1/dossiers/{dossier.code}/payment/{tail}"


@pytest.fixture
def waiting(money_desk):
    return money_desk.waiting()


@pytest.fixture
def client(waiting):
    """An API client of the submitter."""
    return browse(waiting.submitter)


def told(client, dossier):
    answer = client.get(address(dossier))
    assert answer.status_code == 200, answer.content
    return answer.json()


def begin(client, dossier, **sent):
    return client.post(address(dossier, "attempts/"), sent or GATEWAY, **JSON)


def claim(client, dossier, reference):
    return client.post(address(dossier, "claim/"), {"reference": reference}, **JSON)


# ---------------------------------------------------------------- what is told
def test_what_is_owed_is_told_line_by_line_with_its_law_and_how_to_pay_it_now(client, waiting):
    found = told(client, waiting)
    assert (found["dossier"], found["status"], found["total"], found["settled_amount"]) == (waiting.code, "due", 200_000, 0)
    line = found["lines"][0]
    frozen = waiting.obligation.lines.get()
    assert (line["amount"], line["quantity"], line["legal_ref"]) == (200_000, 1, frozen.legal_ref) and frozen.legal_ref
    assert line["refundable_on"] == frozen.refundable_on
    assert [(way["way"], way["bank_choice"]) for way in found["ways"]] == [
        ("vnpay", "VNPAYQR"), ("transfer", ""), ("vnpay", "VNBANK"), ("vnpay", "INTCARD"),
    ]  # fmt: skip
    assert dt.datetime.fromisoformat(found["pay_until"]) == waiting.payment_due_at
    assert found["collector"] == {"code": waiting.lead_agency.code, "name": waiting.lead_agency.name}
    assert found["money_taken"] is None and found["sentence"] == "Trả phí 200.000\N{NO-BREAK SPACE}đồng"
    assert "Quá hạn mà chưa trả thì hồ sơ dừng lại" in found["next_step"]
    assert found["attempts"] == found["receipts"] == found["refunds"] == []


def test_an_attempt_on_its_way_says_that_nobody_knows_yet(client, waiting):
    reference = begin(client, waiting).json()["reference"]
    found = told(client, waiting)
    (attempt,) = found["attempts"]
    assert (attempt["reference"], attempt["state"], attempt["money_taken"]) == (reference, "sent", "checking")
    assert found["money_taken"] == "checking" and found["sentence"] == "Ngân hàng chưa báo đã nhận tiền."
    assert "Máy tự hỏi lại ngân hàng." in found["next_step"]


@pytest.mark.slow
def test_paid_money_is_told_with_its_receipt_and_the_code_to_check_it(client, waiting, money_desk, run_followups):
    settlement.settle(money_desk.paying(dossier=waiting).reference, cause="ipn")
    before = told(client, waiting)["receipts"][0]
    assert before["state"] == "valid" and (before["verification_code"], before["file"]) == ("", "")
    run_followups()
    found = told(client, waiting)
    assert (found["status"], found["settled_amount"], found["money_taken"], found["ways"]) == ("paid", 200_000, "yes", [])
    assert found["sentence"].startswith("Nhận được lúc")
    (receipt,) = found["receipts"]
    assert receipt["number"] == before["number"] and receipt["amount"] == 200_000
    assert browse().get(f"/kiem-tra/{receipt['verification_code']}/").status_code == 200
    assert client.get(receipt["file"]).status_code == 200


def test_cash_at_the_counter_is_told_as_paid(client, waiting, money_desk):
    workflow.advance(waiting, "paid", actor=money_desk.clerk, amount=200_000)
    found = told(client, waiting)
    assert (found["status"], found["money_taken"]) == ("paid_at_counter", "yes")
    assert "Nộp tại quầy lúc" in found["sentence"] and found["attempts"][0]["way"] == "counter"


def test_money_that_goes_back_is_told_with_where_it_stands(client, waiting, money_desk):
    attempt = settlement.settle(money_desk.paying(dossier=waiting).reference, cause="ipn")
    refund = approval.propose(attempt, "other", amount=50_000, actor=money_desk.accountant, note="Thu thừa.")
    (row,) = told(client, waiting)["refunds"]
    assert (row["number"], row["attempt"], row["amount"]) == (refund.request_id, attempt.reference, 50_000)
    assert row["state"] == "requested" and "Đang chờ duyệt hoàn 50.000" in row["sentence"]
    approval.approve(refund, money_desk.second_accountant)
    found = told(client, waiting)
    assert (found["status"], found["settled_amount"], found["refunds"][0]["state"]) == ("part_refunded", 150_000, "approved")
    assert [receipt["state"] for receipt in found["receipts"]] == ["replaced", "valid"]


def test_a_transfer_of_another_sum_is_told_as_taken_and_looked_at(client, waiting, money_desk):
    attempt = money_desk.paying(Way.TRANSFER, dossier=waiting)
    matching.receive(attempt.point, "FT1", 150_000, attempt.reference, clock.now())
    found = told(client, waiting)
    assert (found["money_taken"], found["attempts"][0]["money_taken"]) == ("yes", "yes")
    assert "còn thiếu 50.000" in found["sentence"] and "Đừng chuyển thêm" in found["next_step"]


def test_while_money_is_in_doubt_no_way_is_open(client, waiting, money_desk):
    attempt = money_desk.paying(dossier=waiting)
    settlement.record_outcome(attempt.reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False)
    found = told(client, waiting)
    assert (found["money_taken"], found["ways"]) == ("checking", []) and "Đừng trả thêm" in found["next_step"]
    assert begin(client, waiting).status_code == 409


def test_a_dossier_that_owes_nothing_says_so(desk):
    dossier = desk.submitted()
    found = told(browse(dossier.submitter), dossier)
    assert (found["status"], found["lines"], found["ways"]) == ("none", [], [])
    assert found["sentence"] == "Hồ sơ này không phải trả phí."
    assert begin(browse(dossier.submitter), dossier).status_code == 409


def test_nothing_of_other_people_is_told(client, waiting, money_desk):
    link = links.make(waiting, waiting.submitter)
    helped = money_desk.paying(dossier=waiting, link=link)
    settlement.settle(helped.reference, cause="ipn")
    approval.propose(helped, "other", actor=money_desk.accountant, note="x")
    answer = client.get(address(waiting)).content.decode()
    assert '"by_link":true' in answer and link.token not in answer
    people = [waiting.submitter.full_name, waiting.subject_name, money_desk.accountant.full_name, waiting.submitter.username]
    assert not [name for name in people if name in answer]


# ---------------------------------------------------------------- beginning
@pytest.mark.parametrize("bank", ["VNPAYQR", "VNBANK", "INTCARD"])
def test_through_the_gateway_the_answer_is_its_address(client, waiting, settings, bank):
    answer = begin(client, waiting, way="vnpay", bank_choice=bank)
    attempt = PaymentAttempt.objects.get()
    assert answer.status_code == 201 and answer.json()["reference"] == attempt.reference
    url = answer.json()["pay_url"]
    assert url.startswith(f"{settings.VNPAY_PAY_URL}?") and f"vnp_TxnRef={attempt.reference}" in url
    assert f"vnp_BankCode={bank}" in url and "vnp_Amount=20000000" in url and answer.json()["transfer"] is None
    assert dt.datetime.fromisoformat(answer.json()["expires_at"]) == attempt.expires_at
    assert (attempt.state, attempt.opened_by) == (AttemptState.SENT, waiting.submitter)
    assert GatewayQuestion.objects.filter(attempt=attempt).count() == 1


def test_for_a_transfer_the_answer_is_account_sum_words_and_code(client, waiting):
    answer = begin(client, waiting, way="transfer").json()
    attempt = PaymentAttempt.objects.select_related("point").get()
    assert answer["pay_url"] == ""
    assert answer["transfer"] == {
        "bank": attempt.point.bank_name, "bank_bin": attempt.point.bank_bin, "account": attempt.point.account_number,
        "account_name": attempt.point.account_name, "amount": 200_000, "content": vietqr.purpose_of(attempt),
        "vietqr": vietqr.payload_of(attempt),
    }  # fmt: skip


def test_the_same_way_again_is_the_same_attempt_also_when_the_page_began_it(client, waiting):
    client.post(f"/ho-so/{waiting.code}/tra-phi/", {"cach": "ung-dung"})
    first, second = begin(client, waiting), begin(client, waiting)
    assert first.status_code == second.status_code == 200
    assert first.json()["reference"] == second.json()["reference"] == PaymentAttempt.objects.get().reference


def test_another_way_gives_the_first_one_up(client, waiting):
    assert begin(client, waiting).status_code == begin(client, waiting, way="transfer").status_code == 201
    states = PaymentAttempt.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [AttemptState.CANCELLED, AttemptState.SENT]


@pytest.mark.parametrize(
    "sent",
    [
        {"way": "counter"}, {"way": "vnpay"}, {"way": "vnpay", "bank_choice": "NCB"}, {"way": ""}, {"bank_choice": "VNBANK"},
        {"way": "transfer", "bank_choice": "VNBANK"}, {"way": ["vnpay"]}, {"way": None}, {"way": {"x": 1}, "bank_choice": 7},
    ],
)  # fmt: skip
def test_a_way_there_is_not_is_refused_with_what_is_wrong(client, waiting, sent):
    answer = client.post(address(waiting, "attempts/"), sent, **JSON)
    assert answer.status_code == 400 and set(refused(answer)) & {"#/way", "#/bank_choice"}, answer.content
    assert not PaymentAttempt.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "[]", "1", "null", '"x"', "{", "\udcff", '{"way": "vnpay", "bank_choice": "VNBANK"', "[" * 5000]
)
def test_what_is_no_json_object_is_refused(client, waiting, body):
    for tail in ("attempts/", "claim/"):
        answer = client.post(address(waiting, tail), body.encode("utf-8", "surrogateescape"), **JSON)
        assert answer.status_code == 400, (tail, answer.status_code)
    assert client.post(address(waiting, "attempts/"), GATEWAY).status_code == 415  # a form of another site


def test_more_than_a_form_of_ours_is_not_read(client, waiting, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    for length, status in ((900, 201), (1001, 400)):
        body = '{"way": "transfer"' + " " * (length - 19) + "}"
        assert client.post(address(waiting, "attempts/"), body, **JSON).status_code == status


def test_what_may_not_be_paid_now_is_refused_with_the_sentence(client, waiting, money_desk):
    settlement.settle(money_desk.paying(dossier=waiting).reference, cause="ipn")
    answer = begin(client, waiting)
    assert answer.status_code == 409 and answer.json()["detail"] == "Bây giờ không có khoản nào phải trả theo cách này."


def test_nobody_begins_to_pay_all_day_long(client, waiting, monkeypatch):
    monkeypatch.setattr(ways, "MAX_PER_HOUR", 2)
    answers = [begin(client, waiting, **sent) for sent in (GATEWAY, {"way": "transfer"}, GATEWAY)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert "quá nhiều lần" in answers[-1].json()["detail"] and PaymentAttempt.objects.count() == 2


@pytest.mark.parametrize("name", ["amount", "state", "reference", "opened_by", "link", "expires_at", "settles", "collector"])
def test_what_the_house_decides_is_refused_in_a_request(client, waiting, name):
    answer = begin(client, waiting, **GATEWAY, **{name: "1"})
    assert answer.status_code == 400 and not PaymentAttempt.objects.exists()
    assert answer.json()["errors"] == [{"detail": "Không có trường này.", "code": "invalid", "pointer": f"#/{name}"}]


def test_what_the_house_decides_is_decided_by_it(client, waiting):
    assert begin(client, waiting, **GATEWAY).status_code == 201
    attempt = PaymentAttempt.objects.get()
    assert (attempt.amount, attempt.state, attempt.settles) == (200_000, AttemptState.SENT, False)
    assert (attempt.opened_by, attempt.link, attempt.collector) == (waiting.submitter, None, waiting.lead_agency)
    assert len(attempt.reference) == 17 and attempt.expires_at < clock.now() + dt.timedelta(minutes=16)


# ---------------------------------------------------------------- «Tôi đã trả tiền»
def test_money_that_came_settles_while_the_program_waits(client, waiting, money_desk, gateway):
    attempt = money_desk.paying(dossier=waiting)
    gateway.says(PAID)
    answer = claim(client, waiting, attempt.reference)
    assert answer.status_code == 200 and answer.json()["looked_after"] is False
    assert (answer.json()["attempt"]["state"], answer.json()["attempt"]["money_taken"]) == ("paid", "yes")
    assert gateway.asked == [attempt.reference]
    assert claim(client, waiting, attempt.reference).json()["looked_after"] is False and len(gateway.asked) == 1


def test_what_the_gateway_cannot_settle_a_person_looks_into(client, waiting, money_desk, gateway):
    attempt = money_desk.paying(dossier=waiting)
    gateway.says(UNFINISHED)
    answers = [claim(client, waiting, attempt.reference).json() for _again in range(3)]
    assert {answer["looked_after"] for answer in answers} == {True} and answers[0]["attempt"]["money_taken"] == "checking"
    ticket = PaymentComplaint.objects.get()
    assert (ticket.attempt, ticket.opened_by) == (attempt, waiting.submitter) and ticket.owner
    assert len(gateway.asked) == 1


def test_only_an_attempt_of_this_dossier_is_claimed(client, waiting, money_desk, gateway):
    other, cash = money_desk.paying(), money_desk.waiting(submitter=waiting.submitter)
    workflow.advance(cash, "paid", actor=money_desk.clerk, amount=200_000)
    wrong = [other.reference, cash.obligation.attempts.get().reference, "P261121083000A7K3", "x", "²" * 17]
    for reference in wrong:
        for dossier in (waiting, cash):
            assert claim(client, dossier, reference).status_code == 404, reference
    for sent in ({}, {"reference": ""}, {"reference": "x" * 18}, {"reference": None}, {"reference": "a\0b"}):
        assert client.post(address(waiting, "claim/"), sent, **JSON).status_code == 400, sent
    assert not gateway.asked and not PaymentComplaint.objects.exists()


def test_the_gateway_is_asked_outside_any_transaction():
    from payments.api.urls import urlpatterns

    apart = {pattern.name for pattern in urlpatterns if getattr(pattern.callback, "_non_atomic_requests", None)}
    assert apart == {"api_payment_claim"}


# ---------------------------------------------------------------- whose it is
def test_for_staff_and_strangers_there_is_nothing_here(waiting, money_desk):
    reference = money_desk.paying(dossier=waiting).reference
    others = [
        money_desk.clerk, money_desk.officer, money_desk.head, money_desk.accountant, factories.citizen(),
        factories.user(accountant="H18.X005.CA"), factories.user(inspector="H18"),
    ]  # fmt: skip
    for other in others:
        there = browse(other)
        answers = [there.get(address(waiting)), begin(there, waiting), claim(there, waiting, reference)]
        assert [answer.status_code for answer in answers] == [404] * 3, other
    assert PaymentAttempt.objects.count() == 1 and not PaymentComplaint.objects.exists()


def test_without_a_login_and_without_a_token_nothing_happens(waiting):
    passer_by = Client()
    assert passer_by.get(address(waiting)).status_code in (401, 403)
    assert begin(passer_by, waiting).status_code in (401, 403) and claim(passer_by, waiting, "x").status_code in (401, 403)
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(waiting.submitter)
    assert forged.get(address(waiting)).status_code == 200
    assert begin(forged, waiting).status_code == claim(forged, waiting, "x").status_code == 403
    assert not PaymentAttempt.objects.exists()


def test_who_has_a_mandate_pays_until_it_is_revoked(money_desk):
    helper, parent = factories.citizen(), factories.person()
    mandate = Mandate.objects.create(agent=helper, person=parent, basis="written_authority")
    dossier = money_desk.waiting(submitter=helper, person=parent, mandate=mandate)
    assert begin(browse(helper), dossier).status_code == 201
    assert AccessLog.objects.count() == 0
    Mandate.objects.filter(pk=mandate.pk).update(revoked_at=clock.now())
    answers = [browse(helper).get(address(dossier)), begin(browse(helper), dossier)]
    assert [answer.status_code for answer in answers] == [404, 404]


# ---------------------------------------------------------------- weight, words, addresses
def test_many_attempts_are_asked_for_as_often_as_one(client, waiting, money_desk):
    money_desk.paying(dossier=waiting)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            told(client, waiting)
        counts.append(len(queries))
        for way in ("transfer", "vnpay") * 3:
            money_desk.paying(way, dossier=waiting)
    assert counts[0] == counts[1] <= 22, counts


def test_beginning_costs_few_questions(client, waiting):
    with CaptureQueriesContext(connection) as queries:
        assert begin(client, waiting).status_code == 201
    assert len(queries) <= 40


def test_the_schema_describes_it(client):
    found = client.get("/api/v1/schema/?format=json").json()
    payment = "/api/v1/dossiers/{code}/payment/"
    assert set(found["paths"][payment]) == {"get"}
    assert set(found["paths"][f"{payment}attempts/"]["post"]["responses"]) > {"200", "201", "400", "404", "409"}
    assert set(found["paths"][f"{payment}claim/"]["post"]["responses"]) > {"200", "400", "404"}
    assert {"lines", "ways", "attempts", "receipts", "refunds", "money_taken"} <= set(
        found["components"]["schemas"]["Payment"]["properties"]
    )


def test_the_call_of_the_gateway_has_one_address_and_no_language(client):
    assert reverse("payment_ipn") == "/thanh-toan/vnpay/ipn"
    assert client.get("/thanh-toan/vnpay/ipn").json()["RspCode"] == "97"
    assert client.get("/en/thanh-toan/vnpay/ipn").status_code == 404
    assert client.get("/en/thanh-toan/ket-qua").status_code == 200  # whoever reads English comes back to English
    with pytest.raises(NoReverseMatch):
        reverse("payments:ipn")
