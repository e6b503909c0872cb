"""Security tests: one test for each kind of attack, on all entry points: pages, files, papers, API and admin.

Each test fails when its protection is removed.
"""

import importlib
import logging
import re
import unicodedata

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import get_resolver

from accounts.models import Mandate, User
from dossiers import workflow
from dossiers.desk.actions import STEP_OF, STEP_PAGES
from dossiers.files.checking import MAX_NAME_LENGTH
from dossiers.files.serving import file_response
from dossiers.files.storage import read_stored, store
from dossiers.models import Dossier
from dossiers.papers.models import OFFICE_PAPERS, IssuedPaper, PaperKind
from portal.common.logs import JsonFormatter
from portal.common.vietnamese import clean_text
from portal.launch.prove import LIKE_PRODUCTION
from procedures.models import LocalFee
from tests import factories, world
from tests.dossiers.files.makers import picture
from tests.dossiers.pages import browse, step_url, upload
from tests.dossiers.papers.reading import text_of

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}"
# Hostile texts: NUL, replacement character, SQL quotes, LIKE patterns, odd digits, huge numbers, decomposed letters (NFD).
IN_PARTS = unicodedata.normalize("NFD", "Đặng Thị Ếch")
ODD = ["\x00", "\ufffd", "' OR 1=1 --", "%_\\", "²", "9" * 5000, "-1", "x" * 10_000, IN_PARTS, "\U0001f46a", "\u202e\r\n"]


def shielded(user=None, **options):
    """A client that gets the error page (status 500) instead of the exception."""
    client = Client(raise_request_exception=False, **options)
    if user:
        client.force_login(user)
    return client


def paper(dossier, kind=PaperKind.ACKNOWLEDGEMENT, **facts):
    stored = store(b"%PDF-1.7 giay")
    return IssuedPaper.objects.create(
        dossier=dossier, event=dossier.events.last(), kind=kind, number="1", storage_key=stored.storage_key,
        sha256=stored.sha256, size=stored.size, **facts,
    )  # fmt: skip


def found_at_the_desk(user, text):
    """The results of a search at the desk."""
    return browse(user).post("/can-bo/", {"tu-khoa": text}, follow=True)


# ---------------------------------------------------------------- somebody else's
PAGES = [
    "detail",
    "submitted",
    "slip",
    "result",
    "withdraw",
    "again",
    "confirm",
    "supplement",
    "supplement_review",
    "papers_seen",
    "conversation",
    "letter_file",
]
DRAFT_PAGES = ["resume", "renew", "filled_form", "step", "autosave", "discard", "read_draft"]
PAYING = ["counter_qr", "pay", "problem", "transfer", "transfer_qr", "status", "claim", "share"]
DOORS = {
    **{f"dossiers:{name}": "filed" for name in PAGES},
    **{f"dossiers:{name}": "draft" for name in DRAFT_PAGES},
    **{f"payments:{name}": "filed" for name in PAYING},
    **{f"api_payment{name}": "filed" for name in ("", "_attempts", "_claim")},
    **{f"desk:{name}": "filed" for name in ("conversation", "note", "no_answer", "letter_file")},
    **{
        f"desk:{name}": "filed"
        for name in ("answer_supplement", "dossier", "again", "step", "draft", "paper", "attached", "product")
    },
    **{f"desk:{name}": "filed" for name in ("at_once", "presence")},
    **{f"desk:{name}": "filed" for name in ("originals", "give_back", "custody_sheet", "folder_label")},
    **{f"desk:{name}": "parcel" for name in ("parcel_label", "parcel_note", "parcel_ask", "parcel_cancel")},
    "desk:call": "call task",
    **{f"desk:{name}": "hand-over list" for name in ("handover", "handover_pdf")},
    **{f"desk:intake_{name}": "draft" for name in ("draft", "form", "discard")},
    **{f"papers:{name}": "paper" for name in ("download", "attached")},
    **{f"files:{name}": "file" for name in ("view", "original", "thumbnail")},
    **{f"api_supplement{name}": "filed" for name in ("", "_answers", "_files", "_file", "_send")},
    **{
        "api_dossier": "filed",
        "api_letters": "filed",
        "api_withdraw": "filed",
        "api_draft": "draft",
        "api_submit": "draft",
        "accounts:message": "message",
    },
    **{"evidence:proof": "filed", "api_proof": "filed"},
}
NOT_ONE_PERSONS = {  # URLs with parameters that belong to no user, or contain their own secret
    "dossiers:start", "dossiers:blank_form", "dossiers:track_link", "papers:verify_code", "procedure_detail",
    "procedures:procedure", "procedures:procedure_short", "procedures:life_event", "procedures:sector",
    "payments:help_pay", "payments:help_transfer", "payments:help_qr", "payments:help_status",
    "evidence:anchor", "evidence:time_token", "webhooks:endpoint",
    "payment_ipn", "payments:return",  # the key of a payment provider
    "parcel_notice",  # the key of a carrier
    # tests/procedures/offerings
    "offerings:desk", "offerings:below", "offerings:offerings", "offerings:offering", "offerings:many",
    "offerings:add", "offerings:end", "offerings:move", "offerings:amounts", "offerings:amounts_of", "offerings:withdraw_amount",
    "office:procedure", "office:start", "office:end", "office:draft", "office:preview",  # tests/procedures/office
    "office:autosave", "office:beside", "office:section",
    "office:examples", "office:example", "office:condition", "office:version_file",
    "office:form", "office:form_page", "office:form_condition", "office:form_field", "office:form_checks",
    "office:form_check_condition",
    "office:shipped", "office:file", "simulation:page", "simulation:walk", "simulation:walk_step",
    "accounts:password_link", "accounts:staff_ask",
    "desk:intake_applicant",  # of a body: tests/dossiers/desk/test_intake.py
    "desk:bulk", "desk:bulk_confirm", "desk:bulk_print",  # of the person who chose: tests/dossiers/desk/test_bulk.py
    "desk:holdings",  # of staff: tests/dossiers/desk/test_leaving.py
    "desk:cancel_absence",  # of staff: tests/dossiers/desk/test_who_works.py
    "desk:delete_list",  # filters without a person: tests/dossiers/desk/test_lists.py
    "desk:cancel_outage",  # of a body: tests/dossiers/workflow/test_outages.py
    "accounts:staff_people", "accounts:staff_end",  # of a body: tests/accounts/test_staff_pages.py
    "accounts:staff_request",  # of the administration: tests/accounts/test_staff_requests.py
}  # fmt: skip


