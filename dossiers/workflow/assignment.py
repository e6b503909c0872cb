"""Who holds a dossier, where, what it waits for and until when: the columns that lists are read from."""

from accounts.roles import Role
from dossiers.states import DossierState
from dossiers.transitions.step import Step

HOURS_TO_DELIVER = 8  # working hours from the result to the hand-over (demo: the offerings' own «deliver» step)


def refresh_waiting(step: Step) -> None:
    """Write the columns anew after a step. An assignment keeps the holder it has just set."""
    dossier = step.dossier
    dossier.forget_open_steps()
    state = DossierState(dossier.state)
    runs = dossier.open_steps
    if state.is_final or state.waits_for_citizen:
        dossier.waiting_on = "" if state.is_final else "submitter"
        dossier.holder_agency, dossier.step_due_at = dossier.receiving_agency, dossier.supplement_due_at or dossier.payment_due_at
        dossier.holder = None
    elif state is DossierState.PROCESSING and runs:
        first = min(runs, key=lambda run: (run.due_at, run.position))
        dossier.waiting_on = "submitter" if first.kind == "applicant_confirm" and first.question else first.role
        dossier.holder_agency, dossier.holder, dossier.step_due_at = first.agency, first.holder, first.due_at
    elif state is DossierState.PROCESSING:
        dossier.waiting_on, dossier.holder, dossier.step_due_at = Role.SIGNER, None, dossier.due_at
    else:
        dossier.waiting_on, dossier.holder_agency = Role.RECEIVING_CLERK, dossier.receiving_agency
        if state is DossierState.COMPLETED:
            dossier.step_due_at = step.timekeeper.after(dossier.completed_at, HOURS_TO_DELIVER)
        else:
            dossier.step_due_at = dossier.reception_due_at if state is DossierState.SUBMITTED else dossier.due_at
        if step.name != "assign":
            dossier.holder = None
