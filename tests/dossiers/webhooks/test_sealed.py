"""The secrets of webhooks are encrypted in the database, open with the keys of the portal, and survive a change of SECRET_KEY."""

import base64

import httpx
import pytest
from django.db import connection

from dossiers.webhooks import keeping, sending
from dossiers.webhooks.models import Delivery, Endpoint
from portal.common import sealing
from tests.dossiers.webhooks.test_sending import work

pytestmark = pytest.mark.django_db


def test_the_row_holds_no_secret_that_can_be_read(endpoint):
    (secret,) = endpoint.secrets_now()
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    keeping.replace_secret(endpoint.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, old_secret FROM webhooks_endpoint")
        for held in cursor.fetchone():
            assert len(held) == 80
            for clear in (secret, secret.removeprefix("whsec_"), raw.hex()):
                assert clear not in held
            assert raw not in base64.b64decode(held)
    assert Endpoint.objects.get().secrets_now()[1] == secret


def test_equal_secrets_look_different_and_open_for_their_purpose_only():
    one, other = (sealing.seal("a", b"the same") for _n in range(2))
    assert one != other and sealing.unseal("a", one) == sealing.unseal("a", other) == b"the same"
    damaged = one[:-4] + ("AAAA" if one[-4:] != "AAAA" else "BBBB")
    for purpose, sealed in (("b", one), ("a", damaged), ("a", "whsec_abc"), ("a", ""), ("a", "AAAA")):
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(purpose, sealed)


def test_after_a_change_of_the_key_the_job_seals_again_and_the_old_key_may_go(endpoint, settings):
    keeping.replace_secret(endpoint.pk)
    secrets = Endpoint.objects.get().secrets_now()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next one", [settings.SECRET_KEY]
    assert Endpoint.objects.get().secrets_now() == secrets, "the former key still opens"
    keeping.seal_again()
    held = Endpoint.objects.values_list("secret", "old_secret").get()
    keeping.seal_again()
    assert Endpoint.objects.values_list("secret", "old_secret").get() == held, "once is enough"
    settings.SECRET_KEY_FALLBACKS = []
    assert Endpoint.objects.get().secrets_now() == secrets


def test_with_the_key_lost_the_try_fails_by_name_and_a_new_secret_helps(endpoint, settings):
    settings.SECRET_KEY = "another portal's"
    delivery = keeping.try_it(endpoint)
    work()
    delivery.refresh_from_db()
    assert delivery.due_state == "waiting" and delivery.last_error.startswith("CannotOpen: sealed under another SECRET_KEY")
    keeping.seal_again()
    assert len(keeping.replace_secret(endpoint.pk).secrets_now()) == 1
    with pytest.raises(httpx.ConnectError):
        sending.post(Delivery.objects.get())
