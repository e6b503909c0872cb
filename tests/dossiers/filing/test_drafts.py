"""Drafts: start, resume, discard, and a new version of the procedure."""

import pytest

from accounts.models import Mandate, Organisation
from dossiers import workflow
from dossiers.files.storage import stored_path
from dossiers.filing import drafts
from dossiers.models import Dossier
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


def test_a_mandate_for_other_procedures_or_out_of_force_does_not_count(offered):
    agent = factories.citizen()
    other = Mandate.objects.create(agent=agent, person=factories.person(), basis="helper", procedures=["1.001193"])
    browse(agent).post(START, {"noi": offered.pk, "thay-cho": other.pk})
    assert Dossier.objects.get().person == agent.person


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
