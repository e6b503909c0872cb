"""What an agency states about one procedure it offers: read from a page, checked, compared, stored with a record.

Steps are copied into each dossier when it is accepted, so a change concerns dossiers accepted afterwards.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from portal.common.figures import number_in
from procedures.models import AgencyChange, Offering, hash_of
from procedures.models.offering import fault_of_steps
from procedures.offerings.desks import Outdated
from procedures.offerings.permissions import may_set_duty, may_set_work
from procedures.offerings.words import KINDS, POSTS, PRODUCTS, ROLES, WAYS, step_words, ways_words, yes_or_no

Values = dict[str, Any]
WORK = ("delivery_ways", "electronic_result", "processing_steps")
PARTS = (*WORK, "duty")
MAX_STEPS, MAX_HOURS, MAX_NAME, MAX_LABEL, MAX_GROUP = 40, 2000, 200, 100, 10
ACTS = ("them", "len", "xuong", "bo")  # buttons of the list of steps; nothing is stored by them


class Faulty(Exception):
    """Values that may not be stored; `problems`: {name of the input: sentence}."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(problems)
        self.problems = problems


def values_of(offering: Offering) -> Values:
    return {name: getattr(offering, name) for name in PARTS}


def fingerprint(offering: Offering) -> str:
    """Hash of what the page shows, to notice that it changed in between."""
    place = {"lead": offering.lead_agency_id, "received": offering.receiving_agency_id, "terminal": offering.terminal_id}
    return hash_of({**values_of(offering), **place})


def agencies_of(offering: Offering) -> dict[str, str]:
    """{code: name} of the agencies a step may be done at: those of the offering, and those named by its steps."""
    bodies = [row for row in (offering.agency, offering.lead_agency, offering.receiving_agency) if row is not None]
    named = {step["agency"] for step in offering.processing_steps} - {body.code for body in bodies} - {None}
    more = Agency.objects.filter(code__in=named) if named else []
    return {body.code: body.name for body in (*bodies, *more)}


def staff_of(offering: Offering) -> dict[str, str]:
    """{login: name} of those who may be on duty: today's clerks and heads of the receiving desk, and those named now."""
    named = {row["login"]: row["name"] for row in offering.duty.values()}
    roles = (Role.RECEIVING_CLERK, Role.HEAD, Role.DEPUTY)
    rows = Membership.objects.current().filter(agency=offering.receiving_agency_id, role__in=roles, user__is_active=True)
    people = rows.order_by("user__full_name", "user__username").values_list("user__username", "user__full_name")
    return {**dict(people), **named}


# ---------------------------------------------------------------- reading a page
def typed(post: QueryDict, offering: Offering, staff: Mapping[str, str], *, work: bool, duty: bool) -> Values:
    """What the page sends, also when it is wrong. Parts that the person may not set stay as they are stored."""
    values = values_of(offering)
    if work:
        values["delivery_ways"] = [way for way in WAYS if way in post.getlist("delivery_ways")]
        values["electronic_result"] = "electronic_result" in post
        values["processing_steps"] = _typed_steps(post, offering)
    if duty:
        logins = {name: post.get(f"duty.{name}", "") for name in POSTS}
        values["duty"] = {name: {"login": login, "name": staff.get(login, "")} for name, login in logins.items() if login}
    return values


def _typed_steps(post: QueryDict, offering: Offering) -> list[dict[str, Any]]:
    before = {step["key"]: step for step in offering.processing_steps}
    steps: list[dict[str, Any]] = []
    while f"steps.{len(steps)}.name" in post and len(steps) <= MAX_STEPS:
        steps.append(_typed_step(post, f"steps.{len(steps)}.", before, {step["key"] for step in steps}))
    return steps


