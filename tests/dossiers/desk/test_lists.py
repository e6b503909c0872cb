"""Lists of the desk: filters in the address, order by any column, search, saved lists, the Excel file."""

import datetime as dt
import io
import unicodedata
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers import workflow
from dossiers.desk import filters, ordering, queues, saved_lists
from dossiers.desk.search import Folded, search
from dossiers.models import Dossier, SavedList
from portal.common import clock
from portal.common.vietnamese import fold
from tests import factories, world
from tests.databases import past_the_triggers
from tests.dossiers.desk.test_queue import WEDNESDAY, codes, many_dossiers
from tests.dossiers.pages import browse

QUEUE = "/can-bo/"


@pytest.fixture
def listed(desk):
    """Function: codes of the list with these words in its address, as this user sees it (the clerk)."""

    def listed(user=None, **query):
        words = {word.replace("_", "-"): value for word, value in query.items()}
        return codes(browse(user or desk.clerk).get(reverse("desk:queue"), words))

    return listed


def test_filters_stand_in_the_address_and_can_be_combined(desk, listed):
    with clock.at(WEDNESDAY - dt.timedelta(days=5)):
        old = desk.submitted()
    with clock.at(WEDNESDAY):
        new, at_work = desk.submitted(), desk.processing()
        held = workflow.advance(desk.submitted(), "assign", actor=desk.head, holder=desk.clerk)
        everything = {"nhom": "tat-ca"}
        assert set(listed(**everything, tu="25/11/2026")) == {new.code, at_work.code, held.code}
        assert listed(**everything, den="2026-11-24") == [old.code]
        assert listed(**everything, han="qua-han") == [old.code]
        assert listed(**everything, buoc="PROCESSING") == [at_work.code]
        assert listed(**everything, buoc=at_work.open_steps[0].name) == [at_work.code]
        assert listed(**everything, nguoi="toi") == [held.code]
        assert held.code not in listed(**everything, nguoi="chua-giao")
        assert set(listed(**everything, co_quan=new.receiving_agency.code, tu="25/11/2026", nguoi="chua-giao")) == {
            new.code,
            at_work.code,
        }
        assert listed(**everything, co_quan="H36.X001.CA") == []


def test_values_that_mean_nothing_filter_nothing(desk, listed):
    dossier = desk.submitted()
    for word in [*filters.FILTERS, "xep", "sau", "truoc", "tim"]:
        if word in ("thu-tuc", "co-quan", "buoc"):  # any text may be a code or a name
            continue
        for value in ("x", "-1", "99999999999999999999999", "31/02/2026", "9999-12-31", "0001-01-01", "' OR 1=1", "١"):
            assert listed(nhom="tat-ca", **{word: value}) == [dossier.code], (word, value)
    page = browse(desk.clerk).get(reverse("desk:queue"), {"tu": "31/02/2026"})
    assert "Ghi một ngày có thật" in page.content.decode()


def test_a_dossier_is_new_until_this_person_has_seen_what_happened_last(desk, listed):
    dossier = desk.submitted()
    assert listed(nhom="tat-ca", chua_doc="1") == [dossier.code]
    browse(desk.clerk).get(reverse("desk:dossier", args=[dossier.code]))
    assert listed(nhom="tat-ca", chua_doc="1") == []
    assert listed(desk.head, nhom="tat-ca", chua_doc="1") == [dossier.code]
    workflow.advance(dossier, "assign", actor=desk.head, holder=desk.clerk)
    assert listed(nhom="tat-ca", chua_doc="1") == [dossier.code]


def test_priority_groups_are_marked_where_the_data_say_so_and_only_for_who_reads_answers(desk, listed):
    old = desk.submitted(submitter=factories.citizen(person_facts={"birth_date": "1950-02-03"}))
    plain = desk.submitted(submitter=factories.citizen(person_facts={"birth_date": "1990-02-03"}))
    disabled = desk.submitted(submitter=factories.citizen(person_facts={"birth_date": "1990-02-03"}))
    with past_the_triggers():
        Dossier.objects.filter(pk=disabled.pk).update(asked={"priority_group": "nguoi_khuyet_tat"})

    assert set(listed(nhom="tat-ca", uu_tien="1")) == {old.code, disabled.code}
    assert listed(nhom="tat-ca", uu_tien="nguoi-cao-tuoi") == [old.code]
    assert listed(nhom="tat-ca", xep="uu-tien")[-1] == plain.code
    page = browse(desk.clerk).get(reverse("desk:queue"), {"nhom": "tat-ca"})
    assert {row["dossier"].code: row["priority"] for row in page.context["rows"]} == {
        old.code: ["Người cao tuổi"], disabled.code: ["Người khuyết tật"], plain.code: [],
    }  # fmt: skip
    inspector = factories.user(inspector="H18")
    masked = browse(inspector).get(reverse("desk:queue"), {"nhom": "tat-ca", "uu-tien": "1"})
    assert len(codes(masked)) == 3 and not any(row["priority"] for row in masked.context["rows"])


