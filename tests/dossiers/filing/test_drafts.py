"""Drafts: start, resume, discard, and a new version of the procedure."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Mandate, Organisation
from dossiers import workflow
from dossiers.files.storage import stored_path
from dossiers.filing import drafts
from dossiers.models import Dossier
from portal import schedule
from portal.common import clock
from procedures.models import ProcedureVersion
from tests import factories, world
from tests.dossiers.pages import browse, step_url, words

LEVEL_2 = "1.011606"  # print and bring
START = f"/nop/bat-dau/{factories.RESIDENCE}/"


@pytest.fixture
def offered(desk):
    return world.offering(factories.RESIDENCE, "H18.X004.CA")


def test_the_start_says_what_is_needed_what_it_costs_and_where(offered):
    page = browse().get(START)
    text = words(page)
    assert "Mức 4" in text and "Không mất phí" in text and "1 ngày làm việc" in text
    assert "Đăng nhập để bắt đầu" in text


def test_a_place_is_chosen_where_there_are_several(offered):
    world.offering(factories.RESIDENCE, "H18.X005.CA")
    citizen = browse(factories.citizen())
    assert "Nộp ở đâu?" in words(citizen.get(START))

    places = citizen.get(START + "?tinh=H18")
    assert f'value="{offered.pk}" selected' in places.content.decode(), "where the person lives is chosen already"
    assert "Bắt đầu điền" in words(citizen.get(f"{START}?noi={offered.pk}"))
    assert citizen.get(f"{START}?noi=999999").status_code == 404


def test_handing_in_needs_an_account_and_comes_back_here(offered):
    answer = browse().post(START, {"noi": offered.pk})
    assert answer.url == f"/dang-nhap/?next={START}%3Fnoi%3D{offered.pk}"


def test_starting_makes_a_draft_of_ones_own(offered):
    citizen = factories.citizen()
    answer = browse(citizen).post(START, {"noi": offered.pk}, follow=True)
    draft = Dossier.objects.get()
    assert answer.status_code == 200
    assert (draft.submitter, draft.person, draft.state, draft.code) == (citizen, citizen.person, "DRAFT", None)


def test_the_newest_draft_is_offered_again(desk, offered):
    draft = desk.draft()
    text = words(browse(draft.submitter).get(START))
    assert "Làm tiếp bản nháp" in text and "Khai mới từ đầu" in text


def test_filing_for_somebody_else_needs_a_mandate_in_force_and_is_said_on_each_page(offered):
    helper = factories.citizen()
    parent = factories.person(full_name="Lường Thị Ổn")
    mandate = Mandate.objects.create(agent=helper, person=parent, basis="written_authority")
    client = browse(helper)
    assert "Nộp thay cho Lường Thị Ổn" in words(client.get(START))

    client.post(START, {"noi": offered.pk, "thay-cho": mandate.pk})
    draft = Dossier.objects.get()
    assert (draft.person, draft.mandate) == (parent, mandate)
    page = client.get(f"/nop/{draft.pk}/", follow=True)
    assert "Nộp thay cho Lường Thị Ổn" in words(page)
    assert 'value="Lường Thị Ổn"' in page.content.decode(), "filled in from the subject's data"


def test_an_organisation_is_a_subject_too(offered):
    agent = factories.citizen()
    shop = Organisation.objects.create(name="Hợp tác xã Mường Thanh", tax_code="5600123456")
    mandate = Mandate.objects.create(agent=agent, organisation=shop, basis="legal_representative")
    browse(agent).post(START, {"noi": offered.pk, "thay-cho": mandate.pk})
    draft = Dossier.objects.get()
    assert draft.organisation == shop and draft.person is None


def days(number):
    return clock.today() + dt.timedelta(days=number)


REFUSED = {
    "another procedure": {"procedures": ["1.001193"]},
    "over": {"valid_to": -1},
    "not begun": {"valid_from": 1},
    "revoked": {"revoked_at": clock.now()},
    "a grown child": {"basis": "parent", "born": 18},
    "a child without a birth date": {"basis": "parent", "born": None},
    "another agent's": {"agent": factories.citizen},
    "no mandate at all": {},
    "not a number": {},
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_mandate_that_does_not_count_is_refused_and_nothing_is_filed_for_oneself(offered, why):
    user, facts = factories.citizen(), dict(REFUSED[why])
    born = facts.pop("born", 30)
    facts |= {name: days(facts[name]) for name in ("valid_from", "valid_to") if name in facts}
    facts |= {"agent": facts["agent"]()} if "agent" in facts else {}
    principal = factories.person(birth_date=born and years_ago(born))
    number = Mandate.objects.create(**{"agent": user, "person": principal, "basis": "written_authority", **facts}).pk
    number = {"no mandate at all": number + 1, "not a number": "tôi"}.get(why, number)

    answer = browse(user).post(START, {"noi": offered.pk, "thay-cho": number})
    assert answer.status_code == 403 and "Không nộp thay được" in words(answer)
    assert not Dossier.objects.exists()


def years_ago(number, days=0):
    today = clock.today()
    return today.replace(year=today.year - number, day=min(today.day, 28)) - dt.timedelta(days=days)


@pytest.mark.parametrize("today, born, counts", [
    ("2026-11-28", "2008-11-28", False), ("2026-11-28", "2008-11-29", True),
    ("2026-02-28", "2008-02-29", True), ("2026-03-01", "2008-02-29", False), ("2028-02-29", "2010-02-28", False),
    ("2028-02-29", "2010-03-01", True),
])  # fmt: skip
def test_a_parents_mandate_ends_on_the_eighteenth_birthday(db, monkeypatch, today, born, counts):
    monkeypatch.setattr(clock, "today", lambda: dt.date.fromisoformat(today))
    child = factories.person(birth_date=born)
    Mandate.objects.create(agent=factories.citizen(), person=child, basis="parent", valid_from="2020-01-01")
    assert Mandate.objects.current().exists() is counts


def test_a_place_that_is_not_a_number_is_not_another_place(offered):
    assert browse(factories.citizen()).post(START, {"noi": "khac"}).status_code == 404


@pytest.mark.parametrize("over", [{"valid_to": -1}, {"revoked_at": clock.now()}, {"procedures": ["1.001193"]}])
def test_at_the_door_a_draft_under_a_mandate_that_is_over_is_refused_on_page_and_api(desk, over):
    agent, principal = factories.citizen(), factories.person()
    mandate = Mandate.objects.create(agent=agent, person=principal, basis="written_authority")
    draft = desk.draft(submitter=agent, person=principal, mandate=mandate)
    Mandate.objects.update(**{name: days(value) if name == "valid_to" else value for name, value in over.items()})
    agent = factories.fresh(agent)

    assert browse(agent).post(step_url(draft, "xem-lai"), {"cam-doan": "1"}).status_code == 404
    answer = browse(agent).post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": True}, content_type="application/json")
    assert answer.status_code == 404
    with pytest.raises(PermissionDenied):
        workflow.submit(draft, actor=agent)
    assert Dossier.objects.get().state == "DRAFT"


def test_a_draft_about_somebody_else_without_a_mandate_is_not_filed(desk):
    draft = desk.draft(person=factories.person())
    with pytest.raises(PermissionDenied):
        workflow.submit(draft, actor=draft.submitter)


def test_a_login_without_a_person_cannot_file(offered):
    staff = browse(factories.user())
    assert "chưa gắn với thông tin của một người" in words(staff.get(START))
    staff.post(START, {"noi": offered.pk})
    assert not Dossier.objects.exists()


# ---------------------------------------------------------------- print and bring: no account
@pytest.fixture
def level_2_offering(desk):
    return world.offering(LEVEL_2, "H18.X004.HC", "H18.X004")


def test_print_and_bring_needs_no_account_and_stays_in_its_session(level_2_offering):
    visitor = browse()
    visitor.post(f"/nop/bat-dau/{LEVEL_2}/", {"noi": level_2_offering.pk})
    draft = Dossier.objects.get()

    assert draft.submitter is None
    assert visitor.get(f"/nop/{draft.pk}/", follow=True).status_code == 200
    assert browse().get(f"/nop/{draft.pk}/").status_code == 302, "another browser is asked to log in"
    assert browse(factories.citizen()).get(f"/nop/{draft.pk}/").status_code == 404


def test_print_and_bring_ends_with_the_file_not_with_submitting(level_2_offering):
    visitor = browse()
    visitor.post(f"/nop/bat-dau/{LEVEL_2}/", {"noi": level_2_offering.pk})
    draft = Dossier.objects.get()
    text = words(visitor.get(step_url(draft, "in-to-khai")))
    assert "Tải tờ khai đã điền (PDF)" in text and "chỗ chưa điền" in text
    assert visitor.get(step_url(draft, "xem-lai")).status_code == 302
    assert visitor.post(step_url(draft, "xem-lai"), {"cam-doan": "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "DRAFT"


def test_what_was_typed_without_an_account_is_kept_as_long_as_the_page_says(level_2_offering, desk):
    visitor, account = browse(), desk.draft()
    visitor.post(f"/nop/bat-dau/{LEVEL_2}/", {"noi": level_2_offering.pk})
    draft = Dossier.objects.get(submitter=None)
    assert "Cổng giữ những gì vừa điền 2 ngày rồi xóa" in words(visitor.get(step_url(draft, "in-to-khai")))
    assert drafts.delete_forgotten in schedule.JOBS
    for age, left in ((47, 2), (49, 1)):
        Dossier.objects.update(updated_at=clock.now() - dt.timedelta(hours=age))
        drafts.delete_forgotten()
        assert Dossier.objects.count() == left
    assert Dossier.objects.get() == account


@pytest.mark.needs_pdf
def test_the_filled_and_the_blank_form_come_as_pdf(level_2_offering):
    visitor = browse()
    visitor.post(f"/nop/bat-dau/{LEVEL_2}/", {"noi": level_2_offering.pk})
    draft = Dossier.objects.get()
    for address in (f"/nop/{draft.pk}/to-khai.pdf", f"/thu-tuc/{LEVEL_2}/to-khai.pdf"):
        answer = visitor.get(address)
        assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")


def test_a_machine_that_cannot_make_pdfs_says_so_plainly(level_2_offering, monkeypatch):
    from dossiers.filing.views import review

    def fail(*args, **kwargs):
        raise review.PdfError("no Pango")

    monkeypatch.setattr(review, "render_pdf", fail)
    answer = browse().get(f"/thu-tuc/{LEVEL_2}/to-khai.pdf")
    assert answer.status_code == 503 and "Chưa tạo được tệp PDF" in words(answer)


def test_there_is_no_blank_form_where_the_procedure_has_none(desk):
    world.procedure("2.000815")
    assert browse().get("/thu-tuc/2.000815/to-khai.pdf").status_code == 404


# ---------------------------------------------------------------- throwing away
def test_a_draft_is_thrown_away_with_its_files_after_asking(desk, django_capture_on_commit_callbacks):
    draft = desk.draft()
    file = factories.attachment(draft, "khac")
    client = browse(draft.submitter)
    assert "mất hẳn" in words(client.get(f"/ho-so/nhap/{draft.pk}/xoa/"))
    assert Dossier.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/ho-so/nhap/{draft.pk}/xoa/")
    assert not Dossier.objects.exists()
    assert not stored_path(file.storage_key).exists()


def test_what_was_filed_is_never_thrown_away(desk):
    dossier = desk.submitted()
    client = browse(dossier.submitter)
    assert client.post(f"/ho-so/nhap/{dossier.pk}/xoa/").status_code == 404
    with pytest.raises(drafts.NoLongerADraft):
        drafts.discard(dossier)
    with pytest.raises(drafts.NoLongerADraft):
        drafts.save(dossier, answers={"ap_full_name": "Kẻ khác"})


def test_somebody_elses_draft_cannot_be_thrown_away(desk):
    draft = desk.draft()
    assert browse(factories.citizen()).post(f"/ho-so/nhap/{draft.pk}/xoa/").status_code == 404


# ---------------------------------------------------------------- a new version
def publish_anew(procedure, change):
    """Publish version 2 with a changed form."""
    import copy

    old = procedure.current
    document = copy.deepcopy(old.document)
    change(document["form"]["sections"][0]["pages"][0]["fields"])
    ProcedureVersion.objects.filter(pk=old.pk).update(state="retired", effective_to="2026-01-01")
    new = ProcedureVersion.objects.create(
        procedure=procedure, number=2, state="published", effective_from="2026-01-01", published_at=old.published_at,
        declared_level=old.declared_level, form_key=old.form_key, document=document,
    )  # fmt: skip
    procedure.current = new
    procedure.save()
    return new


def test_a_draft_of_an_old_version_shows_what_changed_and_asks_again(desk):
    draft = desk.draft()

    def change(fields):
        fields.pop(1)  # birth date
        fields.append({"key": "ap_nickname", "label": "Tên thường gọi", "type": "text", "validation": {"max_length": 50}})

    new = publish_anew(draft.version.procedure, change)
    client = browse(draft.submitter)
    assert client.get(step_url(draft, "xem-lai")).url == f"/nop/{draft.pk}/ban-moi/"
    text = words(client.get(f"/nop/{draft.pk}/ban-moi/"))
    assert "Tên thường gọi" in text and "Câu không còn hỏi nữa" in text
    with pytest.raises(workflow.StepNotPossible):
        workflow.submit(draft, actor=draft.submitter)

    client.post(f"/nop/{draft.pk}/ban-moi/")
    draft.refresh_from_db()
    assert draft.version == new and draft.declared_at is None
    assert draft.answers["ap_full_name"] == factories.ANSWERS["ap_full_name"] and "ap_birth_date" not in draft.answers


def test_a_choice_that_is_offered_no_more_is_asked_again(desk):
    draft = desk.draft()

    def change(fields):
        gender = next(field for field in fields if field["key"] == "ap_gender")
        gender["options"] = [{"value": "nam", "label": "Nam"}]

    publish_anew(draft.version.procedure, change)
    draft = Dossier.objects.select_related("version__procedure", "offering").get(pk=draft.pk)
    found = drafts.changes(draft)
    assert "ap_gender" not in found.answers and len(found.again) == 1


# ---------------------------------------------------------------- begun under a mandate that has ended
@pytest.mark.parametrize("end", [{"valid_to": -1}, {"revoked_at": clock.now()}])
def test_what_an_agent_began_is_read_by_the_principal_once_the_mandate_has_ended(desk, end):
    agent, principal = factories.citizen(person_facts={"full_name": "Vì Văn Làm"}), factories.citizen()
    mandate = Mandate.objects.create(agent=agent, person=principal.person, basis="written_authority")
    draft = desk.draft(submitter=agent, person=principal.person, mandate=mandate)
    file = factories.attachment(draft, "khac")
    address = f"/ho-so/nhap/{draft.pk}/"
    assert browse(principal).get(address).status_code == 404, "while the mandate holds it is the agent's work"

    Mandate.objects.update(**{name: days(value) if name == "valid_to" else value for name, value in end.items()})
    client = browse(factories.fresh(principal))
    assert client.get(f"/nop/{draft.pk}/").url == address
    text = words(client.get(address))
    assert factories.ANSWERS["request_detail"] in text and "Giấy tờ khác" in text and "Vì Văn Làm" in text
    assert client.get(f"/giay-to/{file.pk}/").status_code == 200
    listed = client.get("/ho-so/").content.decode()
    assert f"/nop/{draft.pk}/" in listed and "Vì Văn Làm khai thay" in listed and "Làm tiếp" not in listed

    assert client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"}).status_code == 404, "to read only"
    with pytest.raises(PermissionDenied):
        workflow.submit(draft, actor=factories.fresh(principal))
    former = browse(factories.fresh(agent))
    doors = [address, f"/nop/{draft.pk}/", step_url(draft, "xem-lai"), f"/giay-to/{file.pk}/", f"/ho-so/nhap/{draft.pk}/xoa/"]
    assert {former.get(door).status_code for door in doors} == {404}
    assert {browse(factories.citizen()).get(door).status_code for door in doors} == {404}


def test_what_was_begun_for_an_organisation_is_read_by_who_represents_it_now(desk):
    shop = Organisation.objects.create(name="Hợp tác xã Mường Thanh", tax_code="5600123456")
    old, new, helper = factories.citizen(), factories.citizen(), factories.citizen()
    mandate = Mandate.objects.create(agent=old, organisation=shop, basis="legal_representative")
    Mandate.objects.create(agent=new, organisation=shop, basis="legal_representative")
    Mandate.objects.create(agent=helper, organisation=shop, basis="helper")
    draft = desk.draft(submitter=old, organisation=shop, mandate=mandate)
    address = f"/ho-so/nhap/{draft.pk}/"
    assert browse(new).get(address).status_code == 404
    Mandate.objects.filter(pk=mandate.pk).update(revoked_at=clock.now())
    assert browse(new).get(address).status_code == 200
    assert browse(old).get(address).status_code == browse(helper).get(address).status_code == 404
