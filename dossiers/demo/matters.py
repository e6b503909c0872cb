"""Some forty demo dossiers in every state, made by taking the real steps with a moved clock. The worker makes their papers
after the start."""

import copy
import datetime as dt
import io
import json

import pikepdf
from django.conf import settings
from django.db import transaction

from accounts.models import Agency, User
from dossiers import workflow
from dossiers.choices import Product
from dossiers.demo.papers import paper_of
from dossiers.demo.people import RESIDENCE_DESK
from dossiers.files import storage
from dossiers.files.changing import open_files
from dossiers.files.models import OTHER_PAPERS
from dossiers.filing import rules
from dossiers.models import Dossier, StepState
from dossiers.papers import drafting
from dossiers.workflow import result_drafts
from portal.common import clock
from procedures.models import Offering, Procedure, working_calendar
from procedures.offered import offered_at

RESIDENCE, STAY, CIVIL, CRIMINAL = "1.010041", "1.004194", "1.004873", "3.000333"
LEAD = {RESIDENCE: "H18.X004.CA", STAY: "H18.X004.CA", CIVIL: "H18.X004", CRIMINAL: "H18.Z01"}

# Login, procedure, filed how many working days ago, and the steps to take (methods of `Script`). A criminal record waits for
# its fee from the start: «pay» is cash at the counter; without it the dossier stands in the citizen's to-do list. With a
# claimed exemption («claim») nothing is due until the clerk has decided.
MATTERS = [
    ("congdan1", RESIDENCE, 9, "accept transfer work approve"),
    ("congdan1", CIVIL, 4, "accept transfer"),
    ("congdan1", STAY, 2, "accept charge"),
    ("congdan1", RESIDENCE, 1, "ask"),
    ("congdan1", RESIDENCE, 0, ""),
    ("congdan1", CRIMINAL, 12, "pay refuse"),
    ("congdan1", CRIMINAL, 1, ""),
    ("congdan1", STAY, 0, "draft"),
    ("congdan1", CIVIL, 0, "unfinished"),
    ("congdan2", CRIMINAL, 3, "pay accept transfer"),
    ("congdan2", CRIMINAL, 14, "pay accept transfer work approve-counter"),
    ("congdan2", CRIMINAL, 0, ""),
    ("congdan2", CRIMINAL, 0, "draft"),
    ("nguoidan1", RESIDENCE, 0, ""),
    ("nguoidan2", RESIDENCE, 0, ""),
    ("nguoidan3", CIVIL, 1, ""),
    ("nguoidan4", CRIMINAL, 2, "pay"),
    ("nguoidan5", STAY, 1, ""),
    ("nguoidan6", CIVIL, 0, ""),
    ("nguoidan7", RESIDENCE, 0, "accept"),
    ("nguoidan8", CIVIL, 1, "accept"),
    ("nguoidan9", CRIMINAL, 2, "pay accept"),
    ("nguoidan3", CRIMINAL, 1, "claim"),
    ("nguoidan10", RESIDENCE, 3, "accept transfer"),
    ("nguoidan1", CIVIL, 2, "accept transfer"),
    ("nguoidan2", CIVIL, 3, "accept transfer work"),
    ("nguoidan3", RESIDENCE, 1, "accept transfer work"),
    ("nguoidan4", CRIMINAL, 6, "pay accept transfer consult"),
    ("nguoidan5", CRIMINAL, 5, "pay accept transfer extend"),
    ("nguoidan6", RESIDENCE, 2, "accept transfer work back"),
    ("nguoidan7", RESIDENCE, 3, "accept transfer ask"),
    ("nguoidan8", CRIMINAL, 4, "pay accept ask"),
    ("nguoidan9", CIVIL, 3, "ask answer accept transfer"),
    ("nguoidan10", STAY, 2, "accept charge"),
    ("nguoidan1", STAY, 4, "accept charge pay transfer"),
    ("nguoidan2", CRIMINAL, 3, "pay accept transfer withdraw"),
    ("nguoidan3", CIVIL, 2, "accept withdraw"),
    ("nguoidan4", RESIDENCE, 5, "withdraw"),
    ("nguoidan5", CIVIL, 8, "accept transfer stop"),
    ("nguoidan6", CRIMINAL, 7, "pay refuse"),
    ("nguoidan7", RESIDENCE, 6, "accept transfer work approve"),
    ("nguoidan8", RESIDENCE, 4, "accept transfer work approve-counter"),
    ("nguoidan9", CIVIL, 5, "accept collect transfer work approve-counter"),
    ("nguoidan10", CRIMINAL, 13, "pay accept transfer work reject"),
    ("nguoidan1", RESIDENCE, 8, "accept transfer work approve"),
    ("nguoidan2", RESIDENCE, 10, "accept transfer work approve-counter"),
]


