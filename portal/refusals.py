"""Refused attempts at objects of others leave a row in the access log.

A page answers 404 for what does not exist and for what this user may not see, alike. After that answer has left, this module
looks whether the object exists and is somebody else's, and writes one row: body and time of the answer stay the same. At most
MAX_AN_HOUR rows for each user (and for all visitors without a login together).
"""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from accounts.messages.models import Message
from accounts.models import AccessLog, Agency, LoginKind, Membership, StaffRequest, User, log_access
from accounts.roles import Role
from accounts.staffing.ending import may_end
from accounts.staffing.requests import visible_requests
from dossiers.custody.keeping import may_read as may_read_handover
from dossiers.custody.models import Handover
from dossiers.files.models import Attachment
from dossiers.filing import intake
from dossiers.models import CallTask, Dossier
from dossiers.papers.models import IssuedPaper
from dossiers.parcels.models import Parcel
from dossiers.permissions import is_submitter, may_open_paper, may_see_papers
from dossiers.states import DossierState
from dossiers.webhooks.models import Endpoint
from dossiers.webhooks.permissions import may_keep_webhooks
from payments import permissions as money
from payments.models import BankCredit, Difference, PaymentAttempt, PaymentComplaint, Refund
from portal.common import clock
from procedures.models import CatalogueFile, Procedure
from procedures.offerings.permissions import own_and_below
from procedures.office.permissions import may_edit, may_read

log = logging.getLogger(__name__)
MAX_AN_HOUR = 30


@dataclass(frozen=True)
class Door:
    """What an address names: `find(**kwargs)` is the queryset, `may(object, user)` whether it is no refusal, `dossier(object)`
    whose data it is. `forbids`: an answer 403 at this door is a refused attempt, too, whatever `may` says."""

    name: str
    find: Callable
    may: Callable
    dossier: Callable = lambda row: row
    forbids: bool = False


def _visible(dossier, user):
    return Dossier.objects.visible_to(user).filter(pk=dossier.pk).exists()


def _own(dossier, user):
    if dossier.submitter_id is None:  # a draft without an account belongs to a session, which is not looked at here
        return dossier.state == DossierState.DRAFT
    return user.is_authenticated and is_submitter(dossier, user)


def _of_attempt(row):
    attempt = getattr(row, "attempt", None)
    return attempt.obligation.dossier if attempt else None


