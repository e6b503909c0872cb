"""A supplement request being answered: its fields as a form of one page, its files. For citizens, and for clerks who enter what a
visitor brought."""

from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.files.changing import open_files
from dossiers.files.receiving import check, check_page, receive, sender_of
from dossiers.filing import rules, supplements
from dossiers.filing.views.documents import input_id, tiles
from dossiers.models import SupplementItem
from portal.common.figures import number_in
from procedures.eforms import BoundPage, DatabaseSources, Form, read_page

PAGE = "bo-sung"
BUTTONS = {"gui", "xoa", "bo", "giu"}  # send the chosen files, remove a new file, leave out or keep an old page


class Answering:
    """One supplement request being answered: the requested fields as a form page, and the new files."""

    def __init__(self, dossier, request_row):
        self.dossier, self.row = dossier, request_row
        self.items = list(request_row.items.all())
        self.day = rules.filing_day(dossier)
        self.form = rules.form_of(dossier, DatabaseSources())

    @cached_property
    def asked(self):
        """The requested fields, in the order of the form, as a form of one page; None when only documents were requested."""
        keys = {item.key for item in self.items if item.target == SupplementItem.Target.FIELD}
        fields = [
            {name: value for name, value in question.spec.items() if name != "show_if"}
            for question in (self.form.fields.values() if self.form else [])
            if question.key in keys
        ]
        if not fields:
            return None
        page = {"key": PAGE, "title": _("Bổ sung"), "question": _("Phần cần sửa"), "fields": fields}
        document = {**self.form.document, "sections": [{"key": PAGE, "title": "", "pages": [page]}], "checks": []}
        return Form(document, sources=DatabaseSources())

    @property
    def known(self):
        answers = supplements.edited_answers(self.dossier, self.row)
        return {
            **answers,
            **{k: v for k, v in rules.known_answers(self.dossier, self.form).items() if k not in self.dossier.answers},
        }

    def errors(self):
        """{key: error code} of the requested fields, from validating the whole form."""
        found = supplements.errors_of(self.dossier, self.row)
        return {key: code for key, code in found.items() if self.asked and key in self.asked.fields}

    def bound(self, **shown):
        page = self.asked.page(PAGE)
        return BoundPage(self.asked, page, self.known, self.day, **shown)

    def cards(self, bound, refused):
        """A card for each requested item, with the clerk's reason, and its form field, or its old and new files."""
        fields = {shown.field.key: shown for shown in bound.fields} if bound else {}
        files = list(self.dossier.attachments.filter(replaced_at=None))
        cards = []
        for item in self.items:
            card = {"item": item, "id": input_id(item.key)}
            if item.target == SupplementItem.Target.FIELD:
                card |= {"field": fields.get(item.key), "old": self.words(item.key, self.dossier.answers)}
            else:
                pages = supplements.pages_of(self.dossier, self.row, item.key, files=files)
                card |= {"pages": [page_row(page) for page in pages], "errors": refused.get(item.key, [])}
            cards.append(card)
        return cards

    def words(self, key, answers):
        return supplements.answer_in_words(self.form, key, answers)


ACTIONS = {
    "keep": (gettext_lazy("Giữ nguyên"), "check"),
    "replace": (gettext_lazy("Thay bằng tệp mới"), "swap"),
    "leave_out": (gettext_lazy("Bỏ trang này"), "x"),
    "add": (gettext_lazy("Trang thêm"), "plus"),
}


def page_row(page):
    """One page for the template: its tile, what happens to it, and which buttons there are."""
    words, icon = ACTIONS[page.action]
    tile = tiles([page.new or page.old], removable=False)[0]
    return {
        "tile": tile | {"title": page_title(page), "note": words, "icon": icon},
        "file": (page.new or page.old).name,
        "action": page.action,
        "old": page.old.pk if page.old else "",
        "new": page.new.pk if page.new else "",
    }


def page_title(page):
    return _("Trang %(n)d") % {"n": page.number}


def change(request, answering, **facts):
    """Remove a file, save the edits, receive the uploads. Returns (PageInput or None, {item key: [sentences of refusal]}).

    Only requested items are read from the POST. `facts`: further columns of the files. Raises FilesClosed.
    """
    entered = read(request, answering)
    uploads = []
    for item in answering.items:
        if item.target == SupplementItem.Target.DOCUMENT:
            uploads += check(item.key, request.FILES.getlist(f"tep-{item.key}"), who=sender_of(request))
            for page in supplements.pages_of(answering.dossier, answering.row, item.key):
                if page.old and (chosen := request.FILES.getlist(f"thay-{page.old.pk}")):
                    uploads += check_page(page.old, chosen, who=sender_of(request))
    with open_files(answering.dossier, answering.row) as files:
        if "xoa" in request.POST:
            files.remove(number_in(request.POST["xoa"]))
        if "bo" in request.POST:
            files.leave_out(number_in(request.POST["bo"]))
        if "giu" in request.POST:
            files.keep(number_in(request.POST["giu"]))
        if entered:
            supplements.keep_answers(files.request, entered.values)
        answering.row.edits = files.request.edits
        return entered, receive(files, uploads, uploaded_by=request.user, **facts).refused


def read(request, answering):
    if answering.asked is None:
        return None
    return read_page(answering.asked, answering.asked.page(PAGE), request.POST, answering.known, answering.day)
