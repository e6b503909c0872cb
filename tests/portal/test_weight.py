"""The size of a first visit: page, style, scripts and two fonts, as they are served: made smaller and compressed."""

import functools
import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from portal.static_storage import smaller

pytestmark = pytest.mark.django_db

LIMIT = 45_000  # bytes on the wire, fonts included
STYLE_LIMIT = 11_000
SCRIPT_LIMIT = 4_096  # bytes of each module, as written
FONTS = ["fonts/be-vietnam-pro-vi-400.woff2", "fonts/be-vietnam-pro-vi-600.woff2"]
PAGES = ["/", "/thu-tuc/", "/dang-nhap/", "/tra-cuu/", "/kiem-tra/"]


def sent(content, level=6):
    """Pages are compressed at level 6 while they are answered, our files at level 9 when they are collected."""
    return len(gzip.compress(content, level))


def served(path):
    return smaller(path.name, path.read_text()).encode()


@functools.cache
def weight_of_file(name):
    path = Path(finders.find(name))
    return path.stat().st_size if name in FONTS else sent(served(path), 9)


def weight(page):
    """Bytes of a page with everything it loads at once."""
    asked = set(re.findall(rf'(?:src|href)="{settings.STATIC_URL}([^"]+\.(?:css|js))"', page))
    return sent(page.encode()) + sum(map(weight_of_file, [*asked, *FONTS]))


@pytest.mark.parametrize("address", PAGES)
def test_a_first_visit_stays_under_the_limit(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert weight(answer.content.decode()) < LIMIT


def test_the_style_sheet_of_citizens_is_small():
    assert sent(served(settings.BASE_DIR / "static/css/portal.css")) < STYLE_LIMIT


@pytest.mark.parametrize("module", sorted((settings.BASE_DIR / "static/js").glob("*.js")), ids=lambda path: path.name)
def test_each_module_is_small(module):
    assert module.stat().st_size <= SCRIPT_LIMIT


def test_pages_travel_compressed_and_papers_do_not(client):
    assert client.get(PAGES[0], headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"


def test_our_own_files_are_compressed_once_when_collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "portal.static_storage.OwnFilesCompressed"}}
    call_command("collectstatic", interactive=False, verbosity=0)

    style = tmp_path / json.loads((tmp_path / "staticfiles.json").read_text())["paths"]["css/portal.css"]
    assert Path(f"{style}.gz").exists()
    assert "--brand" in style.read_text() and "/*" not in style.read_text() and "\n" not in style.read_text().strip()
    assert re.search(r"url\(\"?\.\./fonts/be-vietnam-pro-vi-400\.\w+\.woff2", style.read_text())
    assert not list(tmp_path.glob("admin/**/*.gz"))