def addresses_with_something_in_them(patterns=None, namespace=""):
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if getattr(pattern, "namespace", None) in ("admin", "accounting"):  # the books: tests/payments/test_money_attacks.py
            continue
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses_with_something_in_them(pattern.url_patterns, inner)
        elif pattern.pattern.converters:
            yield f"{namespace}{pattern.name}"


def addresses(dossier, draft):
    """All URLs of this dossier and this draft."""
    code, file, own = dossier.code, factories.attachment(dossier, "khac"), factories.attachment(draft, "khac")
    issued, message = paper(dossier), dossier.submitter.inbox.filter(channel="inbox").first()
    tails = ["", "giay-moi/", "da-nop/", "giay-hen/", "ket-qua/", "rut/", "nop-lai/", "xac-nhan/", "bo-sung/", "bo-sung/xem-lai/"]
    tails += ["bang-chung.json", "trao-doi/", "trao-doi/1/tep/1/"]
    paying = ["tai-quay/", "", "chua-xong/", "chuyen-khoan/", "qr.png", "tinh-trang/", "da-tra/", "nho-tra/"]
    steps = ["", "ban-moi/", "to-khai.pdf", "xem-lai/", "giay-to/", "nguoi_de_nghi/", "nguoi_de_nghi/tu-luu/"]
    event = dossier.events.first()
    parcel, handed, task = factories.parcel(dossier), factories.handover(dossier), factories.call_task(dossier)
    return [
        *(f"/ho-so/{code}/{tail}" for tail in tails),
        *(f"/nop/{draft.pk}/{step}" for step in steps),
        f"/ho-so/nhap/{draft.pk}/", f"/ho-so/nhap/{draft.pk}/xoa/", f"/can-bo/ho-so/{code}/", f"/can-bo/ho-so/{code}/tiep-nhan/",
        f"/can-bo/ho-so/{code}/bo-sung-tai-quay/",
        *(f"/can-bo/tiep-nhan-tai-quay/{draft.pk}/{tail}" for tail in ("", "to-khai.pdf", "bo/")),
        f"/can-bo/ho-so/{code}/lam-lai/viec/{event.followups.first().pk}/",
        *(f"/can-bo/ho-so/{code}/trao-doi/{tail}" for tail in ("", "ghi-chu/", "1/khong-can-tra-loi/", "1/tep/1/")),
        f"/api/v1/dossiers/{code}/letters/",
        *(f"/can-bo/ho-so/{code}/{page}/" for page in ("lam-nhanh", "dang-mo", "soan-ket-qua")),
        f"/can-bo/ho-so/{code}/buoc/1/tep/",
        *(f"/can-bo/ho-so/{code}/ban-in/{'0' * 64}/{tail}" for tail in ("x.pdf", "tep/x/")),
        f"/giay/{issued.pk}/x.pdf", f"/giay/{issued.pk}/x.pdf?xem", f"/giay/{issued.pk}/tep/x/",
        f"/giay-to/{file.pk}/", f"/giay-to/{own.pk}/?tai",
        f"/giay-to/{file.pk}/tep-goc/", f"/giay-to/{own.pk}/anh-nho/",
        *(f"/api/v1/dossiers/{code}/supplement/{tail}" for tail in ("", "answers/", "files/", f"files/{file.pk}/", "send/")),
        f"/api/v1/dossiers/{code}/", f"/api/v1/dossiers/{code}/withdraw/", f"/api/v1/drafts/{draft.pk}/submit/",
        f"/api/v1/drafts/{draft.pk}/",
        *(f"/can-bo/ho-so/{code}/{tail}" for tail in ("giay-to-goc/", "giay-to-goc/tra/", "giay-to-goc.pdf", "nhan-bia.pdf")),
        f"/can-bo/giay-to-goc/ban-giao/{handed.code}/", f"/can-bo/giay-to-goc/ban-giao/{handed.code}.pdf",
        f"/can-bo/buu-gui/{parcel.reference}/nhan-dan.pdf", f"/can-bo/buu-gui/{parcel.reference}/ghi-tin/",
        f"/can-bo/goi-dien/{task.pk}/",
        f"/tin-nhan/{message.pk}/", f"/api/v1/dossiers/{code}/proof/",
        *(f"/ho-so/{code}/tra-phi/{tail}" for tail in paying),
        *(f"/api/v1/dossiers/{code}/payment/{tail}" for tail in ("", "attempts/", "claim/")),
    ]  # fmt: skip


