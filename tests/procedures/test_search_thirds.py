"""Cross-validation over thirds of a file: the settings are chosen on the other two thirds, and the kept ones come back."""

from procedures.search import index, measuring


def test_settings_are_chosen_on_the_other_thirds(monkeypatch):
    entries = [
        index.Entry(f"1.{number:06}", f"thủ tục {name}") for number, name in enumerate(("khai sinh", "kết hôn", "tạm trú"))
    ]
    monkeypatch.setattr(measuring, "shipped_index", lambda: index.SearchIndex(entries))
    queries = [{"query": entry.text, "expected": [entry.code]} for entry in entries]
    before = index.PAIR_WEIGHT
    rows = dict(measuring.leave_a_third_out(queries))
    assert [name for name in rows if name.startswith("third")] == [f"third {number}, chosen: kept" for number in (1, 2, 3)]
    assert all(rows[f"third {number}, chosen: kept"].queries == 1 for number in (1, 2, 3))
    assert rows["all, kept"].queries == 3 and rows["all, kept"].hit_1 == 1
    assert before == index.PAIR_WEIGHT
