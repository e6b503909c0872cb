"""Runs the matrix: many cases at once on one site; faults of the whole gateway in rounds of their own."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import groupby

from tests.faults.accountants import Accountants
from tests.faults.playing import TIMEOUT_SECONDS, play


def rounds(cases):
    """[(switches for the whole gateway, cases)], those without switches first."""
    keyed = sorted(cases, key=lambda case: sorted(case.fault.everywhere.items()))
    grouped = groupby(keyed, key=lambda case: dict(case.fault.everywhere))
    return sorted(([switches, list(group)] for switches, group in grouped), key=lambda one: len(one[0]))


def run(site, desk, cases, *, at_once, told=lambda outcome: None, timeout=TIMEOUT_SECONDS):
    """Play all cases. Returns the outcomes in the order of `cases`; `told` is called with each as it ends."""
    outcomes = {}
    accountants = Accountants(desk)
    accountants.start()
    try:
        for switches, group in rounds(cases):
            site.gateway.faults(**switches)
            with ThreadPoolExecutor(at_once) as pool:
                for ended in as_completed([pool.submit(play, site, desk, case, timeout) for case in group]):
                    outcome = ended.result()
                    outcomes[str(outcome.case)] = outcome
                    told(outcome)
            site.gateway.faults(**dict.fromkeys(switches, False))
    finally:
        accountants.leave()
    return [outcomes[str(case)] for case in cases]
