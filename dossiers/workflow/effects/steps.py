"""Effects on the processing steps: copied at acceptance, opened, closed, returned, consultations, confirmations."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.roles import Role
from dossiers.access_log import files_read
from dossiers.choices import IntervalKind, Product
from dossiers.filing import rules
from dossiers.models import StepRun, StepState
from dossiers.permissions import ASKED_KINDS, does_the_step, own_steps
from dossiers.states import DossierState
from dossiers.transitions.choices import Effect
from dossiers.transitions.inputs import JOINT
from dossiers.transitions.step import Choice, Step
from dossiers.workflow import taking
from dossiers.workflow.effects.registry import before
from portal.common import clock
from portal.common.dates import moment

OUTSIDE_THE_TERM = {"receive", "deliver"}  # kinds of step before and after the processing term


@before(Effect.COPY_STEPS)
def copy_steps(step: Step) -> None:
    """Copy the offering's steps to rows of this dossier; later changes of the offering do not affect it."""
    dossier = step.dossier
    agencies = {a.code: a for a in Agency.objects.filter(code__in=[s["agency"] for s in dossier.offering.processing_steps])}
    StepRun.objects.bulk_create(
        StepRun(
            dossier=dossier,
            position=position,
            agency=agencies[s["agency"]],
            parallel_group=s["parallel_group"] or "",
            produces=s.get("produces") or {},
            **{key: s[key] for key in ("key", "name", "kind", "role", "hours")},
        )
        for position, s in enumerate(dossier.offering.processing_steps)
        if s["kind"] not in OUTSIDE_THE_TERM
    )


@before(Effect.FLAG_DIGITISATION)
def flag_digitisation(step: Step) -> None:
    step.dossier.digitised_at_receipt = rules.digitised(step.dossier)


@before(Effect.RECORD_READING)
def record_reading(step: Step) -> None:
    """Record for each file when this person had it on screen last; None: not read."""
    if step.user:
        read = files_read(step.dossier, step.user)
        step.recorded["read"] = {str(pk): at.isoformat() if at else None for pk, at in read.items()}


@before(Effect.OPEN_FIRST_STEPS)
def open_first_steps(step: Step) -> None:
    _open_next(step, after=-1)


@before(Effect.CLOSE_STEP_AND_OPEN_NEXT)
def close_step_and_open_next(step: Step) -> None:
    """Close the chosen step with what it delivers; when no parallel step is left open, open the next."""
    run, product = step.details["step"], step.details.get("product") or {}
    if run.question or run.visit or run.must_produce == Product.OPINION:
        run.answer = step.note or (_("Đồng ý ký.") if run.kind == JOINT else "")
    if run.visit:
        _record_visit(run, step)
    if run.must_produce in product_kinds(product):
        run.product = product
        step.recorded["product"] = {"text": product["text"]} if "text" in product else {"file": _named(product["file"])}
    _close(run, step)
    run.save(update_fields=["answer", "product", "visit"])
    step.recorded["steps"] = [run.name]
    if not step.dossier.open_steps:
        _open_next(step, after=run.position)


@before(Effect.ANNOUNCE_VISIT)
def announce_visit(step: Step) -> None:
    run, visit = step.details["step"], step.details["visit"]
    run.visit = {"at": visit["at"].isoformat(), "place": visit["place"], "people": visit["people"]}
    run.save(update_fields=["visit"])
    taking.note([run], step.now)
    step.recorded |= {"steps": [run.name], "visit": run.visit}


def _record_visit(run: StepRun, step: Step) -> None:
    visit = step.details["visit"]
    run.visit = run.visit | {"held_at": visit["held_at"].isoformat(), "photos": visit.get("photos", [])}
    step.recorded["visit"] = run.visit | {"photos": [_named(photo) for photo in run.visit["photos"]]}


def product_kinds(product: dict[str, Any]) -> set[str]:
    """The kinds of `Product` that this value can be."""
    return {kind for kind, name in ((Product.NUMBER, "text"), (Product.FILE, "file")) if product.get(name)}


