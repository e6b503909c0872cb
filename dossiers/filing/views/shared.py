"""The stops of the filing wizard, the position in it, and access to a draft."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, wraps

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dossiers.filing import again, drafts, judging, rules
from dossiers.filing.judging import DOCUMENTS, Part
from dossiers.filing.views.too_late import as_typed, closed, filed_differently, is_stored
from dossiers.models import Dossier
from dossiers.states import DossierState
from portal.common import clock
from procedures.eforms import DatabaseSources, UnknownPage, read_page

REVIEW, PRINT = "xem-lai", "in-to-khai"
SHOWN = "noi-dung"  # input of the review: the digest of the content that was shown
BACK_TO_REVIEW = "ve"  # query parameter: the page was opened from the review and returns to it


@dataclass
class Stop:
    """One page of the wizard. `stage`: its label in the progress bar."""

    key: str
    title: str
    stage: str
    part: Part | None = None
    page: object = None


class Filing:
    """A draft in the wizard, during one request."""

    def __init__(self, request, draft):
        self.request, self.draft, self.today = request, draft, clock.today()
        self.sources = DatabaseSources()

    @cached_property
    def level(self):
        return rules.offered_level(self.draft)

    @property
    def is_filed_online(self):
        """Can the draft be filed online? Else the wizard ends with a form to print."""
        return self.level.offers_submission and self.draft.submitter_id is not None

    @cached_property
    def form(self):
        return rules.form_of(self.draft, self.sources)

    @cached_property
    def parts(self):
        return judging.parts_of(self.draft, form=self.form, sources=self.sources, portal=self.is_filed_online)

    @cached_property
    def stops(self):
        stops = []
        for part in self.parts:
            for page in part.pages:
                stage = _("Nhận kết quả") if page.key in ("cach-nhan", "noi-nhan") else _("Thông tin")
                stops.append(Stop(page.key, page.title, stage, part, page))
        if not self.is_filed_online:
            return [*stops, Stop(PRINT, _("In tờ khai"), _("In tờ khai"))]
        return [*stops, Stop(DOCUMENTS, _("Giấy tờ"), _("Giấy tờ")), Stop(REVIEW, _("Xem lại và nộp"), _("Xem lại"))]

    def clear_cache(self):
        """Clear the cached parts and stops after the draft was saved."""
        for name in ("parts", "stops"):
            self.__dict__.pop(name, None)

    def stop(self, key):
        """The stop with this key; None when the answers hide it. Raises Http404 for unknown keys."""
        found = next((stop for stop in self.stops if stop.key == key), None)
        if found is None and key not in (DOCUMENTS, REVIEW, PRINT) and not any(self._has_page(part, key) for part in self.parts):
            raise Http404
        return found

    @staticmethod
    def _has_page(part, key):
        try:
            return bool(part.form.page(key))
        except UnknownPage:
            return False

    def url(self, key, query=""):
        return reverse("dossiers:step", args=[self.draft.pk, key]) + query

    def after(self, key):
        """The next stop. When the saved page is hidden by its own answer: the first unfinished stop."""
        keys = [stop.key for stop in self.stops]
        return self.stops[keys.index(key) + 1] if key in keys[:-1] else self.unfinished()

    def looked_at(self, key):
        """This page is done, where the draft began from another dossier and the page was to be looked at once more."""
        if key in self.draft.look_again:
            left = [other for other in self.draft.look_again if other != key]
            drafts.save(self.draft, counts=False, look_again=left)

    def following(self, key):
        """The stop after a finished page: the next one; in a draft that began from another dossier the next one left to do."""
        return self.unfinished() if self.draft.again_of_id else self.after(key)

    @cached_property
    def remarks(self):
        """{field or document: what the agency wrote about it}, of the dossier that this draft files again."""
        return again.remarks_of(self.draft.again_of) if self.draft.again_of_id else {}

    def before(self, key):
        keys = [stop.key for stop in self.stops]
        place = keys.index(key) if key in keys else 0
        return self.stops[place - 1] if place else None

    def unfinished(self):
        """The stop to continue with: the first unanswered or wrong page, else missing documents, else the last stop."""
        for stop in self.stops:
            if stop.page and self._is_open(stop):
                return stop
        if self.is_filed_online and (DOCUMENTS in self.draft.look_again or rules.missing_documents(self.draft)):
            return next(stop for stop in self.stops if stop.key == DOCUMENTS)
        return self.stops[-1]

    def _is_open(self, stop):
        questions = [question for question in stop.page.fields if question.is_question and not question.computed]
        keys = {key.partition("[")[0] for key in stop.part.errors}
        wrong = any(question.key in keys for question in questions)
        return (
            wrong
            or stop.key in self.draft.look_again
            or bool(questions)
            and not any(question.key in stop.part.known for question in questions)
        )

    def progress(self, key):
        """Context of ui/progress.html."""
        number = next((n for n, stop in enumerate(self.stops, 1) if stop.key == key), 1)
        stages = {}
        for n, stop in enumerate(self.stops, 1):
            stages.setdefault(stop.stage, (n, stop))
        here = self.stops[number - 1]
        steps = [
            {
                "label": stage,
                "href": self.url(stop.key) if first < number else "",
                "done": first < number,
                "current": stage == here.stage,
            }
            for stage, (first, stop) in stages.items()
        ]
        return {
            "title": self.draft.version.short_name,
            "steps": steps,
            "number": number,
            "total": len(self.stops),
            "here": here.title,
            "saved": "saved" if self.draft.revision else "none",
            "saved_at": self.draft.updated_at,
        }

    @property
    def on_behalf(self):
        """The subject when the user files for somebody else; else empty."""
        return self.draft.subject if self.draft.submitter_id and self.draft.filed_for_somebody_else else ""

    def context(self, key, **more):
        """Context shared by all pages of the wizard."""
        before = self.before(key)
        return {
            "draft": self.draft, "filing": self, "progress": self.progress(key), "on_behalf": self.on_behalf,
            "back_url": self.url(before.key) if before else reverse("dossiers:start", args=[self.draft.version.procedure.code]),
            **more,
        }  # fmt: skip


def on_draft(view=None, *, renewed=True):
    """Decorator: passes the `Filing` of the draft to the view. 404 for other users' drafts. Redirects a filed draft to its
    confirmation, and (with `renewed`) a draft of an old version to the page that moves it."""

    def decorate(view):
        @login_not_required  # printing needs no account; the login is checked below
        @never_cache
        @wraps(view)
        def on_way(request, pk, *args, **kwargs):
            draft = drafts.find(pk, user=request.user, session=request.session)
            if draft is None and not request.user.is_authenticated:
                if request.headers.get("X-Requested-With") == "fetch":
                    return JsonResponse({"detail": _("Phiên làm việc đã hết. Đăng nhập lại.")}, status=401)
                return redirect_to_login(request.get_full_path())
            if draft is None and request.method == "GET" and drafts.readable(pk, user=request.user):
                return redirect("dossiers:read_draft", pk)
            if draft is None:
                raise Http404
            if draft.state != DossierState.DRAFT:
                return after_filing(request, Filing(request, draft), kwargs.get("key", ""))
            if renewed and not draft.version.in_effect():
                _save_before_renewal(request, Filing(request, draft), kwargs.get("key", ""))
                return redirect("dossiers:renew", draft.pk)
            return view(request, Filing(request, draft), *args, **kwargs)

        return on_way

    return decorate(view) if view else decorate


def _save_before_renewal(request, filing, key):
    """The version ended while this page was filled in: its answers are saved, and move to the new version with the draft."""
    stop = filing.stop(key) if key and request.method == "POST" else None
    if stop and stop.page:
        _entered, changes = drafts.read_into(filing.draft, stop.part, stop.page, request.POST)
        with suppress(drafts.NoLongerADraft):
            drafts.save(filing.draft, **changes)


def after_filing(request, filing, key):
    """A request for a draft that is filed: the same content again leads to the acknowledgement, something new is answered 409."""
    dossier, stop = filing.draft, filing.stop(key) if key else None
    if request.method == "POST":
        if key == REVIEW and not drafts.is_as_filed(dossier, request.POST.get(SHOWN, "")):
            return filed_differently(request, dossier)
        if request.FILES or "xoa" in request.POST:
            return closed(request, dossier)
        if stop and stop.page:
            entered = read_page(stop.part.form, stop.page, request.POST, stop.part.known, filing.today)
            if not is_stored(entered, stop.part.known):
                return closed(request, dossier, as_typed(stop.part.form, entered))
    return redirect("dossiers:submitted", dossier.code)


def overtaken(request, filing, key):
    """The draft was filed or discarded while this request was under way."""
    dossier = Dossier.objects.filter(pk=filing.draft.pk).first()
    if dossier is not None:
        return after_filing(request, Filing(request, dossier), key)
    stop = filing.stop(key)
    if not stop.page:
        return closed(request, None)
    entered = read_page(stop.part.form, stop.page, request.POST, stop.part.known, filing.today)
    return closed(request, None, as_typed(stop.part.form, entered))
