"""The endpoint to which a carrier reports."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from dossiers.parcels import notices
from dossiers.parcels.carriers import register
from dossiers.parcels.carriers.base import MAX_NOTICE_BYTES, BadSignature, Unreadable

log = logging.getLogger(__name__)


@never_cache
@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
def notice(request, carrier):
    """A notice: 200 when it is kept (also before), 400 unreadable, 401 not signed, 404 unknown parcel, 405 no POST."""
    found = register.CARRIERS.get(carrier)
    if found is None or not found.takes_orders:
        raise Http404
    if request.method != "POST":
        return _answer("method", 405)
    if len(request.body) > MAX_NOTICE_BYTES:
        return _answer("too long", 413)
    try:
        told = found.read_notice(request.body, request.headers)
        result = notices.keep(told, carrier=carrier)
    except BadSignature:
        return _refused(carrier, "signature", 401)
    except Unreadable as why:
        return _refused(carrier, str(why), 400)
    except notices.UnknownParcel:
        return _refused(carrier, "unknown parcel", 404)
    return _answer(result.value, 200)


def _refused(carrier, why, status):
    log.warning("notice of a carrier refused", extra={"carrier": carrier, "why": why})
    return _answer(why, status)


def _answer(result, status):
    return JsonResponse({"result": result}, status=status)