# ---------------------------------------------------------------- order
@pytest.mark.parametrize("key", sorted(ordering.COLUMNS))
@pytest.mark.parametrize("falling", [False, True])
def test_pages_in_every_order_lose_and_double_no_row(desk, key, falling):
    many_dossiers(desk, 11)
    with past_the_triggers():
        for n, row in enumerate(Dossier.objects.order_by("pk")[:4]):
            Dossier.objects.filter(pk=row.pk).update(holder=[desk.clerk, desk.head][n % 2], closed_at=clock.now())
    column, dossiers = ordering.COLUMNS[key], queues.dossiers_at_work(desk.clerk)
    whole = [row.pk for row in ordering.ordered(dossiers, column, falling=falling)]
    pages, after = [], ""
    while True:
        page = ordering.keyset_page(dossiers, column, falling=falling, after=after, size=4)
        pages.append([row.pk for row in page.rows])
        if not page.after:
            break
        after = page.after
    assert sum(pages, []) == whole
    back = ordering.keyset_page(dossiers, column, falling=falling, before=page.before, size=4)
    assert [row.pk for row in back.rows] == pages[-2]


def test_headings_are_links_that_say_how_the_list_is_ordered(desk):
    desk.submitted(submitter=factories.citizen(person_facts={"full_name": "Đinh Văn Út"}))
    desk.submitted(submitter=factories.citizen(person_facts={"full_name": "Dương Thị Ba"}))
    page = browse(desk.clerk).get(reverse("desk:queue"), {"xep": "chu"})
    assert [row["dossier"].subject_name for row in page.context["rows"]] == ["Dương Thị Ba", "Đinh Văn Út"]
    heading = next(column for column in page.context["columns"] if column["key"] == "chu")
    assert heading["sort"] == "ascending" and "xep=-chu" in heading["href"]
    assert page.content.decode().count("aria-sort=") == 1


def test_no_key_of_a_page_names_a_person(desk):
    many_dossiers(desk, 3)
    for column in ordering.COLUMNS.values():
        page = ordering.keyset_page(queues.dossiers_at_work(desk.clerk), column, size=2)
        assert "Quàng" not in page.after and all(char.isdigit() or char in "_-:.T+" for char in page.after), column.key


def test_who_works_at_several_desks_sees_which(desk):
    dossier = desk.submitted()
    one = browse(desk.clerk).get(reverse("desk:queue"))
    assert "noi" not in [column["key"] for column in one.context["columns"]]
    several = factories.user(receiving_clerk=[dossier.receiving_agency.code, "H36.X001.CA", "H18.X005.CA"])
    page = browse(several).get(reverse("desk:queue"))
    assert "noi" in [column["key"] for column in page.context["columns"]]
    assert dossier.receiving_agency.name in page.content.decode()


# ---------------------------------------------------------------- search
@pytest.fixture
def found(desk):
    return lambda words: list(search(queues.dossiers_at_work(desk.clerk), words, desk.clerk))


def test_search_finds_by_part_of_the_code_phone_and_words_of_the_procedure(desk, found):
    citizen = factories.citizen(person_facts={"full_name": "Lường Thị Phượng Vỹ", "phone": "+84912345678"})
    dossier = desk.submitted(submitter=citizen)
    day, sequence = dossier.code.split("-")[1:]
    name = "Phượng Lường"
    typed = [f"{day}-{sequence}", f"{day} – {sequence}", day, sequence, name, unicodedata.normalize("NFD", name), "phuong luong"]
    if dossier.subject_phone:
        typed += ["0912 345 678", "+84 912.345.678"]
    typed += [dossier.version.procedure.code, dossier.version.procedure.short_name]
    for words in typed:
        assert found(words) == [dossier], words
    for words in ("ường", "0912345679", f"{day}-9999", "26", "đăng ký tàu bay", "___", "%%%%"):
        assert found(words) == [], words


def test_masked_numbers_are_not_found_by_who_sees_them_masked(desk):
    citizen = factories.citizen(person_facts={"id_number": "011999000777", "phone": "+84912345678"})
    desk.submitted(submitter=citizen)
    inspector = factories.user(inspector="H18")
    for words in ("011999000777", "0777", "0912345678"):
        assert not search(queues.dossiers_at_work(inspector), words, inspector).exists()


