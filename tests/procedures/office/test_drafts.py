"""A version is drafted on pages, published by a second person, and nothing that was filed or published moves."""

import copy
import datetime as dt
import html
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from portal.common import clock
from procedures.loading import DataFolder, load_sample
from procedures.loading.publishing import document_of
from procedures.models import CatalogueChange, Procedure, ProcedureVersion, VersionDraft
from procedures.office import drafts, editing
from procedures.office.checking import problems
from procedures.office.labels import SECTIONS
from tests import factories, world
from tests.dossiers.pages import browse

CODE = "3.000333"
HOME = f"/can-bo/danh-muc/{CODE}/"
DRAFT = f"{HOME}ban-thao/"
INPUT = re.compile(r'<input[^>]*?type="(?:text|checkbox|hidden)"[^>]*>|<textarea.*?</textarea>|<select.*?</select>', re.S)


@pytest.fixture
def people(db):
    world.load_sample([CODE])
    editor, second = factories.user(catalogue_admin="H18.X004"), factories.user(catalogue_admin="H18.X004")
    return {"editor": editor, "second": second, "agency": factories.user(agency_admin="H18.X004"),
            "clerk": factories.user(receiving_clerk="H18.X004"), "citizen": factories.citizen()}  # fmt: skip


@pytest.fixture
def draft(people):
    return drafts.start(Procedure.objects.get(code=CODE).current, by=people["editor"])


def changed(draft, **facts):
    return {**copy.deepcopy(draft.version.facts), **facts}


def fresh(draft):
    return VersionDraft.objects.get(pk=draft.pk)


def shown_values(page):
    """What a browser would send of the form of a section, without the buttons."""
    values = {}
    for tag in INPUT.findall(page):
        name = re.search(r'name="([^"]+)"', tag)[1]
        if tag.startswith("<textarea"):
            value = html.unescape(re.search(r">(.*)</textarea>", tag, re.S)[1])
        elif tag.startswith("<select"):
            chosen = re.search(r'<option value="([^"]*)" selected', tag) or re.search(r'<option value="([^"]*)"', tag)
            value = html.unescape(chosen[1])
        elif 'type="checkbox"' in tag and " checked" not in tag:
            continue
        else:
            value = html.unescape(re.search(r'value="([^"]*)"', tag)[1])
        values.setdefault(name, []).append(value)
    return values


# ---------------------------------------------------------------- without the database
@pytest.mark.parametrize("row", DataFolder().procedures(), ids=lambda row: row["code"])
def test_every_shipped_procedure_passes_and_goes_through_the_editor_unchanged(row):
    document = document_of(DataFolder(), row)
    assert problems(document) == []
    for section in SECTIONS:
        nodes = editing.nodes_of(section.keys, row, {})
        page = "".join(render_to_string("procedures/office/_node.html", {"node": node, "open": True}) for node in nodes)
        post = QueryDict(mutable=True)
        values = shown_values(page)
        assert len(values) < 2000
        for name, texts in values.items():
            post.setlist(name, texts)
        after = editing.typed(section.keys, row, post)
        assert {key: after[key] for key in section.keys if after[key] != row.get(key)} == {}


# ---------------------------------------------------------------- writing
@pytest.mark.slow
def test_what_is_typed_is_stored_by_itself_and_recorded_once_with_the_next_save(draft, people):
    """Each pause while typing stores; the record names the whole change once, as its writer's, whoever acts next."""
    pages, address = browse(people["editor"]), f"{DRAFT}phi/"
    values = shown_values(pages.get(address).content.decode())
    acts = CatalogueChange.objects.filter(act="edit")
    for amount in ("1", "12", "12x"):
        answer = pages.post(f"{address}tu-luu/", values | {"fee_lines.0.amount": [amount]})
        assert answer.status_code == 200, answer.content
        values["revision"] = [answer.json()["revision"]]
    assert fresh(draft).version.facts["fee_lines"][0]["amount"] == "12x" and not acts.exists()
    assert "Ghi bằng chữ số" in pages.get(f"{DRAFT}con-thieu/").content.decode()
    last = pages.post(f"{address}tu-luu/", values | {"fee_lines.0.amount": ["700"], "cuoi": ["1"]})
    assert last.json()["revision"] == values["revision"][0]  # the next page is open already
    drafts.take_over(fresh(draft), by=people["second"])
    change = acts.get()
    assert change.by == people["editor"] and "700" in str(change.places) and "12x" not in str(change.places)
    refused = pages.post(f"{address}tu-luu/", values | {"fee_lines.0.amount": ["9"]})
    assert refused.status_code == 409 and "đang sửa" in refused.json()["detail"]
    assert fresh(draft).version.facts["fee_lines"][0]["amount"] == 700 and fresh(draft).unrecorded is None
    stale = values | {"revision": ["0"], "fee_lines.0.amount": ["8"]}
    assert browse(people["second"]).post(f"{address}tu-luu/", stale).status_code == 409


