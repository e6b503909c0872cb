"""Signing several dossiers: what waits for this signer, which papers they had on screen, and what became of each."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from dossiers import workflow
from dossiers.desk import ordering, queues
from dossiers.desk.views.queue import for_staff
from dossiers.models import Dossier, ResultDraft
from dossiers.papers import drafting
from dossiers.transitions import inputs
from dossiers.workflow import result_drafts
from portal.common.vietnamese import clean_text
from procedures.models import working_calendar

LAST = "signed-together"  # session: what became of the dossiers of the last POST
MAX_DOSSIERS = ordering.PAGE


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.non_atomic_requests  # what is signed stays signed, whatever becomes of the next one
@for_staff
def batch(request):
    """The dossiers that wait for this signer, most urgent first. A POST signs those chosen, each in its own transaction."""
    if not request.user.agencies_with(Role.SIGNER):
        raise Http404
    if request.method == "POST":
        codes = list(dict.fromkeys(clean_text(code) for code in request.POST.getlist("hs")))
        if codes:
            request.session[LAST] = [_signed(request, code) for code in codes[:MAX_DOSSIERS]] + [
                {
                    "code": code,
                    "ok": False,
                    "said": _("Mỗi lần ký nhiều nhất %(n)d hồ sơ. Chưa ký hồ sơ này.") % {"n": MAX_DOSSIERS},
                }
                for code in codes[MAX_DOSSIERS:]
            ]
        else:
            messages.warning(request, _("Chọn ít nhất một hồ sơ trong danh sách."))
        return redirect("desk:sign")
    found = ordering.keyset_page(_waiting(request.user), after=request.GET.get("sau", ""), before=request.GET.get("truoc", ""))
    last = request.session.get(LAST, [])
    return render(
        request,
        "dossiers/desk/sign.html",
        {
            "rows": _rows(found.rows, request.user),
            "previous": f"?truoc={found.before}" if found.before else "",
            "next": f"?sau={found.after}" if found.after else "",
            "last": last,
            "progress": _progress(last, request.user),
        },
    )


def _waiting(user):
    """Dossiers whose only open step is the signature of a body where this user signs, with their newest draft."""
    dossiers = queues.dossiers_at_work(user).filter(
        queues.group_condition("cho-ky", user), queues.actionable_by(user), lead_agency__in=user.agencies_with(Role.SIGNER)
    )
    newest = Prefetch("result_drafts", ResultDraft.objects.select_related("author").order_by("-number"), to_attr="drafts_now")
    return queues.for_list(dossiers).prefetch_related(newest)


def _rows(dossiers, user):
    calendar, seen = working_calendar(), result_drafts.seen(dossiers, user)
    return [_row(dossier, seen, queues.deadline_tag(dossier, calendar)) for dossier in dossiers]


def _row(dossier, seen, sla):
    draft = dossier.drafts_now[0] if dossier.drafts_now else None
    shown = drafting.shown_hash(dossier, draft) if draft else ""
    papers = [
        {
            "title": paper["title"],
            "address": reverse("desk:paper", args=[dossier.code, shown, paper["key"]]),
            "seen_at": seen.get((dossier.pk, shown, paper["key"])),
        }
        for paper in (draft.content["papers"] if draft else [])
    ]
    unread = [paper for paper in papers if paper["seen_at"] is None]
    return {"dossier": dossier, "draft": draft, "shown": shown, "papers": papers, "unread": unread, "sla": sla}


def _signed(request, code):
    """Approve one dossier. Returns what became of it: {code, ok, said}."""
    try:
        dossier = Dossier.objects.visible_to(request.user).get(code=code)
        moved = workflow.advance(dossier, "approve", actor=request.user, shown=request.POST.get(f"shown-{code}", ""))
    except Dossier.DoesNotExist:
        return {"code": code, "ok": False, "said": _("Không có hồ sơ này trong danh sách của anh chị.")}
    except workflow.StepNotPossible as why:
        return {"code": code, "ok": False, "said": why.sentence()}
    except inputs.DetailsMissing as why:
        return {"code": code, "ok": False, "said": str(why)}
    except PermissionDenied:
        return {"code": code, "ok": False, "said": _("Tài khoản này không ký được hồ sơ này.")}
    read = moved.events.filter(step="approve").select_related("text").last().text.details["read"]
    unread = sum(at is None for at in read.values())
    said = _("Đã duyệt. Nhật ký ghi: %(n)d giấy chưa mở xem.") % {"n": unread} if unread else _("Đã duyệt.")
    return {"code": moved.code, "ok": True, "said": said}


def _progress(last, user):
    """{done, all}: how many of the dossiers just approved have their signed papers."""
    codes = [row["code"] for row in last if row["ok"]]
    dossiers = queues.dossiers_at_work(user).filter(code__in=codes)
    return {"done": dossiers.filter(completed_at__isnull=False).count(), "all": len(codes)} if codes else None
