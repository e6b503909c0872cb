"""Versions go out as files and come back with the same hashes; wrong files are refused whole, with the place named."""

import copy
import io
import json
import zipfile

import jsonschema
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db.models import Value
from django.db.models.functions import Concat
from referencing import Registry, Resource

from portal.common import clock
from procedures.loading import DataFolder, load_sample
from procedures.loading.publishing import document_of
from procedures.models import CatalogueFile, Procedure, ProcedureVersion, ShippedDocument, VersionDraft
from procedures.office import drafts, files
from procedures.office.checking import problems
from procedures.office.form_checking import form_problems, is_safe_pattern
from tests import factories, world
from tests.dossiers.pages import browse, words

CODES = ["1.001193", "3.000333"]
HOME = "/can-bo/danh-muc/"
PAGE = f"{HOME}tep/"


@pytest.fixture(scope="module")
def document():
    row = next(row for row in DataFolder().procedures() if row["code"] == "1.001193")
    return document_of(DataFolder(), row)


def file_of(document, **more):
    return {"format": 1, "based_on": None, "document": copy.deepcopy(document), **more}


def sent(content, name="thu-tuc.json"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else json.dumps(content).encode())


@pytest.fixture
def people(db):
    world.load_sample(CODES)
    return factories.user(catalogue_admin="H18.X004"), factories.user(catalogue_admin="H18.X004")


# ---------------------------------------------------------------- round trip
def test_everything_exported_and_imported_into_an_empty_catalogue_has_the_same_hashes(db, tmp_path, capsys):
    load_sample(["1.001193", "3.000333", "1.004873"])
    before = dict(ProcedureVersion.objects.values_list("procedure__code", "sha256"))
    call_command("catalogue_file", "export", tmp_path / "all.zip")
    ProcedureVersion.objects.update(state="retired", effective_to=clock.today())
    Procedure.objects.update(code=Concat(Value("x"), "code"))  # what is published is never deleted: it goes out of the way
    there = Procedure.objects.exclude(code__startswith="x")
    made = ProcedureVersion.objects.filter(procedure__in=there)
    call_command("catalogue_file", "import", tmp_path / "all.zip")
    assert not there.exists() and capsys.readouterr().out.count("create") == 3
    call_command("catalogue_file", "import", tmp_path / "all.zip", "--publish")
    assert dict(made.values_list("procedure__code", "sha256")) == before
    assert set(there.values_list("listed", "announced")) == {(False, True)}
    call_command("catalogue_file", "import", tmp_path / "all.zip", "--publish")
    assert "Đã công bố 0 thủ tục" in capsys.readouterr().out and made.count() == 3
    call_command("catalogue_file", "export", tmp_path / "again.zip")
    assert (tmp_path / "all.zip").read_bytes() == (tmp_path / "again.zip").read_bytes()


def test_the_file_of_a_version_fits_the_shipped_schema(document):
    folder = settings.DATA_DIR / "schema"
    schema, parts = (json.loads((folder / f"{name}.schema.json").read_text("utf-8")) for name in ("procedure_file", "procedures"))
    registry = Registry().with_resource("procedures.schema.json", Resource.from_contents(parts))
    check = jsonschema.Draft202012Validator(schema, registry=registry)
    assert list(check.iter_errors(file_of(document))) == []
    assert list(check.iter_errors(file_of({**document, "procedure": {}})))


# ---------------------------------------------------------------- on pages
def test_a_file_is_previewed_imported_as_drafts_and_published_by_a_second_person(people):
    editor, second = people
    pages = browse(editor)
    exported = json.loads(pages.get(f"{HOME}1.001193/phien-ban/1/tep.json").content)
    exported["document"]["procedure"]["short_name"] = "Tên trong tệp"
    answer = pages.post(PAGE, {"file": sent(exported)}, follow=True)
    preview = answer.redirect_chain[0][0]
    assert "thay đổi: 1" in words(answer) and "Tên trong tệp" in words(answer)
    assert not VersionDraft.objects.exists()
    assert pages.post(preview).status_code == 302
    draft = VersionDraft.objects.get()
    assert draft.version.facts["short_name"] == "Tên trong tệp" and str(draft.version.imported_from) == "thu-tuc.json"
    assert pages.post(preview).status_code == 404  # used
    again = pages.post(PAGE, {"file": sent(exported)}, follow=True)
    assert "đang có một bản thảo" in words(again) and "Không nhập được" in words(again)
    drafts.ask(draft, clock.today(), by=editor)
    drafts.approve(draft, VersionDraft.objects.get().version.sha256, by=second)
    assert "nhập từ tệp" in words(pages.get(f"{HOME}1.001193/"))
    stale = pages.post(
        PAGE, {"file": sent({**exported, "document": {**exported["document"], "amount_set_later": ["x"]}})}, follow=True
    )
    assert "không phải bản đang dùng" in words(stale)


