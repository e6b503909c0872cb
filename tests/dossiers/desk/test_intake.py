"""Taking people in at the counter and by post: procedure, applicant, the one long page, filing, the signed slip."""

import datetime as dt
import io
import unicodedata

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.models import Absence, AccessLog, Organisation, Person
from dossiers import workflow
from dossiers.files import storage
from dossiers.filing import drafts, intake, judging, rules
from dossiers.filing.counter import why_not_here
from dossiers.models import CounterIntake, Dossier
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import history
from portal.common.identity import in_groups
from procedures.models import Offering, ProcedureVersion
from tests import factories, world
from tests.dossiers.desk.long_page import typed_page
from tests.dossiers.files.makers import pdf, picture
from tests.dossiers.pages import browse, upload, words
from tests.dossiers.papers.reading import text_of

pytestmark = pytest.mark.django_db
SINGLE, POOR, INFORMATION = "1.004873", "1.011606", "2.000815"
BODY, LEAD = "H18.X004.HC", "H18.X004"
NUMBER = "011090000123"
NAME = "Lò Văn Ính"


def offered(code):
    """An offering at the desk of this commune, as the database gives it."""
    return Offering.objects.select_related("procedure__current").get(pk=world.offering(code, BODY, LEAD).pk)


@pytest.fixture
def place():
    return offered(SINGLE)


@pytest.fixture
def clerk(place):
    return factories.user(full_name="Lò Thị Hoa", receiving_clerk=BODY)


@pytest.fixture
def client(clerk):
    return browse(clerk)


def of_the_person(**typed):
    """What is typed on the page of the applicant."""
    facts = {
        "channel": "direct",
        "kind": "nguoi",
        "document": "can_cuoc",
        "number": NUMBER,
        "name": NAME,
        "birth_date": "27/3/1990",
    }
    return {**facts, "gender": "male", "address": "Số 5, tổ dân phố 3", "phone": "0912 345 678", "email": "", **typed}


def begin(client, offering, **typed):
    return client.post(f"/can-bo/tiep-nhan-tai-quay/thu-tuc/{offering.pk}/", of_the_person(**typed))


@pytest.fixture
def draft(clerk, place):
    """A draft that can be filed but for the signed form: the marital status certificate of somebody without an account."""
    entered = intake.Applicant(NUMBER, NAME, "can_cuoc", birth_date=dt.date(1990, 3, 27), phone="+84912345678")
    made = intake.start(clerk, place, "direct", entered)
    answers = world.local_answers("to_khai_xntthn")
    drafts.save(made, answers={**answers, "req_relation": "ban_than"}, asked={"xin_cap_lai": "khong", "priority_group": ""})
    return intake.find(made.pk, clerk)


@pytest.fixture
def by_proxy(draft, clerk):
    """The same, brought by somebody else: a letter of authority is needed."""
    drafts.save(draft, answers={"req_relation": "uy_quyen"})
    CounterIntake.objects.update(brought_as="proxy", brought_by="Tòng Thị Ếnh", brought_number="011090000999")
    return intake.find(draft.pk, clerk)


def page_of(draft):
    return f"/can-bo/tiep-nhan-tai-quay/{draft.pk}/"


def as_stored(draft, **more):
    """The POST that leaves the answers of the draft as they are: its own page, read by a browser."""
    return {"brought_as": "self"} | typed_page(draft) | more


# ---------------------------------------------------------------- the procedure
def test_a_clerk_chooses_among_the_procedures_of_their_own_bodies(client, place):
    world.offering(factories.RESIDENCE, "H18.X004.CA")
    said = words(client.get("/can-bo/tiep-nhan-tai-quay/"))
    assert place.procedure.current.short_name in said
    assert Offering.objects.get(procedure__code=factories.RESIDENCE).procedure.current.short_name not in said
    found = client.get("/can-bo/tiep-nhan-tai-quay/", {"tu-khoa": unicodedata.normalize("NFD", "hôn nhân")})
    assert place.procedure.current.short_name in words(found)
    assert "Thử ít chữ hơn" in words(client.get("/can-bo/tiep-nhan-tai-quay/", {"tu-khoa": "x" * 500}))


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client, place):
    with CaptureQueriesContext(connection) as one:
        client.get("/can-bo/tiep-nhan-tai-quay/")
    for code in (POOR, INFORMATION, "1.001193"):
        world.offering(code, BODY, LEAD)
    with CaptureQueriesContext(connection) as many:
        client.get("/can-bo/tiep-nhan-tai-quay/")
    assert len(many) == len(one)


