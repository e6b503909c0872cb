"""Dossiers in the API. 404: not visible; 403: not permitted; 409: not possible in this state; 400: input is missing."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from dossiers import workflow
from dossiers.access_log import log_view
from dossiers.api.serializers import DossierDetailSerializer, DossierSerializer, NoteSerializer, SubmitSerializer
from dossiers.evidence.proof import proof
from dossiers.files.changing import FilesClosed
from dossiers.filing import drafts, judging
from dossiers.models import Dossier
from dossiers.permissions import is_submitter
from dossiers.states import DossierState
from dossiers.transitions.inputs import DetailsMissing
from portal.common import clock
from portal.common.figures import number_in
from portal.common.problems import Conflict

REFUSALS = {
    400: OpenApiResponse(description="thiếu điều phải gửi kèm, hoặc có chỗ chưa đúng"),
    409: OpenApiResponse(description="hồ sơ đang ở tình trạng không làm được việc này; `detail` nói vì sao"),
}


def visible_filed(user):
    """Filed dossiers this user may see, with the relations that the serializers need."""
    rows = Dossier.objects.visible_to(user).exclude(state=DossierState.DRAFT)
    return rows.select_related("version__procedure", "receiving_agency").defer("version__document", "answers", "asked")


class NewestFirst(CursorPagination):
    """Keyset pagination by primary key, newest first."""

    page_size = 50
    ordering = "-pk"

    def decode_cursor(self, request):
        """The cursor; raises NotFound also when it decodes to no primary key, which no query can compare."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and number_in(cursor.position) is None:
            raise NotFound(self.invalid_cursor_message)
        return cursor


class DossierList(generics.ListAPIView):
    """The dossiers this account may see."""

    serializer_class = DossierSerializer
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="list_dossiers",
        summary="Hồ sơ tài khoản này được xem, mới nhất trước",
        description="Mỗi trang 50 hồ sơ; `next`, `previous` là địa chỉ của trang sau và trang trước.",
        parameters=[OpenApiParameter("cursor", str, description="vị trí của trang, lấy từ `next` hay `previous`")],
        responses={200: DossierSerializer(many=True), 404: OpenApiResponse(description="`cursor` không đọc được")},
    )
    def get(self, request):
        return self.list(request)

    def get_queryset(self):
        return visible_filed(self.request.user)


class DossierDetail(generics.RetrieveAPIView):
    """One dossier with its history."""

    serializer_class = DossierDetailSerializer
    lookup_field = "code"

    @extend_schema(
        operation_id="read_dossier",
        summary="Một hồ sơ với các bước đã qua",
        description="Không có tên người và ghi chú: những điều ấy chỉ có trên trang. Mỗi lần đọc được ghi vào nhật ký truy cập.",
    )
    def get(self, request, code):
        return self.retrieve(request, code=code)

    def get_queryset(self):
        return (
            visible_filed(self.request.user)
            .select_related("person", "organisation", "obligation", "again_of")
            .prefetch_related("events")
        )

    def get_object(self):
        found = super().get_object()
        log_view(self.request, found)
        return found


class Proof(APIView):
    """The proof file of an own dossier, to be checked with `verify.py`. 409 before the first anchor that covers it."""

    @extend_schema(
        operation_id="read_proof",
        summary="Tệp bằng chứng của hồ sơ, để kiểm tra bằng verify.py",
        description="Chỉ cho người nộp. 409 cho tới khi có mốc niêm phong đầu tiên sau lúc nộp.",
        responses={200: OpenApiTypes.OBJECT, 409: REFUSALS[409]},
    )
    def get(self, request, code):
        dossier = get_object_or_404(visible_filed(request.user), code=code)
        if not is_submitter(dossier, request.user):
            raise Http404
        found = proof(dossier)
        if found is None:
            raise Conflict(_("Chưa có mốc niêm phong nào gồm hồ sơ này; mốc được lập mỗi ngày."))
        return Response(found)


class StepView(APIView):
    """Takes a step through `dossiers.workflow`; its exceptions become problems."""

    def handle_exception(self, exc):
        if isinstance(exc, workflow.StepNotPossible):
            exc = Conflict(exc.sentence())
        elif isinstance(exc, DetailsMissing):
            exc = ValidationError({exc.field: [str(exc)]})
        return super().handle_exception(exc)

    def answer(self, dossier):
        return Response(DossierDetailSerializer(visible_filed(self.request.user).get(pk=dossier.pk)).data)


class Withdraw(StepView):
    """Take the dossier back: at once before acceptance, afterwards the desk decides."""

    @extend_schema(
        operation_id="withdraw_dossier",
        summary="Rút hồ sơ",
        description="Trước khi tiếp nhận thì rút ngay; sau đó là đề nghị rút, cơ quan quyết định.",
        request=NoteSerializer,
        responses={200: DossierDetailSerializer, **REFUSALS},
    )
    def post(self, request, code):
        dossier = get_object_or_404(visible_filed(request.user), code=code)
        sent = NoteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return self.answer(workflow.withdraw(dossier, actor=request.user, note=sent.validated_data.get("note", "")))


class Submit(StepView):
    """File a draft. Asked twice it answers the same dossier; 409 when the second request has another body.

    What the review page refuses is refused here with the same sentences, in `errors`.
    """

    @extend_schema(
        operation_id="submit_draft",
        summary="Nộp bản nháp",
        description="Gửi lần nữa thì trả về cùng hồ sơ. Chưa đủ để nộp thì 409, `errors` kể từng chỗ như trang xem lại.",
        request=SubmitSerializer,
        responses={200: DossierDetailSerializer, **REFUSALS},
    )
    def post(self, request, pk):
        draft = get_object_or_404(Dossier.objects.visible_to(request.user).select_related("version__procedure"), pk=pk)
        sent = SubmitSerializer(data=request.data)
        if draft.state != DossierState.DRAFT and not sent.is_valid():
            raise workflow.ContentChanged(draft, "submit", FilesClosed(draft).sentence())
        sent.is_valid(raise_exception=True)
        try:
            return self.answer(workflow.submit(draft, actor=request.user, declared_at=clock.now()))
        except drafts.NoLongerADraft:
            raise Http404 from None
        except workflow.StepNotPossible as impossible:
            wrong = judging.problems(draft, judging.parts_of(draft), documents=True) if draft.state == DossierState.DRAFT else []
            raise Conflict(impossible.sentence(), [problem.text for problem in wrong]) from None
