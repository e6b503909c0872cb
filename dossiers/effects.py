"""What a step writes beside its own fields, named on the transition line and done inside its transaction.

`before_event` effects change the dossier and its rows; `after_event` ones need the event they hang on.
"""

from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.roles import Role
from dossiers import filing, guards, supplements
from dossiers.codes import next_code
from dossiers.models import (
    Decision,
    FeeLine,
    FeeObligation,
    FollowUp,
    PaymentStatus,
    StepRun,
    StepState,
)
from dossiers.states import DossierState
from dossiers.timekeeping import Timekeeper
from portal.common.vietnamese import sort_key

BEFORE, AFTER = {}, {}
OUTSIDE_THE_TERM = {"receive", "deliver"}  # these kinds of step have their own time, before and after the term


def before(effect):
    BEFORE[effect.__name__] = effect
    return effect


def after(effect):
    AFTER[effect.__name__] = effect
    return effect


def before_event(step):
    for name in step.line.custom["effects"]:
        if name in BEFORE:
            BEFORE[name](step)


def after_event(step, event):
    for name in step.line.custom["effects"]:
        if name in AFTER:
            AFTER[name](step, event)


# ---------------------------------------------------------------- filing
@before
def tidy_answers(step):
    """What the conditions hide is not filed."""
    step.dossier.answers = filing.storable_answers(step.dossier)


@before
def copy_subject(step):
    """Name, number, address and contact are copied: papers, register and search read the copy."""
    dossier = step.dossier
    if dossier.person_id is None and dossier.organisation_id is None:
        dossier.person = dossier.submitter.person
    subject = dossier.subject
    dossier.subject_name = subject.name if dossier.organisation_id else subject.full_name
    dossier.subject_sort_key = sort_key(dossier.subject_name)
    dossier.subject_id_number = (subject.tax_code if dossier.organisation_id else subject.id_number) or ""
    address = subject.address if dossier.organisation_id else subject.current_address or subject.permanent_address
    dossier.subject_address = filing.address_text(address)[:400]
    dossier.subject_phone = subject.phone or (dossier.submitter.phone if dossier.submitter else "")
    dossier.subject_email = subject.email or (dossier.submitter.email if dossier.submitter else "")
    dossier.identity_verified = not dossier.organisation_id and subject.identity_level == 2
    dossier.received_at, dossier.lead_agency = dossier.offering.received_at, dossier.offering.lead_agency
    dossier.code_agency = dossier.received_at


@before
def freeze_fees(step):
    """The lines computed now are the ones owed, in whole đồng, whatever becomes of the catalogue."""
    dossier = step.dossier
    fees = filing.fees(dossier)
    if fees.is_free and not fees.provisional:
        dossier.payment_status = PaymentStatus.NONE
        return
    provisional = fees.provisional or fees.total is None
    dossier.payment_status = PaymentStatus.PROVISIONAL if provisional else PaymentStatus.DUE
    obligation = FeeObligation(dossier=dossier, status=dossier.payment_status, timing=dossier.version.facts["payment_timing"])
    _write_lines(obligation, fees)


def _write_lines(obligation, fees):
    obligation.total = fees.total
    obligation.save()
    obligation.lines.all().delete()
    names = {f.name for f in FeeLine._meta.fields}
    FeeLine.objects.bulk_create(
        FeeLine(obligation=obligation, **{key: value for key, value in row.items() if key in names}) for row in fees.rows()
    )


@before
def decide_exemption(step):
    """The clerk confirms the claimed group, or refuses it: then the fee is counted anew without it."""
    dossier = step.dossier
    if not guards.claims_exemption(dossier):
        return
    obligation, group = dossier.obligation, dossier.asked["priority_group"]
    step.recorded["exemption"] = {"group": group, "decided": step.details["exemption"]}
    if step.details["exemption"] == "refuse":
        dossier.asked = {**dossier.asked, "priority_group": None, "refused_priority_group": group}
        _write_lines(obligation, filing.fees(dossier))
    obligation.status = FeeObligation.Status.DUE if obligation.total else FeeObligation.Status.WAIVED
    obligation.settled_at = None if obligation.total else step.now
    obligation.save(update_fields=["status", "settled_at"])
    dossier.payment_status = PaymentStatus.DUE if obligation.total else PaymentStatus.WAIVED


@before
def wait_for_payment(step):
    dossier = step.dossier
    if dossier.state == DossierState.PAYMENT_REQUIRED:
        term = dossier.version.facts["payment_deadline"] or dossier.version.document["defaults"]["payment_deadline"]
        dossier.payment_due_at = Timekeeper(dossier).working_deadline(step.now, term)
        dossier.reminded_at = None


@before
def number_the_dossier(step):
    """Last of all: the counter's lock is held only until the transaction ends."""
    step.dossier.code = next_code(step.dossier.code_agency)


