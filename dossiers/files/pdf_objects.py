"""Checks every object of an untrusted PDF against what a paper needs: pages, text, pictures, forms, signatures, links inside it.

Links that lead out of the file show nothing, so they are left out of the copy. A form that calculates or sends is flattened: its
fields are drawn into the page as they are filled in. Whatever else acts, plays or loads is refused, with the part and the page.
Runs in the limited child process (`checking_child`). Does not import Django.
"""

import io
from contextlib import suppress

import pikepdf

from portal.common.sandbox_child import Refused

MAX_DEPTH = 60  # nesting of objects
ALLOWED_ACTIONS = {"/GoTo"}
ALLOWED_NAMED = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}
# Actions that are left out of the copy: the page looks the same without them.
LINKS = {"/URI", "/GoToR", "/GoToE", "/Thread", "/Named", "/Hide", "/SetOCGState", "/ResetForm", "/Trans"}
# Parts that are refused, by the name of the action, or the subtype of the annotation: the words are in `checking`.
PARTS = {
    "/JavaScript": "script", "/Launch": "launch", "/SubmitForm": "submit", "/ImportData": "submit", "/Movie": "media",
    "/Sound": "media", "/Rendition": "media", "/Screen": "media", "/RichMedia": "media", "/RichMediaExecute": "media",
    "/3D": "model", "/GoTo3DView": "model",
}  # fmt: skip
ALLOWED_ANNOTATIONS = {
    "/Text", "/Link", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup", "/Widget", "/PrinterMark", "/TrapNet", "/Watermark",
    "/Redact",
}  # fmt: skip
FILE_NAMES = ("/F", "/UF", "/Unix", "/DOS", "/Mac")  # keys of the names of one attached file; viewers differ in which they use
HIDDEN = 0b100011  # flags of an annotation: invisible, hidden, not shown
OF_FORMS = {"script", "submit"}  # parts that belong to the fields of a form, and go when these are drawn into the page
READABLE_ATTACHMENTS = (".json", ".xml", ".txt", ".csv")  # allowed as attachments of a PDF (PDF/A-3): plain data
OTHER_FILES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF-",
    b"<script",
    b"<?php",
    b"<!doctype html",
    b"<html",
    b"Rar!\x1a",
    b"7z\xbc\xaf",
)
PROGRAMS = (b"MZ", b"\x7fELF", b"#!")


def check(data, max_pages, max_objects):
    """(number of pages, copy). The copy is empty when the file can be kept byte for byte, so that its signature stays valid."""
    with _opened(data) as pdf:
        if not pdf.pages:
            raise Refused("unreadable")
        if len(pdf.pages) > max_pages:
            raise Refused("too_many_pages")
        if len(pdf.objects) > max_objects:
            raise Refused("too_complex")
        try:
            return len(pdf.pages), _without_links(pdf)
        except Refused as refused:
            if refused.facts.get("part") not in OF_FORMS or not _is_form(pdf):
                raise
    with _opened(data) as pdf:
        flat = _flattened(pdf)
    with _opened(flat) as pdf:
        return len(pdf.pages), _without_links(pdf) or flat


def _without_links(pdf):
    """The copy without links that lead out; empty when there are none. Refuses what must not be in it."""
    left_out = _Check(pdf).links_to_leave_out()
    for container, key in left_out:
        _drop(container, key)
    return _saved(pdf) if left_out else b""


def _saved(pdf):
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


# forms ----------------------------------------------------------------------------------------------------------------
def _is_form(pdf):
    form = pdf.Root.get("/AcroForm")
    return isinstance(form, pikepdf.Dictionary) and bool(form.get("/Fields"))


def _flattened(pdf):
    """The form with its fields drawn into the pages, without what they do. Refuses a form whose answers are not drawn yet."""
    is_drawn_later = bool(pdf.Root.AcroForm.get("/NeedAppearances", False))
    for number, page in enumerate(pdf.pages, 1):
        for field in _annotations(page.obj):
            if str(field.get("/Subtype", "")) == "/Widget" and (is_drawn_later or not _is_drawn(field)) and _is_filled_in(field):
                raise Refused("form", page=number)
        _drop(page.obj, "/AA")
    _drop(pdf.Root.AcroForm, "/NeedAppearances")  # else the fields would stay
    pdf.flatten_annotations("all")
    _drop(pdf.Root, "/AA", "/OpenAction")
    if isinstance(pdf.Root.get("/Names"), pikepdf.Dictionary):
        _drop(pdf.Root.Names, "/JavaScript")
    return _saved(pdf)


def _drop(thing, *keys):
    for key in keys:
        with suppress(KeyError):
            del thing[key]


def _is_drawn(field):
    drawings = field.get("/AP")
    return isinstance(drawings, pikepdf.Dictionary) and "/N" in drawings


def _is_filled_in(field):
    """Has this visible text or list field an answer? Kind and answer may stand with the fields above it."""
    if int(field.get("/F", 0)) & HIDDEN:
        return False
    found = {}
    for __ in range(MAX_DEPTH):
        for key in ("/FT", "/V"):
            found.setdefault(key, field.get(key))
        found = {key: value for key, value in found.items() if value is not None}
        field = field.get("/Parent")
        if not isinstance(field, pikepdf.Dictionary):
            break
    return str(found.get("/FT", "")) in ("/Tx", "/Ch") and bool(str(found.get("/V", "")))


