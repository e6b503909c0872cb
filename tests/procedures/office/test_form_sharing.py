"""A shared form is narrowed to a procedure, common blocks are used by reference, long lists looked up."""

import copy

import pytest

from dossiers.filing import rules
from dossiers.models import Dossier
from portal.common import clock
from procedures.eforms.expansion import pages_of
from procedures.models import Procedure, VersionDraft
from procedures.office import drafts, form_blocks, form_builder, form_library
from procedures.office.checking import problems
from procedures.office.form_checking import form_problems
from tests import factories, money, world
from tests.dossiers.pages import browse, step_url, words
from tests.procedures.office.test_form_builder import CODE, HOME, form_of, press


@pytest.fixture
def people(db):
    world.load_sample([CODE])
    return factories.user(catalogue_admin="H18.X004"), factories.user(catalogue_admin="H18.X004")


@pytest.fixture
def draft(people):
    return drafts.start(Procedure.objects.get(code=CODE).current, by=people[0])


def fields_of(draft, number):
    return form_builder.page_at(form_of(draft), number)["fields"]


def fresh(draft):
    return VersionDraft.objects.get(pk=draft.pk)


def published(draft, people):
    drafts.ask(fresh(draft), clock.today(), by=people[0])
    waiting = fresh(draft)
    drafts.approve(waiting, waiting.version.sha256, by=people[1])
    return Procedure.objects.get(code=CODE).current


# ---------------------------------------------------------------- narrowing
@pytest.mark.slow
def test_a_field_is_narrowed_on_its_page_and_the_form_becomes_grammar_2(draft, people):
    pages = browse(people[0])
    form = form_of(draft)
    number, position, field = next(
        (n, k, field)
        for n, page in enumerate(pages_of(form))
        for k, field in enumerate(page["fields"])
        if field["type"] == "yes_no"
    )
    address = f"{HOME}{number}/o/{position}/"
    press(pages, address, "ghi", narrow="value")
    press(pages, address, "ghi", narrow_value="khong")
    assert fields_of(draft, number)[position]["narrowed"] == {"value": False} and form_of(draft)["grammar"] == 2
    press(pages, address, "ghi", narrow="hide")
    assert fields_of(draft, number)[position]["narrowed"] == {"hide": True}
    press(pages, address, "ghi", narrow="")
    press(pages, address, "ghi", narrow_label="Hỏi cách khác", narrow_help="Gợi ý riêng")
    assert fields_of(draft, number)[position] == {**field, "narrowed": {"label": "Hỏi cách khác", "help": "Gợi ý riêng"}}
    assert "Hỏi cách khác" in words(pages.get(f"{HOME}{number}/"))
    assert problems(fresh(draft).version.document) == []


@pytest.mark.parametrize(
    "bad",
    [{"value": "x"}, {"hide": "co"}, {"hide": True, "them": 1}, {}, [], {"label": 3}, {"label": "<b>x</b>"}],
)
def test_a_wrong_narrowing_is_refused_with_its_place(draft, bad):
    form = copy.deepcopy(form_of(draft)) | {"grammar": 2}
    next(field for page in pages_of(form) for field in page["fields"] if field["type"] == "yes_no")["narrowed"] = bad
    assert any("narrow" in str(path) for path, _sentence in form_problems(form))


def test_grammar_2_in_a_form_of_grammar_1_is_refused(draft):
    form = copy.deepcopy(form_of(draft))
    form_builder.page_at(form, 0)["fields"][0]["narrowed"] = {"hide": True}
    assert ("grammar",) in [path for path, _sentence in form_problems(form)]