class Script:
    """Takes the steps of one demo dossier. Each step is 95 minutes after the one before, never later than now."""

    def __init__(self, users):
        self.users = users
        self.calendar = working_calendar()
        self.now = clock.now()

    @transaction.atomic
    def play(self, login, code, days_ago, way):
        self.moment = min(self.start(days_ago), self.now - dt.timedelta(minutes=20))
        with clock.at(self.moment):
            self.dossier = self.draft(self.users[login], code, way)
            if way in ("draft", "unfinished"):
                return
            self.dossier = workflow.submit(self.dossier, actor=self.users[login])
        self.take(way)

    def take(self, way):
        """Take the steps named in `way`, one after the other."""
        for word in way.replace("claim", "").split():
            self.moment = min(self.moment + dt.timedelta(minutes=95), self.now)
            self.moment = self.not_before(word)
            with clock.at(self.moment):
                self.take_one(word)

    def take_one(self, word):
        getattr(self, word.partition("-")[0])()

    def not_before(self, word):
        """Decisions are fresh: the worker issues their results after the start."""
        return max(self.moment, self.now - dt.timedelta(hours=2)) if word.startswith(("approve", "reject")) else self.moment

    @staticmethod
    def lead(code):
        """The code of the body that decides in the demo."""
        return LEAD[code]

    def start(self, days_ago):
        """08:30 local time, this many working days before today."""
        day = clock.today()
        while days_ago or not self.calendar.is_working(day):
            day -= dt.timedelta(days=1)
            days_ago -= self.calendar.is_working(day) and days_ago > 0
        return dt.datetime.combine(day, dt.time(8, 30), clock.LOCAL)

    def draft(self, user, code, way):
        finished, counter = way != "unfinished", "counter" in way
        procedure = Procedure.objects.select_related("current").get(code=code)
        offering = Offering.objects.get(procedure=procedure, lead_agency__code=LEAD[code])
        ways = offered_at(procedure.current, offering).ways_allowed(offering.delivery_ways)
        dossier = Dossier.objects.create(
            version=procedure.current,
            offering=offering,
            submitter=user,
            answers=answers_for(user.person, procedure.current.form_key, finished=finished),
            asked=asked_for(procedure.current, "ho_ngheo" if "claim" in way else ""),
            **{"delivery_way": "account" if "account" in ways and not counter else "counter", **self.facts(user)},
            created_at=self.moment - dt.timedelta(minutes=25),
            updated_at=self.moment,
        )
        if finished:
            for key, title in self.papers(dossier):
                attach(dossier, key, title, user.full_name, user)
        return dossier

    def facts(self, user):
        """What else the draft of this user gets."""
        return {}

    def papers(self, dossier):
        """(item key, title) of the papers that came with it: those that must come; with a criminal record an identity card."""
        card = [(OTHER_PAPERS, "Thẻ căn cước")] if dossier.version.procedure.code == CRIMINAL else []
        return card + [(ask.key, ask.name) for ask in rules.asked_documents(dossier) if ask.required]

    def do(self, name, login, **details):
        actor = User.objects.get(username=login)  # read again, as a new request would
        self.dossier = workflow.advance(self.dossier, name, actor=actor, **details)

    def accept(self):
        self.do("accept", "motcua1", note="Hồ sơ đầy đủ.")

    def transfer(self):
        self.do("transfer", "motcua1")

    def work(self):
        while True:
            open_runs = list(self.dossier.step_runs.filter(state=StepState.OPEN))
            if all(run.kind == "sign" for run in open_runs):
                return
            run = next(run for run in open_runs if run.kind != "sign")
            login = {"officer": "chuyenvien1", "head": "quanly1"}[run.role]
            if run.must_produce == Product.DRAFT:
                self.draft_result(login)
            self.do("hand_over", login, note="Đã kiểm tra, đúng với dữ liệu.", step=run)

    def draft_result(self, login):
        author = User.objects.get(username=login)
        result_drafts.save(self.dossier, drafting.filled(self.dossier, office_words, made_elsewhere), author=author, after=0)

    def approve(self):
        self.do("approve", "lanhdao1", shown=drafting.shown_hash(self.dossier, drafting.newest(self.dossier)))

    def reject(self):
        content = {"title": "Thông báo không giải quyết hồ sơ", "lines": [], "conclusion": "", "legal_ground": "dữ liệu thử"}
        self.do("refuse_substance", "lanhdao1", note="Thông tin khai không khớp với hồ sơ lưu trữ.", content=content)

    def ask(self):
        form = rules.form_of(self.dossier)
        field = next(form.fields[key] for key in ("request_detail", "purpose", "req_phone") if key in form.fields)
        item = {
            "target": "field",
            "key": field.key,
            "label": field.label,
            "reason": "Chỗ này ghi chưa rõ. Xin ghi rõ nơi cần nộp giấy để cơ quan xác nhận đúng nội dung.",
        }
        self.do("ask_supplement", "motcua1", items=[item])

    def answer(self):
        request = self.dossier.supplements.last()
        key = request.items.get().key
        request.edits = {"answers": {key: self.dossier.answers[key]}}
        request.save(update_fields=["edits"])
        self.resubmit()

    def resubmit(self):
        self.dossier = workflow.advance(self.dossier, "resubmit", actor=self.dossier.submitter)

    def charge(self):
        self.do("charge", "chuyenvien1")

    def pay(self):
        self.do("paid", "motcua1", amount=self.dossier.obligation.total)

    def collect(self):
        self.do("collect", "motcua1", amount=self.dossier.obligation.total)

    def refuse(self):
        self.do(
            "refuse_receipt", "motcua1", note="Thông tin khai không đúng với dữ liệu dân cư. Xin kiểm tra lại và nộp hồ sơ mới."
        )

    def consult(self):
        question = "Đề nghị cho biết người khai có từng cư trú tại địa bàn không."
        asked = {"question": question, "hours": 8, "agency": Agency.objects.get(code=RESIDENCE_DESK)}
        self.do("consult", "chuyenvien1", past_the_term=True, **asked)

    def back(self):
        review = self.dossier.step_runs.filter(kind="review").first()
        self.do("return_step", "lanhdao1", note="Bổ sung căn cứ vào phần nhận xét.", back_to=review)

    def extend(self):
        later = self.calendar.add_working_days(clock.local(self.dossier.due_at).date(), 2)
        new = dt.datetime.combine(later, dt.time(17), clock.LOCAL)
        self.do("extend", "quanly1", note="Phải chờ cơ quan lưu trữ trả lời.", new_due_at=new)

    def withdraw(self):
        self.dossier = workflow.withdraw(self.dossier, actor=self.dossier.submitter, note="Không còn cần giấy này nữa.")

    def stop(self):
        note = "Người nộp đã được cấp giấy này ở nơi khác."
        self.do("stop", "quanly1", note=note, legal_ground="Trùng hồ sơ đã giải quyết")