def test_words_of_a_search_stand_in_no_address_of_the_page(desk):
    desk.submitted()
    page = browse(desk.clerk).post(reverse("desk:queue"), {"tu-khoa": "011999000777", "han": "qua-han"}, follow=True)
    address = page.redirect_chain[-1][0]
    assert "tim=" in address and "han=qua-han" in address and "0777" not in address
    assert all("0777" not in column["href"] and "tim=" in column["href"] for column in page.context["columns"])


# ---------------------------------------------------------------- saved lists
def save(user, name, **facts):
    return browse(user).post(reverse("desk:save_list"), {"ten": name, "nhom": "tat-ca", "han": "qua-han", **facts})


def test_a_list_is_saved_opened_and_deleted_by_its_owner_only(desk):
    save(desk.clerk, "Trễ của xã")
    save(desk.clerk, "Trễ của xã", xep="chu")  # the same name: replaced
    row = SavedList.objects.get()
    assert row.query == {"nhom": "tat-ca", "han": "qua-han", "xep": "chu"}
    page = browse(desk.clerk).get(reverse("desk:queue"), row.query)
    assert [(item["label"], item["current"]) for item in page.context["saved"]] == [("Trễ của xã", True)]
    assert browse(desk.head).get(reverse("desk:queue")).context["saved"] == []
    assert browse(desk.head).post(reverse("desk:delete_list", args=[row.pk])).status_code == 404
    browse(desk.clerk).post(reverse("desk:delete_list", args=[row.pk]))
    assert not SavedList.objects.exists()


def test_only_a_head_shares_a_list_and_only_with_their_body(desk):
    body = desk.submitted().receiving_agency
    assert save(desk.clerk, "Chung", chung=body.pk).status_code == 404
    save(desk.head, "Chung", chung=body.pk)
    assert save(desk.head, "Chung", chung=world.agency("H36.X001.CA").pk).status_code == 404
    assert [item["label"] for item in saved_lists.of(desk.clerk, {})] == ["Chung"]
    assert saved_lists.of(factories.user(receiving_clerk="H36.X001.CA"), {}) == []
    row = SavedList.objects.get()
    assert browse(desk.clerk).post(reverse("desk:delete_list", args=[row.pk])).status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_list_without_a_usable_name_is_not_saved(desk, name):
    save(desk.clerk, name)
    assert not SavedList.objects.exists()


def test_the_number_of_lists_of_a_person_has_an_end(desk):
    rows = [SavedList(owner=desk.clerk, name=str(n), query={}) for n in range(saved_lists.MAX_LISTS)]
    SavedList.objects.bulk_create(rows)
    save(desk.clerk, "thêm")
    assert SavedList.objects.count() == saved_lists.MAX_LISTS


# ---------------------------------------------------------------- Excel, queries
def test_the_excel_file_holds_the_list_and_no_formula(desk):
    dossier = desk.submitted(submitter=factories.citizen(person_facts={"full_name": "=HYPERLINK(1)"}))
    response = browse(desk.clerk).get(reverse("desk:export"), {"nhom": "tat-ca"})
    parts = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    strings = parts.read("xl/sharedStrings.xml").decode()
    assert dossier.code in strings and "=HYPERLINK(1)" in strings and dossier.subject_id_number not in strings
    assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert browse(factories.citizen()).get(reverse("desk:export")).status_code == 404


def test_a_foreign_body_exports_nothing(desk):
    dossier = desk.submitted()
    stranger = factories.user(receiving_clerk="H36.X001.CA")
    response = browse(stranger).get(reverse("desk:export"), {"nhom": "tat-ca"})
    parts = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert dossier.code not in parts.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize(
    "query", ["", "&xep=chu", "&xep=-giay-to", "&han=7-ngay&chua-doc=1&uu-tien=1&nguoi=chua-giao", "&buoc=Thẩm+tra"]
)
def test_no_list_needs_more_queries_for_more_rows(desk, query):
    many_dossiers(desk, 4)
    client, address = browse(desk.clerk), f"{reverse('desk:queue')}?nhom=tat-ca{query}"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    many_dossiers(desk, 30)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 27


def test_nobody_without_a_login_sees_saved_lists(client, desk):
    assert client.post(reverse("desk:save_list"), {"ten": "x"}).status_code == 302
    assert not SavedList.objects.exists()


def test_the_database_takes_accents_off_as_the_words_typed_lose_theirs(db):
    letters = [chr(number) for start, end in ((0xC0, 0x250), (0x370, 0x530), (0x1EA0, 0x1EFA)) for number in range(start, end)]
    plain = [letter for letter in letters if len(fold(letter)) == 1 and fold(letter).isascii() and fold(letter).isalnum()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {Folded.template % {'expressions': '%s'}}", ["".join(plain)])
        assert cursor.fetchone()[0] == "".join(map(fold, plain))
    assert len(plain) > 400
