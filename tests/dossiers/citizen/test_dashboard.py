"""«Hồ sơ của tôi»: to-do items first, counts by state, and a number of queries that does not grow with the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import workflow
from dossiers.citizen import dashboard
from dossiers.models import Dossier
from dossiers.states import DossierState
from tests import factories, world
from tests.dossiers.pages import browse, title, words


@pytest.fixture
def citizen(desk):
    return factories.citizen()


def test_every_state_has_its_tile_also_with_none(desk, citizen):
    desk.submitted(submitter=citizen)
    page = browse(citizen).get("/ho-so/").content.decode()
    for state in DossierState:
        assert f"?trang-thai={state.number or 0}#danh-sach" in page, state


def test_an_empty_account_leads_to_the_procedures(citizen):
    text = words(browse(citizen).get("/ho-so/"))
    assert "Việc cần làm ngay (0)" in text and "Chưa có hồ sơ nào" in text


def test_what_waits_for_the_citizen_stands_on_top_most_urgent_first(desk, citizen):
    desk.draft(submitter=citizen)
    dossier = desk.asked_for_supplement(submitter=citizen)
    page = browse(citizen).get("/ho-so/")
    text = words(page)

    assert title(page).startswith("2 việc cần làm")
    assert "Việc cần làm ngay (2)" in text
    assert text.index("Ghi rõ nơi cần nộp giấy.") < text.index("Làm tiếp: Xác nhận thông tin về cư trú")
    assert "ngày làm việc, đến hết" in text
    assert f'href="/ho-so/{dossier.code}/bo-sung/"' in page.content.decode()


def test_many_drafts_do_not_push_away_what_is_urgent(desk, citizen, monkeypatch):
    monkeypatch.setattr(dashboard, "MAX_TO_DO", 2)
    desk.asked_for_supplement(submitter=citizen)
    for _ in range(5):
        desk.draft(submitter=citizen)
    looks = [item["look"] for item in dashboard.to_do(citizen)]
    assert looks == [
        DossierState.SUPPLEMENT_REQUIRED.look,
        DossierState.DRAFT.look,
        DossierState.DRAFT.look,
        DossierState.DRAFT.look,
    ]


@pytest.mark.needs_pdf
def test_a_result_not_opened_yet_is_something_to_do(desk, citizen, run_followups, signing_keys):
    dossier = desk.approved(submitter=citizen)
    run_followups()
    client = browse(citizen)
    assert "Mở kết quả: Xác nhận thông tin về cư trú" in words(client.get("/ho-so/"))
    client.get(f"/ho-so/{dossier.code}/ket-qua/")
    assert "Mở kết quả" not in words(client.get("/ho-so/"))


def test_a_tile_leads_to_the_dossiers_of_its_state(desk, citizen):
    refused = workflow.advance(
        desk.submitted(submitter=citizen), "refuse_receipt", actor=desk.clerk, note="Nơi ở thuộc phường khác."
    )
    waiting = desk.submitted(submitter=citizen)
    text = words(browse(citizen).get("/ho-so/?trang-thai=3"))
    assert refused.code in text and waiting.code not in text
    assert "Xem tất cả trạng thái" in text
    assert browse(citizen).get("/ho-so/?trang-thai=abc&truoc=x_y").status_code == 200


def test_the_list_goes_on_by_keyset_without_a_gap_or_a_double(desk, citizen, monkeypatch):
    monkeypatch.setattr(dashboard, "PAGE_SIZE", 2)
    filed = {desk.submitted(submitter=citizen).code for _ in range(5)}
    client, seen, address = browse(citizen), [], "/ho-so/"
    for _ in range(3):
        rows, more = dashboard.page(citizen, before=address.partition("truoc=")[2].partition("#")[0])
        seen += [row["code"] for row in rows]
        assert client.get(address).status_code == 200
        address = f"/ho-so/{more}"
    assert sorted(seen) == sorted(filed) and more == ""


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_dossiers(desk, citizen):
    client = browse(citizen)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get("/ho-so/").status_code == 200
        return len(caught)

    for _ in range(3):
        desk.asked_for_supplement(submitter=citizen)
    few = queries()
    for _ in range(13):
        desk.asked_for_supplement(submitter=citizen)
        desk.draft(submitter=citizen)
    assert Dossier.objects.filter(submitter=citizen).count() > 28
    assert queries() == few


def test_only_ones_own_matters_are_counted_also_for_staff(desk, citizen):
    desk.submitted()
    assert sum(dashboard.counts(desk.clerk).values()) == 0
    assert sum(dashboard.counts(citizen).values()) == 0


def test_a_fee_that_is_waited_for_stands_on_top_with_its_sum_and_a_button_to_pay(money_desk):
    dossier = money_desk.waiting()
    page = browse(dossier.submitter).get("/ho-so/")
    text = words(page)
    assert "Việc cần làm ngay (1)" in text and "Trả phí 200.000 đồng" in text and "ngày làm việc, đến hết" in text
    assert f'href="/ho-so/{dossier.code}/tra-phi/"' in page.content.decode()
    assert dashboard.counts(dossier.submitter)["PAYMENT_REQUIRED"] == 1


def test_a_fee_that_can_no_longer_be_paid_online_leads_to_how_to_pay_at_the_counter(desk, settings):
    world.place("68.X123")
    office = factories.Desk("H18.X004.CA")
    asked = {"case": "ca_nhan", "priority_group": ""}
    dossier = office.accepted(code="1.004194", answers=world.sample_answers("ct01"), asked=asked)
    dossier = workflow.advance(dossier, "charge", actor=office.officer)
    settings.PAYMENTS_OPEN = False
    (item,) = dashboard.to_do(dossier.submitter)
    assert item["href"] == f"/ho-so/{dossier.code}/" and "trả tại quầy" in item["text"]


def test_many_fees_of_one_place_cost_no_more_queries_than_one(money_desk):
    citizen = factories.citizen()
    money_desk.waiting(citizen)
    client = browse(citizen)
    with CaptureQueriesContext(connection) as few:
        client.get("/ho-so/")
    for _ in range(4):
        money_desk.waiting(citizen)
    with CaptureQueriesContext(connection) as many:
        client.get("/ho-so/")
    assert len(many) == len(few)
