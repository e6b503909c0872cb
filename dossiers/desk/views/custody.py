"""Pages of originals in custody: of one dossier, of a body, the hand-over lists, and their prints."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency, Membership, User
from dossiers.access_log import log_view
from dossiers.choices import SeenDocument, TakenAs
from dossiers.custody import keeping
from dossiers.custody.models import HELD, Move, Original
from dossiers.desk.forms.base import CleanTextField
from dossiers.desk.views.queue import find, for_staff
from dossiers.files.serving import content_response
from dossiers.filing import rules
from dossiers.models import Dossier
from dossiers.papers import wording
from dossiers.permissions import may_see_papers, staff_dossiers
from dossiers.states import FINAL, DossierState
from dossiers.transitions.inputs import DetailsMissing
from portal.common import clock
from portal.common.bar_codes import bar_code_data_uri
from portal.common.figures import number_in
from portal.common.form_fields import NumberField
from portal.common.pdf import PdfError, render_pdf
from portal.common.qr import qr_data_uri

SHOWN = 200  # rows of a list; a desk that holds more gives back first
HERE, GIVE_BACK, ON_LISTS = "dang-giu", "phai-tra", "ban-giao"
GROUPS = {
    HERE: gettext_lazy("Đang giữ ở đây"), GIVE_BACK: gettext_lazy("Hồ sơ đã xong, phải trả"),
    ON_LISTS: gettext_lazy("Biên bản chờ nhận"),
}  # fmt: skip


# ---------------------------------------------------------------- one dossier
class ReceiveForm(forms.Form):
    """Originals that somebody brings: how many of each paper of the procedure, and one of another name."""

    received_from = CleanTextField(label=gettext_lazy("Người đưa"), max_length=120)
    other = CleanTextField(label=gettext_lazy("Giấy tờ khác"), max_length=200, required=False)
    other_count = NumberField(
        label=gettext_lazy("Số bản của giấy tờ khác"), min_value=1, max_value=keeping.MAX_COUNT, required=False
    )

    def __init__(self, *args, dossier, **options):
        super().__init__(*args, **options)
        self.dossier, self.asks = dossier, rules.asked_documents(dossier, files=[])
        self.initial["received_from"] = dossier.subject_name
        for ask in self.asks:
            self.fields[f"n-{ask.key}"] = NumberField(label=ask.name, min_value=1, max_value=keeping.MAX_COUNT, required=False)
        words = _("Ghi một số từ 1 đến %(most)d.") % {"most": keeping.MAX_COUNT}
        for field in self.fields.values():
            field.error_messages |= {"required": _("Điền mục “%s”.") % field.label}
            if isinstance(field, NumberField):
                field.error_messages |= {"invalid": words, "min_value": words, "max_value": words}
                for validator in field.validators:
                    validator.message = words

    @property
    def counts(self):
        return [self[f"n-{ask.key}"] for ask in self.asks]

    def papers(self):
        """[(name, item key, count)] as typed."""
        given = self.cleaned_data
        found = [(ask.name[:200], ask.key, given[f"n-{ask.key}"]) for ask in self.asks if given.get(f"n-{ask.key}")]
        return found + ([(given["other"], "", given.get("other_count") or 1)] if given["other"] else [])


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def originals(request, code):
    """The originals of a dossier with all their moves; the desk may take more."""
    dossier = find(request, code)
    if not may_see_papers(dossier, request.user):
        raise Http404
    may_receive = keeping.may_receive(dossier, request.user)
    if request.method == "POST" and not may_receive:
        raise PermissionDenied
    form = ReceiveForm(request.POST if request.method == "POST" else None, dossier=dossier)
    if form.is_valid():
        try:
            made = keeping.receive(dossier, form.papers(), received_from=form.cleaned_data["received_from"], by=request.user)
        except DetailsMissing as lack:
            form.add_error(lack.field if lack.field in form.fields else "other", str(lack))
        else:
            messages.success(request, _("Đã ghi giữ %(n)d loại giấy tờ gốc. In phiếu cho người đưa ký.") % {"n": len(made)})
            return redirect("desk:originals", code=code)
    log_view(request, dossier)
    rows = _with_moves(dossier)
    context = {
        "dossier": dossier,
        "rows": rows,
        "has_originals": any(not row.is_copy for row in rows),
        "form": form if may_receive and not dossier.status.is_final else None,
        "has_errors": form.is_bound and bool(form.errors),
        "may_receive": may_receive,
        "movable": [row for row in rows if row.where in HELD and row.agency_now in request.user.agencies_with(*keeping.KEEPERS)],
        "asked": dossier.events.filter(step="ask_original").count(),
    }
    return render(request, "dossiers/desk/originals.html", context, status=422 if context["has_errors"] else 200)


def _with_moves(dossier):
    moves = "moves__agency", "moves__by", "moves__handover__to_agency"
    return list(dossier.originals.located().select_related("received_by").prefetch_related(*moves))


def _ids(request):
    given = request.POST if request.method == "POST" else request.GET
    return {found for text in given.getlist("giay") if (found := number_in(text)) is not None}


class ReturnForm(forms.Form):
    """Who takes originals back, as for a result handed out."""

    signed_for_by = CleanTextField(label=gettext_lazy("Người ký nhận lại"), max_length=120)
    taken_as = forms.ChoiceField(
        label=gettext_lazy("Đến nhận với tư cách"), choices=TakenAs.choices, widget=forms.RadioSelect, required=False
    )
    mandate = CleanTextField(label=gettext_lazy("Giấy ủy quyền, giấy giới thiệu"), max_length=200, required=False)
    seen_document = forms.ChoiceField(
        label=gettext_lazy("Giấy tờ đã xem"), choices=SeenDocument.choices, widget=forms.RadioSelect, required=False
    )
    seen_number = CleanTextField(label=gettext_lazy("Số giấy tờ đã xem"), max_length=30, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def give_back(request, code):
    """Return the chosen originals against signature."""
    dossier = find(request, code)
    if not keeping.may_receive(dossier, request.user):
        raise Http404
    chosen = list(dossier.originals.located().filter(pk__in=_ids(request)))
    if not chosen:
        messages.error(request, _("Chọn giấy tờ cần trả."))
        return redirect("desk:originals", code=code)
    form = ReturnForm(request.POST if request.method == "POST" else None, initial={"signed_for_by": dossier.subject_name})
    if form.is_valid():
        try:
            keeping.give_back(chosen, by=request.user, **form.cleaned_data)
        except DetailsMissing as lack:
            form.add_error(lack.field, str(lack))
        except keeping.Elsewhere as moved:
            messages.error(request, str(moved))
            return redirect("desk:originals", code=code)
        else:
            messages.success(request, _("Đã trả %(n)d giấy tờ gốc. In phiếu cho người nhận ký.") % {"n": len(chosen)})
            return redirect("desk:originals", code=code)
    context = {"dossier": dossier, "chosen": chosen, "form": form, "has_errors": form.is_bound and bool(form.errors)}
    return render(request, "dossiers/desk/originals_return.html", context, status=422 if context["has_errors"] else 200)


# ---------------------------------------------------------------- a body
def _at_work(user):
    """Originals of dossiers that this user sees at work."""
    return Original.objects.filter(dossier__in=_dossiers(user))


def _dossiers(user):
    return Dossier.objects.filter(staff_dossiers(user))


def _lists(user):
    """Hand-over lists that a body of this user must still answer, or whose answer it waits for."""
    rows = keeping.lists_of(user).filter(pk__in=keeping.unanswered())
    return rows.select_related("from_agency", "to_agency", "to_user", "made_by")


@require_safe
@for_staff
def originals_of_body(request):
    """What the bodies of this user hold; what must go back; which lists wait."""
    mine = request.user.agencies_with(*keeping.KEEPERS)
    if not mine:
        raise Http404
    group = request.GET.get("nhom", "")
    group = group if group in GROUPS else HERE
    held = _at_work(request.user).held().filter(where__in=HELD, agency_now__in=mine)
    held = held.exclude(is_copy=True, dossier__state__in=FINAL)  # they are filed away with the dossier
    over = held.filter(is_copy=False, dossier__state__in=[*FINAL, DossierState.COMPLETED])
    lists = _lists(request.user)
    counts = {HERE: held.count(), GIVE_BACK: over.count(), ON_LISTS: lists.count()}
    rows = {HERE: held, GIVE_BACK: over}.get(group)
    address = f"{reverse('desk:originals_of_body')}?nhom="
    context = {
        "group": GROUPS[group],
        "groups": [
            {"label": label, "count": counts[key], "href": address + key, "current": key == group, "hot": key != HERE}
            for key, label in GROUPS.items()
        ],
        "rows": rows.select_related("dossier").order_by("since", "pk")[:SHOWN] if rows is not None else [],
        "lists": lists[:SHOWN] if rows is None else None,
        "shown": SHOWN,
        "too_many": counts[group] > SHOWN,
    }
    return render(request, "dossiers/desk/originals_of_body.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def hand_over(request):
    """Choose who receives these originals; makes the hand-over list."""
    mine = request.user.agencies_with(*keeping.KEEPERS)
    rows = _at_work(request.user).located().filter(pk__in=_ids(request), where__in=HELD, agency_now__in=mine)
    chosen = list(rows.select_related("dossier").order_by("pk"))
    if not chosen:
        raise Http404
    choices, error = _receivers(chosen, request.user), ""
    if request.method == "POST":
        to = dict(choices).get(request.POST.get("ben-nhan", ""))
        error = _("Chọn bên nhận trong danh sách.") if to is None else ""
        if to is not None:
            try:
                made = keeping.hand_over(chosen, to=_receiver(request.POST["ben-nhan"]), by=request.user)
            except DetailsMissing as lack:
                error = str(lack)
            except keeping.Elsewhere as moved:
                messages.error(request, str(moved))
                return redirect("desk:originals_of_body")
            else:
                messages.success(
                    request, _("Đã lập biên bản bàn giao %(code)s. In, ký rồi chuyển cùng giấy tờ.") % {"code": made.code}
                )
                return redirect("desk:handover", reference=made.code)
    context = {
        "chosen": chosen, "error": error, "to": request.POST.get("ben-nhan", ""),
        "options": [{"value": key, "label": label} for key, label in choices],
    }  # fmt: skip
    return render(request, "dossiers/desk/originals_hand_over.html", context, status=422 if error else 200)


def _receivers(chosen, user):
    """[(key, words)]: bodies at work on all of these dossiers, and the people of the own body who work on them."""
    here = {row.agency_now for row in chosen}
    shared = set.intersection(*(keeping.bodies_of(row.dossier) for row in chosen))
    bodies = Agency.objects.filter(pk__in=shared - here).order_by("name")
    posts = Membership.objects.current().filter(agency__in=here & shared, role__in=keeping.KEEPERS).exclude(user=user)
    people = User.objects.filter(memberships__in=posts, is_active=True).distinct().order_by("full_name")
    return [(f"co-quan-{b.pk}", str(b)) for b in bodies] + [(f"nguoi-{p.pk}", p.full_name) for p in people]


def _receiver(key):
    kind, _dash, pk = key.rpartition("-")
    return {"co-quan": Agency, "nguoi": User}[kind].objects.get(pk=int(pk))


def _find_list(request, reference):
    """The hand-over list, for the two bodies on it; else 404."""
    rows = keeping.lists_of(request.user)
    return get_object_or_404(rows.select_related("from_agency", "to_agency", "to_user", "made_by"), code=reference)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def handover(request, reference):
    """A hand-over list: who receives ticks what is there. What is not ticked is said to be missing."""
    found = _find_list(request, reference)
    may_confirm = keeping.may_confirm(found, request.user)
    if request.method == "POST":
        if not may_confirm:
            raise PermissionDenied
        keeping.confirm(found, _ids(request), by=request.user)
        messages.success(request, _("Đã ghi giấy tờ nào có, giấy tờ nào không có."))
        return redirect("desk:handover", reference=reference)
    waiting = list(keeping.open_moves(found))
    context = {
        "handover": found, "rows": _lines(found), "waiting": waiting, "may_confirm": may_confirm and bool(waiting),
    }  # fmt: skip
    return render(request, "dossiers/desk/handover.html", context)


def _lines(found):
    """The originals of a list in order, each with the answer of the other side (a move) or None."""
    moves = list(found.moves.select_related("original__dossier", "by").order_by("original", "pk"))
    answers = {move.original_id: move for move in moves if move.kind != Move.HANDED}
    return [(move.original, answers.get(move.original_id)) for move in moves if move.kind == Move.HANDED]


# ---------------------------------------------------------------- prints
def _printed(request, template, context, title, name):
    try:
        content = render_pdf(template, context, title=title)
    except PdfError:
        return render(request, "dossiers/papers/no_copy.html", {"register": True}, status=503)
    return content_response(content, name, "application/pdf", inline=True)


@require_safe
@for_staff
def folder_label(request, code):
    """The label on the folder: the code of the dossier as text, bar code and QR code; a reader types it into the search field."""
    dossier = find(request, code)
    if not may_see_papers(dossier, request.user):
        raise Http404
    context = {"dossier": dossier, "qr": qr_data_uri(dossier.code), "bars": bar_code_data_uri(dossier.code)}
    return _printed(request, "dossiers/custody/folder_label.html", context, f"Nhãn {dossier.code}", f"nhan-{dossier.code}.pdf")


@require_safe
@for_staff
def custody_sheet(request, code):
    """What was received and returned, to be signed on paper."""
    dossier = find(request, code)
    if not may_see_papers(dossier, request.user):
        raise Http404
    log_view(request, dossier)
    rows = [row for row in _with_moves(dossier) if not row.is_copy]
    if not rows:
        raise Http404
    desk = dossier.receiving_agency
    context = {
        "letterhead": wording.letterhead(desk, clock.now()), "foot": f"Phiếu giữ giấy tờ gốc · hồ sơ {dossier.code}",
        "dossier": dossier, "bars": bar_code_data_uri(dossier.code),
        "rows": [(row, next((m for m in row.moves.all() if m.kind == Move.RETURNED), None)) for row in rows],
    }  # fmt: skip
    return _printed(
        request,
        "dossiers/custody/sheet.html",
        context,
        f"Phiếu giữ giấy tờ gốc {dossier.code}",
        f"giay-to-goc-{dossier.code}.pdf",
    )


@require_safe
@for_staff
def handover_pdf(request, reference):
    found = _find_list(request, reference)
    context = {
        "letterhead": wording.letterhead(found.from_agency, found.made_at), "foot": f"Biên bản bàn giao {found.code}",
        "handover": found, "rows": _lines(found), "bars": bar_code_data_uri(found.code),
    }  # fmt: skip
    return _printed(
        request, "dossiers/custody/handover.html", context, f"Biên bản bàn giao {found.code}", f"ban-giao-{found.code}.pdf"
    )