def test_what_is_not_taken_in_here_says_why_before_and_after_it_is_sent(client):
    level_1 = offered(INFORMATION)
    assert "cổng chỉ có hướng dẫn" in words(client.get(f"/can-bo/tiep-nhan-tai-quay/thu-tuc/{level_1.pk}/"))
    answer = begin(client, level_1)
    assert answer.status_code == 422 and "Mức 1" in words(answer) and not Dossier.objects.exists()


def test_another_bodys_procedure_is_not_found(client):
    foreign = world.offering(factories.RESIDENCE, "H18.X004.CA")
    assert begin(client, foreign).status_code == 404 and not Dossier.objects.exists()


def test_a_channel_that_the_procedure_has_not_is_refused(client, monkeypatch):
    poor = offered(POOR)
    monkeypatch.setattr(ProcedureVersion, "channels", {"direct": {}})
    assert "bưu chính" in why_not_here(poor.procedure.current, poor, "postal")
    assert why_not_here(poor.procedure.current, poor, "direct") == ""
    answer = begin(client, poor, channel="postal")
    assert answer.status_code == 422 and "không nhận hồ sơ qua bưu chính" in words(answer)


# ---------------------------------------------------------------- the applicant
def test_somebody_without_an_account_is_entered_from_the_document(client, place, clerk):
    answer = begin(client, place)
    draft = Dossier.objects.get()
    assert answer.url == page_of(draft)
    assert (draft.channel, draft.submitter, draft.entered_by) == ("direct", None, clerk)
    assert (draft.person.full_name, draft.person.id_number, draft.person.birth_date) == (NAME, NUMBER, dt.date(1990, 3, 27))
    assert draft.subject_phone == "+84912345678" and draft.intake.document == "can_cuoc"


def test_a_second_press_begins_no_second_draft(client, place):
    assert begin(client, place).url == begin(client, place).url
    assert Dossier.objects.count() == 1 and Person.objects.filter(id_number=NUMBER).count() == 1


def test_who_is_known_is_found_by_number_and_never_changed(client, place):
    known = factories.person(id_number=NUMBER, full_name=NAME, birth_date="1990-03-27")
    begin(client, place, phone="0987654321", name=unicodedata.normalize("NFD", NAME), number="011 090 000 123")
    known.refresh_from_db()
    assert Dossier.objects.get().person == known and known.phone == "+84900000012"
    assert Dossier.objects.get().subject_phone == "+84987654321"


@pytest.mark.parametrize("typed", [{"name": "Lò Văn Inh"}, {"birth_date": "28/3/1990"}, {"name": ""}])
def test_a_number_with_another_name_is_a_question_and_no_guess(client, place, clerk, typed):
    known = factories.person(id_number=NUMBER, full_name=NAME, birth_date="1990-03-27")
    answer = begin(client, place, **typed)
    assert answer.status_code == 422 and "Người trước mặt là ai?" in words(answer) and NAME in words(answer)
    assert not Dossier.objects.exists()
    assert AccessLog.objects.filter(actor=clerk, person=known).exists()
    assert begin(client, place, **typed, **{"la-ai": str(known.pk)}).status_code == 302
    assert Dossier.objects.get().person == known


def test_two_people_with_one_number_are_both_kept_and_asked_about(client, place):
    known = factories.person(id_number=NUMBER, full_name="Quàng Thị Ơn")
    assert "Hai người trùng một số" in words(begin(client, place))
    begin(client, place, **{"la-ai": "moi"})
    other = Dossier.objects.get().person
    assert (other.full_name, other.id_number, other.disputed_number) == (NAME, None, NUMBER)
    again = begin(client, place)  # now there are two, also when one of them has just this name
    assert again.status_code == 422 and "Quàng Thị Ơn" in words(again) and NAME in words(again)
    assert begin(client, place, **{"la-ai": "9" * 30}).status_code == 422
    begin(client, place, **{"la-ai": str(other.pk)})
    assert {dossier.person for dossier in Dossier.objects.all()} == {other} and known.dossiers.count() == 0


