"""Lines of templates are short, so that diffs are readable."""

from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
MAX_LINE_LENGTH = 160  # characters
LAID_OUT = ["payments"]  # rooms of templates/ that keep it; "" is all of them


@pytest.mark.parametrize("room", LAID_OUT)
def test_no_line_of_a_template_is_wider_than_a_screen(room):
    wide = [
        f"{path.relative_to(TEMPLATES)}:{number}: {len(line)} characters"
        for path in sorted((TEMPLATES / room).rglob("*.html"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > MAX_LINE_LENGTH
    ]
    assert not wide, "\n".join(wide)
