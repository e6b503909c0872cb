"""Messages: always to the inbox, by email if there is an address, once per event (idempotent)."""

import pytest
from django.utils import translation

from accounts.messages.models import Message, queue_messages
from tests import factories

pytestmark = pytest.mark.django_db


def test_filing_is_told_in_the_inbox_at_once_and_by_email_from_the_worker(desk, run_followups, mailoutbox, settings):
    settings.SITE_URL = "https://dvc.example.vn"
    with translation.override("en"):  # the language of the page does not change that of the email
        dossier = desk.submitted()
    letter = Message.objects.get(recipient=dossier.submitter, channel="inbox")
    assert dossier.code in letter.body + letter.subject and not mailoutbox

    run_followups()

    (mail,) = [mail for mail in mailoutbox if mail.to == [dossier.submitter.email]]
    assert mail.subject == letter.subject and letter.body in mail.body
    assert f"https://dvc.example.vn/ho-so/{dossier.code}/" in mail.body
    assert dossier.subject_id_number not in mail.body  # emails are not encrypted


def test_saying_it_twice_is_saying_it_once_and_people_without_email_have_their_inbox():
    with_email, without, gone = (factories.user(email=address) for address in ("a@example.vn", "", "c@example.vn"))
    gone.is_active = False
    for _ in range(2):
        queue_messages("event:1", [with_email, without, gone, None, with_email], subject="Đã nộp", body="Đã nhận hồ sơ.")
    messages = sorted(Message.objects.values_list("recipient", "channel"))
    assert messages == sorted([(with_email.pk, "email"), (with_email.pk, "inbox"), (without.pk, "inbox")])