@pytest.mark.slow
def test_who_may_not_write_stores_nothing_while_typing(draft, people):
    for who, code in (("agency", 403), ("clerk", 404), ("citizen", 404)):
        assert browse(people[who]).post(f"{DRAFT}phi/tu-luu/", {"revision": "0"}).status_code == code
        assert browse(people[who]).get(f"{DRAFT}con-thieu/").status_code == (200 if who == "agency" else 404)
    assert fresh(draft).revision == 0
    assert browse(people["editor"]).post(f"{DRAFT}khac/tu-luu/", {"revision": "0"}).status_code == 404


def test_what_is_typed_is_stored_as_typed_and_the_wrong_place_is_named(draft, people):
    pages = browse(people["editor"])
    values = shown_values(pages.get(f"{DRAFT}phi/").content.decode())
    values["fee_lines.0.amount"] = ["mười nghìn"]
    values["viec"] = ["ghi"]
    assert pages.post(f"{DRAFT}phi/", values).status_code == 302
    assert fresh(draft).version.facts["fee_lines"][0]["amount"] == "mười nghìn"
    page = pages.get(f"{DRAFT}phi/").content.decode()
    assert "Ghi bằng chữ số" in page and "mười nghìn" in page
    with pytest.raises(drafts.NotPossible, match="chỗ cần sửa"):
        drafts.ask(fresh(draft), clock.today(), by=people["editor"])
    assert pages.get(f"{DRAFT}xem-truoc/").status_code == 302


@pytest.mark.parametrize(
    ("place", "wrong", "said"),
    [
        (("name",), "Cấp <b>giấy</b>", "HTML"),
        (("short_name",), "", "Chưa điền"),
        (("steps",), [], "ít nhất một"),
        (("declared_level",), 5, "Số lớn quá"),
        (("fee_lines", 0, "effective_from"), "31/12/2026", "năm-tháng-ngày"),
        (("channels", 1, "channel"), "direct", "đã có"),
        (("document_groups", 0, "documents", 0, "originals"), "hai", "chữ số"),
        (("steps", 0), "x" * 5000, "Dài quá"),
    ],
)
def test_bad_input_is_refused_with_its_place(place, wrong, said):
    document = copy.deepcopy(document_of(DataFolder(), next(row for row in DataFolder().procedures() if row["code"] == CODE)))
    parent = document["procedure"]
    parent["channels"] = [{**parent["channels"][0], "channel": name} for name in ("direct", "online")]
    for part in place[:-1]:
        parent = parent[part]
    parent[place[-1]] = wrong
    found = problems(document)
    assert any(list(problem.path)[: len(place)] == list(place) and said in problem.sentence for problem in found), found
    assert all(problem.section is not None for problem in found)


def test_rows_are_added_moved_and_removed_without_scripts(draft, people):
    pages = browse(people["editor"])
    before = len(draft.version.facts["fee_lines"])
    assert _press(pages, "phi", "them:fee_lines") == 302
    assert len(fresh(draft).version.facts["fee_lines"]) == before + 1
    assert _press(pages, "phi", f"len:fee_lines.{before}") == 302
    assert fresh(draft).version.facts["fee_lines"][before]["key"] == draft.version.facts["fee_lines"][-1]["key"]
    assert _press(pages, "phi", f"bo:fee_lines.{before - 1}") == 302
    assert fresh(draft).version.facts["fee_lines"] == draft.version.facts["fee_lines"]


