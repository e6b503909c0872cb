"""Every procedure offered online can be filed, accepted and decided, with the sample answers of its form."""

import datetime as dt

import pytest

from dossiers import workflow
from dossiers.filing import portal_questions, rules
from dossiers.models import Dossier
from dossiers.transitions import conditions
from portal.common import clock
from procedures.loading import DataFolder, territory
from procedures.models import Procedure
from procedures.offered import offered_at
from tests import factories, reference
from tests.dossiers.pages import browse, step_url
from tests.portal.test_weight import LIMIT, weight
from tests.world import load_sample

pytestmark = pytest.mark.django_db
FILE = {"name": "bien-ban.pdf", "sha256": "0" * 64, "size": 1, "storage_key": "bien-ban"}


def place_of(procedure):
    """The first offering with online filing, or None."""
    places = procedure.offerings.current().select_related("receiving_agency", "lead_agency")
    return next((place for place in places if offered_at(procedure.current, place).offers_submission), None)


def complete_draft(version, offering, citizen, answers):
    """A draft with these answers, the first option of the portal's questions, and a file for each required document."""
    draft = Dossier.objects.create(version=version, offering=offering, submitter=citizen, person=citizen.person, answers=answers)
    questions = [question for page in portal_questions.portal_form(draft).pages for question in page.fields]
    answers_of_portal = {question.key: 1 if question.type == "number" else question.spec["options"][0]["value"]
            for question in questions if question.type in ("number", "choice")}  # fmt: skip
    answers_of_portal |= {"delivery_address": citizen.person.current_address}
    if "priority_group" in answers_of_portal:
        answers_of_portal["priority_group"] = portal_questions.NO_GROUP
    draft.asked, columns = portal_questions.split_values(draft, answers_of_portal)
    for name, value in columns.items():
        setattr(draft, name, value)
    draft.save()
    for paper in rules.asked_documents(draft):
        if paper.required:
            factories.attachment(draft, paper.key)
    return draft


def take_all_steps(dossier, clerk):
    """Take all steps of the offering up to the decision; a notification ends at the desk."""
    if dossier.offering.no_result:
        return workflow.advance(dossier, "note_received", actor=clerk)
    dossier = workflow.advance(dossier, "transfer", actor=clerk)
    while not all(run.kind == "sign" for run in dossier.open_steps):
        run = next(run for run in dossier.open_steps if run.kind != "sign")
        actor = factories.user(**{run.role: run.agency.code})
        if run.kind == "applicant_confirm":
            dossier = workflow.advance(dossier, "ask_confirmation", actor=actor, question="Nội dung đúng chưa?")
            dossier = workflow.advance(dossier, "confirm", actor=dossier.submitter)
            continue
        if run.must_produce == "draft":
            factories.drafted(dossier, actor)
        product = {"number": {"text": "8012345678"}, "file": {"file": FILE}}.get(run.must_produce, {})
        dossier = workflow.advance(dossier, "hand_over", actor=actor, note="Đã kiểm tra.", step=run, product=product)
    if conditions.amount_not_set(dossier):
        amounts = {line.key: 50_000 for line in dossier.obligation.lines_to_set()}
        dossier = workflow.advance(dossier, "set_fee", actor=clerk, note="Theo quyết định của tỉnh.", amounts=amounts)
    if not conditions.nothing_owed_before_result(dossier):
        dossier = workflow.advance(dossier, "collect", actor=clerk, amount=dossier.obligation.total)
    signer = factories.user(signer=dossier.lead_agency.code)
    return factories.approve(dossier, signer)


def fits(client, address):
    """The page opens, and a first visit stays under the limit."""
    page = client.get(address)
    assert page.status_code == 200 and weight(page.content.decode()) < LIMIT, address


@pytest.mark.slow
def test_every_form_is_shown_page_by_page_handed_in_taken_in_and_decided():
    load_sample(codes=list(reference.procedures()))
    territory.load(DataFolder())  # provinces and communes as a real page lists them
    filed, waited, forms, given = [], [], set(), {}
    for procedure in Procedure.objects.filter(listed=False).select_related("current").order_by("code"):
        place, form_key = place_of(procedure), procedure.current.form_key
        if place is None:
            continue
        sample = reference.load(f"samples/{form_key}.json")
        with clock.at(dt.datetime.combine(dt.date.fromisoformat(sample["as_of"]), dt.time(9), clock.LOCAL)):
            citizen = factories.citizen()
            draft = complete_draft(procedure.current, place, citizen, sample["answers"])
            client = browse(citizen)
            pages = rules.form_of(draft).visible_pages(rules.known_answers(draft, rules.form_of(draft)), clock.today())
            for key in [*(page.key for page in pages), "giay-to", "xem-lai"]:
                fits(client, step_url(draft, key))
            answer = client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
            assert answer.status_code == 302, (procedure.code, answer.context and answer.context["errors"])
            dossier = Dossier.objects.get(pk=draft.pk)
            assert dossier.code and answer.url == f"/ho-so/{dossier.code}/da-nop/"
            fits(client, answer.url)
            fits(client, f"/ho-so/{dossier.code}/")
            clerk = factories.user(receiving_clerk=place.receiving_agency.code)
            assert browse(clerk).get(f"/can-bo/ho-so/{dossier.code}/").status_code == 200, procedure.code
            if dossier.state == "PAYMENT_REQUIRED":  # at level 4 a fee due on submission comes before everything else
                waited.append(procedure.code)
                dossier = workflow.advance(dossier, "paid", actor=clerk, amount=dossier.obligation.total)
            dossier = workflow.advance(dossier, "accept", actor=clerk)
            assert dossier.due_at or dossier.term.get("rule"), procedure.code
            decided = take_all_steps(dossier, clerk)
            assert decided.decided_at, procedure.code
            given[procedure.code] = [
                row["key"] for decision in decided.decisions.all()
                for paper in decision.content["papers"] for row in paper.get("given", [paper])
            ]  # fmt: skip
        filed.append(procedure.code)
        forms.add(form_key)
    assert len(filed) == 35 and len(forms) == 27
    assert (given["1.001612"], given["3.000333"], given["1.004873"]) == (["certificate"], ["record_1"], ["confirmation"])
    assert "3.000333" in waited and "1.004873" not in waited and "1.010041" not in waited
