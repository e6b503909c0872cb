"""Service levels: each of the four offers its functions, and refuses the others also by direct URL."""

import re

import pytest

from dossiers import workflow
from dossiers.models import Dossier
from tests import factories, world
from tests.dossiers.pages import browse, step_url, words

COUNTER = ("H18.X004.HC", "H18.X004")
INFORMATION, POOR, MARITAL, CRIMINAL = "2.000815", "1.011606", "1.004873", "3.000333"
PLACES = {
    INFORMATION: COUNTER, POOR: COUNTER, MARITAL: COUNTER,
    CRIMINAL: ("H18.Y14", "H18.Z01"), factories.RESIDENCE: ("H18.X004.CA", None),
}  # fmt: skip


@pytest.fixture
def start_draft(desk):
    """Factory: (client, draft) of a citizen who pressed the start button; draft is None when none was created."""

    def start_draft(code, user=None):
        offered = world.offering(code, *PLACES[code])
        client = browse(user or factories.citizen())
        client.post(f"/nop/bat-dau/{code}/", {"noi": offered.pk})
        return client, Dossier.objects.filter(version__procedure__code=code).first()

    return start_draft


@pytest.mark.parametrize(
    ("code", "badge", "blank_forms", "begins"),
    [
        (INFORMATION, "Mức 1", False, False), (POOR, "Mức 2", True, True),
        (MARITAL, "Mức 3", True, True), (CRIMINAL, "Mức 4", True, True), (factories.RESIDENCE, "Mức 4", True, True),
    ],
)  # fmt: skip
def test_the_start_offers_what_the_level_allows(start_draft, code, badge, blank_forms, begins):
    client, draft = start_draft(code)
    said = words(client.get(f"/nop/bat-dau/{code}/"))
    assert badge in said and ("Tải tờ khai trống" in said) == blank_forms and bool(draft) == begins
    if not blank_forms:
        assert client.get(f"/thu-tuc/{code}/to-khai.pdf").status_code == 404


def test_at_level_two_nothing_is_handed_in_by_page_api_or_door(start_draft):
    citizen = factories.citizen()
    client, draft = start_draft(POOR, citizen)
    assert client.get(step_url(draft, "giay-to")).url == client.get(step_url(draft, "xem-lai")).url
    draft.answers = world.sample_answers("giay_de_nghi_ho_ngheo")
    draft.save()
    client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
    sent = client.post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": True}, content_type="application/json")
    assert sent.status_code == 409
    with pytest.raises(workflow.StepNotPossible):
        workflow.submit(draft, actor=citizen)
    assert Dossier.objects.get(pk=draft.pk).state == "DRAFT"


@pytest.mark.parametrize(
    ("code", "ways"),
    [
        (MARITAL, {"counter"}), (CRIMINAL, {"account", "counter", "post"}),
        (factories.RESIDENCE, {"account", "counter", "post"}),
    ],
)  # fmt: skip
def test_a_result_without_a_visit_is_offered_at_level_four_only(start_draft, code, ways):
    client, draft = start_draft(code)
    page = client.get(step_url(draft, "cach-nhan")).content.decode()
    assert set(re.findall(r'name="delivery_way"\s+value="(\w+)"', page)) == ways


@pytest.mark.parametrize("way", ["account", "post"])
def test_a_way_the_level_does_not_allow_is_refused_whoever_sends_it(desk, way):
    office = factories.Desk(*PLACES[MARITAL])
    asked = {"xin_cap_lai": "khong", "priority_group": ""}
    draft = office.draft(code=MARITAL, answers=world.sample_answers("to_khai_xntthn"), asked=asked, delivery_way=way)
    answer = browse(draft.submitter).post(step_url(draft, "cach-nhan"), {"delivery_way": way})
    assert answer.status_code == 200 and "Có lỗi" in answer.content.decode()
    with pytest.raises(workflow.StepNotPossible):
        workflow.submit(draft, actor=draft.submitter)


def test_what_is_printed_and_brought_costs_what_the_counter_takes(desk):
    asked = {"case": "ca_nhan", "priority_group": ""}
    draft = desk.draft(code="1.004194", answers=world.sample_answers("ct01"), asked=asked)
    draft.offering.duty = {}  # nobody looks at what comes in online there: level 2
    draft.offering.save()
    said = words(browse(draft.submitter).get(step_url(draft, "in-to-khai")))
    assert "15.000 đồng" in said and "7.000 đồng" not in said and "Trả tại quầy khi nộp hồ sơ." in said
    assert "Trả trên mạng" not in said


def test_paying_online_is_promised_where_it_is_open_and_by_nobody_while_it_is_shut(start_draft, settings):
    client, draft = start_draft(CRIMINAL)
    said = words(client.get(step_url(draft, "xem-lai")))
    assert "Trả ngay sau khi nộp, chậm nhất 5 ngày làm việc" in said and "Trả trên mạng" in said

    settings.PAYMENTS_OPEN = False
    said = words(client.get(step_url(draft, "xem-lai")))
    assert "Trả tại quầy" in said and "Trả trên mạng" not in said
    assert "Mức 3" in words(client.get(f"/nop/bat-dau/{CRIMINAL}/"))


def test_a_fee_at_the_counter_never_keeps_a_dossier_waiting_at_level_three(money_desk, settings):
    settings.PAYMENTS_OPEN = False
    dossier = money_desk.waiting(delivery_way="counter")
    assert (dossier.state, dossier.obligation.status) == ("SUBMITTED", "due")


def test_at_level_four_the_fee_due_on_submission_is_waited_for(money_desk):
    dossier = money_desk.waiting()
    assert (dossier.state, dossier.came_from, dossier.obligation.status) == ("PAYMENT_REQUIRED", "SUBMITTED", "due")