# ---------------------------------------------------------------- money (attempts and receipts come with the payments)
@before
def settle_obligation(step):
    obligation = step.dossier.obligation
    if not step.job:
        obligation.status, obligation.settled_at = FeeObligation.Status.PAID_AT_COUNTER, step.now
        obligation.save(update_fields=["status", "settled_at"])
        step.recorded["amount"] = step.details["amount"]
    step.dossier.payment_status = PaymentStatus.PAID


@before
def waive_obligation(step):
    obligation = step.dossier.obligation
    obligation.status, obligation.settled_at = FeeObligation.Status.WAIVED, step.now
    obligation.save(update_fields=["status", "settled_at"])
    step.dossier.payment_status = PaymentStatus.WAIVED
    step.recorded["evidence"] = step.details["evidence"]


# ---------------------------------------------------------------- steps at the office
@before
def copy_steps(step):
    """The offering's steps become rows of this dossier: what is changed in the offering later moves nothing here."""
    dossier = step.dossier
    agencies = {a.code: a for a in Agency.objects.filter(code__in=[s["agency"] for s in dossier.offering.processing_steps])}
    StepRun.objects.bulk_create(
        StepRun(
            dossier=dossier,
            position=position,
            agency=agencies[s["agency"]],
            parallel_group=s["parallel_group"] or "",
            **{key: s[key] for key in ("key", "name", "kind", "role", "hours")},
        )
        for position, s in enumerate(dossier.offering.processing_steps)
        if s["kind"] not in OUTSIDE_THE_TERM
    )


@before
def flag_digitisation(step):
    step.dossier.digitised_at_receipt = step.dossier.attachments.current().exists()


@before
def open_first_steps(step):
    _open_next(step, after=-1)


@before
def close_step_and_open_next(step):
    """Close the runs this actor holds; when no parallel companion is left open, open what comes next."""
    mine = [run for run in step.dossier.open_steps if step.user.has_role(run.role, run.agency_id)] or step.dossier.open_steps
    for run in mine:
        _finish(run, step)
    step.recorded["steps"] = [run.name for run in mine]
    answered = [run for run in mine if run.kind == "consult" and run.question]
    for run in answered:
        run.answer = step.note
        run.save(update_fields=["answer"])
    still_open = step.dossier.step_runs.filter(state=StepState.OPEN)
    if not still_open.exists():
        _open_next(step, after=max(run.position for run in mine))


@before
def go_back_a_step(step):
    """Close what is open as returned, and run again from the chosen step in a new round."""
    dossier, target = step.dossier, step.details["back_to"]
    for run in dossier.open_steps:
        run.state, run.done_at, run.done_by = StepState.RETURNED, step.now, step.user
        run.save(update_fields=["state", "done_at", "done_by"])
    dossier.step_runs.filter(state=StepState.WAITING).delete()
    again = [run for run in dossier.step_runs.filter(position__gte=target.position, question="").order_by("position", "-round")]
    latest = {run.position: run for run in reversed(again)}
    new_round = max(run.round for run in dossier.step_runs.all()) + 1
    StepRun.objects.bulk_create(
        StepRun(
            dossier=dossier, round=new_round, position=run.position, key=run.key, name=run.name, kind=run.kind, role=run.role,
            agency=run.agency, hours=run.hours, parallel_group=run.parallel_group,
        )
        for run in sorted(latest.values(), key=lambda run: run.position)
    )  # fmt: skip
    step.recorded["back_to"] = target.name
    _open_next(step, after=target.position - 1)


@before
def open_consultation(step):
    dossier = step.dossier
    StepRun.objects.create(
        dossier=dossier,
        position=max(run.position for run in dossier.open_steps),
        round=max(run.round for run in dossier.open_steps),
        key="consult",
        name=_("Trả lời ý kiến"),
        kind="consult",
        role=Role.OFFICER,
        agency=step.details["agency"],
        hours=step.details["hours"],
        parallel_group="consult",
        state=StepState.OPEN,
        opened_at=step.now,
        due_at=Timekeeper(dossier).step_due(step.now, step.details["hours"]),
        question=step.details["question"],
    )
    step.recorded |= {"question": step.details["question"], "agency": step.details["agency"].code, "hours": step.details["hours"]}


@before
def ask_the_applicant(step):
    run = next(run for run in step.dossier.open_steps if run.kind == "applicant_confirm")
    run.question = step.details["question"]
    run.save(update_fields=["question"])
    step.recorded["question"] = run.question


@before
def record_confirmation(step):
    run = next(run for run in step.dossier.open_steps if run.kind == "applicant_confirm" and run.question)
    run.answer = step.note or _("Đồng ý.")
    _finish(run, step)
    run.save(update_fields=["answer"])
    _open_next(step, after=run.position)


@before
def set_holder(step):
    holder = step.details["holder"]
    runs = [run for run in step.dossier.open_steps if holder.has_role(run.role, run.agency_id)]
    for run in runs:
        run.holder = holder
        run.save(update_fields=["holder"])
    step.dossier.holder = holder
    step.recorded["holder"] = str(holder)


