"""Pages of the steps: each step has one; conflicts name who was first; typed input is kept."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.messages.models import Message
from accounts.models import AccessLog, Membership
from accounts.roles import Role
from dossiers import invariants, permissions, workflow
from dossiers.desk import queues
from dossiers.desk.actions import STEP_PAGES
from dossiers.desk.forms.base import StepForm
from dossiers.desk.result_forms import DraftForm
from dossiers.files import storage
from dossiers.models import Dossier, FollowUp
from dossiers.papers import contexts
from dossiers.permissions import CITIZEN, NOTE_SHOWN_STEPS
from dossiers.states import DossierState
from dossiers.transitions import inputs
from portal.common import clock
from portal.common.outbox import OutboxState
from procedures.models import LocalFee
from tests import factories, world
from tests.dossiers.pages import browse
from tests.dossiers.papers.reading import text_of

WEDNESDAY = dt.datetime(2026, 11, 25, 9, 0, tzinfo=clock.LOCAL)


def lines(name):
    found = (getattr(Dossier, name)._django_fsm.get_transition(state) for state in DossierState)
    return [line for line in found if line]


def page(name, dossier):
    return reverse("desk:step", args=[dossier.code, STEP_PAGES[name].slug])


def take(user, dossier, name, **data):
    """Open the page of a step and submit its form."""
    client = Client()
    client.force_login(factories.fresh(user))
    shown = client.get(page(name, dossier))
    assert shown.status_code == 200, shown
    return client.post(page(name, dossier), {"seen": shown.context["seen"], **data})


def now(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def messages_of(response):
    """The messages of a response, as one text."""
    from django.contrib.messages import get_messages

    return " ".join(str(message) for message in get_messages(response.wsgi_request))


# ---------------------------------------------------------------- the table
def test_every_step_that_staff_may_take_has_a_page_and_no_page_is_for_nobody():
    by_staff = {name for name in workflow.step_names() if any(line.permission.roles - {CITIZEN} for line in lines(name))}
    assert set(STEP_PAGES) == by_staff - {"submit"}  # a clerk files on the pages of the counter
    slugs = [step.slug for step in STEP_PAGES.values()]
    assert len(set(slugs)) == len(slugs)
    assert all(slug.isascii() and slug == slug.lower() for slug in slugs)


def test_a_step_that_must_give_a_reason_asks_for_one(desk):
    for name, step in STEP_PAGES.items():
        if any(inputs.reason in line.custom["inputs"] for line in lines(name)):
            assert step.form.base_fields["note"].required, name


# ---------------------------------------------------------------- the way, page by page
def test_a_dossier_goes_its_whole_way_through_the_pages(desk, run_followups, signing_keys):
    with clock.at(WEDNESDAY):
        dossier = desk.submitted()
        answer = take(desk.clerk, dossier, "accept", note="Đủ giấy tờ.")
        assert answer.url == reverse("desk:dossier", args=[dossier.code])
        take(desk.clerk, dossier, "transfer")
        assert take(desk.officer, dossier, "hand_over", note="Đã tra cứu.").status_code == 422  # nothing is drafted
        assert draft(desk.officer, dossier).status_code == 302
        take(desk.officer, dossier, "hand_over", note="Đã tra cứu.")
        shown = client_of(desk.signer).get(page("approve", dossier)).context["review"].shown
        take(desk.signer, dossier, "approve", shown=shown)

    decision = now(dossier).decisions.get()
    printed = {line["label"]: line["text"] for line in decision.content["papers"][0]["lines"]}
    assert printed["Họ, chữ đệm và tên"] == "Nguyễn Hoàng Phượng Vỹ"
    assert printed["Ngày, tháng, năm sinh"] == "27/03/1990"
    assert printed["Nơi thường trú"].startswith("Số 5, tổ dân phố 3")
    assert [event.step for event in dossier.events.all()] == ["submit", "accept", "transfer", "hand_over", "approve"]


def draft(user, dossier, *, button="luu", **changed):
    """Open the page of the draft and send its form as it stands, but for `changed` ({name: text})."""
    client, address = client_of(user), reverse("desk:draft", args=[dossier.code])
    shown = client.get(address)
    assert shown.status_code == 200, shown
    form = shown.context["form"]
    typed = {line.name: line.text for sheet in form.sheets for line in sheet.lines if not line.fixed}
    typed |= {f"{sheet.key}.conclusion": sheet.conclusion for sheet in form.sheets}
    typed |= {choice.name: [sheet.key for sheet in choice.sheets if sheet.chosen] for choice in form.choices}
    return client.post(address, {"after": shown.context["after"], button: "1", **typed, **changed})


def client_of(user):
    client = Client()
    client.force_login(factories.fresh(user))
    return client


@pytest.mark.needs_pdf
def test_looking_at_the_print_decides_nothing(desk):
    dossier = desk.to_sign()
    answer = take(desk.signer, dossier, "refuse_substance", note="Không có đăng ký.", legal_ground="Điều 17", xem="1")
    assert answer["Content-Type"] == "application/pdf" and "Không có đăng ký." in text_of(answer.getvalue())
    assert now(dossier).decided_at is None


def test_an_empty_result_is_not_saved(desk):
    dossier = desk.processing()
    lines = [line.key for sheet in DraftForm(dossier, None).sheets for line in sheet.lines]
    answer = draft(desk.officer, dossier, **{f"confirmation.{key}": " " for key in lines})
    assert answer.status_code == 422 and "cần ít nhất một dòng nội dung" in answer.content.decode()
    assert not dossier.result_drafts.exists() and take(desk.officer, dossier, "hand_over").status_code == 422


def test_a_refusal_without_a_reason_keeps_the_page_and_says_what_is_missing(desk):
    dossier = desk.submitted()
    answer = take(desk.clerk, dossier, "refuse_receipt", note=" ")
    assert answer.status_code == 422 and now(dossier).state == DossierState.SUBMITTED
    answer = take(desk.clerk, dossier, "refuse_receipt", note="Hồ sơ thuộc Công an phường khác.")
    assert answer.status_code == 302 and now(dossier).state == DossierState.NOT_ACCEPTED


def test_ten_kilobytes_of_reason_and_hidden_characters_do_no_harm(desk):
    dossier = desk.submitted()
    assert take(desk.clerk, dossier, "refuse_receipt", note="a" * 10_000).status_code == 422
    take(desk.clerk, dossier, "refuse_receipt", note="Sai thẩm quyền\u202e, nộp lại\u0000 nơi khác\u200b.")
    assert now(dossier).events.last().text.note == "Sai thẩm quyền, nộp lại nơi khác."


# ---------------------------------------------------------------- supplements
def test_a_supplement_names_each_thing_with_its_reason(desk):
    dossier = desk.submitted()
    answer = take(desk.clerk, dossier, "ask_supplement", chon=["field:request_detail"], **{"ly-do:field:request_detail": ""})
    assert answer.status_code == 422 and "Ghi lý do" in answer.content.decode()

    reasons = {"ly-do:field:request_detail": "Ghi rõ nơi nhận giấy.", "ly-do:field:head_relation": "không chọn nên bỏ"}
    take(desk.clerk, dossier, "ask_supplement", chon=["field:request_detail", "field:there_is_no_such"], **reasons)

    request = now(dossier).supplements.get()
    assert [(item.key, item.reason) for item in request.items.all()] == [("request_detail", "Ghi rõ nơi nhận giấy.")]


def asked_with(desk, *reasons, submitter=None):
    """A dossier that is asked for a supplement once for each reason, of one applicant each."""
    for reason in reasons:
        dossier = desk.submitted(**({"submitter": submitter} if submitter else {}))
        take(desk.clerk, dossier, "ask_supplement", chon=["field:request_detail"], **{"ly-do:field:request_detail": reason})
        assert now(dossier).state == DossierState.SUPPLEMENT_REQUIRED


def test_reasons_used_for_several_people_are_offered_the_most_used_first(desk):
    asked_with(desk, *["Ghi rõ nơi nhận giấy."] * 2, *["Ghi rõ để làm gì."] * 3)
    dossier = desk.submitted()
    shown = client_of(desk.clerk).get(page("ask_supplement", dossier)).content.decode()
    assert shown.index('value="Ghi rõ để làm gì."') < shown.index('value="Ghi rõ nơi nhận giấy."')

    picked = {"mau:field:request_detail": "Ghi rõ để làm gì.", "ly-do:field:request_detail": "Viết cả tên ngân hàng."}
    take(desk.clerk, dossier, "ask_supplement", chon=["field:request_detail"], **picked)
    assert now(dossier).supplements.get().items.get().reason == "Ghi rõ để làm gì.\nViết cả tên ngân hàng."


def test_ready_reasons_have_no_personal_data_and_are_of_this_desk(desk):
    asked_with(desk, *["Gọi số 0912345678 để hỏi."] * 2, "Ông Nguyễn Văn Ba chưa ghi nơi nhận.")
    one = factories.citizen()
    asked_with(desk, *["Bà Hoa ghi rõ nơi nhận."] * 2, submitter=one)
    asked_with(factories.Desk("H18.X003.CA"), *["Của quầy khác."] * 2)
    dossier = desk.submitted()
    shown = client_of(desk.clerk).get(page("ask_supplement", dossier)).content.decode()
    assert "mau:field:request_detail" not in shown

    forged = {"mau:field:request_detail": "Câu không có trong danh sách.", "ly-do:field:request_detail": ""}
    assert take(desk.clerk, dossier, "ask_supplement", chon=["field:request_detail"], **forged).status_code == 422


ASKED = {"chon": ["field:request_detail"], "ly-do:field:request_detail": "Ghi rõ nơi nhận giấy.", "note": "Mong anh chị sửa sớm."}


@pytest.fixture
def late(desk):
    """A dossier whose requests for supplements a head must approve: accepted a week ago. The clerk has proposed one."""
    with clock.at(WEDNESDAY):
        dossier = desk.accepted()
    with clock.at(WEDNESDAY + dt.timedelta(days=7)):
        shown = client_of(desk.clerk).get(reverse("desk:dossier", args=[dossier.code])).content.decode()
        assert page("propose_supplement", dossier) in shown and page("ask_supplement", dossier) not in shown
        assert "cần trưởng bộ phận duyệt" in client_of(desk.clerk).get(page("propose_supplement", dossier)).content.decode()
        take(desk.clerk, dossier, "propose_supplement", **ASKED)
        yield now(dossier)


@pytest.mark.slow
def test_the_clerk_proposes_and_the_head_approves_word_by_word(desk, late):
    assert late.state == DossierState.ACCEPTED and late.open_proposal.actor == desk.clerk
    assert Message.objects.filter(recipient=desk.head, key=f"event:{late.open_proposal.pk}").exists()
    assert not Message.objects.filter(recipient=late.submitter, key=f"event:{late.open_proposal.pk}").exists()
    assert queues.dossiers_at_work(desk.head).filter(queues.actionable_by(desk.head), pk=late.pk).exists()
    assert "Đã trình yêu cầu bổ sung" not in browse(late.submitter).get(f"/ho-so/{late.code}/").content.decode()
    assert "Ghi rõ nơi nhận giấy." in client_of(desk.head).get(page("ask_supplement", late)).content.decode()
    take(desk.head, late, "ask_supplement", **ASKED | {"ly-do:field:request_detail": "Khác."})
    request = now(late).supplements.get()
    assert request.approved_by == desk.head and request.items.get().reason == "Ghi rõ nơi nhận giấy."
    assert request.event.text.note == "Mong anh chị sửa sớm." and request.event.text.details["proposed_by"] == str(desk.clerk)
    paper = contexts.context("supplement_request", now(late), request.event, number="1", verification_code="X")
    assert paper["clerk_name"] == str(desk.clerk) and str(desk.head) in paper["clerk_mark"]


def test_a_clerk_who_is_also_head_neither_sends_nor_declines_the_own_proposal(desk, late):
    Membership.objects.create(user=desk.clerk, agency=late.receiving_agency, role=Role.HEAD, valid_from="2025-07-01")
    both = factories.fresh(desk.clerk)
    assert permissions.is_head(late, both) and not permissions.approves_supplement(late, both)
    shown = client_of(both).get(reverse("desk:dossier", args=[late.code])).content.decode()
    for step in ("ask_supplement", "decline_supplement"):
        assert page(step, late) not in shown
        refused = client_of(both).post(page(step, late), {"note": "Không cần hỏi thêm nữa."})
        assert refused.status_code in (403, 409)
        with pytest.raises(PermissionDenied):
            workflow.advance(now(late), step, actor=both, note="" if step == "ask_supplement" else "Không cần hỏi thêm.")
    assert now(late).open_proposal and not now(late).supplements.exists()
    workflow.advance(now(late), "ask_supplement", actor=desk.head)
    assert now(late).supplements.get().approved_by == desk.head


@pytest.fixture
def counter(desk):
    """A desk with a procedure of level 3: 15.000 đồng, paid at the counter."""
    world.place("68.X123")
    LocalFee.objects.create(
        province_code="H18", procedure=world.procedure("1.004873"), fee_line_key="le_phi_ho_tich", amount=15_000
    )
    return factories.Desk("H18.X004.HC", lead="H18.X004")


def test_cash_at_the_counter_must_be_the_sum_owed(counter):
    single = {"answers": world.sample_answers("to_khai_xntthn"), "asked": {"xin_cap_lai": "khong"}}
    dossier = counter.submitted(code="1.004873", **single)
    assert take(counter.clerk, dossier, "collect", amount="mười nghìn").status_code == 422
    assert "bằng số phải trả" in take(counter.clerk, dossier, "collect", amount="10.000").content.decode()
    take(counter.clerk, dossier, "collect", amount="15.000 đồng")
    assert now(dossier).payment_status == "paid"


def test_a_fee_that_blocks_is_asked_for_then_paid_or_waived(desk):
    world.place("68.X123")
    stay = {"code": "1.004194", "answers": world.sample_answers("ct01"), "asked": {"case": "ca_nhan"}}
    dossiers = [desk.accepted(**stay), desk.accepted(**stay)]
    for dossier in dossiers:
        take(desk.officer, dossier, "charge")
        assert now(dossier).state == DossierState.PAYMENT_REQUIRED

    take(desk.clerk, dossiers[0], "paid", amount=str(dossiers[0].obligation.total))
    take(desk.clerk, dossiers[1], "waive", evidence="Giấy chứng nhận hộ nghèo số 12", note="Thuộc hộ nghèo.")

    assert [now(d).state for d in dossiers] == [DossierState.ACCEPTED] * 2
    assert [now(d).payment_status for d in dossiers] == ["paid", "waived"]


def test_the_applicant_is_asked_to_confirm(desk):
    dossier = desk.processing()
    dossier.step_runs.filter(state="open").update(kind="applicant_confirm")
    take(desk.officer, dossier, "ask_confirmation", question="Tên trên bản nháp đúng chưa?")
    assert now(dossier).waiting_on == "submitter"


def test_a_mere_notification_ends_at_the_desk(desk):
    dossier = desk.accepted()
    dossier.offering.no_result = True
    dossier.offering.save()
    take(desk.clerk, dossier, "note_received")
    assert now(dossier).state == DossierState.RETURNED


@pytest.mark.needs_pdf
def test_a_result_is_signed_for_at_the_counter_and_corrected_by_a_new_one(desk, run_followups, signing_keys):
    dossier = desk.approved(delivery_way="counter")
    run_followups()
    assert take(desk.clerk, dossier, "deliver", signed_for_by="").status_code == 422
    take(desk.clerk, dossier, "deliver", **factories.SIGNED)
    assert now(dossier).state == DossierState.RETURNED

    form = client_of(desk.signer).get(page("correct_result", dossier)).context["form"]
    typed = {line.name: line.text.replace("Vỹ", "Vĩ") for line in form.sheets[0].lines}
    take(desk.signer, dossier, "correct_result", action="replace", note="Sai tên trên giấy.", **typed)
    run_followups()
    old, new = dossier.papers.filter(kind="result")
    assert (old.state, new.state, old.replaced_by) == ("replaced", "valid", new)
    text = " ".join(text_of(storage.read_stored(new.storage_key)).split())
    assert "Nguyễn Hoàng Phượng Vĩ" in text and f"thay thế Xác nhận thông tin về cư trú số {old.number}" in text
    assert take(desk.signer, dossier, "correct_result", action="revoke", note="Cấp nhầm người.").status_code == 422  # no ground
    revoke = {"action": "revoke", "note": "Cấp nhầm người.", "legal_ground": "Điều 21 Nghị định 61/2018/NĐ-CP"}
    take(desk.signer, dossier, "correct_result", **revoke)
    new.refresh_from_db()
    assert new.state == "revoked" and "Cấp nhầm người." in new.state_reason
    run_followups()
    run_followups()
    decision = dossier.papers.get(kind="revocation")
    text = " ".join(text_of(storage.read_stored(decision.storage_key)).split())
    assert decision.signed_at and decision.published_at and new.number in text and "Cấp nhầm người." in text
    assert decision.number == dossier.decisions.last().number != new.number
    told = Message.objects.filter(recipient=dossier.submitter, channel="inbox").order_by("pk").last()
    assert told.subject.startswith("Kết quả bị thu hồi") and new.number in told.body
    timeline = client_of(dossier.submitter).get(reverse("dossiers:detail", args=[dossier.code])).content.decode()
    assert "Đã thu hồi kết quả" in timeline and timeline.count("Đã sửa kết quả bằng giấy mới") == 1
    assert client_of(desk.signer).get(page("correct_result", dossier)).status_code == 302  # nothing is left to correct
    assert list(invariants.violations()) == []


def test_the_page_says_what_keeps_a_step_from_being_taken(desk):
    dossier = desk.processing()
    page = client_of(desk.signer).get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert "Chưa làm được bước «Duyệt và ký»" in page and "Các bước trước chưa xong." in page


# ---------------------------------------------------------------- permissions and conflicts
@pytest.mark.parametrize("name", sorted(STEP_PAGES))
def test_nobody_outside_the_body_finds_any_step(desk, name):
    dossier = desk.submitted()
    for stranger in (factories.citizen(), dossier.submitter, factories.user(receiving_clerk="H18.X005.CA")):
        assert client_of(stranger).get(page(name, dossier)).status_code == 404


def test_a_step_of_somebody_elses_is_refused_and_not_offered(desk):
    dossier = desk.to_sign()
    client = client_of(desk.officer)
    assert client.get(page("approve", dossier)).status_code == 403
    assert client.post(page("approve", dossier), {"seen": "4", "title": "x", "ten": ["a"], "loi": ["b"]}).status_code == 403
    assert STEP_PAGES["approve"].slug not in client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert client.get(reverse("desk:step", args=[dossier.code, "khong-co"])).status_code == 404


def test_the_second_clerk_reads_who_was_quicker(desk):
    dossier = desk.submitted()
    colleague = factories.user(full_name="Vàng A Súa", receiving_clerk=desk.receiving_agency)
    late = client_of(colleague)
    seen = late.get(page("accept", dossier)).context["seen"]
    take(desk.clerk, dossier, "accept")

    answer = late.post(page("accept", dossier), {"seen": seen})

    assert answer.url == reverse("desk:dossier", args=[dossier.code])
    assert "Lò Thị Hoa" in messages_of(answer) and "tiếp nhận" in messages_of(answer)
    assert dossier.events.filter(step="accept").count() == 1


def test_a_double_click_hands_over_one_step_not_two(desk):
    dossier = desk.processing()
    client = client_of(desk.officer)
    factories.drafted(dossier, desk.officer)
    seen = client.get(page("hand_over", dossier)).context["seen"]
    for _click in range(2):
        client.post(page("hand_over", dossier), {"seen": seen})
    assert dossier.events.filter(step="hand_over").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_take_it_in_once(desk):
    dossier = desk.submitted()
    clerks = [desk.clerk, factories.user(receiving_clerk=desk.receiving_agency)]
    clients = [client_of(clerk) for clerk in clerks]
    seen = [client.get(page("accept", dossier)).context["seen"] for client in clients]
    barrier, answers = threading.Barrier(2), []

    def press(client, seen):
        barrier.wait()
        answers.append(client.post(page("accept", dossier), {"seen": seen}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=press, args=pair) for pair in zip(clients, seen, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302, 302]
    assert dossier.events.filter(step="accept").count() == 1


# ---------------------------------------------------------------- several at once: test_bulk.py
def test_no_other_step_can_be_taken_for_several(desk):
    dossier = desk.to_sign()
    answer = client_of(desk.signer).post(reverse("desk:together"), {"hs": [dossier.code], "buoc": "approve", "dong-y": "1"})
    assert answer.status_code == 404 and now(dossier).decided_at is None


# ---------------------------------------------------------------- the dossier's page
def test_each_opening_is_written_down_and_costs_a_fixed_number_of_queries(desk):
    dossier = desk.processing()
    factories.attachment(dossier, "1.1")  # which files were read is asked when there are some
    client = client_of(desk.officer)
    address = reverse("desk:dossier", args=[dossier.code])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        assert client.get(address).status_code == 200
    for _n in range(5):
        dossier = workflow.advance(dossier, "assign", actor=desk.head, holder=desk.officer)
        factories.attachment(dossier, "1.1")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few) <= 49
    log = AccessLog.objects.filter(actor=desk.officer, target=f"dossier:{dossier.pk}", action="view")
    assert log.count() == 3 and log.first().person == dossier.person
    client.get(reverse("desk:step", args=[dossier.code, STEP_PAGES["hand_over"].slug]))
    assert log.count() == 4  # the page of a step shows the dossier, too


def test_an_inspector_reads_without_papers(desk):
    dossier = desk.processing()
    factories.attachment(dossier, "1.1")
    response = client_of(factories.user(inspector="H18")).get(reverse("desk:dossier", args=[dossier.code]))
    page = response.content.decode()
    assert response.context["sheets"] == [] and "<iframe" not in page
    assert dossier.subject_id_number not in page and dossier.subject_phone not in page
    assert not response.context["main_steps"] and not response.context["other_steps"]


def test_failed_work_is_visible_and_can_be_asked_for_again(desk):
    dossier = desk.approved()
    row = FollowUp.objects.get(event__dossier=dossier, kind="issue")
    FollowUp.objects.filter(pk=row.pk).update(tries=7, due_state=OutboxState.DEAD, last_error="SigningKeyMissing: no key")
    address = reverse("desk:again", args=[dossier.code, "viec", row.pk])

    assert "Ký và cấp kết quả" in client_of(desk.clerk).get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert client_of(desk.officer).post(address).status_code == 403
    assert client_of(factories.user(receiving_clerk="H18.X005.CA")).post(address).status_code == 404
    client_of(desk.clerk).post(address)

    row.refresh_from_db()
    assert row.due_state == OutboxState.WAITING


def test_work_of_another_dossier_cannot_be_asked_for_here(desk):
    mine, other = desk.approved(), desk.approved()
    row = FollowUp.objects.get(event__dossier=other, kind="issue")
    assert client_of(desk.clerk).post(reverse("desk:again", args=[mine.code, "viec", row.pk])).status_code == 404
    assert client_of(desk.clerk).post(reverse("desk:again", args=[mine.code, "khac", row.pk])).status_code == 404


def test_the_office_sets_a_sum_the_rules_leave_open(desk):
    world.place("68.X123")
    dossier = desk.accepted(code="1.004194", answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})
    line = dossier.obligation.lines.get()
    dossier.obligation.lines.update(amount=None)
    type(dossier.obligation).objects.update(total=None, status="provisional")
    assert take(desk.officer, dossier, "set_fee", note="Theo biểu phí.", **{line.key: "bảy nghìn"}).status_code == 422
    assert take(desk.officer, dossier, "set_fee", note="", **{line.key: "7.000"}).status_code == 422

    take(desk.officer, dossier, "set_fee", note="Theo biểu phí của tỉnh.", **{line.key: "7.000 đồng"})

    obligation = now(dossier).obligation
    assert (obligation.total, obligation.status, obligation.lines.get().amount) == (7_000, "due", 7_000)
    told = Message.objects.filter(recipient=dossier.submitter, channel="inbox").first()
    assert told.subject.startswith("Đã biết số phí") and "7.000" in told.body


def test_the_form_of_a_step_says_truly_who_reads_its_note(desk):
    dossier = desk.submitted()
    said = {
        step: page.form(step=step, dossier=dossier, user=desk.clerk).fields["note"].help_text
        for step, page in STEP_PAGES.items()
        if page.form is StepForm
    }
    assert said
    for step, text in said.items():
        assert ("Người nộp đọc được" in text) == (step in NOTE_SHOWN_STEPS), step
