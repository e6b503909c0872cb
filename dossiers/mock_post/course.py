"""The course of a parcel from station to station, and the notices that report it, spoiled by the fault switches."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from .conf import setting
from .models import STATES, WAY, Notice, Parcel, Switch

PLACES = {
    "picked_up": "Bưu cục trung tâm", "in_transit": "Bưu cục khai thác", "delivered": "Bưu cục phát", "refused": "Bưu cục phát",
    "unknown_address": "Bưu cục phát", "returned": "Bưu cục trung tâm",
}  # fmt: skip
WORDS = {
    "refused": "Người nhận từ chối nhận", "lost": "Không còn thấy ở kho",
    "unknown_address": "Không có số nhà này",
}  # fmt: skip
# Name of a switch: what it does to the notices written from now on.
FAULTS = {
    "double": "Mỗi tin gửi hai lần",
    "late": "Tin gửi chậm n giây",
    "reorder": "Tin sau đi trước: tin giữ lại cho tới khi có tin kế tiếp",
    "forge": "Tin ký bằng khóa sai",
    "drop": "Tin mất trên đường",
}
HELD = timedelta(days=3650)


def next_time():
    step = setting("STEP")
    return datetime.now(UTC) + timedelta(seconds=step) if step else None


def move_due():
    """Move every parcel that is due to its next station."""
    for parcel in Parcel.objects.filter(next_at__lte=datetime.now(UTC)).order_by("next_at")[:50]:
        later = WAY[WAY.index(parcel.status) + 1 :] if parcel.status in WAY else []
        if later:
            report(parcel, later[0])
        else:
            Parcel.objects.filter(pk=parcel.pk).update(next_at=None)


@transaction.atomic
def report(parcel, status, *, words="", at=None):
    """The parcel is at this station now; its sender is told. An ordinary course goes on by itself, any other waits."""
    if status not in STATES:
        raise ValueError(status)
    now = at or datetime.now(UTC)
    goes_on = status in WAY and status != "delivered"
    Parcel.objects.filter(pk=parcel.pk).update(status=status, next_at=next_time() if goes_on else None)
    switches = dict(Switch.objects.values_list("name", "value"))
    held = Notice.objects.filter(parcel=parcel, next_at__gt=now + HELD / 2)
    due = now + timedelta(seconds=switches.get("late", 0))
    if "reorder" in switches and not held.exists():
        due = now + HELD
    notice = Notice.objects.create(
        parcel=parcel, status=status, at=now, place=PLACES.get(status, ""), words=words or _words(parcel, status),
        copies=2 if "double" in switches else 1, forged="forge" in switches, next_at=None if "drop" in switches else due,
    )  # fmt: skip
    if due <= now + HELD / 2:  # this one goes first, then those that were held
        held.exclude(pk=notice.pk).update(next_at=now + timedelta(seconds=1))
    return notice


def _words(parcel, status):
    """What the postman notes: the reason, or who took it."""
    return str(parcel.recipient.get("name", ""))[:300] if status == "delivered" else WORDS.get(status, "")