def former_clerk():
    """A clerk of this desk whose membership has ended."""
    left = factories.user(receiving_clerk="H18.X004.CA")
    left.memberships.update(valid_from="2025-07-01", valid_to="2026-01-01")
    return factories.fresh(left)


STRANGERS = {
    "another citizen": factories.citizen,
    "a clerk of another body": lambda: factories.user(receiving_clerk="H18.X005.CA"),
    "the head of another province": lambda: factories.user(head="H36.X001.CA"),
    "an inspector of another province": lambda: factories.user(inspector="H36.X001.CA"),
    "the hotline": lambda: factories.user(hotline="H18.X004.CA"),
    "a catalogue administrator": lambda: factories.user(catalogue_admin="H18.X004.CA"),
    "a clerk who left": former_clerk,
    "a system administrator": lambda: User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD),
}


@pytest.mark.slow
def test_somebody_elses_address_is_not_there_at_any_door(desk):
    dossier, draft = desk.submitted(), desk.draft()
    doors = addresses(dossier, draft)
    for who, make in STRANGERS.items():
        stranger = browse(make())
        for address in doors:
            sent = ({"declared": True}, JSON) if address.startswith("/api/") else ({"cam-doan": "1", "seen": "1"}, {})
            ways = (stranger.post, stranger.patch) if address.endswith("/answers/") else (stranger.post,)
            answers = {stranger.get(address).status_code, *(way(address, sent[0], **sent[1]).status_code for way in ways)}
            assert 404 in answers <= {404, 405}, (who, address)
    assert Dossier.objects.get(pk=dossier.pk).state == "SUBMITTED" and Dossier.objects.get(pk=draft.pk).state == "DRAFT"


def test_a_passer_by_is_sent_to_the_login_or_finds_nothing(desk):
    dossier, draft = desk.submitted(), desk.draft()
    for address in addresses(dossier, draft):
        answer = browse().get(address)
        assert answer.status_code in (401, 403, 404, 405) or answer.url.startswith("/dang-nhap/?next="), address


def test_every_address_with_something_in_it_is_tried_above():
    """Add a new page to DOORS (and to `addresses`), or to NOT_ONE_PERSONS."""
    assert set(addresses_with_something_in_them()) == set(DOORS) | NOT_ONE_PERSONS


def test_a_draft_without_an_account_belongs_to_its_session_alone(desk):
    draft = desk.draft()
    Dossier.objects.filter(pk=draft.pk).update(submitter=None)
    file = factories.attachment(draft, "khac", uploaded_by=None)
    for user in (None, factories.citizen(), desk.clerk):
        assert browse(user).get(f"/nop/{draft.pk}/to-khai.pdf").status_code in (302, 404)
        assert browse(user).get(f"/giay-to/{file.pk}/").status_code == 404
        assert browse(user).post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": True}, **JSON).status_code in (403, 404)


@pytest.mark.slow
@pytest.mark.parametrize("body", ["H18", "H18.X004.CA"])
def test_an_inspector_finds_no_papers_and_moves_nothing(desk, body):
    dossier = desk.submitted()
    issued, file = paper(dossier), factories.attachment(dossier, "khac")
    inspector = browse(factories.user(inspector=body))
    page = inspector.get(f"/can-bo/ho-so/{dossier.code}/")
    assert page.status_code == 200 and dossier.answers["ap_id_number"] not in page.content.decode()
    assert inspector.get(f"/giay/{issued.pk}/x.pdf").status_code == inspector.get(f"/giay-to/{file.pk}/").status_code == 404
    for slug in STEP_OF:
        answer = inspector.post(f"/can-bo/ho-so/{dossier.code}/{slug}/", {"seen": "1", "note": "Ghi chú."})
        assert answer.status_code in (302, 403, 409), slug
    assert Dossier.objects.get().events.count() == 1


