"""A version is drafted on pages, published by a second person, and nothing that was filed or published moves."""

import copy
import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.common import clock
from procedures.loading import DataFolder, load_sample
from procedures.loading.publishing import document_of
from procedures.models import CatalogueChange, Procedure, ProcedureVersion, VersionDraft
from procedures.office import drafts, editing
from procedures.office.checking import problems
from procedures.office.labels import SECTIONS
from tests import factories, world
from tests.dossiers.pages import browse

CODE = "3.000333"
HOME = f"/can-bo/danh-muc/{CODE}/"
DRAFT = f"{HOME}ban-thao/"
INPUT = re.compile(r'<input[^>]*?type="(?:text|checkbox|hidden)"[^>]*>|<textarea.*?</textarea>|<select.*?</select>', re.S)


@pytest.fixture
def people(db):
    world.load_sample([CODE])
    editor, second = factories.user(catalogue_admin="H18.X004"), factories.user(catalogue_admin="H18.X004")
    return {"editor": editor, "second": second, "agency": factories.user(agency_admin="H18.X004"),
            "clerk": factories.user(receiving_clerk="H18.X004"), "citizen": factories.citizen()}  # fmt: skip


@pytest.fixture
def draft(people):
    return drafts.start(Procedure.objects.get(code=CODE).current, by=people["editor"])


def changed(draft, **facts):
    return {**copy.deepcopy(draft.version.facts), **facts}


def fresh(draft):
    return VersionDraft.objects.get(pk=draft.pk)


def shown_values(page):
    """What a browser would send of the form of a section, without the buttons."""
    import html

    values = {}
    for tag in INPUT.findall(page):
        name = re.search(r'name="([^"]+)"', tag)[1]
        if tag.startswith("<textarea"):
            value = html.unescape(re.search(r">(.*)</textarea>", tag, re.S)[1])
        elif tag.startswith("<select"):
            chosen = re.search(r'<option value="([^"]*)" selected', tag) or re.search(r'<option value="([^"]*)"', tag)
            value = html.unescape(chosen[1])
        elif 'type="checkbox"' in tag and " checked" not in tag:
            continue
        else:
            value = html.unescape(re.search(r'value="([^"]*)"', tag)[1])
        values.setdefault(name, []).append(value)
    return values


# ---------------------------------------------------------------- without the database
@pytest.mark.parametrize("row", DataFolder().procedures(), ids=lambda row: row["code"])
def test_every_shipped_procedure_passes_and_goes_through_the_editor_unchanged(row):
    from django.http import QueryDict
    from django.template.loader import render_to_string

    document = document_of(DataFolder(), row)
    assert problems(document) == []
    for section in SECTIONS:
        nodes = editing.nodes_of(section.keys, row, {})
        page = "".join(render_to_string("procedures/office/_node.html", {"node": node, "open": True}) for node in nodes)
        post = QueryDict(mutable=True)
        values = shown_values(page)
        assert len(values) < 2000
        for name, texts in values.items():
            post.setlist(name, texts)
        after = editing.typed(section.keys, row, post)
        assert {key: after[key] for key in section.keys if after[key] != row.get(key)} == {}