def test_an_organisation_is_found_by_its_tax_code_and_has_only_one(client, place):
    known = Organisation.objects.create(name="Hợp tác xã Mường Ảng", tax_code="5600000019")
    typed = {"kind": "to-chuc", "document": "dang_ky", "number": "5600000019", "birth_date": "", "gender": ""}
    answer = begin(client, place, **typed, name="Công ty Khác", **{"la-ai": "moi"})
    assert answer.status_code == 422 and "Hợp tác xã Mường Ảng" in words(answer) and Organisation.objects.count() == 1
    begin(client, place, **typed, name="Hợp tác xã Mường Ảng")
    assert Dossier.objects.get().organisation == known


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"number": "01109000012"}, "Số định danh có 12 số"), ({"number": "٠١١٠٩٠٠٠٠١٢٣"}, "Số định danh có 12 số"),
        ({"number": "", "name": "x"}, "Ghi số trên giấy tờ"), ({"number": "x" * 39}, "Số định danh có 12 số"),
        ({"document": "cmnd", "number": NUMBER}, "có 9 số"), ({"document": "ho_chieu", "number": "C1"}, "6 đến 20"),
        ({"kind": "to-chuc", "number": "123"}, "Mã số thuế"), ({"name": ""}, "Nhập tên như trên giấy tờ"),
        ({"birth_date": "31/2/1990"}, "Ngày sinh"), ({"phone": "12"}, "10 số"), ({"channel": "online"}, "Hồ sơ đến"),
        ({"kind": "khac"}, ""), ({"name": "x" * 101}, "100 chữ"),
    ],
)  # fmt: skip
def test_nonsense_is_named_at_its_place(client, place, typed, said):
    answer = begin(client, place, **typed)
    assert answer.status_code == 422 and said in words(answer) and not Dossier.objects.exists()


# ---------------------------------------------------------------- the one long page
def test_the_whole_form_stands_on_one_page_filled_in_with_what_is_known(client, draft):
    said = words(client.get(page_of(draft)))
    form = rules.form_of(draft)
    assert all(page.title in said for page in form.visible_pages(draft.answers, drafts.clock.today()))
    assert "Cách nhận kết quả" in said and "Tờ khai đã ký" in said and "Người đến nộp" in said


def test_what_is_typed_is_saved_also_when_it_is_wrong(client, draft):
    field = next(key for key, question in rules.form_of(draft).fields.items() if key in draft.answers and question.type == "text")
    client.post(page_of(draft), as_stored(draft, **{field: "Đặng Thị Ếch"}, viec="luu"))
    draft.refresh_from_db()
    assert draft.answers[field] == "Đặng Thị Ếch" and draft.state == "DRAFT"


def test_an_unknown_button_does_nothing(client, draft):
    assert client.post(page_of(draft), as_stored(draft, viec="xoa-het")).status_code == 404


def test_two_windows_the_second_is_told_and_keeps_its_words(client, draft):
    old = as_stored(draft, viec="luu", brought_by="Ánh")
    client.post(page_of(draft), as_stored(draft, viec="luu"))
    answer = client.post(page_of(draft), old)
    assert answer.status_code == 409 and "Cửa sổ khác vừa sửa" in words(answer)


def test_what_is_missing_is_named_and_nothing_is_filed(client, draft):
    drafts.save(draft, answers={"req_full_name": None})
    answer = client.post(page_of(draft), as_stored(draft, viec="ghi-nhan", brought_as="proxy"))
    assert answer.status_code == 422 and "Có lỗi" in answer.content.decode()
    assert "Ghi họ tên người đến nộp" in words(answer)
    assert Dossier.objects.get().state == "DRAFT"


def test_without_the_signed_form_nobody_files_for_a_visitor(client, clerk, draft):
    answer = client.post(page_of(draft), as_stored(draft, viec="tiep-nhan"))
    assert answer.status_code == 422 and "Quét tờ khai người nộp đã ký" in words(answer)
    with pytest.raises(DetailsMissing):
        workflow.submit(draft, actor=clerk)


def printed(client, dossier, kind):
    """The words of an issued paper, as this client opens it."""
    answer = client.get(dossier.papers.get(kind=kind).get_absolute_url())
    return text_of(b"".join(answer.streaming_content))


def signed(**more):
    return {"tep-to-khai-da-ky": upload("ky.pdf", pdf()), **more}


