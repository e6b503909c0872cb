"""In Chromium, from nothing to a decided dossier: a procedure of level 4 is made, published, opened at 45 communes, filed."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Agency
from dossiers.filing import rules
from dossiers.models import Dossier
from portal.common import clock
from procedures.models import Offering, Procedure
from procedures.offered import offered_at
from tests import factories, money, world
from tests.browser_support import axe, click_and_wait, sideways

pytestmark = [pytest.mark.browser, pytest.mark.needs_pdf, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NEW, SOURCE, OTHER = "9.000001", "3.000333", "1.001612"
PLACE, DESK = "H18.X004", "H18.X004.HC"
HOME = f"/can-bo/danh-muc/{NEW}/ban-thao/"


@pytest.fixture
def visit(open_page, live_server):
    """Factory: a page where this user is logged in, and a function that opens an address there."""

    def visit(user, width=1280):
        client = Client()
        client.force_login(user)
        page = open_page(width=width)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

        def go(address):
            page.goto(live_server.url + address)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

        return page, go

    return visit


def press(page, word):
    click_and_wait(page.locator(f"button[name=viec][value='{word}']").first)


def test_a_new_procedure_from_nothing_to_a_decided_dossier(visit, live_server):
    world.load_sample([SOURCE, OTHER])
    editor, second = factories.user(catalogue_admin="H18.Y14"), factories.user(catalogue_admin="H18.Y14")
    desk = factories.Desk(DESK, PLACE)

    page, go = visit(editor, 360)  # the whole work of the first admin fits a phone
    go("/can-bo/danh-muc/")
    page.fill("#id_code", NEW)
    page.fill("#id_name", "Cấp giấy xác nhận mới")
    page.fill("#id_source", SOURCE)
    click_and_wait(page.locator("form[method=post] button", has_text="Mở bản thảo"))
    looked_at = ["", "phi/", "giay-to/", "cac-buoc/", "vi-du/"]
    go(f"{HOME}phi/")
    page.fill("#o-fee_lines-0-amount", "150.000")
    press(page, "ghi")
    go(f"{HOME}giay-to/")
    page.fill("#o-document_groups-0-documents-2-name", "Giấy ủy quyền")
    press(page, "ghi")
    go(f"{HOME}tra-phi/")
    page.select_option("#o-payment_timing", "on_result")
    press(page, "ghi")
    go(f"{HOME}cac-buoc/")
    page.fill("#o-steps", "Nộp hồ sơ trên mạng.\nNhận giấy xác nhận.")
    press(page, "ghi")
    for number, (name, group, total) in enumerate(
        (("Thường", "", "150.000"), ("Giảm", "sinh_vien", "100.000"), ("Miễn", "tre_em", "0"))
    ):
        go(f"{HOME}vi-du/")
        press(page, "them")
        page.fill("#o-name", name)
        page.select_option("#o-asked-priority_group", group)
        press(page, "lay-ket-qua")
        assert total in page.inner_text("#ket-qua ~ dl").replace("\N{NO-BREAK SPACE}", " ")
        press(page, "da-kiem")
        looked_at.append(f"vi-du/vd{number + 1}/")
    for address in looked_at:
        go(HOME + address)
        assert axe(page) == [], address
        assert sideways(page) == 0, address
    go(HOME)
    page.fill("#id_publish_on", clock.today().isoformat())
    press(page, "gui-duyet")

    page, go = visit(second)
    go(HOME)
    assert axe(page) == []
    press(page, "duyet")
    version = Procedure.objects.get(code=NEW).current
    assert version.number == 1 and len(version.facts["examples"]) == 3

    above = factories.user(agency_admin="H18")
    page, go = visit(above)  # the province opens it at all its communes in one act
    kind = Agency.objects.get(code=PLACE).kind
    go(f"/can-bo/cung-cap/H18/thu-tuc-moi/?{urlencode({'thu-tuc': NEW, 'loai': kind})}")
    assert axe(page) == []
    click_and_wait(page.locator("button", has_text="Mở ở những nơi đã chọn"))
    offerings = Offering.objects.filter(procedure__code=NEW)
    assert offerings.count() == 45

    admin = factories.user(agency_admin=[PLACE, DESK])
    page, go = visit(admin)
    go(f"/can-bo/cung-cap/{PLACE}/thu-tuc/{NEW}/")
    page.check("[name=delivery_ways][value=account]")
    for number, step in enumerate((("Xem xét", "review", "officer", "draft", "Dự thảo"), ("Ký", "sign", "signer", "", ""))):
        press(page, "them")
        name, kind, role, product, label = step
        page.fill(f"[name='steps.{number}.name']", name)
        page.select_option(f"[name='steps.{number}.kind']", kind)
        page.select_option(f"[name='steps.{number}.role']", role)
        page.select_option(f"[name='steps.{number}.product']", product)
        page.fill(f"[name='steps.{number}.label']", label)
        page.fill(f"[name='steps.{number}.hours']", "8")
    page.select_option("[name='duty.main']", desk.clerk.username)
    press(page, "ghi")
    offering = offerings.get(agency__code=PLACE)
    world.collection_point(offering.terminal_id)
    assert len(offering.processing_steps) == 2 and offered_at(version, offering).level.number == 4

    page, go = visit(above)  # and takes this place as the template of the others
    go(f"/can-bo/cung-cap/{PLACE}/thu-tuc/{NEW}/ap-dung/")
    click_and_wait(page.locator("button", has_text="Áp dụng ở các nơi đã chọn"))
    assert "Đã áp dụng ở 44 nơi" in page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")
    assert {len(row.processing_steps) for row in offerings} == {2}

    citizen = factories.citizen()
    draft = Dossier.objects.create(
        version=version, offering=offering, submitter=citizen, answers=money.criminal_answers(), delivery_way="account",
        asked={"priority_group": "", "copies": 1},
    )  # fmt: skip
    for ask in rules.asked_documents(draft):
        if ask.required:
            factories.attachment(draft, ask.key)
    page, go = visit(citizen, 360)
    go(f"/nop/{draft.pk}/xem-lai/")
    page.check("#cam-doan")
    click_and_wait(page.locator("button", has_text="Ký và nộp hồ sơ"))
    dossier = Dossier.objects.get(pk=draft.pk)
    assert dossier.state == "SUBMITTED" and dossier.obligation.total == 150_000

    page, go = visit(desk.clerk)
    for step, state in (("tiep-nhan", "ACCEPTED"), ("chuyen-xu-ly", "PROCESSING")):
        go(f"/can-bo/ho-so/{dossier.code}/{step}/")
        click_and_wait(page.locator(".step-form button[type=submit]:not([name])").first)
        dossier = Dossier.objects.get(pk=draft.pk)
        assert dossier.state == state
    factories.drafted(dossier, desk.officer)
    page, go = visit(desk.officer)
    go(f"/can-bo/ho-so/{dossier.code}/chuyen-buoc/")
    click_and_wait(page.locator(".step-form button[type=submit]:not([name])").first)
    page, go = visit(desk.signer)
    go(f"/can-bo/ho-so/{dossier.code}/duyet/")
    click_and_wait(page.locator(".step-form button[type=submit]:not([name])").first)
    assert Dossier.objects.get(pk=draft.pk).decisions.count() == 1