def test_a_confidential_dossier_is_seen_by_its_holder_only(desk):
    dossier = desk.submitted()
    file, issued = factories.attachment(dossier, "khac"), paper(dossier, PaperKind.APPLICATION_FORM)
    Dossier.objects.filter(pk=dossier.pk).update(confidential=True, holder=desk.officer)
    doors = [f"/can-bo/ho-so/{dossier.code}/", f"/api/v1/dossiers/{dossier.code}/"]
    doors += [f"/giay-to/{file.pk}/", f"/giay/{issued.pk}/x.pdf"]
    for user in (desk.clerk, desk.head, factories.user(inspector="H18")):
        assert {browse(user).get(door).status_code for door in doors} == {404}
        assert f"/ho-so/{dossier.code}/" not in found_at_the_desk(user, dossier.code).content.decode()
    Dossier.objects.filter(pk=dossier.pk).update(holder=desk.clerk)
    assert {browse(desk.clerk).get(door).status_code for door in doors} == {200}


@pytest.mark.slow
def test_a_revoked_mandate_ends_at_the_next_request_at_every_door(desk):
    parent, helper = factories.person(), factories.citizen()
    mandate = Mandate.objects.create(agent=helper, person=parent, basis="written_authority")
    facts = {"submitter": helper, "person": parent, "mandate": mandate}
    dossier, draft = desk.submitted(**facts), desk.draft(**facts)
    doors = [door for door in addresses(dossier, draft) if not door.startswith(("/can-bo/", "/tin-nhan/"))]
    helped = browse(helper)
    assert helped.get(doors[0]).status_code == helped.get(f"/nop/{draft.pk}/xem-lai/").status_code == 200

    Mandate.objects.filter(pk=mandate.pk).update(revoked_at=dossier.submitted_at)

    for door in doors:
        assert {helped.get(door).status_code, helped.post(door, {"cam-doan": "1"}).status_code} <= {404, 405}, door
    assert dossier.code not in helped.get("/ho-so/").content.decode()
    with pytest.raises(PermissionDenied):
        workflow.submit(draft, actor=factories.fresh(helper))
    told = helper.inbox.count()
    workflow.advance(dossier, "accept", actor=desk.clerk)
    assert helper.inbox.count() == told


@pytest.mark.parametrize("kind", sorted(OFFICE_PAPERS))
def test_what_the_office_writes_for_itself_stays_there(desk, kind):
    dossier = desk.submitted()
    issued = paper(dossier, kind)
    assert browse(dossier.submitter).get(f"/giay/{issued.pk}/x.pdf").status_code == 404
    assert browse(desk.clerk).get(f"/giay/{issued.pk}/x.pdf").status_code == 200


def test_a_consulted_body_answers_and_does_no_more(desk):
    dossier = desk.processing()
    asked = factories.user(officer="H18.X005.CA")
    agency = world.agency("H18.X005.CA")
    dossier = workflow.advance(dossier, "consult", actor=desk.officer, question="Ông A có ở đó không?", hours=4, agency=agency)
    assert workflow.steps_for(asked, dossier) == ["hand_over", "take", "refuse_handover"]
    answer = browse(asked).post(f"/can-bo/ho-so/{dossier.code}/yeu-cau-bo-sung/", {"seen": dossier.events.count()})
    assert answer.status_code == 403


# ---------------------------------------------------------------- fields nobody may set, steps out of turn
FORBIDDEN = {
    "state": "COMPLETED", "code": "H18-1", "submitter": "1", "person": "1", "mandate": "1", "confidential": "on",
    "channel": "counter", "payment_status": "paid", "subject_name": "Kẻ Gian", "declared_at": "2020-01-01", "holder": "1",
    "version": "1", "secret": "x" * 25, "receiving_agency": "1", "due_at": "2030-01-01", "identity_verified": "on",
    "paid_online": "on",
}  # fmt: skip


def columns(dossier):
    dossier.refresh_from_db()
    return {name: getattr(dossier, dossier._meta.get_field(name).attname) for name in FORBIDDEN}


def test_fields_that_no_form_has_are_not_read(desk):
    draft = desk.draft()
    client, before = browse(draft.submitter), columns(draft)
    for key in ("nguoi_de_nghi", "cach-nhan", "giay-to"):
        client.post(step_url(draft, key), {**FORBIDDEN, **factories.ANSWERS, "delivery_way": "account"})
        client.post(step_url(draft, key) + "tu-luu/", {**FORBIDDEN, "asked": "1", "answers": "{}"})
    assert columns(draft) == before and not set(FORBIDDEN) & set(draft.answers)

    dossier = desk.asked_for_supplement()
    client, before, answers = browse(dossier.submitter), columns(dossier), dossier.answers
    client.post(f"/ho-so/{dossier.code}/bo-sung/", {**FORBIDDEN, "ap_full_name": "Kẻ Gian", "request_detail": "Để vay vốn."})
    client.post(f"/api/v1/dossiers/{dossier.code}/withdraw/", {**FORBIDDEN, "note": "x" * 2001}, **JSON)
    client.post(f"/ho-so/{dossier.code}/bo-sung/xem-lai/", FORBIDDEN)
    assert columns(dossier) == {**before, "state": "SUBMITTED"}
    assert dossier.answers == {**answers, "request_detail": "Để vay vốn."}


