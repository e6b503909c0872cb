"""The storm: hundreds of payments while web, worker and relay are killed at random (kill -9) and restarted."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from payments.models import PaymentAttempt
from tests.faults import books
from tests.faults.accountants import Accountants
from tests.faults.ends import wrong_with
from tests.faults.payer import ABROAD, APP, ATM, Payer
from tests.faults.site import close_connections, patiently

# What payers do, and what happens to the IPNs; with weights.
DEEDS = {"pays": 62, "gives up, then pays": 12, "has no money, then pays": 8, "pays in two tabs": 12, "walks away": 6}
LOSSES = {
    "none": 50, "first two lost": 15, "all lost": 15, "three copies": 8, "late": 6, "no call at all": 6,
}  # fmt: skip
SWITCHES = {
    "none": {}, "first two lost": {"drop_ipn": 2}, "all lost": {"drop_ipn": True}, "three copies": {"duplicate_ipn": 3},
    "late": {"delay_ipn": 5}, "no call at all": {"return_only": True},
}  # fmt: skip


@dataclass
class Killer(threading.Thread):
    """A thread that kills a program, or one of its processes, every few seconds, and restarts it."""

    site: object
    dice: random.Random
    kills: dict = field(default_factory=dict)
    error: object = None

    def __post_init__(self):
        super().__init__(name="killer", daemon=True)
        self._leaving = threading.Event()

    def __hash__(self):
        return id(self)

    def run(self):
        try:
            while not self._leaving.wait(self.dice.uniform(1.5, 5)):
                self._kill_one()
        except Exception as error:
            self.error = error
        finally:
            close_connections()

    def _kill_one(self):
        name = self.dice.choices(["web", "worker", "relay"], [5, 5, 2])[0]
        whole = name == "relay" or self.dice.random() < 0.6
        if whole:
            self.site.kill_whole(name)
            self._leaving.wait(self.dice.uniform(0, 1.5))
            self.site.run(name)
        elif not self.site.kill_child(name, self.dice.choice):
            return
        what = name if whole else f"a process of the {name}"
        self.kills[what] = self.kills.get(what, 0) + 1

    def leave(self):
        """Stop killing, and restart everything."""
        self._leaving.set()
        self.join(60)
        for name in ("web", "worker", "relay"):
            self.site.run(name)
        if self.error:
            raise self.error


@dataclass
class Trip:
    """One payer of the storm: actions, and the error if one occurred."""

    deed: str
    loss: str
    comes_back: bool
    dossier: object = None
    trouble: str = ""


def storm(site, desk, payments, *, at_once, seed, told=lambda trip: None):
    """Run the storm. Returns (trips, {what was killed: how often}, the accountants, who run until `settle_down`)."""
    dice = random.Random(seed)
    trips = [Trip(_draw(dice, DEEDS), _draw(dice, LOSSES), dice.random() < 0.5) for _ in range(payments)]
    accountants, killer = Accountants(desk), Killer(site, dice)
    accountants.start()
    killer.start()
    try:
        with ThreadPoolExecutor(at_once) as pool:
            for trip in pool.map(lambda trip: _travel(site, desk, trip), trips):
                told(trip)
    finally:
        killer.leave()
        patiently(lambda: site.gateway.client.get(f"{site.address}/health/live"), seconds=90)
    return trips, killer.kills, accountants


def _draw(dice, weights):
    return dice.choices(list(weights), list(weights.values()))[0]


def _travel(site, desk, trip):
    try:
        payer = Payer(site, desk)
        trip.dossier = payer.dossier
        _do(payer, trip)
    except Exception as error:
        trip.trouble = f"{trip.deed}: {type(error).__name__}: {str(error)[:200]}"
    finally:
        close_connections()
    return trip


def _do(payer, trip):
    """The actions of this payer. Half of the browsers return at once."""
    order = "return_first" if trip.comes_back else ""
    first = _stand(payer, ATM)
    if trip.deed == "walks away":
        return
    if trip.deed == "pays in two tabs":
        second = _stand(payer, ABROAD)
        payer.act(second, "success", order, SWITCHES[trip.loss])
    elif trip.deed != "pays":
        outcome = "cancel" if trip.deed == "gives up, then pays" else "insufficient"
        payer.act(first, outcome, order)
        time.sleep(0.5)
        first = _stand(payer, APP)
    payer.act(first, "success", order, SWITCHES[trip.loss])


def _stand(payer, button):
    address = payer.press(button)
    page = payer.arrive(address)
    if page.status_code != 200:
        raise AssertionError(f"the gateway's page answers {page.status_code}")
    return address


def wrong_after(trips, there):
    """{id of the trip: errors}, by the books of the gateway; only trips with errors."""
    found = {}
    for trip in filter(lambda trip: trip.dossier, trips):
        references = trip.dossier.obligation.attempts.values_list("reference", flat=True)
        mine = {reference: there[reference] for reference in references if reference in there}
        if wrong := list(wrong_with(trip.dossier, mine)):
            found[id(trip)] = [f"{trip.dossier.code} ({trip.deed}, IPN {trip.loss}): {sentence}" for sentence in wrong]
    return found


def settle_down(site, accountants, trips, timeout=300):
    """After the last kill, wait until all dossiers are right, at most `timeout` seconds. Returns what is still wrong."""
    end, waiting = time.monotonic() + timeout, trips
    try:
        while waiting and time.monotonic() < end:
            time.sleep(2)
            wrong = wrong_after(waiting, _books_of(site, waiting))
            waiting = [trip for trip in waiting if id(trip) in wrong]
    finally:
        accountants.leave()
    return [sentence for sentences in wrong_after(trips, _books_of(site, trips)).values() for sentence in sentences]


def _books_of(site, trips):
    dossiers = [trip.dossier.pk for trip in trips if trip.dossier]
    attempts = PaymentAttempt.objects.filter(obligation__dossier__in=dossiers)
    return books.everything(site, list(attempts.values_list("reference", flat=True)))
