"""Forms of the steps about who holds the work: handed over, taken, returned, assigned, passed on."""

import datetime as dt

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.roles import Role
from dossiers.choices import Product
from dossiers.desk import pdf_files
from dossiers.desk.forms.base import MAX_MARK_LENGTH, CleanTextField, OneOfStepsForm, ReasonForm, StepForm
from dossiers.files.checking import UploadRefused
from dossiers.models import StepState
from dossiers.papers import drafting
from dossiers.permissions import heads, own_steps, roles_of, steps_headed
from dossiers.transitions import inputs
from portal.common import clock
from portal.common.form_fields import DayField, TimeField
from portal.common.vietnamese import clean_text

MAX_PHOTOS = 4  # of one visit


class HandOverForm(OneOfStepsForm):
    """Closing a processing step, with what it must deliver. The opinion of a step is its note."""

    template = "dossiers/desk/forms/hand_over.html"
    keeps_draft = True
    step_label = _("Bước đã làm xong")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        opinions = [run for run in self.runs.values() if run.must_produce == Product.OPINION]
        if opinions and len(self.runs) == 1:
            note = self.fields["note"]
            note.required, note.label = True, capfirst(opinions[0].produces.get("label") or _("ý kiến"))
            note.help_text = opinions[0].question or note.help_text
        for pk, run in self.runs.items():
            label = capfirst(run.produces.get("label") or "")
            if run.must_produce == Product.NUMBER:
                self.fields[f"number-{pk}"] = CleanTextField(label=label or _("Số"), max_length=100, required=False)
            if run.must_produce == Product.FILE:
                self.fields[f"file-{pk}"] = forms.FileField(
                    label=_("%(label)s (tệp PDF)") % {"label": label or _("Tệp")}, required=False,
                    widget=forms.FileInput(attrs={"accept": "application/pdf"}),
                )  # fmt: skip
                self.fields[f"kept-{pk}"] = forms.CharField(required=False, widget=forms.HiddenInput)
            if run.visit:
                self._ask_about_the_visit(pk, run)

    def _ask_about_the_visit(self, pk, run):
        at = clock.local(run.visit_at)
        self.fields[f"held_day-{pk}"] = DayField(label=_("Ngày đã kiểm tra tại chỗ"), required=False, initial=f"{at:%d/%m/%Y}")
        self.fields[f"held_time-{pk}"] = TimeField(label=_("Giờ đã kiểm tra"), required=False, initial=f"{at:%H:%M}")
        for n in range(1, MAX_PHOTOS + 1):
            self.fields[f"photo{n}-{pk}"] = forms.FileField(
                label=_("Ảnh tại chỗ %(n)d") % {"n": n}, required=False,
                widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
            )  # fmt: skip
        if len(self.runs) == 1:
            self.fields["note"].label, self.fields["note"].required = _("Kết quả kiểm tra tại chỗ"), True

    def choices_of_steps(self):
        return [run for run in own_steps(self.dossier, self.user) if run.kind != "sign"]

    def clean(self):
        self.photos = {pk: self._photos_of(pk) for pk, run in self.runs.items() if run.visit}
        files = {pk: self._file_of(pk) for pk in self.runs if f"file-{pk}" in self.fields}
        if self.errors:
            return
        pk = str(self.chosen.pk)
        text = self.cleaned_data.get(f"number-{pk}")
        self.product = {"text": text} if text else {}
        if files.get(pk):
            self.product = {"file": dict(files[pk])}

    def _file_of(self, pk):
        """The file of this POST, else the one sent before. Kept on the form, which may come back for another error."""
        field, kept, place = f"file-{pk}", f"kept-{pk}", f"step:{pk}"
        file = pdf_files.unsigned(self.cleaned_data.get(kept, ""), place)
        if upload := self.cleaned_data.get(field):
            try:
                file = pdf_files.store_pdf(upload, f"staff:{self.user.pk}")
            except UploadRefused as refusal:
                self.add_error(field, str(refusal))
        self.data = self.data.copy()
        self.data[self.add_prefix(kept)] = pdf_files.signed(file, place)
        if file:
            self[field].help_text = _("Đã giữ tệp %(name)s. Chọn tệp khác nếu muốn thay.") % {"name": file["name"]}
        return file

    def _photos_of(self, pk):
        """The pictures of this POST, checked like any upload. A PDF is none."""
        photos = []
        for n in range(1, MAX_PHOTOS + 1):
            upload = self.cleaned_data.get(f"photo{n}-{pk}")
            if not upload:
                continue
            try:
                photos.append(dict(pdf_files.store_picture(upload, f"staff:{self.user.pk}")))
            except UploadRefused as refusal:
                self.add_error(f"photo{n}-{pk}", str(refusal))
        return photos

    def field_of(self, name):
        """The field of an input that `advance` misses."""
        return name if name in self.fields else f"{name}-{self.chosen.pk}"

    def details(self):
        pk, given = str(self.chosen.pk), {**super().details(), "product": self.product}
        if not self.chosen.visit:
            return given
        day, time = (self.cleaned_data.get(f"{name}-{pk}") for name in ("held_day", "held_time"))
        held_at = dt.datetime.combine(day, time, clock.LOCAL) if day and time else None
        return given | {"visit": {"held_at": held_at, "photos": self.photos[pk]}}