def test_a_draft_is_not_handed_in_past_its_questions_or_its_declaration(desk):
    empty, undeclared = desk.draft(answers={}), desk.draft()
    for client, draft in ((browse(empty.submitter), empty), (browse(undeclared.submitter), undeclared)):
        declared = {"cam-doan": "1"} if draft == empty else {}
        assert client.post(step_url(draft, "xem-lai"), declared).status_code == 200
        assert client.post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": bool(declared)}, **JSON).status_code in (400, 409)
    assert set(Dossier.objects.values_list("state", flat=True)) == {"DRAFT"}


@pytest.mark.slow
def test_steps_posted_by_the_wrong_role_or_at_the_wrong_time_do_nothing(desk):
    """POST every step for every role to its URL: only permitted steps may change anything."""
    dossier = desk.submitted()
    allowed = {
        "clerk": {"accept", "claim", "refuse_receipt", "ask_supplement"},
        "officer": set(),
        "signer": set(),
        "head": {"assign"},
    }
    body = {"seen": "1", "note": "Lý do đầy đủ.", "title": "Giấy", "ten": "a", "loi": "b", "signed_for_by": "A", "amount": "0"}
    for role, admitted in allowed.items():
        assert set(workflow.steps_for(getattr(desk, role), dossier)) == admitted
        for name in set(STEP_PAGES) - admitted:
            address = f"/can-bo/ho-so/{dossier.code}/{STEP_PAGES[name].slug}/"
            assert browse(getattr(desk, role)).post(address, body).status_code in (302, 403, 409), (role, name)
        for name in {"transfer", "hand_over", "accept"}:
            together = browse(getattr(desk, role)).post("/can-bo/cung-luc/", {"hs": dossier.code, "buoc": name, "dong-y": "1"})
            assert together.status_code in (302, 404)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.events.count()) == ("SUBMITTED", 1)


@pytest.mark.parametrize("seen", ["", "0", "99", "\x00"])
def test_a_page_that_is_stale_or_never_was_takes_no_step(desk, seen):
    dossier = desk.submitted()
    assert browse(desk.clerk).post(f"/can-bo/ho-so/{dossier.code}/tiep-nhan/", {"seen": seen}).status_code == 422
    assert Dossier.objects.get().state == "SUBMITTED"


@pytest.mark.slow
def test_another_site_cannot_make_a_browser_post_anything(desk):
    """Without a CSRF token every POST of a logged-in user is refused."""
    dossier, draft = desk.submitted(), desk.draft()
    doors = [*addresses(dossier, draft), "/dang-xuat/", "/can-bo/cung-luc/", f"/nop/bat-dau/{factories.RESIDENCE}/"]
    for user in (dossier.submitter, draft.submitter, desk.clerk):
        client = shielded(user, enforce_csrf_checks=True)
        for address in doors:
            body = {"cam-doan": "1", "seen": "1", "note": "Lý do.", "declared": True}
            answer = client.post(address, body, **(JSON if "/api/" in address else {}))
            assert answer.status_code in (403, 404, 405), address
    system = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    answer = shielded(system, enforce_csrf_checks=True).post("/quan-tri/accounts/user/add/", {"username": "ke-gian"})
    assert answer.status_code == 403
    assert Dossier.objects.filter(state="DRAFT").count() == 1


def test_a_session_planted_before_the_login_is_worth_nothing_after_it():
    user, victim = factories.citizen(), browse()
    session = victim.session
    session["dat-san"] = True
    session.save()
    victim.cookies["sessionid"] = planted = session.session_key
    victim.post("/dang-nhap/", {"username": user.username, "password": factories.PASSWORD})
    assert victim.cookies["sessionid"].value != planted and not Session.objects.filter(session_key=planted).exists()
    cookie = victim.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_an_account_that_was_shut_is_out_at_once(desk):
    client = browse(desk.clerk)
    assert client.get("/can-bo/").status_code == 200
    User.objects.filter(pk=desk.clerk.pk).update(is_active=False)
    assert client.get("/can-bo/").url.startswith("/dang-nhap/")
    assert client.get("/api/v1/dossiers/").status_code == 403


