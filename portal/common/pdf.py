"""Papers as PDF: Django renders the HTML, a child process (`pdf_child`) turns it into PDF with WeasyPrint.

The files are PDF/A-3a (archival, tagged, language Vietnamese) in the font Tinos from fonts/, the same on every machine.
The HTML is normalised to NFC first: with one decomposed letter, copying text from the file gives wrong characters.
"""

import base64
import logging
import os
import re
import threading
import time
import unicodedata
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from portal.common import pango, sandbox

LOG = logging.getLogger(__name__)
JOBS_PER_CHILD = 100  # then a new child is started, because libraries may leak memory
START_SECONDS = 30


class PdfError(Exception):
    """The PDF could not be made; the text says why. Nothing was stored: a retry is safe."""


class PdfTimeout(PdfError):
    """Drawing took too long and was stopped."""


def render_pdf(template, context, *, title, timeout=30, attachments=()):
    """Render a Django template as PDF bytes. `attachments`: (file name, bytes) pairs embedded in the PDF. Raises PdfError."""
    html = render_to_string(template, {**context, "title": title})
    return render_html(html, title=title, timeout=timeout, attachments=attachments)


def render_html(html, *, title, timeout=30, attachments=(), variant="pdf/a-3a"):
    """Render HTML as PDF bytes. `timeout` in seconds, waiting for the renderer included. Raises PdfError, PdfTimeout."""
    header = {
        "do": "draw",
        "title": unicodedata.normalize("NFC", title),
        "variant": variant,
        "attachments": [{"name": name, "content": base64.b64encode(content).decode()} for name, content in attachments],
    }
    answer, pdf = _renderer.ask(header, _tidy(html).encode(), timeout)
    for line in answer.get("warnings", ()):
        LOG.warning("pdf %s: %s", title, line)
    return pdf


# WeasyPrint breaks a line too early when an element ends in a space and just fits its line.
_LAST_SPACE = re.compile(r"\s+(?=</(?:dd|dt|p|li|td|th)>)")


def _tidy(html):
    return _LAST_SPACE.sub("", unicodedata.normalize("NFC", html))


def why_no_pdf():
    """Why no PDF can be made and the command that helps, in one line; empty when PDFs can be made."""
    try:
        _renderer.ask({"do": "ping"}, b"", START_SECONDS)
    except PdfError as error:
        return f"{error}. {pango.HOW_TO_GET}" if "Pango" in str(error) else str(error)
    return ""


def keep_ready():
    """Load the renderer of this process now and keep it when it is idle: starting it takes about a second."""
    _renderer.stays = True
    why_no_pdf()


def pdf_available():
    """True when this machine can make PDFs."""
    return not why_no_pdf()


class Renderer:
    """The PDF child of this process: started at the first PDF; replaced after JOBS_PER_CHILD jobs, a timeout or a crash."""

    def __init__(self):
        self._lock = threading.Lock()
        self._child = None
        self._jobs = 0
        self.stays = False  # does the child stay when it is idle?

    def ask(self, header, body, timeout):
        """Send one job to the child and return the PDF. One job at a time; `timeout` (seconds) includes waiting for the lock."""
        deadline = time.monotonic() + timeout
        if not self._lock.acquire(timeout=timeout):
            raise PdfTimeout("the PDF renderer is busy")
        try:
            child = self._ready()
            return sandbox.ask(child, header, body, timeout=max(deadline - time.monotonic(), 0.1))
        except sandbox.ChildRefusal as refusal:
            raise PdfError(str(refusal)) from refusal
        except BaseException as error:  # also Celery's time limit: an unread answer may be left in the pipe
            self._drop()
            if isinstance(error, sandbox.ChildTimeout):
                raise PdfTimeout(f"no PDF after {timeout} s") from error
            if isinstance(error, sandbox.ChildError):
                raise PdfError(str(error)) from error
            raise
        finally:
            self._lock.release()

    def _ready(self):
        if self._child and (self._jobs >= JOBS_PER_CHILD or self._child.poll() is not None):
            self._drop()
        if not self._child:
            places = {"FONTCONFIG_FILE": str(_fonts_conf()), "PANGO_DIR": str(settings.PANGO_DIR)}
            if self.stays:
                places["STAYS"] = "1"
            self._child = sandbox.start("portal.common.pdf_child", environment=places)
            self._jobs = 0
        self._jobs += 1
        return self._child

    def _drop(self):
        child, self._child = self._child, None
        if child:
            sandbox.stop(child)


def _fonts_conf():
    """Path of a fontconfig file with only the portal's fonts, so that PDFs are the same on every machine."""
    folder = Path(settings.VAR_DIR) / "fontconfig"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<dir>{settings.FONTS_DIR}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>\n"
    )
    if not path.exists() or path.read_text() != text:
        fresh = folder / f"fonts.{os.getpid()}.{threading.get_ident()}.conf"
        fresh.write_text(text)
        fresh.rename(path)
    return path


_renderer = Renderer()


def _forget_parents_child():
    """After a fork: do not use the parent's renderer, and do not use its lock, which may be held by a thread of the parent."""
    global _renderer
    _renderer = Renderer()


os.register_at_fork(after_in_child=_forget_parents_child)
