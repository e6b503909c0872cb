"""Bodies of the API: unknown fields and values of another JSON type are refused, whichever operation they are sent to."""

import re
from importlib import import_module
from inspect import getsource

import pytest
from django.conf import settings
from django.http import QueryDict
from rest_framework import serializers

from portal.common.bodies import Body

APPS = ("procedures/api", "dossiers/api", "payments/api")
REQUEST, SERIALIZER = re.compile(r"^        request=(.*),$", re.M), re.compile(r"\w+Serializer")


class Asked(Body):
    words = serializers.CharField(required=False, allow_null=True)
    way = serializers.ChoiceField(["7", "a"], required=False)
    key = serializers.UUIDField(required=False)
    sure = serializers.BooleanField(required=False)
    number = serializers.IntegerField(required=False)


RIGHT = [{}, {"words": "0"}, {"words": None}, {"way": "7"}, {"sure": False}, {"number": 7}, {"number": 7.0}, {"key": "0" * 32}]
WRONG = [
    {"words": 0}, {"words": 1.5}, {"way": 7}, {"key": 7}, {"sure": 1}, {"sure": "true"}, {"number": "7"}, {"number": True},
    {"number": 7.5}, {"another": 1}, {"words": ["a"]}, {"words": {}}, [], "words",
]  # fmt: skip


@pytest.mark.parametrize("sent", RIGHT)
def test_what_is_described_is_taken(sent):
    assert Asked(data=sent).is_valid()


@pytest.mark.parametrize("sent", WRONG)
def test_what_only_looks_like_it_is_refused(sent):
    assert not Asked(data=sent).is_valid()


def test_in_a_form_everything_is_text_and_unknown_fields_are_refused():
    assert Asked(data=QueryDict("words=0&sure=true&number=7&way=7")).is_valid()
    refused = Asked(data=QueryDict("words=0&more=1"))
    assert not refused.is_valid() and list(refused.errors) == ["more"]


def test_every_body_that_an_operation_describes_is_such_a_body():
    modules = [import_module(name) for name in ("dossiers.api.views", "dossiers.api.drafts", "dossiers.api.letters")]
    modules += [import_module(name) for name in ("dossiers.api.supplement", "payments.api.views")]
    named = {
        name: module for module in modules for line in REQUEST.findall(getsource(module)) for name in SERIALIZER.findall(line)
    }
    assert {"NoteSerializer", "BeginSerializer", "NewFileSerializer", "LetterWithFilesSerializer"} <= set(named)
    assert [name for name, module in named.items() if not issubclass(getattr(module, name), Body)] == []
    described = sum("request=" in path.read_text("utf-8") for app in APPS for path in (settings.BASE_DIR / app).rglob("*.py"))
    assert described == len(modules), "a module with operations that this test does not read"
