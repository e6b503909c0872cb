"""The search page around the index: guesses, choices, places in the query, counting without persons, suggestions, aliases."""

import datetime as dt
import importlib.util
import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import resolve, reverse

from portal.common import clock
from procedures import search
from procedures.models import LifeEvent, Procedure, SearchAlias, SearchChoice, SearchedText, SearchOutcome
from procedures.search import asked, place_names
from procedures.search.suggestions import suggest
from tests.world import load_sample, place

pytestmark = pytest.mark.django_db
BIRTH, RESIDENCE, MARITAL, TEMPORARY = "1.001193", "1.010041", "1.004873", "1.004194"


@pytest.fixture
def catalogue():
    load_sample(codes=[BIRTH, RESIDENCE, MARITAL, TEMPORARY, "1.001699", "1.000656"])


def results(client, text, **more):
    return client.get("/thu-tuc/", {"tu-khoa": text, **more})


def opened(client, code, **query):
    return client.get(reverse("procedures:procedure", args=[code, Procedure.objects.get(code=code).slug]), query)


def test_a_situation_told_in_a_sentence_finds_the_procedure(client, catalogue):
    answer = results(client, "nhà em vừa có em bé thì phải làm những giấy gì")
    assert answer.context["answer"].codes[0] == BIRTH and answer.context["answer"].sure


def test_nothing_found_offers_life_events_and_the_hotline_and_is_no_dead_end(client, catalogue):
    answer = results(client, "thời tiết ngày mai ra sao")
    text = answer.content.decode()
    assert answer.context["answer"].codes == [] and "Chưa tìm thấy thủ tục nào" in text
    assert reverse("procedures:life_event", args=["co-con-nho"]) in text and "tel:" in text


def test_guesses_are_marked_as_guesses(client, catalogue, monkeypatch):
    monkeypatch.setattr("procedures.search.index.SURE", 99)
    answer = results(client, "khai sinh cho cháu")
    text = answer.content.decode()
    assert not answer.context["answer"].sure and answer.context["answer"].codes[0] == BIRTH
    assert "Chưa tìm thấy đúng việc" in text and "theo-viec" in text
    assert SearchedText.objects.get().outcome == SearchOutcome.GUESSES


def test_a_word_with_several_meanings_asks_which_one(client, catalogue):
    text = results(client, "giấy xác nhận").content.decode()
    asked_which = text[text.index('id="loai-nao"') : text.index("</nav>", text.index('id="loai-nao"'))]
    for code in (RESIDENCE, MARITAL):
        assert Procedure.objects.get(code=code).short_name in asked_which
    assert 'id="loai-nao"' not in results(client, "khai sinh").content.decode()


# ---------------------------------------------------------------- places


def test_a_place_in_the_query_chooses_the_place_not_the_procedure(client, catalogue):
    unit = place("11.X004")
    answer = results(client, f"đăng ký tạm trú {unit.name}")
    assert answer.context["answer"].codes[0] == TEMPORARY
    assert answer.context["answer"].place.commune == "11.X004"
    assert "tinh=11" in answer.content.decode() and "xa=11.X004" in answer.content.decode()
    assert unit.name in answer.content.decode()


def test_an_old_name_stands_for_its_successor(catalogue):
    unit = place("11.X004")
    old = type(unit).objects.create(
        code="cu.1", kind="phuong", name="Phường Cũ Kỹ", short_name="Cũ Kỹ", sort_key="x", search_text=" cu ky | phuong cu ky |",
        valid_to=dt.date(2025, 6, 30),
    )  # fmt: skip
    old.successors.add(unit)
    found = place_names.find("làm khai sinh ở phuong cu ky")
    assert (found.commune, found.was, found.rest) == ("11.X004", "Phường Cũ Kỹ", "làm khai sinh ở")


def test_no_place_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert place_names.find("khai sinh cho con") is None


# ---------------------------------------------------------------- counting


