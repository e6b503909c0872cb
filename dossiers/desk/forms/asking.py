"""Forms of the steps that ask somebody else: the applicant, another body."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Membership
from accounts.roles import Role
from dossiers.desk.forms.base import CleanTextField, OneOfStepsForm, SignedForm, StepForm
from dossiers.permissions import own_steps
from dossiers.transitions import conditions, inputs
from portal.common import clock
from portal.common.form_fields import DayField, NumberField, TimeField


class QuestionForm(StepForm):
    keeps_draft = True
    question = CleanTextField(
        rows=4, label=_("Nội dung cần người nộp xác nhận"), help_text=_("Đồng hồ tạm dừng cho đến khi người nộp trả lời.")
    )

    def details(self):
        return {"question": self.cleaned_data["question"]}


class SignedConfirmationForm(SignedForm):
    """The visitor's answer to the question of the office: agreed, or what is wrong (the note)."""

    AGREE, WRONG = "dung", "sai"
    choice = forms.ChoiceField(
        label=_("Người nộp trả lời"), choices=[(AGREE, _("Đúng, làm tiếp")), (WRONG, _("Có chỗ chưa đúng"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = CleanTextField(rows=3, required=False, label=_("Chỗ nào chưa đúng, lời người nộp"))

    def clean(self):
        given = super().clean()
        if given.get("choice") in (self.WRONG,) and not given.get("note"):
            self.add_error("note", _("Ghi rõ chỗ nào chưa đúng."))
        if given.get("choice") in (self.WRONG,):
            given["note"] = _("Chưa đúng: %s") % given.get("note", "")
        elif given.get("choice"):
            given["note"] = f"{_('Đúng, đồng ý.')} {given.get('note', '')}".strip()
        return given


class GoOnForm(StepForm):
    """Going on without the answer of the applicant."""

    note = CleanTextField(rows=3, min_length=inputs.MIN_REASON, label=_("Lý do"))


class VisitForm(OneOfStepsForm):
    """The visit is told to the applicant."""

    keeps_draft = True
    step_label = _("Bước kiểm tra")
    day = DayField(label=_("Ngày kiểm tra"), help_text=_("Ví dụ: 4/12/2026"))
    time = TimeField(label=_("Giờ"), help_text=_("Ví dụ: 8:30"))
    place = CleanTextField(label=_("Nơi kiểm tra"), max_length=300)
    people = CleanTextField(label=_("Người đến"), max_length=300, help_text=_("Họ tên, chức vụ. Người nộp đọc được."))

    def choices_of_steps(self):
        return [run for run in own_steps(self.dossier, self.user) if run.kind == "site_check"]

    def field_of(self, name):
        return name

    def details(self):
        at = dt.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], clock.LOCAL)
        return {**super().details(), "visit": {"at": at} | {key: self.cleaned_data[key] for key in ("place", "people")}}


class ConsultForm(StepForm):
    keeps_draft = True
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Hỏi cơ quan"), empty_label=_("Chọn cơ quan"))
    question = CleanTextField(rows=4, label=_("Nội dung cần lấy ý kiến"))
    hours = NumberField(
        min_value=1, max_value=400, label=_("Trả lời trong (giờ làm việc)"), help_text=_("Một ngày làm việc là 7 giờ rưỡi.")
    )

    past_the_term = forms.BooleanField(label=_("Vẫn hỏi, dù hạn trả lời ở sau ngày hẹn trả kết quả"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if not self.is_bound:  # asked only when it is so
            del self.fields["past_the_term"]
        self.fields["agency"].queryset = bodies_to_ask(self.dossier)

    def details(self):
        return {key: self.cleaned_data[key] for key in ("agency", "question", "hours", "past_the_term")}


class JointRecordForm(StepForm):
    keeps_draft = True
    question = CleanTextField(
        rows=8, label=_("Nội dung biên bản"), help_text=_("Các cơ quan ký đúng nội dung này. Sửa thì phải gửi lại để ký lại.")
    )
    agencies = forms.ModelMultipleChoiceField(
        Agency.objects.none(), label=_("Cơ quan cùng ký"), widget=forms.CheckboxSelectMultiple
    )
    hours = NumberField(
        min_value=1, max_value=400, label=_("Ký trong (giờ làm việc)"), help_text=_("Một ngày làm việc là 7 giờ rưỡi.")
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["agencies"].queryset = bodies_to_ask(self.dossier)

    def details(self):
        given = {key: self.cleaned_data[key] for key in ("question", "hours")}
        return given | {"agencies": list(self.cleaned_data["agencies"])}


def bodies_to_ask(dossier):
    """Other bodies of the province where an officer can answer."""
    province = dossier.lead_agency.province_code
    answering = Membership.objects.current().filter(role=Role.OFFICER, agency__code__startswith=province)
    bodies = Agency.objects.filter(pk__in=answering.values("agency")).exclude(pk=dossier.lead_agency_id)
    return bodies.order_by("name", "code")


class OriginalForm(StepForm):
    """Asking for an original: one of the documents for which the procedure names a reason."""

    original = forms.ChoiceField(label=_("Bản chính của giấy tờ nào"), widget=forms.RadioSelect)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        found = conditions.originals_with_reason(self.dossier)
        self.fields["original"].choices = [(key, f"{name}. Căn cứ: {reason}") for key, (name, reason) in found.items()]

    def details(self):
        return {"original": self.cleaned_data["original"]}