@pytest.mark.parametrize(
    "word", ["bo:fee_lines.99", "bo:steps.0", "len:fee_lines.0.key", "xoa:fee_lines", "them:", "them:name", "x"]
)
def test_an_unknown_act_changes_nothing(draft, people, word):
    assert _press(browse(people["editor"]), "phi", word) in (302, 409)
    assert fresh(draft).version.document == draft.version.document


def _press(pages, slug, word):
    values = shown_values(pages.get(f"{DRAFT}{slug}/").content.decode())
    return pages.post(f"{DRAFT}{slug}/", {**values, "viec": word}).status_code


def test_two_who_edit_at_once_lose_nothing(draft, people):
    first, second = browse(people["editor"]), browse(people["second"])
    page = shown_values(first.get(f"{DRAFT}chung/").content.decode())
    theirs = shown_values(second.get(f"{DRAFT}chung/").content.decode())
    refused = second.post(f"{DRAFT}chung/", {**theirs, "short_name": "Của người thứ hai"})
    assert refused.status_code == 409
    assert str(people["editor"]) in refused.content.decode() and "Của người thứ hai" in refused.content.decode()
    assert second.post(DRAFT, {"viec": "gianh-quyen"}).status_code == 302
    assert second.post(f"{DRAFT}chung/", {**theirs, "short_name": "Của người thứ hai"}).status_code == 302
    late = first.post(f"{DRAFT}chung/", {**page, "short_name": "Của người thứ nhất"})
    assert late.status_code == 409 and "Của người thứ nhất" in late.content.decode()
    assert fresh(draft).version.facts["short_name"] == "Của người thứ hai"


def test_an_old_page_of_the_same_person_overwrites_nothing(draft, people):
    pages = browse(people["editor"])
    old = shown_values(pages.get(f"{DRAFT}chung/").content.decode())
    assert pages.post(f"{DRAFT}chung/", {**old, "short_name": "Một"}).status_code == 302
    assert pages.post(f"{DRAFT}chung/", {**old, "short_name": "Hai"}).status_code == 409
    assert fresh(draft).version.facts["short_name"] == "Một"


# ---------------------------------------------------------------- who
@pytest.mark.parametrize("who", ["agency", "clerk", "citizen"])
def test_only_catalogue_administrators_write(draft, people, who):
    pages, reads = browse(people[who]), who == "agency"
    for address in ("/can-bo/danh-muc/", HOME, DRAFT, f"{DRAFT}phi/", f"{DRAFT}xem-truoc/"):
        assert pages.get(address).status_code == (200 if reads else 404), address
    refused = (403,) if reads else (404,)
    for word in ("duyet", "sua-tiep", "gianh-quyen", "bo"):
        assert pages.post(DRAFT, {"viec": word}).status_code in refused, word
    assert pages.post(DRAFT, {"viec": "gui-duyet", "publish_on": clock.today().isoformat()}).status_code in refused
    assert pages.post(f"{DRAFT}chung/", {"viec": "ghi", "revision": "0"}).status_code in refused
    assert pages.post(f"{HOME}phien-ban/1/", {}).status_code in refused
    assert fresh(draft).revision == 0 and fresh(draft).asked_by is None
    with pytest.raises(PermissionDenied):
        drafts.save(draft, changed(draft, short_name="x"), 0, by=people[who])


