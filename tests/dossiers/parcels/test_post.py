"""A result by post: ordered by a clerk, reported by the carrier, delivered only when the carrier says so."""

import datetime as dt
import json
from types import SimpleNamespace

import httpx
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.messages.models import Message
from accounts.roles import SystemActor
from dossiers import invariants, workflow
from dossiers.desk import parcels as lists
from dossiers.desk import queues
from dossiers.models import Dossier
from dossiers.parcels import asking
from dossiers.parcels.carriers import post_api
from dossiers.parcels.models import Parcel, ParcelNotice, ParcelRequest
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow.history import problems
from portal.common import clock, outbox
from tests import factories, snapshots, world
from tests.databases import past_the_triggers
from tests.dossiers.desk.test_steps import page, take
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 25, 9, tzinfo=clock.LOCAL)
ANSWER = {"tracking": "EH123456789VN", "postage": 30000, "at": AT.isoformat()}


def now(dossier):
    return Dossier.objects.get(pk=dossier.pk)


@pytest.fixture
def post(db):
    """A desk with three results by post that wait to be sent, and one that waits at the counter."""
    return snapshots.kept("results by post", _post)


def _post():
    world.holidays()
    desk = factories.Desk()
    ready = [factories.completed(desk, delivery_way="post") for _n in range(3)]
    return SimpleNamespace(desk=desk, ready=ready, counter=factories.completed(desk, delivery_way="counter"))


def sent(post, n=0):
    """A dossier whose result was ordered at the carrier."""
    return workflow.advance(now(post.ready[n]), "send_parcel", actor=post.desk.clerk, **factories.PARCEL)


def notice(parcel, status, *, hours=0, key=None, signature=None, body=None, **more):
    """The carrier reports; returns the answer."""
    told = {
        "id": key or f"{status}-{hours}", "reference": parcel.reference, "tracking": "EH1", "status": status,
        "at": (AT + dt.timedelta(hours=hours)).isoformat(), **more,
    }  # fmt: skip
    raw = body if body is not None else json.dumps(told).encode()
    given = post_api.signature(raw) if signature is None else signature
    return Client().post("/buu-gui/buu-dien/bao", raw, content_type="application/json", headers={"X-Post-Signature": given})


def waits_for(clerk, dossier):
    return queues.dossiers_at_work(clerk).filter(queues.actionable_by(clerk), pk=dossier.pk).exists()


