"""The PDF renderer: a child process that turns HTML into archival, tagged PDF. It opens `data:` URLs only."""

import base64
import gc
import io
import logging
import os
import re
from pathlib import Path

from portal.common import pango
from portal.common.sandbox_child import Refused, serve

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 60


LONG_WORD = re.compile(r"\S{65,}")  # longer than a SHA-256 in hex, which must stay copyable
PIECE = 24
ZERO_WIDTH_SPACE = "\u200b"


def _cut_long_words(root):
    """Allow line breaks inside very long words: without them the layout of a word of thousands of letters takes minutes."""
    for element in root.iter():
        if element.tag in ("style", "title", "script"):
            continue
        element.text = element.text and LONG_WORD.sub(_in_pieces, element.text)
        element.tail = element.tail and LONG_WORD.sub(_in_pieces, element.tail)


def _in_pieces(match):
    word = match[0]
    return ZERO_WIDTH_SPACE.join(word[i : i + PIECE] for i in range(0, len(word), PIECE))


class CollectedWarnings(logging.Handler):
    """Collects WeasyPrint's warnings (an image that may not be opened, an unknown CSS rule) for the parent's log."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        """Keep the first twenty warnings, 300 characters each."""
        if len(self.lines) < 20:
            self.lines.append(record.getMessage()[:300])


class Renderer:
    """Loads Pango and WeasyPrint once and renders one document after another."""

    def __init__(self):
        self.weasyprint = None

    def __call__(self, header, body):
        """Do one job: `ping` only loads the libraries, `draw` returns the PDF. Raises Refused without Pango."""
        self._load()
        if header["do"] == "ping":
            return {}, b""
        warnings = CollectedWarnings()
        logging.getLogger("weasyprint").addHandler(warnings)
        try:
            return {"warnings": warnings.lines}, self._draw(header, body.decode())
        finally:
            logging.getLogger("weasyprint").removeHandler(warnings)

    def _load(self):
        if self.weasyprint:
            return
        pango.preload(Path(os.environ["PANGO_DIR"]))
        try:
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import URLFetcher
        except OSError as missing:
            raise Refused(f"no Pango: {missing}") from missing
        self.weasyprint = weasyprint
        self.fonts = FontConfiguration()
        self.fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
        # What is loaded stays, and one document makes many objects: looking for garbage less often saves a fifth of the time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)

    def _draw(self, header, html):
        page = self.weasyprint.HTML(string=html, url_fetcher=self.fetcher)
        _cut_long_words(page.etree_element)
        document = page.render(font_config=self.fonts, pdf_variant=header["variant"])
        document.metadata.title = header["title"]
        document.metadata.lang = "vi"
        document.metadata.attachments.extend(self._attachment(one) for one in header["attachments"])
        return document.write_pdf(pdf_variant=header["variant"])

    def _attachment(self, one):
        return self.weasyprint.Attachment(
            file_obj=io.BytesIO(base64.b64decode(one["content"])),
            url_fetcher=self.fetcher,
            name=one["name"],
            description=one["name"],
            relationship="Data",
        )


if __name__ == "__main__":
    serve(Renderer(), memory=MEMORY, cpu=CPU_SECONDS)
