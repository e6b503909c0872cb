"""Search with everyday words: the index over all 5,473 names, measured with the development queries."""

import functools

import pytest

from procedures import search
from procedures.loading import load_sample
from procedures.models import Procedure
from procedures.search import measuring
from procedures.search.reading import MAX_WORDS, corrected, legal_terms, read_words, steps, without_places
from procedures.search.text import LATER_STEPS
from tests import reference


@functools.cache
def index():
    """The whole catalogue as the loader would write it, without a database."""
    return measuring.shipped_index()


def answers(text):
    return [found.code for found in index().search(text)]


@pytest.mark.slow
def test_the_development_queries_are_answered_as_measured():
    queries = reference.load("search_queries_dev.json")["queries"]
    asked = [query for query in queries if query["expected"]]
    first = [
        query["id"] for query in asked if answers(query["query"])[:1] and answers(query["query"])[0] not in query["expected"]
    ]
    missed = [query["id"] for query in asked if not set(answers(query["query"])[:5]) & set(query["expected"])]
    assert len(first) <= 0.02 * len(asked), first
    assert missed == []


def test_what_no_procedure_is_about_finds_nothing():
    queries = [query["query"] for query in reference.load("search_queries_dev.json")["queries"] if not query["expected"]]
    for text in [
        *queries,
        "mua vé máy bay",
        "giá vàng hôm nay",
        "dự báo thời tiết",
        "nấu phở bò",
        "asdfgh",
        "",
        "   ",
        "???",
        "🙂",
    ]:
        assert answers(text) == [], text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Đăng ký khai sinh", "1.001193"),
        ("dang ky khai sinh", "1.001193"),
        ("ĐĂNG KÝ KHAI SINH", "1.001193"),
        ("dangkykhaisinh", "1.001193"),
        ("ddawng kys khai sinh", "1.001193"),
        ("giay khia sinh", "1.001193"),
        ("dấy khai sinh", "1.001193"),
        ("khai sanh cho con", "1.001193"),
        ("con tôi mới sinh cần làm giấy tờ gì", "1.001193"),
        ("cuới vợ", "1.000894"),
        ("hochieu", "1.001456"),
        ("rớt bằng lái", "3.000348"),
        ("lam lai can cuoc bi mat o da nang", "1.014064"),
        ("đăng kí tạm chú", "1.004194"),
        ("sửa ngày sinh trong giấy khai sinh", "1.004859"),
        ("mở quán cà phê", "1.001612"),
        ("1.004873", "1.004873"),
        ("thủ tục 1.004873", "1.004873"),
        ("TK01", "1.001456"),
        ("giấy phép môi trường", "1.010727"),
        ("kết hôn với người nước ngoài", "2.000806"),
    ],
)
def test_everyday_spellings_find_the_procedure(text, code):
    assert answers(text)[0] == code


def test_the_form_number_finds_all_procedures_that_use_it():
    assert {"1.004194", "1.004222", "1.010038", "1.010041", "1.002755"} <= set(answers("CT01"))


def test_composed_and_decomposed_letters_are_the_same():
    import unicodedata

    assert answers(unicodedata.normalize("NFD", "xác nhận độc thân")) == answers("xác nhận độc thân")


def test_what_can_be_filed_here_stands_before_the_bare_index():
    found = answers("đăng ký kết hôn")
    assert found[0] == "1.000894" and len(found) > 5
    assert set(answers("giấy phép lái xe")[:2]) <= set(reference.procedures())


@pytest.mark.slow
@pytest.mark.parametrize(("file", "hit_5"), [("judge", 0.95), ("lot", 0.93)])
def test_the_unseen_queries_are_answered_as_measured(file, hit_5):
    figures = measuring.measure(index(), reference.load(f"search_queries_{file}.json")["queries"])
    assert figures.hit_5 >= hit_5 and figures.nothing <= 0.01


@pytest.mark.parametrize("text", ["khai sinh " * 400, "a" * 5000, "dang" * 200, "\x00\u202e%_'\";--", "ạ" * 300])
def test_of_hostile_questions_only_so_many_words_are_looked_up(text):
    words, _found = index().first_look(text)
    assert len(words) <= MAX_WORDS


@pytest.mark.parametrize("step", LATER_STEPS)
def test_what_ranks_lower_is_a_step(step):
    assert steps(read_words(step), of_name=True)


def test_places_fillers_and_slips_are_read_over():
    assert [word.bare for word in without_places(read_words("tạm trú ở đà nẵng"))] == ["tam", "tru", "o"]
    assert [word.bare for word in without_places(read_words("Đà Nẵng"))] == ["da", "nang"]
    assert [word.bare for word in corrected(read_words("d9ang1 ky1"), {"dang", "ky"}, {})] == ["dang", "ky"]
    legal = [" ".join(word.bare for word in words) for words in legal_terms(read_words("mất bằng lái"))]
    assert legal == ["giay phep lai xe"]


@pytest.mark.django_db
def test_the_index_follows_the_catalogue_with_one_query(django_assert_num_queries):
    load_sample(codes=["1.010041", "1.004194"])
    assert search.find("xac nhan cu tru").codes[0] == "1.010041"
    with django_assert_num_queries(1):
        assert search.find("xác nhận cư trú").codes[0] == "1.010041"

    Procedure.objects.filter(code="1.010041").update(search_exact="giấy hoàn toàn khác\n1.010041")
    assert search.find("giấy hoàn toàn khác").codes == ["1.010041"]
    assert set(search.everything()) == {"1.010041", "1.004194"}
