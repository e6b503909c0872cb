"""Who writes in the form of a step works on it: the step counts as taken (`workflow.taking`), also before anything is sent."""

from django.db import transaction
from django.urls import resolve

from accounts.models import User
from dossiers import permissions
from dossiers.desk.actions import STEP_OF
from dossiers.models import Dossier, StepRun
from dossiers.workflow import taking
from portal.common import clock

# Steps of who does an open step. Refusing a hand-over is the opposite of taking it; what heads do is about others' steps.
WORK = {
    "hand_over", "consult", "ask_supplement", "propose_supplement", "ask_confirmation", "go_on_unconfirmed", "set_fee",
    "return_step", "approve", "announce_visit", "send_joint_record",
}  # fmt: skip


@transaction.atomic
def note(user: User, address: str, chosen: str = "") -> None:
    """Words were typed by this user into the form that is sent to this address. `chosen`: the step chosen in the form, if any."""
    found = resolve(address)
    is_draft = found.view_name == "desk:draft"
    if not is_draft and not (found.view_name == "desk:step" and STEP_OF.get(found.kwargs["slug"]) in WORK):
        return
    seen = Dossier.objects.visible_to(user).filter(code=found.kwargs["code"]).values("pk")
    dossier = Dossier.objects.select_for_update(of=("self",)).filter(pk__in=seen).first()
    if dossier is None or permissions.is_own_dossier(dossier, user):
        return
    runs = permissions.drafting_steps(dossier, user) if is_draft else _of_form(dossier, user, chosen)
    taking.note_outside_steps(dossier, runs, clock.now())


def _of_form(dossier: Dossier, user: User, chosen: str) -> list[StepRun]:
    """The open steps that the form is about: the chosen one, else the only one of this user."""
    own = permissions.own_steps(dossier, user)
    return own if len(own) == 1 else [run for run in own if str(run.pk) == chosen]
