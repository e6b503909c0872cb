"""Filing again: a new draft from the answers and papers of a dossier that ended without what was asked for."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.files import storage
from dossiers.files.models import Attachment
from dossiers.filing import again, drafts
from dossiers.filing.judging import DOCUMENTS
from dossiers.models import Dossier
from portal.common import clock
from tests import factories
from tests.databases import past_the_triggers

pytestmark = pytest.mark.django_db
REASON = "Thiếu giấy chứng minh nơi ở. Chụp lại cho rõ rồi nộp."


@pytest.fixture
def own_files(settings, tmp_path):
    settings.PRIVATE_FILES_ROOT = tmp_path / "files"


def page_of(dossier):
    return reverse("dossiers:again", args=[dossier.code])


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def refused(desk, **facts):
    return workflow.advance(desk.submitted(**facts), "refuse_receipt", actor=desk.clerk, note=REASON)


def refused_after_supplement(desk):
    """Refused after a supplement was asked for and sent."""
    dossier = desk.asked_for_supplement()
    factories.edit_supplement(dossier, "Để vay vốn.")
    dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)
    return workflow.advance(dossier, "refuse_receipt", actor=desk.clerk, note=REASON)


def test_the_new_draft_has_the_answers_and_the_old_dossier_stays(desk):
    old = refused(desk)
    draft = again.start(old, old.submitter, [])
    assert (draft.state, draft.code, draft.again_of, draft.version) == ("DRAFT", None, old, old.version)
    assert draft.answers == old.answers and draft.person == old.person and draft.declared_at is None
    assert Dossier.objects.get(pk=old.pk).state == "NOT_ACCEPTED" and not draft.events.exists()
    filed = workflow.submit(draft, actor=old.submitter)
    assert filed.code != old.code and list(old.filed_again.all()) == [filed]


def test_papers_are_offered_again_with_the_same_digests_in_files_of_their_own(desk, own_files):
    draft = desk.draft()
    kept = storage.store(b"%PDF-1.7 giay to")
    file = factories.attachment(draft, "khac")
    facts = {"storage_key": kept.storage_key, "sha256": kept.sha256, "size": kept.size, "original_sha256": kept.sha256}
    Attachment.objects.filter(pk=file.pk).update(original_key=kept.storage_key, **facts)
    old = workflow.submit(draft, actor=draft.submitter)
    old = workflow.advance(old, "refuse_receipt", actor=desk.clerk, note=REASON)
    new = again.start(old, old.submitter, [])
    copy = new.attachments.get()
    assert (copy.sha256, copy.received_sha256, copy.is_redrawn) == (kept.sha256, kept.sha256, False)
    assert copy.storage_key != kept.storage_key and storage.matches(copy.storage_key, kept.sha256)
    drafts.discard(new)
    assert storage.matches(kept.storage_key, kept.sha256), "the file of the old dossier stays"


def test_twice_is_once(desk):
    old = refused(desk)
    assert again.start(old, old.submitter, []) == again.start(old, old.submitter, [])


def test_the_reasons_stand_at_the_questions_they_concern_and_those_pages_open_first(desk):
    old = refused_after_supplement(desk)
    client = browse(old.submitter)
    shown = client.get(page_of(old)).content.decode()
    assert REASON in shown and "Ghi rõ nơi cần nộp giấy." in shown
    wanted = [page["value"] for page in again.overview(old, old.submitter).pages if page["checked"]]
    assert len(wanted) == 1
    answer = client.post(page_of(old), {"sua": wanted})
    draft = Dossier.objects.get(again_of=old)
    assert answer["Location"] == reverse("dossiers:resume", args=[draft.pk])
    step = client.get(answer["Location"])["Location"]
    assert step == reverse("dossiers:step", args=[draft.pk, wanted[0]])
    page = client.get(step).content.decode()
    assert "Lần trước cơ quan ghi" in page and page.index("Ghi rõ nơi cần nộp giấy.") < page.index('name="request_detail"')


def test_a_page_that_was_to_be_looked_at_is_done_when_it_is_saved(desk):
    old = refused(desk)
    draft = again.start(old, old.submitter, [DOCUMENTS, "khong-co"])
    assert draft.look_again == [DOCUMENTS]
    client = browse(old.submitter)
    documents = reverse("dossiers:step", args=[draft.pk, DOCUMENTS])
    assert client.get(reverse("dossiers:resume", args=[draft.pk]))["Location"] == documents
    review = reverse("dossiers:step", args=[draft.pk, "xem-lai"])
    assert client.post(documents)["Location"] == review
    assert Dossier.objects.get(pk=draft.pk).look_again == []


@pytest.mark.parametrize("end", ["withdrawn", "stopped", "refused in substance"])
def test_every_ending_without_a_result_can_be_filed_again(desk, end):
    if end == "withdrawn":
        old = desk.submitted()
        old = workflow.withdraw(old, actor=old.submitter)
    elif end == "stopped":
        old = workflow.advance(desk.accepted(), "stop", actor=desk.head, note=REASON, legal_ground="Điều 21 Luật Cư trú")
    else:
        old = workflow.advance(desk.to_sign(), "refuse_substance", actor=desk.signer, note=REASON, content=factories.CONTENT)
        with pytest.raises(again.NotAgain):  # before the notice is signed nobody is told
            again.start(old, old.submitter, [])
        with past_the_triggers():
            Dossier.objects.filter(pk=old.pk).update(state="COMPLETED")
    assert again.start(old, old.submitter, []).again_of == old


def test_what_goes_on_or_has_its_result_is_not_filed_again(desk):
    old = desk.accepted()
    answer = browse(old.submitter).post(page_of(old))
    assert answer["Location"] == reverse("dossiers:detail", args=[old.code]) and not Dossier.objects.filter(again_of=old).exists()


def test_others_find_no_such_page(desk):
    old = refused(desk)
    for other in (factories.citizen(), desk.clerk, desk.head):
        for answer in (browse(other).get(page_of(old)), browse(other).post(page_of(old))):
            assert answer.status_code == 404
    assert not Dossier.objects.filter(again_of=old).exists()


def test_a_place_that_takes_nothing_any_more_is_told(desk):
    old = refused(desk)
    type(old.offering).objects.filter(pk=old.offering_id).update(valid_to=clock.today() - dt.timedelta(days=1))
    answer = browse(old.submitter).post(page_of(old), follow=True)
    assert "không còn nhận hồ sơ" in answer.content.decode() and not Dossier.objects.filter(again_of=old).exists()


def test_both_sides_see_which_dossier_files_which_again(desk):
    old = refused(desk)
    new = workflow.submit(again.start(old, old.submitter, []), actor=old.submitter)
    for client, name in ((browse(old.submitter), "dossiers:detail"), (browse(desk.clerk), "desk:dossier")):
        assert new.code in client.get(reverse(name, args=[old.code])).content.decode(), name
        assert old.code in client.get(reverse(name, args=[new.code])).content.decode(), name
    client = browse(old.submitter)
    assert client.get(reverse("api_dossier", args=[new.code])).json()["again_of"] == old.code
    assert client.get(reverse("api_dossier", args=[old.code])).json()["filed_again"] == [new.code]


def test_the_message_of_the_refusal_says_how_to_go_on(desk):
    old = refused(desk)
    body = Message.objects.get(recipient=old.submitter, channel="inbox", subject__startswith="Không được tiếp nhận").body
    assert REASON in body and "“Nộp lại”" in body and "không phải trả phí" in body