def test_nobody_approves_what_they_wrote_or_asked_for(draft, people):
    drafts.save(draft, changed(draft, short_name="Tên khác"), 0, by=people["editor"])
    fresh(draft)
    VersionDraft.objects.update(holder=None)
    drafts.ask(fresh(draft), clock.today(), by=people["second"])
    for person in (people["editor"], people["second"], people["agency"]):
        with pytest.raises(PermissionDenied):
            drafts.approve(fresh(draft), fresh(draft).version.sha256, by=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        VersionDraft.objects.update(approved_by=people["second"], approved_at=clock.now())


# ---------------------------------------------------------------- publishing
def publish(draft, people, day=None, **facts):
    drafts.save(draft, changed(draft, **facts), draft.revision, by=people["editor"])
    drafts.ask(draft, day or clock.today(), by=people["editor"])
    drafts.approve(draft, fresh(draft).version.sha256, by=people["second"])


def test_a_second_person_publishes_and_a_citizen_sees_it(draft, people, client):
    before = draft.based_on
    pages, second = browse(people["editor"]), browse(people["second"])
    values = shown_values(pages.get(f"{DRAFT}chung/").content.decode())
    pages.post(f"{DRAFT}chung/", {**values, "short_name": "Tên mới trên trang"})
    assert "Tên mới trên trang" in pages.get(f"{DRAFT}xem-truoc/").content.decode()
    pages.post(DRAFT, {"viec": "gui-duyet", "publish_on": clock.today().isoformat()})
    shown = fresh(draft).version.sha256
    assert pages.post(DRAFT, {"viec": "duyet", "da-xem": shown}).status_code == 403
    second.post(DRAFT, {"viec": "duyet", "da-xem": "0" * 64})
    assert fresh(draft).approved_by is None
    assert second.post(DRAFT, {"viec": "duyet", "da-xem": shown}).status_code == 302
    now = Procedure.objects.get(code=CODE)
    assert now.current_id == draft.version_id and now.current.published_by == people["second"]
    assert "Tên mới trên trang" in client.get(f"/thu-tuc/{CODE}/", follow=True).content.decode()
    before.refresh_from_db()
    assert before.state == "retired" and before.document == draft.based_on.document
    told = second.get(HOME).content.decode()
    assert "Tên mới trên trang" in told and str(people["editor"]) in told and before.short_name in told


def test_it_is_published_on_its_day_and_can_be_taken_back_before(draft, people, monkeypatch):
    day = clock.today() + dt.timedelta(days=3)
    publish(draft, people, day, short_name="Tên mới")
    drafts.publish_due()
    assert Procedure.objects.get(code=CODE).current_id == draft.based_on_id
    with pytest.raises(drafts.NotPossible):
        drafts.save(draft, changed(draft), 1, by=people["editor"])
    drafts.take_back(draft, by=people["editor"])
    drafts.ask(draft, day, by=people["editor"])
    drafts.approve(draft, fresh(draft).version.sha256, by=people["second"])
    monkeypatch.setattr("procedures.office.drafts.clock.today", lambda: day)
    drafts.publish_due()
    current = Procedure.objects.get(code=CODE).current
    assert (current.pk, current.effective_from) == (draft.version_id, day)
    assert not VersionDraft.objects.exists()


def test_an_old_version_is_restored_as_a_new_one(draft, people):
    old = draft.based_on
    publish(draft, people, short_name="Tên mới")
    again = drafts.start(old, by=people["editor"])
    assert again.version.number == 3 and again.version.document == old.document
    with pytest.raises(drafts.NotPossible):
        drafts.start(old, by=people["second"])
    drafts.discard(again, by=people["editor"])
    assert not ProcedureVersion.objects.filter(number=3).exists()


def test_loading_keeps_what_was_published_from_a_page(draft, people):
    publish(draft, people, short_name="Tên của trang")
    load_sample([CODE])
    now = Procedure.objects.get(code=CODE)
    assert now.current_id == draft.version_id and now.short_name == "Tên của trang"


def test_loading_a_changed_file_does_not_take_the_number_of_a_draft(draft):
    before = draft.based_on
    with transaction.atomic():
        ProcedureVersion.objects.filter(pk=before.pk).update(state="retired", effective_to=clock.today())
    load_sample([CODE])
    assert Procedure.objects.get(code=CODE).current.number == draft.version.number + 1


def test_the_record_is_append_only(draft):
    with pytest.raises(DatabaseError), transaction.atomic():
        CatalogueChange.objects.update(places=[])
    with pytest.raises(DatabaseError), transaction.atomic():
        CatalogueChange.objects.all().delete()


def test_the_number_of_queries_of_the_pages(draft, people):
    pages = browse(people["editor"])
    for address, most in (("/can-bo/danh-muc/", 9), (HOME, 11), (DRAFT, 10), (f"{DRAFT}phi/", 10)):
        pages.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert pages.get(address).status_code == 200
        assert len(queries) <= most, (address, len(queries))


# ---------------------------------------------------------------- conditions
BIRTH = "1.001193"


@pytest.fixture
def birth(people):
    world.load_sample([BIRTH])
    return drafts.start(Procedure.objects.get(code=BIRTH).current, by=people["editor"])


def test_a_condition_is_written_in_words_from_the_names_asked_before(birth, people):
    pages = browse(people["editor"])
    page = f"/can-bo/danh-muc/{BIRTH}/ban-thao/giay-to/document_groups.0.documents.1.when/"

    def press(word, **typed):
        values = shown_values(pages.get(page).content.decode())
        assert pages.post(page, {**values, **typed, "viec": word}).status_code == 302
        return fresh(birth).version.facts["document_groups"][0]["documents"][1]["when"]

    assert "Luôn luôn, không có điều kiện" in pages.get(page).content.decode()
    press("them", o="ask.uy_quyen")
    assert press("ghi", **{"0.gia-tri": "khong"}) == {"field": "ask.uy_quyen", "op": "eq", "value": "khong"}
    press("them", o="person.age")
    both = press("ghi", noi="any", **{"1.dau": "lt", "1.gia-tri": "18"})
    assert both == {
        "any": [{"field": "ask.uy_quyen", "op": "eq", "value": "khong"}, {"field": "person.age", "op": "lt", "value": 18}]
    }
    assert problems(fresh(birth).version.document) == []
    section = pages.get(f"/can-bo/danh-muc/{BIRTH}/ban-thao/giay-to/").content.decode()
    assert "người dưới 18 tuổi" in section
    press("ghi", **{"1.dau": "lt", "1.gia-tri": "mười tám"})
    assert "không so được" in pages.get(page).content.decode()
    press("bo:1")
    assert press("bo:0") is None


@pytest.mark.parametrize("word", ["bo:7", "bo:x", "xoa", "them"])
def test_an_unknown_line_of_a_condition_is_refused(birth, people, word):
    page = f"/can-bo/danh-muc/{BIRTH}/ban-thao/giay-to/document_groups.0.documents.1.when/"
    assert browse(people["editor"]).post(page, {"viec": word, "o": "khong_co", "revision": "0"}).status_code == 409
    assert browse(people["clerk"]).get(page).status_code == 404
    assert browse(people["agency"]).post(page, {"viec": "ghi", "revision": "0"}).status_code == 403


@pytest.mark.parametrize(
    "place", ["chung/document_groups.0.when", "giay-to/document_groups.9.when", "giay-to/document_groups.0.key", "giay-to/x.when"]
)
def test_a_place_without_a_condition_is_not_found(birth, people, place):
    assert browse(people["editor"]).get(f"/can-bo/danh-muc/{BIRTH}/ban-thao/{place}/").status_code == 404


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"field": "gone", "op": "eq", "value": "x"}, "gone"),
        ({"field": "ask.uy_quyen", "op": "eq", "value": "có lẽ"}, "có lẽ"),
        ({"field": "ask.uy_quyen", "op": "lt", "value": 3}, "không so được"),
        ({"field": "person.age", "op": "lt", "value": "x"}, "không so được"),
        ({"field": "birth_type", "op": "in", "value": []}, "ít nhất một giá trị"),
        ({"field": "birth_type", "op": "eq", "value": ["dung_han"]}, "chọn lại giá trị"),
        ({"all": [{"any": [{"all": [{"any": [{"all": [{"any": [{"field": "gone", "op": "not_empty"}]}]}]}]}]}]}, "lồng nhau"),
    ],
)
def test_a_condition_that_cannot_hold_is_refused_with_its_place(condition, said):
    row = next(row for row in DataFolder().procedures() if row["code"] == BIRTH)
    document = copy.deepcopy(document_of(DataFolder(), row))
    document["procedure"]["document_groups"][0]["documents"][2]["when"] = condition
    [found] = problems(document)
    assert said in found.sentence and found.path == ("document_groups", 0, "documents", 2, "when")


