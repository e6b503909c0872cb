"""Lines of templates are short, so that diffs are readable."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
MAX_LINE_LENGTH = 160  # characters
ONE_TAG = re.compile(r"\s*\{%(?:(?!%\}).)*%\}\s*")  # Django reads a tag only when it stands on one line


def test_no_line_of_a_template_is_wider_than_a_screen():
    wide = [
        f"{path.relative_to(TEMPLATES)}:{number}: {len(line)} characters"
        for path in sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > MAX_LINE_LENGTH and not ONE_TAG.fullmatch(line)
    ]
    assert not wide, "\n".join(wide)
