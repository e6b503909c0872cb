"""Forms of the accountants. They validate the input; the services check permissions and states."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.desk.forms.base import CleanTextField
from dossiers.models import Dossier
from payments.accounting.revenue import FIRST_DAY, LAST_DAY
from payments.models import CollectionPoint, EReceipt, PaymentAttempt, RefundReason, RefundWay
from payments.permissions import dossiers_with_fees
from payments.refunds import approval
from portal.common import clock
from portal.common.codes import dossier_code_in, letters_and_digits_in
from portal.common.form_fields import DayField, DongField
from portal.common.money import dong

MAX_NOTE_LENGTH = 500  # characters of a note


class DeskForm(forms.Form):
    """A form with its own messages for missing values."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            words = __("Chọn ở mục “%s”.") if isinstance(field, forms.ChoiceField) else __("Điền mục “%s”.")
            field.error_messages["required"] = words % field.label
        super().full_clean()


class NoteForm(DeskForm):
    """One free text: a reason or a note."""

    note = CleanTextField(rows=3, max_length=MAX_NOTE_LENGTH, label=_("Ghi chú"))

    def __init__(self, *args: Any, label: Any = None, hint: Any = "", required: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["note"]
        field.label, field.help_text, field.required = label or field.label, hint, required


class DecisionForm(DeskForm):
    """The decision about an attempt under review."""

    RECEIVED, NOT_RECEIVED = "received", "not_received"
    outcome = forms.ChoiceField(
        choices=[(RECEIVED, _("Đã nhận được tiền")), (NOT_RECEIVED, _("Không nhận được tiền"))],
        widget=forms.RadioSelect,
        label=_("Kết luận"),
    )
    note = CleanTextField(
        rows=3, max_length=MAX_NOTE_LENGTH, label=_("Đã kiểm tra thế nào"), help_text=_("Ví dụ: đã hỏi ngân hàng, số văn bản.")
    )


class BookDay(DayField):
    """A day between `revenue.FIRST_DAY` and `LAST_DAY`, so that the days before and after it exist."""

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(__("Chọn một ngày từ năm 2000 đến năm 2100."))
        return day


class RefundForm(DeskForm):
    """The proposal of a refund."""

    amount = DongField(label=_("Số tiền hoàn (đồng)"), min_value=1)
    reason = forms.ChoiceField(choices=RefundReason.choices, widget=forms.RadioSelect, label=_("Lý do"))
    way = forms.ChoiceField(choices=RefundWay.choices, widget=forms.RadioSelect, label=_("Cách hoàn"))
    note = CleanTextField(rows=3, max_length=MAX_NOTE_LENGTH, label=_("Giải thích"), help_text=_("Người duyệt đọc chỗ này."))

    def __init__(self, *args: Any, attempt: PaymentAttempt, **options: Any) -> None:
        super().__init__(*args, **options)
        self.left = approval.refundable(attempt)
        self.fields["amount"].initial = self.left
        self.fields["amount"].help_text = _("Còn hoàn được %(left)s. Ví dụ 200.000.") % {"left": dong(self.left)}
        if attempt.is_online:
            self.fields["way"].initial = RefundWay.GATEWAY
        else:
            del self.fields["way"]

    def clean_amount(self) -> int:
        amount = self.cleaned_data["amount"]
        if amount > self.left:
            raise forms.ValidationError(__("Chỉ còn hoàn được %(left)s.") % {"left": dong(self.left)})
        return amount


class DocumentForm(DeskForm):
    """The number of the slip of a refund paid out by hand."""

    document = CleanTextField(max_length=40, label=_("Số chứng từ"), help_text=_("Số ủy nhiệm chi hoặc phiếu chi."))


class ReceiptForm(DeskForm):
    """Replace a wrong receipt, or cancel it. The reason is public."""

    REPLACE, CANCEL = "replace", "cancel"
    what = forms.ChoiceField(
        choices=[(REPLACE, _("Sai tên người nộp: lập biên lai khác thay")), (CANCEL, _("Không được có biên lai này: hủy"))],
        widget=forms.RadioSelect,
        label=_("Làm gì"),
    )
    payer_name = CleanTextField(max_length=250, required=False, label=_("Tên đúng của người nộp"))
    reason = CleanTextField(
        rows=3, max_length=MAX_NOTE_LENGTH, label=_("Lý do"), help_text=_("Đừng ghi tên ai ở đây: người ngoài đọc được.")
    )

    def __init__(self, *args: Any, receipt: EReceipt, **options: Any) -> None:
        super().__init__(*args, **options)
        self.receipt = receipt
        self.fields["payer_name"].initial = receipt.payer_name

    def clean(self) -> None:
        name = self.cleaned_data.get("payer_name", "")
        if self.cleaned_data.get("what") == self.REPLACE and name in ("", self.receipt.payer_name):
            self.add_error("payer_name", __("Ghi tên đúng, khác tên trên biên lai cũ."))


class HandOverForm(DeskForm):
    """The new owner of a difference."""

    to = forms.ModelChoiceField(queryset=None, label=_("Chuyển cho"), empty_label=_("Chọn đồng nghiệp"))

    def __init__(self, *args: Any, colleagues: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = colleagues


class DoubleForm(DeskForm):
    """The decision about a credit that is like an earlier one."""

    SAME, ANOTHER = "same", "another"
    what = forms.ChoiceField(
        choices=[
            (SAME, _("Là cùng một khoản, ngân hàng chỉ nhận tiền một lần")),
            (ANOTHER, _("Là khoản khác, người nộp chuyển hai lần")),
        ],
        widget=forms.RadioSelect,
        label=_("Tiền về mấy lần"),
    )
    note = CleanTextField(
        rows=3, max_length=MAX_NOTE_LENGTH, label=_("Căn cứ"), help_text=_("Ví dụ: đã xem sao kê trên trang của ngân hàng.")
    )


class SettlementForm(DeskForm):
    """The upload of a settlement file."""

    point = forms.ModelChoiceField(queryset=None, label=_("Điểm thu"), empty_label=_("Chọn điểm thu"))
    day = BookDay(label=_("Ngày của tệp"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    file = forms.FileField(label=_("Tệp đối soát (.csv)"), help_text=_("Đúng như cổng thanh toán gửi, không sửa."))

    def __init__(self, *args: Any, points: QuerySet[CollectionPoint], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["point"].queryset = points.exclude(provider="")
        self.fields["day"].initial = clock.today() - dt.timedelta(days=1)

    def clean_day(self) -> dt.date:
        if self.cleaned_data["day"] >= clock.today():
            raise forms.ValidationError(__("Ngày này chưa hết. Tệp có vào sáng hôm sau."))
        return self.cleaned_data["day"]


class StatementForm(DeskForm):
    """The upload of a bank statement."""

    point = forms.ModelChoiceField(queryset=None, label=_("Tài khoản"), empty_label=_("Chọn tài khoản"))
    file = forms.FileField(
        label=_("Tệp sao kê (.csv)"), help_text=_("Tệp gốc tải từ ngân hàng. Đừng mở rồi lưu lại bằng bảng tính.")
    )

    def __init__(self, *args: Any, points: QuerySet[CollectionPoint], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["point"].queryset = points.exclude(account_number="")
        self.fields["point"].label_from_instance = lambda point: f"{point.account_number} · {point.bank_name} · {point.name}"


class AssignForm(DeskForm):
    """Assign an unmatched credit: by the code of a dossier, or the reference of an attempt."""

    whose = CleanTextField(max_length=300, label=_("Mã hồ sơ hoặc mã lần trả"))
    together = forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple, label=_("Cộng cùng các khoản này")
    )
    note = CleanTextField(
        rows=3, max_length=MAX_NOTE_LENGTH, label=_("Căn cứ"), help_text=_("Vì sao biết tiền này là của hồ sơ đó.")
    )

    def __init__(self, *args: Any, user: User, others: QuerySet[CollectionPoint], **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["together"].queryset = others
        self.fields["together"].label_from_instance = lambda row: f"{dong(row.amount)} · {row.content or row.bank_ref}"
        if not others.exists():
            del self.fields["together"]

    def clean_whose(self) -> Dossier:
        """The dossier, of a body of this accountant. The error for others does not tell whether they exist."""
        typed = self.cleaned_data["whose"]
        named = Q(code=dossier_code_in(typed)) | Q(obligation__attempts__reference=letters_and_digits_in(typed))
        found = dossiers_with_fees(self.user).filter(named).select_related("lead_agency").distinct().first()
        if found is None:
            raise forms.ValidationError(__("Không có hồ sơ nào như vậy phải trả phí ở cơ quan của anh chị."))
        return found
