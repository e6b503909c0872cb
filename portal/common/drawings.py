"""Icons, illustrations and QR codes as inline SVG: a page carries only the drawings it shows, in no extra request."""

import io
import re
from functools import cache

import segno
from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

SHEET = "static/img/icons.svg"
SYMBOL = re.compile(r'<symbol id="([\w-]+)" viewBox="([\d .-]+)">(.*?)</symbol>', re.DOTALL)


@cache
def symbols():
    """Every drawing of the sheet: its id -> (view box, its shapes)."""
    sheet = (settings.BASE_DIR / SHEET).read_text(encoding="utf-8")
    return {name: (box, shapes) for name, box, shapes in SYMBOL.findall(sheet)}


def drawing(symbol, css_class):
    """One drawing of the sheet, hidden from screen readers. An unknown name draws nothing: a page is worth more than its icon."""
    if symbol not in symbols():
        return ""
    box, shapes = symbols()[symbol]
    opening = format_html('<svg class="{}" viewBox="{}" aria-hidden="true" focusable="false">', css_class, box)
    return opening + mark_safe(f"{shapes}</svg>")  # noqa: S308 - our own sheet


def qr_code(text, label):
    """A QR code of `text` with its quiet zone, announced to screen readers as `label`."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, svgclass=None, lineclass=None, omitsize=True, border=4
    )
    svg = out.getvalue().decode().strip()
    named = f'<svg role="img" aria-label="{conditional_escape(label)}" shape-rendering="crispEdges"'
    return mark_safe(svg.replace("<svg", named, 1))  # noqa: S308 - segno writes figures only, the label is escaped