# ---------------------------------------------------------------- script, templates, headers
def test_what_people_type_is_never_run_on_any_page(desk):
    citizen = factories.citizen(person_facts={"full_name": SCRIPT[:100]})
    dossier = desk.submitted(submitter=citizen, answers={**factories.ANSWERS, "request_detail": SCRIPT})
    factories.attachment(dossier, "khac", name=f"{SCRIPT}.pdf"[:120])
    items = [{"target": "field", "key": "request_detail", "label": SCRIPT[:300], "reason": SCRIPT}]
    workflow.advance(dossier, "ask_supplement", actor=desk.clerk, note=SCRIPT, items=items)
    code, secret = dossier.code, dossier.secret
    mine = ["/ho-so/", f"/ho-so/{code}/", f"/ho-so/{code}/da-nop/", f"/ho-so/{code}/bo-sung/", "/tai-khoan/", "/tin-nhan/"]
    theirs = ["/can-bo/", f"/can-bo/ho-so/{code}/", f"/can-bo/ho-so/{code}/dung/"]
    anybodys = [f"/tra-cuu/{secret}/", f"/thu-tuc/?tu-khoa={SCRIPT}", f"/dang-nhap/?next=/{SCRIPT}", f"/kiem-tra/?ma={SCRIPT}"]
    for user, doors in ((citizen, mine), (desk.head, theirs), (None, anybodys)):
        for door in doors:
            page = browse(user).get(door, follow=True).content.decode()
            assert "<script>alert" not in page and "<img src=x" not in page and "}14" not in page, door
    searched = found_at_the_desk(desk.head, SCRIPT).content.decode()
    assert "&lt;script" in searched and "<script>alert" not in searched and "}14" not in searched
    shown = browse(desk.clerk).get(f"/can-bo/ho-so/{code}/").content.decode()
    assert "&lt;script&gt;alert" in shown and "{{ 7|add:7 }}" in shown


@pytest.mark.needs_pdf
def test_what_people_type_is_never_markup_in_a_paper(desk, run_followups):
    hostile = "<h1>Đã duyệt</h1><link rel=attachment href='file:///etc/passwd'>{% include 'x' %}"
    dossier = desk.submitted(answers={**factories.ANSWERS, "request_detail": hostile})
    run_followups()
    form = dossier.papers.get(kind="application_form")
    content = read_stored(form.storage_key)
    assert "<h1>Đã duyệt</h1>" in text_of(content).replace("\n", " ")
    assert b"root:" not in content


