"""The procedures people come for most, from the desk to a paper that a stranger verifies, each step by a person of its own."""

import re

import pytest

from dossiers import invariants, workflow
from dossiers.models import Dossier
from dossiers.papers import drafting
from procedures.models import Procedure
from tests import factories, reference, world
from tests.browser.office import drop, log_in, looks_right
from tests.browser_support import click_and_wait
from tests.dossiers.papers.reading import text_of
from tests.dossiers.test_every_procedure import complete_draft
from tests.processes import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.needs_pdf,
    pytest.mark.timeout(300),
]
OFFICE_WORDS = {"text": "Theo hồ sơ lưu của cơ quan", "date": "20/11/2026", "number": "1", "money": "15.000"}


def filed(code, place, **facts):
    """A dossier filed online by its citizen, with the sample answers of its form."""
    procedure = Procedure.objects.select_related("current").get(code=code)
    offering = procedure.offerings.current().get(lead_agency__code=place)
    answers = reference.load(f"samples/{procedure.current.form_key}.json")["answers"]
    draft = complete_draft(procedure.current, offering, factories.citizen(), answers)
    Dossier.objects.filter(pk=draft.pk).update(**facts)
    return workflow.submit(Dossier.objects.get(pk=draft.pk), actor=draft.submitter)


class Office:
    """The desks of the people who work on one dossier: each has a browser of their own."""

    def __init__(self, portal, open_page, dossier):
        self.portal, self.open_page, self.dossier, self.pages = portal, open_page, dossier, {}
        self.address = f"{portal}/can-bo/ho-so/{dossier.code}/"

    def at(self, user):
        """The page of this user, at the dossier."""
        if user not in self.pages:
            self.pages[user] = self.open_page(width=1280, height=900)
            log_in(self.pages[user], self.portal, user)
        self.pages[user].goto(self.address)
        return self.pages[user]

    def step(self, user, verb, **typed):
        """Press the button of the step, type what is asked, and confirm. `typed`: {name: text}; True ticks."""
        page = self.at(user)
        click_and_wait(page.get_by_role("link", name=re.compile(rf"^\s*{verb}")).first)
        looks_right(page)
        for name, value in typed.items():
            field = page.locator(f"main [name^='{name}']")
            if value is True:
                field.check()
            elif field.first.get_attribute("type") == "radio":
                page.locator(f"main [name='{name}'][value='{value}']").check()
            elif field.first.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        click_and_wait(page.locator("main form button.btn:not(.btn--line):not(.btn--quiet)").first)
        assert not page.title().startswith("Có lỗi"), page.locator("main").inner_text()
        return page

    def draft(self, officer, check=None):
        """The officer writes the result: what only the office knows is typed."""
        page = self.at(officer)
        page.goto(f"{self.address}soan-ket-qua/")
        looks_right(page)
        for result in drafting.proposed(Dossier.objects.get(pk=self.dossier.pk)):
            for line in result.lines:
                field = page.locator(f"[name='{result.key}.{line.key}']")
                if not line.office or not field.count() or field.input_value():
                    continue
                if line.office["type"] == "choice":
                    field.select_option(index=1)
                else:
                    field.fill(OFFICE_WORDS[line.office["type"]])
        if check:
            check(page)
        click_and_wait(page.locator("[name=luu]"))
        assert not page.title().startswith("Có lỗi"), page.locator("main").inner_text()

    def has(self, **facts):
        wait_for(lambda: Dossier.objects.filter(pk=self.dossier.pk, **facts).exists(), 90)
        self.dossier = Dossier.objects.get(pk=self.dossier.pk)


def verified(office, citizen, tmp_path):
    """The citizen downloads the paper on a phone, and a stranger finds it genuine. Returns its text."""
    phone = office.open_page(width=360)
    log_in(phone, office.portal, citizen)
    phone.goto(f"{office.portal}/ho-so/{office.dossier.code}/ket-qua/")
    looks_right(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name=re.compile(r"Tải giấy")).first.click()
    path = tmp_path / "ket-qua.pdf"
    download.value.save_as(path)
    assert "Giấy thật" in drop(office.open_page(width=360), office.portal, path)
    assert list(invariants.violations()) == []
    return " ".join(text_of(path.read_bytes()).split())


