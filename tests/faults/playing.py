"""Play one case: choose a way, pay at the gateway, return or not; then wait until all checks pass."""

import time
from dataclasses import dataclass

from django.db.models import Q

from payments.models import OPEN_ATTEMPT, AttemptMove, AttemptState, PaymentAttempt
from payments.refunds import approval
from tests.faults.ends import wrong_with
from tests.faults.payer import ABROAD, ATM, CAME_BACK, Payer, reference_of
from tests.faults.site import close_connections

TIMEOUT_SECONDS = 150  # more than the longest payment window


@dataclass(frozen=True)
class Outcome:
    """The result of one case: errors, duration in seconds, headings that the payer saw."""

    case: object
    wrong: tuple
    seconds: float
    seen: tuple = ()


def play(site, desk, case, timeout=TIMEOUT_SECONDS):
    """Play one case. Never raises: exceptions are in the outcome."""
    began, player = time.monotonic(), None
    try:
        player = Player(site, desk, case)
        player.pay()
        wrong = player.wait(timeout)
    except Exception as error:  # one case must not stop the others
        wrong = (f"{type(error).__name__}: {str(error)[:300]}",)
    finally:
        close_connections()
    return Outcome(case, tuple(wrong), time.monotonic() - began, tuple(player.payer.seen) if player else ())


class Player:
    """One payer of one case."""

    def __init__(self, site, desk, case):
        self.site, self.desk, self.case, self.fault = site, desk, case, case.fault
        self.payer = Payer(site, desk)
        self.references = []

    def pay(self):
        """Pay as the case says: once, in two tabs, or after a cancelled attempt."""
        if self.case.times == "cancel then pay":
            first = self._go(ATM, wire={})
            self.payer.act(first, "cancel", self.case.order)
            if self.case.order not in CAME_BACK:
                self._wait_until_it_is_over(first)
            self._end(self._go(ATM))
        elif self.case.times == "twice":
            tabs = [self._go(ATM), self._go(ABROAD)]
            for tab in tabs:
                self._end(tab)
        else:
            self._end(self._go(ATM))
        for reference in self.references:
            self._later(reference)

    def _go(self, button, wire=None):
        """Press the button and open the page of the gateway. Returns its URL."""
        address = self.payer.press(button)
        reference = reference_of(address)
        for name, (value, times) in (self.fault.wire if wire is None else wire).items():
            self.site.gateway.faults(**{name: {"value": value, "times": times, "reference": reference}})
        page = self.payer.arrive(address)
        if "strict_duplicate" in self.fault.wire:
            self.payer.arrive(address, reloads=1)  # reload; the first tab is still open
        elif page.status_code != 200:
            raise AssertionError(f"the gateway's page answers {page.status_code}")
        return address

    def _end(self, address):
        self.references.append(reference_of(address))
        self.payer.act(address, "success", self.case.order, self.fault.paying)

    def _later(self, reference):
        """Events after the payment: late success, decision by staff of the gateway, a refund."""
        if self.fault.late and self.case.order in CAME_BACK:
            self.payer.come_back(self._wait_for(lambda: self.site.gateway.transaction(reference)["return_url"]))
        if self.fault.decided:
            self._wait_for(lambda: self._attempt(reference).state == AttemptState.REVIEW)
            self.site.gateway.control("resolve", reference=reference, status=self.fault.decided)
        if self.gives_back:
            attempt = self._wait_for(lambda: PaymentAttempt.objects.filter(reference=reference, settles=True).first())
            approval.propose(attempt, "other", actor=self.desk.accountant, note="thử hoàn")

    @property
    def gives_back(self):
        """Is the settled fee refunded? (Of two payments, one is refunded anyway.)"""
        return self.fault.gives_back and self.case.times != "twice"

    def _attempt(self, reference):
        return PaymentAttempt.objects.get(reference=reference)

    def _wait_until_it_is_over(self, address):
        """Wait until the attempt is no longer open, for a payer whose browser did not return."""
        reference = reference_of(address)
        self._wait_for(lambda: not self._attempt(reference).is_open)

    def _wait_for(self, true, seconds=110):
        end = time.monotonic() + seconds
        while not (value := true()):
            if time.monotonic() > end:
                raise AssertionError("what must come next does not come")
            time.sleep(0.3)
        return value

    def wait(self, timeout):
        """Wait until nothing is wrong, at most `timeout` seconds. Returns what is still wrong."""
        end = time.monotonic() + timeout
        while wrong := list(self.wrong()):
            if time.monotonic() > end:
                break
            time.sleep(1)
        return wrong

    def wrong(self):
        """Yield what differs from the expected result of the case."""
        attempts = PaymentAttempt.objects.filter(obligation__dossier=self.payer.dossier)
        if unknown := attempts.filter(
            Q(state__in=OPEN_ATTEMPT) | Q(resolved_at=None)
        ):  # no need to read the books of the gateway yet
            yield f"not known yet: {', '.join(f'{attempt} {attempt.state}' for attempt in unknown)}"
            return
        books = {attempt.reference: self.site.gateway.transaction(attempt.reference) for attempt in attempts}
        charged = sum(bool(there and there["charged"]) for there in books.values())
        if charged != self.case.charges:
            yield f"the gateway charged {charged} instead of {self.case.charges}"
        yield from wrong_with(self.payer.dossier, books, gives_back=self.gives_back)
        yield from self._steps(attempts)

    def _steps(self, attempts):
        if self.fault.bites and not self.fault.bites(self.case, list(attempts)):
            causes = AttemptMove.objects.filter(attempt__in=attempts).order_by("pk").values_list("target", "cause")
            yield f"the fault was not met: {', '.join(f'{target} by {cause}' for target, cause in causes)}"
        if self.fault.refused and attempts.filter(refunds__state="refused").count() != 1:
            yield "the bank was to refuse one refund"
