"""Who may see money: counts, lists and pages follow one rule, and each predicate equals its query."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.messages.models import Message
from payments import complaints, differences, messages, permissions
from payments.accounting import worklists
from payments.attempts import settlement
from payments.models import (
    BankCredit,
    CollectionPoint,
    Difference,
    PaymentAttempt,
    PaymentComplaint,
    Refund,
    SettlementFetch,
    SettlementRun,
)
from payments.models.states import AttemptState, RefundState
from payments.refunds import approval
from portal.common import clock
from procedures.models import Offering
from tests import factories, snapshots, world
from tests.dossiers.pages import browse, words
from tests.money import CRIMINAL, DECIDES, FEE, MoneyDesk

pytestmark = pytest.mark.django_db
OTHER = "H18.X005.CA"  # another body, which collects at the same point


def go(name, *args):
    return reverse(f"accounting:{name}", args=args)


@pytest.fixture
def books(db, signing_keys):
    """One of each row: of the body, of another body at the same point, of no body, of an own matter."""
    return snapshots.kept("books of permissions", _books)


def _books():
    world.holidays()
    money_desk, other = MoneyDesk(), MoneyDesk()
    other.receiving_agency = other.lead = OTHER
    world.offering(CRIMINAL, OTHER)
    one, two = money_desk.accountant, money_desk.second_accountant
    own_login = factories.as_citizen(one)
    everyone = {
        "one": one,
        "two": two,
        "of another body": factories.user(accountant=OTHER),
        "former": factories.user(accountant=DECIDES),
        "locked out": factories.user(accountant=DECIDES),
        "head": money_desk.head,
        "clerk": money_desk.clerk,
        "citizen": factories.citizen(),
    }
    ours, theirs = rows_of(money_desk, two), rows_of(other, None)
    own = rows_of(money_desk, None, submitter=own_login)
    credit(ours.paid.point)
    differences.open_difference(ours.paid.point, clock.today(), Difference.Kind.MISSING_HERE, "X1", theirs=FEE)
    PaymentComplaint.objects.filter(attempt=ours.doubtful).update(owner=everyone["head"])
    PaymentComplaint.objects.filter(attempt=theirs.doubtful).update(owner=everyone["former"])
    everyone["former"].memberships.update(valid_to=clock.today() - dt.timedelta(days=1))
    type(one).objects.filter(pk=everyone["locked out"].pk).update(is_active=False)
    run = SettlementRun.objects.create(
        point=ours.paid.point, day=clock.today(), sha256="0" * 64, our_count=1, our_total=FEE, their_count=2, their_total=1
    )
    Difference.objects.update(run=run)
    SettlementFetch.objects.create(point=ours.paid.point, day=clock.today())
    everyone = {name: factories.fresh(person) for name, person in everyone.items()}
    return SimpleNamespace(people=everyone, ours=ours, theirs=theirs, own=own, run=run, point=ours.paid.point)


def rows_of(desk, proposer, **facts):
    """Rows of one desk: attempts paid, in doubt and open, refunds in each state, a complaint, a difference, a credit."""

    def paid():
        return settlement.settle(desk.paying(dossier=desk.waiting(**facts)).reference, cause="ipn")

    first, doubtful = paid(), desk.paying(dossier=desk.waiting(**facts))
    settlement.record_outcome(doubtful.reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False)
    refund(first, actor=proposer)
    refund(paid(), RefundState.APPROVED, way="by_hand")
    if proposer:
        refund(paid())
        refund(paid(), RefundState.APPROVED)
    twice = desk.paying(dossier=desk.waiting(**facts))
    desk.paying(way="transfer", dossier=twice.obligation.dossier)
    settlement.settle(twice.obligation.attempts.get(way="transfer").reference, cause="reconciliation")
    settlement.settle(twice.reference, cause="querydr")  # owed back
    Refund.objects.filter(attempt=twice).update(state=RefundState.DECLINED)
    complaints.open_ticket(doubtful)
    differences.open_difference(
        first.point, clock.today(), Difference.Kind.AMOUNT, first.reference, ours=FEE, theirs=1, attempt=first
    )
    transfer = desk.paying(way="transfer", dossier=desk.waiting(**facts))
    return SimpleNamespace(
        paid=first,
        doubtful=doubtful,
        twice=twice,
        transfer=transfer,
        credit=credit(transfer.point, attempt=transfer, state="under"),
    )


def refund(attempt, state=RefundState.REQUESTED, way="gateway", actor=None):
    made = approval.propose(attempt, "other", amount=1_000, actor=actor, way=way)
    if state != RefundState.REQUESTED:
        Refund.objects.filter(pk=made.pk).update(state=state, approved_by=factories.user(), approved_at=clock.now())


def credit(point, **facts):
    known = {"state": "unmatched", "amount": 5_000, "content": "NOP PHI", "due_state": "done", "received_at": clock.now()}
    return BankCredit.objects.create(point=point, bank_ref=f"FT{BankCredit.objects.count()}", **{**known, **facts})


# ---------------------------------------------------------------- predicate and query
PAIRS = [
    (PaymentAttempt, permissions.sees_attempt, permissions.visible_attempts),
    (Refund, permissions.sees_refund, permissions.visible_refunds),
    (PaymentComplaint, permissions.sees_complaint, permissions.visible_complaints),
    (BankCredit, permissions.sees_credit, permissions.visible_credits),
    (Difference, permissions.sees_difference, permissions.visible_differences),
    (CollectionPoint, permissions.sees_point, permissions.visible_points),
]


def test_each_predicate_holds_for_just_the_rows_of_its_query(books):
    seen = set()
    for model, sees, visible in PAIRS:
        for name, person in books.people.items():
            one_by_one = {row.pk for row in model.objects.all() if sees(row, person)}
            assert one_by_one == set(visible(person).values_list("pk", flat=True)), (model.__name__, name)
            seen.add((name, model)) if one_by_one else None
    assert {name for name, _model in seen} == {"one", "two", "of another body", "former", "head"}
    for name, person in books.people.items():
        runs = {run.pk for run in SettlementRun.objects.all() if permissions.sees_point(run.point, person)}
        assert runs == set(permissions.visible_runs(person).values_list("pk", flat=True)), name
        fetches = {row.pk for row in SettlementFetch.objects.all() if permissions.sees_point(row.point, person)}
        assert fetches == set(permissions.visible_fetches(person).values_list("pk", flat=True)), name
        mine = {a.obligation.dossier_id for a in PaymentAttempt.objects.all() if permissions.is_accountant_for(a.dossier, person)}
        assert mine <= set(permissions.dossiers_with_fees(person).values_list("pk", flat=True)), name
        assert all(permissions.is_accountant_for(dossier, person) for dossier in permissions.dossiers_with_fees(person)), name


def test_who_keeps_the_books_of_a_body_is_the_same_from_both_sides(books):
    for point in CollectionPoint.objects.all():
        people = set(permissions.accountants_of(permissions.bodies_at(point)))
        active = {person for person in books.people.values() if permissions.sees_point(point, person)}
        assert active <= people and all(permissions.sees_point(point, person) for person in people)


def test_nobody_acts_in_an_own_matter_nor_on_what_they_do_not_see(books):
    may = [
        (PaymentAttempt, permissions.is_accountant_of, permissions.sees_attempt, lambda row: row),
        (PaymentComplaint, permissions.may_answer, permissions.sees_complaint, lambda row: row.attempt),
        (Difference, permissions.may_own, permissions.sees_difference, lambda row: row.attempt),
        (BankCredit, permissions.may_resolve, permissions.sees_credit, lambda row: row.attempt),
    ]
    for model, acts, sees, attempt_of in may:
        for name, person in books.people.items():
            for row in model.objects.all():
                attempt = attempt_of(row)
                filer = attempt.dossier.submitter if attempt else None
                own = filer is not None and (filer.pk == person.pk or filer.person.id_number == person.id_number)
                assert acts(row, person) == (sees(row, person) and not own), (model.__name__, name)


# ---------------------------------------------------------------- count, list, page
LISTS = {
    "attempts": ["", "?tinh-trang=review", "?tinh-trang=paid", "?loai=tra_lai"],
    "refunds": [f"?nhom={key}" for key in ("cho-duyet", "tu-chuyen", "ngan-hang", "tu-choi", "chua-de-nghi", "xong", "tat-ca")]
    + ["?nhom=cho-duyet&cua-toi=1", "?nhom=tu-chuyen&cua-toi=1"],
    "differences": ["", "?cua-toi=1", "?xong=1"],
    "credits": ["", "?tat-ca=1"],
    "complaints": ["", "?cua-toi=1", "?xong=1"],
    "reconciliation": [""],
}


def main(response):
    body = response.content.decode().replace("&amp;", "&")
    return body[body.index("<main") : body.index("</main>")]


def listed(there, address):
    """The addresses in the rows of a list; a row without one counts as ""."""
    answer = there.get(address)
    assert answer.status_code == 200, address
    table = re.search(r"<tbody>(.*?)</tbody>", main(answer), re.S)
    rows = re.findall(r"<tr>(.*?)</tr>", table[1], re.S) if table else []
    return [match[1] if (match := re.search(r'href="([^"]+)"', row)) else "" for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one", "two", "of another body"])
def test_a_count_says_what_its_list_shows_and_every_row_opens(books, name):
    there = browse(books.people[name])
    front = main(there.get(go("front")))
    tiles = re.findall(r'href="(/can-bo/ke-toan/[^"]*)"[^>]*>(?:(?!</a>).)*?<b[^>]*>(\d+)</b>', front, re.S)
    assert len(tiles) >= 8
    counted = {href: int(count) for href, count in tiles if href != go("refunds")}
    counted[go("attempts") + "?tinh-trang=review"] = worklists.counts(books.people[name])["review"]
    counted.pop(go("attempts"), None)  # the menu counts on it what is under review
    for group, count in re.findall(r'href="(\?nhom=[^"]+)"[^>]*>[^<]*<b>(\d+)</b>', main(there.get(go("refunds")))):
        counted[go("refunds") + group] = int(count)
    assert sum(bool(count) for count in counted.values()) >= 6
    for address, count in counted.items():
        assert len(listed(there, address)) == count, (address, count)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["one", "two", "of another body"])
def test_a_row_on_a_list_has_a_page_and_a_row_on_none_has_not(books, name):
    there, shown = browse(books.people[name]), set()
    for page, queries in LISTS.items():
        for query in queries:
            shown |= set(filter(None, listed(there, go(page) + query)))
    pages = {
        *(go("attempt", attempt.reference) for attempt in PaymentAttempt.objects.all()),
        *(go("refund", row.request_id) for row in Refund.objects.all()),
        *(go("complaint", row.pk) for row in PaymentComplaint.objects.all()),
        *(go("difference", row.pk) for row in Difference.objects.all()),
        *(go("credit", row.pk) for row in BankCredit.objects.all()),
    }
    assert shown and shown < pages
    opened = set()
    for address in pages:
        answer = there.get(address)
        assert answer.status_code == (200 if address in shown else 404), address
        if address in shown:
            inner = set(re.findall(r'href="(/can-bo/ke-toan/[^"?#]+)"', main(answer))) - opened
            assert {link for link in inner if there.get(link).status_code != 200} == set(), address
            opened |= inner


def test_the_run_of_a_shared_point_counts_only_the_differences_on_the_own_list(books):
    for name in ("one", "of another body"):
        person = books.people[name]
        there = browse(person)
        counted = int(re.search(r"(\d+) chỗ chưa giải thích", words(there.get(go("reconciliation"))))[1])
        assert counted == len(listed(there, go("differences"))) < Difference.objects.count(), name


def test_money_known_to_be_for_a_fee_is_seen_by_its_body_alone_and_told_to_it_alone(books):
    there = browse(books.people["of another body"])
    assert there.get(go("credit", books.ours.credit.pk)).status_code == 404
    messages.credit_needs_review(books.ours.credit)
    told = Message.objects.filter(key=f"money:credit:{books.ours.credit.pk}:wait")
    assert {message.recipient for message in told} >= {books.people["one"], books.people["two"]}
    assert not told.filter(recipient=books.people["of another body"]).exists()
    for message in told:
        assert browse(message.recipient).get(message.link).status_code == 200


def test_late_money_stays_in_sight_of_the_body_whose_offering_has_passed_to_another(books):
    """The body collected at this account; its payers still have the number."""
    Offering.objects.filter(lead_agency__code=DECIDES).update(lead_agency=world.agency(OTHER))
    one = books.people["one"]
    stray = BankCredit.objects.get(attempt=None)
    for row, address in [(stray, go("credit", stray.pk)), (books.ours.credit, go("credit", books.ours.credit.pk))]:
        assert browse(one).get(address).status_code == 200 and permissions.may_resolve(row, one)
    assert listed(browse(one), go("reconciliation")) and permissions.sees_point(books.point, one)
    messages.credit_needs_review(stray)
    assert Message.objects.filter(key=f"money:credit:{stray.pk}:wait", recipient=one).exists()


def test_a_head_who_answers_for_a_body_finds_every_link_open(books):
    head, ticket = books.people["head"], PaymentComplaint.objects.get(attempt=books.ours.doubtful)
    answer = browse(head).get(go("complaint", ticket.pk))
    assert answer.status_code == 200 and "Gửi trả lời" in words(answer)
    assert not re.findall(r'href="/can-bo/ke-toan/', main(answer))
    assert books.ours.doubtful.reference in words(answer)


def test_a_difference_is_offered_to_those_who_may_take_it_and_to_nobody_else(books):
    own, people = Difference.objects.get(attempt=books.own.paid), books.people
    Difference.objects.filter(pk=own.pk).update(owner=None)
    page = browse(people["two"]).get(go("difference", own.pk)).content.decode()
    offered = {int(pk) for pk in re.findall(r'<option value="(\d+)"', page)}
    able = {person.pk for person in people.values() if permissions.may_own(own, person)}
    assert people["two"].pk in able and people["one"].pk not in able
    assert offered & {person.pk for person in people.values()} == able
