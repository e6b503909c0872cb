"""Factories of people and dossiers. Dossiers get their state by taking real steps, never by setting it."""

import copy
import itertools

from accounts.models import LoginKind, Membership, Person, User
from accounts.roles import Role, SystemActor
from dossiers import workflow
from dossiers.custody.models import Handover
from dossiers.demo import matters as demo
from dossiers.files import storage
from dossiers.files.models import Attachment
from dossiers.models import CallTask, Dossier, StepState
from dossiers.papers import drafting
from dossiers.papers.frozen import papers_in
from dossiers.papers.models import IssuedPaper
from dossiers.parcels.models import Parcel
from dossiers.workflow import result_drafts
from portal.common import clock
from procedures.offered import offered_at
from tests import world
from tests.snapshots import kept_dossier

_numbers = itertools.count(1)
PASSWORD = "Mat-khau-thu-2026"
RESIDENCE = "1.010041"  # flagship 1: free, level 4, one body
ANSWERS = {
    "ap_full_name": "Nguyễn Hoàng Phượng Vỹ",
    "ap_birth_date": "1990-03-27",
    "ap_gender": "nu",
    "ap_id_number": "011999000001",
    "ap_phone": "0900000012",
    "ap_email": "phuongvy@example.vn",
    "head_full_name": "Nguyễn Hoàng Phượng Vỹ",
    "head_id_number": "011999000001",
    "head_relation": "chu_ho",
    "request_detail": "Xin xác nhận nơi cư trú để làm hồ sơ vay vốn.",
    "accommodation": "so_huu",
    "with_members": False,
}


def person(**facts):
    """A person of Điện Biên Phủ, with all facts that forms ask for."""
    n = next(_numbers)
    defaults = {
        "full_name": "Nguyễn Hoàng Phượng Vỹ",
        "birth_date": "1990-03-27",
        "gender": "female",
        "id_number": f"011999{n:06d}",
        "id_type": "can_cuoc",
        "id_issue_date": "2022-05-04",
        "id_issue_place": "Bộ Công an",
        "phone": "+84900000012",
        "email": f"cong-dan-{n}@example.vn",
        "current_address": {"province": "11", "commune": "11.X004", "detail": "Số 5, tổ dân phố 3"},
        "permanent_address": {"province": "11", "commune": "11.X004", "detail": "Số 5, tổ dân phố 3"},
        "identity_level": 2,
    }
    made = Person.objects.create(**{**defaults, **facts})
    made.refresh_from_db()
    return made


def citizen(**facts):
    """A user with a person. `person_facts`: fields of the person."""
    human = person(**facts.pop("person_facts", {}))
    return user(**{"full_name": human.full_name, "email": human.email, "person": human, **facts})


def user(password=PASSWORD, **facts):
    """A login of staff, with `person` a citizen's: `user(receiving_clerk="H18.X004.CA")`, one keyword for each role; several
    agencies as a list."""
    roles = {role: facts.pop(role.value) for role in Role if role.value in facts}
    n = next(_numbers)
    kind = LoginKind.CITIZEN if facts.get("person") else LoginKind.STAFF
    names = {"username": f"nguoi{n}", "full_name": f"Người Thử {n}", "email": f"nguoi-{n}@example.vn"}
    made = User.objects.create_user(**{"kind": kind, **names, **facts}, password=password)
    for role, codes in roles.items():
        for code in [codes] if isinstance(codes, str) else codes:
            Membership.objects.create(user=made, agency=world.agency(code), role=role, valid_from="2025-07-01")
    return fresh(made)


def as_citizen(staff):
    """The other login of the same human being, as a citizen; the login of staff names their identity number."""
    own = citizen(full_name=staff.full_name)
    staff.id_number = own.person.id_number
    staff.save(update_fields=["id_number"])
    return own


def fresh(user):
    """The same user, loaded again, without cached roles."""
    return User.objects.get(pk=user.pk)


SIGNED = {
    "signed_for_by": "Nguyễn Hoàng Phượng Vỹ", "taken_as": "uy_quyen", "mandate": "Giấy ủy quyền số 12 ngày 3/11/2026",
    "seen_document": "can_cuoc", "seen_number": "011999000999",
}  # fmt: skip
PARCEL = {"recipient": "Nguyễn Hoàng Phượng Vỹ", "phone": "0912 345 678", "address": "Số 5, tổ dân phố 3, phường Điện Biên Phủ"}


