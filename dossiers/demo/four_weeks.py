"""Demo dossiers of the last four weeks, online, at the counter and by post: late, waiting, decided, handed out. Their results are
signed while they are made."""

from accounts.models import User
from dossiers.choices import FilingChannel
from dossiers.custody import keeping
from dossiers.demo.by_post import WORK, Issuing
from dossiers.demo.matters import CIVIL, CRIMINAL, RESIDENCE, STAY, Script
from dossiers.demo.visitors import AtTheCounter
from dossiers.models import Dossier
from portal.common.pdf import PdfError

COUNTER, POST = FilingChannel.COUNTER, FilingChannel.POST
PAID = f"accept collect{WORK.removeprefix('accept')}"  # with the fee in cash
# As `matters.MATTERS`.
ONLINE = [
    ("nguoidan1", RESIDENCE, 19, f"{WORK} put"),
    ("nguoidan2", CIVIL, 18, f"{PAID} hand"),
    ("nguoidan3", RESIDENCE, 16, f"{WORK} put"),
    ("nguoidan4", STAY, 15, "accept charge pay transfer"),
    ("nguoidan5", RESIDENCE, 14, "accept transfer work"),
    ("nguoidan6", CRIMINAL, 20, "pay accept transfer work"),
    ("nguoidan7", CIVIL, 11, "ask"),
    ("nguoidan8", RESIDENCE, 10, "accept transfer"),
    ("nguoidan9", RESIDENCE, 5, f"{WORK} put"),
    ("nguoidan10", CIVIL, 3, "accept transfer work"),
]
# As `visitors.VISITORS`.
IN_PERSON = [
    ("Lò Văn Ọi", "011999800011", "1958-02-11", COUNTER, CIVIL, 19, f"keep {PAID} hand"),
    ("Quàng Thị Ẩm", "011999800012", "1993-08-30", COUNTER, CIVIL, 17, "keep accept collect transfer work"),
    ("Tòng Văn Ụt", "011999800013", "1971-10-05", POST, CIVIL, 15, f"{PAID} hand"),
    ("Cà Văn Ếp", "011999800014", "1982-12-24", COUNTER, CRIMINAL, 16, "collect accept transfer work"),
    ("Vàng Thị Ỷ", "011999800015", "1999-03-18", COUNTER, CIVIL, 12, "accept collect transfer"),
    ("Lường Văn Ẳn", "011999800016", "1966-06-06", POST, CIVIL, 9, "ask"),
    ("Giàng Thị Ổng", "011999800017", "1988-01-27", COUNTER, CRIMINAL, 8, "collect accept transfer"),
    ("Mùa A Ướp", "011999800018", "1975-05-15", COUNTER, CIVIL, 6, "keep accept transfer work"),
    ("Bạc Thị Ấn", "011999800019", "2000-09-09", COUNTER, CIVIL, 3, "accept"),
    ("Hà Văn Ốc", "011999800020", "1961-07-21", POST, CIVIL, 1, ""),
    ("Đèo Thị Ửu", "011999800021", "1995-11-11", COUNTER, CIVIL, 0, "keep"),
    ("Khoàng Văn Ím", "011999800022", "1979-04-03", COUNTER, CRIMINAL, 0, "collect accept"),
]


class OnlineOfWeeks(Issuing, Script):
    """What citizens filed with their accounts."""


class VisitorOfWeeks(Issuing, AtTheCounter):
    """What a clerk entered."""

    def keep(self):
        """An original stays at the desk, and a copy with the dossier."""
        papers = [("Quyết định ly hôn của tòa án", "", 1), ("Giấy khai sinh", "", 1, True)]
        keeping.receive(self.dossier, papers, received_from=self.dossier.subject_name, by=self.clerk())


def make_four_weeks():
    """Make them, once; without the library for PDF those without a result. Returns their number."""
    if Dossier.objects.filter(subject_id_number=IN_PERSON[0][1]).exists():
        return 0
    online = OnlineOfWeeks({user.username: user for user in User.objects.filter(username__in={row[0] for row in ONLINE})})
    in_person, made = VisitorOfWeeks({}), 0
    for script, matters in ((online, ONLINE), (in_person, IN_PERSON)):
        for matter in matters:
            try:
                script.play(*matter)
            except PdfError:
                continue
            made += 1
    return made
