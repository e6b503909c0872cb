"""What browser tests share: axe's verdict on a page, its sideways scroll, its weight on the wire."""

from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe(page):
    """What axe finds wrong on the page as shown, one readable line each; an empty list is what we want."""
    page.evaluate(AXE)  # evaluated, not added as a script: our policy would refuse that, rightly
    # Only violations are told in full: describing all that is right takes most of the time on a long page.
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES)
    return [f"{flaw['id']}: {flaw['help']}: {node['html'][:200]}" for flaw in found["violations"] for node in flaw["nodes"]]


def sideways(page):
    """How many pixels the page can be scrolled sideways; 0 is what we want."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def prefer(page, address, **choices):
    """Set how pages look before the first one: co_chu="rat-to", giao_dien="toi"."""
    page.context.add_cookies(
        [{"name": name.replace("_", "-"), "value": value, "url": address} for name, value in choices.items()]
    )
