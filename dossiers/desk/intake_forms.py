"""Forms of taking in at the counter: who the applicant is, who brought the dossier, what came on paper."""

from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Gender
from dossiers.choices import FilingChannel
from dossiers.desk.forms.base import CleanTextField
from dossiers.filing import intake
from dossiers.filing.counter import MAX_SHEETS
from dossiers.models import ApplicantDocument, BroughtAs, CounterIntake
from portal.common.figures import number_in
from portal.common.form_fields import DayField, MailField, PhoneField
from portal.common.identity import id_number_in

PERSON, ORGANISATION = "nguoi", "to-chuc"


class ApplicantForm(forms.Form):
    """Channel, and the applicant as on the document that the clerk holds."""

    channel = forms.ChoiceField(
        label=gettext_lazy("Hồ sơ đến bằng cách nào"),
        choices=[
            (FilingChannel.COUNTER, gettext_lazy("Người dân đến quầy")),
            (FilingChannel.POST, gettext_lazy("Thư qua bưu chính")),
        ],
        widget=forms.RadioSelect,
        initial=FilingChannel.COUNTER,
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("Chủ hồ sơ là"),
        choices=[(PERSON, gettext_lazy("Một người")), (ORGANISATION, gettext_lazy("Một tổ chức"))],
        widget=forms.RadioSelect,
        initial=PERSON,
    )
    document = forms.ChoiceField(
        label=gettext_lazy("Giấy tờ đang xem"), choices=ApplicantDocument.choices, initial=ApplicantDocument.ID_CARD
    )
    number = forms.CharField(
        label=gettext_lazy("Số trên giấy tờ"), max_length=40,
        help_text=gettext_lazy("Tổ chức: mã số thuế. Cổng tìm theo số này trước khi nhập mới."),
    )  # fmt: skip
    name = CleanTextField(
        label=gettext_lazy("Họ và tên, hoặc tên tổ chức"), max_length=250, required=False,
        help_text=gettext_lazy("Đúng như trên giấy tờ. Để trống nếu chỉ muốn tìm theo số."),
    )  # fmt: skip
    birth_date = DayField(label=gettext_lazy("Ngày sinh"), required=False, help_text=gettext_lazy("Ngày, tháng, năm: 27/3/1990."))
    gender = forms.ChoiceField(
        label=gettext_lazy("Giới tính"), required=False, choices=[("", gettext_lazy("Giấy không ghi")), *Gender.choices]
    )
    address = CleanTextField(label=gettext_lazy("Nơi ở, trụ sở"), max_length=400, required=False)
    phone = PhoneField(
        label=gettext_lazy("Điện thoại"), required=False, max_length=30,
        help_text=gettext_lazy("Để tra cứu trên mạng và để cơ quan gọi."),
    )  # fmt: skip
    email = MailField(label=gettext_lazy("Thư điện tử"), required=False, max_length=254)

    def full_clean(self):
        self.fields["number"].error_messages["required"] = _("Ghi số trên giấy tờ đang xem.")
        super().full_clean()

    def clean_number(self):
        return id_number_in(self.cleaned_data["number"])

    def clean(self):
        given = super().clean()
        is_organisation = given.get("kind") == ORGANISATION
        number, document = given.get("number"), given.get("document", "")
        if number and (fault := intake.fault_of_number(number, document, is_organisation=is_organisation)):
            self.add_error("number", fault)
        if not is_organisation and len(given.get("name", "")) > 100:
            self.add_error("name", _("Họ và tên dài nhất 100 chữ."))
        return given

    def applicant(self):
        given = self.cleaned_data
        facts = {
            name: given[name] for name in ("number", "name", "document", "birth_date", "gender", "address", "phone", "email")
        }
        return intake.Applicant(is_organisation=given["kind"] == ORGANISATION, **facts)


class BroughtForm(forms.ModelForm):
    """Who brought or sent the dossier; of a letter also its number, when it came, what was in it and what is missing."""

    letter_on = DayField(label=gettext_lazy("Ngày nhận thư"), required=False)
    OF_A_LETTER = ("letter_number", "letter_on", "letter_contents", "missing")

    class Meta:
        model = CounterIntake
        fields = ["brought_as", "brought_by", "brought_number", "letter_number", "letter_on", "letter_contents", "missing"]
        field_classes = dict.fromkeys(["brought_by", "letter_number"], CleanTextField)
        widgets = {
            "brought_as": forms.RadioSelect,
            "letter_contents": forms.Textarea(attrs={"rows": 2}),
            "missing": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.dossier.channel != FilingChannel.POST:
            for name in self.OF_A_LETTER:
                del self.fields[name]

    def clean_brought_number(self):
        return id_number_in(self.cleaned_data["brought_number"])

    def lacks(self):
        """{field: sentence} of what filing needs and saving does not."""
        row, found = self.instance, {}
        if not row.brought_by and (row.brought_as != BroughtAs.SELF or row.dossier.organisation_id):
            found["brought_by"] = _("Ghi họ tên người đến nộp, hoặc người gửi.")
        if row.brought_as == BroughtAs.PROXY and not row.brought_number:
            found["brought_number"] = _("Ghi số giấy tờ của người được ủy quyền.")
        if row.dossier.channel == FilingChannel.POST:
            if not row.letter_number:
                found["letter_number"] = _("Ghi số bưu gửi trên phong bì.")
            if row.letter_on is None:
                found["letter_on"] = _("Ghi ngày nhận thư.")
            if not row.letter_contents:
                found["letter_contents"] = _("Ghi trong thư có những gì.")
        return found


@dataclass
class SheetsInput:
    """What came on paper, as typed. `papers`: as `CounterIntake.papers`; `errors`: {item key: sentence}."""

    papers: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)

    @classmethod
    def read(cls, post, asks):
        """Read the numbers of originals and copies of each paper, and whether it was shown."""
        found = cls()
        for ask in asks:
            counts = {name: _sheets(post.get(f"{word}-{ask.key}", "")) for name, word in SHEETS}
            if None in counts.values():
                found.errors[ask.key] = _("Ghi số bản bằng chữ số, nhiều nhất %(most)d.") % {"most": MAX_SHEETS}
            row = {name: count for name, count in counts.items() if count} | ({"seen": True} if f"xem-{ask.key}" in post else {})
            if row:
                found.papers[ask.key] = row
        return found


SHEETS = (("originals", "chinh"), ("copies", "sao"))  # the numbers and the first part of the names of their inputs


def _sheets(text):
    """A number of sheets; 0 for nothing; None when it is none."""
    if not text.strip():
        return 0
    number = number_in(text.strip(), 3)
    return number if number is not None and number <= MAX_SHEETS else None
