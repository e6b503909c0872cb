"""What people do on the pages of the whole ways: log in, take a step, drop a file."""

import re

from tests import factories
from tests.browser_support import axe, click_and_wait, sideways


def log_in(page, portal, user):
    page.goto(f"{portal}/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(user.username)
    page.get_by_label("Mật khẩu", exact=True).fill(factories.PASSWORD)
    click_and_wait(page.locator("main").get_by_role("button", name="Đăng nhập"))
    page.wait_for_url(re.compile(r"/(ho-so|can-bo)/$"))


def looks_right(page):
    """What every page of the way must keep: nothing for axe to find, nothing to scroll sideways."""
    assert axe(page) == [] and sideways(page) == 0, page.url


def forward(page):
    click_and_wait(page.get_by_role("button", name="Lưu và đi tiếp").last)


def a_photo(folder):
    from PIL import Image

    path = folder / "anh-giay.jpg"
    Image.new("RGB", (900, 1200), "#eee").save(path)
    return path


def step(page, verb):
    """Press the button of a step on the dossier's page and confirm it on the next."""
    click_and_wait(page.get_by_role("link", name=re.compile(rf"^\s*{verb}")).first)
    looks_right(page)
    click_and_wait(page.locator("main form button[type=submit]").first)


def drop(page, portal, path):
    """Give a file to the verification page and read its answer."""
    page.goto(f"{portal}/kiem-tra/")
    page.locator("input[type=file]").set_input_files(path)
    click_and_wait(page.get_by_role("button", name="Kiểm tra tệp"))
    return page.locator("main").inner_text()
