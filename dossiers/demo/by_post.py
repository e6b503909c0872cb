"""Demo dossiers whose results go by post, in each state of a parcel. Their papers are signed while they are made."""

from accounts.addresses import address_text
from accounts.models import User
from dossiers.custody import keeping
from dossiers.demo.matters import RESIDENCE, Script
from dossiers.files.models import OTHER_PAPERS
from dossiers.filing import rules
from dossiers.models import Dossier, FollowUp
from dossiers.parcels import notices
from dossiers.parcels.carriers.base import Notice
from dossiers.states import DossierState
from portal.common import clock, outbox
from portal.common.pdf import PdfError

WORK = "accept transfer work approve issue"
# As `matters.MATTERS`. The last one is ordered at the carrier after the start, and moves by itself.
BY_POST = [
    ("congdan1", RESIDENCE, 6, WORK),
    ("congdan1", RESIDENCE, 8, f"{WORK} send report-picked_up report-in_transit"),
    ("nguoidan3", RESIDENCE, 12, f"{WORK} send report-picked_up report-delivered"),
    ("nguoidan4", RESIDENCE, 9, f"{WORK} send report-picked_up report-refused"),
    ("nguoidan5", RESIDENCE, 9, f"{WORK} send report-picked_up report-lost"),
    ("nguoidan6", RESIDENCE, 7, f"{WORK} send"),
]
WORDS = {"refused": "Nhà đi vắng, hàng xóm không nhận thay", "lost": "Không còn thấy ở kho", "delivered": "Người nhà ký nhận"}


class Issuing:
    """The steps of a result, taken in the past: its paper is signed at once."""

    def take_one(self, word):
        name, _dash, state = word.partition("-")
        getattr(self, name)(*([state] if state else []))

    def not_before(self, word):
        return self.moment

    def papers(self, dossier):
        """All that may come, and without any an identity card."""
        asks = [ask for ask in rules.asked_documents(dossier) if not (ask.replaced_by_data or ask.only_shown)]
        return [(ask.key, ask.name) for ask in asks[:2]] or [(OTHER_PAPERS, "Thẻ căn cước")]

    def issue(self):
        """What the worker does for all others after the start: the paper is signed, and the dossier has its result."""
        outbox.do(FollowUp, FollowUp.objects.get(event__dossier=self.dossier, kind="issue").pk)
        self.dossier.refresh_from_db()

    def send(self):
        to = {"recipient": self.dossier.subject_name, "phone": self.dossier.subject_phone}
        to["address"] = address_text(self.dossier.delivery_address)
        self.do("send_parcel", "motcua1", tracking=f"EH{self.dossier.pk:09d}VN", **to)

    def report(self, state):
        """What the post would have told by now."""
        parcel = self.dossier.parcels.last()
        place = "" if state == "lost" else "Bưu cục Điện Biên Phủ"
        told = Notice(parcel.reference, f"thu-{state}", state, clock.now(), place, WORDS.get(state, ""), "")
        notices.keep(told)
        self.dossier.refresh_from_db()

    def put(self):
        """The result into the account of the submitter."""
        outbox.do(FollowUp, FollowUp.objects.get(event__dossier=self.dossier, kind="deliver").pk)
        self.dossier.refresh_from_db()

    def hand(self):
        """The result at the counter, against signature."""
        seen = {"seen_document": "can_cuoc", "seen_number": self.dossier.subject_id_number}
        self.do("deliver", "motcua1", signed_for_by=self.dossier.subject_name, taken_as="chinh_chu", **seen)


class PostScript(Issuing, Script):
    """Takes the steps of one dossier up to its parcel."""

    def facts(self, user):
        return {"delivery_way": "post", "delivery_address": user.person.current_address}


def _keep_originals():
    """Originals at the desk, one of them on its way to the officer."""
    clerk, officer = User.objects.get(username="motcua1"), User.objects.get(username="chuyenvien1")
    at_work = Dossier.objects.filter(state=DossierState.PROCESSING, version__procedure__code=RESIDENCE, decided_at=None)
    dossier = at_work.order_by("pk").first()
    if dossier:
        papers = [("Giấy chứng nhận quyền sử dụng đất", "", 1), ("Giấy khai sinh", "", 1)]
        rows = keeping.receive(dossier, papers, received_from=dossier.subject_name, by=clerk)
        keeping.hand_over(rows[:1], to=officer, by=clerk)


def make_by_post():
    """Make them, once. Without the library for PDF there are none. Returns their number."""
    if Dossier.objects.filter(delivery_way="post").exclude(code=None).exists():
        return 0
    _keep_originals()
    script = PostScript({user.username: user for user in User.objects.filter(username__in={row[0] for row in BY_POST})})
    for number, matter in enumerate(BY_POST):
        try:
            script.play(*matter)
        except PdfError:
            return number
    return len(BY_POST)
