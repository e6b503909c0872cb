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

NOT_THERE = {404: OpenApiResponse(description="No such dossier, or none that is yours: staff find none here either.")}
BAD = {400: OpenApiResponse(description="Not one of the ways, or something is missing.")}
NOT_PAYABLE = {409: OpenApiResponse(description="Nothing may be paid so now; `detail` says why in plain words.")}


class Payment(APIView):
    """What is owed, how it may be paid now, what became of each attempt, receipts and refunds."""

    @extend_schema(responses={200: PaymentSerializer, **NOT_THERE})
    def get(self, request: Request, code: str) -> Response:
        dossier = own_dossier(request.user, code)
        log_view(request, dossier)
        return Response(PaymentSerializer(facts.of(dossier)).data)


class Attempts(APIView):
    """Begin to pay. The same way again answers the attempt that is open (200); another way gives that one up."""

    @extend_schema(
        request=BeginSerializer,
        responses={201: BegunSerializer, 200: BegunSerializer, **BAD, **NOT_THERE, **NOT_PAYABLE},
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
            return Response({"detail": str(no)}, status=status.HTTP_409_CONFLICT)
        begun = status.HTTP_200_OK if attempt.pk in there else status.HTTP_201_CREATED
        return Response(BegunSerializer(attempt, context={"pay_url": address}).data, status=begun)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class Claim(APIView):
    """«Tôi đã trả tiền»: the gateway is asked at once; what it cannot settle, a person looks into."""

    @extend_schema(request=ClaimSerializer, responses={200: ClaimedSerializer, **BAD, **NOT_THERE})
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
