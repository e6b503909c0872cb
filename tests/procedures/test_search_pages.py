"""The search page around the index: guesses, choices, places in the query, counting without persons, suggestions, aliases."""

import datetime as dt
import json
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.urls import resolve, reverse

from accounts.models import AdministrativeUnit, LoginKind
from accounts.unit_search import search_text
from portal.common import clock
from procedures import search
from procedures.models import LifeEvent, Procedure, SearchAlias, SearchChoice, SearchedText, SearchOutcome
from procedures.search import asked, place_names
from procedures.search.reading import MAX_LENGTH
from procedures.search.suggestions import suggest
from tests import reference
from tests.world import load_sample, place

pytestmark = pytest.mark.django_db
BIRTH, RESIDENCE, MARITAL, TEMPORARY = "1.001193", "1.010041", "1.004873", "1.004194"


@pytest.fixture
def catalogue():
    load_sample(codes=[BIRTH, RESIDENCE, MARITAL, TEMPORARY, "1.001699", "1.000656"])


def results(client, text, **more):
    return client.get("/thu-tuc/", {"tu-khoa": text, **more})


def title_of(answer):
    return re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)[1]


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
    assert {event.audience for event in answer.context["business_events"]} == {"business"}
    assert "Cho doanh nghiệp, hộ kinh doanh" in text
    for event in answer.context["business_events"]:
        assert reverse("procedures:life_event", args=[event.slug]) in text


def test_guesses_are_marked_as_guesses(client, catalogue, monkeypatch):
    assert re.search(r"\d thủ tục", title_of(results(client, "khai sinh cho cháu")))
    monkeypatch.setattr("procedures.search.index.SURE", 99)
    answer = results(client, "khai sinh cho cháu")
    text = answer.content.decode()
    assert not answer.context["answer"].sure and answer.context["answer"].codes[0] == BIRTH
    assert "Chưa tìm thấy đúng việc" in text and "theo-viec" in text
    assert "chưa thấy đúng việc" in title_of(answer) and not re.search(r"\d thủ tục", title_of(answer))
    assert SearchedText.objects.get().outcome == SearchOutcome.GUESSES


@pytest.mark.parametrize("typed", ["giấy xác nhận", "tôi cần giấy xác nhận", "xin giấy xác nhận"])
def test_a_word_with_several_meanings_asks_which_one(client, catalogue, typed):
    text = results(client, typed).content.decode()
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


def unit(code, kind, name, parent=None, successors=()):
    """A unit as the loader writes it; abolished when there are successors."""
    short = name.split(" ", {"tinh": 1, "phuong": 1, "xa": 1, "quan": 1, "huyen": 1}.get(kind, 2))[-1]
    within = [parent.name] if parent else []
    made = AdministrativeUnit.objects.create(
        code=code, kind=kind, name=name, short_name=short, sort_key=name, search_text=search_text(short, name, within),
        parent=parent, valid_to=dt.date(2025, 6, 30) if successors else None,
    )  # fmt: skip
    made.successors.add(*successors)
    return made


@pytest.fixture
def territory():
    """Three provinces in force, of one of them two communes, and what was abolished."""
    lam_dong, city, tuyen_quang = (
        unit("t1", "tinh", "Tỉnh Lâm Đồng"),
        unit("t2", "thanh_pho_tw", "Thành phố Hồ Chí Minh"),
        unit("t3", "tinh", "Tỉnh Tuyên Quang"),
    )
    communes = [
        unit("c1", "phuong", "Phường Xuân Hương - Đà Lạt", lam_dong),
        unit("c2", "phuong", "Phường Lang Biang", lam_dong),
    ]
    wards = [unit("c3", "phuong", "Phường Sài Gòn", city), unit("c4", "phuong", "Phường Bến Thành", city)]
    dien_bien = unit("t4", "tinh", "Tỉnh Điện Biên")
    towns = [unit("c5", "phuong", "Phường Điện Biên Phủ", dien_bien), unit("c6", "phuong", "Phường Mường Thanh", dien_bien)]
    unit("o1", "thanh_pho", "Thành phố Đà Lạt", lam_dong, communes)
    unit("o2", "quan", "Quận 1", city, wards)
    unit("o3", "phuong", "Phường 1", lam_dong, communes[:1])
    unit("o4", "tinh", "Tỉnh Hà Giang", None, [tuyen_quang])
    unit("o5", "thanh_pho", "Thành phố Điện Biên Phủ", dien_bien, towns)
    ha_noi = unit("t5", "thanh_pho_tw", "Thành phố Hà Nội")
    wards = [unit("c7", "phuong", "Phường Ngọc Hà", ha_noi), unit("c8", "phuong", "Phường Giảng Võ", ha_noi)]
    unit("o6", "quan", "Quận Ba Đình", ha_noi, wards)
    unit("o7", "xa", "Xã Ba", tuyen_quang, [unit("c9", "xa", "Xã Sông Vàng", tuyen_quang)])
    unit("c10", "xa", "Xã Tuyên Quang", lam_dong)
    unit("c11", "xa", "Xã Tuyên Quang", ha_noi)


