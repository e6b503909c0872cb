"""One clock for paper and online: the same term, waits and promises whatever the channel; only the time for reception differs."""

import datetime as dt

import pytest

from dossiers import workflow
from dossiers.desk.times import medians
from dossiers.desk.views.times import in_words
from dossiers.files.checking import Checked
from dossiers.filing import drafts
from dossiers.models import Dossier, FilingChannel
from portal.common import clock
from procedures.calendar import LOCAL
from tests import factories, world
from tests.dossiers.files.makers import pdf
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 30, 9, 0, tzinfo=LOCAL)
SINGLE, BODY, LEAD = "1.004873", "H18.X004.HC", "H18.X004"
FIELD = "req_full_name"
ITEMS = [{"target": "field", "key": FIELD, "label": "Họ và tên", "reason": "Ghi đúng như trên căn cước."}]


@pytest.fixture
def desk(db):
    return factories.Desk(BODY, LEAD)


def drafted(desk):
    answers = {**world.local_answers("to_khai_xntthn"), "req_relation": "ban_than"}
    return desk.draft(code=SINGLE, answers=answers, asked={"xin_cap_lai": "khong"})


def signed():
    """What a clerk sends with a step of a visitor."""
    scan = pdf()
    return {"signed": [Checked("don.pdf", "application/pdf", scan, 1, scan, "application/pdf")]}


def filed(desk, channel):
    """A dossier of the same procedure, filed by this channel at the same moment."""
    draft = drafted(desk)
    if channel != FilingChannel.ONLINE:
        facts = {"channel": channel, "submitter": None, "person": draft.submitter.person, "entered_by": desk.clerk}
        Dossier.objects.filter(pk=draft.pk).update(**facts)
        draft = Dossier.objects.get(pk=draft.pk)
        factories.attachment(draft, "to-khai-da-ky")
    return workflow.submit(draft, actor=desk.clerk if draft.entered_by_id else draft.submitter)


@pytest.mark.parametrize(
    "moment", [MONDAY, MONDAY.replace(hour=15, minute=30), MONDAY.replace(hour=20), MONDAY + dt.timedelta(days=5)]
)
def test_every_channel_gets_the_same_promise(desk, moment):
    with clock.at(moment):
        promised = {workflow.advance(filed(desk, way), "accept", actor=desk.clerk).due_at for way in FilingChannel.values}
    assert len(promised) == 1


def test_a_supplement_restarts_every_clock_alike(desk):
    due = set()
    for channel in FilingChannel.values:
        with clock.at(MONDAY):
            dossier = workflow.advance(filed(desk, channel), "accept", actor=desk.clerk)
            dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=ITEMS)
        request = dossier.supplements.last()
        request.edits = {"answers": {FIELD: dossier.answers[FIELD]}}
        request.save(update_fields=["edits"])
        with clock.at(MONDAY + dt.timedelta(days=2)):
            by_clerk = {} if dossier.submitter_id else signed()
            dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter or desk.clerk, **by_clerk)
        due.add((dossier.due_at, tuple(dossier.intervals.order_by("pk").values_list("kind", "restart"))))
    assert len(due) == 1


@pytest.mark.parametrize(("channel", "due"), [("direct", (30, 10)), ("online", (1, 9)), ("postal", (1, 17))])
def test_reception_is_due_by_the_rule_of_its_channel(desk, channel, due):
    """1 hour at the counter, 8 working hours online, 1 working day by post."""
    with clock.at(MONDAY):
        reception = filed(desk, channel).reception_due_at.astimezone(LOCAL)
    assert (reception.day, reception.hour) == due


def test_medians_are_told_by_procedure_and_channel_of_ones_own_bodies(desk):
    for channel, days in [("online", 2), ("online", 4), ("online", 9), ("direct", 4)]:
        dossier = filed(desk, channel)
        Dossier.objects.filter(pk=dossier.pk).update(completed_at=dossier.submitted_at + dt.timedelta(days=days))
    filed(desk, "postal")  # without a result it does not count
    [row] = medians(desk.clerk)
    assert row.by_channel == {"online": (dt.timedelta(days=4), 3), "direct": (dt.timedelta(days=4), 1)}
    said = words(browse(desk.clerk).get("/can-bo/thoi-gian/"))
    assert "4 ngày 0 giờ (3 hồ sơ)" in said and "chưa có" in said
    assert medians(factories.user(receiving_clerk="H18.X005.CA")) == []
    assert browse(factories.citizen()).get("/can-bo/thoi-gian/").status_code == 404


def test_the_page_of_times_asks_as_often_for_many_procedures_as_for_one(desk, django_assert_max_num_queries):
    client = browse(desk.clerk)
    dossier = filed(desk, "online")
    Dossier.objects.filter(pk=dossier.pk).update(completed_at=clock.now())
    with django_assert_max_num_queries(12):
        client.get("/can-bo/thoi-gian/")


def test_a_span_is_told_in_its_two_largest_units():
    assert in_words(dt.timedelta(days=3, hours=4, minutes=59)) == "3 ngày 4 giờ"
    assert in_words(dt.timedelta(hours=5, minutes=20)) == "5 giờ 20 phút"
    assert in_words(dt.timedelta(minutes=12, seconds=59)) == "12 phút"


def test_a_draft_at_the_counter_is_kept_two_days(desk):
    draft = drafted(desk)
    Dossier.objects.filter(pk=draft.pk).update(submitter=None, channel="direct", entered_by=desk.clerk, updated_at=MONDAY)
    with clock.at(MONDAY + drafts.KEPT_WITHOUT_ACCOUNT - dt.timedelta(minutes=1)):
        drafts.delete_forgotten()
    assert Dossier.objects.filter(pk=draft.pk).exists()
    with clock.at(MONDAY + drafts.KEPT_WITHOUT_ACCOUNT + dt.timedelta(minutes=1)):
        drafts.delete_forgotten()
    assert not Dossier.objects.filter(pk=draft.pk).exists()
