"""The public check by code or file, without login; downloads for users who may see the dossier, 404 for others."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AccessLog
from dossiers import workflow
from dossiers.files import storage, turns
from dossiers.papers import inquiry
from dossiers.papers.models import IssuedPaper
from tests import factories
from tests.databases import past_the_triggers

pytestmark = [pytest.mark.needs_pdf, pytest.mark.django_db]


@pytest.fixture
def result(desk, run_followups):
    """A signed result, published in the citizen's account."""
    desk.approved()
    run_followups()
    return IssuedPaper.objects.get(kind="result")


def post_file(client, content, name="giay.pdf"):
    return client.post(reverse("papers:verify"), {"tep": SimpleUploadedFile(name, content, "application/pdf")})


def test_the_page_needs_no_account_and_leaves_no_cookie(client, db):
    response = client.get(reverse("papers:verify"))
    assert response.status_code == 200
    assert not response.cookies


def test_a_genuine_file_is_recognised_with_its_holder_masked(client, result):
    page = post_file(client, storage.read_stored(result.storage_key)).content.decode()
    assert "Giấy thật, còn giá trị" in page
    assert "CHỨNG THƯ THỬ NGHIỆM" in page
    assert "Công an phường Điện Biên Phủ" in page
    assert "Phượng" not in page