def _named(file: dict[str, Any]) -> dict[str, Any]:
    """What the history says of a file."""
    return {"name": file["name"], "sha256": file["sha256"]}


@before(Effect.TAKE)
@before(Effect.TAKE_OVER)
def take(step: Step) -> None:
    run = step.details["step"]
    assert step.user is not None
    step.recorded |= {"steps": [run.name], "holder": str(step.user)}
    run.holder, run.taken_at = step.user, run.taken_at if run.holder_id == step.user.pk and run.taken_at else step.now
    run.save(update_fields=["holder", "taken_at"])


@before(Effect.TAKE_BY_WORKING)
def take_by_working(step: Step) -> None:
    """Who consults, asks or charges for an open step works on it: it needs no press of its own to count as taken."""
    if step.user and step.line.source == DossierState.PROCESSING:
        taking.note([run for run in own_steps(step.dossier, step.user) if run.kind not in ("sign", *ASKED_KINDS)], step.now)


@before(Effect.CLAIM)
def claim(step: Step) -> None:
    step.dossier.holder = step.user
    step.recorded["holder"] = str(step.user)


@before(Effect.GIVE_BACK)
@before(Effect.PASS_ON)
def give_to(step: Step) -> None:
    """What the actor holds goes to the colleague, or to everybody with the role; a step must be taken anew."""
    holder = step.details.get("holder") if step.name == "pass_on" else None
    assert step.user is not None
    for run in [run for run in step.dossier.open_steps if run.holder_id == step.user.pk]:
        run.holder, run.taken_at = holder, None
        run.take_by = step.timekeeper.take_by(step.now, run.agency)
        run.save(update_fields=["holder", "taken_at", "take_by"])
    step.dossier.holder = holder
    if holder:
        step.recorded["holder"] = str(holder)


@before(Effect.REFUSE_HANDOVER)
def refuse_handover(step: Step) -> None:
    """Close the step as returned. A question goes back unanswered, the reason is its answer; else the step before is repeated."""
    run = step.details["step"]
    step.recorded["steps"] = [run.name]
    if not run.question:
        go_back_a_step(step)
        return
    run.answer = step.note
    _close(run, step, StepState.RETURNED)
    run.save(update_fields=["answer"])
    if not step.dossier.open_steps:
        _open_next(step, after=run.position)


@before(Effect.GO_BACK_A_STEP)
def go_back_a_step(step: Step) -> None:
    """Close the open steps as returned, and repeat the steps from the chosen one in a new round."""
    dossier, target = step.dossier, step.details["back_to"]
    for run in dossier.open_steps:
        _close(run, step, StepState.RETURNED)
    dossier.step_runs.filter(state=StepState.WAITING).delete()
    again = [run for run in dossier.step_runs.filter(position__gte=target.position, question="").order_by("position", "-round")]
    latest = {run.position: run for run in reversed(again)}
    new_round = max(run.round for run in dossier.step_runs.all()) + 1
    StepRun.objects.bulk_create(
        StepRun(
            dossier=dossier, round=new_round, position=run.position, key=run.key, name=run.name, kind=run.kind, role=run.role,
            agency_id=run.agency_id, hours=run.hours, parallel_group=run.parallel_group, produces=run.produces,
        )
        for run in sorted(latest.values(), key=lambda run: run.position)
    )  # fmt: skip
    step.recorded["back_to"] = target.name
    _open_next(step, after=target.position - 1)


@before(Effect.OPEN_CONSULTATION)
def open_consultation(step: Step) -> None:
    dossier = step.dossier
    run = StepRun.objects.create(
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
        due_at=step.timekeeper.after(step.now, step.details["hours"]),
        asked_by=step.user,
        take_by=step.timekeeper.take_by(step.now, step.details["agency"]),
        question=step.details["question"],
        produces={"kind": Product.OPINION, "label": _("ý kiến trả lời"), "line": None},
    )
    dossier.reset_open_steps()
    if dossier.due_at and run.due_at > dossier.due_at:
        step.recorded["past_the_term"] = True
    step.recorded |= {"question": step.details["question"], "agency": step.details["agency"].code, "hours": step.details["hours"]}


