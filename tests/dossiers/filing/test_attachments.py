"""Uploaded files: permissions, response headers, and the access log."""

import pytest

from accounts.models import AccessLog
from dossiers.files.models import Attachment
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse


@pytest.fixture
def dossier(desk):
    dossier = desk.submitted()
    factories.attachment(dossier, "khac")
    return dossier


@pytest.fixture
def address(dossier):
    return f"/giay-to/{dossier.attachments.get().pk}/"


def test_the_sender_sees_it_and_leaves_no_entry(dossier, address):
    answer = browse(dossier.submitter).get(address)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["X-Content-Type-Options"] == "nosniff" and "default-src 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert not AccessLog.objects.exists()


def test_a_download_is_written_down_and_is_an_attachment(dossier, address):
    answer = browse(dossier.submitter).get(address + "?tai")
    assert answer["Content-Disposition"].startswith("attachment")
    assert AccessLog.objects.get().action == "download"


def test_a_clerks_look_is_written_down_for_the_person(desk, dossier, address):
    assert browse(desk.clerk).get(address).status_code == 200
    entry = AccessLog.objects.get()
    assert (entry.actor, entry.action, entry.person) == (desk.clerk, "view", dossier.person)


def test_an_inspector_reads_without_the_papers(dossier, address):
    assert browse(factories.user(inspector="H18.X004.CA")).get(address).status_code == 404


@pytest.mark.parametrize("who", ["citizen", "other desk", "nobody"])
def test_for_everybody_else_it_is_not_there(dossier, address, who):
    user = {
        "citizen": factories.citizen,
        "other desk": lambda: factories.user(receiving_clerk="H18.X005.CA"),
        "nobody": lambda: None,
    }[who]()
    assert browse(user).get(address).status_code == 404
    assert browse(user).get("/giay-to/999999/").status_code == 404


def test_files_of_a_draft_are_its_owners_alone(desk):
    draft = desk.draft()
    file = factories.attachment(draft, "khac")
    assert browse(draft.submitter).get(f"/giay-to/{file.pk}/").status_code == 200
    assert browse(desk.clerk).get(f"/giay-to/{file.pk}/").status_code == 404


def test_what_waits_in_a_supplement_is_not_shown_to_the_office_before_it_is_sent(desk):
    dossier = desk.asked_for_supplement()
    file = factories.attachment(dossier, "khac", staged_in=dossier.supplements.get())
    assert browse(dossier.submitter).get(f"/giay-to/{file.pk}/").status_code == 200
    assert browse(desk.clerk).get(f"/giay-to/{file.pk}/").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_there(dossier, address):
    with past_the_triggers():
        Attachment.objects.update(storage_key="0" * 40)
    assert browse(dossier.submitter).get(address).status_code == 404


def test_a_hostile_name_cannot_break_the_header(dossier, address):
    with past_the_triggers():
        Attachment.objects.update(name='x".pdf\r\nSet-Cookie: a=b')
    header = browse(dossier.submitter).get(address + "?tai")["Content-Disposition"]
    assert "\r" not in header and "\n" not in header
