"""Icons and illustrations as inline SVG: a page contains only those it shows, and needs no extra request."""

import re
from functools import cache

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import mark_safe

SHEET = "static/img/icons.svg"
SYMBOL = re.compile(r'<symbol id="([\w-]+)" viewBox="([\d .-]+)">(.*?)</symbol>', re.DOTALL)


@cache
def symbols():
    """{symbol id: (view box, inner SVG)} of all drawings in SHEET."""
    sheet = (settings.BASE_DIR / SHEET).read_text(encoding="utf-8")
    return {name: (box, shapes) for name, box, shapes in SYMBOL.findall(sheet)}


def drawing(symbol, css_class):
    """One drawing of the sheet as SVG, hidden from screen readers. Empty for an unknown name, so that the page still works."""
    if symbol not in symbols():
        return ""
    box, shapes = symbols()[symbol]
    opening = format_html('<svg class="{}" viewBox="{}" aria-hidden="true" focusable="false">', css_class, box)
    return opening + mark_safe(f"{shapes}</svg>")  # our own sheet
