"""Helpers for browser tests: axe, horizontal scrolling, display preferences."""

from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe(page):
    """The axe violations of the page, one line each; expected: an empty list."""
    page.evaluate(AXE)  # evaluated: the content security policy forbids adding a script
    # Only violations: reporting passed rules takes most of the time on a long page.
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES)
    return [f"{flaw['id']}: {flaw['help']}: {node['html'][:200]}" for flaw in found["violations"] for node in flaw["nodes"]]


def sideways(page):
    """How many pixels the page can be scrolled horizontally; expected: 0."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def prefer(page, address, **choices):
    """Set display preferences by cookies before the first page: co_chu="rat-to", giao_dien="toi"."""
    page.context.add_cookies(
        [{"name": name.replace("_", "-"), "value": value, "url": address} for name, value in choices.items()]
    )
