"""Forms of the steps that hand out the result."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address_text
from dossiers.choices import SeenDocument, TakenAs
from dossiers.desk.forms.base import CleanTextField, StepForm
from dossiers.parcels import standing
from dossiers.parcels.carriers import register
from dossiers.transitions import inputs
from portal.common.form_fields import PhoneField


class DeliverForm(StepForm):
    signed_for_by = CleanTextField(
        label=_("Người ký nhận"), max_length=120, help_text=_("Họ tên ghi trên giấy tờ của người đến nhận, đã đối chiếu.")
    )
    taken_as = forms.ChoiceField(label=_("Đến nhận với tư cách"), choices=TakenAs.choices, widget=forms.RadioSelect)
    mandate = CleanTextField(
        label=_("Giấy ủy quyền, giấy giới thiệu"), max_length=200, required=False,
        help_text=_("Chỉ ghi khi nhận thay: số, ngày, ai ký. Giữ lại bản giấy hoặc bản chụp."),
    )  # fmt: skip
    seen_document = forms.ChoiceField(label=_("Giấy tờ đã xem"), choices=SeenDocument.choices, widget=forms.RadioSelect)
    seen_number = CleanTextField(label=_("Số giấy tờ đã xem"), max_length=30)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.dossier.organisation_id:
            self.fields["taken_as"].choices = [choice for choice in TakenAs.choices if choice[0] != TakenAs.OWN]

    def details(self):
        names = ("signed_for_by", "taken_as", "mandate", "seen_document", "seen_number")
        return {name: self.cleaned_data[name] for name in names}


class SendParcelForm(StepForm):
    """Ordering a parcel: the address that was filed, which the clerk may correct before the order, never after it."""

    template = "dossiers/desk/forms/send_parcel.html"
    recipient = CleanTextField(label=_("Người nhận"), max_length=200)
    phone = PhoneField(label=_("Điện thoại người nhận"), help_text=_("Bưu tá gọi số này trước khi phát."))
    address = CleanTextField(label=_("Địa chỉ nhận"), rows=2, max_length=400, min_length=inputs.MIN_ADDRESS)
    tracking = CleanTextField(
        label=_("Số hiệu bưu gửi"),
        max_length=40,
        help_text=_("Ghi trên biên nhận của bưu cục. Gửi xong mới ghi ở đây."),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        last = self.dossier.parcels.order_by("-pk").first()
        self.payer = standing.payer_after(last)
        self.before = last
        self.carrier = register.current()
        if self.carrier.takes_orders:
            del self.fields["tracking"]
        self.initial |= {
            "recipient": last.recipient if last else self.dossier.subject_name,
            "phone": last.phone if last else self.dossier.subject_phone,
            "address": last.address if last else address_text(self.dossier.delivery_address),
        }

    def details(self):
        return {name: self.cleaned_data[name] for name in ("recipient", "phone", "address", "tracking") if name in self.fields}
