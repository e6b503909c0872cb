"""Renders papers as PDF: the template of each kind, and what is attached to a result."""

from django.utils import translation

from dossiers.papers.models import PaperKind
from portal.common.pdf import render_pdf

TEMPLATES = {PaperKind.APPLICATION_FORM: "procedures/eforms/print.html"}
TIMEOUT_SECONDS = 50  # enough for a register of hundreds of rows; the limit of the task is 60 s


def render_paper(kind, context):
    """Render a paper of this kind as PDF bytes. Raises PdfError."""
    kind = PaperKind(kind)
    return _render(TEMPLATES.get(kind, f"dossiers/papers/{kind.value}.html"), context, [])


def render_result(kind, context, attachments):
    """Render a paper of a decision; `attachments`: its frozen content and files made elsewhere, as (name, bytes)."""
    return _render(f"dossiers/papers/{PaperKind(kind).value}.html", context, attachments)


def _render(template, context, attachments):
    with translation.override("vi"):
        return render_pdf(template, context, title=context["title"], timeout=TIMEOUT_SECONDS, attachments=attachments)
