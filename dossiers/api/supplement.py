"""Answering a supplement request over the API: page by page, with the same rules as the citizen's page.

GET shows what each document will consist of; what was sent before stays unless it is replaced or left out by name.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from dossiers import workflow
from dossiers.api.answers import AnswersField
from dossiers.api.serializers import DossierDetailSerializer, NoteSerializer
from dossiers.api.views import REFUSALS, StepView, visible_filed
from dossiers.choices import SupplementTarget
from dossiers.files.changing import FilesClosed, open_files
from dossiers.files.receiving import check, check_page, receive, sender_of
from dossiers.filing import rules, supplements
from dossiers.permissions import is_submitter
from dossiers.states import DossierState
from portal.common.bodies import Body
from portal.common.problems import Conflict
from portal.json_parser import JSONParser
from procedures.eforms import read_json

FILE_ID = OpenApiParameter("id", int, OpenApiParameter.PATH, description="số của tệp")


class FileSerializer(serializers.Serializer):
    """A stored file. `received_sha256`: of the file as it was sent."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    received_sha256 = serializers.CharField()


class PageSerializer(serializers.Serializer):
    """One page: the file sent before, the new one, and what happens to it when the supplement is sent."""

    page = serializers.IntegerField(source="number")
    action = serializers.ChoiceField(["keep", "replace", "leave_out", "add"])
    old = FileSerializer(allow_null=True)
    new = FileSerializer(allow_null=True)


class ItemSerializer(serializers.Serializer):
    """One requested item; `pages` of a document, empty for a field; `answer` to a field, null for a document."""

    target = serializers.CharField()
    key = serializers.CharField()
    label = serializers.CharField()
    reason = serializers.CharField()
    answered = serializers.BooleanField()
    answer = serializers.JSONField(allow_null=True)
    pages = PageSerializer(many=True)


class SupplementSerializer(serializers.Serializer):
    """An open supplement request, as it would be sent now. `note`: the general words of the office, may be empty."""

    number = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)
    due_at = serializers.DateTimeField()
    items = ItemSerializer(many=True)


class NewFileSerializer(Body):
    """A new file for a requested document. `replaces`: id of the file sent before whose place it takes; else one more page."""

    item = serializers.CharField()
    file = serializers.FileField(allow_empty_file=True)
    replaces = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class PageChoiceSerializer(Body):
    """What happens to a page that was sent before."""

    action = serializers.ChoiceField(["keep", "leave_out"])


class SupplementView(StepView):
    """Finds the open request of a dossier of this user: 404 not visible, 403 not the submitter, 409 no request is open."""

    def handle_exception(self, exc):
        if isinstance(exc, FilesClosed):
            exc = Conflict(exc.sentence())
        return super().handle_exception(exc)

    def found(self, code):
        """(dossier, request)."""
        dossier = get_object_or_404(visible_filed(self.request.user), code=code)
        if not is_submitter(dossier, self.request.user):
            self.permission_denied(self.request)
        row = supplements.open_request_of(dossier)
        if row is None or dossier.state != DossierState.SUPPLEMENT_REQUIRED:
            raise FilesClosed(dossier, dossier.supplements.last())
        return dossier, row

    def shown(self, code, *, status_code=status.HTTP_200_OK):
        """The request as it would be sent now."""
        dossier, row = self.found(code)
        files = list(dossier.attachments.filter(replaced_at=None))
        still_open = {(item.target, item.key) for item in supplements.unanswered(dossier)}
        items = list(row.items.order_by("pk"))
        answers = supplements.edited_answers(dossier, row)
        for item in items:
            is_document = item.target == SupplementTarget.DOCUMENT
            item.pages = supplements.pages_of(dossier, row, item.key, files=files) if is_document else []
            item.answer = None if is_document else answers.get(item.key)
            item.answered = (item.target, item.key) not in still_open
        words = getattr(row.event, "text", None)
        facts = {"number": row.number, "due_at": row.due_at, "items": items}
        facts |= {"asked_at": row.event.at, "note": words.note if words else ""}
        return Response(SupplementSerializer(facts).data, status=status_code)


class Supplement(SupplementView):
    """The open supplement request, with the pages of each requested document as they will be."""

    @extend_schema(
        operation_id="read_supplement",
        summary="Yêu cầu bổ sung đang mở, như sẽ được gửi",
        description="Mỗi giấy tờ với từng trang: trang đã gửi được giữ, thay hay bỏ, và trang mới.",
        responses={200: SupplementSerializer, **REFUSALS},
    )
    def get(self, request, code):
        return self.shown(code)


