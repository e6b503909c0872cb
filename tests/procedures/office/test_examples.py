"""A version carries examples; it is published only when each comes out as a person checked that it must."""

import copy
import datetime as dt

import pytest

from portal.common import clock
from procedures.loading import DataFolder
from procedures.loading.publishing import document_of
from procedures.models import Holiday, Procedure, VersionDraft
from procedures.office import drafts
from procedures.office.checking import problems
from procedures.office.example_forms import new_example, that_matter
from procedures.office.examples import Runner, failures
from procedures.office.vocabulary import named_in_rules, names
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.procedures.office.test_drafts import shown_values

CODE = "1.001193"  # birth: fees by answer, of the province and by quantity; papers by question
HOME = f"/can-bo/danh-muc/{CODE}/"
PAGES = f"{HOME}ban-thao/vi-du/"
LATE = {
    "key": "vd1", "name": "Khai sinh quá hạn, nhờ người nộp", "day": "2026-11-30", "place": "", "channel": "direct",
    "audience": "citizen", "age": 30, "asked": {"bo_roi": "khong", "mang_thai_ho": "khong", "uy_quyen": "co", "copies": 2},
    "answers": {"birth_type": "dung_han"}, "expected": None, "checked": True,
}  # fmt: skip


def with_examples(document, *rows):
    """The document with these examples, each expecting what comes out now."""
    document = copy.deepcopy(document)
    document["procedure"]["examples"] = [{**row, "expected": Runner(document).outcome(row)} for row in rows]
    return document


@pytest.fixture
def document(db):
    row = next(row for row in DataFolder().procedures() if row["code"] == CODE)
    found = document_of(DataFolder(), row)
    foundling = {**LATE, "key": "vd2", "name": "Trẻ bị bỏ rơi", "asked": {**LATE["asked"], "bo_roi": "co", "uy_quyen": "khong"}}
    return with_examples(found, LATE, {**foundling, "channel": "online"})


def line(facts, key):
    return next(row for row in facts["fee_lines"] if row["key"] == key)


def paper(facts, key):
    return next(row for group in facts["document_groups"] for row in group["documents"] if row["key"] == key)


def channel(facts, name):
    return next(row for row in facts["channels"] if row["channel"] == name)


