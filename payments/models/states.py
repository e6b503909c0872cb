"""The state graphs of attempts and refunds: {(source, target): {cause: sentence}}. Any other move raises IllegalMove.

The graphs in docs/payments.md are drawn from these tables.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttemptState(models.TextChoices):
    CREATED = "created", _("mới tạo")
    SENT = "sent", _("đang trả")
    PAID = "paid", _("đã trả")
    FAILED = "failed", _("không trả được")
    CANCELLED = "cancelled", _("đã bỏ")
    EXPIRED = "expired", _("đã quá giờ")
    REVIEW = "review", _("đang kiểm tra")


class RefundState(models.TextChoices):
    REQUESTED = "requested", _("chờ duyệt")
    APPROVED = "approved", _("đã duyệt")
    DECLINED = "declined", _("không duyệt")
    SENT = "sent", _("đã gửi yêu cầu")
    PROCESSING = "processing", _("ngân hàng đang hoàn")
    UNKNOWN = "unknown", _("chưa rõ, đang hỏi")
    DONE = "done", _("đã hoàn")
    REFUSED = "refused", _("ngân hàng từ chối")


A, R = AttemptState, RefundState

OPEN_ATTEMPT = (A.CREATED, A.SENT, A.REVIEW)
BEING_PAID = (A.CREATED, A.SENT)  # at most one an obligation; any number may be in REVIEW
OPEN_REFUND = (R.REQUESTED, R.APPROVED, R.SENT, R.PROCESSING, R.UNKNOWN)
DEAD_REFUND = (R.DECLINED, R.REFUSED)

# Late results of an attempt that ended here: its money is still accepted.
_LATE = {
    A.PAID: {
        "ipn": _("cổng thanh toán báo đã nhận tiền, muộn"),
        "querydr": _("hỏi lại thì cổng thanh toán nói đã nhận tiền"),
        "statement": _("tiền chuyển khoản về muộn"),
        "reconciliation": _("tệp đối soát có khoản này"),
    },
    A.REVIEW: {
        "suspicion": _("cổng thanh toán báo nghi ngờ hoặc đã đảo giao dịch"),
        "contradiction": _("các mã của cổng thanh toán trái nhau"),
    },
}
_PROOFS = {
    "ipn": _("cổng thanh toán báo đã nhận tiền"),
    "querydr": _("hỏi thì cổng thanh toán nói đã nhận tiền"),
    "statement": _("sao kê ngân hàng có khoản chuyển"),
    "reconciliation": _("tệp đối soát có khoản này"),
}
_NOT_PAID = {
    "ipn": _("cổng thanh toán báo không trả được"),
    "querydr": _("hỏi thì cổng thanh toán nói không trả được"),
}

ATTEMPT_EDGES = {
    (A.CREATED, A.SENT): {"handed_out": _("đưa người trả tới nơi trả tiền")},
    (A.CREATED, A.PAID): {
        "counter": _("cán bộ thu tiền mặt tại quầy"),
        "statement": _("tiền về lần nữa với mã của một lần đã trả"),
        "person": _("kế toán gán tiền về cho khoản phí"),
    },
    (A.CREATED, A.CANCELLED): {"payer_chose_another_way": _("người trả chọn cách khác")},
    (A.SENT, A.PAID): _PROOFS,
    (A.SENT, A.FAILED): _NOT_PAID,
    (A.SENT, A.CANCELLED): {
        "ipn": _("người trả bấm hủy ở cổng thanh toán"),
        "querydr": _("hỏi thì cổng thanh toán nói người trả đã hủy"),
        "payer_chose_another_way": _("người trả chọn cách khác"),
        "settled_otherwise": _("khoản phí đã được trả bằng cách khác"),
        "dossier_closed": _("hồ sơ đã khép, không phải trả nữa"),
        "another_in_doubt": _("một lần trả khác có thể đã trừ tiền, đang được kiểm tra"),
    },
    (A.SENT, A.EXPIRED): {
        "ipn": _("cổng thanh toán báo quá giờ"),
        "querydr": _("quá giờ, hỏi thì cổng thanh toán nói chưa nhận tiền"),
        "window_over": _("quá giờ chuyển khoản, sao kê không có khoản này"),
    },
    (A.SENT, A.REVIEW): _LATE[A.REVIEW],
    (A.FAILED, A.PAID): _LATE[A.PAID],
    (A.CANCELLED, A.PAID): _LATE[A.PAID],
    (A.EXPIRED, A.PAID): _LATE[A.PAID],
    (A.FAILED, A.REVIEW): _LATE[A.REVIEW],
    (A.CANCELLED, A.REVIEW): _LATE[A.REVIEW],
    (A.EXPIRED, A.REVIEW): _LATE[A.REVIEW],
    (A.REVIEW, A.PAID): {**_PROOFS, "person": _("kế toán xác nhận đã nhận tiền")},
    (A.REVIEW, A.FAILED): {**_NOT_PAID, "person": _("kế toán xác nhận không nhận được tiền")},
    (A.REVIEW, A.CANCELLED): {"querydr": _("hỏi thì cổng thanh toán nói người trả đã hủy")},
    (A.REVIEW, A.EXPIRED): {"querydr": _("hỏi thì cổng thanh toán nói chưa nhận tiền")},
}

_ANSWERS = {"answer": _("cổng thanh toán trả lời"), "querydr": _("hỏi lại thì cổng thanh toán nói vậy")}

REFUND_EDGES = {
    (R.REQUESTED, R.APPROVED): {"person": _("người thứ hai duyệt")},
    (R.REQUESTED, R.DECLINED): {"person": _("người thứ hai không duyệt")},
    (R.APPROVED, R.SENT): {"sending": _("sắp gửi yêu cầu hoàn tới cổng thanh toán")},
    (R.APPROVED, R.DONE): {"by_hand": _("kế toán đã chuyển trả, có số chứng từ")},
    (R.SENT, R.PROCESSING): _ANSWERS,
    (R.SENT, R.DONE): _ANSWERS,
    (R.SENT, R.REFUSED): _ANSWERS,
    (R.SENT, R.UNKNOWN): {"no_answer": _("cổng thanh toán không trả lời")},
    (R.UNKNOWN, R.SENT): {"not_received": _("cổng thanh toán chưa nhận: gửi lại với đúng số cũ")},
    (R.UNKNOWN, R.PROCESSING): _ANSWERS,
    (R.UNKNOWN, R.DONE): _ANSWERS,
    (R.UNKNOWN, R.REFUSED): _ANSWERS,
    (R.PROCESSING, R.DONE): {**_ANSWERS, "reconciliation": _("tệp đối soát có khoản hoàn này")},
    (R.PROCESSING, R.REFUSED): _ANSWERS,
}


class IllegalMove(Exception):
    """The graph has no such edge, or not for this cause."""


def check_move(edges: Mapping[Any, Mapping[str, Any]], source: str, target: str, cause: str) -> None:
    """Raise IllegalMove unless `edges` has this edge with this cause."""
    if cause not in edges.get((source, target), {}):
        raise IllegalMove(f"{source} → {target} because of «{cause}» is not in the graph")