class Desk:
    """Clerk, officer, signer and head of one agency (or of a receiving and a lead agency), and dossiers in each state there."""

    def __init__(self, receiving_agency="H18.X004.CA", lead=None):
        self.receiving_agency, self.lead = receiving_agency, lead or receiving_agency
        self.clerk = user(full_name="Lò Thị Hoa", receiving_clerk=receiving_agency)
        self.officer = user(full_name="Quàng Văn Nam", officer=self.lead)
        self.signer = user(full_name="Cà Thị Ước", signer=self.lead)
        self.head = user(
            full_name="Trần Minh Đạt", head=[receiving_agency] if receiving_agency == self.lead else [receiving_agency, self.lead]
        )

    def draft(self, submitter=None, code=RESIDENCE, answers=None, **facts):
        """A complete draft."""
        submitter = submitter or citizen()
        offered = world.offering(code, self.receiving_agency, self.lead)
        ways = offered_at(offered.procedure.current, offered).ways_allowed(offered.delivery_ways)
        return Dossier.objects.create(
            **{
                "version": offered.procedure.current,
                "offering": offered,
                "submitter": submitter,
                "answers": ANSWERS if answers is None else answers,
                "delivery_way": ways[0] if ways else "",
                **facts,
                "asked": {"priority_group": "", **facts.get("asked", {})},
            }
        )

    @kept_dossier
    def submitted(self, **facts):
        draft = self.draft(**facts)
        return workflow.submit(draft, actor=draft.submitter)

    @kept_dossier
    def accepted(self, **facts):
        return workflow.advance(self.submitted(**facts), "accept", actor=self.clerk)

    @kept_dossier
    def processing(self, **facts):
        return workflow.advance(self.accepted(**facts), "transfer", actor=self.clerk)

    def to_sign(self, **facts):
        """Waiting for the signature only."""
        dossier = self.processing(**facts)
        while any(run.kind != "sign" for run in dossier.step_runs.filter(state=StepState.OPEN)):
            drafted(dossier, self.officer)
            dossier = workflow.advance(dossier, "hand_over", actor=self.officer)
        return dossier

    def approved(self, **facts):
        return approve(self.to_sign(**facts), self.signer)

    @kept_dossier
    def asked_for_supplement(self, **facts):
        items = [{"target": "field", "key": "request_detail", "label": "Nội dung đề nghị", "reason": "Ghi rõ nơi cần nộp giấy."}]
        return workflow.advance(self.submitted(**facts), "ask_supplement", actor=self.clerk, items=items)


def drafted(dossier, author, **lines):
    """A revision of the draft: the results as proposed, or as drafted last; `lines`: {key of a line: another text}."""
    last = drafting.newest(dossier)
    content = copy.deepcopy(last.content) if last else drafting.filled(dossier, demo.office_words, paper_made_elsewhere)
    for paper in content["papers"]:
        for line in paper["lines"]:
            if "text" in line:
                line["text"] = lines.get(line["key"], line["text"])
    return result_drafts.save(dossier, content, author=fresh(author), after=last.number if last else 0)


def paper_made_elsewhere(row):
    stored = storage.store(b"%PDF-1.4 lam o noi khac")
    return {"name": "lam-o-noi-khac.pdf", "sha256": stored.sha256, "size": stored.size, "storage_key": stored.storage_key}


def shown(dossier):
    """The hash of what a signer is shown now; the draft is made where there is none."""
    if drafting.newest(dossier) is None:
        drafted(dossier, user(signer=dossier.lead_agency.code))
    return drafting.shown_hash(dossier, drafting.newest(dossier))


def approve(dossier, signer):
    return workflow.advance(dossier, "approve", actor=signer, shown=shown(dossier))


def edit_supplement(dossier, text):
    """The citizen's edit of the field that `Desk.asked_for_supplement` asks for."""
    request = dossier.supplements.last()
    request.edits = {"answers": {"request_detail": text}}
    request.save(update_fields=["edits"])


CONTENT = {
    "title": "Xác nhận thông tin về cư trú",
    "lines": [
        {"label": "Họ và tên", "text": "Nguyễn Hoàng Phượng Vỹ"},
        {"label": "Nơi thường trú", "text": "Số 5, tổ dân phố 3"},
    ],
    "conclusion": "Thông tin trên đúng với dữ liệu cư trú.",
}


def call_task(dossier, way="call", **facts):
    """A call about the last message of the dossier."""
    return CallTask.objects.create(dossier=dossier, event=dossier.events.last(), way=way, **facts)


def attachment(dossier, item_key, **facts):
    """An attachment row with a stored file."""
    from dossiers.files import storage

    stored = storage.store(b"%PDF-1.4 giay to thu")
    return Attachment.objects.create(
        **{
            "dossier": dossier,
            "item_key": item_key,
            "name": "giay-to.pdf",
            "content_type": "application/pdf",
            "size": stored.size,
            "sha256": stored.sha256,
            "storage_key": stored.storage_key,
            "uploaded_by": dossier.submitter,
            "uploaded_at": clock.now(),
            **facts,
        }
    )


def completed(desk, **facts):
    """A dossier of this desk with its result, whose signed file is not made."""
    if facts.get("delivery_way") == "post":
        facts = {"delivery_address": {"province": "11", "commune": "11.X004", "detail": "Số 5, tổ dân phố 3"}, **facts}
    dossier = desk.approved(**facts)
    decision = dossier.decisions.last()
    IssuedPaper.objects.create(
        dossier=dossier, event=decision.event, decision=decision, result_key=next(iter(papers_in(decision.content))),
        kind="result", number=decision.number, storage_key=f"kq-{decision.pk}", sha256="0" * 64, size=1, signed_at=clock.now(),
        published_at=clock.now() if dossier.delivery_way == "account" else None,
    )  # fmt: skip
    return workflow.advance(dossier, "issue", actor=SystemActor("issue"))


def parcel(dossier, carrier="buu-cuc", **facts):
    """The row of a parcel, without the step that orders one."""
    clerk = user(receiving_clerk=dossier.receiving_agency.code)
    given = {**PARCEL, "payer": "recipient", "tracking": f"EH{next(_numbers):09d}VN", "ordered_by": clerk, "state": "picked_up"}
    return Parcel.objects.create(dossier=dossier, carrier=carrier, **{**given, **facts})


def handover(dossier):
    """A hand-over list between two people of the receiving desk, with nothing on it."""
    body = dossier.receiving_agency
    clerks = [user(receiving_clerk=body.code) for _n in range(2)]
    return Handover.objects.create(from_agency=body, to_agency=body, to_user=clerks[1], made_by=clerks[0])
