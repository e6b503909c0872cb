"""A check on site: announced to the applicant, recorded before its step is closed, seen by who works on the dossier."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.messages.models import Message
from dossiers import invariants, workflow
from dossiers.models import Dossier, StepRun
from dossiers.papers import contexts
from dossiers.transitions.inputs import DetailsMissing
from portal.common import clock
from tests import factories
from tests.dossiers.desk.test_steps import client_of, take
from tests.dossiers.files.makers import picture
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=clock.LOCAL)
VISIT = {"day": "25/11/2026", "time": "8:30", "place": "Số 5, tổ dân phố 3", "people": "Ông Lò Văn Ba, công chức địa chính"}


@pytest.fixture
def on_site(desk):
    with clock.at(MONDAY):
        dossier = desk.processing()
        StepRun.objects.filter(dossier=dossier, state="open").update(kind="site_check", produces={}, name="Kiểm tra thực tế")
        yield Dossier.objects.get(pk=dossier.pk)


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.slow
def test_a_visit_is_announced_to_the_applicant(desk, on_site):
    for forged in ({"day": "22/11/2026"}, {"place": " "}, {"time": "25:00"}, {"day": "31/2/2026"}):
        assert take(desk.officer, on_site, "announce_visit", **VISIT | forged).status_code == 422
    assert take(desk.officer, on_site, "announce_visit", **VISIT).status_code == 302
    told = Message.objects.filter(recipient=on_site.submitter, subject__startswith="Hẹn kiểm tra tại chỗ").first()
    assert "8 giờ 30" in told.body.replace("\u00a0", " ") and "Số 5" not in told.body
    shown = browse(on_site.submitter).get(f"/ho-so/{on_site.code}/").content.decode()
    assert VISIT["place"] in shown and VISIT["people"] in shown
    assert not fresh(on_site).open_steps[0].untaken


def test_nobody_else_announces_and_no_other_step_has_a_visit(desk, on_site):
    visit = {"at": MONDAY + dt.timedelta(days=1), "place": "Đây", "people": "Tôi"}
    for stranger in (desk.clerk, desk.signer, factories.user(officer="H18.X005.CA")):
        with pytest.raises(PermissionDenied):
            workflow.advance(fresh(on_site), "announce_visit", actor=stranger, visit=visit)
    StepRun.objects.filter(dossier=on_site, state="open").update(kind="review")
    with pytest.raises(PermissionDenied):
        workflow.advance(fresh(on_site), "announce_visit", actor=desk.officer, visit=visit)


@pytest.mark.needs_pdf
@pytest.mark.slow
def test_its_step_is_closed_with_a_record_that_the_next_and_the_control_sheet_see(desk, on_site):
    take(desk.officer, on_site, "announce_visit", **VISIT)
    with pytest.raises(DetailsMissing, match="đã kiểm tra"):
        workflow.advance(fresh(on_site), "hand_over", actor=desk.officer, note="Đúng như khai.")
    run = fresh(on_site).open_steps[0]
    record = {f"held_day-{run.pk}": "25/11/2026", f"held_time-{run.pk}": "9:00", "note": "Nhà có thật, đúng diện tích."}
    assert take(desk.officer, on_site, "hand_over", **record).status_code == 422  # not yet
    with clock.at(MONDAY + dt.timedelta(days=2, hours=1)):
        no_photo = SimpleUploadedFile("x.jpg", b"MZ", "image/jpeg")
        assert take(desk.officer, on_site, "hand_over", **record, **{f"photo1-{run.pk}": no_photo}).status_code == 422
        photo = SimpleUploadedFile("nha.jpg", picture(), "image/jpeg")
        assert take(desk.officer, on_site, "hand_over", **record, **{f"photo1-{run.pk}": photo}).status_code == 302
    run.refresh_from_db()
    assert run.answer == "Nhà có thật, đúng diện tích." and len(run.visit["photos"]) == 1
    address = reverse("desk:product", args=[on_site.code, run.pk]) + "?anh=1"
    assert client_of(desk.signer).get(address)["Content-Type"].startswith("image/")
    for missing in (address.replace("=1", "=2"), address.replace("=1", "=x"), address.partition("?")[0]):
        assert client_of(desk.signer).get(missing).status_code == 404
    assert client_of(factories.user(officer="H18.X003.CA")).get(address).status_code == 404
    shown = client_of(desk.signer).get(reverse("desk:dossier", args=[on_site.code])).content.decode()
    assert "Đã kiểm tra tại chỗ" in shown and "Nhà có thật" in shown
    sheet = contexts.office.control_sheet(fresh(on_site), on_site.events.last())
    assert any("đã kiểm tra tại chỗ" in row["note"] and "1 ảnh" in row["note"] for row in sheet["rows"])
    assert list(invariants.violations()) == []