@before(Effect.OPEN_JOINT_RECORD)
def open_joint_record(step: Step) -> None:
    """One open step for each body, beside the one that sends it. What is signed off is the same text for all (`question`)."""
    dossier, details = step.dossier, step.details
    here = max(dossier.open_steps, key=lambda run: run.position)
    for run in dossier.open_steps:
        if run.kind == JOINT:  # a record that is sent again stands for the one before
            _close(run, step, StepState.CANCELLED)
    StepRun.objects.bulk_create(
        StepRun(
            dossier=dossier, position=here.position, round=here.round, key=JOINT, kind=JOINT, name=_("Ký chung biên bản"),
            role=Role.OFFICER, agency=agency, hours=details["hours"], parallel_group=JOINT, state=StepState.OPEN,
            opened_at=step.now, due_at=step.timekeeper.after(step.now, details["hours"]), asked_by=step.user,
            take_by=step.timekeeper.take_by(step.now, agency), question=details["question"],
        )
        for agency in details["agencies"]
    )  # fmt: skip
    dossier.reset_open_steps()
    step.recorded |= {"question": details["question"], "agencies": [agency.code for agency in details["agencies"]]}


@before(Effect.ASK_THE_APPLICANT)
def ask_the_applicant(step: Step) -> None:
    """The applicant's term begins when they are asked, whatever is left of the term of the dossier, which is paused."""
    runs = [run for run in step.dossier.open_steps if run.kind == "applicant_confirm" and not run.waits_for_applicant]
    run = runs[0]
    run.question, run.answer = step.details["question"], ""
    run.due_at, run.taken_at = step.timekeeper.after(step.now, run.hours), run.taken_at or step.now
    run.save(update_fields=["question", "answer", "due_at", "taken_at"])
    step.recorded["answer_by"] = run.due_at.isoformat()
    step.recorded["question"] = run.question


@before(Effect.RECORD_CONFIRMATION)
def record_confirmation(step: Step) -> None:
    _end_the_question(step, step.note or _("Đồng ý."))


@before(Effect.RECORD_SILENCE)
def record_silence(step: Step) -> None:
    _end_the_question(step, _("Không trả lời đến hết hạn."))


@before(Effect.RECORD_CONSENT)
def record_consent(step: Step) -> None:
    """Close each silent step of another body; its answer says that there was none, and by which law that is consent."""
    silent = [run for run in step.dossier.open_steps if run.is_silent(step.now)]
    for run in silent:
        facts = {"when": moment(run.due_at), "ground": run.silence_ground}
        run.answer = _("Không trả lời đến hết hạn %(when)s, coi như đồng ý theo %(ground)s.") % facts
        _close(run, step)
        run.save(update_fields=["answer"])
    step.recorded["steps"] = [f"{run.name} – {run.agency}" for run in silent]
    if not step.dossier.open_steps:
        _open_next(step, after=max(run.position for run in silent))


@before(Effect.END_THE_WAIT)
def end_the_wait(step: Step) -> None:
    """The clock waits no longer; the question stays open until the office goes on, so that a late answer still counts."""
    for run in step.dossier.open_steps:
        if run.waits_for_applicant and run.due_at and run.due_at <= step.now:
            run.answer = _("Không trả lời đến hết hạn.")
            run.save(update_fields=["answer"])


@before(Effect.GIVE_BACK_TERM)
def give_back_term(step: Step) -> None:
    """After a refused withdrawal the term of the citizen that ran before it (supplement, fee, confirmation) ends later by the
    working days of the withdrawal: they could not answer meanwhile."""
    dossier = step.dossier
    asked = [run for run in dossier.open_steps if run.waits_for_applicant] if dossier.accepted_at else []
    if not (dossier.supplement_due_at or dossier.payment_due_at or asked):
        return
    since = dossier.intervals.get(ended_at=None, kind=IntervalKind.WITHDRAWAL).started_at
    calendar = step.timekeeper.calendar
    days = calendar.working_days_between(clock.local(since).date(), clock.local(step.now).date())

    def later(moment: dt.datetime) -> dt.datetime:
        local = clock.local(moment)
        return dt.datetime.combine(calendar.add_working_days(local.date(), days), local.timetz()) if days else moment

    if dossier.supplement_due_at:
        dossier.supplement_due_at = later(dossier.supplement_due_at)
    if dossier.payment_due_at:
        dossier.payment_due_at = later(dossier.payment_due_at)
    for run in asked:
        run.due_at = later(run.due_at)
        run.save(update_fields=["due_at"])


