"""How a body gives out what nobody holds: its head chooses a way, and who does which procedure."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from dossiers.desk.views.queue import for_staff
from dossiers.models import AssignmentRule, ProcedureAssignment
from portal.common import clock
from portal.common.figures import number_in
from procedures.models import Offering, Procedure

HEADS = (Role.HEAD, Role.DEPUTY)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def show(request):
    """The rules of the bodies this user heads. A POST sets one (`co-quan`, `vai`): `cach`, and a procedure with its person
    (`thu-tuc`, `nguoi`; without a person it goes). 404 for bodies of others and for words that are none."""
    bodies = Agency.objects.filter(pk__in=request.user.agencies_with(*HEADS)).order_by("name")
    if not bodies:
        raise Http404
    if request.method == "POST":
        _set(request, bodies)
        messages.success(request, _("Đã ghi cách giao việc."))
        return redirect("desk:assignment")
    return render(request, "dossiers/desk/assignment.html", {"blocks": [_block(body, role) for body in bodies for role in ROLES]})


ROLES = AssignmentRule.ROLES


def _people(body, role):
    seats = Membership.objects.current().filter(agency=body, role=role).values("user")
    return User.objects.filter(pk__in=seats, is_active=True).order_by("full_name")


def _procedures(body, role):
    """What this body takes in, or decides on."""
    place = "receiving_agency" if role == Role.RECEIVING_CLERK else "lead_agency"
    offered = Offering.objects.filter(**{place: body}).values("procedure")
    return Procedure.objects.filter(pk__in=offered).only("code", "name", "short_name").order_by("short_name", "code")


def _block(body, role):
    rule = AssignmentRule.objects.filter(agency=body, role=role).select_related("changed_by").first()
    way = rule.way if rule else AssignmentRule.Way.OFF
    return {
        "id": f"{body.pk}-{role}",
        "body": body,
        "role": role,
        "title": _("%(role)s, %(body)s") % {"role": Role(role).label.capitalize(), "body": body},
        "rule": rule,
        "ways": [{"value": value, "label": label, "checked": value == way} for value, label in AssignmentRule.Way.choices],
        "people": [{"value": person.pk, "label": str(person)} for person in _people(body, role)],
        "procedures": [{"value": row.code, "label": str(row)} for row in _procedures(body, role)],
        "given": rule.procedures.select_related("procedure", "user").order_by("procedure__code") if rule else [],
    }


@transaction.atomic
def _set(request, bodies):
    asked = request.POST
    body, role = bodies.filter(code=asked.get("co-quan", "")).first(), asked.get("vai", "")
    way, code = asked.get("cach", ""), asked.get("thu-tuc", "")
    if body is None or role not in ROLES or way not in AssignmentRule.Way.values:
        raise Http404
    chosen = {"way": way, "changed_by": request.user, "changed_at": clock.now()}
    rule, _new = AssignmentRule.objects.update_or_create(agency=body, role=role, defaults=chosen)
    if not code:
        return
    procedure = _procedures(body, role).filter(code=code).first()
    person = _people(body, role).filter(pk=number_in(asked.get("nguoi", ""))).first() if asked.get("nguoi") else None
    if procedure is None or (asked.get("nguoi") and person is None):
        raise Http404
    if person is None:
        rule.procedures.filter(procedure=procedure).delete()
    else:
        ProcedureAssignment.objects.update_or_create(rule=rule, procedure=procedure, defaults={"user": person})
