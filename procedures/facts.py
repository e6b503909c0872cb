"""Types of a version's document, for the parts that code reads. Fields and certainty marks: data/README.md.

`data/schema/procedures.schema.json` checks the same when the files are loaded; these types are not checked at run time.
"""

from typing import Any, Literal, NotRequired, TypedDict

Condition = dict[str, Any] | None  # the condition grammar of data/README.md; None always holds
ChannelName = Literal["online", "direct", "postal"]


class NamedCode(TypedDict):
    """A sector (lĩnh vực), or an agency, as named by the national database."""

    code: str
    name: str


class Decision(TypedDict):
    number: str
    date: str | None  # ISO


class ExtendedTime(TypedDict):
    """The total term in the harder case; `value` None where the national database states none."""

    value: int | None
    unit: str
    reason: str


class Processing(TypedDict):
    """The term of a channel. `value` and `unit` are None where `rule` replaces a term in days."""

    value: int | None
    unit: Literal["hour", "working_day", "day", "month"] | None
    rule: str | None
    extended: ExtendedTime | None
    text: NotRequired[str]
    note: NotRequired[str]
    shorter: NotRequired[dict[str, Any]]


class Channel(TypedDict):
    channel: ChannelName
    processing: Processing


class Term(TypedDict):
    """A time limit: to pay, or to answer a supplement request."""

    value: int
    unit: str
    certainty: NotRequired[str]


class QuestionOption(TypedDict):
    key: str
    label: str


class Question(TypedDict):
    """A question that the portal asks because no field of the form answers it."""

    key: str
    text: str
    type: Literal["yes_no", "choice"]
    options: NotRequired[list[QuestionOption]]


# Functional syntax, because `with` is a Python keyword.
FeeCap = TypedDict("FeeCap", {"amount": int, "per": str, "with": list[str]})


class Quantity(TypedDict):
    """The factor of a fee line: a field of the form (or `table.column`), or a question (`ask`, its text)."""

    field: NotRequired[str]
    ask: NotRequired[str]
    max: NotRequired[int]
    minus: NotRequired[int]


class FeeRow(TypedDict):
    """One fee line in whole đồng. `amount` None: set by the province, or later by an officer."""

    key: str
    label: str
    kind: Literal["phi", "le_phi", "gia_dich_vu"]
    role: Literal["base", "alternative", "extra", "discount", "exemption"]
    group: str | None
    amount: int | None
    unit: str
    quantity: Quantity | None
    when: Condition
    channel: Literal["any", "online", "direct", "postal"]
    effective_from: str | None
    effective_to: str | None
    applies_to: list[str]
    mandatory: bool
    cap: FeeCap | None
    legal_ref: str | None
    refundable_on: list[str]
    refund_certainty: NotRequired[str]
    certainty: str


class Document(TypedDict):
    """One document (giấy tờ) of a procedure."""

    key: str
    name: str
    originals: int
    copies: int
    required: bool
    when: Condition
    kind: Literal["paper", "form", "data", "note"]
    form_key: str | None
    replaced_by_data: str | None
    original_must_be_shown: str | None
    presented_only: bool
    condition_text: NotRequired[str]


class DocumentGroup(TypedDict):
    key: str
    title: str
    mode: Literal["all", "one_of", "addon"]
    when: Condition
    documents: list[Document]


class OfficeDatum(TypedDict):
    """What the office writes on a line of a result. A required one left empty would make the paper void."""

    type: Literal["text", "date", "number", "money", "choice"]
    required: bool
    options: NotRequired[list[str]]  # of a choice: the texts that are printed
    default: NotRequired[str | int]
    answer: NotRequired[str]  # the field of the form whose answer is proposed, to be confirmed or corrected
    help: NotRequired[str]


# Functional syntax, because `else` is a Python keyword.
ResultLine = TypedDict(
    "ResultLine",
    {
        "key": str,
        "label": str,
        "field": NotRequired[str],
        "else": NotRequired[str],
        "office": NotRequired[OfficeDatum],
        "text": NotRequired[str],
        "when": NotRequired[Condition],
        "columns": NotRequired[list[str]],
        "side": NotRequired[Literal["left", "right"]],
    },
)
"""A line of a result. Exactly one of `field` (an answer), `office` (the office writes it) and `text` (fixed words).

`else`: the field printed when `field` has no answer. `when`: left out where it does not hold. `columns`: the columns of a table
that are printed (absent = all). `side`: the line stands in the left or right half of the page, beside those of the other side.
`text` and the default of the office may name answers: «số {divorce_no}».
"""


