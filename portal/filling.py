"""Fills typed words into the forms of a page, after the page was rendered. Knows nothing of the form: names of inputs are enough.

The pages are our own, so their HTML is well formed: attributes are quoted where needed and carry no bare «>».
"""

import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import urlsplit

_ATTRIBUTE = r"""\s+[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_TAG = re.compile(rf"<(/?)(form|input|textarea|select|option)((?:{_ATTRIBUTE})*)\s*/?>", re.I)
_PART = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
NOT_TYPED = {"hidden", "password", "file", "submit", "button", "reset", "image"}


def fill(page: str, action: str, words: Mapping[str, list[str]], here: str) -> str:
    """The page with these words in its POST forms that are sent to the path `action`. `here`: the path of the page.

    Inputs with the same name are filled in their order. Hidden inputs, passwords and files are left alone.
    """
    return _Filler(page, action, words, here).filled()


class _Filler:
    def __init__(self, page: str, action: str, words: Mapping[str, list[str]], here: str) -> None:
        self.page, self.action, self.here = page, action, here
        self.words = {name: list(values) for name, values in words.items()}
        self.given = {name: set(values) for name, values in words.items()}
        self.inside, self.area, self.chosen = False, None, None
        self.out: list[str] = []
        self.copied = 0

    def filled(self) -> str:
        for tag in _TAG.finditer(self.page):
            closing, name = bool(tag[1]), tag[2].lower()
            facts = _facts(tag[3])
            if name == "form":
                self.inside = not closing and facts.get("method", "").lower() == "post" and self._is_ours(facts)
            elif not self.inside:
                continue
            elif name == "textarea":
                self._textarea(tag, closing, facts)
            elif name == "select":
                self.chosen = None if closing or facts.get("name") not in self.given else self.given[facts["name"]]
            elif name == "option" and not closing and self.chosen is not None:
                self._put(tag, _switched(tag[0], "selected", facts.get("value", "") in self.chosen))
            elif name == "input" and facts.get("name") is not None:
                self._input(tag, facts)
        return "".join([*self.out, self.page[self.copied :]])

    def _is_ours(self, facts: Mapping[str, str]) -> bool:
        action = urlsplit(facts.get("action") or self.here).path or self.here
        return action == self.action

    def _put(self, tag: re.Match[str], text: str) -> None:
        self.out += [self.page[self.copied : tag.start()], text]
        self.copied = tag.end()

    def _textarea(self, tag: re.Match[str], closing: bool, facts: Mapping[str, str]) -> None:
        if closing and self.area is not None:
            self.out += [escape(self.area), tag[0]]
            self.copied, self.area = tag.end(), None
        elif not closing and (word := self._next(facts.get("name", ""))) is not None:
            self._put(tag, tag[0])
            self.area = "\n" + word if word.startswith("\n") else word  # HTML drops the first line break of a textarea

    def _input(self, tag: re.Match[str], facts: Mapping[str, str]) -> None:
        kind, name = facts.get("type", "text").lower(), facts["name"]
        if kind in ("checkbox", "radio"):
            self._put(tag, _switched(tag[0], "checked", facts.get("value", "on") in self.given.get(name, ())))
        elif kind not in NOT_TYPED and (word := self._next(name)) is not None:
            bare = re.sub(r"""\s+value\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)""", "", tag[0], flags=re.I)
            self._put(tag, f'{bare[:6]} value="{escape(word)}"{bare[6:]}')

    def _next(self, name: str) -> str | None:
        values = self.words.get(name)
        return values.pop(0) if values else None


def _facts(attributes: str) -> dict[str, str]:
    return {name.lower(): unescape(value.strip("\"'")) for name, value in _PART.findall(attributes)}


def _switched(tag: str, attribute: str, on: bool) -> str:
    """The tag with or without this attribute."""
    bare = re.sub(rf"""\s+{attribute}(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?(?=[\s/>])""", "", tag, flags=re.I)
    name = re.match(r"<\w+", bare)[0]
    return f"{name} {attribute}{bare[len(name) :]}" if on else bare
