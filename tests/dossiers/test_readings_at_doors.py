"""Codes, names and sums as people write them, at the doors of a dossier: tracking, desk, API, addresses, verification."""

import pytest
from django.urls import reverse

from accounts.models import Mandate
from dossiers.desk.search import search
from dossiers.filing import rules
from dossiers.models import Dossier
from payments.accounting.forms import AssignForm
from payments.models import BankCredit
from procedures.eforms import names_in
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse, words


@pytest.fixture
def odd(desk):
    """A function that writes the code of a submitted dossier in an odd way; `odd.dossier`."""

    def write(form):
        return form.format(write.dossier.code.lower().replace("-", " – "))

    write.dossier = desk.submitted()
    return write


@pytest.mark.parametrize("form", ["Mã: {}", "{}", "https://dvc.example.vn/ho-so/{}/"])
def test_tracking_reads_code_and_secret_as_they_are_pasted(client, odd, form):
    secret = odd.dossier.secret.upper()
    sent = {"ma": odd(form), "ma-rieng": f"Mã riêng: {secret[:4]} {secret[4:9]}-{secret[9:]}"}
    assert odd.dossier.code in words(client.post("/tra-cuu/", sent))
    wrong = client.post("/tra-cuu/", sent | {"ma-rieng": "a" * 25})
    assert "Không có hồ sơ nào khớp" in words(wrong)


def test_an_address_with_small_letters_or_long_dashes_leads_to_the_dossier(odd, desk):
    code = odd.dossier.code.lower().replace("-", "–")
    assert browse(odd.dossier.submitter).get(f"/ho-so/{code}/").status_code == 200
    assert browse(odd.dossier.submitter).get(f"/api/v1/dossiers/{code}/").status_code == 200
    assert browse(desk.clerk).get(f"/can-bo/ho-so/{code}/").status_code == 200
    assert browse(factories.citizen()).get(f"/ho-so/{code}/").status_code == 404


@pytest.mark.parametrize("form", ["Mã hồ sơ: {}", "{}"])
def test_the_desk_finds_a_dossier_by_a_pasted_code(odd, desk, form):
    assert list(search(Dossier.objects.all(), odd(form), desk.clerk)) == [odd.dossier]
    assert not search(Dossier.objects.all(), "Mã: H99", desk.clerk).exists()
    assert not search(Dossier.objects.all(), "Mã", desk.clerk).exclude(pk=odd.dossier.pk).exists()


def test_names_with_look_alikes_are_found_and_shown_to_the_clerk(desk):
    citizens = [factories.citizen(person_facts={"full_name": name}) for name in ("Ðặng Văn Аn", "Đặng Văn An")]
    odd, plain = (desk.submitted(submitter=citizen) for citizen in citizens)
    for typed in ("Đặng Văn An", "Ðặng Văn An", "dang van an", "ĐẶNG VĂN АN"):
        assert set(search(Dossier.objects.all(), typed, desk.clerk)) == {odd, plain}
    shown = words(browse(desk.clerk).get(f"/can-bo/ho-so/{odd.code}/"))
    assert "Họ tên “Ðặng Văn Аn” có chữ lạ: Ð (U+00D0), А (U+0410)" in shown
    assert "chữ lạ" not in words(browse(desk.clerk).get(f"/can-bo/ho-so/{plain.code}/"))


def test_names_of_who_consents_and_of_who_files_for_somebody_are_shown_the_same_way(desk):
    agent = factories.citizen(person_facts={"full_name": "Ðinh Thị Xa"})
    parent = factories.person(full_name="Lường Thị Ổn")
    Mandate.objects.create(agent=agent, person=parent, basis="written_authority")
    dossier = desk.submitted(submitter=agent)
    form = rules.form_of(dossier)
    assert names_in(form, {"owner_consent": {"agreed": True, "name": "Lò Văn Ðức"}}) == ["Lò Văn Ðức"]
    assert names_in(form, {"owner_consent": {"agreed": True}}) == names_in(form, {"owner_consent": True}) == []
    with past_the_triggers() as cursor:
        cursor.execute("UPDATE dossiers_dossier SET person_id = %s WHERE id = %s", [parent.pk, dossier.pk])
    assert "Họ tên “Ðinh Thị Xa” có chữ lạ: Ð (U+00D0)" in words(browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/"))


def test_an_identity_number_is_found_with_dashes(desk):
    dossier = desk.submitted(submitter=factories.citizen(person_facts={"id_number": "011999000777"}))
    assert list(search(Dossier.objects.all(), "011-999–000.777", desk.clerk)) == [dossier]


def test_the_accountant_names_a_dossier_or_an_attempt_as_pasted(money_desk):
    attempt = money_desk.paying(way="transfer")
    for typed in (
        f"Mã: {attempt.dossier.code.lower()}",
        f"DVC-{attempt.reference}"[4:].lower(),
        f"https://x.vn/ho-so/{attempt.dossier.code}/",
    ):
        form = AssignForm({"whose": typed, "note": "x"}, user=money_desk.accountant, others=BankCredit.objects.none())
        assert form.is_valid(), form.errors
        assert form.cleaned_data["whose"] == attempt.dossier


def test_a_pasted_address_of_a_paper_is_read(client, db):
    sent = client.post(reverse("papers:verify"), {"ma": "https://dvc.example.vn/kiem-tra/ABCD2345EFGH6789/"})
    assert sent.url.endswith("/kiem-tra/ABCD2345EFGH6789/")