class ResultTemplate(TypedDict):
    """The content of the printed result. `form`: the official number of the form, None where its text is not known."""

    title: str
    form: str | None
    legal_basis: str | None
    lines: list[ResultLine]
    conclusion: str | None
    notes: str | None
    certainty: str


class Result(TypedDict):
    """One thing that the procedure may end in (docs/catalogue.md, "Results")."""

    key: str
    code: str | None
    name: str
    source_name: NotRequired[str]  # the name in the national database, where `name` is a cleaned or divided one
    kind: Literal["grant", "refusal", "notice", "register", "payment"]
    outcome: bool
    when: Condition
    group: str | None
    made: Literal["portal", "file", "object", "entry", "money"]
    template: ResultTemplate | None
    certainty: str


class PartialReason(TypedDict):
    code: str
    text: str
    certainty: NotRequired[str]


class OfferedNote(TypedDict):
    code: str
    text: str


class EmptySection(TypedDict):
    section: str
    show: str


class FeeElsewhere(TypedDict):
    label: str
    amount: int
    currency: str
    legal_ref: str


class ExpectedFee(TypedDict):
    key: str
    label: str
    amount: int | None


class ExpectedPaper(TypedDict):
    key: str
    name: str
    required: bool


class ExpectedResult(TypedDict):
    key: str
    name: str


class Expected(TypedDict):
    """What a version makes of an example. `due`: local time «2026-12-01T17:00», None without a term."""

    total: int | None
    fees: list[ExpectedFee]
    papers: list[ExpectedPaper]
    level: int
    due: str | None
    steps: list[str]
    conditions: list[str]
    results: list[ExpectedResult]


class Example(TypedDict):
    """A made-up filing with what the version must make of it (`procedures.office.examples`).

    `place`: code of the agency whose offering it is filed at, "" = a place with everything that the version needs. `asked`: as
    `procedures.consequences`. `checked`: a person compared the expectation with the law.
    """

    key: str
    name: str
    day: str
    place: str
    channel: ChannelName
    audience: Literal["citizen", "organisation"]
    age: int | None
    asked: dict[str, Any]
    answers: dict[str, Any]
    expected: Expected | None
    checked: bool


class Facts(TypedDict):
    """The procedure's part of the document."""

    code: str
    name: str
    short_name: str
    aliases: list[str]
    field: NamedCode
    promulgated_by: str
    decision: Decision
    source_updated: str | None
    agency_levels: list[str]
    vertical_sector: bool
    non_territorial: bool
    declared_level: int
    online_scope: str
    partial_reason: PartialReason | None
    audience: list[str]
    channels: list[Channel]
    payment_timing: Literal["none", "on_submit", "after_acceptance", "before_result", "on_result"]
    payment_deadline: Term | None
    supplement_term: Term | None
    questions: list[Question]
    fee_lines: list[FeeRow]
    document_groups: list[DocumentGroup]
    form_key: str | None
    steps: list[str]
    conditions: list[str]
    notes: list[str]
    results: list[Result]  # versions published before results had kinds: `procedures.results.rows` reads them
    executing_agencies: list[NamedCode]
    competent_agencies: list[NamedCode]
    legal_basis: list[str]
    life_events: list[str]
    life_event_subgroups: list[str]
    offered_note: list[OfferedNote]
    empty_sections: list[EmptySection]
    certainty: dict[str, str]
    fees_elsewhere: NotRequired[list[FeeElsewhere]]
    silence_is_consent: NotRequired[bool]
    examples: NotRequired[list[Example]]
    ends_by: NotRequired[Literal["note_received"]]  # a notification: recorded, nothing is decided


class ProcedurePart(TypedDict):
    """The part of a version's document that levels and prices read."""

    procedure: Facts


class VersionDocument(ProcedurePart):
    """A version's document: the procedure, its expanded form, and the code lists and default terms it uses."""

    form: dict[str, Any] | None
    code_lists: dict[str, list[dict[str, Any]]]
    defaults: dict[str, Any]
    amount_set_later: list[str]
