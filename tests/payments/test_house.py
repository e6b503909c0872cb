"""House rules: only the package of a provider knows its codes. Checked on the source files."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOM = ROOT / "payments" / "gateways" / "vnpay"
# Programs of their own (the gateway that is played, the launcher), and what names VNPAY's addresses and secrets.
ELSEWHERE = [ROOT / "payments" / "mock_gateway", ROOT / "portal" / "launch", ROOT / "portal" / "settings"]
KNOWS_THE_ROOM = {"payments/gateways/register.py", "payments/demo.py"}  # the register; the demo plays what VNPAY says
# The parts of a transfer's QR code are numbered by two figures, too: another standard (EMV).
NUMBERED_BY_ANOTHER_STANDARD = {"payments/gateways/vietqr.py"}


def files(*endings):
    for folder in ("portal", "accounts", "procedures", "dossiers", "payments", "templates"):
        for path in (ROOT / folder).rglob("*"):
            outside = not any(path.is_relative_to(room) for room in [ROOM, *ELSEWHERE])
            if path.suffix in endings and outside and "migrations" not in path.parts and "mock_gateway" not in path.parts:
                yield path


def name(path):
    return str(path.relative_to(ROOT))


def test_there_is_something_to_read():
    found = {name(path) for path in files(".py", ".html")}
    assert {"payments/enquiries/ipn.py", "templates/payments/accounting/attempt.html", "procedures/models/terminal.py"} <= found


@pytest.mark.parametrize("word", [r"vnp_", r"RspCode", r"_after_94", r"\((0[47])\)", r"\bTxnRef\b"])
def test_no_word_of_vnpays_wire_stands_outside_its_room(word):
    assert [name(path) for path in files(".py", ".html") if re.search(word, path.read_text("utf-8"))] == []


def test_only_the_register_and_the_demo_import_the_room():
    imports = re.compile(r"gateways\.vnpay|gateways import .*vnpay")
    assert {name(path) for path in files(".py") if imports.search(path.read_text("utf-8"))} == KNOWS_THE_ROOM


def texts(path):
    """(line, text) of each string in this file that is no piece of a longer one."""
    tree = ast.parse(path.read_text("utf-8"))
    pieces = {piece for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in pieces:
            yield node.lineno, node.value


def test_no_code_of_two_figures_stands_among_the_payments():
    """«00», «07», «94»: code that compares or lists such codes belongs to the package of the provider."""
    found = [
        f"{name(path)}:{line}"
        for path in files(".py")
        if path.is_relative_to(ROOT / "payments") and name(path) not in NUMBERED_BY_ANOTHER_STANDARD
        for line, text in texts(path)
        if re.fullmatch(r"[0-9]{2}", text)
    ]
    assert found == []


def test_what_gateways_say_is_stored_by_one_function():
    for path in files(".py"):
        stores = "GatewayEvent.objects.create" in path.read_text("utf-8")
        assert stores == (name(path) == "payments/models/events.py"), path
