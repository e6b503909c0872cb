"""The outbox worker that sends e-mails and text messages."""

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.messages.models import Channel, Message
from accounts.messages.sms import register
from accounts.messages.sms.base import NoAnswer, NumberRefused
from portal.common import clock, outbox
from portal.common.outbox import OutboxState


@outbox.worker(Message)
def send(message):
    """Send one message over its channel."""
    {Channel.EMAIL: send_email, Channel.SMS: send_sms}[message.channel](message)


def send_email(message):
    """Send one email. Its Message-ID is built from the row id, so that a mail server can recognise a repeated email."""
    EmailMessage(
        subject=message.subject,
        body=f"{message.body}\n\n{settings.SITE_URL}{message.link}\n" if message.link else message.body,
        to=[message.send_to],
        headers={"Message-ID": f"<message-{message.pk}@{settings.DEFAULT_FROM_EMAIL.partition('@')[2]}>"},
    ).send()


def send_sms(message):
    """Send one text message; its reference at the provider is the row id. A refused number ends it (`Message.is_refused`)."""
    provider = register.current()
    if provider is None:
        raise NoAnswer("no provider is configured")
    try:
        provider.send(f"message-{message.pk}", message.phone, message.body)
    except NumberRefused as refusal:
        message.keep_waiting = True  # the row is finished here, with its reason
        Message.objects.filter(pk=message.pk).update(
            due_state=OutboxState.DONE, done_at=clock.now(), last_error=f"NumberRefused: {refusal}"
        )