class NewFile(SupplementView):
    """Send one file: it replaces a page that was sent before, or becomes one more page."""

    parser_classes = [MultiPartParser, JSONParser]  # JSON cannot bring a file; it is answered 400 with the field that is missing

    @extend_schema(
        operation_id="add_supplement_file",
        summary="Thêm một tệp vào phần bổ sung",
        description="Thay một trang đã gửi (`replaces`), hoặc thành trang mới. Chưa gửi cho tới khi gọi `send`.",
        request={"multipart/form-data": NewFileSerializer},
        responses={201: SupplementSerializer, **REFUSALS},
    )
    def post(self, request, code):
        dossier, row = self.found(code)
        sent = NewFileSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        key, file, replaces = (sent.validated_data.get(name) for name in ("item", "file", "replaces"))
        if not row.items.filter(target=SupplementTarget.DOCUMENT, key=key).exists():
            raise serializers.ValidationError({"item": [_("Cơ quan không yêu cầu giấy tờ này.")]})
        pages = supplements.pages_of(dossier, row, key)
        old = next((page.old for page in pages if page.old and page.old.pk == replaces), None)
        if replaces is not None and old is None:
            raise serializers.ValidationError({"replaces": [_("Giấy tờ này không có trang ấy.")]})
        who = sender_of(request)
        uploads = check_page(old, [file], who=who) if old else check(key, [file], who=who)
        with open_files(dossier, row) as files:
            received = receive(files, uploads, uploaded_by=request.user)
        if received.refused:
            raise serializers.ValidationError({"file": received.refused[key]})
        return self.shown(code, status_code=status.HTTP_201_CREATED)


class OneFile(SupplementView):
    """A page that was sent before (PATCH: keep it or leave it out), or a new file that is not sent yet (DELETE)."""

    @extend_schema(
        operation_id="read_supplement_file",
        summary="Trang có tệp này",
        description="Tệp của trang đã gửi, hoặc tệp mới chưa gửi.",
        parameters=[FILE_ID],
        responses={200: PageSerializer, **REFUSALS},
    )
    def get(self, request, code, pk):
        dossier, row = self.found(code)
        keys = row.items.filter(target=SupplementTarget.DOCUMENT).values_list("key", flat=True)
        for page in (page for key in keys for page in supplements.pages_of(dossier, row, key)):
            if pk in (page.old and page.old.pk, page.new and page.new.pk):
                return Response(PageSerializer(page).data)
        raise Http404

    @extend_schema(
        operation_id="choose_supplement_page",
        summary="Giữ hay bỏ một trang đã gửi",
        description="Trang bỏ đi chỉ mất khi phần bổ sung được gửi.",
        parameters=[FILE_ID],
        request=PageChoiceSerializer,
        responses={200: SupplementSerializer, **REFUSALS},
    )
    def patch(self, request, code, pk):
        dossier, row = self.found(code)
        sent = PageChoiceSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        with open_files(dossier, row) as files:
            change = files.keep if sent.validated_data["action"] == "keep" else files.leave_out
            if not change(pk):
                raise Http404
        return self.shown(code)

    @extend_schema(
        operation_id="remove_supplement_file",
        summary="Bỏ một tệp mới chưa gửi",
        description="Trả lời là yêu cầu bổ sung như sẽ được gửi sau đó.",
        parameters=[FILE_ID],
        responses={200: SupplementSerializer, **REFUSALS},
    )
    def delete(self, request, code, pk):
        dossier, row = self.found(code)
        with open_files(dossier, row) as files:
            if files.remove(pk) is None:
                raise Http404
        return self.shown(code)


class AnswersSerializer(Body):
    """New answers to the requested fields, by field key. One that is refused: nothing is written."""

    answers = AnswersField()


class Answers(SupplementView):
    """The requested fields. What is written is not sent yet."""

    @extend_schema(
        operation_id="answer_supplement",
        summary="Sửa những mục cơ quan yêu cầu",
        description="Chưa gửi cho tới khi gọi `send`. Một câu bị từ chối thì không câu nào được ghi.",
        request=AnswersSerializer,
        responses={200: SupplementSerializer, **REFUSALS},
    )
    def patch(self, request, code):
        dossier, row = self.found(code)
        sent = AnswersSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        answers = sent.validated_data["answers"]
        keys = row.items.filter(target=SupplementTarget.FIELD).values_list("key", flat=True)
        if closed := sorted(set(answers) - set(keys)):
            raise serializers.ValidationError({"answers": dict.fromkeys(closed, _("Cơ quan không yêu cầu sửa mục này."))})
        form = rules.form_of(dossier)
        known = rules.known_answers(dossier, form) | row.edits.get("answers", {})
        values, faults = read_json(form, answers, known, rules.filing_day(dossier))
        if faults:
            raise serializers.ValidationError({"answers": faults})
        with open_files(dossier, row) as files:
            supplements.keep_answers(files.request, values)
        return self.shown(code)


class Send(SupplementView):
    """Send the supplement as GET shows it. 409 while an item is not answered."""

    @extend_schema(
        operation_id="send_supplement",
        summary="Gửi phần bổ sung",
        description="Gửi đúng những gì `read_supplement` cho thấy. Còn mục chưa trả lời thì 409.",
        request=NoteSerializer,
        responses={200: DossierDetailSerializer, **REFUSALS},
    )
    def post(self, request, code):
        dossier, __ = self.found(code)
        sent = NoteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return self.answer(workflow.advance(dossier, "resubmit", actor=request.user, note=sent.validated_data.get("note", "")))