@pytest.mark.parametrize(
    "text",
    [
        "012345678901",
        "0912 345 678",
        "khai sinh 0912.345.678",
        "nguyễn văn an",
        "tran thi bich",
        "giấy của Phạm Quỳnh Anh",
        "an@example.com",
        "http://example.com",
        "<script>alert(1)</script>",
        "a " * 60,
        "",
        "???",
    ],
)
def test_what_may_be_about_a_person_is_not_kept(catalogue, text):
    assert asked.kept_text(text, search.catalogue().index.pairs) == ""


@pytest.mark.parametrize("text", ["lý lịch tư pháp", "hồ sơ xin học", "Giấy Phép Bay", "mẫu ct01"])
def test_what_is_about_no_person_is_kept(text):
    pairs = {("ly", "lich"), ("ho", "so")}
    assert asked.kept_text(text, pairs) == text.lower()


def test_queries_without_a_certain_answer_are_counted_without_person(client, catalogue):
    for _ in range(2):
        results(client, "Thời tiết hôm nay")
    client.head("/thu-tuc/", {"tu-khoa": "thời tiết hôm nay"})
    results(client, "khai sinh")
    results(client, "thời tiết của nguyễn văn an")
    row = SearchedText.objects.get()
    assert (row.text, row.times, row.outcome) == ("thời tiết hôm nay", 2, SearchOutcome.NOTHING)
    assert {field.name for field in SearchedText._meta.fields} == {"id", "text", "outcome", "times", "last_on"}


def test_what_is_opened_from_results_is_counted(client, catalogue):
    assert "tu-khoa=khai+sinh" in results(client, "khai sinh").content.decode()
    for _ in range(2):
        assert opened(client, BIRTH, **{"tu-khoa": "khai sinh"}).status_code == 200
    opened(client, BIRTH)
    row = SearchChoice.objects.get()
    assert (row.searched.text, row.procedure.code, row.times) == ("khai sinh", BIRTH, 2)


def test_a_search_is_answered_when_it_cannot_be_counted_in_a_database_that_is_read_only(client, catalogue):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        assert results(client, "thời tiết hôm nay").status_code == 200
        assert opened(client, BIRTH, **{"tu-khoa": "khai sinh"}).status_code == 200
    assert not SearchedText.objects.exists()


