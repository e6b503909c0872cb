"""Checks of the source code of the project."""

import ast
import functools
import re
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import get_resolver

from tests import import_graph

ROOT = Path(settings.BASE_DIR)
APPS = ["portal", "accounts", "procedures", "dossiers", "payments"]
# Public URL names. Everything else needs a login.
PUBLIC = {
    "accounts:set_password",
    "home", "procedures:home", "procedures:search", "procedures:suggestions",
    "procedures:procedure", "procedures:procedure_short", "procedures:life_event", "procedures:sectors", "procedures:sector",
    "accounts:login", "admin:login", "dossiers:blank_form", "dossiers:track", "papers:verify", "papers:verify_code", "gallery",
    "evidence:explained", "evidence:script", "evidence:roots", "evidence:anchor", "evidence:time_token",
    "health_live", "health_ready", "schema", "procedure_list", "procedure_detail", "province_list", "commune_list",
    "payment_ipn", "payments:return", "parcel_notice", "api_docs",
}  # fmt: skip
# Access by a secret in the URL, by the session of the draft (printing needs no account), by a signed cookie, or by the token of
# who watches the portal.
BY_SECRET = {
    "metrics",
    "accounts:password_link",
    "dossiers:track_link", "dossiers:start", "dossiers:resume", "dossiers:renew", "dossiers:filled_form", "dossiers:step",
    "dossiers:autosave", "keep_typed", "files:view", "files:original", "files:thumbnail",
    "payments:help_pay", "payments:help_transfer", "payments:help_qr", "payments:help_status",
}  # fmt: skip
# The API: answers 401 or 403 instead of redirecting to the login page.
MACHINES = {
    "api_dossiers", "api_dossier", "api_proof", "api_withdraw", "api_submit", "api_payment", "api_payment_attempts",
    "api_draft", "api_payment_claim", "api_supplement", "api_supplement_answers", "api_supplement_files",
    "api_supplement_file", "api_supplement_send", "api_letters",
}  # fmt: skip


def python_files():
    return [p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]