def _typed_step(post: QueryDict, start: str, before: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    """One step. A new one gets a free key; the line of a paper that a step fills stays while the kind of product does."""
    text = {name: post.get(start + name, "").strip() for name in ("key", "name", "role", "agency", "kind", "hours", "group")}
    key = text["key"] if text["key"] in before and text["key"] not in taken else _free_key(taken | set(before))
    product, label = post.get(start + "product", ""), post.get(start + "label", "").strip()
    old = before.get(key, {}).get("produces") or {}
    line = old.get("line") if old.get("kind") == product else None
    made = {"kind": product, "label": label, "line": line}
    if silence := post.get(start + "silence", "").strip():
        made["silence"] = silence
    hours = number_in(text["hours"])
    return {
        "key": key,
        "name": text["name"],
        "role": text["role"],
        "agency": text["agency"] or None,
        "kind": text["kind"],
        "hours": text["hours"] if hours is None else hours,
        "parallel_group": text["group"] or None,
        "produces": made if product else None,
    }


def _free_key(taken: set[str]) -> str:
    return next(key for number in range(1, MAX_STEPS * 3) if (key := f"buoc_{number}") not in taken)


def rearranged(steps: list[dict[str, Any]], act: str, offering: Offering) -> list[dict[str, Any]]:
    """The steps after a button: «them» adds one, «len:2» and «xuong:2» move the third, «bo:2» removes it."""
    word, _colon, place = act.partition(":")
    number, steps = number_in(place), list(steps)
    if word == "them" and len(steps) < MAX_STEPS:
        return [*steps, _blank_step({step["key"] for step in (*steps, *offering.processing_steps)}, offering)]
    if number is None or number >= len(steps):
        return steps
    if word == "bo":
        del steps[number]
    elif word == "len" and number > 0:
        steps[number - 1 : number + 1] = steps[number], steps[number - 1]
    elif word == "xuong" and number + 1 < len(steps):
        steps[number : number + 2] = steps[number + 1], steps[number]
    return steps


def _blank_step(taken: set[str], offering: Offering) -> dict[str, Any]:
    return {
        "key": _free_key(taken), "name": "", "role": "officer", "agency": offering.lead_agency.code, "kind": "review",
        "hours": "", "parallel_group": None, "produces": None,
    }  # fmt: skip


# ---------------------------------------------------------------- checking
def problems(values: Values, offering: Offering, agencies: Mapping[str, str], staff: Mapping[str, str]) -> dict[str, str]:
    """{name of the input: sentence}; {} when all may be stored."""
    found: dict[str, str] = {}
    for number, step in enumerate(values["processing_steps"]):
        found |= {f"steps.{number}.{name}": sentence for name, sentence in _problems_of_step(step, agencies).items()}
    if offering.processing_steps and not values["processing_steps"]:
        found["steps"] = _("Phải có ít nhất một bước.")
    elif len(values["processing_steps"]) > MAX_STEPS:
        found["steps"] = _("Nhiều nhất %(n)d bước.") % {"n": MAX_STEPS}
    elif not found and (fault := fault_of_steps(values["processing_steps"], no_result=offering.no_result)):
        found["steps"] = fault
    if not values["delivery_ways"] and not offering.no_result and values["delivery_ways"] != offering.delivery_ways:
        found["delivery_ways"] = _("Chọn ít nhất một cách trả kết quả.")
    for name, person in values["duty"].items():
        if person["login"] not in staff:
            found[f"duty.{name}"] = _("Chọn người của nơi tiếp nhận.")
    if values["duty"] and "main" not in values["duty"]:
        found["duty.main"] = _("Chọn người trực chính.")
    return found


def _problems_of_step(step: Mapping[str, Any], agencies: Mapping[str, str]) -> dict[str, str]:
    found = {}
    if not step["name"]:
        found["name"] = _("Nhập tên bước.")
    elif len(step["name"]) > MAX_NAME:
        found["name"] = _("Dài quá %(n)d chữ.") % {"n": MAX_NAME}
    if step["role"] not in ROLES:
        found["role"] = _("Chọn vai trò.")
    if step["agency"] not in agencies:
        found["agency"] = _("Chọn cơ quan.")
    if step["kind"] not in KINDS:
        found["kind"] = _("Chọn loại việc.")
    if not isinstance(step["hours"], int) or not 1 <= step["hours"] <= MAX_HOURS:
        found["hours"] = _("Ghi số giờ làm việc bằng chữ số, từ 1 đến %(n)d.") % {"n": MAX_HOURS}
    if len(step["parallel_group"] or "") > MAX_GROUP:
        found["group"] = _("Dài quá %(n)d chữ.") % {"n": MAX_GROUP}
    if made := step["produces"]:
        if made["kind"] not in PRODUCTS:
            found["product"] = _("Chọn thứ bước này làm ra.")
        if not made["label"]:
            found["label"] = _("Ghi tên thứ bước này làm ra.")
        elif len(made["label"]) > MAX_LABEL:
            found["label"] = _("Dài quá %(n)d chữ.") % {"n": MAX_LABEL}
        if made.get("silence") and (step["kind"], made["kind"]) != ("consult", "opinion"):
            found["silence"] = _("Chỉ bước lấy ý kiến, làm ra ý kiến, mới coi im lặng là đồng ý được.")
        elif len(made.get("silence", "")) > MAX_LABEL:
            found["silence"] = _("Dài quá %(n)d chữ.") % {"n": MAX_LABEL}
    return found


# ---------------------------------------------------------------- comparing
@override("vi")
def differences(before: Values, after: Values, agencies: Mapping[str, str]) -> list[dict[str, str]]:
    """[{"place", "old", "new"}] in Vietnamese words. `agencies`: {code: name}."""
    rows = [
        (_("Cách trả kết quả"), ways_words(before["delivery_ways"]), ways_words(after["delivery_ways"])),
        (_("Kết quả điện tử"), yes_or_no(before["electronic_result"]), yes_or_no(after["electronic_result"])),
        *(
            (str(title), *(values["duty"].get(name, {}).get("name", "") for values in (before, after)))
            for name, title in POSTS.items()
        ),
        *_differences_of_steps(before["processing_steps"], after["processing_steps"], agencies),
    ]
    return [{"place": place, "old": old, "new": new} for place, old, new in rows if old != new]


def _differences_of_steps(
    before: list[dict[str, Any]], after: list[dict[str, Any]], agencies: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    old, new = ({step["key"]: step for step in steps} for steps in (before, after))
    rows = []
    for key in [*new, *(key for key in old if key not in new)]:
        words = [step_words(steps[key], agencies) if key in steps else "" for steps in (old, new)]
        rows.append((_("Bước “%(name)s”") % {"name": (old.get(key) or new[key])["name"]}, *words))
    orders = [[step["name"] for step in steps if step["key"] in old and step["key"] in new] for steps in (before, after)]
    keys = [[step["key"] for step in steps if step["key"] in old and step["key"] in new] for steps in (before, after)]
    if keys[0] != keys[1]:
        rows.append((_("Thứ tự các bước"), " → ".join(orders[0]), " → ".join(orders[1])))
    return rows


# ---------------------------------------------------------------- storing
@transaction.atomic
def save(offering: Offering, values: Values, seen: str, *, by: User) -> list[dict[str, str]]:
    """Store and record; returns what changed, [] when nothing did. `seen`: the fingerprint of the page that was filled in.

    Raises PermissionDenied for a part that `by` may not set, Outdated when the offering is no longer as it was shown, Faulty for
    values with problems.
    """
    row = (
        Offering.objects.select_for_update(of=("self",))
        .select_related("agency", "lead_agency", "receiving_agency")
        .get(pk=offering.pk)
    )
    before = values_of(row)
    if not (may_set_work(by, row) or may_set_duty(by, row)):
        raise PermissionDenied
    if fingerprint(row) != seen:
        raise Outdated
    if any(values[name] != before[name] for name in WORK) and not may_set_work(by, row):
        raise PermissionDenied
    if values["duty"] != before["duty"] and not may_set_duty(by, row):
        raise PermissionDenied
    agencies = agencies_of(row)
    if found := problems(values, row, agencies, staff_of(row)):
        raise Faulty(found)
    return store(row, values, agencies, by=by)


def store(
    row: Offering, values: Values, agencies: Mapping[str, str], *, by: User, applied_from: Offering | None = None
) -> list[dict[str, str]]:
    """Write checked values into a locked row and record what changed."""
    before = values_of(row)
    changed = differences(before, values, agencies)
    if changed:
        for name in PARTS:
            setattr(row, name, values[name])
        row.save(update_fields=PARTS)
        AgencyChange.objects.create(
            agency_id=row.agency_id, offering=row, applied_from=applied_from, by=by, places=changed, before=before
        )
    return changed
