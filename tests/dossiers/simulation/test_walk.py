"""A draft is walked through page by page as a citizen would, to a review of what it makes; no dossier comes of it."""

import copy
import datetime as dt

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session

from dossiers.simulation.walk import SESSION_KEY
from portal.common import clock
from procedures.models import Offering, Procedure, VersionDraft
from procedures.office import drafts
from procedures.office.checking import problems
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.procedures.office.test_drafts import shown_values

CODE = "1.001570"  # an e-form of three pages, one of them conditional; a question of the portal; a fee of the province
DRAFT = f"/can-bo/danh-muc/{CODE}/ban-thao/"
WALK = f"{DRAFT}di-thu/"
HOUSEHOLD = {
    "biz_name": "Hộ kinh doanh Thử", "biz_code": "5800000019", "biz_address-province": "11",
    "biz_address-commune": "11.X004", "biz_address-detail": "Số 5, tổ dân phố 3",
}  # fmt: skip


@pytest.fixture
def editor(db):
    world.load_sample([CODE])
    return factories.user(catalogue_admin="H18")


@pytest.fixture
def draft(editor):
    """Fee, term, and a paper with a condition differ from the version in effect."""
    found = drafts.start(Procedure.objects.get(code=CODE).current, by=editor)
    facts = copy.deepcopy(found.version.facts)
    facts["fee_lines"][0]["amount"] = 33_000
    for channel in facts["channels"]:
        channel["processing"] = {**channel["processing"], "value": 9, "rule": None}
    paper = next(row for group in facts["document_groups"] for row in group["documents"] if row["key"] == "2.1")
    paper.update(required=True, when={"field": "ask.uy_quyen", "op": "eq", "value": "co"}, replaced_by_data=None)
    assert problems({**found.version.document, "procedure": facts}) == []
    return drafts.save(found, facts, 0, by=editor)


def rows_stored():
    """How many rows each table of dossiers and payments has."""
    models = [model for app in ("dossiers", "payments") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: model._base_manager.count() for model in models}


def date(name, day):
    return {f"{name}-ngay": str(day.day), f"{name}-thang": str(day.month), f"{name}-nam": str(day.year)}


def asks(**more):
    first = clock.today() + dt.timedelta(days=45)
    return {"reason": "Sửa nhà", "request": "tam_ngung", **date("from_date", first), **more}


def walked_to_the_review(pages, place="H18.X004", audience="citizen"):
    """Go on from page to page; returns the address of the review."""
    last = clock.today() + dt.timedelta(days=75)
    answers = {
        "ho_kinh_doanh": HOUSEHOLD, "de_nghi": asks(), "ngay_ket_thuc": date("to_date", last), "cau-hoi": {"ask_uy_quyen": "co"},
        "cach-nhan": {"delivery_way": "counter"},
    }  # fmt: skip
    address = pages.post(WALK, {"place": place, "audience": audience, "age": "40"})["Location"]
    for _page in range(8):
        key = address.removesuffix("/").rpartition("/")[2]
        if key == "xem-lai":
            break
        answer = pages.post(address, answers[key])
        assert answer.status_code == 302, (key, words(answer))
        address = answer["Location"]
    return address


@pytest.mark.slow
def test_pages_with_an_error_and_back_keep_what_was_typed(editor, draft):
    pages = browse(editor)
    assert WALK in pages.get(DRAFT).content.decode() and "Đi tiếp lần đang dở" not in words(pages.get(WALK))
    first = pages.post(WALK, {"place": "", "audience": "citizen", "age": ""})["Location"]
    assert first == f"{WALK}ho_kinh_doanh/" and "Đang đi thử bản thảo" in words(pages.get(first))
    wrong = pages.post(first, {**HOUSEHOLD, "biz_name": ""})
    assert wrong.status_code == 200 and "Tên hộ kinh doanh" in words(wrong) and 'aria-invalid="true"' in wrong.content.decode()
    assert pages.post(first, HOUSEHOLD)["Location"] == f"{WALK}de_nghi/"
    assert pages.post(f"{WALK}de_nghi/", asks(request="tiep_tuc"))["Location"] != f"{WALK}ngay_ket_thuc/"  # hidden by the answer
    assert pages.post(f"{WALK}de_nghi/", asks())["Location"] == f"{WALK}ngay_ket_thuc/"
    assert f'href="{first}"' in pages.get(f"{WALK}de_nghi/").content.decode()
    back = shown_values(pages.get(first).content.decode())
    assert back["biz_name"] == ["Hộ kinh doanh Thử"] and back["biz_address-commune"] == ["11.X004"]
    review = words(pages.get(f"{WALK}xem-lai/"))
    assert "Đến ngày" in review and "còn chỗ phải sửa ở trên" in review and "Làm thành ví dụ" not in review
    begin = pages.get(WALK)
    assert "Đi tiếp lần đang dở" in words(begin) and f'href="{WALK}ngay_ket_thuc/"' in begin.content.decode()


