"""Papers of a dossier as PDF: which template a kind has, and the frozen content that travels inside a result."""

from django.utils import translation

from dossiers.papers import frozen
from dossiers.papers.models import PaperKind
from portal.common.pdf import render_pdf

TEMPLATES = {PaperKind.APPLICATION_FORM: "procedures/eforms/print.html"}
SECONDS = 50  # a register of hundreds of rows on a busy machine; the task's own limit is 60


def render_paper(kind, context, *, decision=None):
    """Draw a paper of this kind; a result carries the frozen content of its decision inside. Raises PdfError."""
    kind = PaperKind(kind)
    with translation.override("vi"):
        return render_pdf(
            TEMPLATES.get(kind, f"dossiers/papers/{kind.value}.html"),
            context,
            title=context["title"],
            timeout=SECONDS,
            attachments=[frozen.attachment(decision)] if decision else [],
        )
