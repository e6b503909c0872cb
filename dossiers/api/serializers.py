"""Serializers of dossiers, and of the requests of the API."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dossiers.clock import lateness
from dossiers.fees import ending
from dossiers.models import Dossier, Event
from portal.common import clock
from portal.common.bodies import Body


class EventSerializer(serializers.ModelSerializer):
    """One step taken, without names and notes: those are shown on the pages only."""

    from_state = serializers.CharField(source="source", read_only=True)
    to_state = serializers.CharField(source="target", read_only=True)

    class Meta:
        model = Event
        fields = ["sequence", "step", "from_state", "to_state", "at"]


class DossierSerializer(serializers.ModelSerializer):
    """A dossier in a list."""

    procedure = serializers.CharField(source="version.procedure.code", read_only=True)
    procedure_name = serializers.CharField(source="version.procedure.__str__", read_only=True)
    state_number = serializers.IntegerField(source="status.number", read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    received_at = serializers.CharField(source="receiving_agency.code", read_only=True)

    late = serializers.SerializerMethodField(help_text="The promised time was missed, now or when it was decided.")

    def get_late(self, dossier: Dossier) -> bool:
        return lateness.missed_its_promise(dossier, clock.now())

    class Meta:
        model = Dossier
        fields = [
            "code", "procedure", "procedure_name", "state", "state_number", "state_label", "channel", "received_at", "waiting_on",
            "submitted_at", "accepted_at", "due_at", "first_promised_due_at", "supplement_due_at", "decided_at", "completed_at",
            "returned_at", "closed_at", "late", "missed_due_at", "payment_status", "delivery_way",
        ]  # fmt: skip


class EndingSerializer(serializers.Serializer):
    """How it ended without what was asked for, and what becomes of the money (whole đồng), in the words of the page."""

    occasion = serializers.ChoiceField(choices=sorted(set(ending.OCCASIONS.values())))
    paid = serializers.IntegerField()
    goes_back = serializers.IntegerField(help_text="By the rules of the procedure; an accountant decides.")
    kept = serializers.IntegerField()
    approved = serializers.IntegerField(help_text="Approved to be given back so far.")
    sentence = serializers.CharField()


class DossierDetailSerializer(DossierSerializer):
    """One dossier with its history. `again_of`, `filed_again`: codes of the dossiers it files again, and that file it again."""

    events = EventSerializer(many=True, read_only=True)
    ending = serializers.SerializerMethodField()
    again_of = serializers.CharField(source="again_of.code", read_only=True, default=None, allow_null=True)
    filed_again = serializers.SerializerMethodField()

    class Meta(DossierSerializer.Meta):
        fields = [*DossierSerializer.Meta.fields, "again_of", "filed_again", "ending", "events"]

    @extend_schema_field(EndingSerializer(allow_null=True))
    def get_ending(self, dossier):
        event = ending.closing_event(dossier)
        if event is None:
            return None
        money = ending.money(dossier, event.step)
        return {
            "occasion": ending.OCCASIONS[event.step], "paid": money.paid, "goes_back": money.goes_back, "kept": money.kept,
            "approved": money.approved, "sentence": money.text,
        }  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_filed_again(self, dossier):
        return list(dossier.filed_again.exclude(code=None).order_by("pk").values_list("code", flat=True))


class NoteSerializer(Body):
    """A note to a step: the reason of a withdrawal, a message with a supplement. Optional."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class SubmitSerializer(Body):
    """The declaration must be true: it replaces the signature."""

    declared = serializers.BooleanField()

    def validate_declared(self, value):
        if not value:
            raise serializers.ValidationError(_("Phải cam đoan những điều đã khai là đúng."))
        return value