FILED = Door("dossier", lambda code, **rest: Dossier.objects.filter(code=code), _visible)
CITIZENS_SIDE = Door("dossier", FILED.find, _own)
DRAFT = Door("dossier", lambda pk, **rest: Dossier.objects.filter(pk=pk), _own)
INTAKE = Door("draft", DRAFT.find, lambda row, user: user.is_authenticated and intake.may_open(row, user))
PAPER = Door(
    "paper", lambda pk, **rest: IssuedPaper.objects.filter(pk=pk),
    lambda row, user: _visible(row.dossier, user) and may_open_paper(row.dossier, row.kind, user), lambda row: row.dossier,
)  # fmt: skip
FILE = Door(
    "file", lambda pk, **rest: Attachment.objects.filter(pk=pk),
    lambda row, user: _own(row.dossier, user) or (_visible(row.dossier, user) and may_see_papers(row.dossier, user)),
    lambda row: row.dossier,
)  # fmt: skip
PARCEL = Door(
    "parcel", lambda reference, **rest: Parcel.objects.filter(reference=reference), lambda row, user: _visible(row.dossier, user),
    lambda row: row.dossier,
)  # fmt: skip
CALL = Door(
    "call task", lambda pk, **rest: CallTask.objects.filter(pk=pk), lambda row, user: _visible(row.dossier, user),
    lambda row: row.dossier,
)  # fmt: skip
HANDOVER = Door(
    "hand-over list", lambda reference, **rest: Handover.objects.filter(code=reference),
    lambda row, user: may_read_handover(row, user),
    lambda row: None,
)  # fmt: skip
MESSAGE = Door(
    "message", lambda pk, **rest: Message.objects.filter(pk=pk), lambda row, user: row.recipient_id == user.pk, lambda row: None
)
LOGIN = Door(
    "login", lambda object_id, **rest: User.objects.filter(pk=object_id, kind=LoginKind.CITIZEN), lambda row, user: False,
    lambda row: None,
)  # fmt: skip
REQUEST = Door(
    "request", lambda pk, **rest: StaffRequest.objects.filter(pk=pk),
    lambda row, user: visible_requests(user).filter(pk=row.pk).exists(), lambda row: None,
)  # fmt: skip
MEMBERSHIP = Door(
    "membership", lambda pk, **rest: Membership.objects.filter(pk=pk), lambda row, user: may_end(user, row), lambda row: None
)
STAFF_OF = Door(
    "agency", lambda code, **rest: Agency.objects.filter(code=code),
    lambda row, user: user.is_superuser or row.pk in user.agencies_with(Role.AGENCY_ADMIN), lambda row: None,
)  # fmt: skip
ATTEMPT = Door(
    "attempt", lambda reference, **rest: PaymentAttempt.objects.filter(reference=reference), money.sees_attempt,
    lambda row: row.obligation.dossier,
)  # fmt: skip
REFUND = Door("refund", lambda request_id, **rest: Refund.objects.filter(request_id=request_id), money.sees_refund, _of_attempt)
DIFFERENCE = Door("difference", lambda pk, **rest: Difference.objects.filter(pk=pk), money.sees_difference, _of_attempt)
CREDIT = Door("credit", lambda pk, **rest: BankCredit.objects.filter(pk=pk), money.sees_credit, _of_attempt)
COMPLAINT = Door("complaint", lambda pk, **rest: PaymentComplaint.objects.filter(pk=pk), money.sees_complaint, _of_attempt)


def _at(door, namespace, *names):
    return dict.fromkeys([f"{namespace}{name}" for name in names], door)


CATALOGUE = Door(
    "procedure", lambda code, **rest: Procedure.objects.filter(code=code), lambda row, user: may_read(user), lambda row: None,
    forbids=True,
)  # fmt: skip
CATALOGUE_FILE = Door(
    "catalogue_file", lambda pk: CatalogueFile.objects.filter(pk=pk), lambda row, user: may_edit(user), lambda row: None,
    forbids=True,
)  # fmt: skip
BODY = Door(
    "agency", lambda code, **rest: Agency.objects.filter(code=code), lambda row, user: row.pk in own_and_below(user),
    lambda row: None, forbids=True,
)  # fmt: skip

WEBHOOK = Door(
    "webhook", lambda pk, **rest: Endpoint.objects.filter(pk=pk), lambda row, user: may_keep_webhooks(user), lambda row: None
)

