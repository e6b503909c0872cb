"""One step for many dossiers: a result for each, none dropped in silence."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers import workflow
from dossiers.desk import bulk_runs
from dossiers.models import BulkItem, BulkRun, Dossier
from dossiers.states import DossierState
from tests.dossiers.desk.test_queue import many_dossiers
from tests.dossiers.pages import browse, words

S = DossierState


def choose(user, step, codes, **more):
    return browse(user).post(reverse("desk:together"), {"hs": codes, "buoc": step, **more})


def confirm(user, run_address, **typed):
    return browse(user).post(f"{run_address}lam/", typed, follow=True)


def results():
    return [(item.code, item.outcome) for item in BulkItem.objects.all()]


def state(dossier):
    return Dossier.objects.get(pk=dossier.pk).state


def test_several_dossiers_are_accepted_after_a_second_look(desk):
    dossiers = [desk.submitted(), desk.submitted()]
    chosen = choose(desk.clerk, "accept", [dossier.code for dossier in dossiers])
    shown = words(browse(desk.clerk).get(chosen.url))
    assert all(dossier.code in shown for dossier in dossiers) and state(dossiers[0]) == S.SUBMITTED
    done = words(confirm(desk.clerk, chosen.url))
    assert [state(dossier) for dossier in dossiers] == [S.ACCEPTED, S.ACCEPTED]
    assert "Đã làm 2 , không làm được 0" in done


def test_foreign_missing_moved_and_doubled_ones_each_get_their_result(desk):
    good, moved, wrong_state = desk.submitted(), desk.submitted(), desk.accepted()
    foreign = desk.submitted().code.replace("H18.X004", "H18.X005")
    codes = [good.code, foreign, "không có", moved.code, good.code, wrong_state.code]
    chosen = choose(desk.clerk, "accept", codes)
    workflow.advance(moved, "assign", actor=desk.head, holder=desk.clerk)
    page = words(confirm(desk.clerk, chosen.url))
    taken, refused = BulkItem.Outcome.TAKEN, BulkItem.Outcome.REFUSED
    assert results() == list(zip(codes, [taken, refused, refused, refused, refused, refused], strict=True))
    assert all(item.said for item in BulkItem.objects.filter(outcome=refused))
    assert "đã làm trước" in page and page.count("Không có hồ sơ này ở nơi anh chị làm việc.") == 2
    assert state(moved) == S.SUBMITTED


def test_a_second_confirmation_and_a_crash_take_no_step_twice(desk, run_followups):
    dossier = desk.submitted()
    chosen = choose(desk.clerk, "accept", [dossier.code])
    run = BulkRun.objects.get()
    bulk_runs.confirm(run)  # the web process died before it worked
    assert results() == [(dossier.code, "")]
    run_followups()
    confirm(desk.clerk, chosen.url)
    assert dossier.events.filter(step="accept").count() == 1 and results() == [(dossier.code, "taken")]


def test_somebody_who_lost_the_role_meanwhile_takes_nothing(desk, run_followups):
    dossier = desk.submitted()
    choose(desk.clerk, "accept", [dossier.code])
    bulk_runs.confirm(BulkRun.objects.get())
    desk.clerk.memberships.all().delete()
    run_followups()
    assert results() == [(dossier.code, "refused")] and state(dossier) == S.SUBMITTED


def test_refusing_needs_a_reason_and_assigning_a_person(desk):
    dossier = desk.submitted()
    refusal = choose(desk.clerk, "refuse_receipt", [dossier.code]).url
    assert confirm(desk.clerk, refusal).status_code == 422 and state(dossier) == S.SUBMITTED
    given = choose(desk.head, "assign", [dossier.code]).url
    assert confirm(desk.head, given, nguoi="0").status_code == 422
    confirm(desk.head, given, nguoi=desk.clerk.pk)
    assert Dossier.objects.get(pk=dossier.pk).holder == desk.clerk
    refusal = choose(desk.clerk, "refuse_receipt", [dossier.code]).url
    confirm(desk.clerk, refusal, **{"ghi-chu": "Nộp nhầm nơi, xã khác giải quyết."})
    assert state(dossier) == S.NOT_ACCEPTED


def test_the_whole_list_is_chosen_with_its_filters(desk):
    dossiers = [desk.submitted(), desk.submitted()]
    at_work = desk.processing()
    choose(desk.clerk, "accept", [], **{"ca-danh-sach": "1", "danh-sach": "nhom=cho-tiep-nhan&buoc=SUBMITTED"})
    assert {code for code, _seen in BulkRun.objects.get().asked} == {dossier.code for dossier in dossiers}
    assert at_work.code not in str(BulkRun.objects.get().asked)


def test_a_run_is_its_owners_alone_and_knows_its_steps(desk):
    dossier = desk.submitted()
    chosen = choose(desk.clerk, "accept", [dossier.code]).url
    for method in ("get", "post"):
        assert getattr(browse(desk.head), method)(f"{chosen}lam/" if method == "post" else chosen).status_code == 404
    assert choose(desk.clerk, "stop", [dossier.code]).status_code == 404
    assert choose(desk.officer, "accept", [dossier.code]).status_code == 404


@pytest.mark.slow
def test_five_hundred_are_confirmed_with_as_many_queries_as_five_and_each_ends(desk, run_followups, monkeypatch):
    monkeypatch.setattr(bulk_runs, "SECONDS", 0)
    first = many_dossiers(desk, 500)
    codes = list(Dossier.objects.values_list("code", flat=True)) + [first.code, "x", "H36.X001-261127-0001"]
    client = browse(desk.clerk)
    few = choose(desk.clerk, "accept", codes[:5]).url
    with CaptureQueriesContext(connection) as five:
        client.get(few)
    chosen = choose(desk.clerk, "accept", codes).url
    with CaptureQueriesContext(connection) as all_of_them:
        client.get(chosen)
    assert len(all_of_them) == len(five)
    monkeypatch.setattr(bulk_runs, "work", lambda run: None)
    page = words(confirm(desk.clerk, chosen))
    assert "Còn 500 hồ sơ máy đang làm" in page and "không làm được 3" in page
    assert BulkItem.objects.count() == 503


def test_receipt_slips_are_printed_as_one_file(desk, run_followups):
    accepted, submitted = desk.accepted(), desk.submitted()
    run_followups()
    chosen = choose(desk.clerk, "print", [accepted.code, submitted.code]).url
    page = confirm(desk.clerk, chosen)
    made = accepted.papers.filter(kind="receipt_slip").exists()
    assert results() == [(accepted.code, "taken" if made else "refused"), (submitted.code, "refused")]
    assert "Chưa có giấy tiếp nhận" in words(page)
    answer = browse(desk.clerk).get(f"{chosen}in.pdf")
    assert answer.status_code == (200 if made else 404)
    assert browse(desk.head).get(f"{chosen}in.pdf").status_code == 404
