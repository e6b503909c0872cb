"""The public pages of the catalogue: complete, with the right level, cacheable, with a fixed number of queries."""

import html
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.common import clock
from procedures.cards import cards, different_official_name
from procedures.models import LifeEvent, Offering, Procedure
from procedures.prices import PriceRange
from procedures.search.text import search_columns
from procedures.wording import Wording, plain, price
from tests import reference, world
from tests.portal.test_weight import LIMIT, weight
from tests.world import load_sample

pytestmark = pytest.mark.django_db
RESIDENCE, RECORD, MARITAL, POOR, COPY, BRAND = "1.010041", "3.000333", "1.004873", "1.011606", "2.000815", "1.015002"
UNIT = {"tinh": "11", "xa": "11.X004"}


@pytest.fixture
def catalogue():
    load_sample(codes=[RESIDENCE, RECORD, MARITAL, POOR, COPY, BRAND, "1.001193"])


@pytest.fixture
def listed():
    """An entry of the index only."""
    row = {"code": "1.000010", "name": "Đánh giá, chứng nhận năng lực cơ sở thử nghiệm"}
    facts = {
        "audience": ["citizen"],
        "province": True,
        "channels": [{"channel": "online", "times": [{"value": 1.5, "unit": "working_day"}]}],
    }
    return Procedure.objects.create(
        **row, declared_level=4, promulgator="Bộ Xây dựng", facts=facts, **search_columns(row["code"], row["name"], None, facts)
    )


