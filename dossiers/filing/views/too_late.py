"""A request that came after the draft was filed or discarded: is it the same request again, or does it bring something new?

The same again leads to the acknowledgement. Something new is answered 409 with what was typed, because nothing of it was stored.
"""

from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dossiers.files.changing import FilesClosed
from dossiers.files.checking import safe_name
from procedures.eforms import display_value, is_empty


def too_late(request, sentence, *, dossier=None, typed=()):
    """The page, or JSON for a script; status 409. `typed`: rows of ui/summary.html."""
    if request.headers.get("X-Requested-With") == "fetch":
        url = reverse("dossiers:detail", args=[dossier.code]) if dossier else reverse("dossiers:dashboard")
        return JsonResponse({"url": url, "detail": sentence}, status=409)
    files = [safe_name(file.name) for name in request.FILES for file in request.FILES.getlist(name)]
    context = {"sentence": sentence, "dossier": dossier, "typed": typed, "files": files}
    return render(request, "dossiers/filing/too_late.html", context, status=409)


def closed(request, dossier, typed=()):
    """`too_late` for a draft that is filed (`dossier`) or discarded (None)."""
    return too_late(request, FilesClosed(dossier).sentence(), dossier=dossier, typed=typed)


def filed_differently(request, dossier):
    """`too_late` for a second submit whose content is not what was filed."""
    sentences = [FilesClosed(dossier).sentence(), _("Nội dung đã nộp khác với nội dung của lần bấm này.")]
    return too_late(request, " ".join(sentences), dossier=dossier)


def is_stored(entered, known):
    """Are these answers (`PageInput`) the ones that are stored?"""
    return all(known.get(key) == value or (is_empty(value) and is_empty(known.get(key))) for key, value in entered.values.items())


def as_typed(form, entered):
    """Rows {term, lines} of the answers of a POST (`PageInput`): tables as typed, the rest as texts."""
    rows = []
    for key, value in entered.values.items():
        question = form.fields[key]
        if question.type == "table":
            texts = [text for name in entered.raw if name.startswith(f"{key}-") for text in entered.raw.getlist(name)]
        else:
            texts = [display_value(form, question, value)]
        rows += [{"term": question.label, "lines": [text for text in texts if text]}] if any(texts) else []
    return rows
