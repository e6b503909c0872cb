"""Sending the messages that are owed: emails, by the worker."""

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.messages.models import Message
from portal.common import outbox


@outbox.worker(Message)
def send_email(message):
    """Send one email. Its Message-ID is made of the row's number: a server that gets it twice can tell."""
    EmailMessage(
        subject=message.subject,
        body=f"{message.body}\n\n{settings.SITE_URL}{message.link}\n" if message.link else message.body,
        to=[message.recipient.email],
        headers={"Message-ID": f"<message-{message.pk}@{settings.DEFAULT_FROM_EMAIL.partition('@')[2]}>"},
    ).send()
