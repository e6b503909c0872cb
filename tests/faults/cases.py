"""The cases: fault of the gateway × order of callbacks × number of payments, and the expected result."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from payments.models import AttemptMove, EventKind, GatewayEvent, Verdict
from payments.models.states import AttemptState, RefundState

ORDERS = ("return_first", "ipn_first", "ipn_only", "return_only")
TIMES = ("once", "twice", "cancel then pay")
ALWAYS = True


@dataclass(frozen=True)
class Fault:
    """One fault, and the final state at the gateway.

    Switches: `paying` for the payment, `wire` for requests about it ({switch: (value, how often)}), `everywhere` for the whole
    gateway. `charged`: money was taken in the end. `decided`: final status that staff of the gateway set for an unclear payment.
    `gives_back`: the settled fee is refunded too, so that a fault of refunds occurs. `bites`: did the fault occur?
    """

    name: str
    paying: Mapping = field(default_factory=dict)
    wire: Mapping = field(default_factory=dict)
    everywhere: Mapping = field(default_factory=dict)
    charged: bool = True
    decided: str = ""
    gives_back: bool = False
    refused: bool = False
    late: bool = False
    bites: object = None  # (case, attempts) -> bool

    def __str__(self):
        return self.name


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    fault: Fault
    order: str
    times: str

    def __str__(self):
        return f"{self.fault}, {self.order.replace('_', ' ')}, {self.times}"

    @property
    def hears_ipn(self):
        return self.order != "return_only"

    @property
    def charges(self):
        """The number of payments charged in the end."""
        return {"once": 1, "twice": 2, "cancel then pay": 1}[self.times] if self.fault.charged else 0

    @property
    def slow(self):
        """Does it wait for the end of the payment window? Slow cases start first."""
        lost = self.fault.paying.get("drop_ipn") is ALWAYS or self.fault.paying.get("bad_signature_ipn") is ALWAYS
        lost = lost or self.fault.paying.get("wrong_amount_ipn") is ALWAYS
        return self.fault.late or (lost and self.order == "ipn_only")


# ------------------------------------------------------------ did the fault occur?


def _moved(attempts, target, *causes):
    rows = AttemptMove.objects.filter(attempt__in=attempts, target=target)
    return rows.filter(cause__in=causes).exists() if causes else rows.exists()


def _heard(attempts, verdict):
    return GatewayEvent.objects.filter(attempt__in=attempts, kind=EventKind.IPN, verdict=verdict).exists()


def asked(case, attempts):
    """No valid IPN arrived: the payment was found by a query."""
    return _moved(attempts, AttemptState.PAID, "querydr")


def reviewed(case, attempts):
    return _moved(attempts, AttemptState.REVIEW)


def in_doubt(case, attempts):
    """Only an IPN has the contradiction; after a return without an IPN, the query has a clear answer."""
    return not case.hears_ipn or _moved(attempts, AttemptState.REVIEW, "contradiction")


def wrong_amount(case, attempts):
    return not case.hears_ipn or _heard(attempts, Verdict.WRONG_AMOUNT)


def came_late(case, attempts):
    """The money was received after the attempt expired."""
    return any(attempt.paid_at and attempt.paid_at > attempt.expires_at for attempt in attempts)


def not_believed(case, attempts):
    """An unsigned answer to a refund order makes the refund UNKNOWN."""
    from payments.models import RefundMove

    return RefundMove.objects.filter(refund__attempt__in=attempts, target=RefundState.UNKNOWN).exists()


def bank_refused(case, attempts):
    from payments.models import Refund

    return Refund.objects.filter(attempt__in=attempts, state=RefundState.REFUSED).exists()


FAULTS = [
    Fault("nothing goes wrong"),
    Fault("first two IPNs lost", {"drop_ipn": 2}),
    Fault("every IPN lost", {"drop_ipn": ALWAYS}, bites=asked),
    Fault("IPN five times at once", {"duplicate_ipn": 5}),
    Fault("IPN 4 s late", {"delay_ipn": 4}),
    Fault("IPNs overtake each other", {"reorder_ipn": True}),
    Fault("first two IPNs forged", {"bad_signature_ipn": 2}),
    Fault("every IPN forged", {"bad_signature_ipn": ALWAYS}, bites=asked),
    Fault("first two IPNs wrong sum", {"wrong_amount_ipn": 2}, bites=wrong_amount),
    Fault("every IPN wrong sum", {"wrong_amount_ipn": ALWAYS}, bites=asked),
    Fault("00 with 02, was charged", {"mismatch_00_02": "charged"}, bites=in_doubt),
    Fault("00 with 02, was not", {"mismatch_00_02": "failed"}, charged=False, bites=in_doubt),
    Fault("04, in the end paid", {"status_04": True}, decided="00", bites=reviewed),
    Fault("04, in the end returned", {"status_04": True}, decided="02", charged=False, bites=reviewed),
    Fault("07, in the end paid", {"status_07": True}, decided="00", bites=reviewed),
    Fault("07, in the end returned", {"status_07": True}, decided="02", charged=False, bites=reviewed),
    Fault("success after expiry", {"success_after_expiry": 8}, late=True, bites=came_late),
    Fault("every door slow", wire={"slow": (1.5, 3)}),
    Fault("querydr, refund slow", wire={"slow_api": (2, 2)}),
    Fault("500 instead of a page", wire={"http_500": ("before", 1)}),
    Fault("500 though it was done", wire={"http_500": ("after", 1)}),
    Fault("API: 500", wire={"http_500_api": ("before", 2)}),
    Fault("API: 500 though done", wire={"http_500_api": ("after", 1)}),
    Fault("terminal locked", wire={"terminal_locked": (True, 1)}),
    Fault("reopening is a duplicate", wire={"strict_duplicate": (True, 2)}),
    Fault("querydr: 94", wire={"querydr_94": (True, 2)}),
    Fault("querydr unsigned", wire={"querydr_unsigned": ("missing", 1)}),
    Fault("querydr signed wrongly", wire={"querydr_unsigned": ("wrong", 1)}),
    Fault("refund at once", wire={"refund_path": ("00", 1)}, gives_back=True),
    Fault("refund 05, 06, then 00", wire={"refund_path": ("05-06-00", 1)}, gives_back=True),
    Fault("refund 05, then 09", wire={"refund_path": ("05-09", 1)}, gives_back=True, refused=True, bites=bank_refused),
    Fault("refund 05, 06, then 09", wire={"refund_path": ("05-06-09", 1)}, gives_back=True, refused=True, bites=bank_refused),
    Fault("refund unsigned", wire={"refund_unsigned": ("missing", 1)}, gives_back=True, bites=not_believed),
    Fault("refund signed wrongly", wire={"refund_unsigned": ("wrong", 1)}, gives_back=True, bites=not_believed),
    Fault("gateway's clock 20 s fast", everywhere={"clock_skew": 20}),
    Fault("gateway's clock 20 s slow", everywhere={"clock_skew": -20}),
]
BY_NAME = {fault.name: fault for fault in FAULTS}


def matrix():
    """All cases, slow ones first."""
    every = [Case(fault, order, times) for fault in FAULTS for times in TIMES for order in ORDERS]
    return sorted(every, key=lambda case: not case.slow)


# Each order with each number of payments, each with another fault; none of them slow but one.
_DOZEN = {
    ("return_first", "once"): "first two IPNs wrong sum",
    ("return_first", "twice"): "IPN five times at once",
    ("return_first", "cancel then pay"): "500 though it was done",
    ("ipn_first", "once"): "00 with 02, was charged",
    ("ipn_first", "twice"): "refund unsigned",
    ("ipn_first", "cancel then pay"): "first two IPNs forged",
    ("ipn_only", "once"): "success after expiry",
    ("ipn_only", "twice"): "first two IPNs lost",
    ("ipn_only", "cancel then pay"): "07, in the end paid",
    ("return_only", "once"): "querydr unsigned",
    ("return_only", "twice"): "04, in the end returned",
    ("return_only", "cancel then pay"): "querydr: 94",
}


def dozen():
    """The twelve cases of the test run, the slow one first."""
    chosen = [Case(BY_NAME[name], order, times) for (order, times), name in _DOZEN.items()]
    return sorted(chosen, key=lambda case: not case.slow)
