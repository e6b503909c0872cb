"""A fee is frozen at filing: later changes do not affect it, and pages explain it."""

import datetime as dt

import pytest

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.fees import wording
from dossiers.models import FeeObligation
from portal.common import clock
from procedures.models import LocalFee, ProcedureVersion
from procedures.offered import local_amounts
from tests import factories, world
from tests.dossiers.pages import browse, step_url, words

MARITAL, STAY = "1.004873", "1.004194"
MARRIAGE_FEE = "le_phi_ho_tich"
RESOLUTION = "12/2026/NQ-HĐND"


@pytest.fixture
def counter(desk):
    """A desk at level 3 in a province with a fee of 15.000 đồng."""
    world.place("68.X123")
    province_charges(15_000, effective_from="2026-01-01", legal_ref=RESOLUTION, certainty="demo")
    return factories.Desk("H18.X004.HC", lead="H18.X004")


def province_charges(amount, **facts):
    return LocalFee.objects.create(
        province_code="H18", procedure=world.procedure(MARITAL), fee_line_key=MARRIAGE_FEE, amount=amount, **facts
    )


def marital(counter, **asked):
    answers = world.sample_answers("to_khai_xntthn")
    return counter.submitted(code=MARITAL, answers=answers, asked={"xin_cap_lai": "khong", "priority_group": "", **asked})


def temporary_residence(desk, group=""):
    world.place("68.X123")
    return desk.submitted(code=STAY, answers=world.sample_answers("ct01"), asked={"case": "ca_nhan", "priority_group": group})


def publish_version_2(procedure, fee_lines):
    """Publish version 2 with other fee lines."""
    old = procedure.current
    ProcedureVersion.objects.filter(pk=old.pk).update(state="retired", effective_to=clock.today())
    procedure.current = ProcedureVersion.objects.create(
        procedure=procedure, number=2, state="published", effective_from=clock.today(), published_at=clock.now(),
        declared_level=old.declared_level, form_key=old.form_key,
        document={**old.document, "procedure": {**old.facts, "fee_lines": fee_lines}},
    )  # fmt: skip
    procedure.save()
    return procedure.current


def frozen(dossier):
    obligation = FeeObligation.objects.get(dossier=dossier)
    return obligation.total, list(obligation.lines.values("key", "label", "unit_price", "quantity", "amount", "legal_ref"))


# ---------------------------------------------------------------- frozen
def test_a_new_amount_of_the_province_moves_nothing_that_is_filed(counter):
    dossier = marital(counter)
    before = frozen(dossier)
    LocalFee.objects.update(amount=99_000)
    assert frozen(dossier) == before and before[0] == 15_000
    assert wording.lines_frozen(dossier)[0]["amount"] == 15_000
    assert marital(counter).obligation.total == 99_000  # new dossiers have the new fee


def test_a_new_version_with_another_price_moves_nothing_that_is_filed(desk):
    dossier = temporary_residence(desk)
    before = frozen(dossier)
    old = dossier.version
    dearer = [{**line, "amount": line["amount"] and line["amount"] + 50_000} for line in old.facts["fee_lines"]]
    newer = publish_version_2(old.procedure, dearer)

    assert frozen(dossier) == before and before[0] == 7_000
    assert newer.facts["fee_lines"][0]["amount"] == 57_000
    assert "7.000 đồng" in words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    dossier = workflow.advance(dossier, "accept", actor=desk.clerk)
    assert workflow.advance(dossier, "charge", actor=desk.officer).obligation.total == 7_000


def test_when_it_is_given_back_is_frozen_line_by_line(counter, money_desk):
    assert marital(counter).obligation.lines.get().refundable_on == ["withdrawn"]
    dossier = money_desk.waiting()
    assert dossier.obligation.lines.get().refundable_on == ["refused", "withdrawn"]


def test_an_amount_of_the_province_counts_from_its_first_day_to_its_last(counter):
    LocalFee.objects.update(effective_to="2026-11-30")
    province_charges(20_000, effective_from="2026-12-01", legal_ref="30/2026/NQ-HĐND")
    for day, amount, basis in [(30, 15_000, RESOLUTION), (31, 20_000, "30/2026/NQ-HĐND")]:
        on = dt.date(2026, 11, day) if day == 30 else dt.date(2026, 12, 1)
        found = local_amounts(world.procedure(MARITAL), "H18", on)[MARRIAGE_FEE]
        assert (found, found.legal_ref) == (amount, basis)
    assert local_amounts(world.procedure(MARITAL), "H18", dt.date(2025, 12, 31)) == {}


