"""A walk through the pages of a draft version as a citizen would meet them.

The dossier is in memory only and is never saved; what was typed stays in the session of the login that walks, one walk at a time.
"""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation, Person
from dossiers.choices import FilingChannel
from dossiers.filing import judging
from dossiers.filing.views.shared import DOCUMENTS, PRINT, REVIEW, Filing, Stop
from dossiers.models import Dossier
from portal.common import clock
from procedures.eforms import Form
from procedures.fees import FeeRuleError
from procedures.models import Offering
from procedures.offered import local_amounts_of
from procedures.office import example_forms
from procedures.office.examples import Runner

SESSION_KEY = "di-thu"


@dataclass
class Typed:
    """What the session keeps of a walk. `place`: code of an agency, or "" for the place that has everything; `age` in years."""

    draft: int
    place: str
    audience: str
    age: int | None
    answers: dict = field(default_factory=dict)
    asked: dict = field(default_factory=dict)
    delivery_way: str = ""
    delivery_address: dict | None = None


def typed_in(session, found):
    """The walk of this draft in the session; None when there is none."""
    kept = session.get(SESSION_KEY)
    return Typed(**kept) if kept and kept["draft"] == found.pk else None


def keep(session, typed):
    session[SESSION_KEY] = vars(typed)


def forget(session):
    session.pop(SESSION_KEY, None)


class Walk(Filing):
    """The wizard over a dossier that does not exist. Raises CannotCompute when the place offers the procedure no more."""

    def __init__(self, request, found, typed):
        self.found, self.typed = found, typed
        self.runner = Runner(found.version.document)
        self.place = self.runner.place(typed.place)
        super().__init__(request, _dossier(found.version, self.place, typed))

    @cached_property
    def level(self):
        return self.runner.offered(self.place, self.today, local_amounts_of(self.draft.version, self.draft.offering))

    @property
    def is_filed_online(self):
        return self.level.offers_submission

    @cached_property
    def form(self):
        document = self.draft.version.document["form"]
        return Form(document, sources=self.sources, fee_of=self._fee) if document else None

    def _fee(self, answers):
        """None where two main fee lines contradict each other: the review says so."""
        try:
            return judging.rules.fees_for(self.draft, answers).total
        except FeeRuleError:
            return None

    @cached_property
    def stops(self):
        pages = [stop for stop in super().stops if stop.key not in (DOCUMENTS, REVIEW, PRINT)]
        return [*pages, Stop(REVIEW, _("Xem lại"), _("Xem lại"))]

    def unfinished(self):
        return next((stop for stop in self.stops if stop.page and self._is_open(stop)), self.stops[-1])

    def url(self, key, query=""):
        return reverse("simulation:walk_step", args=[self.draft.version.procedure.code, key]) + query

    def progress(self, key):
        return {**super().progress(key), "saved": ""}

    def context(self, key, **more):
        begin = reverse("simulation:walk", args=[self.draft.version.procedure.code])
        before = self.before(key)
        return {**super().context(key), "begin_url": begin, "back_url": self.url(before.key) if before else begin, **more}

    def keep(self, *, answers=None, asked=None, **columns):
        """Keep the changes of a page (`drafts.changes_of`) in the session."""
        changes = {
            "answers": {**self.typed.answers, **(answers or {})},
            "asked": {**self.typed.asked, **(asked or {})},
            **columns,
        }
        for name, value in changes.items():
            setattr(self.typed, name, value)
            setattr(self.draft, name, value)
        keep(self.request.session, self.typed)
        self.clear_cache()

    def as_example(self, *, whole):
        """The walk as an example without expectation: with all answers that count, or only with those that it would ask for."""
        document, answers = self.found.version.document, {}
        if self.form:
            known = judging.rules.known_answers(self.draft, self.form)
            answers = self.form.storable(known, self.today)
            answers = answers if whole else example_forms.that_matter(document, answers)
        return {
            **example_forms.new_example(document, "", self.today.isoformat()),
            "place": self.typed.place,
            "channel": FilingChannel.ONLINE if self.is_filed_online else FilingChannel.COUNTER,
            "audience": self.typed.audience,
            "age": self.typed.age,
            "asked": {key: value for key, value in self.draft.asked.items() if value not in (None, "", [])},
            "answers": answers,
        }


def _dossier(version, place, typed):
    """The dossier of the walk, in memory; answers to fields that the draft lost meanwhile are left out."""
    version.declared_level = version.facts["declared_level"]
    fields = Form(version.document["form"]).fields if version.document["form"] else {}
    dossier = Dossier(
        version=version,
        offering=place if isinstance(place, Offering) else None,
        answers={key: value for key, value in typed.answers.items() if key in fields},
        asked=typed.asked,
        delivery_way=typed.delivery_way,
        delivery_address=typed.delivery_address,
    )
    if typed.audience == "organisation":
        dossier.organisation = Organisation(pk=-1)  # no row has it: only that there is one counts
    else:
        dossier.person = Person(birth_date=_born(typed.age))
    return dossier


def _born(age: int | None) -> dt.date | None:
    """A birth date with which somebody has this age today."""
    today = clock.today()
    return None if age is None else dt.date(today.year - age, today.month, min(today.day, 28))
