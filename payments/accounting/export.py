"""The revenue as an Excel file."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from payments.accounting.revenue import Row, total_of
from payments.models import PaymentAttempt, Refund
from portal.common.spreadsheets import Column, Workbook


def takings_workbook(
    rows: list[Row], attempts: Iterable[PaymentAttempt], refunds: Iterable[Refund], names: Mapping[int, str], title: str
) -> bytes:
    """The workbook (bytes): the rows of the page, then each payment and each refund of the period.

    `names`: {body id: name}. The sums are those of `rows`.
    """
    total, book = total_of(rows), Workbook()
    book.sheet(
        _("Tiền thu"),
        title,
        [
            (_("Từ ngày"), "day", 12), (_("Đến ngày"), "day", 12), (_("Cơ quan"), "text", 40), (_("Cách trả"), "text", 24),
            (_("Loại"), "text", 18), (_("Số lần"), "number", 8), (_("Đã thu (đồng)"), "number", 16),
            (_("Đã hoàn (đồng)"), "number", 16), (_("Còn lại (đồng)"), "number", 16),
        ],
        [
            (row.begins, row.ends, names[row.body], row.way_name, row.kind_name, row.count, row.received, row.refunded, row.net)
            for row in rows
        ],
        sums=[(6, total.received), (7, total.refunded), (8, total.net)],
    )  # fmt: skip
    book.sheet(_("Từng lần trả"), title, _attempt_columns(), map(_attempt_row, attempts))
    book.sheet(_("Từng lần hoàn"), title, _refund_columns(), map(_refund_row, refunds))
    return book.content()


def _attempt_columns() -> list[Column]:
    return [
        (_("Nhận tiền lúc"), "moment", 17), (_("Mã lần trả"), "text", 20), (_("Mã hồ sơ"), "text", 24),
        (_("Thủ tục"), "text", 50),
        (_("Cơ quan thu"), "text", 40), (_("Cách trả"), "text", 24), (_("Số tiền (đồng)"), "number", 16),
        (_("Mã giao dịch"), "text", 18), (_("Ngân hàng"), "text", 14), (_("Trả xong khoản phí"), "text", 10),
    ]  # fmt: skip


def _attempt_row(attempt: PaymentAttempt) -> tuple[Any, ...]:
    dossier = attempt.obligation.dossier
    return (
        attempt.paid_at, attempt.reference, dossier.code, str(dossier.version.procedure), str(attempt.collector),
        attempt.get_way_display(), attempt.amount, attempt.transaction_no, attempt.bank_code,
        _("có") if attempt.settles else _("không"),
    )  # fmt: skip


def _refund_columns() -> list[Column]:
    return [
        (_("Hoàn lúc"), "moment", 17), (_("Số yêu cầu"), "text", 24), (_("Mã lần trả"), "text", 20), (_("Mã hồ sơ"), "text", 24),
        (_("Số tiền (đồng)"), "number", 16), (_("Lý do"), "text", 20), (_("Cách hoàn"), "text", 26),
        (_("Mã giao dịch, chứng từ"), "text", 20), (_("Người đề nghị"), "text", 24), (_("Người duyệt"), "text", 24),
        (_("Ghi chú"), "text", 50),
    ]  # fmt: skip


def _refund_row(refund: Refund) -> tuple[Any, ...]:
    return (
        refund.done_at, refund.request_id, refund.attempt.reference, refund.attempt.obligation.dossier.code, refund.amount,
        refund.get_reason_display(), refund.get_way_display(), refund.transaction_no, str(refund.requested_by or _("Cổng")),
        str(refund.approved_by), refund.note,
    )  # fmt: skip
