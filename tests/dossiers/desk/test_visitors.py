"""What a clerk does for somebody without an account after filing: supplement, withdrawal, confirmation; and who decides then."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.messages.models import Message
from accounts.messages.sending import send_email
from dossiers import permissions, workflow
from dossiers.files.checking import Checked
from dossiers.messages import Reach, reach_of
from dossiers.models import Dossier
from dossiers.states import DossierState
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import history
from payments.models import PayLink
from payments.refunds import approval
from tests import factories, world
from tests.dossiers.files.makers import pdf
from tests.dossiers.pages import browse, upload, words

pytestmark = pytest.mark.django_db
SINGLE, BODY, LEAD, FIELD = "1.004873", "H18.X004.HC", "H18.X004", "req_full_name"
ITEMS = [{"target": "field", "key": FIELD, "label": "Họ và tên", "reason": "Ghi đúng như trên căn cước."}]


@pytest.fixture
def desk(db):
    return factories.Desk(BODY, LEAD)


def scans():
    scan = pdf()
    return [Checked("don.pdf", "application/pdf", scan, 1, scan, "application/pdf")]


def taken_in(desk, **facts):
    """A dossier of somebody without an account, filed by the clerk."""
    answers = {**world.local_answers("to_khai_xntthn"), "req_relation": "ban_than"}
    draft = desk.draft(code=SINGLE, answers=answers, asked={"xin_cap_lai": "khong"})
    Dossier.objects.filter(pk=draft.pk).update(
        **{"channel": "direct", "submitter": None, "person": factories.person(email=""), "entered_by": desk.clerk, **facts}
    )
    factories.attachment(draft, "to-khai-da-ky")
    return workflow.submit(Dossier.objects.get(pk=draft.pk), actor=desk.clerk)


def asked(desk, **facts):
    return workflow.advance(taken_in(desk, **facts), "ask_supplement", actor=desk.clerk, items=ITEMS)


def page(dossier, slug):
    return f"/can-bo/ho-so/{dossier.code}/{slug}/"


# ---------------------------------------------------------------- supplement
def test_a_clerk_enters_the_supplement_with_the_signed_paper(desk):
    dossier, client = asked(desk), browse(desk.clerk)
    assert "Nhận bổ sung" in words(client.get(f"/can-bo/ho-so/{dossier.code}/"))
    client.post(page(dossier, "bo-sung-tai-quay"), {FIELD: "Lò Thị Én", "viec": "luu"})
    assert Dossier.objects.get().state == DossierState.SUPPLEMENT_REQUIRED
    unsigned = client.post(page(dossier, "bo-sung-tai-quay"), {FIELD: "Lò Thị Én", "viec": "nop"})
    assert unsigned.status_code == 422 and "Bản quét giấy người dân đã ký" in words(unsigned)
    client.post(page(dossier, "bo-sung-tai-quay"), {FIELD: "Lò Thị Én", "viec": "nop", "signed": upload("ky.pdf", pdf())})
    dossier = Dossier.objects.get()
    assert dossier.state == DossierState.SUBMITTED and dossier.answers[FIELD] == "Lò Thị Én"
    event = dossier.events.last()
    assert event.step == "resubmit" and event.actor == desk.clerk and event.signed_papers.count() == 1
    assert history.problems(dossier) == []
    again = client.post(page(dossier, "bo-sung-tai-quay"), {FIELD: "Khác", "viec": "nop", "signed": upload("ky.pdf", pdf())})
    assert again.status_code == 302 and Dossier.objects.get().answers[FIELD] == "Lò Thị Én"


def test_an_unknown_button_and_a_wrong_answer_send_nothing(desk):
    dossier, client = asked(desk), browse(desk.clerk)
    send = {FIELD: "", "signed": upload("ky.pdf", pdf())}
    assert client.post(page(dossier, "bo-sung-tai-quay"), {**send, "viec": "xoa-het"}).status_code == 404
    assert client.post(page(dossier, "bo-sung-tai-quay"), {**send, "viec": "nop"}).status_code == 422
    assert Dossier.objects.get().state == DossierState.SUPPLEMENT_REQUIRED


# ---------------------------------------------------------------- withdrawal, confirmation
def test_a_withdrawal_on_paper_stops_at_once_before_acceptance(desk):
    dossier, client = taken_in(desk), browse(desk.clerk)
    seen = dossier.events.last().sequence
    assert client.post(page(dossier, "rut-tai-quay"), {"seen": seen, "note": "Thôi."}).status_code == 422
    refused = client.post(page(dossier, "rut-tai-quay"), {"seen": seen, "signed": upload("don.pdf", b"nothing")})
    assert refused.status_code == 422 and "don.pdf" in words(refused)
    client.post(page(dossier, "rut-tai-quay"), {"seen": seen, "note": "Thôi.", "signed": upload("don.pdf", pdf())})
    dossier = Dossier.objects.get()
    assert dossier.state == DossierState.STOPPED and dossier.events.get(step="withdraw").signed_papers.count() == 1


def test_the_answer_to_the_question_of_the_office_is_entered_with_the_signed_paper(desk):
    dossier = workflow.advance(workflow.advance(taken_in(desk), "accept", actor=desk.clerk), "transfer", actor=desk.clerk)
    dossier.step_runs.filter(state="open").update(kind="applicant_confirm")
    dossier = workflow.advance(dossier, "ask_confirmation", actor=desk.officer, question="Tên trên bản nháp đúng chưa?")
    client, address, seen = browse(desk.clerk), page(dossier, "tra-loi-tai-quay"), dossier.events.last().sequence
    assert "Ghi người nộp trả lời" in words(client.get(f"/can-bo/ho-so/{dossier.code}/"))
    good = {"seen": seen, "choice": "sai", "note": "Tên đệm là Thị."}
    for wrong in ({"choice": "dung"}, {"choice": "khac"}, {"note": ""}, {"choice": ""}):
        scan = {} if wrong == {"choice": "dung"} else {"signed": upload("ky.pdf", pdf())}  # the first one without the paper
        assert client.post(address, good | wrong | scan).status_code == 422, wrong
    for user in (desk.officer, desk.head, factories.user(receiving_clerk="H18.X004.CA")):
        assert browse(user).post(address, good | {"signed": upload("ky.pdf", pdf())}).status_code in (403, 404)
    for _n in range(2):  # pressed twice
        client.post(address, good | {"signed": upload("ky.pdf", pdf())})
    event = Dossier.objects.get().events.get(step="confirm")
    assert event.actor == desk.clerk and event.text.note == "Chưa đúng: Tên đệm là Thị." and event.signed_papers.count() == 1
    assert history.problems(Dossier.objects.get()) == []


@pytest.mark.parametrize("step", ["resubmit", "withdraw"])
@pytest.mark.parametrize("who", ["clerk of another body", "officer", "head"])
def test_nobody_but_the_receiving_clerk_acts_for_a_visitor(desk, step, who):
    dossier = asked(desk)
    request = dossier.supplements.last()
    request.edits = {"answers": {FIELD: "Lò Thị Én"}}
    request.save(update_fields=["edits"])
    user = {"officer": desk.officer, "head": desk.head}.get(who) or factories.user(receiving_clerk="H18.X004.CA")
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, step, actor=user, signed=scans())
    with pytest.raises(DetailsMissing):
        workflow.advance(dossier, step, actor=desk.clerk)


def test_for_who_filed_online_no_clerk_acts(desk):
    answers = {**world.local_answers("to_khai_xntthn"), "req_relation": "ban_than"}
    dossier = desk.submitted(code=SINGLE, answers=answers, asked={"xin_cap_lai": "khong"})
    dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=ITEMS)
    assert browse(desk.clerk).get(page(dossier, "bo-sung-tai-quay")).status_code == 403
    assert "Ghi đơn xin rút" not in words(browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/"))
    with pytest.raises(PermissionDenied):
        workflow.withdraw(dossier, actor=desk.clerk, signed=scans())


def test_the_owner_of_an_account_still_answers_online_without_paper(desk):
    citizen = factories.citizen()
    dossier = asked(desk, person=citizen.person)
    request = dossier.supplements.last()
    request.edits = {"answers": {FIELD: "Lò Thị Én"}}
    request.save(update_fields=["edits"])
    assert workflow.advance(dossier, "resubmit", actor=citizen).state == DossierState.SUBMITTED


def test_a_signed_paper_that_does_not_fit_its_event_is_found(desk):
    dossier = workflow.withdraw(taken_in(desk), actor=desk.clerk, signed=scans())
    event = dossier.events.get(step="withdraw")
    assert event.text.details["signed"] and history.problems(dossier) == []
    factories.attachment(dossier, "giay-da-ky", signed_for=event)  # a paper that nobody signed for it
    assert [problem for problem in history.problems(dossier) if "signed for it" in problem]


# ---------------------------------------------------------------- who decides
def test_who_entered_it_approves_no_second_request(desk):
    both = factories.user(full_name="Lò Thị Hoa", receiving_clerk=BODY, head=BODY)
    dossier = _answered(desk, asked(desk, entered_by=desk.clerk), both)
    dossier = workflow.advance(dossier, "propose_supplement", actor=desk.clerk, items=ITEMS)
    assert permissions.entered_for(dossier, both) and permissions.is_head(dossier, both)
    assert not permissions.approves_supplement(dossier, both) and permissions.approves_supplement(dossier, desk.head)


def _answered(desk, dossier, clerk):
    request = dossier.supplements.last()
    request.edits = {"answers": {FIELD: "Lò Thị Én"}}
    request.save(update_fields=["edits"])
    return workflow.advance(dossier, "resubmit", actor=clerk, signed=scans())


def test_the_rule_and_its_query_agree(desk):
    dossier, other = taken_in(desk), factories.user(receiving_clerk=BODY)
    for user in (desk.clerk, other, desk.head):
        found = Dossier.objects.filter(permissions.entered_dossiers(user)).exists()
        assert found == permissions.entered_for(dossier, user) == (user == desk.clerk)


# ---------------------------------------------------------------- messages
def test_a_mail_goes_to_the_address_that_was_given_with_a_link_that_needs_no_account(desk, mailoutbox):
    dossier = taken_in(desk, subject_email="en@example.vn")
    row = Message.objects.get(recipient=None)
    assert (row.channel, row.address, row.link) == ("email", "en@example.vn", f"/tra-cuu/{dossier.secret}/")
    send_email(row)
    assert mailoutbox[0].to == ["en@example.vn"] and dossier.code in mailoutbox[0].body
    assert browse().get(row.link).status_code == 200


@pytest.mark.parametrize(
    ("facts", "reach", "said"),
    [
        ({"subject_email": "en@example.vn"}, Reach.MAIL, "cổng gửi thư điện tử"),
        ({"subject_phone": "+84912345678"}, Reach.PHONE, "gọi 0912"),
        ({}, Reach.NONE, "không báo được"),
    ],
)  # fmt: skip
def test_nothing_pretends_to_be_sent(desk, facts, reach, said):
    person = factories.person(email="", phone="")
    dossier = taken_in(desk, person=person, **facts)
    assert reach_of(dossier) == reach and Message.objects.filter(recipient=None).exists() == (reach == Reach.MAIL)
    assert said in words(browse(desk.clerk).get(page(dossier, "tiep-nhan")))


def test_no_text_for_a_visitor_sends_them_to_a_page_that_needs_an_account(desk):
    dossier = workflow.advance(taken_in(desk, subject_email="en@example.vn"), "accept", actor=desk.clerk)
    dossier = workflow.advance(dossier, "transfer", actor=desk.clerk)
    dossier = _answered(desk, workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=ITEMS), desk.clerk)
    workflow.withdraw(dossier, actor=desk.clerk, signed=scans())
    bodies = list(Message.objects.filter(recipient=None).values_list("body", flat=True))
    assert len(bodies) >= 5 and not [body for body in bodies if "Mở hồ sơ" in body or "tài khoản" in body]


def test_tracking_by_code_works_without_an_account(desk):
    dossier = taken_in(desk)
    found = browse().post("/tra-cuu/", {"ma": dossier.code, "ma-rieng": dossier.secret})
    assert dossier.code in words(found) and dossier.subject_name not in found.content.decode()


# ---------------------------------------------------------------- money
def taken_in_for_a_fee(money_desk):
    """A criminal record of somebody without an account, filed at the counter: its fee does not stop the reception."""
    draft = money_desk.draft()
    facts = {"channel": "direct", "submitter": None, "person": draft.submitter.person, "entered_by": money_desk.clerk}
    Dossier.objects.filter(pk=draft.pk).update(**facts)
    factories.attachment(draft, "to-khai-da-ky")
    return workflow.submit(Dossier.objects.get(pk=draft.pk), actor=money_desk.clerk)


def test_a_visitor_pays_by_a_code_on_the_clerks_screen(money_desk):
    dossier = taken_in_for_a_fee(money_desk)
    assert dossier.state == DossierState.SUBMITTED and dossier.obligation.total
    address, clerk = f"/ho-so/{dossier.code}/tra-phi/tai-quay/", browse(money_desk.clerk)
    assert 'class="qr' not in clerk.get(address).content.decode()
    page = clerk.post(address, follow=True)
    assert 'class="qr' in page.content.decode()
    assert browse().get(f"/tra-giup/{PayLink.objects.get().token}/").status_code == 200


def test_the_code_is_the_clerks_who_act_for_visitors_only(money_desk):
    online, taken = money_desk.waiting(), taken_in_for_a_fee(money_desk)
    assert browse(money_desk.clerk).get(f"/ho-so/{online.code}/tra-phi/tai-quay/").status_code == 404
    for other in (factories.user(receiving_clerk="H18.X005.CA"), factories.citizen(), money_desk.accountant, money_desk.officer):
        assert browse(other).post(f"/ho-so/{taken.code}/tra-phi/tai-quay/").status_code == 404
    assert not PayLink.objects.exists()


def test_who_entered_a_dossier_decides_no_refund_of_it(money_desk):
    both = factories.user(receiving_clerk="H18.Y14", accountant="H18.Z01")
    draft = money_desk.draft()
    facts = {"channel": "direct", "submitter": None, "person": draft.submitter.person, "entered_by": both}
    Dossier.objects.filter(pk=draft.pk).update(**facts)
    factories.attachment(draft, "to-khai-da-ky")
    dossier = workflow.submit(Dossier.objects.get(pk=draft.pk), actor=both)
    workflow.advance(dossier, "collect", actor=money_desk.clerk, amount=dossier.obligation.total)
    refund = approval.propose(dossier.obligation.attempts.get(), "other", actor=money_desk.accountant)
    assert (
        not approval.may_decide(refund, both)
        and refund not in approval.decidable_by(both)
        and both not in approval.deciders(refund)
    )
    assert approval.may_decide(refund, money_desk.second_accountant) and refund in approval.to_approve(
        money_desk.second_accountant
    )
