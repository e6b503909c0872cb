"""A substitute for a browser without JavaScript: reads the inputs of a page's HTML as a browser would send them."""

from html.parser import HTMLParser
from urllib.parse import urlencode

from django.http import QueryDict
from django.template.loader import render_to_string


class Inputs(HTMLParser):
    """Collects (name, value) of what a form sends, the ids of the page, and where its links and descriptions point."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.ids, self.targets, self.described, self.labels = [], [], [], [], []
        self._select = self._textarea = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.described += attrs.get("aria-describedby", "").split()
        self.labels += [attrs["for"]] if tag == "label" and "for" in attrs else []
        if tag == "a" and attrs.get("href", "").startswith("#"):
            self.targets.append(attrs["href"][1:])
        if tag == "input":
            self._input(attrs)
        elif tag == "select":
            self._select = {"name": attrs["name"], "value": None}
        elif tag == "option" and self._select is not None and (self._select["value"] is None or "selected" in attrs):
            self._select["value"] = attrs["value"]
        elif tag == "textarea":
            self._textarea = [attrs["name"], ""]

    def _input(self, attrs):
        if attrs["type"] in ("radio", "checkbox") and "checked" not in attrs:
            return
        self.sent.append((attrs["name"], attrs.get("value", "on")))

    def handle_data(self, data):
        if self._textarea:
            self._textarea[1] += data

    def handle_endtag(self, tag):
        if tag == "select":
            self.sent.append((self._select["name"], self._select["value"] or ""))
            self._select = None
        elif tag == "textarea":
            self.sent.append((self._textarea[0], self._textarea[1]))
            self._textarea = None


def shown(bound):
    """The HTML of a wizard page: error summary and fields."""
    return render_to_string("procedures/eforms/errors.html", {"page": bound}) + render_to_string(
        "procedures/eforms/page.html", {"page": bound}
    )


def posted(bound, **changes):
    """What a browser sends for this page when a person changes these inputs and presses the button."""
    pairs = [(name, value) for name, value in Inputs(shown(bound)).sent if name not in changes]
    pairs += [(name, one) for name, value in changes.items() for one in (value if isinstance(value, list) else [value])]
    return QueryDict(urlencode(pairs))


def post(**inputs):
    """A POST with these inputs; `_` in a name before a part is written `__` ("birth__ngay" → "birth-ngay")."""
    pairs = [
        (n.replace("__", "-"), one) for n, value in inputs.items() for one in (value if isinstance(value, list) else [value])
    ]
    return QueryDict(urlencode(pairs))
