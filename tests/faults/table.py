"""The tables that are printed, and copied to docs/payments.md."""

from collections import Counter

from tests.faults.cases import ORDERS, TIMES


def row(outcome):
    """One case, one line."""
    says = "ok" if not outcome.wrong else "; ".join(outcome.wrong)
    return f"{outcome.case.fault!s:26} {outcome.case.order:13} {outcome.case.times:16} {outcome.seconds:6.1f} s  {says}"


def summary(outcomes):
    """Markdown table: one line a fault, with the seconds (or «failed») for each order and number of payments."""
    head = [f"{order.replace('_', ' ')}, {times}" for times in TIMES for order in ORDERS]
    lines = ["| fault | " + " | ".join(head) + " |", "| --- |" + " ---: |" * len(head)]
    found = {(outcome.case.fault.name, outcome.case.order, outcome.case.times): outcome for outcome in outcomes}
    for fault in dict.fromkeys(outcome.case.fault.name for outcome in outcomes):
        cells = [_cell(found.get((fault, order, times))) for times in TIMES for order in ORDERS]
        lines.append(f"| {fault} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def read_on_coming_back(outcomes):
    """For each fault, the headings of the pages after returns, most frequent first."""
    read = {}
    for outcome in outcomes:
        read.setdefault(outcome.case.fault.name, Counter()).update(outcome.seen)
    return "\n".join(
        f"{fault:26} {', '.join(f'«{heading}» {n}' for heading, n in seen.most_common())}" for fault, seen in read.items()
    )


def _cell(outcome):
    if outcome is None:
        return ""
    return f"{outcome.seconds:.0f} s" if not outcome.wrong else "**failed**"
