"""PDFs hold what a paper needs and nothing that acts; the part that is in the way is named."""

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from dossiers.files import pdf_objects
from dossiers.files.checking import check_upload, refused
from portal.common.sandbox_child import Refused
from tests.dossiers.files.makers import form, pdf

OBJECT_STREAMS = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}


def link(**action):
    """A link on page 2 whose action is an indirect object."""

    def change(document):
        note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=document.make_indirect(Dictionary(**action)))
        document.pages[1].Annots = document.make_indirect(Array([document.make_indirect(note)]))

    return change


def annotation(subtype, **facts):
    def change(document):
        document.pages[1].Annots = Array([Dictionary(Subtype=Name("/" + subtype), Rect=[0, 0, 9, 9], **facts)])

    return change


def root(**entries):
    def change(document):
        for name, value in entries.items():
            document.Root["/" + name] = value

    return change


def attached(content=b"text", **names):
    def change(document):
        file = Dictionary(Type=Name.Filespec, EF=Dictionary(F=document.make_stream(content)), **names)
        document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array(["a", file])))

    return change


def content_elsewhere(document):
    stream = document.make_stream(b"")
    stream["/F"] = "\\\\evil\\content"
    document.pages[0].Contents = stream


def look(content):
    """As the child does, in this process."""
    return pdf_objects.check(content, max_pages=200, max_objects=300_000)


def everything(content):
    """All text of all objects."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return " ".join(pikepdf.unparse_content_stream([]).decode() + repr(thing) for thing in document.objects)


@pytest.mark.parametrize("how", [{}, OBJECT_STREAMS])
@pytest.mark.parametrize(
    "change",
    [
        link(S=Name.URI, URI="https://evil.example"),
        link(S=Name.GoToR, F="\\\\evil.example\\share"),
        link(S=Name.Thread, F="evil.example"),
        link(S=Name.Named, N=Name.Print, evil="evil.example"),
        link(S=Name.GoTo, D=Array([]), Next=Dictionary(S=Name.URI, URI="https://evil.example")),
        root(OpenAction=Dictionary(S=Name.GoToR, F="evil.example")),
        root(AA=Dictionary(WC=Dictionary(S=Name.URI, URI="evil.example"))),
    ],
)
def test_links_that_lead_out_are_left_out_of_the_copy_and_stay_in_the_original(change, how):
    original = pdf(pages=2, change=change, **how)
    pages, copy = look(original)
    assert "evil" in everything(original) and "evil" not in everything(copy) and pages == 2


def test_the_original_with_its_links_is_kept():
    original = pdf(pages=2, change=link(S=Name.URI, URI="https://evil.example"))
    checked = check_upload(original, "a.pdf")
    assert checked.original == original and checked.is_redrawn and "evil" not in everything(checked.content)


@pytest.mark.parametrize(
    "change",
    [link(S=Name.GoTo, D=Array([])), link(S=Name.Named, N=Name.NextPage), annotation("Widget", FT=Name.Sig), annotation("Stamp"),
     attached(F="a.json", UF="a.json")],
)  # fmt: skip
def test_what_a_paper_needs_stays_byte_for_byte(change):
    assert look(pdf(pages=2, change=change)) == (2, b"")


@pytest.mark.parametrize("how", [{}, OBJECT_STREAMS])
@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (link(S=Name.JavaScript, JS="app.alert(1)"), "active", "JavaScript) ở trang 2"),
        (link(S=Name.Launch, F="cmd.exe"), "active", "mở chương trình khác ở trang 2"),
        (link(S=Name.SubmitForm, F="https://evil.example"), "active", "gửi hoặc tự nạp dữ liệu ở trang 2"),
        (link(S=Name("/Invented")), "active", "giấy tờ không cần ở trang 2"),
        (link(S=Name.GoTo, D=Array([]), Next=Array([Dictionary(S=Name.Launch)])), "active", "mở chương trình khác"),
        (annotation("RichMedia"), "active", "phim hoặc âm thanh ở trang 2"),
        (annotation("Screen"), "active", "phim hoặc âm thanh ở trang 2"),
        (annotation("3D"), "active", "hình ba chiều ở trang 2"),
        (annotation("Invented"), "active", "giấy tờ không cần ở trang 2"),
        (annotation("FileAttachment"), "embedded", "tệp khác"),
        (attached(F="virus.exe", UF="a.txt"), "embedded", "«virus.exe»"),
        (attached(F="a.txt", UF="virus.exe"), "embedded", "«virus.exe»"),
        (attached(b"MZ\x90\x00", F="a.txt", UF="a.txt"), "embedded", "«a.txt»"),
        (root(Collection=Dictionary()), "embedded", "tệp khác"),
        (root(AcroForm=Dictionary(XFA=Array([]), Fields=[])), "xfa", "XFA"),
        (content_elsewhere, "active", "ngoài tệp này"),
    ],
)
def test_whatever_else_acts_is_refused_and_named(change, code, said, how):
    with pytest.raises(Refused) as stop:
        look(pdf(pages=2, change=change, **how))
    answer = refused(str(stop.value), **stop.value.facts)
    assert answer.code == code and said in str(answer)


# forms ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("facts", [{}, {"submit": True}, {"submit": True, "script": False}, {"answer": "", "later": True}])
def test_a_form_that_calculates_or_sends_is_flattened_and_looks_the_same(facts):
    original = form(**facts)

    checked = check_upload(original, "mau-don.pdf")

    assert checked.original == original and checked.is_redrawn
    with pikepdf.open(io.BytesIO(checked.content)) as document:
        assert "/AcroForm" not in document.Root and not document.pages[0].get("/Annots")
        drawn = [one.read_bytes() for one in document.pages[0].Resources.XObject.values()]
    assert any(b"(An 1234)" in one for one in drawn)
    assert not {"JavaScript", "evil", "SubmitForm"} & set(everything(checked.content).replace("/", " ").split())


@pytest.mark.parametrize("facts", [{"drawn": False}, {"later": True}])
def test_a_form_whose_answers_would_vanish_is_refused_with_what_to_do(facts):
    with pytest.raises(Refused) as stop:
        look(form(**facts))
    assert str(stop.value) == "form" and "trang 1" in str(refused("form", page=1)) and "In lại" in str(refused("form", page=1))


def test_a_form_without_scripts_is_kept_byte_for_byte():
    assert look(form(script=False)) == (1, b"")


def test_a_form_does_not_carry_other_active_parts_through():
    with pytest.raises(Refused) as stop:
        look(pdf(change=lambda document: _form_with_a_program(document)))
    assert stop.value.facts["part"] == "launch"


def _form_with_a_program(document):
    script = Dictionary(
        Subtype=Name.Widget, FT=Name.Tx, Rect=[0, 0, 9, 9], AA=Dictionary(C=Dictionary(S=Name.JavaScript, JS="1"))
    )
    program = Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.Launch, F="cmd.exe"))
    document.pages[0].Annots = Array([document.make_indirect(script), program])
    document.Root.AcroForm = Dictionary(Fields=Array([document.pages[0].Annots[0]]))
