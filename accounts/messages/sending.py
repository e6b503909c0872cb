"""The outbox worker that sends emails."""

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.messages.models import Message
from portal.common import outbox


@outbox.worker(Message)
def send_email(message):
    """Send one email. Its Message-ID is built from the row id, so that a mail server can recognise a repeated email."""
    EmailMessage(
        subject=message.subject,
        body=f"{message.body}\n\n{settings.SITE_URL}{message.link}\n" if message.link else message.body,
        to=[message.send_to],
        headers={"Message-ID": f"<message-{message.pk}@{settings.DEFAULT_FROM_EMAIL.partition('@')[2]}>"},
    ).send()