# ---------------------------------------------------------------- common blocks
@pytest.mark.slow
def test_a_block_is_used_by_reference_and_fixed_when_it_is_published(draft, people, monkeypatch):
    pages = browse(people[0])
    press(pages, HOME, "them:0")
    page = f"{HOME}1/"
    press(pages, page, "bo:fields.0")
    press(pages, page, "them-khoi:person")
    press(pages, page, "ghi", **{"fields.0.who": "người đại diện", "fields.0.pick": ["full_name", "phone"], "fields.0.from": "1"})
    made = fields_of(draft, 1)
    assert [field["key"] for field in made] == ["k1_full_name", "k1_phone"] and "của người đại diện" in made[0]["label"]
    assert made[0]["prefill"]["from"] == ["profile.full_name"]
    press(pages, f"{page}fields.0.show_if/", "them", o=fields_of(draft, 0)[0]["key"])
    assert all(field["show_if"] for field in fields_of(draft, 1)) and form_of(draft)["blocks"]["k1"]["show_if"]
    assert pages.get(f"{page}o/0/").status_code == 404  # a field of a block is as the block says
    press(pages, page, "them:text")
    press(pages, page, "xuong:fields.0")
    assert [field["key"] for field in fields_of(draft, 1)][-2:] == ["k1_full_name", "k1_phone"]

    library = copy.deepcopy(form_library.library())
    library["blocks"]["person"]["fields"][0]["help"] = "Gợi ý mới của khối."
    monkeypatch.setattr(form_library, "library", lambda: library)
    press(pages, page, "ghi")
    assert fields_of(draft, 1)[1]["help"] == "Gợi ý mới của khối."  # the draft follows
    version = published(draft, people)
    library["blocks"]["person"]["fields"][0]["help"] = "Đổi nữa."
    version.refresh_from_db()
    kept = next(field for one in pages_of(version.document["form"]) for field in one["fields"] if field["key"] == "k1_full_name")
    assert kept["help"] == "Gợi ý mới của khối." and kept["from_block"] == {"block": "person", "field": "full_name"}
    assert "blocks" not in version.document["form"] and version.grammar == 1


@pytest.mark.slow
def test_a_block_that_changes_while_a_draft_waits_is_seen_by_the_second_person_first(draft, people, monkeypatch):
    press(browse(people[0]), HOME, "them:0")
    press(browse(people[0]), f"{HOME}1/", "them-khoi:address")
    drafts.ask(fresh(draft), clock.today(), by=people[0])
    waiting = fresh(draft)
    library = copy.deepcopy(form_library.library())
    library["blocks"]["address"]["fields"][0]["label"] = "Địa chỉ khác"
    monkeypatch.setattr(form_library, "library", lambda: library)
    with pytest.raises(drafts.NotPossible, match="khối chung"):
        drafts.approve(waiting, waiting.version.sha256, by=people[1])
    drafts.take_back(waiting, by=people[0])
    version = published(draft, people)
    assert any(field["label"] == "Địa chỉ khác" for one in pages_of(version.document["form"]) for field in one["fields"])


@pytest.mark.slow
def test_a_block_becomes_fields_of_its_own(draft, people):
    pages = browse(people[0])
    press(pages, HOME, "them:0")
    press(pages, f"{HOME}1/", "them-khoi:person")
    press(pages, f"{HOME}1/", "tach:fields.1")
    assert "blocks" not in form_of(draft) and not any(map(form_blocks.use_of, fields_of(draft, 1)))
    for word in ("tach:fields.0", "them-khoi:khong_co", "tach:fields.99"):
        assert press(pages, f"{HOME}1/", word).status_code == 409, word


@pytest.mark.parametrize("bad", [{"k9": {"block": "person"}}, {"k9": {"block": "x", "prefix": "k9", "pick": ["a"]}}, [], "x"])
def test_a_wrong_use_of_a_block_is_refused(draft, bad):
    form = copy.deepcopy(form_of(draft)) | {"blocks": bad}
    assert any(path[0] == "blocks" for path, _sentence in form_problems(form))


