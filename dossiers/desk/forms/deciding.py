"""Forms of the steps that take in, stop, or put off."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.clock.timekeeper import Timekeeper
from dossiers.desk.forms.base import CleanTextField, ReasonForm, StepForm
from dossiers.transitions import conditions
from portal.common import clock
from portal.common.figures import UnclearDay, typed_day_in


class AcceptForm(StepForm):
    """Accepting a dossier. When a fee reduction is claimed, the clerk decides on it here."""

    exemption = forms.ChoiceField(
        label=_("Diện miễn, giảm phí người nộp khai"),
        choices=[("confirm", _("Công nhận, đã xem giấy tờ hoặc dữ liệu")), ("refuse", _("Không công nhận, thu đủ phí"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if not conditions.claims_exemption(self.dossier):
            del self.fields["exemption"]

    def details(self):
        return {"exemption": self.cleaned_data.get("exemption")}


class StopForm(ReasonForm):
    legal_ground = CleanTextField(
        label=_("Căn cứ pháp luật"), help_text=_("Ví dụ: khoản 2 Điều 21 Nghị định 61/2018/NĐ-CP"), max_length=300
    )

    def details(self):
        return {"legal_ground": self.cleaned_data["legal_ground"]}


class WithdrawalForm(StepForm):
    originals_returned = forms.BooleanField(
        required=False, label=_("Đã trả lại giấy tờ gốc, hoặc bộ phận một cửa không giữ giấy tờ gốc nào")
    )

    def details(self):
        return {"originals_returned": self.cleaned_data["originals_returned"]}


class ExtendForm(ReasonForm):
    """The new date as three numbers; the new due time is the closing time of that day."""

    template = "dossiers/desk/forms/extend.html"
    PARTS = ("ngay", "thang", "nam")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.timekeeper = Timekeeper(self.dossier)
        self.furthest = self.timekeeper.furthest_promise()
        for part in self.PARTS:
            self.fields[f"moi-{part}"] = forms.CharField(required=False, max_length=4)

    @property
    def typed(self):
        """The three parts of the date as typed."""
        return {part: self[f"moi-{part}"].value() or "" for part in self.PARTS}

    @property
    def date_error(self):
        return next(iter(self.errors.get("moi-ngay", [])), "")

    def field_of(self, name):
        """The field of an input that `advance` misses."""
        return "moi-ngay" if name == "new_due_at" else name

    def clean(self):
        typed = [self.cleaned_data.get(f"moi-{part}", "").strip() for part in self.PARTS]
        try:
            day = typed_day_in(" ".join(typed))
        except UnclearDay:
            self.add_error("moi-ngay", _("Ngày hẹn mới phải là một ngày có thật, ví dụ 4 12 2026."))
            return
        if not self.timekeeper.calendar.is_working(day):
            self.add_error("moi-ngay", _("Ngày này cơ quan nghỉ. Chọn một ngày làm việc."))
        else:
            self.cleaned_data["new_due_at"] = self.timekeeper.hours.close_of(day)

    def details(self):
        return {"new_due_at": self.cleaned_data["new_due_at"]}


class ApologiseForm(ExtendForm):
    """Late: the date and the words are drafted from where the dossier stands, and can be changed."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        day = clock.local(self.timekeeper.likely_end()).date()
        drafted = {"moi-ngay": day.day, "moi-thang": day.month, "moi-nam": day.year, "note": self._drafted_reason()}
        self.initial = {**drafted, **self.initial}

    def _drafted_reason(self):
        run = next(iter(self.dossier.open_steps), None)
        if run is None:
            return ""
        return _("Hồ sơ còn ở bước “%(step)s” tại %(agency)s, chưa xong đúng hạn.") % {"step": run.name, "agency": run.agency}
