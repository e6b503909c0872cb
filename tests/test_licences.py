"""Licences of all run-time dependencies are compatible with distribution under Apache-2.0."""

import importlib.metadata
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# SPDX names. Not allowed: GPL and AGPL, which would apply to the portal itself.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later",
    "MIT", "MIT-0", "MIT-CMU", "MPL-1.1", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
# Licence names of older packages: {name: SPDX}.
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def locked():
    """Package names of the run-time lock file."""
    return sorted(set(re.findall(r"^([a-z0-9][a-z0-9.-]*)==", (ROOT / "requirements/run.txt").read_text(), re.M)))


def listed():
    """{package: licence} from docs/licences.md."""
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", (ROOT / "docs/licences.md").read_text("utf-8"), re.M))


def offered(name):
    """The licence in the metadata of a package: SPDX expression, else classifiers, else the licence field."""
    told = importlib.metadata.metadata(name)
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License :: ")]
    words = [told["License-Expression"]] if told["License-Expression"] else classes or re.split(" OR ", told["License"] or "")
    return " OR ".join(SPDX.get(word, word) for word in words)


def is_allowed(licence):
    """Is there an alternative (OR) whose licences (AND) are all allowed?"""
    return any(set(choice.split(" AND ")) <= ALLOWED for choice in licence.split(" OR "))


def test_every_package_of_the_lock_is_listed_with_its_licence_and_nothing_else_is():
    assert sorted(listed()) == locked()


@pytest.mark.parametrize("name", locked())
def test_a_package_needed_at_run_time_has_a_licence_that_allows_ours(name):
    try:
        licence = offered(name)
    except importlib.metadata.PackageNotFoundError:  # not installed here (other Python or system): use the list
        licence = listed()[name]
    assert is_allowed(licence), licence
    assert licence == listed()[name]


@pytest.mark.parametrize("licence", ["GPL-3.0-or-later", "AGPL-3.0-only", "MIT AND GPL-2.0-or-later", "", "UNKNOWN"])
def test_what_binds_the_portal_or_says_nothing_is_refused(licence):
    assert not is_allowed(licence)