@before
def promise_new_date(step):
    step.recorded |= {"old": step.dossier.due_at.isoformat(), "new": step.details["new_due_at"].isoformat()}
    step.dossier.due_at = step.dossier.extended_to = step.details["new_due_at"]


@before
def close_open_steps(step):
    for run in step.dossier.open_steps:
        _finish(run, step)


def _finish(run, step):
    run.state, run.done_at, run.done_by = StepState.DONE, step.now, step.user
    run.save(update_fields=["state", "done_at", "done_by"])


def _open_next(step, after):
    """Open the next waiting step, with its whole parallel group. Each gets its own due time and, if alone, its holder."""
    dossier = step.dossier
    waiting = list(
        dossier.step_runs.filter(state=StepState.WAITING, position__gt=after)
        .select_related("agency")
        .order_by("round", "position")
    )
    if not waiting:
        return
    first = waiting[0]
    group = [run for run in waiting if first.parallel_group and run.parallel_group == first.parallel_group] or [first]
    keeper = Timekeeper(dossier)
    for run in group:
        run.state, run.opened_at, run.due_at = StepState.OPEN, step.now, keeper.step_due(step.now, run.hours)
        run.save(update_fields=["state", "opened_at", "due_at"])


def refresh_waiting(step):
    """The columns lists are read from: who holds the dossier, where, what it waits for, until when."""
    dossier = step.dossier
    dossier.__dict__.pop("_open_steps", None)
    state = DossierState(dossier.state)
    runs = dossier.open_steps
    if state.is_final or state.waits_for_citizen:
        dossier.waiting_on = "" if state.is_final else "submitter"
        dossier.holder_agency, dossier.step_due_at = dossier.received_at, dossier.supplement_due_at or dossier.payment_due_at
        dossier.holder = None
    elif state is DossierState.PROCESSING and runs:
        first = min(runs, key=lambda run: (run.due_at, run.position))
        dossier.waiting_on = "submitter" if first.kind == "applicant_confirm" and first.question else first.role
        dossier.holder_agency, dossier.holder, dossier.step_due_at = first.agency, first.holder, first.due_at
    elif state is DossierState.PROCESSING:
        dossier.waiting_on, dossier.holder, dossier.step_due_at = Role.SIGNER, None, dossier.due_at
    else:
        dossier.waiting_on, dossier.holder_agency = Role.RECEIVING_CLERK, dossier.received_at
        dossier.step_due_at = dossier.reception_due_at if state is DossierState.SUBMITTED else dossier.due_at
        if step.name != "assign":
            dossier.holder = None


# ---------------------------------------------------------------- supplements
@before
def set_supplement_term(step):
    """How long the citizen has, as the version says (default 7 working days)."""
    version = step.dossier.version
    term = version.facts["supplement_term"] or version.document["defaults"]["supplement_term"]
    step.dossier.supplement_due_at = Timekeeper(step.dossier).working_deadline(step.now, term)


@after
def open_supplement(step, event):
    supplements.open_request(step, event)


@before
def apply_supplement(step):
    supplements.apply(step)


@before
def record_legal_ground(step):
    """The notice of stopping prints it."""
    step.recorded["legal_ground"] = step.details["legal_ground"]


# ---------------------------------------------------------------- decisions and papers
@after
def freeze_decision(step, event):
    """Freeze what was decided: the signing job signs exactly this content."""
    from dossiers.papers.signing import content_hash

    dossier = step.dossier
    refused = step.name == "refuse_substance"
    content = {
        **step.details["content"],
        "code": dossier.code,
        "subject": dossier.subject_name,
        "reason": step.note if refused else "",
    }
    Decision.objects.create(
        dossier=dossier,
        event=event,
        outcome=Decision.Outcome.REFUSED if refused else Decision.Outcome.APPROVED,
        signer=step.user,
        agency=dossier.lead_agency,
        number=f"{event.pk}/{'TB' if refused else 'KQ'}-{dossier.lead_agency.code}",
        content=content,
        content_hash=content_hash(content),
        decided_at=step.now,
    )


@after
def owe_issue(step, event):
    FollowUp.objects.create(event=event, kind="issue", next_at=step.now)


@after
def owe_delivery(step, event):
    """A result for the account is published by a job, as soon as it is there and nothing is owed."""
    dossier = step.dossier
    if dossier.state == DossierState.COMPLETED and dossier.delivery_way == "account" and guards.nothing_owed(dossier):
        FollowUp.objects.create(event=event, kind="deliver", next_at=step.now)


@after
def correct_the_paper(step, event):
    """The old paper stays as a row and a file, and says for ever that it was replaced or revoked."""
    dossier = step.dossier
    old = dossier.decisions.last().paper
    if step.details["action"] == "revoke":
        old.state, old.state_reason = old.State.REVOKED, step.note
        old.save(update_fields=["state", "state_reason"])
    else:
        freeze_decision(step, event)
        FollowUp.objects.create(event=event, kind="replace", next_at=step.now)