@pytest.mark.slow
def test_the_review_shows_what_the_draft_makes_of_it_and_nothing_is_stored(editor, draft):
    pages, before = browse(editor), rows_stored()
    address = walked_to_the_review(pages)
    page = words(pages.get(address))
    assert "33.000 đồng" in page and "Văn bản ủy quyền" in page and "Hộ kinh doanh Thử" in page and "Có lỗi" not in page
    assert "không gửi tệp, không nộp" in page
    promised = page.partition("Hẹn trả")[2].partition("Kết quả")[0]  # in nine working days: two weekends at least
    days = [clock.today() + dt.timedelta(days=n) for n in range(11, 22)]
    assert any(f", {day.day} tháng {day.month}" in promised for day in days), promised
    assert rows_stored() == before and VersionDraft.objects.get().version.sha256 == draft.version.sha256
    made = pages.post(address, {"viec": "vi-du", "lan-ghi": draft.revision})["Location"]
    assert made == f"{DRAFT}vi-du/vd1/"
    [example] = VersionDraft.objects.get().version.facts["examples"]
    assert example["place"] == "H18.X004" and example["asked"] == {"uy_quyen": "co"} and example["expected"] is None
    assert "biz_name" not in example["answers"] and "33.000 đồng" in words(pages.get(made))
    assert pages.post(address, {"viec": "xong"})["Location"] == DRAFT
    assert pages.get(address)["Location"] == WALK and rows_stored() == before
    assert not any("biz_name" in str(row.get_decoded()) for row in Session.objects.all())


@pytest.mark.slow
def test_what_the_draft_lost_or_got_wrong_meanwhile(editor, draft):
    """An answer to a question that is gone is left out; fee lines that contradict each other are named, not a failure."""
    pages = browse(editor)
    address = walked_to_the_review(pages)
    session = pages.session
    session[SESSION_KEY]["answers"]["cau_cu"] = "x"
    session.save()
    page = words(pages.get(address))
    assert "33.000 đồng" in page and "còn chỗ phải sửa" not in page
    facts = copy.deepcopy(VersionDraft.objects.get().version.facts)
    facts["fee_lines"].append({**facts["fee_lines"][0], "key": "hai"})
    drafts.save(VersionDraft.objects.get(), facts, draft.revision, by=editor)
    assert "Hai khoản chính cùng áp dụng" in words(pages.get(address))
    Offering.objects.filter(procedure__code=CODE, agency__code="H18.X004").delete()
    assert "H18.X004 không cung cấp thủ tục này" in words(pages.get(address, follow=True)) and SESSION_KEY not in pages.session


@pytest.mark.slow
def test_a_level_without_filing_ends_with_the_form_to_print(editor, draft):
    """As the wizard does: the portal's own questions are not asked, and the fee is that of the counter."""
    facts = copy.deepcopy(draft.version.facts) | {"declared_level": 2, "online_scope": "thong_tin"}
    facts["channels"] = [channel for channel in facts["channels"] if channel["channel"] == "direct"]
    drafts.save(VersionDraft.objects.get(), facts, draft.revision, by=editor)
    pages = browse(editor)
    address = walked_to_the_review(pages, audience="organisation")
    page = words(pages.get(address))
    assert "in tờ khai đã điền và mang đến quầy" in page and "33.000 đồng" in page
    assert pages.get(f"{WALK}cau-hoi/").status_code == 404


@pytest.mark.slow
def test_bad_input_is_refused_with_its_place(editor, draft):
    pages = browse(editor)
    for wrong in ({"place": "H18.X999"}, {"age": "-1"}, {"age": "²"}, {"audience": "x"}):
        assert pages.post(WALK, {"place": "", "audience": "citizen", "age": "", **wrong}).status_code == 422, wrong
    assert pages.get(f"{WALK}ho_kinh_doanh/")["Location"] == WALK
    address = walked_to_the_review(pages, place="")
    assert pages.get(f"{WALK}khong-co/").status_code == 404 and pages.post(address, {"viec": "xoa"}).status_code == 404
    assert pages.get(f"{WALK}giay-to/").status_code == 302


@pytest.mark.slow
def test_who_may_walk(editor, draft):
    reader, clerk = browse(factories.user(agency_admin="H18")), browse(factories.user(receiving_clerk="H18.X004"))
    address = walked_to_the_review(reader)
    page = words(reader.get(address))
    assert "33.000 đồng" in page and "Làm thành ví dụ" not in page
    assert reader.post(address, {"viec": "vi-du", "lan-ghi": draft.revision}).status_code == 403
    for door in (WALK, address):
        assert clerk.get(door).status_code == clerk.post(door, {"viec": "xong"}).status_code == 404
        assert browse(factories.citizen()).get(door).status_code == 404
    assert browse(editor).get(address)["Location"] == WALK  # another login's walk is not seen
