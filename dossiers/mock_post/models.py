"""The tables of the post: parcels, notices to the sender, fault switches."""

import secrets

from django.db import models

STATES = {
    "labelled": "đã nhận yêu cầu, chờ lấy",
    "picked_up": "đã lấy",
    "in_transit": "đang trên đường",
    "delivered": "đã phát",
    "refused": "người nhận từ chối",
    "unknown_address": "không có địa chỉ này",
    "lost": "thất lạc",
    "returned": "đã chuyển hoàn",
    "cancelled": "người gửi đã hủy",
}
WAY = ["labelled", "picked_up", "in_transit", "delivered"]  # the ordinary course, one station a step


def new_tracking():
    return f"EH{secrets.randbelow(10**9):09d}VN"


def new_key():
    return secrets.token_hex(12)


class Parcel(models.Model):
    """One parcel. `next_at`: when it moves on by itself; None: it does not."""

    client = models.CharField(max_length=40)
    reference = models.CharField(max_length=64)
    tracking = models.CharField(max_length=20, unique=True, default=new_tracking)
    recipient = models.JSONField()
    sender = models.JSONField()
    postage = models.PositiveIntegerField()  # đồng
    postage_by = models.CharField(max_length=10)
    status = models.CharField(max_length=20, default="labelled")
    ordered_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "reference"], name="post_reference_is_used_once_per_client")]

    def get_status_words(self):
        return STATES[self.status]


class Notice(models.Model):
    """What the sender must be told. It is sent again until answered with 200. `forged`: signed with a wrong secret."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=32, unique=True, default=new_key)
    status = models.CharField(max_length=20)
    at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=300, blank=True)
    copies = models.PositiveSmallIntegerField(default=1)
    forged = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)  # None: nothing more to send
    calls = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=200, blank=True)

    def told(self):
        """What the sender is told."""
        return {
            "id": self.key, "reference": self.parcel.reference, "tracking": self.parcel.tracking, "status": self.status,
            "at": self.at.isoformat(), "place": self.place, "words": self.words,
        }  # fmt: skip


class Switch(models.Model):
    """A fault that is switched on for the notices written from now on."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.FloatField(default=1)