@pytest.mark.parametrize(
    ("text", "province", "commune", "was", "rest"),
    [
        ("tạm trú đà lạt", "t1", "", "Thành phố Đà Lạt, Tỉnh Lâm Đồng", "tạm trú"),
        ("tam tru tp da lat", "t1", "", "Thành phố Đà Lạt, Tỉnh Lâm Đồng", "tam tru"),
        ("tạm trú Quận 1", "t2", "", "Quận 1, Thành phố Hồ Chí Minh", "tạm trú"),
        ("khai sinh ở tỉnh Hà Giang", "t3", "", "Tỉnh Hà Giang", "khai sinh ở"),
        ("tạm trú Điện Biên Phủ, Điện Biên", "t4", "", "", "tạm trú điện biên phủ"),
        ("tạm trú Buôn Ma Thuột, Lâm Đồng", "t1", "", "", "tạm trú buôn ma thuột"),
        ("tạm trú Điện Biên Phủ", "t4", "", "Thành phố Điện Biên Phủ, Tỉnh Điện Biên", "tạm trú"),
        ("tạm trú phường Điện Biên Phủ", "t4", "c5", "", "tạm trú"),
        ("tạm trú phường Điện Biên Phủ tỉnh Điện Biên", "t4", "c5", "", "tạm trú"),
        ("sửa nhà 12 đường Điện Biên Phủ TPHCM", "t2", "", "", "sửa nhà 12 đường điện biên phủ"),
        ("tạm trú xã Lâm Đồng", "t1", "", "", "tạm trú xã"),
        ("tạm trú quận 1 tphcm", "t2", "", "Quận 1, Thành phố Hồ Chí Minh", "tạm trú"),
        ("tạm trú quận Ba Đình", "t5", "", "Quận Ba Đình, Thành phố Hà Nội", "tạm trú"),
    ],
)
def test_a_place_is_the_province_of_what_is_there_now(territory, text, province, commune, was, rest):
    found = place_names.find(text)
    assert (found.province, found.commune, found.was, found.rest) == (province, commune, was, rest)


@pytest.mark.parametrize("text", ["sửa nhà đường Điện Biên Phủ", "tạm trú xã Tuyên Quang"])
def test_a_street_or_a_name_that_several_communes_have_is_no_place(territory, text):
    assert place_names.find(text) is None


@pytest.mark.parametrize("communes", [30, 70])
def test_many_abolished_units_of_one_name_take_four_queries(territory, django_assert_max_num_queries, communes):
    first, other = (AdministrativeUnit.objects.get(code=code) for code in ("c1", "c3"))
    for number in range(communes):
        unit(f"n{number}", "xa", "Xã Tân Thành", None, [first if number == communes - 1 else other])
    with django_assert_max_num_queries(4):
        assert place_names.find("đăng ký tạm trú xã tân thành") is None
    with django_assert_max_num_queries(4):
        found = place_names.find("đăng ký tạm trú xã tân thành, lâm đồng")
    assert (found.province, found.commune) == ("t1", "c1"), "the last of them"


def test_the_page_says_what_it_understood_and_promises_no_desk_elsewhere(client, catalogue, territory):
    text = results(client, "tạm trú hà giang").content.decode()
    said = text[text.index('id="noi-da-hieu"') : text.index("</p>", text.index('id="noi-da-hieu"'))]
    assert "Nơi trong câu tìm" in said and "Tỉnh Tuyên Quang" in said and "Tỉnh Hà Giang" in said
    assert "Thủ tục nào nộp được ở đó trên cổng này thì nơi nộp được chọn sẵn" in said
    assert opened(client, TEMPORARY, tinh="t3").context["choice"].province is None, "not offered there: nothing is chosen"


def test_a_suggestion_keeps_the_place(client, catalogue):
    commune = AdministrativeUnit.objects.get(name="Phường Mường Thanh")
    rows = json.loads(client.get("/thu-tuc/goi-y/", {"q": "dang ky tam tru phuong muong thanh"}).content)["results"]
    assert rows[0]["url"].startswith(f"/thu-tuc/{TEMPORARY}/") and rows[0]["url"].endswith(f"?tinh=11&xa={commune.code}")


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
        "lò văn phương",
        "lo van phuong",
        "quàng thị mai",
        "giấy của vàng a sùng",
        "giàng a páo",
        "giang a pao",
        "nông quốc tuấn khai sinh",
        "y thị hồng",
        "lường hồng ánh",
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


