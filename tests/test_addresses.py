"""Addresses stand in logs, histories and referrers: which words an address may carry, and that none of them is a person's.

A new parameter of a path or a query is added here with what it holds. Names, identity numbers, phones and passwords are posted.
"""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import URLPattern, get_resolver

from accounts.models import Membership, Organisation, Person
from dossiers.models import Dossier
from tests import factories
from tests.dossiers.pages import browse

ROOMS = ("accounts", "dossiers", "payments", "portal", "procedures")

PATH = {
    "code procedure": "of a dossier, a procedure, an agency",
    "pk object_id content_type_id number position": "number of a row, of a version, of a field on its page",
    "slug key kind provider carrier app_label": "a fixed word of the portal",
    "place": "of a condition in the document of a procedure",
    "name": "kind of a paper",
    "shown": "digest of what is shown for approval",
    "day": "a day",
    "reference request_id": "of a payment, of a refund, of a parcel, of a hand-over list",
    "token secret": "random: of a one-time, pay or tracking link; their pages send no referrer",
    "url": "whatever is not found",
}
QUERY = {
    # where on a list, and in which order
    "after before sau truoc limit trang phan": "position on a list, part of a print",
    "nhom trang-thai tinh-trang loai cach co_quan theo xong cua-toi tat-ca qua thu-tuc thu_tuc trang_thai"
    " cach-nop tu den": "filters of lists",
    "nguoi buoc han uu-tien chua-doc xep": "filters and order of the desk's lists; nguoi: number of a login of staff",
    "tim": "key of words kept in the session",
    "ma": "verification code of an issued paper, reference of a payment",
    # the catalogue: nobody is found by it
    "lay-lai": "number of a recorded change whose values of before fill the page; kem-theo: what shipped data say",
    "nam": "a year of the working calendar",
    "tu-khoa q muc phi doi-tuong linh-vuc co-quan mien-phi": "words about procedures and places; of payments: their number",
    "tinh xa noi province commune": "code of a place",
    # pages
    "next": "address of a page to go on with", "tra-cuu": "key of the question whose list is looked up",
    "account": "asks /health/ready for no account", "xem sua tai dong nen nguyen-van": "how a page is shown",
    "co-chu giao-dien lang": "appearance", "format": "of an API answer",
    "mau": "number of a ready-made answer", "anh": "number of a photo of a visit",
    "tai-khoan": "number of a login of staff", "giay": "number of a paper, of an original",
    "vnp_TxnRef": "what the gateway adds to the return address",
}  # fmt: skip


def words(table):
    return {word for row in table for word in row.split()}


def sources():
    for room in ROOMS:
        for path in sorted(Path(settings.BASE_DIR, room).rglob("*.py")):
            if not {"mock_gateway", "mock_post", "mock_sms"} & set(path.parts):
                yield path, ast.parse(path.read_text("utf-8"))


def is_query(node):
    return ast.unparse(node).endswith(("request.GET", "request.query_params"))


def read_from_the_query(path, tree):
    """Names read by `request.GET.get("x")`, `request.GET["x"]`, `"x" in request.GET`; a constant by its value in that module."""
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        key = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_query(node.func.value):
            key = node.args[0] if node.args and node.func.attr in ("get", "getlist", "pop") else None
        elif isinstance(node, ast.Subscript) and is_query(node.value):
            key = node.slice
        elif isinstance(node, ast.Compare) and is_query(node.comparators[-1]):
            key = node.left
        if key is None:
            continue
        key = constants.get(key.id, key) if isinstance(key, ast.Name) else key
        if isinstance(key, ast.Constant):
            yield key.value


def routes(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


def test_every_part_of_a_path_is_known():
    found = {name for route in routes(get_resolver().url_patterns) for name in re.findall(r"<(?:[^<>:]+:)?(\w+)>", route)}
    assert found - words(PATH) == set()


def test_every_word_of_a_query_is_known():
    found = {name for path, tree in sources() for name in read_from_the_query(path, tree)}
    assert {"noi", "tim", "tai-khoan", "after"} <= found | {"tim"}
    assert found - words(QUERY) == set()


def test_every_field_of_a_form_that_is_sent_in_the_address_is_known():
    found = set()
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        for form in re.findall(r"<form\b(?:[^>]|%>)*?>.*?</form>", text, re.S):
            if 'method="post"' not in form:  # a form without a method is sent in the address
                found |= {name for name in re.findall(r'\bname="([^"{]+)"', form)}
    assert {"tu-khoa", "tinh", "tu"} <= found
    assert found - words(QUERY) == set()


PEOPLE = {get_user_model(), Person, Organisation}


def model_searched(model, path):
    """The model whose field a path of `search_fields` names, and the name of the field."""
    *way, name = path.lstrip("^=@").split("__")
    for part in way:
        model = model._meta.get_field(part).related_model
    return model, name


def test_no_list_of_the_administration_searches_people_in_the_address():
    """What searches a field of people is posted, and of dossiers nothing is searched but the code."""
    posted = set()
    for model, shown in admin.site._registry.items():
        for searched, name in (model_searched(model, path) for path in shown.search_fields):
            if "PostedSearch" in [part.__name__ for part in type(shown).__mro__]:
                posted.add(model)
            else:
                assert searched not in PEOPLE and (searched is not Dossier or name == "code"), shown
    assert posted == {get_user_model(), Membership}


@pytest.mark.django_db
def test_staff_are_found_by_a_posted_name_and_never_by_one_in_the_address():
    system = get_user_model().objects.create_superuser("ht", full_name="Quản Trị", password=factories.PASSWORD)
    for name in ("Lò Thị Hoa", "Quàng Văn Nam"):
        factories.user(full_name=name, receiving_clerk="H18.X004.CA")
    client = browse(system)
    for model, attribute in ((get_user_model(), "full_name"), (Membership, "user")):
        address = f"/quan-tri/accounts/{model._meta.model_name}/"
        words_typed = "Lò Thị" if model is not Membership else get_user_model().objects.get(full_name="Lò Thị Hoa").username
        answer = client.post(f"{address}?p=1&e=1", {"tu-khoa": words_typed})
        assert answer.status_code == 302 and re.fullmatch(re.escape(address) + r"\?(e=1&)?q=[0-9a-f]{8}", answer.url)
        page = client.get(answer.url.replace("e=1&", ""))
        assert [str(getattr(row, attribute)) for row in page.context["cl"].result_list] == ["Lò Thị Hoa"]
        assert f'value="{words_typed}"' in page.content.decode()
        assert re.search(
            r'<form method="post" role="search">\s*<input type="hidden" name="csrfmiddlewaretoken"', page.content.decode()
        )
        assert not client.get(address, {"q": words_typed}).context["cl"].result_list
        assert client.post(address, {"tu-khoa": " "}).url == f"{address}?"
    asked = {"app_label": "accounts", "model_name": "membership", "field_name": "user", "term": "Lò Thị"}
    answer = client.get("/quan-tri/autocomplete/", asked)
    assert answer.status_code in (403, 404) or answer.json()["results"] == []
    other = browse(system)  # a key is of one session
    assert not other.get(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"]).context["cl"].result_list
