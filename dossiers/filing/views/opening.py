"""The start page of filing: place, subject, what is needed; and the blank form to print."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import AdministrativeUnit
from dossiers.choices import DeliveryWay
from dossiers.filing import drafts, rules
from dossiers.filing.views.documents import already_in
from dossiers.filing.views.review import form_pdf
from portal.common import clock
from portal.common.figures import number_in
from portal.common.vietnamese import sort_key
from procedures.calendar import Term
from procedures.eforms import DatabaseSources, Form, print_context
from procedures.models import Offering, Procedure
from procedures.offered import local_amounts_of, offered_at
from procedures.prices import price_range


@login_not_required
@never_cache
def start(request, code):
    """Choose the place, see what is needed, start a draft. Offers only what the service level of the place allows."""
    procedure = get_object_or_404(Procedure.objects.select_related("current", "sector"), code=code, listed=False)
    version = procedure.current
    offering = _chosen_offering(request, procedure)
    if offering is None:
        return _choose_place(request, procedure)
    level = offered_at(version, offering)
    if request.method == "POST" and version.in_effect() and level.offers_print_and_export:
        return _begin(request, version, offering, level)
    return _page(request, version, offering, level)


def _page(request, version, offering, level, errors=()):
    user, procedure = request.user, version.procedure
    return render(
        request,
        "dossiers/filing/start.html",
        {
            "errors": errors,
            "procedure": procedure,
            "version": version,
            "offering": offering,
            "level": level,
            "in_effect": version.in_effect(),
            "facts": _facts(version, offering, level),
            "needs": _needs(version, level),
            "draft": drafts.newest(user, procedure) if user.is_authenticated else None,
            "subjects": _subjects(user, procedure) if level.offers_submission else [],
            "nobody": user.is_authenticated and user.person_id is None and level.offers_submission,
            "other_place": reverse("dossiers:start", args=[procedure.code]),
        },
        status=403 if errors else 200,
    )


def _begin(request, version, offering, level):
    """Create the draft. Filing online needs an account; printing does not."""
    user = request.user if request.user.is_authenticated else None
    if level.offers_submission and user is None:
        return redirect_to_login(f"{request.path}?noi={offering.pk}")
    wanted = request.POST.get("thay-cho", "")
    try:
        mandate = drafts.mandate_of(user, wanted, version.procedure) if wanted else None
    except drafts.NotYourMandate as refusal:
        return _page(request, version, offering, level, errors=[{"text": refusal.sentence(), "href": "#thay-cho"}])
    if level.offers_submission and mandate is None and user.person_id is None:
        return redirect(f"{request.path}?noi={offering.pk}")
    draft = drafts.start(version, offering=offering, user=user, session=request.session, mandate=mandate)
    return redirect("dossiers:resume", draft.pk)


@login_not_required
@require_safe
def blank_form(request, code):
    """The blank form as PDF, from level 2 on. No account needed."""
    procedure = get_object_or_404(Procedure.objects.select_related("current"), code=code, listed=False)
    document = procedure.current.document["form"]
    if not document or not offered_at(procedure.current, procedure.offerings.current().first()).offers_blank_forms:
        raise Http404
    form = Form(document, sources=DatabaseSources())
    context = print_context(form, {}, clock.today(), blank=True)
    return form_pdf(request, form, context, back=reverse("dossiers:start", args=[procedure.code]))


# ---------------------------------------------------------------- the place
def _offerings(procedure):
    return procedure.offerings.current().select_related("agency", "receiving_agency", "lead_agency", "terminal")


def _chosen_offering(request, procedure):
    """The offering named in the request; the only one when there is just one; else None."""
    wanted = request.POST.get("noi", "") or request.GET.get("noi", "")
    if wanted:
        return get_object_or_404(_offerings(procedure), pk=number_in(wanted))
    few = list(_offerings(procedure)[:2])
    return few[0] if len(few) == 1 else None


def _choose_place(request, procedure):
    """Choose the province, then the commune or agency: two pages, each a plain form."""
    wanted = request.GET.get("tinh", "")
    by_province = _offerings(procedure).order_by().values_list("province_code", flat=True).distinct()
    units = AdministrativeUnit.objects.filter(agency_code__in=list(by_province), parent=None).order_by("sort_key")
    provinces = [{"value": unit.agency_code, "label": unit.name} for unit in units]
    places = []
    if wanted:
        names = dict(
            AdministrativeUnit.objects.filter(
                code__in=Offering.objects.filter(procedure=procedure, province_code=wanted).values("unit_code")
            ).values_list("code", "name")
        )
        rows = [(names.get(row.unit_code) or row.agency.name, row) for row in _offerings(procedure).filter(province_code=wanted)]
        places = [
            {"value": row.pk, "label": _place_label(name, row)} for name, row in sorted(rows, key=lambda pair: sort_key(pair[0]))
        ]
    context = {
        "procedure": procedure,
        "provinces": provinces,
        "places": places,
        "wanted": wanted,
        "home": _home(request.user, procedure, wanted),
    }
    return render(request, "dossiers/filing/place.html", context)


def _place_label(name, offering):
    desk = offering.receiving_agency or offering.agency
    return name if name in desk.name else f"{name}: {desk.name}"


def _home(user, procedure, wanted):
    """Preselected place where the user lives: {"province": agency code, "place": offering id}; empty strings when unknown."""
    address = (user.person.current_address or user.person.permanent_address) if user.is_authenticated and user.person_id else None
    if not address:
        return {"province": "", "place": ""}
    unit = AdministrativeUnit.objects.filter(code=address.get("province", "")).first()
    near = _offerings(procedure).filter(unit_code__in=[address.get("commune", ""), address.get("province", "")])
    found = near.filter(province_code=wanted).first() if wanted else None
    return {"province": unit.agency_code if unit else "", "place": found.pk if found else ""}


# ---------------------------------------------------------------- what is shown
def _facts(version, offering, level):
    channel = version.channels.get("online") or next(iter(version.channels.values()), None)
    prices = price_range(
        version.facts["fee_lines"], day=clock.today(), local=local_amounts_of(version, offering),
        channel=channel["channel"] if channel else "online",
    )  # fmt: skip
    desk = offering.receiving_agency or offering.agency
    return [
        {
            "icon": "clock",
            "label": _("Thời gian"),
            "value": Term.from_data(channel["processing"]).words if channel else _("Không rõ"),
        },
        {"icon": "money", "label": _("Phí, lệ phí"), "value": prices.words},
        {"icon": "desk", "label": _("Nơi nhận hồ sơ"), "value": desk.desk_name or desk.name},
        {"icon": "doc", "label": _("Kết quả"), "value": _how_to_get(offering, level)},
    ]


def _how_to_get(offering, level):
    ways = level.ways_allowed(offering.delivery_ways)
    if offering.no_result:
        return _("Không có giấy trả lại")
    if DeliveryWay.ACCOUNT in ways:
        return _("Nhận trên cổng này")
    return _("Nhận tại quầy hoặc qua bưu điện") if DeliveryWay.POST in ways else _("Nhận tại quầy")


def _needs(version, level):
    """Rows of documents to prepare: always required ones, conditional ones, then those that need no upload."""
    rows = {"todo": [], "if": [], "ok": []}
    how = _("Chụp ảnh hoặc tệp PDF") if level.offers_submission else _("Mang bản giấy đến quầy")
    for ask in rules.papers_of(version):
        if ask.replaced_by_data:
            rows["ok"].append({"kind": "ok", "title": ask.name, "note": already_in(ask.replaced_by_data)})
        elif ask.needed and not ask.conditional:
            note = _("Chỉ cho cán bộ xem, không phải nộp.") if ask.only_shown else how
            rows["todo"].append({"kind": "todo", "title": ask.name, "note": note})
        else:
            note = ask.item.get("condition_text") or (ask.group["title"] if ask.group["when"] else _("Gửi nếu có"))
            rows["if"].append({"kind": "if", "title": ask.name, "note": note})
    if version.document["form"]:
        rows["ok"].append(
            {
                "kind": "ok",
                "title": version.document["form"]["name"],
                "note": _("Điền ngay trên trang, máy làm thành tờ khai đúng mẫu"),
            }
        )
    return [*rows["todo"], *rows["if"], *rows["ok"]]


def _subjects(user, procedure):
    """Subjects the user may file for besides themselves: mandates in force that cover this procedure."""
    if not user.is_authenticated:
        return []
    return [
        {
            "value": mandate.pk,
            "label": str(mandate.person or mandate.organisation),
            "note": mandate.get_basis_display(),
        }
        for mandate in user.mandates.current().covering(procedure.code).select_related("person", "organisation")
    ]
