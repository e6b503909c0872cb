"""The payer's forms. Only the published test cards are accepted, so that no real card number is stored."""

import re

from django import forms

from .banks import CARDS, CVV, HOLDER

QR_BANK = "NCB"
APP_OUTCOMES = {
    "success": "Đủ tiền, trả được",
    "insufficient": "Không đủ tiền (51)",
    "locked": "Tài khoản bị khóa (12)",
    "daily_limit": "Hết hạn mức trong ngày (65)",
    "maintenance": "Ngân hàng đang bảo trì (75)",
    "wrong_password": "Nhập sai mật khẩu quá số lần (79)",
    "not_activated": "Chưa đăng ký trả tiền trên mạng (09)",
    "error": "Lỗi khác (99)",
}


class PayerForm(forms.Form):
    """A form with hints and errors linked to the inputs for screen readers."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = f"Nhập {field.label[:1].lower()}{field.label[1:]}."
        for name, field in self.fields.items():
            described = f"{name}-hint {name}-error" if name in self.errors else f"{name}-hint"
            field.widget.attrs |= {"id": name, "aria-describedby": described}
            if name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"


def digits_only(text):
    """The text without spaces, dots and dashes if only ASCII digits are left; else unchanged."""
    plain = re.sub(r"[ .-]", "", text)
    return plain if re.fullmatch(r"[0-9]+", plain) else text


def text_input(**attributes):
    return forms.TextInput(attrs={"autocomplete": "off", **attributes})


class CardForm(PayerForm):
    """Base of both card forms: the number must be a published test card of one of `kinds`."""

    kinds = ()
    card = None
    number = forms.CharField(
        label="Số thẻ", max_length=40, widget=text_input(inputmode="numeric"), help_text="Chỉ nhận số thẻ thử."
    )

    def clean_number(self):
        number = digits_only(self.cleaned_data["number"])
        self.card = CARDS.get(number)
        if self.card is None or self.card.kind not in self.kinds:
            raise forms.ValidationError("Đây không phải số thẻ thử. Chọn một số trong danh sách thẻ thử ở dưới.")
        return number


def month_and_year(text):
    """True for a month and a year, like 07/15 or 0715."""
    return bool(re.fullmatch(r"(0[1-9]|1[0-2])/?[0-9]{2}", text.strip()))


class DomesticCard(CardForm):
    kinds = ("ATM",)
    holder = forms.CharField(label="Tên chủ thẻ", max_length=60, widget=text_input(autocapitalize="characters"), help_text=HOLDER)
    issued = forms.CharField(label="Ngày phát hành", max_length=7, widget=text_input(inputmode="numeric"), help_text="07/15")

    def clean_holder(self):
        holder = " ".join(self.cleaned_data["holder"].upper().split())
        if holder != HOLDER:
            raise forms.ValidationError(f"Tên chủ thẻ thử là {HOLDER}.")
        return holder

    def clean_issued(self):
        if self.cleaned_data["issued"].strip() not in ("07/15", "0715"):
            raise forms.ValidationError("Ngày phát hành của thẻ thử là 07/15.")
        return "07/15"


class InternationalCard(CardForm):
    kinds = ("VISA", "MASTERCARD")
    expires = forms.CharField(
        label="Tháng và năm hết hạn",
        max_length=7,
        widget=text_input(inputmode="numeric"),
        help_text="Tháng và năm nào cũng được, thí dụ 12/30",
    )
    cvv = forms.CharField(label="Ba số sau thẻ (CVV)", max_length=4, widget=text_input(inputmode="numeric"), help_text=CVV)

    def clean_expires(self):
        if not month_and_year(self.cleaned_data["expires"]):
            raise forms.ValidationError("Ghi hai số của tháng và hai số cuối của năm, thí dụ 12/30.")
        return self.cleaned_data["expires"]

    def clean_cvv(self):
        if self.cleaned_data["cvv"].strip() != CVV:
            raise forms.ValidationError(f"Ba số của thẻ thử là {CVV}.")
        return CVV


class Otp(PayerForm):
    otp = forms.CharField(
        label="Mật khẩu một lần (OTP)",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text="Mật khẩu thử là 123456. Nhập số khác thì giao dịch không thành.",
    )

    def clean_otp(self):
        return digits_only(self.cleaned_data["otp"].strip())
