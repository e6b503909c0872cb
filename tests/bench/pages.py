"""The pages that are measured, and the data they show."""

from dataclasses import dataclass

import httpx
from django.core.management import call_command

from tests.bench.measuring import Client
from tests.deploy.forms import Reader
from tests.faults.filing import session_of


@dataclass
class Places:
    """What the pages are about. `drafts`: ready to be filed, each with the cookie of its submitter."""

    procedure: str
    dossier: object
    citizen: object
    clerk: object
    paper: object
    drafts: list


def prepare(*, small):
    """The data of `run` (small: a few rows of the tests instead), and drafts to file."""
    from dossiers.papers.signing import ensure_development_ca
    from tests import factories, world

    if not small:
        for command in ("load_data", "load_collection_points", "ensure_signing_keys", "seed_demo"):
            call_command(command, verbosity=0)
    world.holidays()
    ensure_development_ca()
    desk = factories.Desk()
    drafts = [desk.draft() for _n in range(3 if small else 12)]
    return _places(desk, drafts, few=desk if small else None)


def _places(desk, drafts, few):
    from dossiers.models import Dossier
    from dossiers.papers.making import make_paper
    from dossiers.papers.models import IssuedPaper

    if few:
        few.submitted()
    filed = Dossier.objects.filter(events__step="submit", submitter__isnull=False, receiving_agency__isnull=False)
    dossier = filed.exclude(state="DRAFT").order_by("pk").first()
    if not dossier.papers.exclude(
        verification_code=""
    ).exists():  # papers of the demo are drawn by the worker, which does not run
        make_paper(dossier.events.get(sequence=1), "acknowledgement")
    code = dossier.version.procedure
    paper = IssuedPaper.objects.filter(dossier=dossier).exclude(verification_code="").first()
    ready = [(draft.pk, session_of(draft.submitter)) for draft in drafts]
    clerk = _clerk_of(dossier) or desk.clerk
    return Places(f"/thu-tuc/{code.code}/{code.slug}/", dossier, dossier.submitter, clerk, paper, ready)


def _clerk_of(dossier):
    from accounts.models import User

    return User.objects.filter(memberships__role="receiving_clerk", memberships__agency=dossier.receiving_agency).first()


def of(site, places):
    """(name, server, request, most times) of each page."""
    anybody = Client(site.port)
    citizen, clerk = (Client(site.port, session_of(user)) for user in (places.citizen, places.clerk))
    code = places.dossier.code
    yield "home", site.web, lambda: anybody.get("/"), 1000
    yield "search", site.web, lambda: anybody.get("/thu-tuc/?tu-khoa=dang+ky+tam+tru"), 1000
    yield "procedure", site.web, lambda: anybody.get(places.procedure), 1000
    anybody.get(places.procedure)
    known = {"If-None-Match": anybody.etag}
    yield "procedure, 304", site.web, lambda: anybody.get(places.procedure, expected=304, **known), 1000
    yield "dashboard of a citizen", site.web, lambda: citizen.get("/ho-so/"), 1000
    yield "dossier of a citizen", site.web, lambda: citizen.get(f"/ho-so/{code}/"), 1000
    yield "tracking", site.web, lambda: anybody.get(f"/tra-cuu/{places.dossier.secret}/"), 1000
    yield "desk, list", site.web, lambda: clerk.get("/can-bo/"), 1000
    yield "desk, dossier", site.web, lambda: clerk.get(f"/can-bo/ho-so/{code}/"), 1000
    yield "verification of a paper", site.web, lambda: anybody.get(f"/kiem-tra/{places.paper.verification_code}/"), 1000
    drafts = iter(places.drafts)
    yield "filing: review page, press, page with the code", site.web, lambda: file(site, *next(drafts)), len(places.drafts) - 1


def file(site, draft, cookies):
    """One person files one draft; bytes of the last page."""
    address = f"http://127.0.0.1:{site.port}"
    with httpx.Client(base_url=address, timeout=60, trust_env=False, follow_redirects=True, cookies=cookies) as client:
        person = Reader(client)
        person.open(f"/nop/{draft}/xem-lai/")
        person.press("Ký và nộp hồ sơ", **{"cam-doan": "1"})
        assert "/ho-so/" in person.url, person.url
        return len(person.response.content)
