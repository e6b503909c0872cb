"""Renders papers as PDF: the template of each kind, and the frozen content attached to a result."""

from django.utils import translation

from dossiers.papers import frozen
from dossiers.papers.models import PaperKind
from portal.common.pdf import render_pdf

TEMPLATES = {PaperKind.APPLICATION_FORM: "procedures/eforms/print.html"}
TIMEOUT_SECONDS = 50  # enough for a register of hundreds of rows; the limit of the task is 60 s


def render_paper(kind, context, *, decision=None):
    """Render a paper of this kind as PDF bytes; with `decision` its frozen content is attached. Raises PdfError."""
    kind = PaperKind(kind)
    with translation.override("vi"):
        return render_pdf(
            TEMPLATES.get(kind, f"dossiers/papers/{kind.value}.html"),
            context,
            title=context["title"],
            timeout=TIMEOUT_SECONDS,
            attachments=[frozen.attachment(decision)] if decision else [],
        )