def names_of(patterns, namespace=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names_of(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern.callback


def test_nothing_but_the_transitions_writes_a_state():
    """Code that sets `.state` on a dossier, or calls `update(state=…)`, would bypass `workflow.advance`."""
    for path in python_files():
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("update", "bulk_update"):
                assert not any(k.arg == "state" for k in node.keywords) or "dossier" not in ast.unparse(node).lower(), path
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                assert "dossier.state" not in ast.unparse(target).split("=")[0], path


def test_files_of_a_dossier_change_only_while_it_is_locked():
    """Attachments are written by `open_files`, and by the step that sends a supplement, which holds the same lock."""
    writing = re.compile(r"(ttachment|staged).*\.(create|bulk_create|get_or_create|update|bulk_update|delete)$", re.S)
    found = {
        str(path.relative_to(ROOT))
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and writing.search(ast.unparse(node.func))
    }
    assert found == {"dossiers/files/changing.py", "dossiers/filing/supplements.py"}


def test_nobody_reaches_into_the_dict_of_another_object():
    """Only `self.__dict__` may be used, never that of another object."""
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "__dict__":
                assert ast.unparse(node.value) == "self", path


def test_no_page_is_open_without_a_login_unless_it_is_on_the_list():
    views = list(names_of(get_resolver().url_patterns))
    assert {name for name, view in views if not getattr(view, "login_required", True)} == PUBLIC | BY_SECRET | MACHINES


@pytest.mark.django_db
def test_machines_are_told_that_they_must_log_in(client):
    assert client.get("/api/v1/dossiers/").status_code in (401, 403)


def test_every_state_has_a_look():
    from dossiers.states import LOOKS, DossierState

    assert set(LOOKS) == set(DossierState)


def templates():
    return [p for p in (ROOT / "templates").rglob("*") if p.is_file()]


# Folders whose template names are built in code: the stem must occur in Python as a string.
CHOSEN_BY_NAME = {"dossiers/papers", "procedures/eforms/kinds", "dossiers/desk/forms"}


def test_no_template_is_unused():
    """A template is used when its name occurs in another template or in Python, or Django uses it by default."""
    by_django = {"400.html", "403.html", "404.html", "500.html", "csrf_failure.html"}
    words = "\n".join(p.read_text("utf-8") for p in [*python_files(), *templates()])
    for path in templates():
        name = path.relative_to(ROOT / "templates")
        chosen = str(name.parent) in CHOSEN_BY_NAME and f'"{path.stem}"' in words
        assert str(name) in by_django or str(name) in words or chosen, name


@functools.cache
def text_files():
    """{path: text} of what is written by hand: code, templates, styles, documentation, data."""
    paths = [*ROOT.glob("*.py"), *ROOT.glob("*.md"), *ROOT.glob("data/*.json"), *ROOT.glob("docs/**/*.md"), *templates()]
    for folder in [*APPS, "data", "tests"]:
        paths += ROOT.glob(f"{folder}/**/*.py")
    paths += [path for path in ROOT.glob("static/**/*") if path.suffix in (".css", ".js")]
    return {path: path.read_text("utf-8") for path in paths}


@pytest.mark.parametrize("word", [r"\.\./" + "shared", "/wo" + "rk/", "pypi" + r"\.org", "deb" + r"\.debian"])
def test_the_project_stands_alone(word):
    """No paths of one machine, hosts of registries, or folders outside the project."""
    found = [path for path, text in text_files().items() if path != Path(__file__) and re.search(word, text)]
    assert not found


def test_all_texts_are_written_in_composed_letters():
    for path, text in text_files().items():
        if "tests" not in path.parts and path.name not in ("vietnamese.py", "check_forms.py"):
            assert text == unicodedata.normalize("NFC", text), path


def test_citizens_are_never_called_ban():
    """«Bạn» is not a polite form of address for citizens."""
    for path in templates():
        text = re.sub(r"{%.*?%}|{{.*?}}", lambda m: m.group(0), path.read_text("utf-8"))
        assert not re.search(r"\b[Bb]ạn\b", text.replace("xã bạn", "")), path


# Classes whose ending is built in a template (`tile--{{ tone }}`): their beginning must occur in a template.
MADE_IN_TEMPLATES = re.compile(r"([\w-]+--)\{\{")


def test_every_class_of_the_style_sheets_is_used():
    texts = [*templates(), *python_files(), *(ROOT / "static").rglob("*.js"), ROOT / "static/img/icons.svg"]
    words = "\n".join(path.read_text("utf-8") for path in texts)
    used, made = set(re.findall(r"[\w-]+", words)), set(MADE_IN_TEMPLATES.findall(words)) | {"ic--", "input--"}
    for sheet in (ROOT / "static/css").glob("*.css"):
        selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}|url\([^)]*\)", " ", sheet.read_text("utf-8"), flags=re.DOTALL)
        for name in set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors)):
            assert name in used or name.partition("--")[0] + "--" in made, (sheet.name, name)


def test_every_icon_is_used():
    texts = [*templates(), *python_files(), *(ROOT / "data").glob("life_event*.json")]
    words = set(re.findall(r"[\w-]+", "\n".join(path.read_text("utf-8") for path in texts)))
    for kind, name in re.findall(r'<symbol id="(i|l)-([\w-]+)"', (ROOT / "static/img/icons.svg").read_text("utf-8")):
        assert name in words, (kind, name)


def test_no_module_imports_itself_by_way_of_others():
    assert import_graph.in_circles(import_graph.graph()) == []


def test_no_procedure_code_stands_in_product_code():
    """Rules of a procedure are data of its version. Only demo code may name a procedure code."""
    code = re.compile(r"\b\d\.\d{6}\b")
    places = [ROOT / name for name in ("portalctl", "manage.py")]
    for folder in (*APPS, "templates", "static"):
        places += [p for p in (ROOT / folder).rglob("*") if p.suffix in {".py", ".html", ".txt", ".js", ".css"}]
    named = {
        str(p.relative_to(ROOT)) for p in places if "demo" not in p.parts and p.stem != "demo" and code.search(p.read_text())
    }
    assert not named
