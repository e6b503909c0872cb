"""The number of queries of citizen pages does not grow with the number of rows."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessLog
from dossiers import conversation, workflow
from dossiers.files.storage import store
from dossiers.papers.models import IssuedPaper
from tests import factories
from tests.dossiers.pages import browse, step_url

pytestmark = pytest.mark.django_db


def count_queries(client, address):
    """Number of queries of the second request (the first may store that a result was opened, fill a cache, …)."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


def add_rows(desk, dossier, draft):
    """Add steps, files, papers, messages, access log rows, and further dossiers."""
    for number in range(6):
        dossier = workflow.advance(dossier, "assign", actor=desk.head, holder=desk.officer)
        stored = store(b"%PDF-1.7 giay")
        IssuedPaper.objects.create(
            dossier=dossier, event=dossier.events.last(), kind="receipt_slip", number=str(number), size=stored.size,
            storage_key=stored.storage_key, sha256=stored.sha256,
        )  # fmt: skip
        for matter in (dossier, draft):
            factories.attachment(matter, "khac")
        desk.submitted(submitter=dossier.submitter)
        conversation.write(dossier, desk.officer, f"Thư {number}", uuid.uuid4())
        AccessLog.objects.create(actor=desk.clerk, action="view", target=f"dossier:{dossier.pk}", person=dossier.person)


@pytest.mark.slow
def test_a_citizens_pages_ask_as_often_for_many_rows_as_for_few(desk):
    citizen = factories.citizen()
    dossier, draft = desk.processing(submitter=citizen), desk.draft(submitter=citizen)
    desk.submitted(submitter=citizen)
    for matter in (dossier, draft):
        factories.attachment(matter, "khac")
    AccessLog.objects.create(actor=desk.clerk, action="view", target=f"dossier:{dossier.pk}", person=dossier.person)
    own = f"/ho-so/{dossier.code}/"
    addresses = [
        own, f"{own}trao-doi/", f"{own}da-nop/", f"{own}giay-hen/", f"{own}rut/", "/ho-so/", "/tin-nhan/", "/tai-khoan/",
        f"/tra-cuu/{dossier.secret}/", "/api/v1/dossiers/", f"/api/v1/dossiers/{dossier.code}/",
        *(step_url(draft, key) for key in ("nguoi_de_nghi", "cach-nhan", "giay-to", "xem-lai")),
    ]  # fmt: skip
    client = browse(citizen)
    few = {address: count_queries(client, address) for address in addresses}

    add_rows(desk, dossier, draft)

    many = {address: count_queries(client, address) for address in addresses}
    assert {address: (few[address], many[address]) for address in addresses if many[address] > few[address]} == {}
    assert max(many.values()) <= 45
