"""The proof file and `verify.py`, which runs as a program of its own; and the check of a printed hash."""

import copy
import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from dossiers import workflow
from dossiers.evidence import views
from dossiers.evidence.proof import proof
from dossiers.papers import certificates
from portal.common.digests import canonical
from tests import factories
from tests.dossiers.pages import browse
from tests.dossiers.workflow.test_history import change_past_the_trigger


@pytest.fixture
def dossier(desk):
    """Filed with a file, supplemented."""
    draft = desk.draft()
    factories.attachment(draft, "1.1")
    dossier = workflow.submit(draft, actor=draft.submitter)
    items = [{"target": "field", "key": "request_detail", "label": "Nội dung", "reason": "Ghi rõ nơi cần nộp giấy."}]
    dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=items)
    factories.edit_supplement(dossier, "Xin xác nhận để vay vốn ở ngân hàng.")
    return workflow.advance(dossier, "resubmit", actor=dossier.submitter)


@pytest.fixture
def proven(dossier, make_anchor):
    make_anchor()
    return proof(dossier)


@pytest.fixture
def verify(tmp_path):
    """Function: run `verify.py` on a proof, away from the portal. Returns the finished process."""

    def run(told, *arguments):
        path = tmp_path / "bang-chung.json"
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1))
        (tmp_path / "verify.py").write_bytes(views.SCRIPT.read_bytes())
        command = [sys.executable, "-I", "-S", "verify.py", path.name, *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"}, capture_output=True, text=True, timeout=60
        )

    return run


def root():
    return next(iter(certificates.root_fingerprints().values()))


def test_the_script_needs_the_standard_library_alone_and_stays_short():
    source = views.SCRIPT.read_text()
    assert len(source.splitlines()) <= 150
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)


def test_a_proof_is_verified_without_the_portal(proven, verify, tmp_path, anchor_dir):
    file = tmp_path / "giay-to.pdf"
    file.write_bytes(b"%PDF-1.4 giay to thu")
    published = next(anchor_dir.glob("*.json"))
    done = verify(proven, "--goc", root(), "--neo", published, file)
    assert done.returncode == 0, done.stderr
    assert "Neo do ai ký" in done.stdout and "Cổng dịch vụ công" in done.stdout
    assert proven["code"] in done.stdout and "3 bước" in done.stdout and "(khớp)" in done.stdout
    assert factories.ANSWERS["request_detail"] in done.stdout and "vay vốn ở ngân hàng" in done.stdout


def test_the_script_prints_the_hash_of_the_acknowledgement(dossier, proven, verify):
    assert dossier.events.first().hash in verify(proven).stdout


def changed(place, value):
    """A change of a proof: `place` as keys; `value` or a function of the old one."""

    def change(told):
        at = told
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = value(at[place[-1]]) if callable(value) else value

    return change


def other_value(fields):
    field = next(field for field in fields if field["key"] == "answers.request_detail")
    return [*(f for f in fields if f is not field), {**field, "value": "điều khác"}]


TAMPERED = {
    "an answer": changed(["answers", "1"], other_value),
    "an answer with its digest": changed(["answers", "1", 0, "digest"], "0" * 64),
    "an answer left out": changed(["answers", "3"], lambda fields: fields[1:]),
    "an answer twice": changed(["answers", "1"], lambda fields: [*fields, {**fields[0], "value": "x"}]),
    "a salt": changed(["answers", "1", 0, "salt"], "0" * 32),
    "answers of another step": changed(["answers"], lambda answers: {"1": answers["3"]}),
    "words": changed(["words", "1", "said"], ["Người Khác", "", {}]),
    "the time of the filing": changed(["events", 0, 8], "2026-01-01T00:00:00.000000+00:00"),
    "an event left out": changed(["events"], lambda events: events[1:]),
    "the last event left out": changed(["events"], lambda events: events[:-1]),
    "the code": changed(["code"], "H18.X004-260101-0001"),
    "the path": changed(["path"], [["L", "0" * 64]]),
    "the anchor": changed(["anchor", "document"], lambda text: text.replace('"leaves":1', '"leaves":2')),
    "the signature": changed(["anchor", "signature"], lambda text: "AAAA" + text[4:]),
    "the certificates": changed(["anchor", "certificates"], lambda pem: "-----BEGIN" + pem.split("-----BEGIN")[2] * 2),
}  # fmt: skip


@pytest.mark.slow
def test_tampered_proofs_are_refused(proven, verify):
    for name, change in TAMPERED.items():
        told = copy.deepcopy(proven)
        change(told)
        done = verify(told)
        assert done.returncode != 0 and "ĐÚNG" not in done.stdout, name


