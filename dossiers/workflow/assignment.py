"""The columns used by lists: who holds a dossier, at which agency, what it waits for, until when."""

from accounts.roles import Role
from dossiers.choices import ON_ITS_WAY, DeliveryWay
from dossiers.states import DossierState
from dossiers.transitions.step import Step
from dossiers.workflow import taking

ABOUT_THE_HOLDER = ("assign", "claim", "give_back", "give_out", "pass_on")  # steps that set the holder of a dossier at the desk
HOURS_TO_DELIVER = 8  # working hours from the result to the delivery, or from a failed delivery to the next try (demo value)
POST = "post"  # `waiting_on` while a parcel is on its way


def refresh_waiting(step: Step) -> None:
    """Compute the columns again after a step. What a step about the holder set is kept."""
    dossier, state = step.dossier, DossierState(step.dossier.state)
    dossier.take_by = taking.take_by(dossier)
    if state.is_final or dossier.decided_at:
        dossier.supplement_proposed_at = None
    if state.is_final or state.waits_for_citizen:
        dossier.waiting_on = "" if state.is_final else "submitter"
        dossier.holder_agency_id = dossier.receiving_agency_id
        dossier.holder, dossier.step_due_at = None, dossier.supplement_due_at or dossier.payment_due_at
    elif state is DossierState.PROCESSING and dossier.open_steps:
        first = min(dossier.open_steps, key=lambda run: (run.due_at, run.position))
        dossier.waiting_on = "submitter" if first.waits_for_applicant else first.role
        dossier.holder_agency_id, dossier.holder_id, dossier.step_due_at = first.agency_id, first.holder_id, first.due_at
    elif state is DossierState.PROCESSING:
        dossier.waiting_on, dossier.holder, dossier.step_due_at = Role.SIGNER, None, dossier.due_at
    else:
        dossier.waiting_on, dossier.holder_agency_id = Role.RECEIVING_CLERK, dossier.receiving_agency_id
        if state is DossierState.COMPLETED:
            dossier.step_due_at = step.timekeeper.after(dossier.completed_at, HOURS_TO_DELIVER)
        else:
            dossier.step_due_at = dossier.reception_due_at if state is DossierState.SUBMITTED else dossier.due_at
        if step.name not in ABOUT_THE_HOLDER:
            dossier.holder = None
        if state is DossierState.COMPLETED and dossier.delivery_way == DeliveryWay.POST:
            _of_its_parcel(step)


def _of_its_parcel(step: Step) -> None:
    """While the post has it the desk has nothing to do; a parcel that could not be delivered has an owner and a new due time."""
    dossier = step.dossier
    parcel = dossier.parcels.order_by("-pk").first()
    if parcel is None:
        return
    if parcel.state in ON_ITS_WAY:
        dossier.waiting_on, dossier.holder, dossier.step_due_at = POST, None, None
    elif step.name not in ABOUT_THE_HOLDER:
        dossier.holder = parcel.owner
        dossier.step_due_at = step.timekeeper.after(parcel.state_at, HOURS_TO_DELIVER)