WRONG = {
    "the amount of a fee": (lambda f: line(f, "ban_sao").update(amount=80000), "bản sao", "160.000"),
    "the amount of the main fee": (lambda f: line(f, "dung_han").update(amount=5000), "đúng hạn", "5.000"),
    "a fee that is gone": (lambda f: f["fee_lines"].remove(line(f, "ban_sao")), "bản sao", "không thu"),
    "a fee that ended": (lambda f: line(f, "ban_sao").update(effective_to="2026-11-29"), "bản sao", "không thu"),
    "a fee of another channel": (lambda f: line(f, "ban_sao").update(channel="online"), "bản sao", "không thu"),
    "the quantity of a fee": (lambda f: line(f, "ban_sao").update(quantity=None), "bản sao", "8.000"),
    "a condition of a fee turned round": (
        lambda f: line(f, "qua_han")["when"].update(op="eq"), "Hai khoản chính cùng áp dụng", ""),
    "a condition of a fee that never holds": (
        lambda f: line(f, "ban_sao")["when"].update(value=9), "bản sao", "không thu"),
    "a paper that is gone": (
        lambda f: f["document_groups"][0]["documents"].remove(paper(f, "1.5")), "Văn bản ủy quyền", "không hỏi"),
    "a paper that is not mandatory any more": (
        lambda f: paper(f, "1.3").update(required=False), "Biên bản trẻ bị bỏ rơi", "không bắt buộc"),
    "a paper that the law does not ask for": (
        lambda f: paper(f, "1.2").update(replaced_by_data=None), "Giấy chứng sinh", "bắt buộc"),
    "a paper under another condition": (
        lambda f: paper(f, "1.5")["when"].update(value="khong"), "Văn bản ủy quyền", "không hỏi"),
    "a condition of a whole group": (
        lambda f: f["document_groups"][1].update(when={"field": "channel", "op": "eq", "value": "online"}),
        "tùy thân", "không hỏi"),
    "a paper that everybody is asked for": (
        lambda f: paper(f, "1.4").update(when=None), "mang thai hộ", "bắt buộc"),
    "the term": (
        lambda f: channel(f, "direct")["processing"].update(value=3, rule=None), "Hẹn trả", "3 tháng 12"),
    "the unit of the term": (
        lambda f: channel(f, "direct")["processing"].update(value=1, unit="month", rule=None), "Hẹn trả", "30 tháng 12"),
    "a channel that is gone": (
        lambda f: f["channels"].remove(channel(f, "direct")), "Không nhận hồ sơ theo cách", ""),
    "a step that is gone": (lambda f: f["steps"].pop(), "Bước", "không có"),
    "steps in another order": (lambda f: f["steps"].reverse(), "Bước 1", ""),
    "a requirement of nobody": (
        lambda f: f["conditions"].append("Cha mẹ phải có đăng ký kết hôn"), "điều kiện", "đăng ký kết hôn"),
    "the declared level": (
        lambda f: f.update(declared_level=2, online_scope="thong_tin"), "Mức cung cấp", "2"),
    "a result under another condition": (
        lambda f: f["results"][0].update(when={"field": "channel", "op": "eq", "value": "online"}), "Kết quả", ""),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_version_is_refused_by_an_example(document, wrong):
    change, named, found = WRONG[wrong]
    assert failures(document) == []
    change(document["procedure"])
    told = " ".join(map(str, failures(document))).replace("\N{NO-BREAK SPACE}", " ")
    assert "Ví dụ “" in told and named in told and found in told, told


@pytest.mark.parametrize("row", DataFolder().procedures(), ids=lambda row: row["code"])
def test_what_a_version_depends_on_can_be_asked_in_an_example(row):
    document = document_of(DataFolder(), row)
    known = names(document)
    unknown = named_in_rules(document) - set(known)
    assert not unknown
    assert not [name for name in named_in_rules(document) if known[name].kind == "given" and known[name].page >= 0]
    answers = that_matter(document, world.sample_answers(row["form_key"])) if row["form_key"] else {}
    examples = [{**new_example(document, "vd1", "2026-11-30"), "answers": answers}]
    changed = {**document, "procedure": {**document["procedure"], "examples": examples}}
    assert [wrong for wrong in problems(changed) if wrong.path[0] == "examples"] == []


# ---------------------------------------------------------------- on pages
@pytest.fixture
def people(db):
    world.load_sample([CODE])
    return factories.user(catalogue_admin="H18.X004"), factories.user(catalogue_admin="H18.X004")


@pytest.fixture
def draft(people):
    return drafts.start(Procedure.objects.get(code=CODE).current, by=people[0])


def fresh(draft):
    return VersionDraft.objects.get(pk=draft.pk)


def press(pages, address, word, **typed):
    values = shown_values(pages.get(address).content.decode())
    return pages.post(address, {**values, **typed, "viec": word})


@pytest.mark.slow
def test_an_example_is_written_taken_over_checked_and_guards_the_version(draft, people):
    editor, second = people
    pages = browse(editor)
    assert press(pages, PAGES, "them").status_code == 302
    one = f"{PAGES}vd1/"
    typed = {"name": "Đúng hạn, 3 bản sao", "day": "30/11/2026", "asked.copies": "3", "answers.birth_type": "dung_han"}
    assert press(pages, one, "ghi", **typed).status_code == 302
    with pytest.raises(drafts.NotPossible, match="Chưa ghi kết quả mong đợi"):
        drafts.ask(fresh(draft), clock.today(), by=editor)
    press(pages, one, "lay-ket-qua")
    row = fresh(draft).version.facts["examples"][0]
    assert (row["expected"]["total"], row["day"], row["checked"]) == (24_000, "2026-11-30", False)
    with pytest.raises(drafts.NotPossible, match="Chưa ai đối chiếu"):
        drafts.ask(fresh(draft), clock.today(), by=editor)
    press(pages, one, "da-kiem")
    assert fresh(draft).version.facts["examples"][0]["checked"] is True
    press(pages, one, "ghi", **{"asked.copies": "4"})
    assert "32.000" in pages.get(one).content.decode()
    press(pages, one, "da-kiem")  # what differs cannot be called checked
    assert fresh(draft).version.facts["examples"][0]["checked"] is False
    press(pages, one, "ghi", **{"asked.copies": "3"})
    press(pages, one, "da-kiem")

    fees = f"{HOME}ban-thao/phi/"
    copies = [row["key"] for row in draft.version.facts["fee_lines"]].index("ban_sao")
    press(pages, fees, "ghi", **{f"fee_lines.{copies}.amount": "80000"})
    refused = pages.post(f"{HOME}ban-thao/", {"viec": "gui-duyet", "publish_on": clock.today().isoformat()}, follow=True)
    told = words(refused)
    assert "Đúng hạn, 3 bản sao" in told and "24.000" in told and "240.000" in told
    assert fresh(draft).asked_by is None
    press(pages, fees, "ghi", **{f"fee_lines.{copies}.amount": "8000"})
    drafts.ask(fresh(draft), clock.today(), by=editor)
    drafts.approve(fresh(draft), fresh(draft).version.sha256, by=second)
    assert Procedure.objects.get(code=CODE).current.facts["examples"][0]["name"] == "Đúng hạn, 3 bản sao"


def test_a_version_approved_for_a_later_day_is_sent_back_when_an_example_fails_then(draft, people, monkeypatch):
    editor, second = people
    day = clock.today() + dt.timedelta(days=3)
    row = {**LATE, "day": day.isoformat(), "channel": "direct"}
    facts = with_examples(fresh(draft).version.document, row)["procedure"]
    drafts.save(fresh(draft), facts, 0, by=editor)
    drafts.ask(fresh(draft), day, by=editor)
    drafts.approve(fresh(draft), fresh(draft).version.sha256, by=second)
    Holiday.objects.create(date=day, name="Nghỉ đột xuất", kind=Holiday.Kind.STATUTORY)
    monkeypatch.setattr("procedures.office.drafts.clock.today", lambda: day)
    drafts.publish_due()
    assert fresh(draft).approved_by is None and Procedure.objects.get(code=CODE).current_id == draft.based_on_id
    assert "Hẹn trả" in browse(editor).get(HOME).content.decode()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda row: row["answers"].update(birth_type="sinh_doi"), "birth_type"),
        (lambda row: row["answers"].update(gone="x"), "gone"),
        (lambda row: row["asked"].update(bo_roi="có thể"), "bo_roi"),
        (lambda row: row.update(day="31/02/2026"), "day"),
        (lambda row: row.update(age="ba mươi"), "age"),
        (lambda row: row.update(place={"x": 1}), "place"),
    ],
)
def test_answers_that_the_version_does_not_know_are_named(document, change, place):
    change(document["procedure"]["examples"][0])
    found = problems(document)
    assert [problem for problem in found if problem.path[:2] == ("examples", 0) and place in problem.path], found


def test_keys_renamed_under_examples_are_named(document):
    document["procedure"]["questions"][0]["key"] = "bi_bo_roi"
    assert any(problem.path[:1] == ("examples",) and "bo_roi" in problem.sentence for problem in problems(document))


@pytest.mark.parametrize("word", ["xoa", "", "them"])
def test_an_unknown_word_is_refused(draft, people, word):
    pages = browse(people[0])
    press(pages, PAGES, "them")
    assert press(pages, f"{PAGES}vd1/", word).status_code == 404
    assert pages.get(f"{PAGES}vd9/").status_code == 404


def test_only_catalogue_administrators_write_examples(draft, people):
    press(browse(people[0]), PAGES, "them")
    agency, clerk = factories.user(agency_admin="H18.X004"), factories.user(receiving_clerk="H18.X004")
    for person, read, write in ((agency, 200, 403), (clerk, 404, 404)):
        for address, word in ((PAGES, "them"), (f"{PAGES}vd1/", "bo")):
            assert browse(person).get(address).status_code == read
            assert browse(person).post(address, {"viec": word, "lan-ghi": "1"}).status_code == write
    assert len(fresh(draft).version.facts["examples"]) == 1