def test_a_proof_signed_by_keys_of_somebody_else_is_refused_by_the_fingerprint(proven, verify, settings, tmp_path):
    import base64

    theirs = copy.deepcopy(proven)
    settings.SIGNING_DIR = tmp_path / "others"
    certificates.ensure_development_ca()
    from dossiers.evidence.anchors import PORTAL

    signature, pem = certificates.sign_bytes(PORTAL, theirs["anchor"]["document"].encode())
    theirs["anchor"] |= {"signature": base64.b64encode(signature).decode(), "certificates": pem}
    assert verify(theirs).returncode == 0  # whole in itself
    settings.SIGNING_DIR = settings.VAR_DIR / "signing"
    assert "chứng thư gốc không phải" in verify(theirs, "--goc", root()).stderr


def test_another_anchor_or_another_file_is_refused(proven, verify, tmp_path):
    (tmp_path / "neo.json").write_text(json.dumps({"document": "{}"}))
    assert "neo lấy ở nơi khác" in verify(proven, "--neo", tmp_path / "neo.json").stderr
    (tmp_path / "khac.pdf").write_bytes(b"another")
    assert "không phải tệp đã nộp" in verify(proven, "khac.pdf").stderr


def test_answers_may_be_hidden_from_whom_the_proof_is_shown_to(proven, verify):
    for field in proven["answers"]["1"]:
        if field["key"] != "answers.request_detail":
            del field["salt"], field["value"]
    done = verify(proven, "--goc", root())
    assert done.returncode == 0, done.stderr
    assert factories.ANSWERS["ap_id_number"] not in done.stdout.split("Bản khai ở bước 3")[0]


# ---------------------------------------------------------------- doors
def test_the_citizen_alone_gets_the_file_and_only_once_it_is_anchored(dossier, desk, make_anchor):
    address, api = f"/ho-so/{dossier.code}/bang-chung.json", f"/api/v1/dossiers/{dossier.code}/proof/"
    mine = browse(dossier.submitter)
    assert mine.get(address).status_code == mine.get(api).status_code == 409
    make_anchor()
    page = mine.get(address)
    assert page["Content-Disposition"] == f'attachment; filename="bang-chung-{dossier.code}.json"'
    assert canonical(page.json()) == canonical(mine.get(api).json()) == canonical(json.loads(canonical(proof(dossier))))
    assert address in mine.get(f"/ho-so/{dossier.code}/").text
    for other in (desk.clerk, desk.head, factories.citizen()):
        assert browse(other).get(address).status_code == browse(other).get(api).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_script_the_roots_and_the_explanation_are_public(db, signing_keys):
    client = Client()
    assert b"".join(client.get("/kiem-chung/verify.py").streaming_content) == views.SCRIPT.read_bytes()
    assert "BEGIN CERTIFICATE" in client.get("/kiem-chung/chung-thu-goc.pem").text
    page = client.get("/kiem-chung/")
    assert root() in page.text and "verify.py" in page.text and "Chưa có neo nào" in page.text
    assert not page.cookies


def test_a_printed_hash_is_checked_on_the_page_and_by_the_command(dossier, signing_keys, capsys):
    printed = {event.step: event.hash for event in dossier.events.all()}
    for step in ("submit", "resubmit"):
        answer = Client().post(
            "/kiem-chung/", {"ma": f" {dossier.code.lower()}", "ma-bam": f"{printed[step][:32].upper()} {printed[step][32:]}"}
        )
        assert dossier.code in answer.text and "Khớp" in answer.text
        call_command("check_acknowledgement", dossier.code, printed[step])
    for code, given in ((dossier.code, "0" * 64), (dossier.code, ""), ("H18.X004-200101-0001", printed["submit"])):
        assert "Không khớp" in Client().post("/kiem-chung/", {"ma": code, "ma-bam": given}).text
        with pytest.raises(CommandError):
            call_command("check_acknowledgement", code, given)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dossiers_event SET at = at - interval '1 day' WHERE step = 'submit'",
        "DELETE FROM dossiers_answerrevision",
        "UPDATE dossiers_answerrevision SET content = jsonb_set(content, '{answers,ap_phone}', '1')",
    ],
)
def test_a_printed_hash_does_not_match_what_was_changed(dossier, signing_keys, statement):
    printed = dossier.events.last().hash
    change_past_the_trigger(statement)
    with pytest.raises(CommandError):
        call_command("check_acknowledgement", dossier.code, printed)
