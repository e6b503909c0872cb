"""An admin builds a page of a form by keyboard only: a table, a condition and a check between fields."""

import pytest

from procedures.eforms.expansion import pages_of
from procedures.models import Procedure, VersionDraft
from procedures.office import drafts
from tests import factories, world
from tests.browser_support import axe, sideways
from tests.procedures.office.test_office_browser import visit  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CODE = "3.000333"
HOME = f"/can-bo/danh-muc/{CODE}/ban-thao/to-khai/"
MAX_TABS = 400


def tab_to(page, selector):
    """Press Tab until this element has the focus."""
    for _step in range(MAX_TABS):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by keyboard: {selector}")


def enter(page, selector):
    """Go to a link or button and press it; wait for the page that answers."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page, selector, text):
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def choose(page, selector, value):
    """Choose an option of a list with the arrow keys."""
    tab_to(page, selector)
    page.keyboard.press("Home")
    for _step in range(100):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no option {value}")


def form_of(draft):
    return VersionDraft.objects.get(pk=draft.pk).version.document["form"]


def test_a_table_a_condition_and_a_check_are_made_by_keyboard(visit):  # noqa: F811
    world.load_sample([CODE])
    editor = factories.user(catalogue_admin="H18.Y14")
    draft = drafts.start(Procedure.objects.get(code=CODE).current, by=editor)
    page, go = visit(editor, 360)

    def seen():
        assert axe(page) == [], page.url
        assert sideways(page) == 0, page.url

    go(HOME)
    seen()
    enter(page, "button[name=viec][value='them:0']")
    enter(page, f"a[href='{HOME}1/']")
    for kind in ("table", "date", "date"):
        enter(page, f"button[name=viec][value='them:{kind}']")
    go(f"{HOME}1/")
    for number, label in ((1, "Hàng hóa"), (2, "Ngày bắt đầu"), (3, "Ngày kết thúc")):
        write(page, f"#o-fields-{number}-label", label)
    enter(page, "button[name=viec][value='ghi']")
    seen()
    _first, table, start, end = list(pages_of(form_of(draft)))[1]["fields"]
    assert (table["label"], start["label"], end["label"]) == ("Hàng hóa", "Ngày bắt đầu", "Ngày kết thúc")

    go(f"{HOME}1/")
    enter(page, f"a[href='{HOME}1/o/1/']")
    enter(page, "button[name=viec][value='them:columns']")
    go(f"{HOME}1/o/1/")
    write(page, "#o-columns-0-label", "Tên hàng")
    choose(page, "#o-columns-1-type", "money")
    enter(page, "button[name=viec][value='ghi']")
    seen()
    columns = list(pages_of(form_of(draft)))[1]["fields"][1]["columns"]
    assert [column["type"] for column in columns] == ["text", "money"] and columns[0]["label"] == "Tên hàng"

    go(f"{HOME}1/")
    enter(page, f"a[href='{HOME}1/fields.1.show_if/']")
    enter(page, "button[name=viec][value='them']")
    seen()
    assert list(pages_of(form_of(draft)))[1]["fields"][1]["show_if"]

    go(HOME)
    enter(page, f"a[href='{HOME}kiem-tra/']")
    enter(page, "button[name=viec][value='them:not_before']")
    number = len(form_of(draft)["checks"]) - 1
    go(f"{HOME}kiem-tra/")
    choose(page, f"#o-checks-{number}-fields-0", end["key"])
    choose(page, f"#o-checks-{number}-fields-1", start["key"])
    enter(page, "button[name=viec][value='ghi']")
    seen()
    assert form_of(draft)["checks"][-1]["fields"] == [end["key"], start["key"]]
    assert "“Ngày kết thúc” không ở trước “Ngày bắt đầu”" in page.inner_text("main")

    go(f"{HOME}1/")  # with scripts a row can be dragged, too
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
    before = [field["key"] for field in list(pages_of(form_of(draft)))[1]["fields"]]
    with page.expect_navigation():
        page.drag_and_drop("[data-move='fields.3'] .drag", "[data-move='fields.0']")
    after = [field["key"] for field in list(pages_of(form_of(draft)))[1]["fields"]]
    assert after == [before[3], *before[:3]]
