"""The second look: among near procedures the one whose step, sector and name fit the question; its weights are fitted."""

import pytest

from procedures.search import fitting, measuring, reranking
from procedures.search.index import Entry, SearchIndex
from procedures.search.reading import read_words, steps
from procedures.search.reranking import Signs

CARD = "giấy phép hành nghề khoan"
ENTRIES = [
    Entry("1", f"cấp {CARD}", 0, ["xin phép khoan giếng"], "water"),
    Entry("2", f"cấp lại {CARD}", 0, ["xin phép khoan giếng"], "water"),
    Entry("3", f"gia hạn {CARD}", 0, ["xin phép khoan giếng"], "water"),
    Entry("4", f"cấp {CARD} ở nước ngoài", 0, ["xin phép khoan giếng"], "water"),
    Entry("5", "cấp giấy phép nổ mìn", 0, ["phá đá mở đường"], "blasting"),
    Entry("6", "cấp giấy phép bán thuốc nổ", 0, ["bán thuốc nổ phá đá"], "blasting"),
    Entry("7", "cấp giấy phép bán thuốc tây", 0, ["mở tiệm thuốc"], "health"),
]


def first(text):
    return SearchIndex(ENTRIES).search(text)[0].code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("giấy phép khoan", "1"),
        ("giấy phép khoan bị mất", "2"),
        ("giay phep khoan bi rach", "2"),
        ("giấy phép khoan hết hạn", "3"),
        ("giay phep khoan gia han", "3"),
        ("giấy phép khoan ở nước ngoài", "4"),
    ],
)
def test_the_step_and_the_words_of_the_name_tell_near_procedures_apart(text, code):
    assert first(text) == code


def test_accents_tell_a_step_from_other_words():
    assert not steps(read_words("giấy phép của bộ"), of_name=False)
    assert steps(read_words("bỏ giấy phép"), of_name=False) == steps(read_words("thu hồi giấy phép"), of_name=True)
    assert not steps(read_words("bỏ giấy phép"), of_name=True), "an everyday word is no step in a name"


def test_words_of_the_sector_speak_for_its_procedures():
    index = SearchIndex(ENTRIES)
    words = read_words("phá đá")
    found = reranking.signs(index, words, {index.by_code["5"]: 0.5, index.by_code["7"]: 0.5})
    assert found[index.by_code["5"]].sector > 0 > found[index.by_code["7"]].sector


def test_the_fit_weighs_what_tells_the_meant_procedure_from_the_others():
    def row(named, sector):
        return Signs(0.5, 0.5, named, 0.5, 0, 0, sector, 0)

    telling = [([row(0.9, 0.1), row(0.1, 0.1)], [True, False]), ([row(0.2, 0.3), row(0.8, 0.3)], [False, True])]
    weights = fitting.fit(telling)
    assert (weights.bm25, weights.named) == pytest.approx((0.5, 0.5), abs=0.01) and abs(weights.sector) < 0.01
    assert weights.rank == reranking.WEIGHTS.rank


def test_questions_to_fit_are_judged_without_their_voice(monkeypatch):
    seen = []

    def index_of(phrases):
        seen.append(phrases)
        return SearchIndex([entry._replace(phrases=phrases.get(entry.code, ())) for entry in ENTRIES])

    voices = [("nurse", {"1": ["khoan giếng"]}, [{"query": "giấy phép hành nghề khoan", "expected": ["1"]}])]
    monkeypatch.setattr(fitting.everyday, "without_a_voice", lambda: iter(voices))
    monkeypatch.setattr(measuring, "shipped_index", index_of)
    [(signs, meant)] = fitting.questions()
    assert seen == [{"1": ["khoan giếng"]}]
    assert len(signs) == len(meant) > 1 and sum(meant) == 1 and all(isinstance(one, Signs) for one in signs)


def test_figures_tell_the_same_name_from_the_same_code():
    twins = [Entry("1", "tách thửa (cấp tỉnh)"), Entry("2", "tách thửa (cấp xã)")]
    figures = measuring.measure(SearchIndex(twins), [{"query": "tách thửa", "expected": [code]} for code in ("1", "2")])
    assert (figures.hit_1, figures.hit_1_by_code) == (1.0, 0.5)