# ---------------------------------------------------------------- a claimed exemption
@clock.at(dt.datetime(2026, 11, 25, 9, tzinfo=clock.LOCAL))  # its calendar is published: the due day is not provisional
def test_a_claim_is_provisional_until_the_clerk_refuses_it_then_the_full_fee_is_due(desk):
    dossier = temporary_residence(desk, group="ho_ngheo")
    page = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "tạm tính" in page and "cán bộ sẽ xem giấy chứng minh" in page and "Không đủ giấy thì thu 7.000 đồng." in page
    staff = words(browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/"))
    assert "Người nộp khai diện “Hộ nghèo”." in staff

    dossier = workflow.advance(dossier, "accept", actor=desk.clerk, exemption="refuse")
    assert frozen(dossier)[0] == 7_000 and dossier.obligation.status == "due"
    page = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "tạm tính" not in page.lower() and "7.000 đồng" in page
    inbox_of = Message.objects.filter(recipient=dossier.submitter, channel="inbox").latest("pk")
    assert "Không đủ giấy để miễn, giảm phí: phí phải trả là 7.000\xa0đồng." in inbox_of.body


def test_a_confirmed_claim_is_no_longer_called_provisional(desk):
    dossier = workflow.advance(temporary_residence(desk, group="ho_ngheo"), "accept", actor=desk.clerk, exemption="confirm")
    (line,) = wording.lines_frozen(dossier)
    assert line["amount"] == 0 and "Được miễn: Hộ nghèo." in line["notes"]
    assert dossier.obligation.status == "waived" and wording.notice(dossier) is None


def test_who_claims_an_exemption_of_a_fee_due_on_submission_is_looked_at_at_once(money_desk):
    dossier = money_desk.waiting(asked={"priority_group": "ho_ngheo"})
    assert (dossier.state, dossier.obligation.status, dossier.obligation.total) == ("SUBMITTED", "provisional", 0)
    dossier = workflow.advance(dossier, "accept", actor=money_desk.clerk, exemption="refuse")
    assert (dossier.obligation.status, dossier.obligation.total) == ("due", 200_000)
    assert wording.payment_url(dossier) == f"/ho-so/{dossier.code}/tra-phi/"


# ---------------------------------------------------------------- what pages say
def test_the_page_of_a_dossier_that_waits_says_how_much_until_when_and_leads_to_paying(money_desk):
    dossier = money_desk.waiting()
    client = browse(dossier.submitter)
    page = client.get(f"/ho-so/{dossier.code}/")
    text = words(page)
    assert "Cần trả phí để cơ quan bắt đầu" in text and "Trả 200.000 đồng trước" in text
    assert "Căn cứ: 244/2016/TT-BTC." in text and "Được hoàn nếu hồ sơ không được giải quyết hoặc rút hồ sơ." in text
    assert page.content.decode().count(f'href="/ho-so/{dossier.code}/tra-phi/"') == 1
    handed_in = client.get(f"/ho-so/{dossier.code}/da-nop/").content.decode()
    assert f'href="/ho-so/{dossier.code}/tra-phi/"' in handed_in
    assert "Đã nộp, cần trả phí" in text  # the message, which leads to the page to pay on, is listed with the dossier


def test_somebody_else_is_shown_no_button_to_pay(money_desk):
    dossier = money_desk.waiting()
    for user in (money_desk.head, money_desk.clerk):
        page = browse(user).get(f"/ho-so/{dossier.code}/")
        assert page.status_code == 200 and "/tra-phi/" not in page.content.decode()


def test_at_level_three_the_page_names_the_counter_and_offers_no_button(counter):
    dossier = marital(counter)
    page = browse(dossier.submitter).get(f"/ho-so/{dossier.code}/")
    text = words(page)
    assert "Trả tiền mặt tại" in text and "/tra-phi/" not in page.content.decode()
    assert "Mức thu do tỉnh quy định. Căn cứ: 85/2019/TT-BTC; 12/2026/NQ-HĐND." in text and "dữ liệu thử" in text


def test_who_is_paying_right_now_is_not_told_to_pay_again(money_desk):
    dossier = money_desk.waiting()
    FeeObligation.objects.update(attempt_open=True)
    text = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "Đang có một lần trả chưa xong." in text and "đừng trả thêm lần nữa" in text
    assert "đang có một lần trả chưa xong" in words(browse(dossier.submitter).get("/ho-so/"))


def test_the_desk_sees_the_lines_with_their_basis(money_desk):
    dossier = money_desk.waiting()
    text = words(browse(money_desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/"))
    assert "Phí cung cấp thông tin LLTP" in text and "Căn cứ: 244/2016/TT-BTC." in text and "Trả trước" in text


# ---------------------------------------------------------------- what people are told
def inbox_of(user):
    return Message.objects.filter(recipient=user, channel="inbox").order_by("pk")


def test_who_filed_is_told_to_pay_with_the_sum_the_deadline_and_the_way_there(money_desk):
    dossier = money_desk.waiting()
    letter = inbox_of(dossier.submitter).get()
    assert letter.subject.startswith("Đã nộp, cần trả phí:")
    assert "Trả phí 200.000\xa0đồng trước" in letter.body and "để cơ quan bắt đầu" in letter.body
    assert letter.link == f"/ho-so/{dossier.code}/tra-phi/"
    assert not inbox_of(money_desk.clerk).exists()  # the desk is told once the money has come

    workflow.advance(dossier, "paid", actor=money_desk.clerk, amount=200_000)
    receipt = inbox_of(dossier.submitter).last()
    assert "Cơ quan đã nhận được 200.000\xa0đồng." in receipt.body and receipt.link == f"/ho-so/{dossier.code}/"
    assert inbox_of(money_desk.clerk).exists()


def test_a_fee_asked_for_later_leads_to_paying_at_level_four_and_stops_no_clock_at_level_three(desk):
    dossier = workflow.advance(temporary_residence(desk), "accept", actor=desk.clerk)
    workflow.advance(dossier, "charge", actor=desk.officer)
    letter = inbox_of(dossier.submitter).last()
    assert letter.link == f"/ho-so/{dossier.code}/tra-phi/" and "tại quầy" not in letter.body and "7.000" in letter.body

    asked = {"case": "ca_nhan", "priority_group": ""}
    dossier = desk.accepted(code="1.002755", answers=world.sample_answers("ct01"), asked=asked)
    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "charge", actor=desk.officer)


# ---------------------------------------------------------------- extras one may choose
@pytest.fixture
def with_extras(desk):
    """A procedure with optional extras: a fast track to tick, and extra copies by number."""
    procedure = world.procedure(STAY)
    plain = {"kind": "phi", "role": "extra", "group": None, "unit": "ban", "when": None, "channel": "any", "effective_from": None,
             "effective_to": None, "applies_to": [], "mandatory": False, "cap": None, "legal_ref": "", "refundable_on": [],
             "certainty": "demo"}  # fmt: skip
    extras = [
        {**plain, "key": "nhanh", "label": "Trả nhanh", "amount": 20_000, "quantity": None},
        {**plain, "key": "ban_sao", "label": "Bản sao", "amount": 8_000, "quantity": {"ask": "Số bản sao muốn nhận"}},
    ]
    publish_version_2(procedure, [*procedure.current.facts["fee_lines"], *extras])
    return desk.draft(code=STAY, answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})


def test_an_extra_costs_nothing_until_it_is_chosen(with_extras):
    client = browse(with_extras.submitter)
    address = step_url(with_extras, "so-luong")
    page = words(client.get(address))
    assert "Trả nhanh: 20.000 đồng" in page and "Số bản sao muốn nhận" in page

    def sum_after(**answers):
        client.post(address, {"priority_group": "khong", "quantity_1": "0", **answers})
        with_extras.refresh_from_db()
        return words(client.get(step_url(with_extras, "xem-lai")))

    assert "Tổng cộng 7.000 đồng" in sum_after()
    assert "Tổng cộng 27.000 đồng" in sum_after(extras="nhanh")
    said = sum_after(extras="nhanh", quantity_1="3")
    assert "8.000 đồng × 3 bản" in said and "Tổng cộng 51.000 đồng" in said