@pytest.mark.needs_pdf
def test_one_press_files_and_accepts_and_a_second_one_does_nothing(client, clerk, draft, run_followups):
    send = as_stored(draft, viec="tiep-nhan", **signed())
    assert client.post(page_of(draft), send).url == page_of(draft)
    assert client.post(page_of(draft), as_stored(draft, viec="tiep-nhan")).status_code == 302
    dossier = Dossier.objects.get()
    assert [event.step for event in dossier.events.all()] == ["submit", "accept"]
    assert {event.actor for event in dossier.events.all()} == {clerk}
    assert dossier.digitised_at_receipt and not dossier.identity_verified and dossier.channel == "direct"
    assert history.problems(dossier) == []
    run_followups()
    said = words(client.get(page_of(draft)))
    assert dossier.code in said and "Giấy tiếp nhận hồ sơ" in said
    slip = printed(client, dossier, "receipt_slip")
    assert "(ký, ghi rõ họ tên)" in slip and "(đã ký)" in slip and "(điền trên cổng)" not in slip
    assert "tại quầy" in printed(client, dossier, "acknowledgement")


@pytest.mark.needs_pdf
def test_sheets_are_counted_and_a_paper_without_scan_is_not_digitised(client, by_proxy, run_followups):
    draft = by_proxy
    keys = [ask.key for ask in rules.asked_documents(draft) if not ask.replaced_by_data]
    send = as_stored(draft, viec="tiep-nhan", **signed(), **{f"chinh-{keys[0]}": "1", f"sao-{keys[0]}": "2"})
    client.post(page_of(draft), send)
    dossier = Dossier.objects.get()
    assert dossier.intake.papers == {keys[0]: {"originals": 1, "copies": 2}} and dossier.accepted_at
    held = list(dossier.originals.held().values_list("item_key", "count", "is_copy", "received_by"))
    assert held == [(keys[0], 1, False, dossier.entered_by_id), (keys[0], 2, True, dossier.entered_by_id)]
    assert dossier.originals.to_return().count() == 1 and history.problems(dossier) == []
    assert "Giấy tờ gốc đang giữ" in words(client.get(page_of(draft)))
    assert not dossier.digitised_at_receipt
    run_followups()
    assert "bản giấy: 1 bản chính, 2 bản sao" in printed(client, dossier, "acknowledgement")


@pytest.mark.parametrize("text", ["-1", "²", "1000", "hai", "1,5"])
def test_a_number_of_sheets_that_is_none_is_named(client, by_proxy, text):
    draft = by_proxy
    key = next(ask.key for ask in rules.asked_documents(draft) if not ask.replaced_by_data)
    answer = client.post(page_of(draft), as_stored(draft, viec="luu", **{f"chinh-{key}": text}))
    assert answer.status_code == 422 and "Ghi số bản bằng chữ số" in words(answer)


def test_a_scan_of_forty_pages_is_named_at_its_paper_and_the_rest_is_kept(client, by_proxy):
    draft = by_proxy
    key = next(ask.key for ask in rules.asked_documents(draft) if not ask.replaced_by_data)
    pages = [upload(f"trang-{n}.png", picture("PNG", size=(8, 8))) for n in range(40)]
    answer = client.post(page_of(draft), as_stored(draft, viec="luu") | {f"tep-{key}": pages})
    assert answer.status_code == 422 and "Ghép các trang vào một tệp PDF" in words(answer)
    assert draft.attachments.count() == 30


def test_a_letter_says_its_number_what_came_and_what_is_missing(client, clerk, place):
    begin(client, place, channel="postal")
    draft = intake.find(Dossier.objects.get().pk, clerk)
    answers = {**world.local_answers("to_khai_xntthn"), "req_relation": "uy_quyen"}
    asked = {"xin_cap_lai": "khong", "priority_group": ""}
    drafts.save(draft, answers=answers, asked=asked, delivery_way="counter")
    draft = intake.find(draft.pk, clerk)
    lacks = client.post(page_of(draft), as_stored(draft, viec="tiep-nhan", **signed()))
    assert "Ghi số bưu gửi" in words(lacks) and "Ghi ngày nhận thư" in words(lacks)
    draft = intake.find(draft.pk, clerk)
    letter = {
        "letter_number": "EA 123 456 789 VN",
        "letter_on": "28/11/2026",
        "letter_contents": "Tờ khai đã ký",
        "missing": "Ủy quyền",
    }
    answer = client.post(page_of(draft), as_stored(draft, viec="tiep-nhan", **letter), follow=True)
    dossier = Dossier.objects.get()
    assert dossier.state == "SUBMITTED" and "Chưa tiếp nhận" in answer.content.decode()
    assert "Văn bản ủy quyền" in words(answer) and dossier.intake.letter_on == dt.date(2026, 11, 28)
    assert dossier.reception_due_at is not None