def test_a_criminal_record_by_two_parallel_steps_and_cash(portal, open_page, tmp_path):
    body, desk = "H18.Z01", "H18.Y14"
    clerk, signer = factories.user(receiving_clerk=desk), factories.user(signer=body)
    archive, records, writer = (factories.user(officer=body) for _ in range(3))
    office = Office(portal, open_page, filed("3.000333", body, delivery_way="account"))
    owed = Dossier.objects.get(pk=office.dossier.pk).obligation
    office.step(clerk, "Đã thu phí", amount=str(owed.total))
    office.step(clerk, "Tiếp nhận")
    office.step(clerk, "Chuyển xử lý")
    runs = {run.key: run for run in office.dossier.step_runs.all()}
    for officer, key in ((records, "tra_cuu"), (archive, "xac_minh")):
        page = office.at(officer)
        click_and_wait(page.get_by_role("link", name=re.compile(r"^\s*Xong bước")).first)
        looks_right(page)
        if page.locator("[name=step]").count():
            page.locator(f"[name=step][value='{runs[key].pk}']").check()
        page.locator("[name=note]").fill("Không có án tích trong cơ sở dữ liệu.")
        click_and_wait(page.locator("main form button[type=submit]").first)
    done = {run.key: run.done_by for run in office.dossier.step_runs.filter(state="done")}
    assert done == {"tra_cuu": records, "xac_minh": archive}
    office.draft(writer)
    office.step(writer, "Xong bước")
    office.step(signer, "Duyệt và ký")
    office.has(state="RETURNED")
    text = verified(office, office.dossier.submitter, tmp_path)
    assert office.dossier.subject_name.upper() in text.upper() and "LÝ LỊCH TƯ PHÁP" in text.upper()
    assert office.dossier.subject_phone not in text


def test_a_marital_status_reviewed_by_the_head_paid_and_handed_out_at_the_counter(portal, open_page, tmp_path):
    body, desk = "H18.X004", "H18.X004.HC"
    clerk, officer = factories.user(receiving_clerk=desk), factories.user(officer=body)
    head, signer = factories.user(head=body), factories.user(signer=body)
    office = Office(portal, open_page, filed("1.004873", body, delivery_way="counter"))
    office.step(clerk, "Tiếp nhận")
    office.step(clerk, "Chuyển xử lý")
    office.draft(officer)
    office.step(officer, "Xong bước")
    review = office.at(head)
    assert office.dossier.subject_name in review.locator("main").inner_text()
    office.step(head, "Xong bước")
    office.step(signer, "Duyệt và ký")
    office.has(state="COMPLETED")
    owed = office.dossier.obligation
    office.step(clerk, "Thu phí tại quầy", amount=str(owed.total))
    seen = {"seen_document": "can_cuoc", "seen_number": "011999000999", "taken_as": "nguoi_nop"}
    office.step(clerk, "Trả kết quả", signed_for_by=office.dossier.subject_name, **seen)
    office.has(state="RETURNED")
    paper = office.dossier.papers.get(kind="result")
    page = office.at(clerk)
    answer = page.request.get(f"{portal}{paper.get_absolute_url()}")
    text = " ".join(text_of(answer.body()).split())
    assert office.dossier.subject_name.upper() in text.upper() and "tình trạng hôn nhân" in text.lower()
    (tmp_path / "giay.pdf").write_bytes(answer.body())
    assert "Giấy thật" in drop(open_page(width=360), portal, tmp_path / "giay.pdf")
    assert list(invariants.violations()) == []


def test_a_household_business_with_the_number_of_the_tax_body_and_the_opinion_of_another(portal, open_page, tmp_path):
    body, desk, tax, police = "H18.X004", "H18.X004.HC", "H18.Z03", "H18.X004.CA"
    clerk, officer, signer = factories.user(receiving_clerk=desk), factories.user(officer=body), factories.user(signer=body)
    taxman, policeman = factories.user(officer=tax), factories.user(officer=police)
    office = Office(portal, open_page, filed("1.001612", body, delivery_way="account"))
    if office.dossier.state == "PAYMENT_REQUIRED":
        office.step(clerk, "Đã thu phí", amount=str(office.dossier.obligation.total))
    office.step(clerk, "Tiếp nhận")
    office.step(clerk, "Chuyển xử lý")
    consulted = world.agency(police)
    office.step(officer, "Xin ý kiến", agency=consulted.name, question="Chủ hộ có cư trú tại phường không?", hours="8")
    page = office.step(officer, "Xong bước")
    page.goto(office.address)
    assert not page.get_by_role("link", name=re.compile(r"^\s*Xong bước")).count()  # what is open belongs to others
    office.step(policeman, "Xong bước", note="Có thường trú tại phường từ 2015.")
    office.step(taxman, "Xong bước", number="8012345678")

    def sees_the_number_and_the_opinion(page):
        assert page.locator("[name='certificate.code']").input_value() == "8012345678"

    office.draft(officer, sees_the_number_and_the_opinion)
    seen = office.at(signer).locator("main").inner_text()
    assert "Có thường trú tại phường từ 2015." in seen and "8012345678" in seen
    office.step(officer, "Xong bước")
    office.step(signer, "Duyệt và ký")
    office.has(state="RETURNED")
    text = verified(office, office.dossier.submitter, tmp_path)
    assert "8012345678" in text and "HỘ KINH DOANH" in text.upper()
    assert "nội dung cần sửa đổi" not in text.lower()
