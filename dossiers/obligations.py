"""What is owed about dossiers, from filing to the result (`portal.common.obligations`)."""

import datetime as dt

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Role
from dossiers import conversation
from dossiers.choices import ON_ITS_WAY, UNDELIVERED, DeliveryWay, StepState
from dossiers.clock import lateness
from dossiers.custody.models import CustodyMove, Move, Original
from dossiers.models import Anchor, BulkItem, CallTask, Dossier, FollowUp, Simulation, StepRun
from dossiers.parcels import asking
from dossiers.parcels.models import Parcel, ParcelRequest
from dossiers.states import ALIVE, DossierState
from dossiers.webhooks.models import Delivery
from dossiers.workflow import deadlines
from portal.common.obligations import NOT_DONE, OPERATORS, QUARTER, Obligation, Owner, numbered, outbox_work
from portal.common.outbox import OutboxState

SUPPLEMENT, PAYMENT = deadlines.WAITS
DESK = Owner("receiving_agency", Role.RECEIVING_CLERK, "holder")
ASKED = Coalesce("since", "updated_at")  # of `Wait.waiting`
STEP = Owner("agency", F("role"), "holder")
HANDED = Owner("agency", F("role"), "holder", lead="dossier__lead_agency")
ASKED_BODY = Owner("agency", F("role"), "holder", asker="asked_by")


def _followups(*kinds: str) -> QuerySet:
    return FollowUp.objects.filter(kind__in=kinds, **NOT_DONE)


def _other_papers() -> QuerySet:
    return FollowUp.objects.filter(kind__startswith="paper:", **NOT_DONE).exclude(kind="paper:acknowledgement")


def _open_steps() -> QuerySet:
    """Open steps that their body has taken, without questions to other bodies and to the applicant."""
    steps = StepRun.objects.filter(state=StepState.OPEN, dossier__state=DossierState.PROCESSING, dossier__decided_at=None)
    waits = Q(kind__in=("consult", "applicant_confirm")) & ~Q(question="")
    return steps.filter(Q(take_by=None) | Q(taken_at__isnull=False)).exclude(waits)


def _to_sign() -> QuerySet:
    """Nothing is left but the decision of the signer."""
    work = StepRun.objects.filter(state=StepState.OPEN).values("dossier")
    return Dossier.objects.filter(state=DossierState.PROCESSING, decided_at=None, waiting_on=Role.SIGNER).exclude(pk__in=work)


def _undelivered() -> QuerySet:
    return Parcel.objects.filter(state__in=UNDELIVERED, replaced_by=None, dossier__state=DossierState.COMPLETED)


def _originals_on_their_way() -> QuerySet:
    """Originals on a hand-over list that the other body has neither confirmed nor denied."""
    same = {"handover": OuterRef("handover"), "original": OuterRef("original")}
    answered = CustodyMove.objects.filter(kind__in=(Move.TAKEN, Move.NOT_THERE), **same)
    return CustodyMove.objects.filter(kind=Move.HANDED).exclude(Exists(answered))


def _originals_to_return() -> QuerySet:
    """Originals that an office still holds of a dossier that has ended."""
    return Original.objects.to_return().filter(dossier__closed_at__isnull=False).exclude(where=Move.HANDED)


def _visits() -> QuerySet:
    """Visits on site that the applicant was told of, and whose record is not written."""
    steps = StepRun.objects.filter(state=StepState.OPEN, dossier__state=DossierState.PROCESSING, visit__has_key="at")
    return steps.exclude(visit__has_key="held_at")


def _a_day_after_the_visit() -> ExpressionWrapper:
    at = Cast(KeyTextTransform("at", "visit"), DateTimeField())
    return ExpressionWrapper(at + dt.timedelta(days=1), DateTimeField())


def _seat(agency: str, roles: Q) -> Exists:
    """Does the holder still have one of these roles at the body?"""
    seats = Membership.objects.current().filter(user=OuterRef("holder"), agency=OuterRef(agency), user__is_active=True)
    return Exists(seats.filter(roles))