def test_a_level_two_procedure_is_taken_in_at_the_counter_and_still_not_online(client, clerk):
    poor = offered(POOR)
    begin(client, poor)
    draft = intake.find(Dossier.objects.get().pk, clerk)
    drafts.save(draft, answers=world.local_answers("giay_de_nghi_ho_ngheo"), asked={"priority_group": ""})
    client.post(page_of(draft), as_stored(intake.find(draft.pk, clerk), viec="ghi-nhan", **signed()))
    assert Dossier.objects.get().state == "SUBMITTED"


def test_the_signed_slip_is_kept_and_belongs_to_no_filed_content(client, draft, clerk):
    client.post(page_of(draft), as_stored(draft, viec="tiep-nhan", **signed()))
    answer = client.post(page_of(draft), {"tep": upload("hen.pdf", pdf())}, follow=True)
    dossier = Dossier.objects.get()
    scan = dossier.attachments.get(item_key="giay-da-ky")
    assert scan.signed_for.step == "accept" and scan.source == "scan" and "Đã giữ bản quét" in answer.content.decode()
    assert scan not in dossier.attachments.current() and history.problems(dossier) == []
    assert browse(clerk).get(f"/giay-to/{scan.pk}/").status_code == 200
    refused = client.post(page_of(draft), {"tep": upload("hen.pdf", b"no file at all")})
    assert refused.status_code == 422 and dossier.attachments.filter(item_key="giay-da-ky").count() == 1


def test_how_it_was_taken_in_is_kept_by_the_database_and_the_history(client, draft):
    client.post(page_of(draft), as_stored(draft, viec="ghi-nhan", **signed()))
    row = CounterIntake.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterIntake.objects.filter(pk=row.pk).update(brought_by="Ai đó")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    content = row.dossier.answer_revisions.get().content["filing"]
    assert content["intake"]["document"] == "can_cuoc" and content["entered_by"] == row.dossier.entered_by_id


@pytest.mark.needs_pdf
def test_who_took_it_in_prints_the_slip_with_the_tracking_code_and_a_colleague_without(client, clerk, draft, run_followups):
    client.post(page_of(draft), as_stored(draft, viec="tiep-nhan", **signed()))
    run_followups()
    dossier, colleague = Dossier.objects.get(), browse(factories.user(receiving_clerk=BODY))
    secret, copy = in_groups(dossier.secret, 5), printed(colleague, dossier, "receipt_slip")
    assert secret in printed(client, dossier, "receipt_slip") and secret not in copy and dossier.code in copy


def test_no_question_of_a_form_is_named_like_one_of_the_portal_beside_it():
    """They stand in one form on the page of the counter."""
    for facts in world.document("procedures.json")["procedures"]:
        if not facts["form_key"]:
            continue
        version = world.procedure(facts["code"]).current
        parts = judging.parts_of(Dossier(version=version, channel="direct"))
        names = [set(part.form.fields) for part in parts]
        assert not set.intersection(*names), facts["code"]


def test_what_is_erased_by_law_leaves_no_name_of_who_brought_it(client, draft, clerk):
    CounterIntake.objects.update(brought_as="parent", brought_by="Lò Thị Mẹ", brought_number="011090000999")
    factories.attachment(draft, "to-khai-da-ky")
    dossier = workflow.submit(draft, actor=clerk)
    dossier = workflow.advance(dossier, "refuse_receipt", actor=clerk, note="Không đúng nơi nhận.")
    history.erase(dossier, ground="Theo yêu cầu của người dân")
    row = CounterIntake.objects.get()
    assert (row.brought_by, row.brought_number, row.brought_as) == ("", "", "parent")
    assert history.problems(Dossier.objects.get()) == []


