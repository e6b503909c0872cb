"""Icons and illustrations as inline SVG: a page carries only the drawings it shows, in no extra request."""

import re
from functools import cache

from django.conf import settings
from django.utils.html import format_html
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
    return opening + mark_safe(f"{shapes}</svg>")  # our own sheet