def test_a_locked_table_does_not_keep_a_search_waiting():
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
            cursor.execute(f"LOCK TABLE {SearchedText._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        asked.count("thời tiết hôm nay", SearchOutcome.NOTHING)
    finally:
        other.rollback()
        other.close()
    assert not SearchedText.objects.exists()


def test_no_row_stays_locked_while_a_page_that_counts_is_rendered():
    for name, args in (("search", []), ("procedure", [BIRTH, "khai-sinh"])):
        view = resolve(reverse(f"procedures:{name}", args=args)).func
        assert "default" in getattr(view, "_non_atomic_requests", ())


def test_counting_takes_three_statements(catalogue, django_assert_max_num_queries):
    asked.count("mưa", SearchOutcome.NOTHING)
    with django_assert_max_num_queries(4):  # the limits, the row, and the transaction
        asked.count("mưa", SearchOutcome.NOTHING)


def test_the_table_of_texts_stays_small_and_forgets(catalogue, monkeypatch):
    monkeypatch.setattr(asked, "MAX_ROWS", 2)
    for text in ("một", "hai", "ba", "hai"):
        asked.count(text, SearchOutcome.NOTHING)
    assert dict(SearchedText.objects.values_list("text", "times")) == {"một": 1, "hai": 2}
    SearchedText.objects.update(last_on=clock.today() - asked.ONCE_KEPT_FOR - dt.timedelta(days=1))
    asked.expire()
    assert list(SearchedText.objects.values_list("text", flat=True)) == ["hai"]


# ---------------------------------------------------------------- aliases


def test_one_click_makes_a_counted_query_an_alias(client, catalogue):
    text = "tờ giấy lạ lùng kia"
    SearchedText.objects.create(text=text, outcome=SearchOutcome.NOTHING, last_on=clock.today())
    opened(client, MARITAL, **{"tu-khoa": text})
    client.force_login(get_user_model().objects.create_superuser(username="quan-tri", password="demo"))
    page = client.get(reverse("admin:procedures_searchedtext_changelist"))
    assert page.status_code == 200 and text in page.content.decode()
    chosen = {"action": "make_aliases", "_selected_action": [SearchedText.objects.get().pk]}
    client.post(reverse("admin:procedures_searchedtext_changelist"), chosen)
    assert SearchAlias.objects.get().procedure.code == MARITAL
    assert search.find(text).codes[0] == MARITAL


# ---------------------------------------------------------------- suggestions


def test_suggestions_go_on_as_typed(client, catalogue, django_assert_max_num_queries):
    suggest("đăng")
    with django_assert_max_num_queries(4):
        answer = client.get("/thu-tuc/goi-y/", {"q": "xac nhan tinh tr"})
    rows = json.loads(answer.content)["results"]
    assert rows[0]["title"] == Procedure.objects.get(code=MARITAL).short_name and rows[0]["url"].startswith("/thu-tuc/1.004873/")
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not SearchedText.objects.exists()


@pytest.mark.parametrize("text", ["", "k", "???", "thời tiết hôm nay", "\u202e", "zzzz " * 500])
def test_nothing_to_suggest_is_an_empty_list(client, catalogue, text):
    assert json.loads(client.get("/thu-tuc/goi-y/", {"q": text}).content) == {"results": []}


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "text",
    [
        "khai sinh " * 250,
        "a" * 2048,
        "của là thì và với để được",
        "🙂🙂🙂",
        "' OR 1=1; DROP TABLE procedures_procedure; --",
        "\u202ehnis iahk\u202c",
        "<script>alert(1)</script>",
        "%_%_%",
        "xã phường huyện quận tỉnh",
        "phường " * 60,
    ],
)
def test_hostile_queries_are_answered_calmly(client, catalogue, text, django_assert_max_num_queries):
    search.catalogue()
    with django_assert_max_num_queries(16):
        answer = results(client, text)
    assert answer.status_code == 200 and "<script>alert" not in answer.content.decode()


# ---------------------------------------------------------------- data


def test_the_phrases_are_valid_and_no_measuring_query_stands_among_them():
    script = settings.BASE_DIR / "data" / "everyday.py"
    run = subprocess.run([sys.executable, script, "check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_a_measuring_query_or_a_repeat_among_the_topics_is_named(monkeypatch, tmp_path):
    path = settings.BASE_DIR / "data" / "everyday.py"
    spec = importlib.util.spec_from_file_location("everyday_script", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "TOPICS", tmp_path / "outside.txt")
    script.TOPICS.write_text("# topics\nMật khẩu WiFi là gì?, trời mưa\ntroi mua\n", "utf-8")
    assert script.problems() == [
        "a query of a measuring file: mat khau wifi la gi (outside.txt)",
        "twice: troi mua (outside.txt)",
    ]


def test_every_life_event_has_procedures_and_every_curated_procedure_a_home(client):
    groups = json.loads((settings.DATA_DIR / "life_events.json").read_text("utf-8"))["groups"]
    assert all(group["sample_procedures"] or any(part["procedures"] for part in group["subgroups"]) for group in groups)
    homes = {code for group in groups for code in group["sample_procedures"]}
    curated = {row["code"] for row in json.loads((settings.DATA_DIR / "procedures.json").read_text("utf-8"))["procedures"]}
    assert curated <= homes
    assert next(group for group in groups if group["code"] == "COCONNHO")["sample_procedures"][0] == BIRTH


def test_the_first_of_a_life_event_is_what_people_come_for(client, catalogue):
    event = LifeEvent.objects.get(code="COCONNHO")
    text = client.get(reverse("procedures:life_event", args=[event.slug])).content.decode()
    assert f"/thu-tuc/{BIRTH}/" in text
