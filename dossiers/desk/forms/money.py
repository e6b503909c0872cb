"""Forms of the steps about the fee."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.desk.forms.base import CleanTextField, ReasonForm, StepForm
from portal.common.money import UnclearAmount, dong, dong_in


def whole_dong(typed):
    """«15.000 đồng» → 15000 (`money.dong_in`). Raises ValidationError when it is not one certain amount."""
    try:
        return dong_in(typed)
    except UnclearAmount as why:
        raise forms.ValidationError(str(why)) from None


class SetFeeForm(ReasonForm):
    """An amount for each fee line that the agency must set, with the basis of the calculation."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["note"].label = _("Căn cứ, cách tính")
        self.lines = self.dossier.obligation.lines_to_set()
        for line in self.lines:
            self.fields[line.key] = CleanTextField(label=_("%(line)s (đồng)") % {"line": line.label}, max_length=20)
            setattr(self, f"clean_{line.key}", lambda key=line.key: whole_dong(self.cleaned_data[key]))

    def details(self):
        return {"amounts": {line.key: self.cleaned_data[line.key] for line in self.lines}}


class CashForm(StepForm):
    """Cash at the counter. While an online attempt is open, the clerk must confirm to take cash anyway."""

    template = "dossiers/desk/forms/cash.html"
    anyway = forms.BooleanField(label=_("Đã hỏi người nộp, vẫn thu tiền mặt"))
    amount = CleanTextField(label=_("Số tiền đã thu (đồng)"), max_length=20, help_text="")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        owed = getattr(self.dossier, "obligation", None)
        if owed and owed.total is not None:
            self.fields["amount"].help_text = _("Phải thu %(sum)s.") % {"sum": dong(owed.total)}
        self.being_paid = bool(owed and owed.attempt_open)
        if not self.being_paid:
            del self.fields["anyway"]

    def clean_amount(self):
        return whole_dong(self.cleaned_data["amount"])

    def details(self):
        return {"amount": self.cleaned_data["amount"]}


class WaiveForm(ReasonForm):
    evidence = CleanTextField(
        label=_("Giấy tờ hoặc dữ liệu chứng minh"), max_length=300, help_text=_("Ví dụ: Giấy chứng nhận hộ nghèo số 12/GCN.")
    )

    def details(self):
        return {"evidence": self.cleaned_data["evidence"]}