def text_of(response):
    """The visible text: without tags, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ").split())


def page(client, code, **asked):
    return client.get(reverse("procedures:procedure", args=[code, Procedure.objects.get(code=code).slug]), asked)


# ---------------------------------------------------------------- cache and queries


@pytest.mark.parametrize("path", ["/", "/thu-tuc/", "/thu-tuc/?tu-khoa=khai+sinh", "/su-kien/co-con-nho/"])
def test_pages_without_a_session_may_be_kept_and_are_not_sent_twice(client, catalogue, path):
    first = client.get(path)
    assert first["Cache-Control"] == "public, max-age=60" and "Cookie" in first["Vary"]
    assert not first.cookies
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_with_a_session_a_page_belongs_to_one_person(client, catalogue):
    client.cookies[settings.SESSION_COOKIE_NAME] = "gia-tri"
    assert client.get("/")["Cache-Control"] == "private, no-cache"


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_rows(client, django_assert_max_num_queries):
    load_sample(codes=[RESIDENCE])
    client.get("/thu-tuc/")
    few = {
        path: _queries(client, path)
        for path in ("/thu-tuc/", "/thu-tuc/?muc=nop-tren-mang", "/su-kien/cu-tru-va-giay-to-tuy-than/", "/")
    }
    load_sample(codes=list(reference.procedures())[:40], provinces=["H18"])
    client.get("/thu-tuc/")
    assert {path: _queries(client, path) for path in few} == few
    assert max(few.values()) <= 7


def test_a_procedure_page_asks_a_fixed_number_of_questions(client, catalogue):
    assert _queries(client, _path(RESIDENCE)) <= 7
    assert _queries(client, _path(RESIDENCE) + "?tinh=11&xa=11.X004") <= 7


def _path(code):
    return reverse("procedures:procedure", args=[code, Procedure.objects.get(code=code).slug])


def _queries(client, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len([query for query in queries if "SAVEPOINT" not in query["sql"]])


@pytest.mark.slow
def test_a_first_visit_to_any_page_is_light(client):
    load_sample(codes=list(reference.procedures()), provinces=["H18", "H36", "H50"])
    lists = ["/", "/thu-tuc/", "/su-kien/cu-tru-va-giay-to-tuy-than/"]
    for path in [*lists, *map(_path, (RESIDENCE, "1.008498", "1.013855"))]:
        assert weight(client.get(path).content.decode()) < LIMIT, path


# ---------------------------------------------------------------- home and search


def test_home_offers_search_life_events_and_tracking(client, catalogue):
    said = client.get("/").content.decode()
    assert 'name="tu-khoa"' in said and reverse("dossiers:track") in said and "/su-kien/co-con-nho/" in said
    assert said.count('class="card-link"') <= 22
    assert reverse("home") == reverse("procedures:home") == "/"


def test_a_result_row_says_level_agency_time_and_price(client, catalogue):
    said = text_of(client.get("/thu-tuc/", {"tu-khoa": "xac nhan cu tru"}))
    assert "Xác nhận thông tin về cư trú Mức 4 ●●●● Làm hết trên mạng Cấp xã 1 ngày làm việc Không mất phí" in said


def test_entries_of_the_index_are_told_apart(client, catalogue, listed):
    said = text_of(client.get("/thu-tuc/", {"tu-khoa": "chứng nhận năng lực cơ sở thử nghiệm"}))
    assert "Chỉ có thông tin Cơ sở dữ liệu quốc gia công bố mức 4 Cấp tỉnh" in said and "Mức 4 ●●●●" not in said


def test_finding_nothing_says_what_to_do(client, catalogue):
    said = text_of(client.get("/thu-tuc/", {"tu-khoa": "thời tiết hôm nay"}))
    assert "0 thủ tục" in said and "Thử gõ ngắn hơn" in said and "1900 0000" in said


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ({"muc": "nop-tren-mang"}, RESIDENCE, POOR),
        ({"phi": "0"}, RESIDENCE, RECORD),
        ({"doi-tuong": "doanh-nghiep"}, BRAND, "1.001193"),
        ({"muc": "nop-tren-mang", "phi": "0", "doi-tuong": "nguoi-dan"}, RESIDENCE, COPY),
    ],
)
def test_filters_narrow_the_list(client, catalogue, asked, shown, hidden):
    found = client.get("/thu-tuc/", asked).content.decode()
    assert f"/thu-tuc/{shown}/" in found and f"/thu-tuc/{hidden}/" not in found


def test_pages_of_the_list_follow_each_other(client):
    Procedure.objects.bulk_create(
        Procedure(
            code=f"9.{n:06d}", name=f"Thủ tục thử số {n}", declared_level=1, **search_columns(f"9.{n:06d}", f"Thủ tục thử số {n}")
        )
        for n in range(45)
    )
    seen, path = set(), "/thu-tuc/?doi-tuong="
    for _ in range(3):
        response = client.get(path)
        seen |= set(re.findall(r"/thu-tuc/(9\.\d{6})/", response.content.decode()))
        path = "/thu-tuc/" + response.context["listing"].next
    assert len(seen) == 45 and response.context["listing"].next == ""
    assert client.get("/thu-tuc/?trang=999999").status_code == client.get("/thu-tuc/?trang=x").status_code == 200


# ---------------------------------------------------------------- one procedure


def test_the_address_leads_to_the_right_words(client, catalogue):
    answer = client.get(f"/thu-tuc/{RESIDENCE}/sai-ten/?tinh=11")
    assert (answer.status_code, answer["Location"]) == (302, _path(RESIDENCE) + "?tinh=11")
    assert client.get(f"/thu-tuc/{RESIDENCE}/")["Location"] == _path(RESIDENCE)
    assert client.get("/thu-tuc/9.999999/").status_code == 404


SECTIONS = [
    "Mã thủ tục", "Số quyết định", "Tên thủ tục", "Cấp thực hiện",
    "Loại thủ tục", "Lĩnh vực", "Trình tự thực hiện", "Cách nộp và thời hạn",
    "Phí, lệ phí", "Thành phần hồ sơ", "Đối tượng thực hiện", "Cơ quan thực hiện",
    "Cơ quan có thẩm quyền", "Địa chỉ tiếp nhận", "Cơ quan được ủy quyền", "Cơ quan phối hợp",
    "Kết quả thực hiện", "Căn cứ pháp lý", "Yêu cầu, điều kiện", "Từ khóa",
    "Mô tả",
]  # fmt: skip


@pytest.mark.parametrize("code", [RESIDENCE, RECORD, MARITAL, POOR, COPY, BRAND])
def test_every_section_a_citizen_must_see_is_there_in_the_official_order(client, catalogue, code):
    said = text_of(page(client, code))
    guide = said[said.index("Thủ tục này Mã thủ tục") :]
    places = [guide.index(section) for section in SECTIONS]
    assert places == sorted(places)


def test_what_the_source_is_silent_about_says_so(client, catalogue):
    assert "Yêu cầu, điều kiện Không" in text_of(page(client, MARITAL))
    assert "Cơ quan phối hợp Không" in text_of(page(client, MARITAL))


@pytest.mark.slow
def test_all_curated_procedures_have_a_page_without_traces_of_the_data_files(client):
    load_sample(codes=list(reference.procedures()))
    for procedure in Procedure.objects.all():
        said = text_of(client.get(_path(procedure.code)))
        assert not re.search(
            r"\[(knowledge|seen|derived|demo)|\bNone\b|person\.|ask\.|\{\{|working_day|toan_trinh|uy_quyen", said
        ), procedure.code


def test_at_a_place_the_level_offered_there_decides_what_can_be_done(client, catalogue):
    said = page(client, RESIDENCE, **UNIT)
    offering = Offering.objects.get(procedure__code=RESIDENCE, unit_code="11.X004")
    assert f"{reverse('dossiers:start', args=[RESIDENCE])}?noi={offering.pk}" in said.content.decode()
    assert (
        "Công an phường Điện Biên Phủ" in text_of(said)
        and "Dữ liệu thử" in text_of(said)
        and "Bắt đầu nộp hồ sơ" in text_of(said)
    )

    offering.duty = {}
    offering.save()
    assert "Bắt đầu nộp hồ sơ" not in text_of(page(client, RESIDENCE, **UNIT))


def test_level_two_offers_to_print_and_level_one_only_informs(client, catalogue):
    poor, copy = text_of(page(client, POOR, **UNIT)), text_of(page(client, COPY, **UNIT))
    assert "Điền và in tờ khai" in poor and "Bắt đầu nộp hồ sơ" not in poor
    assert "nộp trực tiếp" in copy and "Bắt đầu nộp" not in copy and "Điền và in" not in copy


def test_partly_online_is_shown_with_its_reason(client, catalogue):
    assert "Chưa làm hết trên mạng được vì: Phải nộp, đối chiếu bản chính" in text_of(page(client, MARITAL))


def test_a_procedure_filed_elsewhere_says_where_and_is_not_begun_here(client, catalogue):
    said = text_of(page(client, BRAND))
    assert "Cục Sở hữu trí tuệ" in said and "không nhận hồ sơ" in said and "Bắt đầu nộp hồ sơ" not in said


def test_fees_of_the_province_are_shown_once_the_place_is_known(client, catalogue):
    amount = world.document("offerings_demo.json")["local_fees"]
    due = next(row["amount"] for row in amount if (row["procedure"], row["province"]) == (MARITAL, "H18"))
    anywhere, here = text_of(page(client, MARITAL)), text_of(page(client, MARITAL, **UNIT))
    assert "Do tỉnh quy định" in anywhere
    assert f"{due:,}".replace(",", ".") + " đồng mức của tỉnh, dữ liệu thử" in here


def test_the_guide_says_when_a_fee_is_paid_and_whether_it_comes_back(client, catalogue, settings):
    at_home = {"tinh": "H18"}
    said = text_of(page(client, RECORD, **at_home))
    assert "Trả ngay sau khi nộp, chậm nhất 5 ngày làm việc." in said
    assert "Được hoàn nếu hồ sơ không được giải quyết hoặc rút hồ sơ." in said
    assert "Trường hợp nào được hoàn lại là dữ liệu thử" in said

    settings.PAYMENTS_OPEN = False
    assert "Trả tại quầy. Không phải trả trước khi nộp" in text_of(page(client, RECORD, **at_home))
    free = text_of(page(client, RESIDENCE))
    assert "Trả khi nào?" not in free and "hoàn lại" not in free


def test_fees_that_have_run_out_are_not_shown(client):
    load_sample(codes=["3.000347"])
    assert "115.000 đồng" not in text_of(page(client, "3.000347")) and clock.today().year >= 2026


def test_an_entry_of_the_index_shows_its_facts_and_no_way_to_file(client, catalogue, listed):
    said = text_of(page(client, listed.code))
    assert "Mức công bố Mức 4 (toàn trình)" in said and "1,5 ngày làm việc" in said and "Nơi công bố: Bộ Xây dựng" in said
    assert "Bắt đầu nộp hồ sơ" not in said


def test_pages_speak_english_around_vietnamese_facts(client, catalogue):
    response = client.get("/en" + _path(MARITAL))
    assert response.status_code == 200 and 'lang="en"' in response.content.decode()
    assert '<h1 lang="vi">' in response.content.decode()


# ---------------------------------------------------------------- life events


def test_a_life_event_lists_its_procedures(client, catalogue):
    assert "Đăng ký khai sinh" in text_of(client.get("/su-kien/co-con-nho/"))
    assert client.get("/su-kien/khong-co/").status_code == 404
    assert LifeEvent.objects.filter(audience="citizen").count() == LifeEvent.objects.filter(audience="business").count() == 17
    empty = LifeEvent.objects.get(code="DAUTHAUMUASAMCONG")
    assert "Chưa có thủ tục nào" in text_of(client.get(reverse("procedures:life_event", args=[empty.slug])))


# ---------------------------------------------------------------- words


def test_conditions_are_said_in_the_words_of_questions_and_forms(catalogue):
    words = Wording(Procedure.objects.get(code=MARITAL).current.document)
    assert (
        words.condition({"field": "ask.xin_cap_lai", "op": "eq", "value": "co"}) == "Có từng được cấp giấy xác nhận này không: có"
    )
    assert (
        words.condition({"field": "person.priority_group", "op": "in", "value": ["ho_ngheo", "tre_em"]}) == "hộ nghèo hoặc trẻ em"
    )
    assert "và" in words.condition(
        {"all": [{"field": "person.age", "op": "lt", "value": 14}, {"field": "audience", "op": "in", "value": ["citizen"]}]}
    )
    assert words.condition(None) == ""


def test_prices_are_said_as_people_say_them():
    said = lambda *range_: PriceRange(*range_).words.replace("\u00a0", " ")  # noqa: E731
    assert [said(0, 0), said(5000, 5000), said(0, 8000), said(5000, 8000), said(2000, None)] == [
        "Không mất phí", "5.000 đồng", "Nhiều nhất 8.000 đồng", "5.000 đồng đến 8.000 đồng", "Từ 2.000 đồng",
    ]  # fmt: skip
    assert price({"role": "base", "amount": 0, "key": "a", "unit": "lan"}) == "Không mất tiền"
    assert plain("Tờ khai (Mẫu 04 [knowledge]).") == "Tờ khai (Mẫu 04)."
    assert different_official_name("Thủ tục đăng ký khai sinh", "Đăng ký khai sinh") == ""


def test_a_card_of_a_procedure_without_any_offering_is_information_or_print(catalogue):
    Offering.objects.filter(procedure__code=RESIDENCE).delete()
    card = cards([Procedure.objects.get(code=RESIDENCE)])[0]
    assert not card.offers_submission and card.level.number == 2


def test_the_quick_links_of_the_home_page_are_data(client, tmp_path, settings):
    load_sample(codes=["1.004194", "1.010041"])
    quick = client.get("/").context["quick"]
    assert [procedure.code for procedure in quick] == ["1.004194", "1.010041"]  # in the order of the file, those there are

    (tmp_path / "home_links.json").write_text('{"meta": {}, "quick": ["1.010041"]}')
    settings.DATA_DIR = tmp_path
    assert [procedure.code for procedure in client.get("/").context["quick"]] == ["1.010041"]
