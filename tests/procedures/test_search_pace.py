"""Many searches a second from one network are answered calmly: 429, and after a moment as before."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.common import pace
from procedures.models import Procedure, SearchedText
from procedures.search import paced
from tests.world import load_sample

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """Two searches a second, ten at once, on a clock that stands still."""
    clock = Clock()
    monkeypatch.setattr(paced, "PACE", pace.Pace(2, 10, clock))
    return clock


DOORS = ["/thu-tuc/?tu-khoa=khai+sinh", "/thu-tuc/goi-y/?q=khai", "/api/v1/procedures/?q=khai+sinh"]
DOORS += ["/api/v1/communes/?q=muong+thanh"]


@pytest.mark.parametrize("address", DOORS)
def test_who_asks_too_fast_waits_a_moment(client, clock, address):
    answers = [client.get(address) for _ in range(200)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 190
    refused = answers[-1]
    assert refused["Retry-After"] == "2" and "public" not in refused.get("Cache-Control", "")
    if address.startswith("/thu-tuc/?"):
        assert "Chờ vài giây rồi tải lại trang này" in refused.content.decode()
    if address.startswith("/api/"):
        assert refused["Content-Type"] == "application/problem+json" and refused.json()["title"] == "Hỏi quá nhanh"
    clock.now += 1
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]


def test_what_is_opened_from_results_is_counted_at_this_pace(client, monkeypatch):
    monkeypatch.setattr(paced, "CHOICES_PACE", pace.Pace(2, 10, Clock()))
    load_sample(codes=["1.001193"])
    address = reverse("procedures:procedure", args=["1.001193", Procedure.objects.get().slug])
    answers = [client.get(address, {"tu-khoa": f"khai sinh lần {number}"}) for number in range(15)]
    assert {answer.status_code for answer in answers} == {200}
    assert SearchedText.objects.count() == 10


def test_other_networks_and_other_pages_are_not_held_up(client, clock):
    for _ in range(20):
        client.get(DOORS[0])
    assert client.get(DOORS[0]).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").get(DOORS[0]).status_code == 200
    assert client.get("/").status_code == 200 and client.get("/api/v1/procedures/").status_code == 200
    subscriber = [Client(REMOTE_ADDR=f"2001:db8::{n:x}") for n in range(1, 13)]
    assert [one.get(DOORS[0]).status_code for one in subscriber][-2:] == [429, 429], "one subscriber holds a whole /64"


def test_askers_are_forgotten_in_the_order_in_which_they_asked(monkeypatch):
    monkeypatch.setattr(pace, "MAX_ASKERS", 2)
    slow = pace.Pace(0.001, 1, Clock())
    assert [slow.allows(name) for name in "abab"] == [True, True, False, False]
    assert slow.allows("c") and slow.allows("a"), "the third asker pushed the first one out"


def test_without_a_limit_all_pass():
    free = pace.Pace(0, 0)
    assert all(free.allows("x") for _ in range(1000))
