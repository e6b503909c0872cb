"""What is owed about money (`portal.common.obligations`)."""

import datetime as dt

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from payments.accounting.worklists import CREDITS_WAITING
from payments.models import (
    Account,
    AttemptMove,
    BankCredit,
    Difference,
    EReceipt,
    LedgerEntry,
    PaymentAttempt,
    PaymentComplaint,
    Refund,
    RefundWay,
    SettlementFetch,
    SettlementProof,
    StatementReading,
    Way,
)
from payments.models.states import OPEN_REFUND, AttemptState, RefundState
from portal.common.obligations import NOT_DONE, OPERATORS, QUARTER, Obligation, Owner, numbered, outbox_work
from procedures.models import Offering

BOOKS = Owner("attempt__collector", Role.ACCOUNTANT)
DOSSIER = "attempt__obligation__dossier__code"
AFTER_EXPIRY = ExpressionWrapper(F("expires_at") + QUARTER, DateTimeField())
# Money of no known fee: of one of the bodies that collect at its point.
_AT_POINT = Offering.objects.filter(terminal=OuterRef("point__terminal"), lead_agency__isnull=False).order_by("lead_agency")
BODY_AT_POINT = Subquery(_AT_POINT.values("lead_agency")[:1])


def _unanswered() -> QuerySet:
    """Attempts at a gateway of which it is not known how they ended."""
    return PaymentAttempt.objects.filter(way=Way.GATEWAY, state=AttemptState.SENT) | PaymentAttempt.objects.filter(
        way=Way.GATEWAY, state__in=(AttemptState.FAILED, AttemptState.CANCELLED, AttemptState.EXPIRED), resolved_at=None
    )


def _in_doubt() -> QuerySet:
    moves = AttemptMove.objects.filter(attempt=OuterRef("pk"), target=AttemptState.REVIEW).order_by("-pk")
    return PaymentAttempt.objects.filter(state=AttemptState.REVIEW).annotate(doubted_at=Subquery(moves.values("at")[:1]))


def _owed_back() -> QuerySet:
    """Paid attempts with money owed back and without an open refund."""
    owed = LedgerEntry.objects.filter(account=Account.OWED_BACK).order_by().values("attempt").annotate(sum=Sum("amount"))
    refunded = Refund.objects.filter(attempt=OuterRef("pk"), state__in=OPEN_REFUND)
    paid = PaymentAttempt.objects.filter(state=AttemptState.PAID, pk__in=owed.exclude(sum=0).values("attempt"))
    return paid.exclude(Exists(refunded))


def _at_gateway() -> QuerySet:
    under_way = (RefundState.APPROVED, RefundState.SENT, RefundState.UNKNOWN)
    return Refund.objects.filter(state__in=under_way, way=RefundWay.GATEWAY)