def _opened(data):
    end = data.rfind(b"%%EOF")
    tail = data[end + 5 :].lstrip() if end >= 0 else b""
    if tail.startswith(PROGRAMS) or any(mark in tail for mark in OTHER_FILES):
        raise Refused("polyglot")
    try:
        # Without its end mark a file is taken when nothing had to be guessed.
        return pikepdf.open(io.BytesIO(data), attempt_recovery=end >= 0)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except pikepdf.PdfError:
        if end < 0:
            raise Refused("truncated") from None
        raise


def _annotations(page):
    found = page.get("/Annots")
    return [one for one in found if isinstance(one, pikepdf.Dictionary)] if isinstance(found, pikepdf.Array) else []


class _Check:
    def __init__(self, pdf):
        self.pdf = pdf
        self.left_out = []
        self.page = 0  # the page that is looked at, for the sentence; 0: not known

    def links_to_leave_out(self):
        """[(container, key)] of links that lead out of the file. Refuses everything else that is not needed on paper."""
        for number, page in enumerate(self.pdf.pages, 1):
            self.page = number
            self._look(page.obj, 0)
            for annotation in _annotations(page.obj):
                self._annotation(annotation)
                self._look(annotation, 0)
        self.page = 0
        if "/Collection" in self.pdf.Root:
            raise Refused("embedded")
        for thing in self.pdf.objects:
            self._look(thing, 0)
        return self.left_out

    def _look(self, thing, depth):
        """Check one object and its direct children (`pdf.objects` visits the indirect ones, also those in object streams)."""
        if depth > MAX_DEPTH:
            raise Refused("too_complex")
        if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            self._dictionary(thing)
            children = [value for __, value in thing.items()]
        elif isinstance(thing, pikepdf.Array):
            children = list(thing)
        else:
            return
        for child in children:
            if isinstance(child, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)) and not child.is_indirect:
                self._look(child, depth + 1)

    def _dictionary(self, thing):
        if "/XFA" in thing:
            raise Refused("xfa")
        if "/JS" in thing:
            self._refuse("script")
        if isinstance(thing, pikepdf.Stream) and any(key in thing for key in ("/F", "/Ref", "/OPI")):
            self._refuse("external")
        if "/EF" in thing:
            self._attached(thing)
        if str(thing.get("/Type", "/Annot")) == "/Annot" and str(thing.get("/Subtype", "")) in PARTS:
            self._refuse(PARTS[str(thing.Subtype)])
        if isinstance(thing.get("/Annots"), pikepdf.Array):
            for annotation in _annotations(thing):
                self._annotation(annotation)
        if str(thing.get("/S", "")) in PARTS and str(thing.get("/Type", "")) != "/StructElem":
            self._refuse(PARTS[str(thing.S)])
        for container, key, action in self._actions(thing):
            self._action(container, key, action)

    def _actions(self, thing):
        """(container, key, action) of each action that hangs on this dictionary."""
        for key in ("/A", "/PA", "/OpenAction", "/Next"):
            value = thing.get(key)
            several = value if isinstance(value, pikepdf.Array) else [value]
            for action in several:
                if isinstance(action, pikepdf.Dictionary) and "/S" in action:
                    yield thing, key, action
        events = thing.get("/AA")
        if isinstance(events, pikepdf.Dictionary):
            for key, action in events.items():
                if isinstance(action, pikepdf.Dictionary):
                    yield events, key, action

    def _action(self, container, key, action):
        name = str(action.get("/S", ""))
        if name in ALLOWED_ACTIONS or (name == "/Named" and str(action.get("/N", "")) in ALLOWED_NAMED):
            return
        if name and name not in LINKS:
            self._refuse(PARTS.get(name, "unknown"))
        self.left_out.append((container, key))

    def _annotation(self, annotation):
        subtype = str(annotation.get("/Subtype", ""))
        if subtype == "/FileAttachment":
            file = annotation.get("/FS")
            if isinstance(file, pikepdf.Dictionary) and "/EF" in file:
                return self._attached(file)
            raise Refused("embedded")
        if subtype not in ALLOWED_ANNOTATIONS:
            self._refuse(PARTS.get(subtype, "unknown"))

    def _attached(self, file):
        """An attached file: every name it has, and its content, must be plain data."""
        names = [str(file[key]) for key in FILE_NAMES if key in file]
        files = [stream for __, stream in file.EF.items()] if isinstance(file.EF, pikepdf.Dictionary) else []
        strange = [name for name in names if not name.lower().endswith(READABLE_ATTACHMENTS)]
        if strange or not names or not all(isinstance(one, pikepdf.Stream) and _is_text(one) for one in files):
            raise Refused("embedded", name=next(iter(strange or names), ""))

    def _refuse(self, part):
        raise Refused("active", part=part, page=self.page)


def _is_text(stream):
    content = stream.read_bytes()
    if content.startswith(PROGRAMS):
        return False
    try:
        text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text
