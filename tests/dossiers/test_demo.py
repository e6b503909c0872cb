"""The demo data: users of the agencies of the tour, and some forty dossiers in every state."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.core.management import call_command

from accounts.authentication import DEMO_PASSWORD
from accounts.models import User
from accounts.roles import Role
from dossiers import invariants
from dossiers.clock import lateness
from dossiers.custody.models import Original
from dossiers.demo.matters import CIVIL, CRIMINAL, MATTERS, RESIDENCE, STAY
from dossiers.demo.papers import paper_of
from dossiers.demo.visitors import VISITORS
from dossiers.files.models import Attachment
from dossiers.models import Dossier, FollowUp
from dossiers.papers.models import IssuedPaper
from dossiers.parcels.models import Parcel
from dossiers.states import DossierState
from dossiers.workflow import history
from portal.common import clock, outbox
from portal.launch.places import ROOT
from tests import snapshots
from tests.world import load_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(db):
    return snapshots.kept("demo data", _seeded)


def _seeded():
    load_sample(codes=[RESIDENCE, STAY, CIVIL, CRIMINAL])
    call_command("seed_demo", verbosity=0)


def test_forty_dossiers_stand_in_every_state_with_their_history_and_their_papers_still_owed(seeded):
    assert Dossier.objects.count() == len(MATTERS) + len(VISITORS) >= 40
    states = set(Dossier.objects.values_list("state", flat=True))
    # results are issued by the worker: until it has run, those decided still stand in PROCESSING
    assert states == set(DossierState) - {DossierState.COMPLETED, DossierState.RETURNED}
    assert Dossier.objects.filter(state=DossierState.PROCESSING, decided_at__isnull=False).count() >= 5
    assert not IssuedPaper.objects.exists() and FollowUp.objects.filter(kind="paper:acknowledgement").count() >= 35
    assert [problem for dossier in Dossier.objects.exclude(code=None) for problem in history.problems(dossier)] == []


def test_a_portal_that_has_just_been_filled_owes_nothing_since_weeks(seeded):
    """The dossiers are weeks old; what their steps left to do is due from now on, and no alarm says otherwise."""
    rows = [
        row
        for model in apps.get_models()
        if issubclass(model, outbox.OutboxRow)
        for row in model.objects.filter(due_state="waiting")
    ]
    assert len(rows) > 100
    assert min(row.created_at for row in rows) > clock.now() - dt.timedelta(hours=1)


def test_the_people_of_the_readme_can_log_in_and_stand_where_the_tour_needs_them(seeded, client):
    rows = re.findall(r"^\| (`[a-z0-9`, ]+`) \|", (ROOT / "README.md").read_text("utf-8"), re.M)
    named = [login for row in rows for login in re.findall(r"`([a-z]+[0-9])`", row)]
    assert {"congdan1", "congdan2", "motcua1", "chuyenvien1", "lanhdao1", "quanly1", "quantri1", "thanhtra1"} <= set(named)
    for login in named:
        assert client.login(username=login, password=DEMO_PASSWORD), login
    for code in (RESIDENCE, CRIMINAL, CIVIL):
        dossier = Dossier.objects.filter(version__procedure__code=code).exclude(code=None).first()
        for login, role, agency in [
            ("motcua1", Role.RECEIVING_CLERK, dossier.receiving_agency), ("chuyenvien1", Role.OFFICER, dossier.lead_agency),
            ("lanhdao1", Role.SIGNER, dossier.lead_agency), ("quanly1", Role.HEAD, dossier.receiving_agency),
        ]:  # fmt: skip
            assert User.objects.get(username=login).has_role(role, agency.pk), (login, code)


@pytest.mark.needs_pdf
def test_once_the_worker_has_issued_the_results_all_states_are_there(seeded, signing_keys):
    for kind in ("issue", "deliver"):
        for work in FollowUp.objects.filter(kind=kind).order_by("pk"):
            outbox.do(FollowUp, work.pk)
    assert set(Dossier.objects.values_list("state", flat=True)) == set(DossierState)


@pytest.mark.slow
@pytest.mark.needs_pdf
@pytest.mark.timeout(600)
def test_four_weeks_of_a_desk_over_all_channels_half_of_them_with_papers(seeded, signing_keys):
    for _n in range(2):  # loaded again it makes nothing twice
        call_command("seed_demo_post", verbosity=0)
    filed = Dossier.objects.exclude(code=None)
    assert 75 <= filed.count() <= 95
    assert {"online", "direct", "postal"} == set(filed.values_list("channel", flat=True))
    assert filed.filter(attachments__isnull=False).distinct().count() * 2 >= filed.count()
    assert {"application/pdf", "image/jpeg"} == set(Attachment.objects.values_list("content_type", flat=True))
    today, weeks = clock.today(), set()
    for at in filed.values_list("submitted_at", flat=True):
        weeks.add((today - clock.local(at).date()).days // 7)
    assert weeks >= {0, 1, 2, 3}
    assert Parcel.objects.values("state").distinct().count() >= 4 and Original.objects.to_return().count() >= 5
    assert filed.filter(lateness.running(), due_at__lt=clock.now()).count() >= 3
    assert [problem for dossier in filed for problem in history.problems(dossier)] == []
    assert list(invariants._parcels()) == []


def test_the_papers_of_the_demo_say_that_they_are_none_and_are_always_the_same():
    titles = ("Thẻ căn cước", "Giấy khai sinh", "Sổ đỏ", "Đơn")
    first, again = [{title: paper_of(title, "Lò Thị Én") for title in titles} for _n in range(2)]
    assert first == again and first["Sổ đỏ"] != paper_of("Sổ đỏ", "Lò Thị Ín")
    assert {paper.media_type for paper in first.values()} == {"application/pdf", "image/jpeg"}


@pytest.mark.slow
def test_seeding_again_makes_nothing_twice(seeded):
    before = Dossier.objects.count(), User.objects.count()
    call_command("seed_demo", verbosity=0)
    assert (Dossier.objects.count(), User.objects.count()) == before
