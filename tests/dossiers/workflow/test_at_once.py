"""Concurrent steps: one is taken, the others raise StepNotPossible."""

import threading

import pytest
from django.db import close_old_connections, connection

from dossiers import workflow
from dossiers.models import Dossier, FollowUp
from dossiers.states import DossierState
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(works):
    """Run all at the same moment, each with its own connection. Returns what each returned or raised."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(index, work):
        close_old_connections()
        try:
            barrier.wait(20)
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, work)) for index, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_twenty_submits_at_once_make_one_dossier(desk):
    draft = desk.draft()
    results = at_once([lambda: workflow.submit(draft, actor=draft.submitter).code] * 20)

    assert len(set(results)) == 1 and results[0].endswith("-0001"), results
    assert Dossier.objects.get().events.count() == 1
    assert FollowUp.objects.filter(kind="paper:acknowledgement").count() == 1


def test_many_dossiers_filed_at_once_get_different_codes(desk):
    drafts = [desk.draft(submitter=factories.citizen()) for _ in range(8)]
    results = at_once([lambda d=d: workflow.submit(d, actor=d.submitter).code for d in drafts])
    assert len(set(results)) == 8 and all(isinstance(code, str) for code in results), results


def test_two_clerks_accepting_at_once_one_is_told_what_the_other_did(desk):
    other = factories.user(full_name="Vàng Thị Nga", receiving_clerk=desk.receiving_agency)
    dossier = desk.submitted()
    results = at_once([lambda u=u: workflow.advance(dossier, "accept", actor=u) for u in (desk.clerk, other)])

    lost = [r for r in results if isinstance(r, workflow.StepNotPossible)]
    assert len(lost) == 1 and [r for r in results if isinstance(r, Dossier)]
    winner = Dossier.objects.get().events.last().text.actor_name
    assert winner in lost[0].sentence() and "tiếp nhận" in lost[0].sentence()
    assert Dossier.objects.get().state == DossierState.ACCEPTED


def test_accepting_and_withdrawing_at_once_leaves_one_consistent_history(desk):
    from dossiers.workflow import history

    dossier = desk.submitted()
    at_once([
        lambda: workflow.advance(dossier, "accept", actor=desk.clerk),
        lambda: workflow.withdraw(dossier, actor=dossier.submitter),
    ])  # fmt: skip
    dossier.refresh_from_db()
    assert dossier.state in (DossierState.STOPPED, DossierState.WITHDRAWN)
    assert history.problems(dossier) == []
