"""Letters between the citizen's side and the office, over the API, with the rules of the page, without notes of staff."""

import uuid

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from dossiers import conversation
from dossiers.api.views import visible_filed
from dossiers.models import Letter
from dossiers.permissions import is_submitter
from portal.common.bodies import Body
from portal.common.vietnamese import clean_text
from portal.json_parser import JSONParser


class LetterFileSerializer(serializers.Serializer):
    """A file of a letter; `size` in bytes."""

    name = serializers.CharField()
    type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class LetterSerializer(serializers.ModelSerializer):
    """A letter. `agency`: the body that wrote it, null: the citizen's side. `answer_by`: the office should answer until then."""

    agency = serializers.CharField(source="agency.code", default=None, allow_null=True)
    files = LetterFileSerializer(many=True)

    class Meta:
        model = Letter
        fields = ["id", "from_office", "agency", "text", "files", "sent_at", "opened_at", "answer_by", "closed_at"]


class NewLetterSerializer(Body):
    """A letter to the office. The same `sent_key` sent again is the same letter."""

    text = serializers.CharField(max_length=conversation.MAX_TEXT)
    sent_key = serializers.UUIDField(required=False)


class LetterWithFilesSerializer(NewLetterSerializer):
    """The same with files, as a form."""

    file = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)


class Letters(APIView):
    """The letters of an own dossier."""

    parser_classes = [JSONParser, MultiPartParser]

    def own(self, request, code):
        dossier = get_object_or_404(visible_filed(request.user), code=code)
        if not is_submitter(dossier, request.user):
            raise Http404
        return dossier

    @extend_schema(
        operation_id="list_letters",
        summary="Thư qua lại với cơ quan về hồ sơ",
        description="Đọc là đã mở: thư của cơ quan được ghi là đã xem.",
        responses={200: LetterSerializer(many=True)},
    )
    def get(self, request, code):
        dossier = self.own(request, code)
        conversation.open_letters(dossier, request.user)
        return Response(LetterSerializer(dossier.letters.select_related("agency"), many=True).data)

    @extend_schema(
        operation_id="write_letter",
        summary="Gửi thư cho cơ quan",
        description="Gửi lại cùng `sent_key` thì vẫn là một thư. Tệp đính kèm gửi ở trường `file` của multipart/form-data.",
        request={"application/json": NewLetterSerializer, "multipart/form-data": LetterWithFilesSerializer},
        responses={201: LetterSerializer},
    )
    def post(self, request, code):
        dossier = self.own(request, code)
        form = isinstance(request.data, QueryDict)
        sent = (LetterWithFilesSerializer if form else NewLetterSerializer)(data=request.data)
        sent.is_valid(raise_exception=True)
        text, key = clean_text(sent.validated_data["text"], lines=True), sent.validated_data.get("sent_key") or uuid.uuid4()
        try:
            letter = conversation.write(dossier, request.user, text, key, request.FILES.getlist("file"))
        except conversation.NotWritten as refusal:
            raise serializers.ValidationError({"text": [str(refusal)]}) from None
        return Response(LetterSerializer(letter).data, status=status.HTTP_201_CREATED)
