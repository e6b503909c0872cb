"""Every door of staff, walked: who is not named on a denunciation learns nothing of it; who keeps the books reads no papers."""

import datetime as dt

import pytest
from django.urls import get_resolver, reverse

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.custody import keeping
from dossiers.desk.actions import STEP_OF
from dossiers.models import Dossier, InternalNote, SavedList
from portal.common import clock
from portal.obligations import alarms
from tests import factories
from tests.dossiers.pages import browse

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SPACES = ("desk", "obligations", "accounting")


def pages(**named):
    """Addresses below /can-bo/ that need no more than these facts (`code`)."""
    for space in SPACES:
        _prefix, resolver = get_resolver().namespace_dict[space]
        for pattern in resolver.url_patterns:
            if set(pattern.pattern.converters) == set(named) and pattern.name:
                yield reverse(f"{space}:{pattern.name}", kwargs=named)


@pytest.fixture
def denounced(desk):
    """A denunciation that one clerk holds, with a letter, a note, an original, a call, and alarms about all of it."""
    desk.named = factories.user(receiving_clerk="H18.X004.CA")
    dossier = desk.draft()
    type(dossier.version.procedure).objects.filter(pk=dossier.version.procedure_id).update(
        name="Giải quyết tố cáo đối với cán bộ công an cấp xã"
    )
    filed = clock.now() - dt.timedelta(days=20)
    with clock.at(filed):
        dossier = workflow.submit(Dossier.objects.get(pk=dossier.pk), actor=dossier.submitter)
        workflow.advance(dossier, "assign", actor=desk.head, holder=desk.named)
    factories.call_task(dossier, owner=desk.named)
    InternalNote.objects.create(dossier=dossier, author=desk.named, text="Người tố cáo ở tổ 3.", sent_key="0" * 32)
    SavedList.objects.create(owner=desk.head, agency=dossier.receiving_agency, name="Tất cả", query={"nhom": "tat-ca"})
    alarms.run()
    with clock.at(clock.now() + dt.timedelta(minutes=20)):
        alarms.run()
    desk.dossier = Dossier.objects.get(pk=dossier.pk)
    return desk


def test_a_denunciation_is_confidential_from_its_filing(denounced):
    assert denounced.dossier.confidential and denounced.dossier.holder == denounced.named
    assert browse(denounced.named).get(reverse("desk:dossier", args=[denounced.dossier.code])).status_code == 200


def test_while_nobody_holds_it_only_the_head_finds_it_to_give_it_to_somebody(denounced):
    Dossier.objects.filter(pk=denounced.dossier.pk).update(holder=None)
    address = reverse("desk:dossier", args=[denounced.dossier.code])
    assert [browse(user).get(address).status_code for user in (denounced.head, denounced.clerk)] == [200, 404]


@pytest.mark.parametrize("who", ["clerk", "officer", "signer", "head", "inspector", "accountant"])
def test_who_is_not_named_on_it_learns_nothing_at_any_door(denounced, who):
    makers = {
        "inspector": lambda: factories.user(inspector="H18"),
        "accountant": lambda: factories.user(accountant="H18.X004.CA"),
    }
    user = makers[who]() if who in makers else getattr(denounced, who)
    client, dossier = browse(user), denounced.dossier
    secrets = (dossier.code, dossier.subject_name, dossier.subject_id_number, "Người tố cáo ở tổ 3")
    inbox = ["/tin-nhan/"] if who != "head" else []  # the head was named on it until a clerk got it, and was told then
    for address in [*pages(), "/can-bo/?nhom=tat-ca", "/can-bo/viec-dang-do/?loai=reception", "/api/v1/dossiers/", *inbox]:
        answer = client.get(address)
        shown = answer.content.decode(errors="replace") if not answer.streaming else ""
        assert not [secret for secret in secrets if secret in shown], address
    for address in pages(code=dossier.code):
        assert {client.get(address).status_code, client.post(address).status_code} <= {404, 405}, address
    for slug in STEP_OF:
        assert client.get(reverse("desk:step", args=[dossier.code, slug])).status_code == 404, slug
    found = client.post("/can-bo/", {"tu-khoa": dossier.code}, follow=True).content.decode()
    assert f"/ho-so/{dossier.code}/" not in found
    told = [row.key for row in Message.objects.filter(recipient=user) if dossier.code in row.subject + row.body + row.link]
    assert not told or who == "head" and told == [f"event:{dossier.events.first().pk}"] * 2, "only who gave it to the clerk"


def test_a_hand_over_list_with_its_papers_is_for_who_is_named_on_it(denounced):
    dossier, named = denounced.dossier, denounced.named
    papers = keeping.receive(dossier, [("Đơn tố cáo", "", 1)], received_from=dossier.subject_name, by=named)
    made = keeping.hand_over(papers, to=denounced.officer, by=named)
    address, lists = reverse("desk:handover", args=[made.code]), "/can-bo/giay-to-goc/?nhom=ban-giao"
    for user, sees in ((named, True), (denounced.clerk, False), (denounced.officer, True), (denounced.head, False)):
        assert (browse(user).get(address).status_code == 200) is sees
        assert (browse(user).get(reverse("desk:handover_pdf", args=[made.code])).status_code != 404) is sees
        assert (made.code in browse(user).get(lists).content.decode()) is sees
    Dossier.objects.filter(pk=dossier.pk).update(confidential=False)
    assert browse(denounced.clerk).get(address).status_code == 200


def test_an_accountant_reads_money_and_no_papers_at_any_door(money_desk):
    dossier = money_desk.waiting()
    file = factories.attachment(dossier, "khac")
    client = browse(money_desk.accountant)
    answers = [value for value in dossier.answers.values() if isinstance(value, str) and len(value) > 8]
    assert client.get(reverse("desk:dossier", args=[dossier.code])).status_code == 200
    for address in [*pages(), *pages(code=dossier.code), f"/api/v1/dossiers/{dossier.code}/"]:
        answer = client.get(address)
        shown = answer.content.decode(errors="replace") if not answer.streaming else ""
        secrets = [value for value in answers if value in shown and value != dossier.subject_name]
        assert not secrets, (address, secrets)
        assert dossier.subject_id_number not in shown, address
    for address in (f"/giay-to/{file.pk}/", f"/giay-to/{file.pk}/tep-goc/", f"/giay-to/{file.pk}/anh-nho/"):
        assert client.get(address).status_code == 404
    for slug in STEP_OF:
        assert client.post(reverse("desk:step", args=[dossier.code, slug]), {"seen": "1"}).status_code in (302, 403, 404, 409), (
            slug
        )
    assert Dossier.objects.get(pk=dossier.pk).events.count() == dossier.events.count()
