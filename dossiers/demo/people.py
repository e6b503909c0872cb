"""Demo people: invented, with a published password, never in production. Staff of the agencies that the demo tour uses."""

import datetime as dt

from accounts.authentication import DEMO_PASSWORD
from accounts.models import Agency, LoginKind, Membership, Person, User
from accounts.roles import Role

RESIDENCE_DESK, CRIMINAL_DESK, CIVIL_DESK = "H18.X004.CA", "H18.Y14", "H18.X004.HC"
TAX = "H18.Z03"  # gives its number for a household business
DESKS = [RESIDENCE_DESK, CRIMINAL_DESK, CIVIL_DESK]
DECIDING = [RESIDENCE_DESK, "H18.Z01", "H18.X004"]

# login, name, {role: bodies}
STAFF = [
    ("motcua1", "Lò Thị Hoa", {Role.RECEIVING_CLERK: DESKS}),
    ("chuyenvien1", "Quàng Văn Nam", {Role.OFFICER: DECIDING}),
    ("thue1", "Lò Thị Bích Hạnh", {Role.OFFICER: [TAX]}),
    ("quanlythue1", "Hà Quang Thuận", {Role.HEAD: [TAX]}),
    ("lanhdao1", "Cà Thị Ước", {Role.SIGNER: DECIDING}),
    ("quanly1", "Trần Minh Đạt", {Role.HEAD: [*DESKS, "H18.Z01", "H18.X004"], Role.RECEIVING_CLERK: DESKS}),
    ("ketoan1", "Lường Thị Kim Ngân", {Role.ACCOUNTANT: DECIDING}),
    ("ketoan2", "Đỗ Quang Toán", {Role.ACCOUNTANT: DECIDING}),
    ("quantri1", "Phạm Ngọc Quỳnh", {Role.CATALOGUE_ADMIN: ["H18.Y14"]}),
    ("quantri2", "Lò Minh Khánh", {Role.CATALOGUE_ADMIN: ["H18.Y14"]}),
    ("thanhtra1", "Vàng Đức Sơn", {Role.INSPECTOR: ["H18"]}),
    ("quantritinh1", "Lường Văn Hặc", {Role.AGENCY_ADMIN: ["H18"]}),
    ("nhansu1", "Cầm Thị Mai", {Role.AGENCY_ADMIN: [*DESKS, "H18.Z01", "H18.X004"]}),
]

# May see no dossier and no person. Two, because passwords and roles of staff take two people.
ADMINISTRATORS = [("hethong1", "Bùi Hải Yến"), ("hethong2", "Đinh Quốc Bảo")]

HOME = {"province": "11", "commune": "11.X004", "detail": "Số 12, tổ dân phố 7"}
FAR = {"province": "68", "commune": "68.X001", "detail": "Số 3, đường Trần Phú"}
CITIZENS = [
    ("congdan1", "Nguyễn Hoàng Phượng Vỹ", "1990-03-27", "female", "011999000101", HOME),
    ("congdan2", "K' Brết Ngữ Uyển", "1985-11-02", "male", "068999000102", FAR),
]
# citizens whose dossiers fill the desk's lists; their logins have no usable password
CROWD = [
    ("Lò Văn Thướng", "male"), ("Quàng Thị Ánh Nguyệt", "female"), ("Trần Đỗ Khương Duệ", "male"), ("Vàng A Súa", "male"),
    ("Nguyễn Thị Kiều Oanh", "female"), ("H'Hương Niê Kđăm", "female"), ("Đặng Quốc Ỷ", "male"), ("Cà Thị Ưởng", "female"),
    ("Phạm Khuê Tĩnh", "male"), ("Bùi Thị Ngọc Diễm Quỳnh Trân", "female"),
]  # fmt: skip


def make_people():
    """Make the demo logins. Idempotent. Returns {login: User}."""
    users = {login: _citizen(login, *facts) for login, *facts in CITIZENS}
    for login, name, roles in STAFF:
        users[login] = _login(login, name)
        for role, codes in roles.items():
            for agency in Agency.objects.filter(code__in=codes):
                Membership.objects.get_or_create(
                    user=users[login], agency=agency, role=role, defaults={"valid_from": "2025-07-01"}
                )
    for login, name in ADMINISTRATORS:
        users[login] = _login(login, name)
        User.objects.filter(username=login, is_superuser=False).update(is_staff=True, is_superuser=True)
    for number, (name, gender) in enumerate(CROWD):
        login = f"nguoidan{number + 1}"
        users[login] = _citizen(
            login, name, f"19{60 + 4 * number}-05-1{number % 9}", gender, f"011999000{201 + number}", HOME, usable=False
        )
    return users


def _login(login, name, *, person=None, usable=True):
    kind = LoginKind.CITIZEN if person else LoginKind.STAFF
    facts = {"full_name": name, "email": f"{login}@example.vn", "person": person, "kind": kind}
    user, made = User.objects.get_or_create(username=login, defaults=facts)
    if made:
        user.set_password(DEMO_PASSWORD) if usable else user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def _citizen(login, name, born, gender, number, address, usable=True):
    person, _made = Person.objects.get_or_create(
        id_number=number,
        defaults={
            "full_name": name,
            "birth_date": dt.date.fromisoformat(born),
            "gender": gender,
            "id_type": "can_cuoc",
            "id_issue_date": dt.date(2022, 5, 4),
            "id_issue_place": "Bộ Công an",
            "birth_province": address["province"],
            "phone": "+849000" + number[-5:],
            "email": f"{login}@example.vn",
            "permanent_address": address,
            "current_address": address,
            "identity_level": 2,
        },
    )
    return _login(login, name, person=person, usable=usable)
