"""Helpers for browser tests: clicks that open a page, axe, horizontal scrolling, display preferences."""

from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# Everything axe judges by: elements, attributes, where there is text, what is ticked or has the focus, size and scheme of the
# window. Not: what the text says, hidden inputs (tokens), scripts.
LOOKS = """() => {
  const copy = document.documentElement.cloneNode(true);
  copy.querySelectorAll("input[type=hidden], script").forEach(one => one.remove());
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) texts.currentNode.data = "x";
  const all = [...document.querySelectorAll("*")];
  const state = all.flatMap((one, at) => one.matches(":checked, :focus") ? at : []);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return `${innerWidth}x${innerHeight} ${dark} ${state} ${copy.outerHTML}`;
}"""
_found_good = set()


def axe(page):
    """The axe violations of the page, one line each; expected: an empty list.

    A page like one that was found good in this worker (the same page for another person) is not looked at again.
    """
    looks = page.evaluate(LOOKS)
    if looks in _found_good:
        return []
    page.evaluate(AXE)  # evaluated: the content security policy forbids adding a script
    # Only violations: reporting passed rules takes most of the time on a long page.
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES)
    flaws = [f"{flaw['id']}: {flaw['help']}: {node['html'][:200]}" for flaw in found["violations"] for node in flaw["nodes"]]
    if not flaws:
        _found_good.add(looks)
    return flaws


def click_and_wait(target):
    """Click a link, or a button that sends a form, and wait until the server's answer is loaded.

    A click alone returns before the server has answered: another page opened next, or the database, may still show the old state.
    """
    with target.page.expect_navigation():
        target.click()


def sideways(page):
    """How many pixels the page can be scrolled horizontally; expected: 0."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def too_wide_at_twice_the_text(page):
    """At 360 px and with text of 200 % (WCAG 1.4.4): the elements wider than the page; expected: an empty list."""
    page.set_viewport_size({"width": 360, "height": 780})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if not sideways(page):
        return []
    return page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter(one => one.clientWidth && one.getBoundingClientRect().left + one.scrollWidth > innerWidth)
            .map(one => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 60)}`)"""
    )


def prefer(page, address, **choices):
    """Set display preferences by cookies before the first page: co_chu="rat-to", giao_dien="toi"."""
    page.context.add_cookies(
        [{"name": name.replace("_", "-"), "value": value, "url": address} for name, value in choices.items()]
    )
