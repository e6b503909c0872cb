"""One press accepts and transfers a plain dossier; what was read is recorded."""

from django.urls import reverse

from dossiers import workflow
from dossiers.models import Dossier
from dossiers.states import DossierState
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse, words


def press(user, dossier, seen=None, **options):
    seen = dossier.events.count() if seen is None else seen
    return browse(user).post(reverse("desk:at_once", args=[dossier.code]), {"seen": seen}, **options)


def steps(dossier):
    return [event.step for event in dossier.events.order_by("sequence")]


def test_one_press_takes_both_steps_each_as_its_own_event_and_shows_the_next(desk):
    first, second = desk.submitted(), desk.submitted()
    answer = press(desk.clerk, first)
    assert answer.url == reverse("desk:dossier", args=[second.code])
    assert steps(first) == ["submit", "accept", "transfer"]
    assert Dossier.objects.get(pk=first.pk).state == DossierState.PROCESSING
    assert press(desk.clerk, second).url == reverse("desk:queue")  # nothing is left


def test_when_the_transfer_is_refused_the_acceptance_stands_and_the_page_says_why(desk, monkeypatch):
    dossier = desk.submitted()
    real = workflow.advance

    def advance(dossier, name, **options):
        if name == "transfer":
            raise workflow.StepNotPossible(dossier, name, "Chưa có quy trình.")
        return real(dossier, name, **options)

    monkeypatch.setattr(workflow, "advance", advance)
    answer = press(desk.clerk, dossier, follow=True)
    assert steps(dossier) == ["submit", "accept"]
    assert answer.redirect_chain[-1][0] == reverse("desk:dossier", args=[dossier.code])
    assert "Chưa có quy trình." in words(answer) and "Đã tiếp nhận" in words(answer)


def test_a_second_press_and_a_stale_page_do_nothing(desk):
    dossier = desk.submitted()
    assert press(desk.clerk, dossier, seen="0", follow=True).status_code == 200
    assert steps(dossier) == ["submit"]
    press(desk.clerk, dossier)
    answer = press(desk.clerk, dossier, follow=True)
    assert steps(dossier) == ["submit", "accept", "transfer"]
    assert "đã làm trước" in words(answer)


def test_who_may_not_accept_is_refused_and_foreign_ones_are_not_found(desk):
    dossier = desk.submitted()
    assert press(factories.user(receiving_clerk="H36.X001.CA"), dossier).status_code == 404
    press(desk.officer, dossier)
    assert steps(dossier) == ["submit"]


def test_it_is_offered_only_where_nothing_is_asked(desk):
    dossier = desk.submitted()
    page = browse(desk.clerk).get(reverse("desk:dossier", args=[dossier.code]))
    assert [str(step.verb) for step in page.context["quick"]] == ["Tiếp nhận", "Chuyển xử lý"]
    assert browse(desk.head).get(reverse("desk:dossier", args=[dossier.code])).context["quick"] == []
    at_work = desk.processing()
    assert browse(desk.clerk).get(reverse("desk:dossier", args=[at_work.code])).context["quick"] == []


def test_the_event_says_which_files_this_person_had_on_screen(desk):
    dossier = desk.submitted()
    with past_the_triggers():
        seen, unseen = factories.attachment(dossier, "khac"), factories.attachment(dossier, "khac", page=2)
    browse(desk.head).get(reverse("files:view", args=[unseen.pk]))  # somebody else's look does not count
    b"".join(browse(desk.clerk).get(reverse("files:view", args=[seen.pk])).streaming_content)
    press(desk.clerk, dossier)
    read = dossier.events.get(step="accept").text.details["read"]
    assert read[str(seen.pk)] and read[str(unseen.pk)] is None
    page = browse(desk.clerk).get(reverse("desk:dossier", args=[dossier.code]))
    assert "Chưa mở xem khi tiếp nhận" in words(page)
    masked = browse(factories.user(inspector="H18")).get(reverse("desk:dossier", args=[dossier.code]))
    assert masked.status_code == 200 and unseen.name not in words(masked)
