"""What nobody holds is given out by the rule of the body: by procedure, load or rotation; off until the head chooses."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Absence
from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.models import AssignmentRule, Dossier
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import giving_out
from portal.common import clock
from tests import factories
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
BODY = "H18.X004.CA"
PAGE = "/can-bo/giao-viec/"


@pytest.fixture
def second(desk):
    return factories.user(receiving_clerk=BODY)


def choose(desk, way, role="receiving_clerk", **more):
    answer = browse(desk.head).post(PAGE, {"co-quan": BODY, "vai": role, "cach": way, **more})
    return answer.status_code


def holders(*dossiers):
    giving_out.run()
    return [Dossier.objects.get(pk=dossier.pk).holder for dossier in dossiers]


def test_without_a_choice_nothing_is_given_out(desk, second):
    assert holders(desk.submitted()) == [None]


def test_in_turn_each_gets_one(desk, second):
    assert choose(desk, "rotation") == 302
    assert holders(desk.submitted(), desk.submitted(), desk.submitted()) == [desk.clerk, second, desk.clerk]
    assert holders(desk.submitted()) == [second]


def test_by_load_who_holds_less_gets_it_and_the_history_says_by_what(desk, second):
    workflow.advance(desk.submitted(), "claim", actor=desk.clerk)
    choose(desk, "load")
    dossier = desk.submitted()
    assert holders(dossier) == [second]
    event = dossier.events.last()
    assert (event.step, event.job) == ("give_out", "give_out") and second.inbox.filter(subject__contains=dossier.code).exists()
    giving_out.run()
    assert dossier.events.count() == 2


def test_a_procedure_goes_to_its_person_and_the_others_stay_with_all(desk, second):
    dossier = desk.submitted()
    code = dossier.version.procedure.code
    assert choose(desk, "procedure", **{"thu-tuc": code, "nguoi": second.pk}) == 302
    assert holders(dossier) == [second]
    assert str(second) in words(browse(desk.head).get(PAGE))
    choose(desk, "procedure", **{"thu-tuc": code})
    assert holders(desk.submitted()) == [None]


def test_steps_of_the_office_too(desk):
    choose(desk, "load", role="officer")
    dossier = desk.processing()
    giving_out.run()
    assert dossier.step_runs.get(state="open").holder == desk.officer


def test_what_was_given_back_who_is_away_and_what_is_secret(desk, second):
    choose(desk, "load")
    given_back, secret = workflow.advance(desk.submitted(), "claim", actor=second), desk.submitted()
    workflow.advance(given_back, "give_back", actor=second)
    Dossier.objects.filter(pk=secret.pk).update(confidential=True)
    Absence.objects.create(user=desk.clerk, first_on=clock.today(), last_on=clock.today(), entered_by=desk.head)
    assert holders(given_back, secret, desk.submitted()) == [None, None, second]


def test_only_the_job_gives_out_and_only_to_who_fits(desk):
    dossier, job = desk.submitted(), SystemActor("give_out")
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, "give_out", actor=desk.head, holder=desk.clerk)
    for unfit in (desk.officer, None):
        with pytest.raises(DetailsMissing):
            workflow.advance(dossier, "give_out", actor=job, holder=unfit)
    held = workflow.advance(dossier, "claim", actor=desk.clerk)
    with pytest.raises(DetailsMissing):
        workflow.advance(held, "give_out", actor=job, holder=desk.clerk)


def test_only_heads_choose_for_their_own_bodies(desk):
    assert browse(desk.clerk).get(PAGE).status_code == 404
    stranger = browse(factories.user(head="H18.X005.CA"))
    asked = {"co-quan": BODY, "vai": "officer", "cach": "load"}
    assert stranger.post(PAGE, asked).status_code == 404
    for wrong in ({"cach": "x"}, {"vai": "signer"}, {"thu-tuc": "9.999"}, {"thu-tuc": "1.010041", "nguoi": "1"}):
        assert browse(desk.head).post(PAGE, asked | wrong).status_code == 404
    assert not AssignmentRule.objects.exists()
