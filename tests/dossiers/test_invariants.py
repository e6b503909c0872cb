"""The invariants: each violation is found, and correct data have none."""

import pytest
from django.core.management import CommandError, call_command

from accounts.messages.models import Message
from dossiers import invariants
from dossiers.files import storage
from dossiers.models import FollowUp
from tests import factories


@pytest.mark.needs_pdf
def test_a_whole_way_leaves_nothing_to_complain_about(desk, run_followups, signing_keys):
    desk.approved(delivery_way="account")
    assert list(invariants.violations()) == []  # waiting outbox rows are no violation
    run_followups()
    assert list(invariants.violations()) == []
    call_command("check_invariants")


def test_what_is_missing_or_changed_is_named(desk):
    dossier = desk.submitted()
    file = factories.attachment(dossier, "1.1")
    storage.stored_path(file.storage_key).write_bytes(b"another paper")
    FollowUp.objects.all().delete()
    Message.objects.all().delete()

    found = "\n".join(invariants.violations())
    assert "no acknowledgement" in found and "was not told" in found and "was changed" in found
    storage.stored_path(file.storage_key).unlink()
    assert any("cannot be read" in sentence for sentence in invariants.violations())
    with pytest.raises(CommandError):
        call_command("check_invariants")