# ---------------------------------------------------------------- new, ended, restored
def test_a_new_procedure_is_begun_from_another_and_not_seen_before_it_is_published(people, client):
    pages, second = browse(people["editor"]), browse(people["second"])
    home = "/can-bo/danh-muc/"
    new = {"code": "9.000001", "name": "Cấp giấy mới", "source": CODE}
    assert pages.post(home, new).status_code == 302
    assert pages.post(home, new).status_code == 422  # there is a draft now
    assert pages.post(home, {**new, "code": CODE}).status_code == 422
    assert pages.post(home, {**new, "code": "9-1", "source": "x"}).status_code == 422
    assert browse(people["agency"]).post(home, {**new, "code": "9.000002"}).status_code == 403
    found = VersionDraft.objects.get(procedure__code="9.000001")
    assert found.version.facts["name"] == "Cấp giấy mới" and problems(found.version.document) == []
    public = ("/thu-tuc/9.000001/", "/api/v1/procedures/9.000001/")
    assert [client.get(address).status_code for address in public] == [404, 404]
    assert "Cấp giấy mới" in pages.get(f"{home}9.000001/ban-thao/xem-truoc/").content.decode()
    drafts.ask(found, clock.today(), by=people["editor"])
    second.post(f"{home}9.000001/ban-thao/", {"viec": "duyet", "da-xem": fresh(found).version.sha256})
    assert [client.get(address, follow=True).status_code for address in public] == [200, 200]
    assert Procedure.objects.get(code="9.000001").sector == Procedure.objects.get(code=CODE).sector