@pytest.mark.parametrize(
    "text",
    [
        "lý lịch tư pháp",
        "hồ sơ xin học",
        "Giấy Phép Bay",
        "mẫu ct01",
        "làm visa đi hàn",
        "quảng cáo tấm lớn",
        "tổng kết cuối năm",
        "cấm xe tải mấy giờ",
        "giấy tờ gì ạ",
        "tôi vẫn chờ",
        "cho hỏi thì sao",
        "lương hưu",
        "mua con xe vision ngoài tiệm",
        "đổi sổ ở kiên giang cũ",
    ],
)
def test_what_is_about_no_person_is_kept(text):
    pairs = {("ly", "lich"), ("ho", "so"), ("luong", "huu")}
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
    assert dict(SearchedText.objects.values_list("text", "times")) == {"ba": 1, "hai": 2}, "the oldest asked once went"
    asked.count("ba", SearchOutcome.NOTHING)
    asked.count("bốn", SearchOutcome.NOTHING)
    assert dict(SearchedText.objects.values_list("text", "times")) == {"ba": 2, "hai": 2}, "none was asked once"
    SearchedText.objects.filter(text="ba").update(times=1)
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
    again = client.post(reverse("admin:procedures_searchedtext_changelist"), chosen, follow=True)
    assert "Đã thêm 0 cách gọi" in again.content.decode() and SearchAlias.objects.count() == 1


@pytest.mark.parametrize("may_add", [False, True])
def test_to_make_aliases_one_must_be_allowed_to_add_them(rf, may_add):
    user = get_user_model().objects.create_user(username="nguoi-xem", kind=LoginKind.STAFF, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_searchedtext"))
    if may_add:
        user.user_permissions.add(Permission.objects.get(codename="add_searchalias"))
    request = rf.get("/")
    request.user = user
    assert ("make_aliases" in admin.site.get_model_admin(SearchedText).get_actions(request)) == may_add


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
    assert len(answer.context["asked"]) <= MAX_LENGTH
    assert answer.status_code == 200 and "<script>alert" not in answer.content.decode()


# ---------------------------------------------------------------- data


def test_the_phrases_are_valid_and_no_measuring_query_stands_among_them():
    script = settings.BASE_DIR / "data" / "everyday.py"
    run = subprocess.run([sys.executable, script, "check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_a_measuring_query_or_a_repeat_among_the_topics_is_named(monkeypatch, tmp_path):
    script = reference.module("everyday")
    monkeypatch.setattr(script, "TOPICS", tmp_path / "outside.txt")
    script.TOPICS.write_text("# topics\nMật khẩu WiFi là gì?, trời mưa\ntroi mua\n", "utf-8")
    assert script.problems() == [
        "a query of a measuring file: mat khau wifi la gi (outside.txt)",
        "twice: troi mua (outside.txt)",
    ]


@pytest.mark.slow
def test_the_check_of_the_data_knows_the_codes_of_all_measuring_queries(monkeypatch, capsys):
    check = reference.module("check")
    strange = {"dev": "1.000671", "judge": "9.999991", "lot": "9.999992"}  # the first is not curated

    def load(name):
        content = json.loads((settings.DATA_DIR / name).read_text("utf-8"))
        for file, code in strange.items():
            if name == f"search_queries_{file}.json":
                content["queries"][0]["expected"] = [code]
        return content

    monkeypatch.setattr(check, "load", load)
    assert check.main() == 1
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ERROR: search_queries")]
    assert [line.split()[-1] for line in said] == list(strange.values())


def test_every_life_event_has_procedures_and_every_curated_procedure_a_home(client):
    groups = json.loads((settings.DATA_DIR / "life_events.json").read_text("utf-8"))["groups"]
    assert all(group["sample_procedures"] or any(part["procedures"] for part in group["subgroups"]) for group in groups)
    homes = {code for group in groups for code in group["sample_procedures"]}
    curated = {row["code"] for row in json.loads((settings.DATA_DIR / "procedures.json").read_text("utf-8"))["procedures"]}
    assert curated <= homes
    assert next(group for group in groups if group["code"] == "COCONNHO")["sample_procedures"][0] == BIRTH


def test_the_first_of_a_life_event_is_what_people_come_for(client, catalogue):
    event = LifeEvent.objects.get(code="COCONNHO")
    page = client.get(reverse("procedures:life_event", args=[event.slug]))
    assert [card.procedure.code for card in page.context["own"]][:1] == [BIRTH]