def _steps_of_who_left() -> QuerySet:
    """Open steps held by somebody who cannot do them any more."""
    steps = StepRun.objects.filter(state=StepState.OPEN, dossier__state=DossierState.PROCESSING, holder__isnull=False)
    heads = Q(role__in=(Role.HEAD, Role.DEPUTY))  # who may have taken the step over
    return steps.exclude(_seat("agency", Q(role=OuterRef("role")) | heads))


def _dossiers_of_who_left() -> QuerySet:
    """Dossiers held at the desk by somebody who does not work there any more."""
    at_the_desk = Dossier.objects.filter(state__in=ALIVE, holder__isnull=False).exclude(state=DossierState.PROCESSING)
    return at_the_desk.exclude(_seat("receiving_agency", Q(role=Role.RECEIVING_CLERK)))


def _stopped_after(wait: deadlines.Wait) -> ExpressionWrapper:
    """When the job must have stopped a dossier: its deadline and grace, and a day after the last reminder."""
    reminded = F("reminded_at") + deadlines.GRACE
    return ExpressionWrapper(Greatest(F(wait.column) + wait.grace, reminded) + QUARTER, DateTimeField())


OBLIGATIONS = [
    # ------------------------------------------------------------ filed → acknowledged → received → at work
    outbox_work(
        "acknowledgement", _("Đã nộp, phải có giấy xác nhận"), lambda: _followups("paper:acknowledgement"),
        "event__dossier__code",
        to_citizen=_("Giấy xác nhận đã nộp có chậm. Hồ sơ đã được nhận; người vận hành cổng đã được báo."),
    ),
    Obligation(
        "reception", _("Đã nộp, phải được tiếp nhận hoặc trả lời"), lambda: Dossier.objects.filter(state=DossierState.SUBMITTED),
        "submitted_at", DESK, "code", due="reception_due_at",
        to_citizen=_("Bộ phận một cửa chưa trả lời trong hạn. Người có trách nhiệm đã được báo."),
    ),
    Obligation(
        "transfer", _("Đã tiếp nhận, phải chuyển xử lý"), lambda: Dossier.objects.filter(state=DossierState.ACCEPTED),
        "updated_at", DESK, "code", hours=8,
        to_citizen=_("Hồ sơ đã tiếp nhận mà chưa chuyển đi xử lý. Người có trách nhiệm đã được báo."),
    ),
    # ------------------------------------------------------------ hand-over → taken → done; asked → answered
    Obligation(
        "take", _("Đã bàn giao, phải có người nhận"),
        lambda: StepRun.objects.filter(
            state=StepState.OPEN, taken_at=None, take_by__isnull=False, dossier__state=DossierState.PROCESSING
        ),
        "opened_at", HANDED, "dossier__code", due="take_by", heads_at_once=True,
        to_citizen=_("Một bước đã bàn giao mà chưa có người nhận. Người có trách nhiệm đã được báo."),
    ),
    Obligation(
        "step", _("Bước xử lý phải xong"), _open_steps, "opened_at", STEP, "dossier__code", due="due_at",
        to_citizen=_("Một bước xử lý đã quá hạn. Người có trách nhiệm đã được báo."),
    ),
    Obligation(
        "consult", _("Đã hỏi ý kiến, phải trả lời"), StepRun.objects.unanswered_questions, "opened_at", ASKED_BODY,
        "dossier__code", due="due_at", heads_at_once=True,
        to_citizen=_("Cơ quan được hỏi ý kiến chưa trả lời trong hạn. Người có trách nhiệm đã được báo."),
    ),
    Obligation(
        "letter", _("Người nộp viết thư, phải trả lời"), conversation.unanswered, "sent_at",
        Owner("dossier__receiving_agency", Role.RECEIVING_CLERK, "dossier__holder"), "dossier__code", due="answer_by",
        to_citizen=_("Thư của anh chị chưa được trả lời trong hạn. Người có trách nhiệm đã được báo."),
    ),
    Obligation(
        "proposal", _("Đề nghị yêu cầu bổ sung, trưởng bộ phận phải duyệt"),
        lambda: Dossier.objects.filter(state__in=ALIVE, supplement_proposed_at__isnull=False), "supplement_proposed_at",
        Owner("receiving_agency", Role.HEAD), "code", hours=8,
    ),
    Obligation(
        "originals", _("Giấy tờ gốc đã bàn giao, phải có người nhận"), _originals_on_their_way, "at",
        Owner("handover__to_agency", Role.RECEIVING_CLERK, "handover__to_user", asker="handover__made_by"),
        "original__dossier__code", hours=8,
    ),
    Obligation(
        "decision", _("Đã trình, phải ký hoặc trả lại"), _to_sign, "updated_at", Owner("lead_agency", Role.SIGNER), "code",
        hours=8,
        to_citizen=_("Hồ sơ đã trình ký mà chưa được ký. Người có trách nhiệm đã được báo."),
    ),
    Obligation(
        "promise", _("Đã hẹn ngày trả, phải có quyết định hoặc xin lỗi"),
        lambda: Dossier.objects.filter(lateness.running(), accepted_at__isnull=False, due_at__isnull=False),
        "accepted_at", Owner("receiving_agency", Role.HEAD, lead="lead_agency"), "code", due="due_at", heads_at_once=True,
        to_citizen=_("Đã quá ngày hẹn mà chưa xong. Người có trách nhiệm đã được báo."),
    ),
    Obligation(
        "withdrawal", _("Người nộp xin rút, phải trả lời"), lambda: Dossier.objects.filter(state=DossierState.WITHDRAWN),
        "updated_at", DESK, "code", hours=8,
        to_citizen=_("Đề nghị rút hồ sơ chưa được trả lời. Người có trách nhiệm đã được báo."),
    ),
    # ------------------------------------------------------------ decided → issued → told and handed over
    outbox_work(
        "result", _("Đã quyết định, phải ký và cấp kết quả"), lambda: _followups("issue", "replace", "revoke"),
        "event__dossier__code",
        to_citizen=_("Kết quả đã có quyết định, giấy ký số có chậm. Người vận hành cổng đã được báo."),
    ),
    outbox_work(
        "delivery", _("Đã có kết quả, phải đưa vào tài khoản"), lambda: _followups("deliver"), "event__dossier__code",
        to_citizen=_("Kết quả đã ký, đưa vào tài khoản có chậm. Người vận hành cổng đã được báo."),
    ),
    Obligation(
        "post", _("Đã có kết quả, phải gửi bưu điện"),
        lambda: Dossier.objects.filter(state=DossierState.COMPLETED, delivery_way=DeliveryWay.POST, parcels=None),
        "completed_at", DESK, "code", due="step_due_at",
        to_citizen=_("Kết quả chưa được gửi bưu điện đúng hạn. Người có trách nhiệm đã được báo."),
    ),
    outbox_work(
        "parcel", _("Bưu gửi đã đặt, bên chuyển phát phải trả lời"), lambda: Parcel.objects.filter(**NOT_DONE), "dossier__code",
        to_citizen=_("Bên chuyển phát chưa trả lời lần đặt gửi kết quả. Người vận hành cổng đã được báo."),
    ),
    outbox_work(
        "parcel_request", _("Đã hỏi hoặc xin hủy bưu gửi, bên chuyển phát phải trả lời"),
        lambda: ParcelRequest.objects.filter(**NOT_DONE), "parcel__dossier__code",
    ),
    Obligation(
        "parcel_away", _("Bưu gửi đang đi, phải có tin"), lambda: Parcel.objects.filter(state__in=ON_ITS_WAY), "state_at",
        Owner("dossier__receiving_agency", Role.RECEIVING_CLERK, "owner"), "dossier__code", within=asking.QUIET_AFTER,
    ),
    Obligation(
        "parcel_back", _("Bưu gửi không giao được, phải lo"), _undelivered, "state_at",
        Owner("dossier__receiving_agency", Role.RECEIVING_CLERK, "owner"), "dossier__code", hours=8,
        to_citizen=_("Bưu điện chưa giao được kết quả, cơ quan chưa xử lý trong hạn. Người có trách nhiệm đã được báo."),
    ),
    outbox_work("paper", _("Giấy phải lập sau một bước"), _other_papers, "event__dossier__code"),
    # ------------------------------------------------------------ the citizen was asked: the portal goes on after the deadline
    Obligation(
        "supplement", _("Chờ người nộp bổ sung; quá hạn thì máy phải dừng hồ sơ"), SUPPLEMENT.waiting,
        ASKED, OPERATORS, "code", due=_stopped_after(SUPPLEMENT),
    ),
    Obligation(
        "fee", _("Chờ người nộp trả phí; quá hạn thì máy phải dừng hồ sơ"), PAYMENT.waiting,
        ASKED, OPERATORS, "code", due=_stopped_after(PAYMENT),
    ),
    Obligation(
        "confirmation", _("Chờ người nộp xác nhận; quá hạn thì máy phải cho làm tiếp"),
        lambda: StepRun.objects.filter(
            kind="applicant_confirm", state=StepState.OPEN, answer="", dossier__state=DossierState.PROCESSING
        ).exclude(question=""),
        "opened_at", OPERATORS, "dossier__code", due=ExpressionWrapper(F("due_at") + QUARTER, DateTimeField()),
    ),
    # ------------------------------------------------------------ what stays when somebody goes
    Obligation(
        "left_steps", _("Người giữ bước đã thôi việc ở đó, trưởng bộ phận phải giao lại"), _steps_of_who_left, "opened_at",
        Owner("agency", Role.HEAD), "dossier__code", hours=4,
    ),
    Obligation(
        "left_desk", _("Người giữ hồ sơ đã thôi việc ở đó, trưởng bộ phận phải giao lại"), _dossiers_of_who_left, "updated_at",
        Owner("receiving_agency", Role.HEAD), "code", hours=4,
    ),
    Obligation(
        "originals_back", _("Hồ sơ đã xong, phải trả giấy tờ gốc"), _originals_to_return, "dossier__closed_at",
        Owner("agency_now", Role.RECEIVING_CLERK), "dossier__code", hours=38,
    ),
    Obligation(
        "visit", _("Đã hẹn kiểm tra tại chỗ, phải kiểm tra và ghi kết quả"), _visits, "opened_at", STEP, "dossier__code",
        due=_a_day_after_the_visit(),
    ),
    Obligation(
        "call", _("Tin không ai mở, phải gọi cho người nộp"), lambda: CallTask.objects.filter(ended_at=None),
        Coalesce("tried_at", "made_at"), Owner("dossier__receiving_agency", Role.RECEIVING_CLERK, "owner"), "dossier__code",
        hours=8,
    ),
    # ------------------------------------------------------------ work of machines that staff asked for
    outbox_work("bulk", _("Việc làm cùng lúc cho nhiều hồ sơ"), lambda: BulkItem.objects.filter(**NOT_DONE), "code"),
    outbox_work(
        "simulation", _("Chạy thử phiên bản thủ tục"), lambda: Simulation.objects.filter(**NOT_DONE), numbered("id"),
        within=dt.timedelta(hours=1), of_dossier=False,
    ),
    outbox_work(
        "anchor", _("Neo lịch sử hằng ngày phải lập"), lambda: Anchor.objects.filter(**NOT_DONE), numbered("id"),
        within=dt.timedelta(hours=13), of_dossier=False,
    ),
    outbox_work(  # one that was given up after 72 hours is told to system administrators, who send it again or drop it
        "webhook", _("Thông báo cho phần mềm khác (webhook) phải gửi đi"),
        lambda: Delivery.objects.filter(due_state=OutboxState.WAITING), numbered("id"),
        within=dt.timedelta(hours=4), of_dossier=False,
    ),
]  # fmt: skip
