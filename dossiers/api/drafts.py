"""The answers of a draft over the API: read, written, judged by the same rules as on the pages.

A draft is begun and gets its papers on the pages; `dossiers.api.views.Submit` files it.
"""

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from dossiers.api.answers import AnswersField
from dossiers.api.views import REFUSALS
from dossiers.files.changing import FilesClosed
from dossiers.filing import drafts, judging, portal_questions
from dossiers.models import Dossier
from dossiers.states import DossierState
from portal.common.bodies import Body
from portal.common.problems import Conflict
from procedures.eforms import error_texts, read_json


class DraftSerializer(serializers.Serializer):
    """A draft. `asked`: the portal's own questions. `errors`: what is missing or wrong in both before it can be filed."""

    id = serializers.IntegerField()
    procedure = serializers.CharField()
    revision = serializers.IntegerField()
    answers = AnswersField()
    asked = AnswersField()
    errors = serializers.DictField(child=serializers.CharField())


class DraftChangesSerializer(Body):
    """New answers by field key; null empties one, what is not named stays. One that is refused: nothing is written.

    `revision`: of the draft as it was read; 409 when it was changed since.
    """

    answers = AnswersField(required=False)
    asked = AnswersField(required=False)
    revision = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class Draft(APIView):
    """An own draft."""

    @extend_schema(
        operation_id="read_draft",
        summary="Bản nháp: câu trả lời và những chỗ còn thiếu hoặc chưa đúng",
        description="Bản nháp được mở và thêm giấy tờ trên trang của cổng.",
        responses={200: DraftSerializer, 409: REFUSALS[409]},
    )
    def get(self, request, pk):
        return Response(_shown(self._found(pk)))

    @extend_schema(
        operation_id="change_draft",
        summary="Ghi câu trả lời vào bản nháp",
        description="Câu không gửi thì giữ nguyên, `null` thì xóa. Một câu bị từ chối thì không câu nào được ghi.",
        request=DraftChangesSerializer,
        responses={200: DraftSerializer, 409: REFUSALS[409]},
    )
    def patch(self, request, pk):
        draft = self._found(pk)
        sent = DraftChangesSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            drafts.save(draft, revision=sent.validated_data.get("revision"), **_changes(draft, sent.validated_data))
        except drafts.ChangedElsewhere:
            raise Conflict(_("Bản nháp đã được sửa ở nơi khác. Đọc lại rồi gửi lại.")) from None
        except drafts.NoLongerADraft:
            raise Conflict(FilesClosed(Dossier.objects.filter(pk=pk).first()).sentence()) from None
        return Response(_shown(draft))

    def _found(self, pk):
        """The draft; 404 when it is not this user's, 409 when it was filed or its version is no longer in effect."""
        draft = drafts.find(pk, user=self.request.user, session={})
        if draft is None:
            raise Http404
        if draft.state != DossierState.DRAFT:
            raise Conflict(FilesClosed(draft).sentence())
        if not draft.version.in_effect():
            raise Conflict(_("Thủ tục đã có phiên bản mới. Mở bản nháp trên cổng để chuyển sang phiên bản ấy."))
        return draft


def _changes(draft, sent):
    """Keyword arguments for `drafts.save`. Raises ValidationError with a sentence for each answer that is refused."""
    changes, refused = {}, {}
    for part in judging.parts_of(draft):
        name = _name(part)
        values, faults = read_json(part.form, sent.get(name, {}), part.known, part.day)
        if faults:
            refused[name] = faults
        elif part.is_portal:
            asked, columns = portal_questions.split_values(draft, values)
            changes |= {"asked": asked, **columns}
        else:
            changes["answers"] = values
    if sent.get("answers") and "answers" not in changes and "answers" not in refused:
        refused["answers"] = dict.fromkeys(sent["answers"], _("Thủ tục này không có tờ khai trên cổng."))
    if refused:
        raise serializers.ValidationError(refused)
    return changes


def _shown(draft):
    """The draft as `DraftSerializer` shows it."""
    facts = {"id": draft.pk, "procedure": draft.version.procedure.code, "revision": draft.revision, "answers": {}, "errors": {}}
    for part in judging.parts_of(draft):
        keys = part.form.fields if part.is_portal else draft.answers
        facts[_name(part)] = {key: value for key, value in part.known.items() if key in keys}
        facts["errors"] |= error_texts(part.form, part.errors, part.known, part.day)
    return DraftSerializer(facts).data


def _name(part):
    return "asked" if part.is_portal else "answers"
