"""Rules of filing: answers, required papers and place of a draft, and its fee."""

from dataclasses import dataclass, field

from dossiers.choices import DeliveryWay, FilingChannel
from dossiers.filing.counter import handed_in, why_not_here
from dossiers.states import DossierState
from portal.common import clock
from procedures import consequences
from procedures.eforms import DatabaseSources, Form, fixed_by
from procedures.facts import Document, DocumentGroup, Facts
from procedures.models import ProcedureVersion
from procedures.offered import local_amounts_of, offered_at

DELIVERY_WORD = {DeliveryWay.ACCOUNT: "electronic", DeliveryWay.COUNTER: "counter", DeliveryWay.POST: "post"}


def facts_of(dossier) -> Facts:
    """The facts of the dossier's procedure version."""
    return dossier.version.facts


def form_of(dossier, sources=None):
    """The e-form of the dossier's procedure version; None when it has none."""
    document = dossier.version.document["form"]
    if not document:
        return None
    return Form(document, sources=sources or sources_of(dossier), fee_of=lambda answers: fees_for(dossier, answers).total)


def sources_of(dossier):
    """Territory and agencies for the forms of this dossier: what a step reads while it asks its conditions is not read again."""
    today = clock.today()
    if getattr(dossier, "_sources", (None,))[0] != today:
        dossier._sources = (today, DatabaseSources(today))
    return dossier._sources[1]


def known_answers(dossier, form):
    """The answers, with the values of the form's bound fields filled in by the portal."""
    bound = form.bound_answers(
        agency=dossier.offering.receiving_agency.code if dossier.offering_id and dossier.offering.receiving_agency else "",
        procedure=dossier.version.procedure.code,
        audience="organisation" if dossier.organisation_id else "person",
        delivery=DELIVERY_WORD.get(dossier.delivery_way, ""),
        delivery_address=dossier.delivery_address,
        copies=dossier.asked.get("copies"),
        fee_class=fee_class(dossier),
    )
    return {**dossier.answers, **bound}


def filing_day(dossier):
    """The local date for the rules: the day of filing; today for a draft."""
    return clock.local(dossier.submitted_at).date() if dossier.submitted_at else clock.today()


def fee_class(dossier):
    """«thuong», «giam» or «mien» (normal, reduced, exempt), from the claimed priority group."""
    return consequences.fee_class(facts_of(dossier)["fee_lines"], dossier.asked.get("priority_group"))


def context(dossier, form=None):
    """All values for the conditions of a procedure: answers, ask.<key>, case, audience, channel, person.*"""
    form = form or form_of(dossier)
    return {**(form.kept(known_answers(dossier, form), filing_day(dossier)) if form else {}), **_circumstances(dossier)}


def _circumstances(dossier):
    """The values of `context` besides the form's answers."""
    person = dossier.person or (dossier.submitter.person if dossier.submitter and not dossier.organisation_id else None)
    return consequences.circumstances(
        dossier.asked,
        channel=dossier.channel,
        organisation=bool(dossier.organisation_id),
        age=consequences.full_age(person.birth_date if person else None, filing_day(dossier)),
    )


def storable_answers(dossier):
    """The answers to store when filing: without those of hidden questions."""
    form = form_of(dossier)
    return form.storable(known_answers(dossier, form), filing_day(dossier)) if form else {}


@dataclass
class DocumentAsk:
    """One document that may be required: its row in the version, its group, and the uploaded files."""

    item: Document
    group: DocumentGroup
    files: list = field(default_factory=list)

    @property
    def key(self):
        return self.item["key"]

    @property
    def name(self):
        return self.item["name"]

    @property
    def replaced_by_data(self):
        """Name of the database that replaces this document, or empty."""
        return self.item["replaced_by_data"] or ""

    @property
    def only_shown(self):
        """Is it only shown at the counter, never handed in?"""
        return self.item["presented_only"] and not self.replaced_by_data

    @property
    def is_sent(self):
        """Is it uploaded as a file?"""
        return not self.replaced_by_data and not self.only_shown

    @property
    def needed(self):
        """Is it mandatory, as a file or shown at the counter?"""
        return consequences.is_required(self.item)

    @property
    def required(self):
        """Must a file be uploaded?"""
        return self.needed and self.is_sent

    @property
    def conditional(self):
        """Does it depend on answers whether it is required?"""
        return bool(self.item["when"] or self.group["when"])

    @property
    def missing(self):
        return self.required and not self.files


