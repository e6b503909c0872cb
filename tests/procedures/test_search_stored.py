"""The index on disk: read as it was built; anything wrong with the file means building anew."""

import pytest

from procedures.search import stored
from procedures.search.index import Entry, SearchIndex

ENTRIES = [
    Entry("1.000001", "đăng ký khai sinh\nlàm giấy khai sinh", 130, ["con mới đẻ làm giấy gì"]),
    Entry("1.000002", "đăng ký kết hôn", 100, ["cưới vợ cần giấy gì"]),
    Entry("", "", 30, ["thời tiết hôm nay"]),
]
QUESTIONS = ("khai sinh", "cuoi vo", "con mới đẻ", "thời tiết", "kết hnô", "1.000002")


@pytest.fixture
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "search"


def answers(index):
    return [index.search(question) for question in QUESTIONS]


def not_built(*_entries):
    raise AssertionError("built although it is stored")


def test_a_stored_index_answers_as_the_built_one(folder, monkeypatch):
    built = answers(stored.index_of(ENTRIES))
    monkeypatch.setattr(stored.SearchIndex, "__init__", not_built)
    assert answers(stored.index_of(ENTRIES)) == built and any(built)


def test_other_entries_have_another_file_and_old_files_go(folder):
    for number in range(4):
        stored.index_of([*ENTRIES, Entry(f"2.00000{number}", "tạm trú")])
    assert len(list(folder.glob("*.index"))) == stored.KEPT and not list(folder.glob(f"*.{stored.os.getpid()}"))


@pytest.mark.parametrize("content", [b"", b"no index", b"\xe9\x00", None])
def test_a_damaged_file_is_built_anew(folder, content):
    stored.index_of(ENTRIES)
    [file] = folder.glob("*.index")
    file.write_bytes(file.read_bytes()[:-50] if content is None else content)
    assert answers(stored.index_of(ENTRIES)) == answers(SearchIndex(ENTRIES))


def test_without_a_folder_to_write_the_index_is_built_in_memory(settings, tmp_path):
    (tmp_path / "search").write_text("a file where the folder would be")
    settings.VAR_DIR = tmp_path
    assert answers(stored.index_of(ENTRIES)) == answers(SearchIndex(ENTRIES))


def test_other_code_has_another_file(folder, monkeypatch):
    stored.index_of(ENTRIES)
    monkeypatch.setattr(stored, "_code", lambda: b"a later version")
    stored.index_of(ENTRIES)
    assert len(list(folder.glob("*.index"))) == 2
