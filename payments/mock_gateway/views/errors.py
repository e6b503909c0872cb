"""Error pages."""

from django.shortcuts import render

from .. import answers
from ..codes import REFUSALS
from ..models import State


def page(request, title, words, *, code="", status=400, back=""):
    return render(request, "mock_gateway/error.html", {"title": title, "words": words, "code": code, "back": back}, status=status)


def refusal(request, refused):
    """The page of a refused payment request. If its transaction has ended, with the link back to the merchant."""
    title, words = REFUSALS[refused.code]
    known = refused.known
    back = answers.return_url(known) if known and known.state == State.ENDED else ""
    return page(request, title, words, code=refused.code, back=back)


def csrf_failure(request, reason=""):
    return page(request, "Trang này đã cũ", "Xin quay lại trang trước, tải lại rồi bấm lần nữa.", status=403)


def bad_request(request, exception=None):
    return page(request, "Không đọc được yêu cầu", "Địa chỉ hoặc dữ liệu gửi lên không đúng dạng.", status=400)


def denied(request, exception=None):
    return page(request, "Không vào được đây", "Trang này không mở cho mọi người.", status=403)


def not_found(request, exception=None):
    return page(request, "Không có trang này", "Địa chỉ sai, hoặc giao dịch không còn.", status=404)


def server_error(request):
    return page(request, "Cổng trả tiền gặp lỗi", "Xin đợi một lát rồi thử lại. Chưa có gì thay đổi.", status=500)
