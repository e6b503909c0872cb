"""Text size and theme: chosen by a link, stored in a cookie, without an account."""

import re

import pytest

from portal.middleware import AppearanceMiddleware

pytestmark = pytest.mark.django_db
PAGE = "/kho-thanh-phan/"


def test_a_choice_is_kept_and_the_address_is_clean_again(client):
    answer = client.get(PAGE, {"co-chu": "rat-to", "trang": "2"})
    assert answer.status_code == 302 and answer["Location"] == f"{PAGE}?trang=2"
    assert client.cookies["co-chu"].value == "rat-to"
    assert 'data-text="rat-to"' in client.get(PAGE).content.decode()


def dark_media(client):
    """The media query of the dark style sheet; None without the sheet."""
    found = re.search(r'css/dark[^"]*"\s+media="([^"]+)"', client.get(PAGE).content.decode())
    return found and found[1]


def test_pages_are_as_light_or_dark_as_the_device_until_a_person_chooses(client):
    assert dark_media(client) == "screen and (prefers-color-scheme: dark)"
    for choice, media in {"toi": "screen", "sang": None, "theo-may": "screen and (prefers-color-scheme: dark)"}.items():
        client.get(PAGE, {"giao-dien": choice})
        assert dark_media(client) == media


def test_anybody_can_choose_at_the_foot_of_every_page(client):
    for address in (PAGE, PAGE + "?nen=can-bo", "/dang-nhap/"):
        page = client.get(address).content.decode()
        assert [f'value="{value}"' in page for value in ("theo-may", "sang", "toi")] == [True] * 3


@pytest.mark.parametrize("value", ["", "khổng lồ", '"><script>'])
def test_a_size_there_is_not_is_ignored(client, value):
    answer = client.get(PAGE, {"co-chu": value})
    assert answer.status_code == 302 and "co-chu" not in client.cookies
    client.cookies["co-chu"] = "huge"
    assert 'data-text="' not in client.get(PAGE).content.decode()


def test_the_choice_leads_to_no_stranger(rf):
    request = rf.get("/", {"co-chu": "to"})
    request.path = "//doc.example/"
    assert AppearanceMiddleware(lambda request: None)(request)["Location"] == "/%2Fdoc.example/"


def test_pages_differ_by_cookie_and_say_so(client):
    assert "Cookie" in client.get(PAGE)["Vary"]


def test_sending_a_form_is_no_choice_of_appearance(client):
    assert client.post(PAGE + "?co-chu=to").status_code != 302
