"""What a draft still needs before it can be filed: answers, papers, place; and what it would cost."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dossiers.choices import DeliveryWay
from portal.common import clock
from procedures import fees as fee_rules
from procedures.eforms import DatabaseSources, Form, holds, validate
from procedures.facts import Document, DocumentGroup, Facts
from procedures.models import ProcedureVersion
from procedures.offered import local_amounts, offered_at

DELIVERY_WORD = {DeliveryWay.ACCOUNT: "electronic", DeliveryWay.COUNTER: "counter", DeliveryWay.POST: "post"}


def facts_of(dossier) -> Facts:
    """The facts of the version it is (to be) filed under."""
    return dossier.version.facts


def form_of(dossier, sources=None):
    """The e-form of the pinned version, None where the version has none."""
    document = dossier.version.document["form"]
    if not document:
        return None
    return Form(document, sources=sources or DatabaseSources(), fee_of=lambda answers: _fees_for(dossier, answers).total)


def known_answers(dossier, form):
    """The answers with what the portal itself knows (the form's bound fields)."""
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
    """The local day the rules look at: the day of filing, today for a draft."""
    return clock.local(dossier.submitted_at).date() if dossier.submitted_at else clock.today()


def fee_class(dossier):
    """«thuong», «giam» or «mien», from the group the person claims to belong to."""
    group = dossier.asked.get("priority_group")
    roles = {
        line["role"]
        for line in facts_of(dossier)["fee_lines"]
        if group and line["role"] in ("discount", "exemption") and group in groups_named(line["when"])
    }
    return "mien" if "exemption" in roles else "giam" if "discount" in roles else "thuong"


def groups_named(condition):
    """The priority groups a fee line's condition names, wherever they stand in it."""
    if not condition:
        return set()
    if "field" not in condition:
        return set().union(*map(groups_named, condition.get("all") or condition.get("any") or []))
    value = condition.get("value")
    named = value if isinstance(value, list) else [value]
    return set(named) if condition["field"] == fee_rules.CLAIM and value is not None else set()


def context(dossier, form=None):
    """Everything a condition of the procedure may name: answers, ask.<key>, case, audience, channel, person.*"""
    form = form or form_of(dossier)
    return {**(form.kept(known_answers(dossier, form), filing_day(dossier)) if form else {}), **_circumstances(dossier)}


def _circumstances(dossier):
    """What a condition may name besides the form's answers."""
    day = filing_day(dossier)
    person = dossier.person or (dossier.submitter.person if dossier.submitter else None)
    born = person.birth_date if person else None
    return {
        **{f"ask.{key}": value for key, value in dossier.asked.items()},
        "case": dossier.asked.get("case"),
        "audience": "organisation" if dossier.organisation_id else "citizen",
        "channel": dossier.channel,
        "person.age": day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None,
        "person.priority_group": dossier.asked.get("priority_group"),
    }


def storable_answers(dossier):
    """The answers as they are filed: hidden ones left out."""
    form = form_of(dossier)
    return form.storable(known_answers(dossier, form), filing_day(dossier)) if form else {}


def form_errors(dossier, form=None):
    """{field key: error code} of the whole form, with «ask.<key>» and «delivery» for what the portal asks itself."""
    form = form or form_of(dossier)
    day = filing_day(dossier)
    errors = validate(form, form.completed(known_answers(dossier, form), day), day) if form else {}
    for question in facts_of(dossier)["questions"]:
        if dossier.asked.get(question["key"]) in (None, ""):
            errors[f"ask.{question['key']}"] = "required"
    ways = delivery_ways(dossier)
    if ways and dossier.delivery_way not in ways:
        errors["delivery"] = "required"
    if dossier.delivery_way == DeliveryWay.POST and not dossier.delivery_address:
        errors["delivery_address"] = "required"
    return errors


@dataclass
class DocumentAsk:
    """One paper the portal may ask for: its row of the version, its group, and the files sent so far."""

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
        """Name of the database that makes the paper unnecessary, or empty."""
        return self.item["replaced_by_data"] or ""

    @property
    def only_shown(self):
        """Is it brought to the counter to be looked at, and never handed in?"""
        return self.item["presented_only"] and not self.replaced_by_data

    @property
    def is_sent(self):
        """Is it sent as a file?"""
        return not self.replaced_by_data and not self.only_shown

    @property
    def needed(self):
        """Can the dossier not do without it, sent or shown?"""
        return bool(self.item["required"]) and not self.replaced_by_data

    @property
    def required(self):
        """Must a file come?"""
        return self.needed and self.is_sent

    @property
    def conditional(self):
        """Does it depend on answers whether it is asked at all?"""
        return bool(self.item["when"] or self.group["when"])

    @property
    def missing(self):
        return self.required and not self.files


def papers_of(version: ProcedureVersion) -> list[DocumentAsk]:
    """Every paper the version may ask for, whatever is answered. Forms made here, data and notes are not papers."""
    return [
        DocumentAsk(item, group)
        for group in version.facts["document_groups"]
        for item in group["documents"]
        if item["kind"] == "paper" or (item["kind"] == "form" and not item["form_key"])
    ]


def asked_documents(dossier, *, files=None, form=None):
    """The papers these answers call for, with their files."""
    known, day = context(dossier, form), filing_day(dossier)
    if files is None:
        files = list(dossier.attachments.current()) if dossier.pk else []
    asks = [
        ask for ask in papers_of(dossier.version) if holds(ask.group["when"], known, day) and holds(ask.item["when"], known, day)
    ]
    for ask in asks:
        ask.files = [file for file in files if file.item_key == ask.key]
    return asks


def missing_documents(dossier):
    """The papers that must come and have no file yet. Papers brought to a counter are not asked as files."""
    return [ask for ask in asked_documents(dossier) if ask.missing] if dossier.channel == "online" else []


def offered_level(dossier):
    """The level offered where the dossier goes."""
    return offered_at(dossier.version, dossier.offering)


def delivery_ways(dossier):
    """The ways of getting the result that may be chosen: those of the place, as far as its level allows them."""
    return offered_level(dossier).ways_allowed(dossier.offering.delivery_ways) if dossier.offering_id else []


def fees(dossier):
    """The fee computed now, in whole đồng (`procedures.fees.Fees`)."""
    return _fees_for(dossier, context(dossier))


def _fees_for(dossier, answers):
    """The fee for these answers: a form may show it while it is filled in."""
    lines, day = facts_of(dossier)["fee_lines"], filing_day(dossier)
    known = {**answers, **_circumstances(dossier)}
    return fee_rules.compute(
        lines,
        context=known,
        day=day,
        quantities={**fee_rules.quantities_from(lines, known), **_numbers_asked(dossier)},
        chosen=extras_chosen(dossier),
        local=local_amounts(dossier.version.procedure, dossier.offering.province_code, day) if dossier.offering_id else {},
    )


def optional_extras(dossier):
    """The fee lines a person may choose to add, of the channel the dossier takes."""
    lines = facts_of(dossier)["fee_lines"]
    return [
        line for line in lines
        if line["role"] == "extra" and not line["mandatory"] and line["channel"] in ("any", dossier.channel)
    ]  # fmt: skip


def extras_chosen(dossier):
    """Keys of the optional extras taken: ticked, or asked for by a number above nothing («số bản sao muốn nhận»)."""
    numbers, ticked = _numbers_asked(dossier), dossier.asked.get("extras") or []
    counted = [line["key"] for line in optional_extras(dossier) if line["quantity"] and _wanted(line, numbers, dossier.answers)]
    return {*ticked, *counted}


def _wanted(line, numbers, answers):
    """Is more than nothing of it asked for?"""
    rule = line["quantity"]
    number = numbers.get(rule["ask"]) if "ask" in rule else answers.get(rule["field"])
    return isinstance(number, (int, float)) and number > 0


def _numbers_asked(dossier):
    """How many, as answered. A draft may hold a word or nothing there: that counts as not answered yet."""
    return {text: number for text, number in dossier.asked.get("quantities", {}).items() if isinstance(number, (int, float))}


def address_text(address, sources=None):
    """{"province", "commune", "detail"} in words, for people and papers; empty for no address."""
    if not address:
        return ""
    sources = sources or DatabaseSources()
    parts = [address.get("detail", "")]
    parts += [sources.label(name, address[name]) for name in ("commune", "province") if address.get(name)]
    return ", ".join(part for part in parts if part) or _("Không rõ")
