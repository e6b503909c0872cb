"""Pages about evidence: what can be proven, the script, the anchors, the proof file of a dossier, the check of a printed hash."""

import base64
import datetime as dt
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.evidence import anchors
from dossiers.evidence import proof as proofs
from dossiers.evidence.acknowledgements import event_as_printed
from dossiers.models import Anchor, Dossier
from dossiers.papers import certificates
from dossiers.permissions import is_submitter
from portal.common.codes import MAX_TYPED_LENGTH

SCRIPT = Path(__file__).with_name("verify.py")
ANCHORS_SHOWN = 14
for_ever = cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)


def day_of(text):
    """The day in an address. Raises ValueError, which answers 404."""
    return dt.date.fromisoformat(text)


@login_not_required
@csrf_exempt  # changes nothing and needs no login: without a cookie the page can be cached
@require_http_methods(["GET", "HEAD", "POST"])
def explained(request):
    """What can be proven and how; checks the hash of an acknowledgement, sent by POST."""
    context = {
        "anchors": Anchor.objects.exclude(document="").order_by("-day")[:ANCHORS_SHOWN],
        "fingerprints": certificates.root_fingerprints(),
    }
    if request.method != "POST":
        return render(request, "dossiers/evidence/explained.html", context)
    code, printed = request.POST.get("ma", "")[:MAX_TYPED_LENGTH], request.POST.get("ma-bam", "")[:200]
    event = event_as_printed(code, printed)
    return render(
        request, "dossiers/evidence/explained.html", context | {"checked": True, "event": event, "code": code, "printed": printed}
    )


@login_not_required
@require_safe
def script(request):
    """`verify.py`, to be kept and run elsewhere."""
    return FileResponse(SCRIPT.open("rb"), as_attachment=True, filename=SCRIPT.name, content_type="text/x-python; charset=utf-8")


@login_not_required
@require_safe
def roots(request):
    """The root certificates, PEM."""
    return HttpResponse(certificates.trust_roots(), content_type="application/x-pem-file")


@login_not_required
@require_safe
@for_ever
def anchor(request, day):
    """The anchor of a day: signed text, signature, certificates."""
    return HttpResponse(anchors.as_file(_of_day(day)), content_type="application/json")


@login_not_required
@require_safe
@for_ever
def time_token(request, day):
    """The time token of a day (RFC 3161, DER); 404 where there is none."""
    found = _of_day(day)
    if not found.time_token:
        raise Http404
    return HttpResponse(base64.b64decode(found.time_token), content_type="application/timestamp-reply")


def _of_day(day):
    return get_object_or_404(Anchor.objects.exclude(document=""), day=day)


@require_safe
@never_cache
def proof(request, code):
    """The proof file, for the citizen's side only."""
    dossier = get_object_or_404(Dossier.objects.visible_to(request.user), code=code)
    if not is_submitter(dossier, request.user):
        raise Http404
    found = proofs.proof(dossier)
    if found is None:
        return render(request, "dossiers/evidence/not_yet.html", {"dossier": dossier}, status=409)
    answer = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{proofs.file_name(dossier)}"'
    return answer