class Answers:
    """The carrier of a test: answers to orders, in turn."""

    def __init__(self, monkeypatch):
        self.asked, self.answers = [], []
        monkeypatch.setattr(post_api, "_post", self.post)

    def post(self, url, body):
        self.asked.append(json.loads(body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, given = answer
        raw = json.dumps(given).encode()
        return httpx.Response(status, content=raw, headers={"X-Post-Signature": post_api.signature(raw)})


@pytest.fixture
def carrier(monkeypatch):
    return Answers(monkeypatch)


def do(parcel):
    outbox.do(Parcel, parcel.pk)
    return Parcel.objects.get(pk=parcel.pk)


# ---------------------------------------------------------------- the order
def test_a_clerk_orders_and_the_address_is_frozen(post, carrier):
    dossier = sent(post)
    parcel = dossier.parcels.get()
    assert (parcel.ordered_by, parcel.payer, parcel.state) == (post.desk.clerk, "recipient", "ordered")
    assert parcel.phone == "+84912345678" and parcel.contents
    assert dossier.waiting_on == "post" and dossier.state == "COMPLETED"
    assert dossier.events.last().text.details["address"] == factories.PARCEL["address"]

    carrier.answers = [
        (201, {"reference": parcel.reference, "tracking": "EH123456789VN", "postage": 30000, "at": AT.isoformat()})
    ]
    parcel = do(parcel)
    assert (parcel.state, parcel.tracking, parcel.postage, parcel.due_state) == ("labelled", "EH123456789VN", 30000, "done")
    assert "Xác nhận" not in json.dumps(carrier.asked, ensure_ascii=False)  # nothing of what the envelope holds
    for change in ({"address": "Nơi khác"}, {"recipient": "Người khác"}, {"payer": "agency"}, {"tracking": "EH2"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Parcel.objects.filter(pk=parcel.pk).update(**change)
    for rows in (Parcel.objects.filter(pk=parcel.pk), ParcelNotice.objects.filter(parcel=parcel)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")


def test_without_an_answer_the_same_order_goes_out_again(post, carrier):
    parcel = sent(post).parcels.get()
    answer = {**ANSWER, "reference": parcel.reference, "postage": None}
    other = {**answer, "reference": "BGSOMETHINGELSE"}
    carrier.answers = [post_api.NoAnswer("no answer"), (500, {}), (201, other), (201, answer)]
    for _n in range(4):
        parcel = do(parcel)
    assert parcel.state == "labelled" and len({asked["reference"] for asked in carrier.asked}) == 1
    assert parcel.notices.count() == 1


def test_an_order_nobody_answers_for_twelve_hours_waits_for_a_person(post, carrier):
    dossier = sent(post)
    carrier.answers = [post_api.NoAnswer("no answer")]
    with clock.at(clock.now() + outbox.DEAD_AFTER + dt.timedelta(minutes=1)):
        parcel = do(dossier.parcels.get())
    assert (parcel.state, parcel.due_state) == ("ordered", "dead") and lists.is_quiet(parcel)
    assert "Gửi lại yêu cầu" in words(browse(post.desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/"))
    browse(post.desk.clerk).post(f"/can-bo/ho-so/{dossier.code}/lam-lai/buu-gui/{parcel.pk}/")
    assert Parcel.objects.get(pk=parcel.pk).due_state == "waiting"


def test_a_carrier_that_does_not_take_it_brings_the_matter_back(post, carrier):
    dossier = sent(post)
    carrier.answers = [(422, {"reason": "Xã này chưa có bưu cục"})]
    parcel = do(dossier.parcels.get())
    assert (parcel.state, parcel.owner) == ("not_taken", post.desk.clerk)
    assert now(dossier).holder == post.desk.clerk and now(dossier).waiting_on == "receiving_clerk"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"address": "Hà Nội"}, "address"), ({"phone": "12"}, "phone"), ({"recipient": " "}, "recipient")],
)
def test_an_address_nobody_finds_is_not_sent(post, wrong, field):
    dossier = post.ready[0]
    with pytest.raises(DetailsMissing) as missing:
        workflow.advance(dossier, "send_parcel", actor=post.desk.clerk, **{**factories.PARCEL, **wrong})
    assert missing.value.field == field and not Parcel.objects.exists()


def test_only_one_parcel_is_on_its_way_and_only_when_the_citizen_wants_the_post(post):
    dossier = sent(post)
    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "send_parcel", actor=post.desk.clerk, **factories.PARCEL)
    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "deliver", actor=post.desk.clerk, **factories.SIGNED)  # the paper is not at the desk
    counter = post.counter
    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(counter, "send_parcel", actor=post.desk.clerk, **factories.PARCEL)


def test_no_job_says_that_a_paper_was_delivered_which_nobody_carried(post):
    dossier = sent(post)
    other = sent(post, 1).parcels.get()
    Parcel.objects.filter(pk=dossier.parcels.get().pk).update(state="lost")
    Parcel.objects.filter(pk=other.pk).update(state="delivered")
    for job, details in (
        ("delivery", {}),
        ("post", {}),
        ("post", {"parcel": other}),
        ("post", {"parcel": dossier.parcels.get()}),
    ):
        with pytest.raises(PermissionDenied):
            workflow.advance(now(dossier), "deliver", actor=SystemActor(job), **details)


# ---------------------------------------------------------------- what the carrier reports
def test_delivered_and_only_delivered_ends_the_dossier(post):
    dossier = sent(post)
    parcel = dossier.parcels.get()
    for n, status in enumerate(("labelled", "picked_up", "in_transit")):
        assert notice(parcel, status, hours=n).json() == {"result": "kept"}
        assert now(dossier).state == "COMPLETED"
    assert notice(parcel, "delivered", hours=4, words="Lò Văn Páo").status_code == 200
    dossier = now(dossier)
    assert dossier.state == "RETURNED" and problems(dossier) == []
    event = dossier.events.last()
    assert event.job == "post" and event.text.details["signed_for_by"] == "Lò Văn Páo"
    assert Message.objects.filter(recipient=dossier.submitter, subject__startswith="Bưu điện báo đã phát").exists()


def test_a_notice_twice_late_and_out_of_order_is_harmless(post):
    dossier = sent(post)
    parcel = dossier.parcels.get()
    assert notice(parcel, "in_transit", hours=3).json() == {"result": "kept"}
    assert notice(parcel, "in_transit", hours=3).json() == {"result": "known"}
    assert notice(parcel, "picked_up", hours=1).json() == {"result": "kept"}  # late
    assert Parcel.objects.get().state == "in_transit"
    notice(parcel, "delivered", hours=5)
    notice(parcel, "refused", hours=4)  # late again
    notice(parcel, "lost", hours=9)
    assert Parcel.objects.get().state == "delivered" and now(dossier).events.filter(step="deliver").count() == 1
    assert ParcelNotice.objects.count() == 5


def test_a_time_in_the_future_does_not_freeze_the_parcel(post):
    parcel = sent(post).parcels.get()
    notice(parcel, "in_transit", hours=24 * 3000)
    assert parcel.notices.get().happened_at <= clock.now()


def test_what_is_not_from_the_carrier_or_not_readable_changes_nothing(post):
    dossier = sent(post)
    parcel = dossier.parcels.get()
    assert notice(parcel, "delivered", signature="0" * 64).status_code == 401
    assert notice(parcel, "delivered", signature="ả").status_code == 401
    assert notice(Parcel(reference="BGNOSUCHPARCEL"), "delivered").status_code == 404
    assert notice(Parcel(reference="'; DROP"), "delivered").status_code == 400
    assert notice(parcel, "eaten").status_code == 400
    assert notice(parcel, "delivered", at="hôm qua").status_code == 400
    for body in (b"", b"[]", b"\xff", b"{" * 20_000, json.dumps({"id": "x"}).encode()):
        assert notice(parcel, "delivered", body=body).status_code in (400, 413)
    assert notice(parcel, "in_transit", words="\ud800 a\x00b").status_code == 200  # lone surrogate, NUL
    by_hand = factories.parcel(post.ready[1])
    assert notice(by_hand, "delivered").status_code == 404  # a carrier speaks of its own parcels only
    assert Client().get("/buu-gui/buu-dien/bao").status_code == 405
    assert Client().post("/buu-gui/buu-cuc/bao").status_code == Client().post("/buu-gui/khac/bao").status_code == 404
    assert now(dossier).state == "COMPLETED"


@pytest.mark.parametrize("status", ["refused", "unknown_address", "lost", "returned"])
def test_a_failed_delivery_comes_back_to_the_desk_with_an_owner(post, status):
    dossier = sent(post)
    assert not waits_for(post.desk.clerk, dossier)  # the post has it
    notice(dossier.parcels.get(), status, hours=2, words="Gọi ba lần không ai nghe máy")
    dossier = now(dossier)
    assert (dossier.state, dossier.holder) == ("COMPLETED", post.desk.clerk)
    assert dossier.step_due_at is not None
    assert waits_for(post.desk.clerk, dossier)
    assert lists.counts(post.desk.clerk)["khong-giao-duoc"] == 1
    told = Message.objects.filter(subject__contains="không giao được")
    assert {message.recipient for message in told} == {post.desk.clerk, dossier.submitter}
    page = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "Bưu điện không giao được" in page and "Gọi ba lần không ai nghe máy" in page


def test_an_owner_who_left_is_no_owner(post):
    dossier = sent(post)
    post.desk.clerk.memberships.update(valid_to="2026-01-01")
    notice(dossier.parcels.get(), "lost", hours=2)
    assert dossier.parcels.get().owner is None and now(dossier).holder is None


def test_lost_sent_again_at_the_agencys_cost_and_the_first_one_found(post):
    dossier = sent(post)
    first = dossier.parcels.get()
    notice(first, "lost", hours=2)
    dossier = workflow.advance(now(dossier), "send_parcel", actor=post.desk.clerk, **factories.PARCEL)
    second = dossier.parcels.last()
    assert (second.payer, second.replaces) == ("agency", first)
    assert lists.counts(post.desk.clerk) == {"khong-giao-duoc": 0, "dang-di": 1, "cho-gui": 2}
    notice(first, "in_transit", hours=5)  # found: the second one still counts
    assert now(dossier).waiting_on == "post" and not dossier.events.filter(step="note_found").exists()
    notice(first, "delivered", hours=8)
    assert now(dossier).state == "RETURNED"
    notice(second, "delivered", hours=9)
    assert now(dossier).events.filter(step="deliver").count() == 1


def test_lost_and_found_before_anything_was_sent_again(post):
    dossier = sent(post)
    parcel = dossier.parcels.get()
    notice(parcel, "lost", hours=2)
    notice(parcel, "in_transit", hours=4)
    dossier = now(dossier)
    assert (dossier.waiting_on, dossier.holder) == ("post", None)
    assert dossier.events.last().step == "note_found"


def test_after_a_failed_delivery_it_is_handed_out_at_the_counter(post):
    dossier = sent(post)
    notice(dossier.parcels.get(), "returned", hours=2)
    dossier = workflow.advance(now(dossier), "deliver", actor=post.desk.clerk, **factories.SIGNED)
    assert dossier.state == "RETURNED"
    assert notice(dossier.parcels.get(), "delivered", hours=3).status_code == 200  # kept, moves nothing
    assert now(dossier).events.filter(step="deliver").count() == 1


def test_the_check_of_all_finds_a_parcel_that_is_not_where_its_notices_say(post):
    dossier = sent(post)
    notice(dossier.parcels.get(), "delivered", hours=1)
    assert list(invariants._parcels()) == []
    with past_the_triggers():
        Parcel.objects.update(state="lost")
    assert len(list(invariants._parcels())) == 2


# ---------------------------------------------------------------- asking the carrier
def labelled(post, carrier):
    """A parcel that waits for the pick-up."""
    parcel = sent(post).parcels.get()
    carrier.answers = [(201, {**ANSWER, "reference": parcel.reference})]
    return do(parcel)


def course(parcel, *statuses):
    """The answer of the carrier: all notices so far."""
    told = [
        {"id": f"{status}-{n}", "status": status, "at": (AT + dt.timedelta(hours=n)).isoformat()}
        for n, status in enumerate(statuses, 1)
    ]
    return 200, {"reference": parcel.reference, "notices": told}


def press(post, parcel, name, **typed):
    return browse(post.desk.clerk).post(reverse(f"desk:parcel_{name}", args=[parcel.reference]), typed)


def answered(parcel):
    """The worker does what was asked last; returns it."""
    outbox.do(ParcelRequest, parcel.requests.last().pk)
    return ParcelRequest.objects.get(pk=parcel.requests.last().pk)


def test_a_parcel_is_cancelled_before_its_pick_up_and_the_desk_has_the_matter_again(post, carrier):
    parcel = labelled(post, carrier)
    dossier = parcel.dossier
    assert press(post, parcel, "cancel", reason="").status_code == 422
    for _n in range(2):  # pressed twice: one request
        assert press(post, parcel, "cancel", reason="Ghi sai địa chỉ nhận.").status_code == 302
    asked = parcel.requests.get()
    assert (asked.asked_by, asked.reason) == (post.desk.clerk, "Ghi sai địa chỉ nhận.")
    carrier.answers = [post_api.NoAnswer("no answer"), course(parcel, "cancelled")]
    assert answered(parcel).outcome == "" and now(dossier).waiting_on == "post"
    assert answered(parcel).outcome == "cancelled"
    assert notice(parcel, "cancelled", hours=1).json() == {"result": "known"}  # the notice of it comes, too
    dossier = now(dossier)
    assert (dossier.state, dossier.waiting_on, dossier.holder) == ("COMPLETED", "receiving_clerk", post.desk.clerk)
    assert dossier.events.last().step == "note_cancelled" and problems(dossier) == []
    told = Message.objects.filter(subject__contains="hủy gửi")
    assert {message.recipient for message in told} == {dossier.submitter}
    assert "đã hủy lần gửi này" in words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    shown = words(browse(post.desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/"))
    assert "Ghi sai địa chỉ nhận." in shown and "bưu điện đã hủy" in shown
    again = workflow.advance(dossier, "send_parcel", actor=post.desk.clerk, **factories.PARCEL).parcels.last()
    assert (again.replaces, again.payer) == (parcel, parcel.payer)


def test_what_was_picked_up_meanwhile_is_not_cancelled(post, carrier):
    parcel = labelled(post, carrier)
    press(post, parcel, "cancel", reason="Ghi sai địa chỉ nhận.")
    carrier.answers = [(409, {"reason": "Không hủy được: đã lấy"})]
    asked = answered(parcel)
    assert (asked.outcome, asked.words) == ("refused", "Không hủy được: đã lấy") and now(parcel.dossier).waiting_on == "post"
    press(post, parcel, "cancel", reason="Ghi sai địa chỉ nhận.")
    notice(parcel, "picked_up", hours=1)
    assert answered(parcel).outcome == "too_late" and carrier.answers == []
    assert press(post, parcel, "cancel", reason="Ghi sai địa chỉ nhận.").status_code == 302 and parcel.requests.count() == 2
    for change in ({"reason": "Khác"}, {"kind": "where"}, {"outcome": "cancelled"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ParcelRequest.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ParcelRequest.objects.all()._raw_delete("default")


def test_a_question_brings_the_notices_that_were_lost(post, carrier):
    parcel = labelled(post, carrier)
    press(post, parcel, "ask")
    carrier.answers = [course(parcel, "picked_up", "in_transit", "delivered")]
    assert answered(parcel).outcome == "news"
    assert now(parcel.dossier).state == "RETURNED" and Parcel.objects.get().state == "delivered"
    assert notice(parcel, "in_transit", hours=2).json() == {"result": "known"}  # late and twice
    assert press(post, parcel, "ask").status_code == 302 and parcel.requests.count() == 1  # nothing to ask any more


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [((200, {"notices": []}), "no_news"), ((404, {}), "unknown"), ((500, {}), ""), ((200, {"notices": "x"}), ""),
     ((200, {"notices": [1]}), ""), ((200, {"notices": [{"id": "a", "status": "eaten", "at": "x"}]}), ""),
     ((200, {"reference": "BGKHAC", "notices": []}), "")],
)  # fmt: skip
def test_an_answer_that_says_nothing_changes_nothing(post, carrier, answer, outcome):
    parcel = labelled(post, carrier)
    press(post, parcel, "ask")
    status, given = answer
    carrier.answers = [(status, {"reference": parcel.reference, **given})]
    assert answered(parcel).outcome == outcome and Parcel.objects.get().state == "labelled"


def test_the_job_asks_about_parcels_nobody_hears_of_once_a_day(post, carrier):
    parcel, quiet = labelled(post, carrier), AT + dt.timedelta(days=6)
    factories.parcel(post.ready[1], state="picked_up")  # handed in by hand: people ask
    with clock.at(AT + dt.timedelta(days=4)):
        asking.run()
    assert not ParcelRequest.objects.exists()
    for later, count in ((0, 1), (1, 1), (30, 1)):  # the third one waits for the answer of the first
        with clock.at(quiet + dt.timedelta(hours=later)):
            asking.run()
        assert parcel.requests.count() == count
    assert parcel.requests.get().asked_by is None
    carrier.answers = [course(parcel)]
    with clock.at(quiet + dt.timedelta(hours=31)):
        assert answered(parcel).outcome == "no_news"
        asking.run()
        assert parcel.requests.count() == 2
        assert "máy tự hỏi" in words(browse(post.desk.clerk).get(f"/can-bo/ho-so/{parcel.dossier.code}/"))


def test_only_the_desk_asks_and_cancels(post, carrier):
    parcel = labelled(post, carrier)
    for user in (post.desk.officer, post.desk.head, parcel.dossier.submitter, factories.user(receiving_clerk="H18.X005.CA")):
        for name in ("ask", "cancel"):
            answer = browse(user).post(reverse(f"desk:parcel_{name}", args=[parcel.reference]), {"reason": "Không cần nữa."})
            assert answer.status_code == 404, (user, name)
    assert not ParcelRequest.objects.exists()


# ---------------------------------------------------------------- pages
def test_the_citizen_reads_only_what_is_true(post):
    dossier = now(post.ready[0])
    client = browse(dossier.submitter)
    address = f"/ho-so/{dossier.code}/"
    assert "Gửi rồi thì ở đây có số hiệu" in words(client.get(address)) and "sẽ mang đến" not in words(client.get(address))
    dossier = workflow.advance(dossier, "send_parcel", actor=post.desk.clerk, **factories.PARCEL)
    assert "Bưu điện sẽ mang đến địa chỉ ghi bên dưới" in words(client.get(address))
    notice(dossier.parcels.get(), "picked_up", hours=1, place="Bưu cục Điện Biên Phủ")
    shown = words(client.get(address))
    assert "Bưu điện đã lấy kết quả" in shown and "Bưu cục Điện Biên Phủ" in shown and "trả cho bưu tá" in shown
    assert factories.PARCEL["address"] in shown
    notice(dossier.parcels.get(), "delivered", hours=3, words="Lò Văn Páo")
    assert "Người nhận: Lò Văn Páo" in words(client.get(address))
    assert "Lò Văn Páo" not in words(browse().get(f"/tra-cuu/{dossier.secret}/"))


def test_the_order_is_made_on_its_page(post):
    dossier = now(post.ready[0])
    form = browse(post.desk.clerk).get(page("send_parcel", dossier)).context["form"]
    assert form.initial["address"].startswith("Số 5") and form.initial["recipient"] == dossier.subject_name
    assert take(post.desk.clerk, dossier, "send_parcel", **{**factories.PARCEL, "phone": "abc"}).status_code == 422
    client, address = browse(post.desk.clerk), page("send_parcel", dossier)
    typed = {"seen": client.get(address).context["seen"], **factories.PARCEL}
    assert client.post(address, typed).status_code == 302
    client.post(address, typed)  # pressed twice
    assert Parcel.objects.count() == 1


def test_without_a_carrier_a_clerk_hands_it_in_and_writes_down_what_the_post_office_tells(post, settings):
    settings.POST_API_URL = settings.POST_SECRET = ""
    dossier = post.ready[0]
    assert take(post.desk.clerk, dossier, "send_parcel", **factories.PARCEL).status_code == 422
    take(post.desk.clerk, dossier, "send_parcel", **factories.PARCEL, tracking="RR123456785VN")
    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.carrier) == ("picked_up", "buu-cuc") and outbox.do(Parcel, parcel.pk)
    address = reverse("desk:parcel_note", args=[parcel.reference])
    client = browse(post.desk.clerk)
    assert client.post(address, {"state": "delivered"}).status_code == 422
    assert client.post(address, {"state": "not_taken", "words": "Không có thật"}).status_code == 422
    assert client.post(address, {"state": "delivered", "words": "Giấy báo phát số 12, ông Páo ký"}).status_code == 302
    assert now(dossier).state == "RETURNED" and parcel.notices.get().entered_by == post.desk.clerk
    assert client.get(address).status_code == 404  # the matter is over


def test_the_lists_are_those_of_the_own_desk_and_do_not_ask_more_for_more_rows(post, django_assert_max_num_queries):
    ready, away, back = post.ready[2], sent(post), sent(post, 1)
    notice(back.parcels.get(), "lost", hours=2)
    client = browse(post.desk.clerk)
    for group, there in (("cho-gui", ready), ("dang-di", away), ("khong-giao-duoc", back)):
        shown = words(client.get(f"/can-bo/buu-gui/?nhom={group}"))
        assert [d.code in shown for d in (ready, away, back)] == [d == there for d in (ready, away, back)], group
    stranger = browse(factories.user(receiving_clerk="H18.X005.CA"))
    assert back.code not in words(stranger.get("/can-bo/buu-gui/?nhom=khong-giao-duoc"))
    for user in (post.desk.officer, factories.citizen(), factories.user(inspector="H18")):
        assert browse(user).get("/can-bo/buu-gui/").status_code == 404
    for group in ("cho-gui", "dang-di", "khong-giao-duoc", "da-phat", "khac"):
        with django_assert_max_num_queries(14):
            assert client.get(f"/can-bo/buu-gui/?nhom={group}").status_code == 200


def test_a_parcel_nobody_hears_of_is_marked(post):
    parcel = sent(post).parcels.get()
    notice(parcel, "in_transit")
    with clock.at(AT + dt.timedelta(days=6)):
        assert lists.is_quiet(Parcel.objects.get())
        assert "gọi bưu điện hỏi" in words(browse(post.desk.clerk).get("/can-bo/buu-gui/?nhom=dang-di"))


@pytest.mark.needs_pdf
def test_the_label_names_no_contents(post):
    from tests.dossiers.papers.reading import text_of

    parcel = sent(post).parcels.get()
    answer = browse(post.desk.clerk).get(reverse("desk:parcel_label", args=[parcel.reference]))
    text = " ".join(text_of(b"".join(answer.streaming_content)).split())
    assert "Số 5, tổ dân phố 3" in text and "0912 345 678" in text.replace("\xa0", " ") and "Thu cước của người nhận" in text
    assert "cư trú" not in text
    for user in (post.desk.officer, factories.user(receiving_clerk="H18.X005.CA")):
        assert browse(user).get(reverse("desk:parcel_label", args=[parcel.reference])).status_code == 404