# By the name of the URL. `tests/test_refused_attempts.py` compares them with the addresses that name an object.
DOORS = {
    **_at(
        FILED,
        "dossiers:",
        "detail",
        "submitted",
        "slip",
        "result",
        "withdraw",
        "confirm",
        "supplement",
        "supplement_review",
        "papers_seen",
    ),
    **_at(FILED, "desk:", "answer_supplement", "dossier", "again", "step", "draft", "paper", "attached", "product"),
    **_at(FILED, "desk:", "at_once", "presence"),
    **_at(INTAKE, "desk:", "intake_draft", "intake_form", "intake_discard"),
    **_at(FILED, "desk:", "originals", "give_back", "custody_sheet", "folder_label"),
    **_at(HANDOVER, "desk:", "handover", "handover_pdf"),
    **_at(FILED, "api_", "dossier", "proof", "withdraw"),
    **_at(FILED, "evidence:", "proof"),
    **_at(FILED, "payments:", "counter_qr"),
    **_at(CITIZENS_SIDE, "payments:", "pay", "problem", "transfer", "transfer_qr", "status", "claim", "share"),
    **_at(CITIZENS_SIDE, "api_", "payment", "payment_attempts", "payment_claim", "proof"),
    **_at(CITIZENS_SIDE, "evidence:", "proof"),
    **_at(CITIZENS_SIDE, "dossiers:", "again", "conversation", "letter_file"),
    **_at(FILED, "desk:", "conversation", "note", "no_answer", "letter_file"),
    **_at(CITIZENS_SIDE, "api_", "letters"),
    **_at(DRAFT, "dossiers:", "resume", "renew", "filled_form", "step", "autosave", "discard", "read_draft"),
    **_at(DRAFT, "api_", "draft", "submit"),
    **_at(PAPER, "papers:", "download", "attached"),
    **_at(CITIZENS_SIDE, "api_supplement", "", "_answers", "_files", "_file", "_send"),
    **_at(FILE, "files:", "view", "original", "thumbnail"),
    **_at(CALL, "desk:", "call"),
    **_at(PARCEL, "desk:", "parcel_label", "parcel_ask", "parcel_cancel", "parcel_note"),
    **_at(MESSAGE, "accounts:", "message"),
    **_at(REQUEST, "accounts:", "staff_request"),
    **_at(MEMBERSHIP, "accounts:", "staff_end"),
    **_at(STAFF_OF, "accounts:", "staff_people"),
    **_at(LOGIN, "admin:accounts_user_", "change", "delete", "history"),
    **_at(ATTEMPT, "accounting:", "attempt", "decide", "propose", "receipt"),
    **_at(REFUND, "accounting:", "refund", "refund_step"),
    **_at(DIFFERENCE, "accounting:", "difference", "difference_step"),
    **_at(CREDIT, "accounting:", "credit", "credit_step"),
    **_at(CATALOGUE, "office:", "procedure", "start", "end", "draft", "preview", "section", "examples", "example", "condition"),
    **_at(CATALOGUE, "office:", "autosave", "beside"),
    **_at(CATALOGUE, "office:", "version_file", "shipped", "form", "form_page", "form_condition"),
    **_at(CATALOGUE, "office:", "form_field", "form_checks", "form_check_condition"),
    **_at(CATALOGUE_FILE, "office:", "file"),
    **_at(CATALOGUE, "simulation:", "page", "walk", "walk_step"),
    **_at(BODY, "offerings:", "desk", "below", "offerings", "offering", "many", "add", "end", "move"),
    **_at(BODY, "offerings:", "amounts", "amounts_of", "withdraw_amount"),
    **_at(WEBHOOK, "webhooks:", "endpoint"),
    **_at(COMPLAINT, "accounting:", "complaint"),
}


def record_refusals(get_response):
    """Middleware: after a 404 (or a 403 where the door forbids) at one of DOORS has been sent, write a row if the object exists
    and is somebody else's."""

    def middleware(request):
        response = get_response(request)
        match = getattr(request, "resolver_match", None)
        door = DOORS.get(match.view_name) if match else None
        if door and (response.status_code == 404 or (response.status_code == 403 and door.forbids)):
            response._resource_closers.append(lambda: _record(request, door, match.kwargs, response.status_code == 403))
        return response

    return middleware


def _record(request, door, kwargs, forbidden=False):
    try:
        with transaction.atomic():
            row = door.find(**kwargs).first()
            if row is None or (door.may(row, request.user) and not forbidden) or _is_capped(request.user):
                return
            dossier = door.dossier(row)
            owner = dossier or row
            person = getattr(owner, "person", None) or getattr(getattr(owner, "submitter", None), "person", None)
            log_access(
                request, "view", f"{door.name}:{row.pk}", person=person, organisation=getattr(owner, "organisation", None),
                outcome=AccessLog.Outcome.REFUSED,
            )  # fmt: skip
    except Exception:
        log.exception("a refused attempt was not recorded")


def _is_capped(user):
    since = clock.now() - dt.timedelta(hours=1)
    actor = user if user.is_authenticated else None
    return AccessLog.objects.filter(actor=actor, outcome=AccessLog.Outcome.REFUSED, at__gt=since).count() >= MAX_AN_HOUR
