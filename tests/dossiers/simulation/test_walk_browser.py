"""The walk through a draft in Chromium, on a phone: no sideways scrolling, axe clean, a link to the error, the review."""

import pytest

from procedures.models import Procedure
from procedures.office import drafts
from tests import factories, world
from tests.browser_support import axe, click_and_wait, sideways
from tests.dossiers.simulation.test_walk import CODE, WALK
from tests.procedures.office.test_office_browser import visit  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_walk_on_a_phone(visit):  # noqa: F811
    world.load_sample([CODE])
    editor = factories.user(catalogue_admin="H18")
    drafts.start(Procedure.objects.get(code=CODE).current, by=editor)
    page, go = visit(editor, 360)
    go(WALK)
    assert axe(page) == [] and not sideways(page)
    page.select_option("#id_place", "H18.X004")
    click_and_wait(page.locator("form.card button"))
    click_and_wait(page.locator("button.btn--go"))
    page.locator(".errsum a").first.click()
    assert page.evaluate("document.activeElement.id") == "f-biz_name"
    assert axe(page) == [] and not sideways(page)
    go(f"{WALK}xem-lai/")
    assert axe(page) == [] and not sideways(page)
    assert "Làm thành ví dụ" not in page.inner_text("main") and "Bản thảo này cho ra" in page.inner_text("main")
