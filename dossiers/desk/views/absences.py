"""Days on which staff are away, and who does their work: each person for oneself, the head for the staff of the body."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Absence, Membership, User
from accounts.roles import WORK_ON_DOSSIERS, Role
from dossiers.desk.views.queue import for_staff
from portal.common import clock
from portal.common.form_fields import DayField

MAX_DAYS = 366
DAY = forms.TextInput(attrs={"type": "date"})


def staff_of(user):
    """Whose absence this user may enter: their own; the head's, of the whole body."""
    headed = Membership.objects.current().filter(agency__in=user.agencies_with(Role.HEAD, Role.DEPUTY))
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=headed.values("user")), is_active=True).order_by("full_name")


def colleagues_of(person):
    """Who can stand in: those with one of the person's roles at the same body."""
    posts = Q(pk__in=())
    for role, agency in person.roles:
        if role in WORK_ON_DOSSIERS:
            posts |= Q(role=role, agency=agency)
    held = Membership.objects.current().filter(posts)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk=person.pk).order_by("full_name")


class AbsenceForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Người vắng"), empty_label=None)
    first = DayField(label=gettext_lazy("Vắng từ ngày"), widget=DAY)
    last = DayField(label=gettext_lazy("Đến ngày"), widget=DAY)
    stand_in = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Người làm thay"),
        required=False,
        empty_label=gettext_lazy("Chưa cử ai: mọi người cùng vai trò ở nơi ấy đều làm được"),
    )

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.user = user
        people = staff_of(user)
        self.fields["person"].queryset = people
        self.fields["person"].initial = user.pk
        near = Membership.objects.current().filter(agency__in=user.agencies_with())
        self.fields["stand_in"].queryset = User.objects.filter(pk__in=near.values("user"), is_active=True).order_by("full_name")

    def clean(self):
        cleaned = super().clean()
        person, first, last, stand_in = (cleaned.get(name) for name in ("person", "first", "last", "stand_in"))
        if first and last and (last < first or (last - first).days > MAX_DAYS):
            self.add_error("last", _("Ngày cuối phải sau ngày đầu, nhiều nhất một năm."))
        elif last and last < clock.today():
            self.add_error("last", _("Những ngày này đã qua."))
        if person and stand_in and stand_in not in colleagues_of(person):
            self.add_error("stand_in", _("Chọn người khác, có cùng vai trò ở cùng nơi làm việc."))
        if person and stand_in and first and last and not self.errors and is_away(stand_in, first, last):
            self.add_error("stand_in", _("Người này cũng vắng trong những ngày ấy."))
        if person and first and last and not self.errors and is_away(person, first, last):
            self.add_error("first", _("Những ngày này đã ghi vắng. Hủy dòng cũ rồi ghi lại."))
        return cleaned


def is_away(person, first, last):
    return person.absences.filter(cancelled_at=None, first_on__lte=last, last_on__gte=first).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def show(request):
    """The absences of these people that are not over, and the form."""
    form = AbsenceForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        Absence.objects.create(
            user=data["person"], first_on=data["first"], last_on=data["last"], stand_in=data["stand_in"], entered_by=request.user
        )
        messages.success(request, _("Đã ghi ngày vắng của %(who)s.") % {"who": data["person"]})
        return redirect("desk:absences")
    rows = Absence.objects.filter(Q(user__in=staff_of(request.user)) | Q(stand_in=request.user), last_on__gte=clock.today())
    return render(
        request,
        "dossiers/desk/absences.html",
        {
            "title": _("Ngày vắng, người làm thay"),
            "lead": _("Trong những ngày ấy, hồ sơ người vắng đang giữ nằm trong “Việc của tôi” của người làm thay."),
            "button": _("Ghi ngày vắng"),
            "form": form,
            "rows": rows.select_related("user", "stand_in", "entered_by", "cancelled_by"),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@require_POST
@for_staff
def cancel(request, pk):
    """Cancel an absence: the person, or the head of their body. 404 for others' rows."""
    row = get_object_or_404(Absence, pk=pk, user__in=staff_of(request.user))
    if row.cancelled_at:
        raise PermissionDenied
    row.cancelled_by, row.cancelled_at = request.user, clock.now()
    row.save(update_fields=["cancelled_by", "cancelled_at"])
    messages.success(request, _("Đã hủy ngày vắng của %(who)s.") % {"who": row.user})
    return redirect("desk:absences")