# ---------------------------------------------------------------- look-up
@pytest.mark.slow
def test_a_list_is_written_with_the_form_and_looked_up_by_a_citizen_who_loses_nothing(draft, people):
    pages = browse(people[0])
    press(pages, HOME, "them:0")
    field = f"{HOME}1/o/0/"
    press(pages, field, "ghi", type="lookup")
    key = fields_of(draft, 1)[0]["key"]
    press(pages, field, "ghi", source=f"dm_{key}", show_code="1")
    assert "Danh mục có từ 1" in words(pages.get(field))
    press(pages, field, "ghi", own_list="4711 = Bán lẻ lương thực\n4719\tBán lẻ khác\n4711 = Trùng")
    assert "Mã đứng hai lần" in words(pages.get(field))
    press(pages, field, "ghi", own_list="4711 = Bán lẻ lương thực\n4719\tBán lẻ khác")
    press(pages, f"{HOME}1/", "them:text")
    text = fields_of(draft, 1)[1]["key"]
    version = published(draft, people)
    assert version.grammar == 2

    citizen = factories.citizen()
    filing = Dossier.objects.create(
        version=version, offering=world.offering(CODE, "H18.Y14", "H18.Z01"), submitter=citizen,
        answers=money.criminal_answers(), delivery_way="account", asked={"priority_group": "", "copies": 1},
    )  # fmt: skip
    browser, here = browse(citizen), step_url(filing, form_builder.page_at(version.document["form"], 1)["key"])
    page = browser.get(here)
    assert "Tìm theo tên hoặc mã" in words(page)
    live = browser.post(here, {f"{key}-tim": "4711", text: "Chữ", "tim-ngay": key}, headers={"X-Requested-With": "fetch"})
    filing.refresh_from_db()
    assert (
        f'data-found="{key}"' in live.content.decode() and "4711 Bán lẻ lương thực" in words(live) and key not in filing.answers
    )
    asked = browser.post(here, {f"{key}-tim": "ban le", text: "Chữ đã gõ", "tra-cuu": key})
    assert asked.status_code == 302 and asked["Location"].startswith(f"{here}?tra-cuu={key}")
    own = browser.get(asked["Location"])
    assert "4711 Bán lẻ lương thực" in words(own) and "4719 Bán lẻ khác" in words(own) and "Chữ đã gõ" not in own.content.decode()
    assert "data-draft" not in own.content.decode()  # the copy on the device went with the page before
    back = browser.post(asked["Location"].partition("#")[0], {"mot-cau": key, f"{key}-tim": "ban le", f"{key}-chon": "4719"})
    assert back.status_code == 302 and back["Location"] == f"{here}#f-{key}"
    filing.refresh_from_db()
    assert filing.answers[key] == "4719" and filing.answers[text] == "Chữ đã gõ"
    assert "4719 Bán lẻ khác" in words(browser.get(here))


# ---------------------------------------------------------------- a narrowed procedure is filed
@pytest.mark.slow
def test_a_fixed_answer_counts_for_the_fee_of_a_draft_and_is_printed(draft, people):
    """A form with a number of copies: this procedure always gives two, and nobody is asked."""
    pages = browse(people[0])
    press(pages, HOME, "them:0")
    press(pages, f"{HOME}1/", "them:number")
    press(pages, f"{HOME}1/o/1/", "ghi", narrow="value")
    press(pages, f"{HOME}1/o/1/", "ghi", narrow_value="2")
    form = form_of(draft)
    key = form_builder.page_at(form, 1)["fields"][1]["key"]
    line = {**copy.deepcopy(fresh(draft).version.facts["fee_lines"][0]), "key": "ban_them", "role": "extra", "mandatory": False,
            "amount": 5000, "when": None, "channel": "any", "quantity": {"field": key}}  # fmt: skip
    facts = copy.deepcopy(fresh(draft).version.facts)
    facts["fee_lines"].append(line)
    drafts.save(fresh(draft), facts, fresh(draft).revision, by=people[0])
    version = published(draft, people)

    citizen = factories.citizen()
    filing = Dossier.objects.create(
        version=version, offering=world.offering(CODE, "H18.Y14", "H18.Z01"), submitter=citizen,
        answers=money.criminal_answers(), delivery_way="account", asked={"priority_group": "", "copies": 1},
    )  # fmt: skip
    assert rules.extras_chosen(filing) == {"ban_them"}
    known = rules.context(filing)
    assert known[key] == 2
    lines = {row.key: row.amount for row in rules.fees_for(filing, known).lines}
    assert lines["ban_them"] == 10_000
    page = browse(citizen).get(step_url(filing, form_builder.page_at(version.document["form"], 1)["key"]))
    assert f'name="{key}"' not in page.content.decode()
    review = words(browse(citizen).get(f"/nop/{filing.pk}/xem-lai/"))
    assert "Nhãn của ô mới" in review
