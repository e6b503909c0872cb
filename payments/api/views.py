"""Paying for machines, with the gates of the pages: the citizen's side alone. 409 with the sentence where it may not be."""

from django.db import transaction
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dossiers.access_log import log_view
from payments.api import facts
from payments.api.serializers import (
    BeginSerializer,
    BegunSerializer,
    ClaimedSerializer,
    ClaimSerializer,
    PaymentSerializer,
)
from payments.attempts import ways
from payments.attempts.lifecycle import NotPayable, lock_dossier
from payments.citizen.access import online_attempt, own_dossier
from payments.enquiries import claims
from payments.models.states import OPEN_ATTEMPT, AttemptState
from portal.common.problems import Conflict

NOT_THERE = {404: OpenApiResponse(description="không có hồ sơ này, hoặc không phải của tài khoản này (cán bộ cũng vậy)")}
NOT_PAYABLE = {409: OpenApiResponse(description="bây giờ không trả được như vậy; `detail` nói vì sao")}


class Payment(APIView):
    """What is owed, how it may be paid now, what became of each attempt, receipts and refunds."""

    @extend_schema(
        operation_id="read_payment",
        summary="Khoản phải trả của hồ sơ và chuyện đã xảy ra với nó",
        description="Các khoản, cách trả mở lúc này, từng lần trả, biên lai và tiền trả lại.",
        responses={200: PaymentSerializer, **NOT_THERE},
    )
    def get(self, request: Request, code: str) -> Response:
        dossier = own_dossier(request.user, code)
        log_view(request, dossier)
        return Response(PaymentSerializer(facts.of(dossier)).data)


class Attempts(APIView):
    """Begin to pay. The same way again answers the attempt that is open (200); another way gives that one up."""

    @extend_schema(
        operation_id="begin_payment",
        summary="Bắt đầu trả",
        description="Cùng một cách thì trả về lần trả đang mở (200); cách khác thì thôi lần ấy và mở lần mới (201).",
        request=BeginSerializer,
        responses={201: BegunSerializer, 200: BegunSerializer, **NOT_THERE, **NOT_PAYABLE},
    )
    @transaction.atomic
    def post(self, request: Request, code: str) -> Response:
        dossier = own_dossier(request.user, code)
        sent = BeginSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        _dossier, obligation = lock_dossier(dossier.pk)  # of two requests at once, only one answers 201
        there = set(obligation.attempts.filter(state__in=OPEN_ATTEMPT).values_list("pk", flat=True)) if obligation else set()
        ip = request.META.get("REMOTE_ADDR", "")
        try:
            attempt, address = ways.begin(
                dossier, sent.validated_data["choice"], ip=ip, language=get_language(), actor=request.user
            )
        except NotPayable as no:
            raise Conflict(str(no)) from None
        begun = status.HTTP_200_OK if attempt.pk in there else status.HTTP_201_CREATED
        return Response(BegunSerializer(attempt, context={"pay_url": address}).data, status=begun)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class Claim(APIView):
    """«Tôi đã trả tiền»: the gateway is asked at once; what it cannot settle, a person looks into."""

    @extend_schema(
        operation_id="claim_payment",
        summary="«Tôi đã trả tiền»",
        description="Cổng hỏi cổng thanh toán ngay; điều chưa rõ thì có người tìm hiểu và trả lời (`looked_after`).",
        request=ClaimSerializer,
        responses={200: ClaimedSerializer, **NOT_THERE},
    )
    def post(self, request: Request, code: str) -> Response:
        dossier = own_dossier(request.user, code)
        sent = ClaimSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        attempt = online_attempt(dossier, sent.validated_data["reference"])
        ticket = None if attempt.state == AttemptState.PAID else claims.claim(attempt, request.user)
        answer = {"attempt": facts.attempt_of(dossier.obligation, attempt.reference), "looked_after": ticket is not None}
        return Response(ClaimedSerializer(answer).data)

    @transaction.atomic  # the exception handler of REST framework marks a transaction for rollback; this one is empty
    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(exc)