def _end_the_question(step: Step, answer: str) -> None:
    run = next(run for run in step.dossier.open_steps if run.asks_applicant)
    run.answer = answer
    _close(run, step)
    run.save(update_fields=["answer"])
    if not step.dossier.open_steps:
        _open_next(step, after=run.position)


@before(Effect.SET_HOLDER)
def set_holder(step: Step) -> None:
    holder, run = step.details["holder"], step.details.get("step")
    if run:
        if run.taken_at and run.holder_id != holder.pk:  # handed from one person to another
            run.taken_at, run.take_by = None, step.timekeeper.take_by(step.now, run.agency)
        run.holder = holder
        run.save(update_fields=["holder", "taken_at", "take_by"])
        step.recorded["steps"] = [run.name]
    step.dossier.holder = holder
    step.recorded["holder"] = str(holder)


@before(Effect.PROMISE_NEW_DATE)
def promise_new_date(step: Step) -> None:
    step.recorded |= {"old": step.dossier.due_at.isoformat(), "new": step.details["new_due_at"].isoformat()}
    step.dossier.due_at = step.dossier.extended_to = step.details["new_due_at"]


@before(Effect.PROMISE_AFTER_MISSING)
def promise_after_missing(step: Step) -> None:
    """The promise moves; what was missed first is kept, and lateness is counted from there. Due times of steps stay."""
    dossier = step.dossier
    step.recorded |= {"old": dossier.due_at.isoformat(), "new": step.details["new_due_at"].isoformat()}
    dossier.missed_due_at = dossier.missed_due_at or dossier.due_at
    dossier.due_at = dossier.apologised_to = step.details["new_due_at"]


@before(Effect.CLOSE_OPEN_STEPS)
def close_open_steps(step: Step) -> None:
    """At an approval: only the signature is open."""
    for run in step.dossier.open_steps:
        _close(run, step)


@before(Effect.CANCEL_OPEN_STEPS)
def cancel_open_steps(step: Step) -> None:
    """The dossier ends: nobody has done what was still open, only the signer who refuses has done the signature."""
    if step.dossier.accepted_at is None:
        return
    for run in step.dossier.open_steps:
        done = run.kind == "sign" and step.name == "refuse_substance"
        _close(run, step, StepState.DONE if done else StepState.CANCELLED)


def _close(run: StepRun, step: Step, state: Choice = StepState.DONE) -> None:
    run.state, run.done_at = state, step.now
    run.done_by = None if state == StepState.CANCELLED else step.user
    if state == StepState.DONE and step.user:  # who does a step has taken it
        run.taken_at = run.taken_at or step.now
    run.save(update_fields=["state", "done_at", "done_by", "taken_at"])
    step.dossier.reset_open_steps()


def _open_next(step: Step, after: int) -> None:
    """Open the next waiting step after this position, with its whole parallel group. Each gets its own due time."""
    dossier = step.dossier
    waiting = list(
        dossier.step_runs.filter(state=StepState.WAITING, position__gt=after)
        .order_by("round", "position")
        .select_related("agency__hours")
    )
    if not waiting:
        return
    first = waiting[0]
    group = [run for run in waiting if first.parallel_group and run.parallel_group == first.parallel_group] or [first]
    for run in group:
        run.state, run.opened_at, run.due_at = StepState.OPEN, step.now, step.timekeeper.step_due(step.now, run.hours)
        run.take_by = step.timekeeper.take_by(step.now, run.agency)
        if step.user and step.user.is_staff_login and does_the_step(run, step.user):  # from a person to the same person
            run.taken_at = step.now
        run.save(update_fields=["state", "opened_at", "due_at", "take_by", "taken_at"])
    dossier.reset_open_steps()
