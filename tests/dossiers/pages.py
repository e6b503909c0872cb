"""Helpers for tests of pages: clients, and the text of a page."""

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client


def browse(user=None):
    """A new client, logged in as this user; without a user: anonymous."""
    client = Client()
    if user:
        client.force_login(user)
    return client


def words(response):
    """The visible text of <main>, on one line, with plain spaces."""
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    text = re.sub(r"<(script|style).*?</\1>", " ", main, flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split())


def title(response):
    return " ".join(re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)[1].split())


def upload(name="giay-to.pdf", content=b""):
    return SimpleUploadedFile(name, content)


def refused(answer):
    """{pointer or parameter: sentence} of an error of the API."""
    return {wrong.get("pointer") or wrong.get("parameter"): wrong["detail"] for wrong in answer.json()["errors"]}


def step_url(draft, key):
    return f"/nop/{draft.pk}/{key}/"
