"""How a payment looks to machines, and what they may send. Sums in whole đồng, moments with their zone."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dossiers.models import FeeLine, FeeObligation
from payments import outcomes
from payments.attempts import ways
from payments.attempts.references import LENGTH
from payments.citizen.pages import credits, refunds
from payments.gateways import vietqr
from payments.models import BankChoice, EReceipt, PaymentAttempt, Refund, Way
from portal.common.bodies import Body

MONEY = [(outcomes.YES, "money was taken"), (outcomes.NO, "no money was taken"), (outcomes.CHECKING, "not known for sure yet")]
ONLINE = [(Way.GATEWAY, "through the gateway"), (Way.TRANSFER, "transfer to the account")]


class LineSerializer(serializers.ModelSerializer):
    """One line of what is owed, frozen at filing. `amount` null: fixed later by an officer."""

    refundable_on = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = FeeLine
        fields = ["key", "label", "kind", "unit_price", "quantity", "amount", "legal_ref", "refundable_on"]
        read_only_fields = fields


class WaySerializer(serializers.Serializer):
    """One way of paying that is open now: send `way` and `bank_choice` as they stand here."""

    way = serializers.ChoiceField(choices=ONLINE)
    bank_choice = serializers.ChoiceField(choices=BankChoice.choices, allow_blank=True)
    title = serializers.CharField()


class AttemptSerializer(serializers.ModelSerializer):
    """One try to pay. Who made it stays on the pages; `by_link`: somebody else, through a link."""

    money_taken = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField()
    by_link = serializers.SerializerMethodField()

    class Meta:
        model = PaymentAttempt
        fields = [
            "reference", "way", "bank_choice", "amount", "state", "settles", "money_taken", "sentence", "by_link", "created_at",
            "expires_at", "paid_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_money_taken(self, attempt: PaymentAttempt) -> str:
        return credits.money_of(attempt)

    def get_sentence(self, attempt: PaymentAttempt) -> str:
        return credits.sentence(attempt) or str(outcomes.of_attempt(attempt).sentence)

    def get_by_link(self, attempt: PaymentAttempt) -> bool:
        return attempt.link_id is not None


class RefundSerializer(serializers.ModelSerializer):
    """Money on its way back, under the number the gateway knows."""

    number = serializers.CharField(source="request_id", read_only=True)
    attempt = serializers.CharField(source="attempt.reference", read_only=True)
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Refund
        fields = ["number", "attempt", "amount", "reason", "state", "sentence", "requested_at", "done_at"]
        read_only_fields = fields

    def get_sentence(self, refund: Refund) -> str:
        told = refunds.describe(refund, refund.attempt)
        return f"{told.title}. {told.text}"


class ReceiptSerializer(serializers.ModelSerializer):
    """An electronic receipt. Code and file are empty until its signed paper is made, some seconds after the payment."""

    number = serializers.CharField(source="__str__", read_only=True)
    verification_code = serializers.CharField(source="paper.verification_code", default="", read_only=True)
    file = serializers.CharField(source="paper.get_absolute_url", default="", read_only=True)

    class Meta:
        model = EReceipt
        fields = ["number", "template_symbol", "amount", "state", "state_reason", "issued_at", "verification_code", "file"]
        read_only_fields = fields


class CollectorSerializer(serializers.Serializer):
    """The body in whose name the fee is collected."""

    code = serializers.CharField()
    name = serializers.CharField()


class PaymentSerializer(serializers.Serializer):
    """What a dossier owes and what became of it. `money_taken` and `sentence` speak of the attempt that matters now."""

    dossier = serializers.CharField()
    status = serializers.ChoiceField(choices=[("none", "nothing is owed"), *FeeObligation.Status.choices])
    total = serializers.IntegerField(allow_null=True)
    settled_amount = serializers.IntegerField()
    pay_until = serializers.DateTimeField(allow_null=True)
    collector = CollectorSerializer()
    money_taken = serializers.ChoiceField(choices=MONEY, allow_null=True)
    sentence = serializers.CharField()
    next_step = serializers.CharField()
    lines = LineSerializer(many=True)
    ways = WaySerializer(many=True)
    attempts = AttemptSerializer(many=True)
    receipts = ReceiptSerializer(many=True)
    refunds = RefundSerializer(many=True)


class TransferSerializer(serializers.Serializer):
    """What to send to which account, and the same as a VietQR code."""

    bank = serializers.CharField(source="point.bank_name")
    bank_bin = serializers.CharField(source="point.bank_bin")
    account = serializers.CharField(source="point.account_number")
    account_name = serializers.CharField(source="point.account_name")
    amount = serializers.IntegerField()
    content = serializers.SerializerMethodField()
    vietqr = serializers.SerializerMethodField()

    def get_content(self, attempt: PaymentAttempt) -> str:
        return vietqr.purpose_of(attempt)

    def get_vietqr(self, attempt: PaymentAttempt) -> str:
        return vietqr.payload_of(attempt)


class BegunSerializer(AttemptSerializer):
    """An attempt to go on with: the gateway's address for the payer's browser, or the transfer to make."""

    pay_url = serializers.SerializerMethodField()
    transfer = serializers.SerializerMethodField()

    class Meta(AttemptSerializer.Meta):
        fields = [*AttemptSerializer.Meta.fields, "pay_url", "transfer"]
        read_only_fields = fields

    def get_pay_url(self, attempt: PaymentAttempt) -> str:
        return self.context.get("pay_url", "")

    @extend_schema_field(TransferSerializer(allow_null=True))
    def get_transfer(self, attempt: PaymentAttempt) -> dict[str, Any] | None:
        return TransferSerializer(attempt).data if attempt.way == Way.TRANSFER else None


class BeginSerializer(Body):
    """Which way to pay: one of `ways`."""

    way = serializers.ChoiceField(choices=ONLINE)
    bank_choice = serializers.ChoiceField(choices=BankChoice.choices, allow_blank=True, default="")

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        choice = ways.choice_by(sent["way"], sent["bank_choice"])
        if choice is None:
            raise serializers.ValidationError({"bank_choice": _("Cách trả này không có lựa chọn ấy: xem `ways`.")})
        return {"choice": choice}


class ClaimSerializer(Body):
    """Of which attempt the payer says that the money is gone."""

    reference = serializers.CharField(max_length=LENGTH)


class ClaimedSerializer(serializers.Serializer):
    """What is known after asking. `looked_after`: a person has it in hand and will answer."""

    attempt = AttemptSerializer()
    looked_after = serializers.BooleanField()