def asked_for(version, group):
    """Default answers to the portal's own questions; `group`: the priority group claimed for a reduced fee, or empty."""
    answers = {question["key"]: "ca_nhan" if question["key"] == "case" else "khong" for question in version.facts["questions"]}
    return {**answers, "priority_group": group, "copies": 1}


def answers_for(person, form_key, *, finished):
    """The sample answers of the form, with the facts of this person."""
    sample = json.loads((settings.DATA_DIR / "samples" / f"{form_key}.json").read_text("utf-8"))
    answers = copy.deepcopy(sample["answers"])
    mine = {
        "full_name": person.full_name,
        "birth_date": str(person.birth_date),
        "id_number": person.id_number,
        "gender": "nam" if person.gender == "male" else "nu",
        "phone": "0" + person.phone[3:],
        "email": person.email,
        "residence": person.current_address,
    }
    for prefix in ("ap", "req", "subject"):
        for name, value in mine.items():
            if f"{prefix}_{name}" in answers:
                answers[f"{prefix}_{name}"] = value
    for key in ("permanent_address", "temporary_address", "new_address"):
        if key in answers:
            answers[key] = person.current_address
    if "stay_until" in answers:
        answers["stay_until"] = str(clock.today() + dt.timedelta(days=365))
    if form_key == "ct01":
        answers |= {
            "with_members": False,
            "head_full_name": person.full_name,
            "head_id_number": person.id_number,
            "head_relation": "chu_ho",
            "accommodation": "so_huu",
            "request_detail": "Xin giấy để làm hồ sơ vay vốn ở ngân hàng.",
        }
        for key in ("members", "head_consent", "owner_consent"):
            answers.pop(key, None)
    return answers if finished else dict(list(answers.items())[:4])


def office_words(line):
    """What the demo's office writes on a line of a result."""
    kind = line.office["type"]
    if kind == "choice":
        return line.office["options"][0]
    if kind == "date":
        return f"{clock.today():%d/%m/%Y}"
    return {"number": "1", "money": "1.000.000 đồng"}.get(kind, "(dữ liệu thử)" if line.office["required"] else "")


def made_elsewhere(row):
    """A PDF (one empty page) that stands for what another system made."""
    page = pikepdf.new()
    page.add_blank_page(page_size=(595, 842))
    buffer = io.BytesIO()
    page.save(buffer)
    stored = storage.store(buffer.getvalue())
    return {"name": "giay-minh-hoa.pdf", "sha256": stored.sha256, "size": stored.size, "storage_key": stored.storage_key}


def attach(dossier, key, title, name, user, **facts):
    """Attach a made-up paper of the person with this name."""
    with open_files(dossier) as files:
        files.add(key, paper_of(title, name), uploaded_by=user, **facts)


def make_matters(users):
    """Make all demo dossiers. Returns their number."""
    script = Script(users)
    for matter in MATTERS:
        script.play(*matter)
    return len(MATTERS)
