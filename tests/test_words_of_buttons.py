"""A form whose field names what to do does it for the words it knows, and nothing for any other: no view acts by default."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from accounts.models import User
from accounts.staffing import requests
from payments.attempts import links, settlement
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock
from tests.dossiers.pages import browse

UNKNOWN = "xoa-het"
MOCKS = {"mock_gateway", "mock_post", "mock_sms"}
ROOMS = ("accounts", "dossiers", "payments", "portal", "procedures")


def sources():
    for room in ROOMS:
        yield from (path for path in Path(settings.BASE_DIR, room).rglob("*.py") if not MOCKS & set(path.parts))


def branches_on_one_word(tree):
    """Lines where a word of a POST is compared with one constant: the other branch then acts for every other word."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) and isinstance(side.value, str) and side.value for side in sides):
                yield from (node.lineno for side in sides if "request.POST" in ast.unparse(side))


def test_no_view_has_a_branch_for_every_other_word():
    probe = ast.parse('if request.POST.get("viec") == "thoi":\n    pass')
    assert list(branches_on_one_word(probe)) == [1]
    found = [f"{path}:{line}" for path in sources() for line in branches_on_one_word(ast.parse(path.read_text("utf-8")))]
    assert found == [], "list the words that are known, refuse the others"


def stored():
    """{table: its rows as text} of all that these forms could change."""
    with connection.cursor() as cursor:
        tables = [
            model._meta.db_table for app in ROOMS if apps.is_installed(app) for model in apps.get_app_config(app).get_models()
        ]
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {table} t")
            rows[table] = cursor.fetchone()[0]
    return rows


@pytest.fixture
def forms(money_desk):
    """[(user, address, body)]: each form with a field that names an act, filled in with a word that nobody knows."""
    waiting = money_desk.waiting()
    links.make(waiting, waiting.submitter)
    paid = settlement.settle(money_desk.paying().reference, cause="ipn")
    refund = approval.propose(paid, "paid_twice", actor=money_desk.accountant)
    credit = matching.receive(paid.point, "FT26325001", 5_000, "khong ro", clock.now())
    system = User.objects.create_superuser("ht1", full_name="Một", email="ht1@example.vn", password="x")
    second = User.objects.create_superuser("ht2", full_name="Hai", email="ht2@example.vn", password="x")
    asked = requests.ask("password", money_desk.clerk, by=system, reason="x")
    code, other = waiting.code, money_desk.second_accountant
    return [
        (waiting.submitter, f"/ho-so/{code}/tra-phi/nho-tra/", {"viec": UNKNOWN}),
        (waiting.submitter, f"/ho-so/{code}/tra-phi/nho-tra/", {}),
        (waiting.submitter, f"/ho-so/{code}/tra-phi/", {"cach": UNKNOWN}),
        (None, f"/tra-giup/{links.current(waiting.obligation).token}/", {"cach": UNKNOWN}),
        (second, f"/can-bo/nhan-su/{asked.pk}/", {"quyet-dinh": UNKNOWN}),
        (money_desk.clerk, "/can-bo/cung-luc/", {"buoc": UNKNOWN, "hs": code, "dong-y": "1"}),
        (second, "/can-bo/lich-lam-viec/", {"viec": UNKNOWN, "lich": "x"}),
        (money_desk.clerk, f"/can-bo/ho-so/{code}/{UNKNOWN}/", {}),
        (money_desk.head, f"/can-bo/ho-so/{code}/lam-lai/{UNKNOWN}/1/", {}),
        (other, f"/can-bo/ke-toan/hoan-tien/{refund.request_id}/{UNKNOWN}/", {"document": "1"}),
        (other, f"/can-bo/ke-toan/tien-ve/{credit.pk}/{UNKNOWN}/", {"note": "x"}),
        (other, f"/can-bo/ke-toan/lan-tra/{paid.reference}/ket-luan/", {"outcome": UNKNOWN, "note": "x"}),
        (other, f"/can-bo/ke-toan/lan-tra/{paid.reference}/hoan-tien/", {"reason": UNKNOWN, "way": UNKNOWN, "amount": "1"}),
    ]


@pytest.mark.django_db
def test_an_unknown_word_changes_nothing(forms):
    clients = {user: browse(user) for user, _address, _body in forms}
    before = stored()
    for user, address, body in forms:
        assert clients[user].post(address, body).status_code in (302, 303, 404, 422), address
        after = stored()
        assert [table for table in before if before[table] != after[table] and table != "accounts_accesslog"] == [], (
            address,
            body,
        )
