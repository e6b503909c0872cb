"""Citizen pages in Chromium: no axe violations, no horizontal scrolling, filing works without scripts."""

import pytest

from accounts.models import Mandate
from dossiers import workflow
from dossiers.files import storage
from dossiers.models import Dossier
from tests import factories
from tests.browser_support import axe, click_and_wait, prefer, sideways, too_wide_at_twice_the_text
from tests.dossiers.files.makers import picture, saved, written_page
from tests.dossiers.pages import browse, step_url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def citizen(desk):
    return factories.citizen()


@pytest.fixture
def logged_in(open_page, live_server, citizen):
    """Factory: a browser page where the citizen is logged in."""

    def logged_in(**options):
        page = open_page(**options)
        session = browse(citizen).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    return logged_in


@pytest.fixture
def paths(desk, citizen):
    """The paths of all citizen pages, in the states that change them."""
    Mandate.objects.create(agent=citizen, person=factories.person(full_name="Lường Thị Ổn"), basis="parent")
    draft = desk.draft(submitter=citizen, answers={**factories.ANSWERS, "with_members": True, "request_detail": ""})
    factories.attachment(draft, "khac")
    filed, working = desk.submitted(submitter=citizen), desk.processing(submitter=citizen)
    asked = _asked_for_pages(desk, citizen)
    refused = workflow.advance(
        desk.submitted(submitter=citizen), "refuse_receipt", actor=desk.clerk, note="Nơi ở thuộc phường khác."
    )
    message = citizen.inbox.filter(channel="inbox").first()
    steps = ["nguoi_de_nghi", "danh_sach_thanh_vien", "noi_dung_va_cho_o", "cach-nhan", "giay-to", "xem-lai"]
    return [
        *["/ho-so/", "/ho-so/?trang-thai=3", "/tai-khoan/", "/tin-nhan/", f"/tin-nhan/{message.pk}/", "/tra-cuu/"],
        *[f"/nop/bat-dau/{factories.RESIDENCE}/", f"/ho-so/nhap/{draft.pk}/xoa/", f"/tra-cuu/{working.secret}/"],
        *[step_url(draft, key) for key in steps],
        step_url(draft, "noi_dung_va_cho_o") + "?ve=xem-lai",
        *[f"/ho-so/{dossier.code}/" for dossier in (filed, working, asked, refused)],
        *[f"/ho-so/{filed.code}/da-nop/", f"/ho-so/{working.code}/giay-hen/", f"/ho-so/{filed.code}/rut/"],
        f"/ho-so/{asked.code}/bo-sung/",
    ]


def _asked_for_pages(desk, citizen):
    """A dossier that waits for a field and for a paper of three pages, of which the first is replaced."""
    dossier = desk.submitted(submitter=citizen)
    old = [factories.attachment(dossier, "khac", page=page) for page in (1, 2, 3)]
    items = [
        {"target": "document", "key": "khac", "label": "Giấy tờ khác", "reason": "Trang 1 mờ."},
        {"target": "field", "key": "request_detail", "label": "Nội dung đề nghị", "reason": "Ghi rõ nơi cần nộp giấy."},
    ]
    dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=items)
    stored = storage.store(saved(written_page("RGB", size=(1200, 1600)), "JPEG"))
    factories.attachment(
        dossier, "khac", content_type="image/jpeg", name=f"{'trang-mot-' * 8}.jpg", storage_key=stored.storage_key,
        staged_in=dossier.supplements.get(), replaces=old[0],
    )  # fmt: skip
    return dossier


@pytest.mark.parametrize(("width", "look"), [(360, {"co_chu": "rat-to", "giao_dien": "toi"}), (1280, {})])
def test_axe_finds_nothing(logged_in, live_server, paths, width, look):
    page = logged_in(width=width)
    prefer(page, live_server.url, **look)
    for path in paths:
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('main details').forEach(box => box.open = true)")
        assert axe(page) == [], path


def test_nothing_scrolls_sideways_on_the_narrowest_phone_with_the_largest_text(logged_in, live_server, paths):
    page = logged_in(width=320)
    prefer(page, live_server.url, co_chu="rat-to")
    for path in paths:
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('main details').forEach(box => box.open = true)")
        assert sideways(page) == 0, path
        assert too_wide_at_twice_the_text(page) == [], path
        page.set_viewport_size({"width": 320, "height": 780})


@pytest.mark.parametrize("scripts", [True, False])
def test_a_dossier_is_filled_in_and_handed_in(logged_in, live_server, desk, citizen, tmp_path, scripts):
    draft = desk.draft(submitter=citizen, answers={}, delivery_way="")
    photo = tmp_path / "ý kiến.jpg"
    photo.write_bytes(picture())
    page = logged_in(java_script_enabled=scripts)
    page.goto(f"{live_server.url}/nop/{draft.pk}/")
    go_on = "main button.btn--go"
    click_and_wait(page.locator(go_on).first)  # applicant: prefilled from the account
    click_and_wait(page.locator(go_on).first)  # contact: prefilled, too
    page.fill("[name=head_full_name]", "Nguyễn Hoàng Phượng Vỹ")
    page.fill("[name=head_id_number]", citizen.person.id_number)
    page.select_option("[name=head_relation]", "chu_ho")
    click_and_wait(page.locator(go_on).first)
    click_and_wait(page.locator(go_on).first)  # nothing typed: the page is shown again
    assert page.title().startswith("Có lỗi:") and page.is_visible(".errsum")
    page.fill("[name=request_detail]", "Xin xác nhận nơi cư trú để vay vốn.")
    page.check("[name=accommodation][value=so_huu]")
    click_and_wait(page.locator(go_on).first)
    page.check("[name=with_members][value=khong]")
    click_and_wait(page.locator(go_on).first)
    page.check("[name=delivery_way][value=account]")
    click_and_wait(page.locator(go_on).first)
    page.set_input_files("#f-khac", str(photo))
    if not scripts:
        click_and_wait(page.locator("button[name=gui][value=khac]").first)
    page.wait_for_selector(".thumbs")
    click_and_wait(page.locator(go_on).first)
    page.check("#cam-doan")
    click_and_wait(page.locator(go_on).first)

    dossier = Dossier.objects.get()
    assert dossier.state == "SUBMITTED"
    assert page.url == f"{live_server.url}/ho-so/{dossier.code}/da-nop/"
    assert dossier.code in page.inner_text(".result-panel")


def test_typing_saves_itself_and_a_second_device_is_noticed(logged_in, live_server, desk, citizen):
    draft = desk.draft(submitter=citizen, answers={})
    one, two = logged_in(), logged_in()
    for page in (one, two):
        page.goto(live_server.url + step_url(draft, "chu_ho"))
    one.fill("[name=head_full_name]", "Lò Văn Một")
    one.wait_for_selector("text=Máy đã tự lưu lúc")
    draft.refresh_from_db()
    assert draft.answers["head_full_name"] == "Lò Văn Một"

    two.fill("[name=head_full_name]", "Lò Văn Hai")
    two.wait_for_selector("text=Máy khác vừa sửa.")
    click_and_wait(two.locator("main button.btn--go").first)
    assert "Máy khác vừa sửa bản nháp này" in two.inner_text("main")
    assert two.input_value("[name=head_full_name]") == "Lò Văn Hai", "what was typed is not lost"
