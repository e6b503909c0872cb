"""The quick links of the home page, as `data/home_links.json` lists them."""

from functools import cache
from pathlib import Path

from django.conf import settings

from procedures.loading import DataFolder


def quick_codes() -> tuple[str, ...]:
    """Procedure codes in the order of the page. The file is validated by `load_data` and read once per process."""
    return _codes_in(settings.DATA_DIR)


@cache
def _codes_in(folder: Path) -> tuple[str, ...]:
    return tuple(DataFolder(folder).read("home_links.json")["quick"])