def test_one_changed_byte_is_refused(client, result):
    content = bytearray(storage.read_stored(result.storage_key))
    content[len(content) // 3] ^= 1
    page = post_file(client, bytes(content)).content.decode()
    assert "Giấy thật" not in page
    assert "đã bị sửa" in page or "Không phải giấy do cổng này cấp" in page


def test_a_line_feed_behind_a_paper_changes_nothing(client, result):
    for tail in (b"\n", b"\r\n\r\n", b"\0" * 100, b"  \t"):
        page = post_file(client, storage.read_stored(result.storage_key) + tail).content.decode()
        assert "Giấy thật, còn giá trị" in page and "Phần đã cấp đúng từng ký tự" in page and "đã bị sửa" not in page


def test_a_line_feed_lost_at_the_end_changes_nothing_either(client, result, desk, run_followups):
    for paper in IssuedPaper.objects.filter(state="valid"):  # signed and unsigned ones
        issued = storage.read_stored(paper.storage_key)
        page = post_file(client, issued.rstrip() + b"\r\n\n").content.decode()
        assert "Giấy thật, còn giá trị" in page, paper.kind


def test_something_behind_a_whole_paper_is_told_apart_from_a_changed_one(client, result):
    for tail in (b"x", b"\n7 0 obj\n<< >>\nendobj\n%%EOF\n", b"\n" + b"%%EOF\n" * 30):
        page = post_file(client, storage.read_stored(result.storage_key) + tail).content.decode()
        assert "Phần đã cấp còn nguyên, nhưng phía sau có thêm nội dung" in page and result.number in page
        assert "đã bị sửa" not in page and "Giấy thật" not in page and "đừng tin trang đang thấy" in page


def test_a_signed_paper_of_another_portal_with_a_line_feed_is_no_changed_one(client, result, monkeypatch):
    issued = storage.read_stored(result.storage_key)
    monkeypatch.setattr(inquiry, "_papers", IssuedPaper.objects.none)
    assert "giấy không có trong sổ" in post_file(client, issued + b"\n").content.decode()
    assert "phía sau có thêm nội dung" in post_file(client, issued + b"\nx").content.decode()


def test_a_busy_portal_says_so_and_checks_nothing(client, result, monkeypatch, settings):
    settings.MAX_FILE_CHECK_WAIT = 0
    monkeypatch.setattr(turns, "_places", threading.BoundedSemaphore(1))
    with turns.turn(""):
        answer = post_file(client, storage.read_stored(result.storage_key))
    assert answer.status_code == 503 and "nhiều người kiểm tra" in answer.content.decode()


def test_a_strange_file_is_not_ours(client, db):
    assert "Tệp này không phải tệp PDF" in post_file(client, b"\xff\xd8\xff photo", "anh.jpg").content.decode()
    assert "không phải" in post_file(client, b"%PDF-1.7 nonsense").content.decode()


def test_a_file_too_large_or_missing_has_a_plain_answer(client, settings, db):
    settings.MAX_UPLOAD_BYTES = 1000
    for size in (2000, 2 * 1024 * 1024):
        assert "lớn quá" in post_file(client, b"%PDF-" + b"0" * size).content.decode()
    response = client.post(reverse("papers:verify"))
    assert response.status_code == 400
    assert "Chọn tệp PDF" in response.content.decode()


@pytest.mark.parametrize("spelling", [str, str.lower, lambda code: f"{code[:4]}-{code[4:8]} {code[8:]}"])
def test_the_code_is_found_however_it_is_typed(client, result, spelling):
    response = client.get(reverse("papers:verify"), {"ma": spelling(result.verification_code)}, follow=True)
    assert response.status_code == 200
    assert "Có giấy mang mã này, còn giá trị" in response.content.decode()


@pytest.mark.parametrize("code", ["ABCD", "X" * 16, "Z" * 300, "../../x", "%00", "ế"])
def test_an_unknown_code_is_told_so(client, db, code):
    response = client.get(reverse("papers:verify"), {"ma": code}, follow=True)
    assert response.status_code == 404
    assert "Không có giấy nào mang mã này" in response.content.decode()


def test_a_revoked_result_says_so_and_why(client, desk, result):
    revoke = {"action": "revoke", "note": "Cấp nhầm người.", "legal_ground": "Điều 21 Nghị định 61/2018/NĐ-CP"}
    workflow.advance(result.dossier, "correct_result", actor=desk.signer, **revoke)
    for page in (
        post_file(client, storage.read_stored(result.storage_key)),
        client.get(reverse("papers:verify_code", args=[result.verification_code])),
    ):
        assert "đã bị thu hồi" in page.content.decode()
        assert "Cấp nhầm người." in page.content.decode()
        assert f"Quyết định số {result.dossier.decisions.last().number}" in page.content.decode()


def test_a_replaced_result_points_to_the_new_one(client, desk, result, run_followups):
    workflow.advance(
        result.dossier,
        "correct_result",
        actor=desk.signer,
        action="replace",
        note="Sai số nhà.",
        content={**factories.CONTENT, "conclusion": "Đúng."},
    )
    run_followups()
    new = IssuedPaper.objects.filter(kind="result", state="valid").get()
    page = post_file(client, storage.read_stored(result.storage_key)).content.decode()
    assert "đã được thay bằng giấy khác" in page
    assert new.number in page


def test_a_confidential_holder_is_not_even_hinted_at(client, result):
    type(result.dossier).objects.filter(pk=result.dossier_id).update(confidential=True)
    page = client.get(reverse("papers:verify_code", args=[result.verification_code])).content.decode()
    assert "được giữ kín" in page
    assert "cư trú" not in page


def test_the_citizen_downloads_the_result_and_the_opening_is_noted(client, result):
    dossier = result.dossier
    client.force_login(dossier.submitter)
    response = client.get(result.get_absolute_url())
    assert b"".join(response.streaming_content) == storage.read_stored(result.storage_key)
    assert response["Content-Disposition"] == f'attachment; filename="ket-qua-giai-quyet-{dossier.code}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert AccessLog.objects.get(target=f"paper:{result.pk}").person == dossier.person
    dossier.refresh_from_db()
    assert dossier.opened_at


def test_others_get_404_and_leave_a_refused_attempt(client, result):
    assert client.get(result.get_absolute_url()).status_code == 302
    for stranger in (factories.citizen(), factories.user(receiving_clerk="H36.X001.CA"), factories.user(inspector="H18.X004.CA")):
        client.force_login(stranger)
        assert client.get(result.get_absolute_url()).status_code == 404
    left = AccessLog.objects.filter(target=f"paper:{result.pk}")
    assert [look.outcome for look in left] == [AccessLog.Outcome.REFUSED] * 3


def test_a_result_waiting_at_the_counter_is_not_in_the_account(client, result):
    with past_the_triggers():
        IssuedPaper.objects.filter(pk=result.pk).update(published_at=None)
    client.force_login(result.dossier.submitter)
    assert client.get(result.get_absolute_url()).status_code == 404
