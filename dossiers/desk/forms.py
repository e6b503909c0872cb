"""Forms of the steps. A form checks that the input is well formed; `workflow.advance` checks everything else.

`details()`: the keyword arguments of `workflow.advance` besides the note.
"""

import datetime as dt

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address_text
from accounts.models import Agency, Membership, User
from accounts.roles import Role
from dossiers.choices import Product, SeenDocument, TakenAs
from dossiers.clock.timekeeper import Timekeeper
from dossiers.desk import pdf_files
from dossiers.files import receiving
from dossiers.files.checking import ACCEPT, UploadRefused
from dossiers.files.models import SIGNED_PAPER
from dossiers.models import StepState
from dossiers.papers import drafting
from dossiers.parcels import standing
from dossiers.parcels.carriers import register
from dossiers.permissions import NOTE_SHOWN_STEPS, heads, own_steps, roles_of, steps_headed
from dossiers.transitions import conditions, inputs
from portal.common import clock
from portal.common.figures import UnclearDay, typed_day_in
from portal.common.form_fields import DayField, NumberField, PhoneField, TimeField
from portal.common.money import UnclearAmount, dong, dong_in
from portal.common.vietnamese import clean_text

MAX_TEXT_LENGTH, MAX_MARK_LENGTH = 4000, 500  # characters
MAX_PHOTOS = 4  # of one visit


class CleanTextField(forms.CharField):
    """Text field that cleans its input: NFC, no control characters, single spaces. `rows`: a textarea of this height."""

    def __init__(self, *, rows=None, **options):
        self.lines = bool(rows)
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput
        super().__init__(max_length=options.pop("max_length", MAX_TEXT_LENGTH), widget=widget, **options)

    def to_python(self, value):
        return clean_text(super().to_python(value) or "", lines=self.lines)


class StepForm(forms.Form):
    """Form of a step without inputs of its own. `note` is stored in the history and, for some steps, shown to the citizen."""

    template = "dossiers/desk/forms/plain.html"
    keeps_draft = False  # is there a button that keeps what is typed, to go on later?
    note = CleanTextField(rows=3, required=False, label=_("Ghi chú vào lịch sử"))

    def __init__(self, *args, step, dossier, user, **options):
        self.dossier, self.user = dossier, user
        super().__init__(*args, **options)
        if not self.fields["note"].help_text:
            shown = step in NOTE_SHOWN_STEPS
            self.fields["note"].help_text = (
                _("Người nộp đọc được ghi chú này.") if shown else _("Chỉ người làm hồ sơ này đọc được, người nộp không thấy.")
            )

    def full_clean(self):
        for field in self.fields.values():  # not in __init__: subclasses rename fields there
            words = _("Chọn ở mục “%s”.") if isinstance(field, forms.ChoiceField | forms.BooleanField) else _("Điền mục “%s”.")
            field.error_messages["required"] = words % field.label
        super().full_clean()

    def details(self):
        """Keyword arguments of `workflow.advance` besides the note."""
        return {}

    @property
    def own_fields(self):
        """The bound fields in display order: the note last."""
        return [self[name] for name in self.fields if name != "note"] + [self["note"]]


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


class ScansField(forms.FileField):
    """Several files at once, as a list."""

    widget = type("ScansInput", (forms.FileInput,), {"allow_multiple_selected": True})

    def clean(self, data, initial=None):
        return [super(ScansField, self).clean(file, initial) for file in data] if data else super().clean(None, initial)


class SignedForm(StepForm):
    """A citizen's step that a clerk takes: with scans of the paper that the citizen signed."""

    signed = ScansField(
        label=_("Bản quét giấy người dân đã ký"),
        widget=ScansField.widget(attrs={"accept": ACCEPT}),
        help_text=_("Ảnh hoặc PDF. Gửi rồi thì không xóa được."),
    )

    def clean_signed(self):
        uploads = receiving.check(SIGNED_PAPER, self.cleaned_data["signed"], who=f"user:{self.user.pk}")
        if sentences := [f"{upload.name}: {upload.sentence}" for upload in uploads if upload.sentence]:
            raise forms.ValidationError(sentences)
        return [upload.checked for upload in uploads]

    def details(self):
        return {"signed": self.cleaned_data["signed"]}


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


class ReasonForm(StepForm):
    """A step that needs a reason."""

    note = CleanTextField(
        rows=4,
        min_length=5,
        label=_("Lý do"),
        help_text=_("Viết cho người nộp hiểu: chỗ nào, vì sao, làm gì tiếp. Lý do được gửi và in trên giấy."),
    )


class StopForm(ReasonForm):
    legal_ground = CleanTextField(
        label=_("Căn cứ pháp luật"), help_text=_("Ví dụ: khoản 2 Điều 21 Nghị định 61/2018/NĐ-CP"), max_length=300
    )

    def details(self):
        return {"legal_ground": self.cleaned_data["legal_ground"]}


class OneOfStepsForm(StepForm):
    """A step about one of the open processing steps: chosen where there are several, else the only one."""

    step = forms.TypedChoiceField(widget=forms.RadioSelect, empty_value=None)
    step_label = ""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.runs = {str(run.pk): run for run in self.choices_of_steps()}
        self.fields["step"].label = self.step_label
        self.fields["step"].choices = [(pk, f"{run.name} – {run.agency}") for pk, run in self.runs.items()]
        if len(self.runs) == 1:
            del self.fields["step"]

    def choices_of_steps(self):
        """The `StepRun`s of which one is meant."""
        raise NotImplementedError

    @property
    def chosen(self):
        """The chosen `StepRun`, of a valid form."""
        return self.runs[self.cleaned_data["step"]] if "step" in self.fields else next(iter(self.runs.values()))

    def details(self):
        return {"step": self.chosen}


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


class QuestionForm(StepForm):
    keeps_draft = True
    question = CleanTextField(
        rows=4, label=_("Nội dung cần người nộp xác nhận"), help_text=_("Đồng hồ tạm dừng cho đến khi người nộp trả lời.")
    )

    def details(self):
        return {"question": self.cleaned_data["question"]}


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


class OriginalForm(StepForm):
    """Asking for an original: one of the documents for which the procedure names a reason."""

    original = forms.ChoiceField(label=_("Bản chính của giấy tờ nào"), widget=forms.RadioSelect)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        found = conditions.originals_with_reason(self.dossier)
        self.fields["original"].choices = [(key, f"{name}. Căn cứ: {reason}") for key, (name, reason) in found.items()]

    def details(self):
        return {"original": self.cleaned_data["original"]}


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
        self.payer = standing.payer_after(last.state if last else None)
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


class WithdrawalForm(StepForm):
    originals_returned = forms.BooleanField(
        required=False, label=_("Đã trả lại giấy tờ gốc, hoặc bộ phận một cửa không giữ giấy tờ gốc nào")
    )

    def details(self):
        return {"originals_returned": self.cleaned_data["originals_returned"]}


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
