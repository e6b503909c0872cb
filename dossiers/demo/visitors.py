"""Demo dossiers of people without an account, taken in at the counter and by post, in several states. Made up, marked so."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from dossiers import workflow
from dossiers.choices import SIGNED_FORM, FilingChannel
from dossiers.demo.matters import CIVIL, CRIMINAL, Script, answers_for, asked_for, attach
from dossiers.demo.papers import paper_of
from dossiers.files.changing import open_files
from dossiers.files.models import OTHER_PAPERS
from dossiers.filing import drafts, intake
from dossiers.models import Dossier
from portal.common import clock
from procedures.models import Offering

CLERK, COUNTER, POST = "motcua1", FilingChannel.COUNTER, FilingChannel.POST

# Name, number, birth date, channel, procedure, filed how many working days ago, steps (methods of `AtTheCounter`)
VISITORS = [
    ("Lường Thị Én", "011999800001", "1951-03-02", COUNTER, CIVIL, 0, ""),
    ("Quàng Văn Ợt", "011999800002", "1984-11-20", COUNTER, CIVIL, 1, "accept transfer"),
    ("Cà Thị Ỏm", "011999800003", "1997-07-15", COUNTER, CRIMINAL, 9, "collect accept transfer work approve-counter"),
    ("Tòng Văn Ín", "011999800004", "1963-01-09", POST, CIVIL, 2, "ask"),
    ("Vì Thị Ửng", "011999800005", "1990-05-30", COUNTER, CIVIL, 4, "ask answer accept transfer"),
    ("Giàng A Sính", "011999800006", "1978-09-12", POST, CRIMINAL, 2, "collect accept transfer"),
    ("Mùa Thị Ếnh", "011999800007", "2001-12-01", COUNTER, CIVIL, 2, "withdraw"),
    ("Bạc Cầm Ong", "011999800008", "1969-04-27", COUNTER, CIVIL, 6, "accept collect transfer work approve-counter"),
]


class AtTheCounter(Script):
    """Takes the steps of a dossier that a clerk entered for a visitor."""

    @transaction.atomic
    def play(self, name, number, born, channel, code, days_ago, way):
        self.moment = min(self.start(days_ago), self.now - dt.timedelta(minutes=20))
        with clock.at(self.moment):
            self.dossier = workflow.submit(self.entered(name, number, born, channel, code), actor=self.clerk())
        self.take(way)

    def clerk(self):
        return User.objects.get(username=CLERK)

    def entered(self, name, number, born, channel, code):
        """The draft as the clerk typed it, with the signed form and the papers scanned."""
        day, gender = dt.date.fromisoformat(born), "female" if "Thị" in name else "male"
        contact = {"address": "Tổ dân phố 5", "phone": "+84912000111"}
        who = intake.Applicant(number, name, "can_cuoc", birth_date=day, gender=gender, **contact)
        offering = Offering.objects.select_related("procedure__current").get(
            procedure__code=code, lead_agency__code=self.lead(code)
        )
        draft = intake.start(self.clerk(), offering, channel, who)
        person = draft.person
        person.current_address = {"province": "11", "commune": "11.X004", "detail": "Tổ dân phố 5"}
        person.save(update_fields=["current_address"])
        answers = answers_for(person, offering.procedure.current.form_key, finished=True)
        drafts.save(draft, answers=answers, asked=asked_for(offering.procedure.current, ""), delivery_way="counter")
        draft = intake.find(draft.pk, self.clerk())
        self.write_down(draft, channel)
        with open_files(draft) as files:
            files.add(SIGNED_FORM, paper_of("Tờ khai đã ký", name), uploaded_by=self.clerk(), source="scan")
        return Dossier.objects.get(pk=draft.pk)

    def write_down(self, draft, channel):
        counted = {}
        for key, title in self.papers(draft):
            attach(draft, key, title, str(draft.subject), self.clerk(), source="scan")
            if key != OTHER_PAPERS:
                counted[key] = {"copies": 1}
        row = draft.intake
        row.papers = counted
        if channel == POST:
            row.letter_number, row.letter_on = "EA 000 000 001 VN", clock.today()
            row.letter_contents, row.brought_by = "Tờ khai đã ký và bản sao giấy tờ", str(draft.subject)
        row.save()

    def signed(self):
        return {"signed": [paper_of("Giấy người dân đã ký", self.dossier.subject_name)]}

    def resubmit(self):
        self.do("resubmit", CLERK, **self.signed())

    def withdraw(self):
        note = "Không còn cần giấy này nữa."
        self.dossier = workflow.withdraw(self.dossier, actor=self.clerk(), note=note, **self.signed())


def make_visitors(users):
    """Make the demo dossiers of VISITORS. Returns their number."""
    script = AtTheCounter(users)
    for visitor in VISITORS:
        script.play(*visitor)
    return len(VISITORS)