# ---------------------------------------------------------------- who may
def addresses(draft, place):
    return [
        ("GET", "/can-bo/tiep-nhan-tai-quay/"), ("GET", f"/can-bo/tiep-nhan-tai-quay/thu-tuc/{place.pk}/"),
        ("GET", page_of(draft)),
        ("POST", page_of(draft)), ("GET", f"{page_of(draft)}to-khai.pdf"), ("POST", f"{page_of(draft)}bo/"),
    ]  # fmt: skip


ROLES = ["officer", "signer", "head", "deputy", "accountant", "inspector", "hotline", "agency_admin", "catalogue_admin"]


@pytest.mark.parametrize("who", ["nobody", "citizen", "colleague", "other body", *ROLES])
def test_every_address_answers_who_may_and_nobody_else(draft, place, who):
    user = {
        "nobody": lambda: None, "citizen": factories.citizen, "colleague": lambda: factories.user(receiving_clerk=BODY),
        "other body": lambda: factories.user(receiving_clerk="H18.X004.CA"),
    }.get(who, lambda: factories.user(**{who: BODY}))()  # fmt: skip
    client, scan = browse(user), factories.attachment(draft, "khac")
    answers = [getattr(client, method.lower())(address) for method, address in addresses(draft, place)]
    codes = [answer.status_code for answer in answers]
    if who == "nobody":
        assert codes == [302] * 6 and all("dang-nhap" in answer.url for answer in answers)
    elif who == "colleague":
        assert codes == [200, 200, 404, 404, 404, 404]
    elif who == "other body":
        assert codes == [200, 404, 404, 404, 404, 404]
    else:
        assert codes == [404] * 6
    assert client.get(f"/giay-to/{scan.pk}/").status_code == 404
    assert not user or client.get(f"/api/v1/drafts/{draft.pk}/").status_code in (403, 404)
    assert Dossier.objects.filter(pk=draft.pk, state="DRAFT").exists()


# ---------------------------------------------------------------- from hand to hand
def test_a_draft_goes_to_a_colleague_of_the_desk_who_files_it(client, draft, clerk):
    colleague, stranger = factories.user(full_name="Quàng Thị Én", receiving_clerk=BODY), factories.user(officer=BODY)
    assert "Quàng Thị Én" in words(client.get(page_of(draft)))
    for to in ("", "0", str(stranger.pk), "²"):
        client.post(page_of(draft), as_stored(draft, viec="chuyen", **{"cho-ai": to}))
        draft = intake.find(draft.pk, clerk)
        assert draft.entered_by == clerk
    sent = as_stored(draft, viec="chuyen", brought_by="Ánh", **{"cho-ai": str(colleague.pk)}, **signed())
    assert client.post(page_of(draft), sent).url == "/can-bo/tiep-nhan-tai-quay/"
    assert client.get(page_of(draft)).status_code == 404  # it is no longer this clerk's
    with pytest.raises(PermissionDenied):
        workflow.submit(draft, actor=clerk)
    other = browse(colleague)
    assert NAME in words(other.get("/can-bo/tiep-nhan-tai-quay/"))
    other.post(page_of(draft), as_stored(intake.find(draft.pk, colleague), viec="ghi-nhan"))
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.entered_by, dossier.intake.brought_by) == ("SUBMITTED", colleague, "Ánh")
    kept = dossier.answer_revisions.get().content["filing"]["intake"]["hands"]
    assert [(hand["from"], hand["to"]) for hand in kept] == [(clerk.pk, colleague.pk)] and history.problems(dossier) == []


def test_a_draft_is_not_lost_when_its_clerk_leaves_or_is_away(draft, clerk):
    colleague, other = factories.user(receiving_clerk=BODY), browse(factories.user(receiving_clerk="H18.X004.CA"))
    client, desk, take = browse(colleague), "/can-bo/tiep-nhan-tai-quay/", {"nhan": draft.pk}
    assert NAME not in words(client.get(desk)) and client.post(desk, take).status_code == 404
    today = drafts.clock.today()
    away = Absence.objects.create(user=clerk, first_on=today, last_on=today, entered_by=clerk)
    assert NAME in words(client.get(desk))
    Absence.objects.filter(pk=away.pk).update(cancelled_at=drafts.clock.now())
    assert NAME not in words(client.get(desk))
    clerk.memberships.update(valid_to="2026-01-01")
    assert NAME in words(client.get(desk)) and NAME not in words(other.get(desk))
    assert other.post(desk, take).status_code == 404 and client.post(desk, {"nhan": "x"}).status_code == 404
    assert client.post(desk, take).url == page_of(draft) and client.post(desk, take).status_code == 404  # pressed twice
    assert client.get(page_of(draft)).status_code == 200