@pytest.mark.parametrize(
    "name",
    ['a"; filename="b.html', "a\r\nSet-Cookie: x=1.pdf", "../../etc/passwd.pdf", "\u202efdp.exe.pdf", "x" * 300, "Ế" * 300, "",
     "...", "\x00.pdf"],
)  # fmt: skip
def test_a_file_name_stays_a_name_in_the_header(settings, name):
    response = file_response(store(b"%PDF").storage_key, name, "application/pdf")
    header = response["Content-Disposition"]
    assert header.startswith("attachment;") and not re.search(r"[\r\n\x00]|\.\./|%E2%80%AE", header)
    assert header.replace('\\"', "").count('"') in (0, 2) and len(header) < 9 * MAX_NAME_LENGTH + 60
    assert response["X-Content-Type-Options"] == "nosniff" and "sandbox" in response["Content-Security-Policy"]
    response.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), ("a.html", b"<script>1</script>"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ("a.pdf", b"MZ\x90\x00"), ("a.pdf.exe", b"%PDF-1.4\n%%EOF"),
        ("a.jpg", picture() + b"<!doctype html><html><script>alert(1)</script></html>"), ("a.jpg", picture() + b"%PDF-1.4"),
        ("a.pdf", b""), ("a.docm", b"PK\x03\x04"), ("a.pdf", b"%PDF-1.7\n" + b"\x00" * 5000),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_and_nothing_is_kept(desk, name, content):
    draft = desk.draft()
    answer = browse(draft.submitter).post(step_url(draft, "giay-to"), {"tep-khac": upload(name, content), "gui": "khac"})
    assert answer.status_code in (200, 302) and not draft.attachments.exists()


@pytest.mark.parametrize(
    "name",
    ["../../../etc/cron.d/x.jpg", "C:\\x\\giay.jpg", "\u202egpj.exe.jpg", "x" * 300 + ".jpg", ".htaccess.jpg", IN_PARTS + ".jpg"],
)
def test_hostile_names_become_plain_ones(desk, name):
    draft = desk.draft()
    browse(draft.submitter).post(step_url(draft, "giay-to"), {"tep-khac": upload(name, picture()), "gui": "khac"})
    kept = draft.attachments.get().name
    assert kept == clean_text(kept) and "/" not in kept and "\\" not in kept and len(kept) <= MAX_NAME_LENGTH and kept[0] != "."


@pytest.mark.slow
# ---------------------------------------------------------------- odd input never is an error of ours
def test_odd_words_in_addresses_are_answered(desk):
    dossier = desk.submitted()
    queries = {
        dossier.submitter: ["/ho-so/?truoc={}", "/ho-so/?trang-thai={}", "/tin-nhan/?truoc={}", "/api/v1/dossiers/?cursor={}"],
        desk.clerk: ["/can-bo/?tim={}", "/can-bo/?thu-tuc={}", "/can-bo/?nhom={}", "/can-bo/?cach-nop={}", "/giay/1/{}.pdf",
                     "/can-bo/?sau={}_1", "/can-bo/ho-so/{}/", f"/can-bo/ho-so/{dossier.code}/?xem={{}}"],
        None: ["/thu-tuc/?tu-khoa={}&trang={}&doi-tuong={}", "/thu-tuc/{}/", "/kiem-tra/?ma={}", "/kiem-tra/{}/", "/{}",
               "/tra-cuu/{}/", "/dang-nhap/?next={}", "/api/v1/procedures/?q={}", "/api/v1/procedures/?after={}&limit={}",
               "/api/v1/procedures/{}/", f"/nop/bat-dau/{factories.RESIDENCE}/?tinh={{}}&noi={{}}",
               f"/thu-tuc/{factories.RESIDENCE}/xac-nhan/?tinh={{}}&xa={{}}&noi={{}}"],
    }  # fmt: skip
    for user, doors in queries.items():
        client = shielded(user)
        for door in doors:
            for odd in ["%00", "%ED%A0%80", "'--%25_%5C", "%C2%B2", "9" * 30, "x" * 3000, "%E2%80%AE%0D%0A"]:
                assert client.get(door.replace("{}", odd), follow="thu-tuc" in door).status_code < 500, (door, odd[:20])


@pytest.mark.slow
def test_odd_words_in_forms_are_answered(desk):
    dossier, draft, sent_back = desk.submitted(), desk.draft(), desk.asked_for_supplement()
    names = ["tu-khoa", "nhom", "ma", "ma-rieng", "username", "password", "next", "noi", "thay-cho", "revision", "xoa", "gui",
             "hs", "nguoi", "note",
             "legal_ground", "holder", "exemption", "chon", "ly-do", "choice", "nhan", "ap_full_name", "ap_gender", "cam-doan",
             "ap_birth_date-ngay", "ap_birth_date-nam", "request_detail", "delivery_way", "delivery_address-commune",
             "add_row"]  # fmt: skip
    doors = {
        draft.submitter: [*(step_url(draft, key) for key in ("nguoi_de_nghi", "nguoi_de_nghi/tu-luu", "cach-nhan", "giay-to")),
                          f"/nop/bat-dau/{factories.RESIDENCE}/"],
        sent_back.submitter: [f"/ho-so/{sent_back.code}/bo-sung/"],
        dossier.submitter: [f"/ho-so/{dossier.code}/xac-nhan/"],
        desk.head: [f"/can-bo/ho-so/{dossier.code}/giao-viec/", "/can-bo/cung-luc/", "/can-bo/"],
        None: ["/tra-cuu/", "/dang-nhap/", "/kiem-tra/"],
    }  # fmt: skip
    for user, addresses in doors.items():
        for address in addresses:
            for odd in ODD:
                body = dict.fromkeys(names, odd) | {"seen": "1"} | ({"buoc": "assign"} if "cung-luc" in address else {})
                assert shielded(user).post(address, body, follow=address == "/can-bo/").status_code < 500, (address, odd[:20])
    assert {Dossier.objects.get(pk=d.pk).state for d in (dossier, draft)} == {"SUBMITTED", "DRAFT"}


@pytest.mark.parametrize("key", ["0001-01-01T00:00:00+23:00_1", "9999-12-31T23:59:59-23:00_1", "2026-11-25_" + "9" * 30])
def test_a_page_key_without_a_place_in_time_is_no_key(desk, key):
    assert shielded(desk.clerk).get("/can-bo/", {"sau": key}).status_code == 200


def test_a_cookie_no_database_can_hold_is_turned_away():
    client = shielded()
    client.cookies["sessionid"] = "\x00" * 32
    assert client.get("/ho-so/").status_code == 400


@pytest.mark.parametrize("said", ["²", "١٥٠٠٠", "-1", "1e9", "9" * 20, "0", "15.000.000.000", "\x00"])
def test_a_sum_that_is_not_the_one_owed_is_not_taken(desk, said):
    counter, name = factories.Desk("H18.X004.HC", lead="H18.X004"), "le_phi_ho_tich"
    world.place("68.X123")
    LocalFee.objects.create(province_code="H18", procedure=world.procedure("1.004873"), fee_line_key=name, amount=15_000)
    answers = world.sample_answers("to_khai_xntthn")
    dossier = counter.submitted(code="1.004873", answers=answers, asked={"xin_cap_lai": "khong"})
    before = dossier.events.count()
    client = shielded(counter.clerk)
    answer = client.post(f"/can-bo/ho-so/{dossier.code}/thu-tai-quay/", {"seen": before, "amount": said})
    assert answer.status_code == 422 and dossier.events.count() == before


@pytest.mark.parametrize("said", ["abc", "", "9" * 29, "-5"])
def test_a_number_that_is_none_never_shuts_a_draft(desk, said):
    """A wrong quantity is asked again, and the review page still opens."""
    offered = world.offering("1.004194", "H18.X004.CA")
    facts = {"submitter": factories.citizen(), "asked": {"case": "danh_sach"}, "answers": world.sample_answers("ct01")}
    draft = Dossier.objects.create(version=offered.procedure.current, offering=offered, **facts)
    client = shielded(draft.submitter)
    client.post(step_url(draft, "so-luong"), {"quantity_0": said, "priority_group": "khong"})
    assert client.get(step_url(draft, "xem-lai")).status_code == 200
    assert client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"}).status_code == 200
    assert Dossier.objects.get(pk=draft.pk).state == "DRAFT"


def test_words_of_sql_find_nothing_and_break_nothing(desk):
    desk.submitted()
    for trick in ("' OR ''='", "%", "_", "\\", "'; DROP TABLE dossiers_dossier; --", "') UNION SELECT 1 --"):
        page = found_at_the_desk(desk.clerk, trick)
        assert not page.context["rows"], trick
    assert Dossier.objects.count() == 1


# ---------------------------------------------------------------- what leaks
def test_the_secret_alone_opens_state_and_dates_and_another_ones_opens_nothing(desk):
    one, other, draft = desk.submitted(), desk.submitted(), desk.draft()
    for code, secret in ((one.code, other.secret), (one.code, ""), ("", one.secret), (one.code, one.secret[:-1])):
        assert "dossier" not in browse().post("/tra-cuu/", {"ma": code, "ma-rieng": secret}).context
    assert browse().get(f"/tra-cuu/{draft.secret}/").status_code == 404
    page = browse().get(f"/tra-cuu/{one.secret}/")
    assert one.subject_name not in page.content.decode() and "no-store" in page["Cache-Control"]
    assert len(one.secret) >= 20  # letters of 32: at least 80 random bits would be 16


@pytest.mark.slow
def test_personal_answers_are_kept_by_no_browser_or_proxy(desk):
    dossier, draft = desk.submitted(), desk.draft()
    doors = [*addresses(dossier, draft), "/ho-so/", "/tin-nhan/", "/tai-khoan/", "/can-bo/", "/api/v1/dossiers/", "/khong-co/"]
    for user in (dossier.submitter, draft.submitter, desk.clerk):
        client = browse(user)
        for door in doors:
            answer = client.get(door)
            assert "no-store" in answer["Cache-Control"] or answer.status_code == 405, door
    for door in ("/", "/thu-tuc/"):
        assert "public" not in client.get(door)["Cache-Control"]


@pytest.mark.slow
def test_the_policy_allows_nothing_inline_anywhere_but_in_the_administration(desk):
    dossier, draft = desk.submitted(), desk.draft()
    doors = ["/", "/thu-tuc/", "/dang-nhap/", "/kiem-tra/", "/tra-cuu/", "/khong-co/", *addresses(dossier, draft)]
    for user in (None, dossier.submitter, draft.submitter, desk.clerk):
        for door in doors:
            answer = browse(user).get(door)
            policy = answer["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe-eval" not in policy and "*" not in policy, door
            assert "unsafe-inline" not in policy or answer["Content-Type"] == "application/pdf", door
            assert answer["X-Content-Type-Options"] == "nosniff"


def test_production_shuts_what_the_demo_leaves_open(monkeypatch):
    for name, value in LIKE_PRODUCTION.items():
        monkeypatch.setenv(name, value)
    strict = importlib.reload(importlib.import_module("portal.settings.production"))
    assert strict.SESSION_COOKIE_SECURE and strict.CSRF_COOKIE_SECURE and strict.SESSION_COOKIE_HTTPONLY
    assert strict.SECURE_SSL_REDIRECT and strict.SECURE_PROXY_SSL_HEADER == ("HTTP_X_FORWARDED_PROTO", "https")
    assert strict.SESSION_COOKIE_NAME.startswith("__Host-") and strict.CSRF_COOKIE_NAME.startswith("__Host-")
    assert strict.SECURE_HSTS_SECONDS >= 31_536_000 and not strict.DEBUG and not strict.DEMO and strict.X_FRAME_OPTIONS == "DENY"
    assert getattr(strict, "AXES_ENABLED", True) and strict.AXES_FAILURE_LIMIT <= 10 and "*" not in strict.ALLOWED_HOSTS


def test_no_personal_number_gets_into_the_log():
    try:
        raise ValueError("duplicate key: (id_number)=(011999000001)")
    except ValueError as error:
        fault = (type(error), error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "số 011999000001 và 012345678", (), fault)
    assert not re.search("011999000001|012345678", JsonFormatter().format(record))


def test_an_error_tells_a_stranger_nothing(desk, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("mật khẩu 011999000001")

    monkeypatch.setattr("dossiers.citizen.views.dossier.overview.counts", broken)
    answer = shielded(factories.citizen()).get("/ho-so/")
    assert answer.status_code == 500 and "no-store" in answer["Cache-Control"]
    assert not re.search("RuntimeError|Traceback|011999000001", answer.content.decode())


def test_the_administration_is_no_door_to_people_or_dossiers(desk):
    dossier = desk.submitted()
    system = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    client = shielded(system)
    shut = ["dossiers/dossier", "dossiers/event", "files/attachment", "papers/issuedpaper", "accounts/person", "accounts/mandate"]
    for model in shut:
        for action in ("", "add/", "1/change/", "1/delete/", "1/history/"):
            assert client.get(f"/quan-tri/{model}/{action}").status_code == 404, (model, action)
    for user in (dossier.submitter, desk.head):
        assert shielded(user).post("/quan-tri/accounts/user/add/", {"username": "ke-gian"}).status_code in (302, 404)
    assert not User.objects.filter(username="ke-gian").exists()