OBLIGATIONS = [
    # ------------------------------------------------------------ paid → settled → receipted
    Obligation(
        "payment", _("Đang trả qua cổng thanh toán, phải biết kết quả"), _unanswered, "created_at", OPERATORS,
        "obligation__dossier__code", due=AFTER_EXPIRY,
        to_citizen=_("Cổng thanh toán chưa trả lời khoản tiền này. Người vận hành cổng đã được báo; đừng trả lại lần nữa."),
    ),
    Obligation(
        "transfer_window", _("Chờ chuyển khoản; quá hạn thì máy phải khép"),
        lambda: PaymentAttempt.objects.filter(way=Way.TRANSFER, state=AttemptState.SENT), "created_at", OPERATORS,
        "obligation__dossier__code", due=AFTER_EXPIRY,
    ),
    Obligation(
        "payment_in_doubt", _("Lần trả chưa rõ, kế toán phải kết luận"), _in_doubt, "doubted_at",
        Owner("collector", Role.ACCOUNTANT), "obligation__dossier__code", hours=8,
        to_citizen=_("Khoản tiền này đang được kế toán kiểm tra, chậm hơn dự định. Đừng trả lại lần nữa."),
    ),
    outbox_work(
        "receipt", _("Đã trả tiền, phải có biên lai"), lambda: EReceipt.objects.filter(**NOT_DONE), DOSSIER,
        to_citizen=_("Tiền đã nhận đủ. Biên lai có chậm; người vận hành cổng đã được báo."),
    ),
    outbox_work(
        "credit_match", _("Tiền chuyển khoản về, máy phải khớp"), lambda: BankCredit.objects.filter(**NOT_DONE), "bank_ref",
        of_dossier=False,
    ),
    # ------------------------------------------------------------ questions and differences
    Obligation(
        "complaint", _("Người trả hỏi về tiền, phải trả lời"), lambda: PaymentComplaint.objects.filter(closed_at=None),
        "opened_at", Owner("attempt__collector", Role.ACCOUNTANT, "owner"), DOSSIER, hours=8,
        to_citizen=_("Câu hỏi về tiền chưa được trả lời trong hạn. Kế toán đã được nhắc."),
    ),
    Obligation(
        "difference", _("Sổ chênh lệch, phải giải thích"), lambda: Difference.objects.filter(closed_at=None),
        "opened_at", Owner(Coalesce("collector", BODY_AT_POINT), Role.ACCOUNTANT, "owner"), "reference", hours=24,
        of_dossier=False,
    ),
    Obligation(
        "credit", _("Tiền chuyển khoản chưa rõ của ai, kế toán phải kết luận"),
        lambda: BankCredit.objects.filter(state__in=CREDITS_WAITING), "read_at",
        Owner(Coalesce("attempt__collector", BODY_AT_POINT), Role.ACCOUNTANT), "bank_ref", hours=8, of_dossier=False,
    ),
    # ------------------------------------------------------------ refund decided → paid out
    Obligation(
        "owed_back", _("Tiền phải trả lại, chưa ai đề nghị"), _owed_back, "paid_at", Owner("collector", Role.ACCOUNTANT),
        "obligation__dossier__code", hours=8,
    ),
    Obligation(
        "refund_approval", _("Hoàn tiền đã đề nghị, phải duyệt"), lambda: Refund.objects.filter(state=RefundState.REQUESTED),
        "requested_at", BOOKS, DOSSIER, hours=8,
        to_citizen=_("Đề nghị hoàn tiền chưa được duyệt trong hạn. Kế toán đã được nhắc."),
    ),
    Obligation(
        "refund_by_hand", _("Hoàn tiền đã duyệt, kế toán phải chuyển trả"),
        lambda: Refund.objects.filter(state=RefundState.APPROVED, way=RefundWay.BY_HAND), "approved_at", BOOKS, DOSSIER, hours=16,
        to_citizen=_("Tiền hoàn đã được duyệt mà chưa chuyển trả. Kế toán đã được nhắc."),
    ),
    Obligation(
        "refund_order", _("Hoàn tiền đã duyệt, phải gửi tới cổng thanh toán"), _at_gateway, "approved_at", OPERATORS, DOSSIER,
        within=dt.timedelta(hours=1),
        to_citizen=_("Tiền hoàn đã được duyệt, cổng thanh toán chưa nhận yêu cầu. Người vận hành cổng đã được báo."),
    ),
    Obligation(
        "refund_at_bank", _("Hoàn tiền ở ngân hàng"),
        lambda: Refund.objects.filter(state=RefundState.PROCESSING), "sent_at", BOOKS, DOSSIER, hours=75,
    ),
    # ------------------------------------------------------------ the books
    outbox_work(
        "settlement_file", _("Tệp đối soát phải lấy về"), lambda: SettlementFetch.objects.filter(**NOT_DONE),
        numbered("point_id"), within=dt.timedelta(hours=12), of_dossier=False,
    ),
    outbox_work(
        "settlement_row", _("Dòng đối soát phải ghi vào sổ"), lambda: SettlementProof.objects.filter(**NOT_DONE), numbered("id"),
        of_dossier=False,
    ),
    outbox_work(
        "statement", _("Sao kê ngân hàng phải đọc"), lambda: StatementReading.objects.filter(**NOT_DONE), numbered("point_id"),
        of_dossier=False,
    ),
]  # fmt: skip
