"""Schemathesis calls every operation of the API over HTTP with made-up requests: no 500, no answer the description does not know,
and nothing taken that it does not allow.

What a call changes stays for the next one. The long run against a running portal: docs/api.md.
"""

import os

import hypothesis
import pytest
import schemathesis
import yaml
from django.conf import settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.management.commands.openapi import KEPT
from tests.dossiers.pages import browse

FEW = 4
CALLS = int(os.environ.get("API_CALLS", FEW))  # of each operation, with right and with wrong data
CHECKS = [
    schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection,
]  # fmt: skip
CALMLY = hypothesis.settings(
    max_examples=CALLS,
    deadline=None,
    derandomize=CALLS == FEW,
    database=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)
TOKEN = "a" * 32


@pytest.fixture
def own(desk):
    """A dossier that waits for its supplement and a draft, of one citizen."""
    dossier = desk.asked_for_supplement()
    return dossier, desk.draft(submitter=dossier.submitter)


@pytest.fixture
def sent(own):
    """What each call sends beside what is made up: the login of this citizen."""
    session = browse(own[0].submitter).session.session_key
    cookies = {settings.SESSION_COOKIE_NAME: session, "csrftoken": TOKEN}
    return {"cookies": cookies, "headers": {"X-CSRFToken": TOKEN, "Accept-Encoding": "identity"}}


@pytest.fixture
def operations():
    """All operations of the kept description."""
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})  # the session is ours
    schema = schemathesis.openapi.from_dict(yaml.safe_load(KEPT.read_text("utf-8")), config=config)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_made_up_request_breaks_the_api_or_its_description(live_server, operations, own, sent):
    ours = {"code": own[0].code, "id": own[1].pk}
    statuses, wrong = {operation.label: set() for operation in operations}, {}
    for operation in operations:
        for mode in modes_of(operation):

            @CALMLY
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode), really=st.booleans())
            def call(case, really):
                if really:  # else almost every call ends at the 404 of a code that does not exist
                    case.path_parameters |= {name: ours[name] for name in set(case.path_parameters or ()) & set(ours)}
                answer = case.call(base_url=live_server.url, **sent)
                try:
                    case.validate_response(answer, checks=CHECKS)
                except FailureGroup as group:
                    wrong.setdefault((case.operation.label, str(group.exceptions[0])[:300]), case.as_curl_command())
                statuses[case.operation.label].add(answer.status_code)

            call()
    assert not wrong
    assert len(statuses) > 20
    done = {label for label, found in statuses.items() if found & {200, 201}}
    assert {"GET /api/v1/dossiers/", "GET /api/v1/dossiers/{code}/supplement/", "GET /api/v1/drafts/{id}/"} <= done, statuses
    assert {400, 404} <= set().union(*statuses.values()), statuses


def modes_of(operation):
    """With right data; with wrong data, where anything is sent at all."""
    sends = list(operation.iter_parameters()) or operation.body
    return [mode for mode in schemathesis.GenerationMode if sends or mode == schemathesis.GenerationMode.POSITIVE]
