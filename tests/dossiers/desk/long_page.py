"""Fills the long page of the counter as a browser would send it back."""

from html.parser import HTMLParser

from tests.dossiers.pages import browse


class _Inputs(HTMLParser):
    """The inputs of the form with `enctype`, as a browser sends them when nothing is changed."""

    def __init__(self):
        super().__init__()
        self.found, self._inside, self._select, self._area = {}, False, None, None

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        if tag == "form":
            self._inside = facts.get("enctype") == "multipart/form-data"
        if not self._inside:
            return
        if tag == "input" and facts.get("name") and facts.get("type") not in ("file", "submit"):
            if facts.get("type") not in ("radio", "checkbox") or "checked" in facts:
                self.found[facts["name"]] = facts.get("value", "")
        elif tag == "select":
            self._select = facts.get("name")
            self.found[self._select] = ""
        elif tag == "option" and self._select and "selected" in facts:
            self.found[self._select] = facts.get("value", "")
        elif tag == "textarea":
            self._area = facts.get("name")
            self.found[self._area] = ""

    def handle_data(self, data):
        if self._area:
            self.found[self._area] += data

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


def typed_page(draft):
    """{name: value} of the long page of this draft."""
    page = browse(draft.entered_by).get(f"/can-bo/tiep-nhan-tai-quay/{draft.pk}/")
    inputs = _Inputs()
    inputs.feed(page.content.decode())
    return inputs.found