def test_nothing_is_imported_while_one_file_is_wrong(people, document):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", json.dumps(file_of({**document, "amount_set_later": ["x"]})))
        broken = copy.deepcopy(document)
        broken["procedure"]["code"] = "3.000333"
        broken["procedure"]["fee_lines"][0]["amount"] = "nhiều"
        archive.writestr("b.json", json.dumps(file_of(broken)))
    pages = browse(people[0])
    answer = pages.post(PAGE, {"file": sent(packed.getvalue(), "hai.zip")}, follow=True)
    assert "sai: 1" in words(answer) and "Khoản thu 1, Số tiền (đồng)" in words(answer)
    refused = pages.post(answer.redirect_chain[0][0], follow=True)
    assert "chưa nhập gì" in refused.content.decode() and not VersionDraft.objects.exists()
    with pytest.raises(files.ImportRefused):
        files.publish(CatalogueFile.objects.get())


@pytest.mark.parametrize("who", ["agency_admin", "receiving_clerk"])
def test_only_catalogue_administrators_import(people, who, document):
    kept = CatalogueFile.objects.create(name="x", entries=[{"name": "x", "content": file_of(document)}], by=people[0])
    pages, reads = browse(factories.user(**{who: "H18.X004"})), who == "agency_admin"
    for address in (PAGE, f"{PAGE}danh-muc.zip", f"{PAGE}danh-muc.xlsx", f"{HOME}1.001193/phien-ban/1/tep.json"):
        assert pages.get(address).status_code == (200 if reads else 404), address
    assert pages.post(PAGE, {"file": sent(file_of(document))}).status_code == (403 if reads else 404)
    assert pages.get(f"{PAGE}{kept.pk}/").status_code == pages.post(f"{PAGE}{kept.pk}/").status_code == 404


# ---------------------------------------------------------------- bad files
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "không phải JSON"),
        (b'{"format": 1, "format": 1}', "hai lần"),
        (b'{"format": NaN}', "NaN"),
        (b'{"a": "\\u0000"}', "không lưu được"),
        (b"[" * 100_000, "nhiều tầng"),
        (b"\xff\xfe", "UTF-8"),
        (b"", "Tệp trống"),
        (b"PK\x03\x04 broken", "không phải JSON"),
    ],
    ids=["cut", "twice", "nan", "zero", "deep", "not UTF-8", "empty", "not a zip"],
)
def test_a_file_that_cannot_be_read_is_refused(people, content, said):
    answer = browse(people[0]).post(PAGE, {"file": sent(content)})
    assert answer.status_code == 422 and said in words(answer)
    assert not CatalogueFile.objects.exists()


def test_the_command_refuses_what_the_page_refuses(db, tmp_path):
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(CommandError, match="không phải JSON"):
        call_command("catalogue_file", "import", tmp_path / "x.json")


def form(document):
    return document["form"]["sections"][0]["pages"]


def many_fields(document):
    page = form(document)[0]
    form(document).extend(
        {**page, "key": f"p{n}", "fields": [{**page["fields"][0], "key": f"k{n}"}], "show_if": None} for n in range(500)
    )


