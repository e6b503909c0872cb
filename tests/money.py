"""Dossiers with a fee: the criminal record (3.000333, 200.000 đồng due on submit, level 4) and its staff."""

from dossiers import workflow
from dossiers.filing import rules
from payments.attempts.lifecycle import open_attempt
from payments.models import Way
from tests import factories, world
from tests.snapshots import kept_dossier

CRIMINAL, FEE = "3.000333", 200_000
RECEIVES, DECIDES = "H18.Y14", "H18.Z01"
HOME = {"province": "11", "commune": "11.X004", "detail": "Số 12, tổ dân phố 7"}


class MoneyDesk(factories.Desk):
    """Staff of the receiving and of the lead agency of criminal records, and two accountants of the lead agency."""

    def __init__(self):
        super().__init__(RECEIVES, DECIDES)
        self.accountant = factories.user(full_name="Lường Thị Kế", accountant=DECIDES)
        self.second_accountant = factories.user(full_name="Đỗ Quang Toán", accountant=DECIDES)

    def draft(self, submitter=None, code=CRIMINAL, answers=None, **facts):
        """A complete draft of the criminal record, with its required documents."""
        if code != CRIMINAL:
            return super().draft(submitter, code, answers, **facts)
        facts["asked"] = {"copies": 1, **facts.get("asked", {})}
        draft = super().draft(submitter, code, criminal_answers() if answers is None else answers, **facts)
        for ask in rules.asked_documents(draft):
            if ask.required:
                factories.attachment(draft, ask.key)
        return draft

    @kept_dossier
    def waiting(self, submitter=None, **facts):
        """A filed dossier in PAYMENT_REQUIRED."""
        draft = self.draft(submitter, **facts)
        return workflow.submit(draft, actor=draft.submitter)

    @kept_dossier
    def paying(self, way=Way.GATEWAY, dossier=None, **facts):
        """An open attempt of a dossier that waits for its fee."""
        dossier = dossier or self.waiting()
        return open_attempt(dossier, way, actor=dossier.submitter, **facts)


def criminal_answers():
    """The sample answers, with addresses in the test data."""
    answers = world.sample_answers(world.procedure(CRIMINAL).current.form_key)
    world.place(HOME["commune"])
    return answers | {"permanent_address": HOME, "temporary_address": HOME, "birth_place": HOME["province"]}