def test_a_discarded_first_draft_leaves_nothing_to_see_and_can_be_begun_again(people, client):
    source = Procedure.objects.get(code=CODE).current
    drafts.discard(drafts.begin("9.000001", "Cấp giấy mới", source, by=people["editor"]), by=people["editor"])
    assert client.get("/thu-tuc/9.000001/").status_code == 404
    assert "bỏ bản thảo" in browse(people["editor"]).get("/can-bo/danh-muc/9.000001/").content.decode().lower()
    drafts.begin("9.000001", "Cấp giấy mới", source, by=people["second"])


@pytest.mark.slow
def test_two_people_end_a_procedure_and_it_is_restored_from_a_version(people, client):
    pages, current = browse(people["editor"]), Procedure.objects.get(code=CODE).current
    assert pages.post(f"{HOME}ngung/").status_code == 302
    found = VersionDraft.objects.get()
    assert found.ends and "đề nghị ngừng cung cấp" in pages.get("/can-bo/danh-muc/").content.decode()
    with pytest.raises(drafts.NotPossible, match="không sửa nội dung"):
        drafts.save(found, changed(found, name="Khác"), 0, by=people["editor"])
    drafts.ask(found, clock.today(), by=people["editor"])
    with pytest.raises(PermissionDenied):
        drafts.approve(fresh(found), fresh(found).version.sha256, by=people["editor"])
    drafts.approve(fresh(found), fresh(found).version.sha256, by=people["second"])
    current.refresh_from_db()
    assert current.state == "retired" and not current.in_effect() and not VersionDraft.objects.exists()
    assert "tạm thời không nhận hồ sơ" in client.get(f"/thu-tuc/{CODE}/", follow=True).content.decode()
    load_sample([CODE])
    assert Procedure.objects.get(code=CODE).current == current and current.state == "retired"
    assert pages.post(f"{HOME}ngung/").status_code == 302 and not VersionDraft.objects.exists()
    again = drafts.start(current, by=people["editor"])
    drafts.ask(again, clock.today(), by=people["editor"])
    drafts.approve(again, fresh(again).version.sha256, by=people["second"])
    assert Procedure.objects.get(code=CODE).current.in_effect()


def test_the_list_is_searched_and_paged(people, monkeypatch):
    monkeypatch.setattr("procedures.office.views.PAGE", 1)
    world.load_sample([BIRTH])
    pages = browse(people["editor"])
    assert "trang=2" in pages.get("/can-bo/danh-muc/").content.decode()
    for asked, there, other in (("khai sinh", BIRTH, CODE), (CODE, CODE, BIRTH), ("ly lich tu phap", CODE, BIRTH)):
        page = pages.get("/can-bo/danh-muc/", {"tu-khoa": asked}).content.decode()
        assert f"danh-muc/{there}/" in page and f"danh-muc/{other}/" not in page, asked
    assert "Không có thủ tục nào như vậy" in pages.get("/can-bo/danh-muc/", {"tu-khoa": "zzz", "trang": "x"}).content.decode()
