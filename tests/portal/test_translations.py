"""The English translations: complete for citizens' pages and logins of staff, with all placeholders of the Vietnamese texts."""

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from portal.management.commands.collect_messages import gather

CATALOGUES = sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po"))
ENGLISH = settings.BASE_DIR / "locale/en/LC_MESSAGES/django.po"
TRANSLATED = re.compile(
    r"templates/(?!dossiers/papers/(?!verify)|dossiers/desk|dossiers/webhooks|procedures/(?:office|offerings)|payments/accounting|obligations|email|gallery)|dossiers/states\.py"
    r"|procedures/((levels|calendar)|eforms/messages)\.py|payments/(citizen/(pages|views)/\w+|attempts/(ways|links|lifecycle))\.py"
    r"|payments/(outcomes|gateways/(outcomes|vnpay/codes))\.py"
    r"|(dossiers/fees/wording|procedures/wording)\.py"
    r"|accounts/(staffing/\w+|models/staffing|roles)\.py"
)
PLACEHOLDER = re.compile(r"%\(\w+\)\w|\{\w+\}|</?\w+")


def read(path):
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def forms(text):
    return list(text) if isinstance(text, (tuple, list)) else [text]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_translation_asks_for_nothing_its_text_does_not_give(path):
    for message in read(path):
        for translated in filter(None, forms(message.string)):
            assert set(PLACEHOLDER.findall(translated)) <= set(PLACEHOLDER.findall(" ".join(forms(message.id)))), message.id


def test_english_loses_nothing_of_the_text():
    for message in read(ENGLISH):
        for translated in filter(None, forms(message.string)):
            assert set(PLACEHOLDER.findall(forms(message.id)[0])) <= set(PLACEHOLDER.findall(translated)), message.id


def test_every_text_of_citizens_pages_and_of_staff_logins_has_its_english():
    english = {(message.context, forms(message.id)[0]): message.string for message in read(ENGLISH)}
    asked = [
        message
        for message in gather(settings.BASE_DIR)
        if message.id and any(TRANSLATED.match(file) for file, _ in message.locations)
    ]
    missing = [message.id for message in asked if not all(forms(english.get((message.context, forms(message.id)[0])) or ""))]
    assert missing == [], "run `manage.py collect_messages` and translate locale/en/LC_MESSAGES/django.po"