def test_a_colleague_keeps_the_signed_slip_and_another_body_sees_nothing(client, draft, clerk):
    client.post(page_of(draft), as_stored(draft, viec="tiep-nhan", **signed()))
    colleague = factories.user(full_name="Quàng Thị Én", receiving_clerk=BODY)
    answer = browse(colleague).post(page_of(draft), {"tep": upload("hen.pdf", pdf())}, follow=True)
    assert "Người quét: Quàng Thị Én" in words(answer) and "Lò Thị Hoa ghi nhận" in words(answer)
    dossier = Dossier.objects.get()
    scan = dossier.attachments.get(item_key="giay-da-ky")
    assert scan.uploaded_by == colleague and scan.signed_for.actor == clerk and history.problems(dossier) == []
    assert page_of(draft) in browse(colleague).get(f"/can-bo/ho-so/{dossier.code}/").content.decode()
    for stranger in (factories.user(receiving_clerk="H18.X004.CA"), factories.user(officer=BODY), factories.citizen()):
        assert browse(stranger).get(page_of(draft)).status_code == 404
        assert browse(stranger).post(page_of(draft), {"tep": upload("hen.pdf", pdf())}).status_code == 404
    assert dossier.attachments.filter(item_key="giay-da-ky").count() == 1


def test_scans_are_put_in_order_and_turned(client, by_proxy):
    draft = by_proxy
    key = next(ask.key for ask in rules.asked_documents(draft) if not ask.replaced_by_data)
    pages = [upload(f"trang-{n}.png", picture("PNG", size=(30 + n, 20))) for n in range(2)] + [upload("ba.pdf", pdf())]
    client.post(page_of(draft), as_stored(draft, viec="luu") | {f"tep-{key}": pages})
    first, second, third = draft.attachments.order_by("page")

    def press(**button):
        return client.post(page_of(draft), as_stored(intake.find(draft.pk, draft.entered_by), **button))

    assert press(len=str(third.pk)).url.endswith(f"#g-f-{key.replace('.', '-')}")
    press(len=str(first.pk))  # it is the first already
    assert list(draft.attachments.order_by("page").values_list("pk", flat=True)) == [first.pk, third.pk, second.pk]
    press(xoay=str(second.pk))
    turned = draft.attachments.get(pk=second.pk)
    assert Image.open(io.BytesIO(storage.read_stored(turned.storage_key))).size == (20, 31)
    assert storage.matches(turned.storage_key, turned.sha256) and storage.matches(turned.original_key, second.original_sha256)
    for button in ({"xoay": str(third.pk)}, {"xoay": "²"}, {"len": "0"}):  # a PDF, and nothing at all
        assert press(**button).status_code == 302
    assert draft.attachments.get(pk=third.pk).sha256 == third.sha256


def test_the_door_takes_no_other_clerk_and_no_channel_of_the_citizens(draft, clerk):
    factories.attachment(draft, "to-khai-da-ky")
    for other in (factories.user(receiving_clerk=BODY), factories.user(receiving_clerk="H18.X004.CA"), factories.citizen()):
        with pytest.raises(PermissionDenied):
            workflow.submit(draft, actor=other)
    Dossier.objects.filter(pk=draft.pk).update(channel="online")
    with pytest.raises(PermissionDenied):
        workflow.submit(Dossier.objects.get(pk=draft.pk), actor=clerk)


def test_nobody_takes_in_their_own_matter(place, clerk):
    own = factories.as_citizen(clerk)
    entered = intake.Applicant(own.person.id_number, own.person.full_name, "can_cuoc")
    draft = intake.start(factories.fresh(clerk), place, "direct", entered)
    assert intake.find(draft.pk, factories.fresh(clerk)) is None
    with pytest.raises(PermissionDenied):
        workflow.submit(draft, actor=factories.fresh(clerk))


def test_a_draft_is_printed_and_discarded_with_its_scans(client, draft):
    factories.attachment(draft, "khac")
    assert client.get(f"{page_of(draft)}to-khai.pdf")["Content-Type"] == "application/pdf"
    client.post(f"{page_of(draft)}bo/")
    assert not Dossier.objects.exists() and not CounterIntake.objects.exists()