def papers_of(version: ProcedureVersion) -> list[DocumentAsk]:
    """All documents of the version, for any answers. Forms filled in on the portal, data and notes are not included."""
    return [DocumentAsk(item, group) for item, group in consequences.papers(version.facts)]


def asked_documents(dossier, *, files=None, form=None):
    """The documents required by these answers, with their files. `files`, `form`: when the caller has them already."""
    known, day = context(dossier, form), filing_day(dossier)
    if files is None:
        files = list(dossier.attachments.current()) if dossier.pk else []
    asks = [DocumentAsk(item, group) for item, group in consequences.papers_asked(facts_of(dossier), known, day)]
    for ask in asks:
        ask.files = [file for file in files if file.item_key == ask.key]
    return asks


def missing_documents(dossier):
    """Required documents that did not come: online without a file; at the counter or by post neither as a file nor on paper.

    A draft at the counter lacks none: what is missing is asked for after the dossier was taken in.
    """
    if dossier.channel == FilingChannel.ONLINE:
        return [ask for ask in asked_documents(dossier) if ask.missing]
    return [] if dossier.state == DossierState.DRAFT else not_handed_in(dossier)


def not_handed_in(dossier):
    """Required documents that a counter or post dossier lacks. Empty for one that no clerk entered here."""
    on_paper = handed_in(dossier)
    if on_paper is None:
        return []
    return [ask for ask in asked_documents(dossier) if ask.needed and not ask.files and ask.key not in on_paper]


def digitised(dossier):
    """Is what was received also kept as files (the indicator's flag)? At the counter: every paper that was handed in."""
    files = {file.item_key for file in dossier.attachments.current()}
    return bool(files) and set(handed_in(dossier) or ()) <= files


def taken_in_by_its_channel(dossier):
    """Is the dossier taken in at its place by its channel: online from level 3 on, at the counter and by post from level 2 on?"""
    if dossier.channel == FilingChannel.ONLINE:
        return offered_level(dossier).offers_submission
    return not why_not_here(dossier.version, dossier.offering, dossier.channel)


def offered_level(dossier):
    """The service level offered at the dossier's place."""
    return offered_at(dossier.version, dossier.offering)


def delivery_ways(dossier):
    """The delivery ways to choose from: those of the offering that its level allows. Somebody who was taken in without an account
    gets no result in an account; at the counter it can always be fetched."""
    if not dossier.offering_id:
        return []
    ways = offered_level(dossier).ways_allowed(dossier.offering.delivery_ways)
    if dossier.channel == FilingChannel.ONLINE or dossier.submitter_id or hasattr(dossier.person, "user"):
        return ways
    return [way for way in ways if way != DeliveryWay.ACCOUNT] or [DeliveryWay.COUNTER]


def fees(dossier):
    """The fee computed now, in whole đồng (`procedures.fees.Fees`)."""
    return fees_for(dossier, context(dossier))


def fees_for(dossier, answers, local=None):
    """The fee for these answers; forms show it while they are filled in. `local`: amounts of the province, if read already."""
    day = filing_day(dossier)
    if local is None:
        local = local_amounts_of(dossier.version, dossier.offering if dossier.offering_id else None, day)
    known = {**answers, **_circumstances(dossier)}
    return consequences.fees(facts_of(dossier), known, dossier.asked, _with_fixed(dossier), day, local)


def optional_extras(dossier):
    """The optional fee lines for the channel of the dossier."""
    return consequences.optional_extras(facts_of(dossier), dossier.channel)


def extras_chosen(dossier):
    """Keys of the chosen extras: ticked, or with a quantity above 0 («số bản sao muốn nhận»)."""
    return consequences.extras_chosen(facts_of(dossier), dossier.asked, _with_fixed(dossier), dossier.channel)


def _with_fixed(dossier):
    """The answers as stored, with those that the procedure fixes itself (a draft does not hold them)."""
    fixed = fixed_by(dossier.version.document["form"])
    if not fixed:
        return dossier.answers
    form = form_of(dossier)
    kept = form.walk(known_answers(dossier, form), filing_day(dossier))[1]
    return {**dossier.answers, **{key: kept[key] for key in fixed if key in kept}}
