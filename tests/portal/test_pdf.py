"""PDFs are archival, tagged, Vietnamese and the same on every machine; errors of the renderer do not affect the portal."""

import io
import os
import signal
import time

import pikepdf
import pytest
from celery.signals import worker_process_init
from pdfminer.high_level import extract_text

from portal import celery
from portal.common import pdf, sandbox

pytestmark = pytest.mark.needs_pdf

HTML = '<html lang="vi"><head><title>x</title><style>html{font:13pt Tinos}</style></head><body><p>Đường số ế</p>%s</body></html>'


@pytest.fixture
def renderer(monkeypatch):
    """A renderer for this test only."""
    own = pdf.Renderer()
    monkeypatch.setattr(pdf, "_renderer", own)
    yield own
    own._drop()


def opened(content):
    return pikepdf.open(io.BytesIO(content))


def test_a_pdf_is_archival_tagged_and_says_its_language_and_title():
    with opened(pdf.render_html(HTML % "", title="Giấy thử ế")) as document:
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
            assert metadata["dc:title"] == "Giấy thử ế"
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith("vi")
        fonts = {str(f.get("/FontName", "")) for f in document.objects if isinstance(f, pikepdf.Dictionary) and "/FontFile2" in f}
        assert all("Tinos" in font for font in fonts) and fonts


def test_attachments_travel_inside():
    with opened(pdf.render_html(HTML % "", title="x", attachments=[("noi-dung.json", b'{"a":1}')])) as document:
        assert document.attachments["noi-dung.json"].get_file().read_bytes() == b'{"a":1}'


def test_no_address_but_data_is_opened(renderer, tmp_path, caplog):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    hostile = f'<img src="file://{secret}" alt="a"><img src="http://127.0.0.1:1/x.png" alt="b"><link rel="attachment" href="file://{secret}">'
    with opened(pdf.render_html(HTML % hostile, title="x")) as document:
        assert not list(document.attachments)
    assert "disallowed protocol" in caplog.text


def test_a_document_that_takes_too_long_is_stopped_and_the_next_one_is_drawn(renderer):
    rows = "<table>" + "<tr><td>a</td><td>b</td></tr>" * 60_000 + "</table>"
    began = time.monotonic()
    with pytest.raises(pdf.PdfTimeout):
        pdf.render_html(HTML % rows, title="x", timeout=2)
    assert time.monotonic() - began < 6
    assert pdf.render_html(HTML % "", title="x").startswith(b"%PDF-1.7")


def test_a_child_that_was_killed_is_replaced(renderer):
    pdf.render_html(HTML % "", title="x")
    os.kill(renderer._child.pid, signal.SIGKILL)
    renderer._child.wait()
    assert pdf.render_html(HTML % "", title="x").startswith(b"%PDF-1.7")


def test_a_child_does_many_jobs_and_is_then_renewed(renderer, monkeypatch):
    monkeypatch.setattr(pdf, "JOBS_PER_CHILD", 2)
    children = []
    for _ in range(3):
        pdf.render_html(HTML % "", title="x")
        children.append(renderer._child.pid)
    assert children[0] == children[1] != children[2]


def test_the_child_knows_no_secret(renderer, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "very secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    pdf.render_html(HTML % "", title="x")
    with open(f"/proc/{renderer._child.pid}/environ", "rb") as environment:
        assert b"secret" not in environment.read()


def test_a_worker_has_its_renderer_before_the_first_paper_and_keeps_it(renderer):
    celery._load()
    child = renderer._child
    with open(f"/proc/{child.pid}/environ", "rb") as environment:
        assert b"STAYS=1" in environment.read()
    pdf.render_html(HTML % "", title="x")
    assert renderer._child is child and celery.make_ready in [call() for _, call in worker_process_init.receivers]


def test_the_child_leaves_when_its_parent_is_gone(tmp_path):
    pid = os.fork()
    if pid == 0:
        pdf.render_html(HTML % "", title="x")
        (tmp_path / "pid").write_text(str(pdf._renderer._child.pid))
        os._exit(0)
    os.waitpid(pid, 0)
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _runs(child):
        time.sleep(0.2)
    assert not _runs(child)


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_machine_without_pango_is_told_in_one_line(renderer, monkeypatch):
    def no_pango(*args, **kwargs):
        raise sandbox.ChildRefusal("no Pango: cannot load library 'libgobject-2.0-0'")

    monkeypatch.setattr(sandbox, "ask", no_pango)
    assert "apt-get install" in pdf.why_no_pdf()
    assert not pdf.pdf_available()


def test_a_text_that_just_fits_its_line_is_not_broken_after_its_first_word():
    name = "Trung tâm Phục vụ hành chính công tỉnh Điện Biên"
    lines = "".join(
        f'<div style="width:{width}mm"><dt>Nơi tiếp nhận: </dt>\n<dd>\n  {name}\n </dd></div>' for width in range(120, 145)
    )
    html = HTML % f"<style>dt,dd{{display:inline;margin:0}} dd{{font-weight:bold}}</style><dl>{lines}</dl>"
    assert "Trung\n" not in extract_text(io.BytesIO(pdf.render_html(html, title="x")))