def _handed(dossier, user):
    return [run for run in own_steps(dossier, user) if run.untaken]


class TakeForm(OneOfStepsForm):
    """Taking a step that was handed over."""

    def choices_of_steps(self):
        return _handed(self.dossier, self.user)


class RefuseHandoverForm(OneOfStepsForm):
    """Not taking a step that was handed over."""

    note = CleanTextField(rows=3, min_length=inputs.MIN_REASON, label=_("Lý do không nhận"))

    def choices_of_steps(self):
        return _handed(self.dossier, self.user)


class TakeOverForm(OneOfStepsForm):
    """The head takes over an open step of the own body."""

    step_label = _("Bước nhận làm thay")
    note = CleanTextField(rows=3, min_length=inputs.MIN_REASON, label=_("Lý do"))

    def choices_of_steps(self):
        return [run for run in steps_headed(self.dossier, self.user) if run.holder_id != self.user.pk]


def earlier_steps(dossier):
    """The finished steps to which the dossier can be returned: those before the open ones, last round of each."""
    here = max((run.position for run in dossier.open_steps), default=0)
    done = dossier.step_runs.filter(state=StepState.DONE, question="", position__lt=here).select_related("agency")
    return list({run.position: run for run in done.order_by("round")}.values())


class ReturnForm(ReasonForm):
    """Returning to an earlier step. Places of the drafted result are marked where they stand."""

    template = "dossiers/desk/forms/return.html"
    keeps_draft = True
    back_to = forms.TypedChoiceField(label=_("Làm lại từ bước"), widget=forms.RadioSelect, empty_value=None)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.earlier = {str(run.pk): run for run in earlier_steps(self.dossier)}
        self.fields["back_to"].choices = [(pk, f"{run.name} – {run.agency}") for pk, run in self.earlier.items()]
        self.fields["note"].help_text = _("Viết cho người làm lại hiểu: chỗ nào, vì sao, làm gì.")
        draft = drafting.newest(self.dossier)
        self.places = [
            {"place": place, "paper": paper, "label": label, "text": text, "words": self._typed(place)}
            for place, (paper, label, text) in (drafting.flat(draft.content) if draft else {}).items()
        ]  # fmt: skip

    def _typed(self, place):
        return clean_text(self.data.get(f"dau.{place}", ""))[:MAX_MARK_LENGTH] if self.is_bound else ""

    def details(self):
        marks = [{key: row[key] for key in ("place", "label", "words")} for row in self.places if row["words"]]
        return {"back_to": self.earlier[self.cleaned_data["back_to"]], "marks": marks}


class AssignForm(StepForm):
    step = forms.TypedChoiceField(label=_("Bước giao"), widget=forms.RadioSelect, empty_value=None)
    holder = forms.ModelChoiceField(User.objects.none(), label=_("Giao cho"), empty_label=_("Chọn người"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.runs = {str(run.pk): run for run in self.dossier.open_steps if heads(self.user, run.agency_id)}
        self.fields["step"].choices = [(pk, f"{run.name} – {run.agency}") for pk, run in self.runs.items()]
        if len(self.runs) < 2:
            del self.fields["step"]
        self.fields["holder"].queryset = people_for([self.dossier], self.user)
        self.fields["note"].label = _("Lý do")
        self.fields["note"].help_text = _("Cần khi lấy việc đang có người giữ giao cho người khác.")

    def details(self):
        chosen = {"step": self.runs[self.cleaned_data["step"]]} if "step" in self.fields else {}
        return {"holder": self.cleaned_data["holder"], **chosen}


class PassOnForm(StepForm):
    """What one holds, to a colleague with the same role."""

    note = CleanTextField(rows=2, min_length=inputs.MIN_REASON, label=_("Lý do"))
    holder = forms.ModelChoiceField(User.objects.none(), label=_("Giao cho"), empty_label=_("Chọn người"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        posts = {(run.role, run.agency_id) for run in self.dossier.open_steps if run.holder_id == self.user.pk}
        people = User.objects.filter(is_active=True).exclude(pk=self.user.pk)
        for role, agency in posts or {(Role.RECEIVING_CLERK, self.dossier.receiving_agency_id)}:
            held = Membership.objects.current().filter(role=role, agency=agency)
            people = people.filter(pk__in=held.values("user"))
        self.fields["holder"].queryset = people.order_by("full_name")

    def details(self):
        return {"holder": self.cleaned_data["holder"]}


def people_for(dossiers, head):
    """Users to whom this head may give these dossiers: those with the role of an open step at a body that the head heads."""
    posts = set()
    for dossier in dossiers:
        headed = [run for run in dossier.open_steps if heads(head, run.agency_id)]
        runs = {(role, run.agency_id) for run in headed for role in roles_of(run)}
        posts |= runs or {(Role.RECEIVING_CLERK, dossier.receiving_agency_id)}
    held = Membership.objects.none()
    for role, agency in posts:
        held |= Membership.objects.current().filter(role=role, agency=agency)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("full_name")
