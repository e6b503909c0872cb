"""Originals: received, handed over and confirmed, returned against signature; asked for only by a reason of law."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from dossiers import workflow
from dossiers.custody import keeping
from dossiers.custody.models import CustodyMove, Handover, Move, Original
from dossiers.models import ClockInterval
from dossiers.parcels.models import Parcel, ParcelNotice
from dossiers.transitions import conditions
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import history
from dossiers.workflow.history import problems
from portal.common import clock
from tests import factories
from tests.dossiers.desk.test_steps import now
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
PAPERS = [("Sổ hộ khẩu", "", 1), ("Giấy chứng nhận kết hôn", "", 2)]


def received(desk, dossier):
    return keeping.receive(dossier, PAPERS, received_from="Lò Văn Páo", by=desk.clerk)


def where(original):
    row = Original.objects.located().get(pk=original.pk)
    return row.where, row.agency_now


def test_originals_go_there_and_back(desk):
    dossier = desk.accepted()
    here = dossier.receiving_agency_id
    book, marriage = received(desk, dossier)
    with pytest.raises(DetailsMissing):  # within one body a person is named
        keeping.hand_over([book], to=dossier.receiving_agency, by=desk.clerk)
    made = keeping.hand_over([book, marriage], to=desk.officer, by=desk.clerk)
    assert where(book) == (Move.HANDED, here)
    with pytest.raises(PermissionDenied):
        keeping.confirm(made, {book.pk}, by=desk.clerk)  # who hands over does not confirm
    with pytest.raises(PermissionDenied):
        keeping.confirm(made, {book.pk}, by=desk.head)  # another person was named
    with pytest.raises(keeping.Elsewhere):
        keeping.give_back([book], by=desk.clerk, **factories.SIGNED)
    keeping.confirm(made, {book.pk}, by=desk.officer)
    keeping.confirm(made, {book.pk, marriage.pk}, by=desk.officer)  # pressed again: the first answer stays
    assert (where(book)[0], where(marriage)[0]) == (Move.TAKEN, Move.NOT_THERE)
    assert not Handover.objects.filter(pk__in=keeping.unanswered()).exists()

    keeping.give_back([book, marriage], by=desk.clerk, **factories.SIGNED)
    with pytest.raises(keeping.Elsewhere):
        keeping.give_back([book], by=desk.clerk, **factories.SIGNED)
    move = book.moves.last()
    assert (move.kind, move.person, move.mandate) == (
        Move.RETURNED,
        factories.SIGNED["signed_for_by"],
        factories.SIGNED["mandate"],
    )
    assert not dossier.originals.held().exists()
    assert problems(now(dossier)) == []


def test_nothing_of_it_is_changed_or_deleted(desk):
    dossier = desk.accepted()
    book, _marriage = received(desk, dossier)
    keeping.hand_over([book], to=desk.officer, by=desk.clerk)
    for rows in (Original.objects.all(), CustodyMove.objects.all(), Handover.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")
    changes = {Original: {"count": 9}, CustodyMove: {"kind": "returned"}, Handover: {"code": "X"}}
    for model, change in changes.items():
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)


def test_what_is_erased_by_law_leaves_no_name_here_either(desk):
    dossier = desk.accepted()
    keeping.give_back(received(desk, dossier), by=desk.clerk, **factories.SIGNED)
    factories.parcel(dossier, state="lost").notices.create(
        key="1", state="lost", happened_at=clock.now(), words="Ông Páo", raw="{Páo}"
    )
    dossier = workflow.advance(now(dossier), "stop", actor=desk.head, note="Người nộp đã mất.", legal_ground="Luật")
    history.erase(dossier, ground="Khoản 2 Điều 16")
    left = [
        *Original.objects.values_list("received_from"),
        *CustodyMove.objects.values_list("person", "seen_number", "mandate"),
        *Parcel.objects.values_list("recipient", "phone", "address"),
        *ParcelNotice.objects.values_list("words", "raw"),
    ]
    assert {value for row in left for value in row} == {"", history.ERASED}
    assert problems(now(dossier)) == []


def test_what_is_wrong_is_refused(desk):
    dossier = desk.accepted()
    other = factories.user(receiving_clerk="H18.X005.CA")
    for user in (other, desk.officer, dossier.submitter):
        with pytest.raises(PermissionDenied):
            keeping.receive(dossier, PAPERS, received_from="Páo", by=user)
    for papers, giver, field in (([], "Páo", "name"), ([("", "", 1)], "Páo", "name"), ([("Sổ", "", 0)], "Páo", "count"),
                                 ([("Sổ", "", 100)], "Páo", "count"), (PAPERS, " ", "received_from")):  # fmt: skip
        with pytest.raises(DetailsMissing) as missing:
            keeping.receive(dossier, papers, received_from=giver, by=desk.clerk)
        assert missing.value.field == field
    book, _marriage = received(desk, dossier)
    with pytest.raises(DetailsMissing):  # that body does not work on it
        keeping.hand_over([book], to=other.memberships.get().agency, by=desk.clerk)
    with pytest.raises(DetailsMissing):
        keeping.hand_over([book], to=other, by=desk.clerk)
    with pytest.raises(PermissionDenied):
        keeping.hand_over([book], to=desk.officer, by=other)
    with pytest.raises(DetailsMissing) as missing:
        keeping.give_back([book], by=desk.clerk, **{**factories.SIGNED, "seen_number": ""})
    assert missing.value.field == "seen_number" and where(book)[0] == Move.RECEIVED


def test_a_withdrawal_is_not_confirmed_while_the_books_hold_an_original(desk):
    dossier = desk.accepted()
    papers = received(desk, dossier)
    dossier = workflow.advance(dossier, "withdraw", actor=dossier.submitter)
    with pytest.raises(DetailsMissing):
        workflow.advance(dossier, "confirm_withdrawal", actor=desk.clerk, originals_returned=True)
    keeping.give_back(papers, by=desk.clerk, **factories.SIGNED)
    assert workflow.advance(dossier, "confirm_withdrawal", actor=desk.clerk, originals_returned=True).state == "STOPPED"


# ---------------------------------------------------------------- asking for an original
def test_an_original_is_asked_for_only_by_a_reason_of_law_and_no_clock_moves(desk, monkeypatch):
    dossier = desk.accepted()
    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "ask_original", actor=desk.clerk, original="1.1")
    monkeypatch.setattr(conditions, "originals_with_reason", lambda dossier: {"1.1": ("Sổ đỏ", "khoản 2 Điều 5")})
    with pytest.raises(DetailsMissing):
        workflow.advance(dossier, "ask_original", actor=desk.clerk, original="1.2")
    before = list(ClockInterval.objects.values()), dossier.due_at, dossier.state, dossier.step_due_at
    for _n in range(2):
        dossier = workflow.advance(dossier, "ask_original", actor=desk.clerk, original="1.1")
    received(desk, dossier)
    dossier = now(dossier)
    assert (list(ClockInterval.objects.values()), dossier.due_at, dossier.state, dossier.step_due_at) == before
    assert dossier.events.filter(step="ask_original").count() == 2
    assert dossier.events.last().text.details["original"] == {"key": "1.1", "name": "Sổ đỏ", "reason": "khoản 2 Điều 5"}
    told = dossier.submitter.inbox.filter(subject__startswith="Cần xem bản chính").first()
    assert "khoản 2 Điều 5" in told.body and "vẫn tính như cũ" in told.body
    assert "Đã xin bản chính 2 lần" in words(browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/giay-to-goc/"))


# ---------------------------------------------------------------- pages
def test_the_pages_there_and_back(desk):
    dossier = desk.accepted()
    clerk, address = browse(desk.clerk), f"/can-bo/ho-so/{dossier.code}/giay-to-goc/"
    assert "Không giữ giấy tờ gốc nào" in words(clerk.get(address))
    assert clerk.post(address, {"received_from": "Páo"}).status_code == 422
    assert clerk.post(address, {"received_from": "Páo", "other": "Sổ", "other_count": "trăm"}).status_code == 422
    assert clerk.post(address, {"received_from": "Lò Văn Páo", "other": "Sổ hộ khẩu", "other_count": "1"}).status_code == 302
    book = Original.objects.get()
    assert book.name == "Sổ hộ khẩu"  # NFC
    assert "Sổ hộ khẩu" in words(clerk.get("/can-bo/giay-to-goc/"))

    chosen = clerk.get(f"/can-bo/giay-to-goc/ban-giao/?giay={book.pk}")
    assert desk.officer.full_name in words(chosen)
    to = {"giay": book.pk, "ben-nhan": f"nguoi-{desk.officer.pk}"}
    assert clerk.post("/can-bo/giay-to-goc/ban-giao/", {**to, "ben-nhan": "nguoi-0"}).status_code == 422
    page = clerk.post("/can-bo/giay-to-goc/ban-giao/", to)
    made = Handover.objects.get()
    assert page.status_code == 302 and clerk.post("/can-bo/giay-to-goc/ban-giao/", to).status_code == 404  # pressed twice
    officer = browse(desk.officer)
    assert made.code in words(officer.get("/can-bo/giay-to-goc/?nhom=ban-giao"))
    assert officer.post(page.url, {"giay": book.pk}).status_code == 302
    assert "Bên nhận đã nhận" in words(clerk.get(page.url))

    assert clerk.get(f"{address}tra/").status_code == 302  # nothing chosen
    assert clerk.post(f"{address}tra/", {"giay": book.pk, **factories.SIGNED, "mandate": ""}).status_code == 422
    assert clerk.post(f"{address}tra/", {"giay": book.pk, **factories.SIGNED}).status_code == 302
    assert "Sổ hộ khẩu" not in words(clerk.get("/can-bo/giay-to-goc/"))


def test_another_body_finds_neither_page_nor_paper_nor_barcode(desk):
    dossier = desk.accepted()
    book, _marriage = received(desk, dossier)
    made = keeping.hand_over([book], to=desk.officer, by=desk.clerk)
    own = [reverse("desk:originals", args=[dossier.code]), reverse("desk:give_back", args=[dossier.code]),
           reverse("desk:custody_sheet", args=[dossier.code]), reverse("desk:folder_label", args=[dossier.code]),
           reverse("desk:handover", args=[made.code]), reverse("desk:handover_pdf", args=[made.code]),
           f"/can-bo/giay-to-goc/ban-giao/?giay={book.pk}"]  # fmt: skip
    strangers = [factories.user(receiving_clerk="H18.X005.CA"), factories.user(inspector="H18"), dossier.submitter,
                 factories.user(accountant="H18.X004.CA"), factories.citizen()]  # fmt: skip
    for stranger in strangers:
        client = browse(stranger)
        for address in own:
            assert client.get(address).status_code == 404, (stranger, address)
            assert client.post(address, {"giay": book.pk}).status_code in (404, 405), (stranger, address)
    other = browse(strangers[0])
    found = other.post("/can-bo/", {"tu-khoa": dossier.code}, follow=True)
    assert "Không tìm thấy hồ sơ nào" in words(found)
    assert dossier.code in words(browse(desk.clerk).post("/can-bo/", {"tu-khoa": dossier.code}, follow=True))
    assert where(book)[0] == Move.HANDED


def test_the_list_of_a_body_does_not_ask_more_for_more_rows(desk, django_assert_max_num_queries):
    dossier = desk.accepted()
    for _n in range(6):
        received(desk, dossier)
    client = browse(desk.clerk)
    for group in ("dang-giu", "phai-tra", "ban-giao", "khac"):
        with django_assert_max_num_queries(14):
            assert client.get(f"/can-bo/giay-to-goc/?nhom={group}").status_code == 200


def test_copies_go_with_the_originals_and_nobody_owes_them_back(desk):
    dossier = desk.accepted()
    book, copy = keeping.receive(dossier, [("Sổ đỏ", "", 1), ("Giấy khai sinh", "", 2, True)], received_from="Páo", by=desk.clerk)
    client = browse(desk.clerk)
    shown = words(client.get(f"/can-bo/ho-so/{dossier.code}/giay-to-goc/"))
    assert "Sổ đỏ, 1 bản chính" in shown and "Giấy khai sinh, 2 bản sao" in shown
    assert "2 bản sao" in words(client.get("/can-bo/giay-to-goc/"))
    made = keeping.hand_over([book, copy], to=desk.officer, by=desk.clerk)
    keeping.confirm(made, {book.pk, copy.pk}, by=desk.officer)
    assert "Giấy khai sinh, 2 bản sao" in words(browse(desk.officer).get(f"/can-bo/giay-to-goc/ban-giao/{made.code}/"))
    keeping.give_back([book], by=desk.clerk, **factories.SIGNED)
    workflow.advance(dossier, "withdraw", actor=dossier.submitter)
    stopped = workflow.advance(now(dossier), "confirm_withdrawal", actor=desk.clerk, originals_returned=True)
    assert stopped.state == "STOPPED"  # the copy stays with the dossier
    assert "Giấy khai sinh" not in words(client.get("/can-bo/giay-to-goc/"))
    assert "Giấy khai sinh" not in words(client.get("/can-bo/giay-to-goc/?nhom=phai-tra"))


def test_a_reader_opens_what_the_code_names_for_who_may_see_it(desk):
    dossier = desk.accepted()
    made = keeping.hand_over(received(desk, dossier), to=desk.officer, by=desk.clerk)
    parcel = factories.parcel(dossier, state="lost")
    page, sheet = f"/can-bo/ho-so/{dossier.code}/", f"/can-bo/giay-to-goc/ban-giao/{made.code}/"
    typed = {dossier.code: page, f" {dossier.code.lower().replace('-', '–')}\r": page, made.code: sheet, parcel.reference: page}
    client, other = browse(desk.clerk), browse(factories.user(receiving_clerk="H18.X005.CA"))
    for code, opened in typed.items():
        assert client.post("/can-bo/", {"tu-khoa": code}).url == opened
        assert other.post("/can-bo/", {"tu-khoa": code}).url.startswith("/can-bo/?")
    for code in (dossier.code[:-1], "", "x" * 500, "\x00", "²", "BB", "BG", "--"):
        assert client.post("/can-bo/", {"tu-khoa": code}).url.startswith("/can-bo/")


@pytest.mark.needs_pdf
def test_the_prints(desk):
    from tests.dossiers.papers.reading import text_of

    dossier = desk.accepted()
    papers = received(desk, dossier)
    made = keeping.hand_over(papers[:1], to=desk.officer, by=desk.clerk)
    client = browse(desk.clerk)
    for name, key, wanted in (
        ("folder_label", dossier.code, [dossier.code, dossier.subject_name]),
        ("custody_sheet", dossier.code, ["Giấy chứng nhận kết hôn", "Lò Văn Páo", "chưa trả"]),
        ("handover_pdf", made.code, [made.code, "Sổ hộ khẩu", desk.officer.full_name]),
    ):
        answer = client.get(reverse(f"desk:{name}", args=[key]))
        text = " ".join(text_of(b"".join(answer.streaming_content)).split())
        assert all(word in text for word in wanted), (name, text)