BAD = {
    "no document": (lambda d: d.pop("form"), "đúng các phần"),
    "a list for a map": (lambda d: d.update(code_lists=[]), "code_lists"),
    "no groups": (lambda d: d["procedure"].pop("document_groups"), "thiếu mục bắt buộc"),
    "HTML": (lambda d: d["procedure"].update(name="<script>x</script>"), "HTML"),
    "HTML in the form": (lambda d: form(d)[0]["fields"][0].update(help="<b>x</b>"), "HTML"),
    "a key twice": (lambda d: d["procedure"]["fee_lines"][1].update(key=d["procedure"]["fee_lines"][0]["key"]), "đã có"),
    "a field twice": (lambda d: form(d)[1]["fields"][0].update(key=form(d)[0]["fields"][0]["key"]), "đã có"),
    "itself": (
        lambda d: form(d)[0]["fields"][0].update(show_if={"field": form(d)[0]["fields"][0]["key"], "op": "not_empty"}),
        "trang trước"),
    "a cycle": (
        lambda d: form(d)[0]["fields"][0].update(show_if={"field": form(d)[1]["fields"][0]["key"], "op": "not_empty"}),
        "trang trước"),
    "500 fields": (many_fields, "nhiều nhất 300"),
    "a regex bomb": (lambda d: next(iter(d["form"]["formats"].values())).update(pattern="(?:a{1,9}){1,9}b"), "không dùng được"),
    "an unknown placeholder": (
        lambda d: form(d)[0]["fields"][0].update(messages={"required": "Nhập {nhan}."}), "chỗ điền"),
    "an unknown name in a result": (
        lambda d: d["procedure"]["results"][0]["template"]["lines"][0].update(field="khong_co"), "khong_co"),
    "an unknown type": (lambda d: form(d)[0]["fields"][0].update(type="file"), "kiểu mà cổng biết"),
    "another form": (lambda d: d["procedure"].update(form_key="khac"), "khóa mà thủ tục nêu"),
    "an unknown grammar": (lambda d: d["form"].update(grammar=9), "không đúng kiểu"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_a_wrong_document_is_refused_with_its_place(document, bad):
    change, said = BAD[bad]
    content = file_of(document)
    change(content["document"])
    found = files.wrong(content)
    assert found and any(said in sentence for sentence in found), found


@pytest.mark.parametrize("form", DataFolder().read("forms.json")["forms"], ids=lambda form: form["key"])
def test_every_shipped_form_passes(form):
    from procedures.eforms import expanded_form

    assert list(form_problems(expanded_form(form["key"], DataFolder().read("forms.json")))) == []


@pytest.mark.parametrize("text", ["(a+)+$", "a*", ".*", "(?:a{2}){3}", "a{1,2}{3}", "[a-z", "(?=a)", "\\d", "", "(a)"])
def test_a_pattern_that_repeats_without_bound_is_not_safe(text):
    assert not is_safe_pattern(text)


# ---------------------------------------------------------------- who owns a row
def test_a_load_shows_what_it_would_change_of_a_version_of_people(people):
    editor, second = people
    draft = drafts.start(Procedure.objects.get(code="1.001193").current, by=editor)
    shipped_name = draft.version.facts["short_name"]
    drafts.save(draft, {**draft.version.facts, "short_name": "Tên của trang"}, 0, by=editor)
    drafts.ask(VersionDraft.objects.get(), clock.today(), by=editor)
    drafts.approve(draft, VersionDraft.objects.get().version.sha256, by=second)
    load_sample(CODES)
    assert Procedure.objects.get(code="1.001193").current.facts["short_name"] == "Tên của trang"
    page = words(browse(editor).get(f"{HOME}1.001193/"))
    assert "Dữ liệu kèm bản cài nói khác" in page and shipped_name in page
    assert browse(editor).post(f"{HOME}1.001193/kem-ban-cai/").status_code == 302
    assert VersionDraft.objects.get().version.facts["short_name"] == shipped_name
    assert browse(editor).post(f"{HOME}3.000333/kem-ban-cai/").status_code == 404
    drafts.ask(VersionDraft.objects.get(), clock.today(), by=editor)
    drafts.approve(VersionDraft.objects.get(), VersionDraft.objects.get().version.sha256, by=second)
    assert not ShippedDocument.objects.exists()  # the same now


def test_a_published_document_of_a_file_is_kept_by_a_load(people, document):
    changed = copy.deepcopy(document)
    changed["procedure"]["short_name"] = "Tên trong tệp"
    assert problems(changed) == []
    files.publish(CatalogueFile.objects.create(name="x", entries=[{"name": "x", "content": file_of(changed)}]))
    load_sample(CODES)
    found = Procedure.objects.get(code="1.001193")
    assert found.short_name == found.current.facts["short_name"] == "Tên trong tệp"
    assert ShippedDocument.objects.get().procedure == found


def test_an_archive_damaged_anywhere_is_refused_in_words():
    """Each byte of an archive turned over: it is read, or refused with a sentence; no other exception leaves the reader."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("một.json", json.dumps({"format": 1, "text": "Thủ tục " * 20}))
    whole = packed.getvalue()
    for at in range(len(whole)):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            files.read("a.zip", damaged)
        except files.FileRefused as refused:
            assert str(refused)
