"""Signing: one decision, one agency, the whole file; without the key nothing is signed and the follow-up is retried."""

import io
import stat
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pikepdf
import pytest

from dossiers.papers import frozen, signing
from dossiers.papers.verification import Verdict, check_pdf
from dossiers.papers.verification_child import examine
from portal.common.pdf import render_html

pytestmark = pytest.mark.needs_pdf

POLICE = SimpleNamespace(code="H18.X004.CA", name="Công an phường Điện Biên Phủ")
HTML = '<html lang="vi"><head><title>x</title><style>html{font:13pt Tinos}</style></head><body><p>Đường ế</p>%s</body></html>'


def decision(pk=7, agency=POLICE, **content):
    content = {"title": "Giấy xác nhận", "subject": "Nguyễn Hoàng Phượng Vỹ", **content}
    return SimpleNamespace(pk=pk, agency=agency, signer="Cà Thị Ước", content=content, content_hash=frozen.content_hash(content))


def rendered(of, html=""):
    return render_html(HTML % html, title="Giấy xác nhận", attachments=[frozen.attachment(of)])


@pytest.fixture(scope="module")
def signed_once():
    """One signed paper for the tests that only read it; made once for the session."""
    return {}


@pytest.fixture
def signed(signed_once):
    if not signed_once:
        one = decision()
        signed_once["paper"] = signing.sign_decision(one, rendered(one))
    return signed_once["paper"]


def test_a_signed_decision_verifies_and_names_agency_and_time(signed):
    verdict = check_pdf(signed.content)
    assert verdict.good
    assert (verdict.signer, verdict.agency, verdict.trial, verdict.reason) == (POLICE.name, POLICE.code, True, "")
    assert verdict.signed_at == signed.signed_at


def verdict_of(data):
    """The verdict, computed in a new thread: an earlier browser test may have left an event loop running in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return Verdict.of(thread.submit(examine, bytes(data), roots()).result())


def test_one_changed_byte_anywhere_is_refused(signed):
    data = bytearray(signed.content)
    assert verdict_of(data).good
    for place in range(0, len(data), len(data) // 97):
        changed = data.copy()
        changed[place] ^= 1
        assert not verdict_of(changed).good, place


def test_a_letter_changed_where_the_signature_itself_stands_is_refused(signed):
    data = signed.content
    start = data.index(b"/Contents <") + len(b"/Contents <")
    end = data.index(b">", start)
    small = data[:start] + data[start:end].lower() + data[end:]
    assert small != data and verdict_of(data).good and not verdict_of(small).good
    last_zero = data[: end - 1] + b"1" + data[end:]
    assert not verdict_of(last_zero).good


def test_something_added_after_signing_is_refused(signed, tmp_path):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    path = tmp_path / "a.pdf"
    path.write_bytes(signed.content)
    with path.open("rb+") as file:
        writer = IncrementalPdfFileWriter(file)
        writer.root["/Khac"] = writer.root["/Type"]
        writer.update_root()
        writer.write_in_place()
    verdict = check_pdf(path.read_bytes())
    assert verdict.signed and not verdict.good
    assert not check_pdf(signed.content + b"\n%more").good


def test_a_signature_of_a_stranger_is_not_trusted(signed, settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "other"
    signing.ensure_development_ca()
    verdict = check_pdf(signed.content)
    assert (verdict.signed, verdict.intact, verdict.trusted, verdict.reason) == (True, True, False, "stranger")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_a_pdf"),
        (b"GIF89a", "not_a_pdf"),
        (b"%PDF-1.7\n" + b"\x00" * 100_000, "unreadable"),
        (b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000, "unreadable"),
        (b"%PDF-" + b"9" * (11 * 1024 * 1024), "too_large"),
    ],
)
def test_whatever_the_file_is_there_is_an_answer(data, reason):
    verdict = check_pdf(data)
    assert not verdict.good
    assert verdict.reason == reason


def test_an_unsigned_paper_is_told_from_a_bad_one():
    assert check_pdf(render_html(HTML % "", title="x")).reason == "unsigned"


def test_the_stamp_lands_on_the_place_left_for_it():
    one = decision()
    place = '<div id="cho-ky" style="display:block;width:70mm;height:24mm;margin:30mm 0 0 60mm"></div>'
    with pikepdf.open(io.BytesIO(signing.sign_decision(one, rendered(one, place)).content)) as document:
        left, bottom, right, top = (float(x) for x in document.pages[0].Annots[0].Rect)
    assert round(right - left) == 198 and round(top - bottom) == 68
    assert 230 < left < 250


def test_content_changed_after_the_decision_is_not_signed():
    one = decision()
    pdf = rendered(one)
    one.content["subject"] = "Người Khác"
    with pytest.raises(signing.SigningRefused):
        signing.sign_decision(one, pdf)


def test_the_pdf_of_another_decision_is_not_signed():
    with pytest.raises(signing.SigningRefused):
        signing.sign_decision(decision(pk=8), rendered(decision(pk=7)))
    with pytest.raises(signing.SigningRefused):
        signing.sign_decision(decision(), render_html(HTML % "", title="x"))


def test_without_an_authority_the_answer_says_what_to_run(settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "nothing"
    one = decision()
    with pytest.raises(signing.SigningKeyMissing, match="ensure_signing_keys"):
        signing.sign_decision(one, rendered(one))


def test_a_lost_key_is_told_and_not_made_anew(settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "signing"
    signing.ensure_development_ca()
    signing.identity_of(POLICE)
    key = tmp_path / "signing" / "agencies" / "H18.X004.CA.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.unlink()
    with pytest.raises(signing.SigningKeyMissing, match="H18.X004.CA.key"):
        signing.identity_of(POLICE)


def test_a_name_that_is_a_path_is_no_agency():
    with pytest.raises(signing.SigningKeyMissing):
        signing.identity_of(SimpleNamespace(code="../../x", name="x"))


def test_the_authority_is_made_once(settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "signing"
    first = signing.ensure_development_ca().read_bytes()
    assert signing.ensure_development_ca().read_bytes() == first


def roots():
    from dossiers.papers.certificates import trust_roots

    return trust_roots()
