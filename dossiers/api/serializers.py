"""Serializers of dossiers, and of the requests of the API."""

from rest_framework import serializers

from dossiers.api.answers import KnownFieldsOnly
from dossiers.models import Dossier, Event


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

    class Meta:
        model = Dossier
        fields = [
            "code", "procedure", "procedure_name", "state", "state_number", "state_label", "channel", "received_at", "waiting_on",
            "submitted_at", "accepted_at", "due_at", "first_promised_due_at", "supplement_due_at", "decided_at", "completed_at",
            "returned_at", "closed_at", "payment_status", "delivery_way",
        ]  # fmt: skip


class DossierDetailSerializer(DossierSerializer):
    """One dossier with its history."""

    events = EventSerializer(many=True, read_only=True)

    class Meta(DossierSerializer.Meta):
        fields = [*DossierSerializer.Meta.fields, "events"]


class NoteSerializer(serializers.Serializer):
    """A note to a step: the reason of a withdrawal, a message with a supplement. Optional."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class SubmitSerializer(KnownFieldsOnly):
    """The declaration must be true: it replaces the signature."""

    declared = serializers.BooleanField()

    def validate_declared(self, value):
        if not value:
            raise serializers.ValidationError("declared must be true")
        return value
