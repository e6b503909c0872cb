"""What the tests of citizens' pages share: a browser without a screen, and the words on a page."""

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client


def browse(user=None):
    """A client of its own, logged in as this user (nobody: a passer-by)."""
    client = Client()
    if user:
        client.force_login(user)
    return client


def words(response):
    """The text people read in <main>, on one line, with plain spaces."""
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    text = re.sub(r"<(script|style).*?</\1>", " ", main, flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split())


def title(response):
    return " ".join(re.search(r"<title>(.*?)</title>", response.content.decode(), re.S)[1].split())


def upload(name="giay-to.pdf", content=b""):
    return SimpleUploadedFile(name, content)


def step_url(draft, key):
    return f"/nop/{draft.pk}/{key}/"
