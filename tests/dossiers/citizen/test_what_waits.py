"""Pages that wait for a paper show it by themselves; letters about a dossier are read when the dossier is."""

import pytest

from accounts.messages.models import Message
from dossiers.models import FollowUp
from portal.common import outbox
from tests import factories
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db
WAITING = "js/waiting"


def seen(client, code):
    return client.get(f"/ho-so/{code}/giay-moi/").json()["seen"]


def test_a_page_without_its_papers_asks_until_they_are_there(desk, signing_keys, run_followups):
    dossier = desk.submitted()
    client = browse(dossier.submitter)
    pages = [f"/ho-so/{dossier.code}/", f"/ho-so/{dossier.code}/da-nop/"]
    before = [client.get(page).content.decode() for page in pages]
    for page in before:
        assert WAITING in page and f'data-poll="/ho-so/{dossier.code}/giay-moi/"' in page
        assert f'data-seen="{seen(client, dossier.code)}"' in page
    outbox.do(FollowUp, FollowUp.objects.get(event__dossier=dossier, kind="paper:acknowledgement").pk)
    filed = client.get(pages[1]).content.decode()
    assert "Tải giấy xác nhận (PDF)" in filed and "Bản tờ khai đã nộp đang được tạo" in filed and WAITING not in filed
    run_followups()
    assert "Tờ khai đã nộp (PDF)" in client.get(pages[1]).content.decode()
    for page, old in zip(pages, before, strict=True):
        assert f'data-seen="{seen(client, dossier.code)}"' not in old
        assert WAITING not in client.get(page).content.decode()


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
