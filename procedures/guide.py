"""The guide of one procedure for its page: every section that the law requires, in the words of the version."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common import clock
from portal.common.money import dong
from procedures.calendar import Term
from procedures.cards import different_official_name, level_words, price_over_places, term_of
from procedures.facts import Document, FeeRow
from procedures.models.catalogue import ProcedureVersion
from procedures.prices import PriceRange, price_range
from procedures.results import rows
from procedures.wording import (
    CHANNELS,
    FEE_KINDS,
    Wording,
    audience_words,
    copies,
    day_words,
    plain,
    price,
    refund_is_invented,
    refund_words,
    term_note,
    when_to_pay,
)

NOTHING = gettext_lazy("Không")
GROUP_WORDS = {
    "all": gettext_lazy("Ai cũng cần"),
    "one_of": gettext_lazy("Chỉ khi là trường hợp này"),
    "addon": gettext_lazy("Cần thêm trong trường hợp này"),
}


class Guide:
    """The guide of one version, for one province or none. `amounts`: {province: {fee line: đồng}}. Makes no queries."""

    def __init__(
        self,
        version: ProcedureVersion,
        *,
        amounts: Mapping[str, Mapping[str, int]],
        province_code: str = "",
        blank_forms: bool = False,
        pays_online: bool = False,
    ) -> None:
        self.version, self.facts = version, version.facts
        self.pays_online = pays_online
        self.amounts, self.local = amounts, amounts.get(province_code, {}) if province_code else {}
        self.has_place, self.blank_forms = bool(province_code), blank_forms
        self.words = Wording(version.document)
        self.shown_empty = {row["section"]: row["show"] for row in self.facts["empty_sections"]}

    # -- the plain top

    @cached_property
    def price(self) -> PriceRange:
        """The price in this province, or the range over all provinces."""
        if not self.has_place:
            return price_over_places(self.facts, self.amounts, clock.today())
        channel = "online" if "online" in self.version.channels else "direct"
        return price_range(self.facts["fee_lines"], day=clock.today(), channel=channel, local=self.local)

    @cached_property
    def official_name(self) -> str:
        """The official name if it differs from the everyday name, else ""."""
        return different_official_name(self.version.name, self.version.short_name)

    @cached_property
    def top(self) -> list[dict[str, str]]:
        """The four main facts: time, fee, agency, result."""
        exempt = next((line for line in self.fee_lines if line["role"] == "exemption"), None)
        executing = [body["name"] for body in self.facts["executing_agencies"]]
        outcomes = [row["name"] for group in self.outcomes for row in group] or [_("Không có giấy tờ trả lại")]
        return [
            {
                "icon": "clock",
                "label": _("Có kết quả sau"),
                "value": term_of(self.facts["channels"]).words,
                "note": self._other_terms,
            },
            {
                "icon": "money",
                "label": _("Phí, lệ phí"),
                "value": self.price.words.replace("\u00a0", " "),
                "note": exempt["label"] if exempt else "",
            },
            {
                "icon": "desk",
                "label": _("Nơi giải quyết"),
                "value": level_words(self.facts["agency_levels"]),
                "note": executing[0],
            },
            {
                "icon": "doc",
                "label": _("Kết quả"),
                "value": outcomes[0],
                "note": _("Xem đủ ở mục “Kết quả thực hiện”") if len(outcomes) > 1 else "",
            },
        ]

    @property
    def _other_terms(self) -> str:
        """The terms of the other channels where they differ from the one shown; "" otherwise."""
        terms = {row["channel"]: Term.from_data(row["processing"]).words for row in self.facts["channels"]}
        first = term_of(self.facts["channels"]).words
        others = {CHANNELS[channel].lower(): words for channel, words in terms.items() if words != first}
        return "; ".join(f"{channel}: {words}" for channel, words in others.items())

    # -- the sections that the law requires, in their order

    @cached_property
    def identity(self) -> list[dict[str, Any]]:
        """The first rows: code, decision, name, level, type, sector."""
        decision = self.facts["decision"]
        number = _("%(number)s ngày %(day)s") % {"number": decision["number"], "day": day_words(decision["date"])}
        return [
            self._row(_("Mã thủ tục"), self.facts["code"]),
            self._row(_("Số quyết định"), number if decision["date"] else decision["number"]),
            self._row(_("Tên thủ tục"), self.facts["name"]),
            self._row(_("Cấp thực hiện"), level_words(self.facts["agency_levels"])),
            self._row(_("Loại thủ tục"), "", "procedure_type"),
            self._row(_("Lĩnh vực"), self.facts["field"]["name"]),
        ]

    @cached_property
    def people_and_bodies(self) -> list[dict[str, Any]]:
        """The rows after the documents: audience, agencies, address."""
        executing = [body["name"] for body in self.facts["executing_agencies"]]
        competent = [body["name"] for body in self.facts["competent_agencies"]] or executing
        return [
            self._row(_("Đối tượng thực hiện"), audience_words(self.facts["audience"])),
            self._row(_("Cơ quan thực hiện"), executing),
            self._row(_("Cơ quan có thẩm quyền"), competent),
            self._row(_("Địa chỉ tiếp nhận"), _("Xem ở mục “Nộp ở đâu”: chọn tỉnh và xã để biết địa chỉ.")),
            self._row(_("Cơ quan được ủy quyền"), "", "authorised_agencies"),
            self._row(_("Cơ quan phối hợp"), "", "coordinating_agencies"),
        ]

    @cached_property
    def outcomes(self) -> list[list[dict[str, str]]]:
        """What may come of it when all is in order, each with the case it is for. Of a list with several, one is given."""
        groups: dict[str, list[dict[str, str]]] = {}
        for row in rows(self.facts):
            if row["outcome"]:
                when = self.words.condition(row["when"])
                note = _("khi: %(when)s") % {"when": when} if when else ""
                groups.setdefault(row["group"] or f"/{row['key']}", []).append({"name": row["name"], "note": note})
        return list(groups.values())

    @cached_property
    def other_results(self) -> list[str]:
        """What people may receive besides: refusals, requests to amend, later notices."""
        return [row["name"] for row in rows(self.facts) if not row["outcome"]]

    @cached_property
    def conditions(self) -> list[str]:
        return [plain(text) for text in self.facts["conditions"]]

    @cached_property
    def end(self) -> list[dict[str, Any]]:
        """The last rows: keywords and description."""
        return [
            self._row(_("Từ khóa"), ", ".join(self.facts["aliases"])),
            self._row(_("Mô tả"), [plain(text) for text in self.facts["notes"]], "description"),
        ]

    def _row(self, term: str, value: str | list[str], section: str = "") -> dict[str, Any]:
        """A row of the page. `value`: text or list of texts; an empty one is shown as the data says, by default «Không»."""
        value = value or self.shown_empty.get(section) or str(NOTHING)
        return {"term": term, "lines": value} if isinstance(value, list) else {"term": term, "value": value}

    @cached_property
    def steps(self) -> list[str]:
        return [plain(text) for text in self.facts["steps"]]

    @cached_property
    def channels(self) -> list[dict[str, Any]]:
        """The channels of filing with their terms."""
        return [
            {
                "name": CHANNELS[row["channel"]],
                "term": Term.from_data(row["processing"]).words,
                "note": term_note(row["processing"]) or plain(row["processing"].get("note")),
            }
            for row in self.facts["channels"]
        ]

    @cached_property
    def fee_lines(self) -> list[FeeRow]:
        """The fee lines in force today."""
        today = clock.today().isoformat()
        return [
            line
            for line in self.facts["fee_lines"]
            if (line["effective_from"] or "0000") <= today <= (line["effective_to"] or "9999")
        ]

    @cached_property
    def fees(self) -> list[dict[str, Any]]:
        return [
            {
                "label": plain(line["label"]),
                "kind": FEE_KINDS.get(line["kind"], ""),
                "price": self._price(line),
                "when": self._when(line),
                "legal_ref": line["legal_ref"] or "",
                "until": day_words(line["effective_to"]),
                "optional": line["role"] == "extra" and not line["mandatory"],
                "free": line["amount"] == 0 or line["role"] == "exemption",
                "given_back": self._given_back(line),
                "local": line["amount"] is None and any(line["key"] in local for local in self.amounts.values()),
            }
            for line in self.fee_lines
        ]

    @cached_property
    def when_to_pay(self) -> str:
        """When and where the fee is paid; "" when no fee is ever due."""
        return "" if self.price.is_free else when_to_pay(self.version, online=self.pays_online)

    @cached_property
    def refunds_are_made_up(self) -> bool:
        """True when a refund rule was invented for the demo."""
        return any(self._given_back(line) and refund_is_invented(line) for line in self.fee_lines)

    @staticmethod
    def _given_back(line: FeeRow) -> str:
        """The refund rule of a charged line in words; "" for reductions and free lines."""
        charged = line["role"] in ("base", "alternative", "extra") and line["amount"] != 0
        return refund_words(line["refundable_on"]) if charged else ""

    def _price(self, line: FeeRow) -> str:
        if line["key"] in self.version.document["amount_set_later"]:
            return _("Cơ quan tính khi giải quyết")
        amounts = [local[line["key"]] for local in self.amounts.values() if line["key"] in local]
        if line["amount"] is None and not self.has_place and amounts:
            return _("Do tỉnh quy định, từ %(low)s đến %(high)s") % {"low": dong(min(amounts)), "high": dong(max(amounts))}
        words = price(line, self.local)
        return _("còn %(price)s") % {"price": words} if line["role"] == "discount" else words

    def _when(self, line: FeeRow) -> str:
        channel = {"field": "channel", "op": "eq", "value": line["channel"]} if line["channel"] != "any" else None
        parts = [self.words.condition(channel), self.words.condition(line["when"])]
        return "; ".join(text[:1].upper() + text[1:] for text in parts if text)

    @cached_property
    def fees_elsewhere(self) -> list[dict[str, str]]:
        """Amounts charged elsewhere (missions abroad), in their own currency."""
        rows = self.facts.get("fees_elsewhere") or []
        return [
            {"label": row["label"], "price": f"{row['amount']} {row['currency']}", "legal_ref": row["legal_ref"]} for row in rows
        ]

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The documents, by case."""
        return [
            {
                "title": plain(group["title"]),
                "mode": GROUP_WORDS[group["mode"]],
                "when": self.words.condition(group["when"]) if group["mode"] != "all" else "",
                "documents": [self._document(document) for document in group["documents"]],
            }
            for group in self.facts["document_groups"]
        ]

    def _document(self, document: Document) -> dict[str, Any]:
        """One document with its notes: number of copies, conditions, and when it need not be submitted."""
        made_here = document["kind"] == "form" and document["form_key"]
        when = document.get("condition_text") or self.words.condition(document["when"])
        notes = [
            copies(document) if document["kind"] in ("paper", "form") else "",
            _("Chỉ khi: %(when)s") % {"when": when} if when else "",
            _("Chỉ xuất trình, không phải nộp") if document["presented_only"] else "",
            _("Không phải nộp nếu đã có trong %(base)s") % {"base": document["replaced_by_data"]}
            if document["replaced_by_data"]
            else "",
            _("Phải mang bản chính: %(why)s") % {"why": document["original_must_be_shown"]}
            if document["original_must_be_shown"]
            else "",
            _("Không bắt buộc") if document["kind"] == "paper" and not document["required"] and not when else "",
            _("Điền ngay trên trang này, không phải tải lên") if made_here and self.blank_forms else "",
        ]
        return {
            "name": plain(document["name"]),
            "kind": self._mark(document, bool(when)),
            "notes": [note for note in notes if note],
            "blank": reverse("dossiers:blank_form", args=[self.facts["code"]]) if made_here and self.blank_forms else "",
        }

    @staticmethod
    def _mark(document: Document, conditional: bool) -> str:
        if document["kind"] in ("data", "note") or document["replaced_by_data"]:
            return "ok" if document["kind"] != "note" else "if"
        return "if" if conditional or not document["required"] else "todo"
