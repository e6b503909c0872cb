"""Pages that wait for a paper show it by themselves; letters about a dossier are read when the dossier is."""

import pytest

from accounts.messages.models import Message
from tests import factories
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db
WAITING = "js/waiting"


def seen(client, code):
    return client.get(f"/ho-so/{code}/giay-moi/").json()["seen"]


@pytest.mark.parametrize("page", ["", "da-nop/"])
def test_a_page_without_its_paper_asks_until_it_is_there(desk, page):
    dossier = desk.submitted()
    client = browse(dossier.submitter)
    before = client.get(f"/ho-so/{dossier.code}/{page}").content.decode()
    assert WAITING in before and f'data-poll="/ho-so/{dossier.code}/giay-moi/"' in before
    assert f'data-seen="{seen(client, dossier.code)}"' in before
    desk.make_papers(dossier)
    assert f'data-seen="{seen(client, dossier.code)}"' not in before
    after = client.get(f"/ho-so/{dossier.code}/{page}").content.decode()
    assert WAITING not in after and "data-poll" not in after


def test_what_is_asked_is_no_business_of_others(desk):
    dossier = desk.submitted()
    assert browse(factories.citizen()).get(f"/ho-so/{dossier.code}/giay-moi/").status_code == 404
    assert browse().get(f"/ho-so/{dossier.code}/giay-moi/").status_code == 302


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_opening_a_dossier_reads_its_letters_and_no_others(desk, prefix):
    dossier, other = desk.submitted(), desk.submitted()
    letters = Message.objects.filter(recipient=dossier.submitter, channel="inbox", read_at=None)
    about = letters.filter(link__contains=dossier.code).count()
    before = Message.objects.filter(channel="inbox", read_at=None).count()
    assert about
    browse(dossier.submitter).get(f"{prefix}/ho-so/{dossier.code}/")
    assert Message.objects.filter(channel="inbox", read_at=None).count() == before - about
    assert Message.objects.filter(link__contains=other.code, channel="inbox", read_at=None).exists()
