"""The documentation names existing files, modules and words."""

import functools
import importlib
import re
from pathlib import Path

import pytest
from django.conf import settings

from accounts.roles import Role
from dossiers.papers.models import PaperKind
from dossiers.states import DossierState
from dossiers.workflow import step_names
from payments.models.states import AttemptState, RefundState
from procedures.levels import ServiceLevel

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NOT_OURS_OF_OLD = {"CHANGELOG.md"}  # tells of names that are gone
APPS = "portal|accounts|procedures|dossiers|payments"
# `a/b.py`, `a/b/`, with a folder of ours in front; not addresses, which begin with a slash
PATH = re.compile(rf"`((?:{APPS}|tests|docs|data|templates|static|locale|requirements|fonts)/[\w./-]*)`")
DOTTED = re.compile(rf"`((?:{APPS})(?:\.(?!E\d)\w+)+)(?:\(\))?`")  # `dossiers.E001` is a system check
FILE = re.compile(r"`(\w+\.(?:py|html|js|css))`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def pages():
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if page.name not in NOT_OURS_OF_OLD]


def resolves(dotted):
    """Is this dotted name a module, or an attribute in one?"""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


@pytest.mark.parametrize("page", pages())
def test_files_and_folders_named_in_a_document_exist(page):
    named = PATH.findall(page.read_text("utf-8"))
    assert not [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("page", pages())
def test_a_file_named_without_its_folder_stands_somewhere(page):
    assert not set(FILE.findall(page.read_text("utf-8"))) - names_of_files()


@functools.cache
def names_of_files():
    folders = [ROOT, *(ROOT / name for name in (*APPS.split("|"), "tests", "data", "templates", "static"))]
    return {path.name for folder in folders for path in folder.glob("*" if folder == ROOT else "**/*")}


@pytest.mark.parametrize("page", pages())
def test_modules_and_functions_named_in_a_document_exist(page):
    assert not [name for name in DOTTED.findall(page.read_text("utf-8")) if not resolves(name)]


@pytest.mark.parametrize("page", pages())
def test_links_between_documents_lead_somewhere(page):
    assert not [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]


@pytest.mark.parametrize("name", ["glossary", "architecture", "how-to"])
def test_classes_named_in_a_document_are_found_in_the_code(name):
    named = re.findall(r"`([A-Z][a-z]+[A-Za-z]*)(?:\.\w+)*`", (ROOT / f"docs/{name}.md").read_text("utf-8"))
    assert not set(named) - words_of_code()


@functools.cache
def words_of_code():
    files = [path for app in APPS.split("|") for path in (ROOT / app).rglob("*.py")]
    return {word for path in files for word in re.findall(r"\b[A-Z]\w+", path.read_text("utf-8"))}


def every_word():
    choices = [DossierState, Role, PaperKind, AttemptState, RefundState]
    return [word.name for kind in choices for word in kind] + step_names() + [level.name for level in ServiceLevel]


@pytest.mark.parametrize("word", sorted(set(every_word())))
def test_the_glossary_has_each_state_step_role_paper_and_level(word):
    assert re.search(rf"`(ServiceLevel\.)?{word}`", (ROOT / "docs/glossary.md").read_text("utf-8"))
