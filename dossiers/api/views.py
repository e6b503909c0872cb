"""Dossiers in the API. 404: not visible; 403: not permitted; 409: not possible in this state; 400: input is missing."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
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

REFUSALS = {
    400: OpenApiResponse(description="Something that must come with the step is missing."),
    403: OpenApiResponse(description="Not yours to do."),
    404: OpenApiResponse(description="No such dossier, or none that you may see."),
    409: OpenApiResponse(description="Not possible in the present state."),
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

    def get_queryset(self):
        return visible_filed(self.request.user)


class DossierDetail(generics.RetrieveAPIView):
    """One dossier with its history."""

    serializer_class = DossierDetailSerializer
    lookup_field = "code"

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

    @extend_schema(responses={200: OpenApiTypes.OBJECT, 404: REFUSALS[404], 409: REFUSALS[409]})
    def get(self, request, code):
        dossier = get_object_or_404(visible_filed(request.user), code=code)
        if not is_submitter(dossier, request.user):
            raise Http404
        found = proof(dossier)
        if found is None:
            return Response({"detail": "no anchor covers this dossier yet"}, status=status.HTTP_409_CONFLICT)
        return Response(found)


class StepView(APIView):
    """Takes a step through `dossiers.workflow`; its exceptions become HTTP statuses."""

    def handle_exception(self, exc):
        if isinstance(exc, workflow.StepNotPossible):
            return Response({"detail": exc.sentence()}, status=status.HTTP_409_CONFLICT)
        if isinstance(exc, DetailsMissing):
            return Response({exc.field: [str(exc)]}, status=status.HTTP_400_BAD_REQUEST)
        if isinstance(exc, PermissionDenied):
            return Response({"detail": "not yours to do"}, status=status.HTTP_403_FORBIDDEN)
        return super().handle_exception(exc)

    def answer(self, dossier):
        return Response(DossierDetailSerializer(visible_filed(self.request.user).get(pk=dossier.pk)).data)


class Withdraw(StepView):
    """Take the dossier back: at once before acceptance, afterwards the desk decides."""

    @extend_schema(request=NoteSerializer, responses={200: DossierDetailSerializer, **REFUSALS})
    def post(self, request, code):
        dossier = get_object_or_404(visible_filed(request.user), code=code)
        sent = NoteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return self.answer(workflow.withdraw(dossier, actor=request.user, note=sent.validated_data.get("note", "")))


class Submit(StepView):
    """File a draft. Asked twice it answers the same dossier; 409 when the second request has another body.

    What the review page refuses is refused here with the same sentences, in `errors`.
    """

    @extend_schema(request=SubmitSerializer, responses={200: DossierDetailSerializer, **REFUSALS})
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
            answer = {"detail": impossible.sentence(), "errors": [problem.text for problem in wrong]}
            return Response(answer, status=status.HTTP_409_CONFLICT)
