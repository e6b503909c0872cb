"""Few files are opened at once, and a person has one turn at a time."""

import threading

import pytest
from django.db import connection

from dossiers.files import turns
from dossiers.files.checking import UploadRefused, check_upload
from tests.dossiers.files.makers import pdf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_patience(settings):
    settings.MAX_FILE_CHECK_WAIT = 0


class Holder(threading.Thread):
    """Holds a turn in another thread until `let_go`."""

    def __init__(self, who):
        super().__init__(daemon=True)
        self.who, self.has_it, self.go = who, threading.Event(), threading.Event()
        self.start()
        assert self.has_it.wait(10)

    def run(self):
        try:
            with turns.turn(self.who):
                self.has_it.set()
                self.go.wait(10)
        finally:
            connection.close()

    def let_go(self):
        self.go.set()
        self.join(10)


def test_a_second_file_of_the_same_person_waits_and_is_told_so_while_others_have_their_turn():
    first = Holder("user:1")
    with pytest.raises(UploadRefused) as refused:
        check_upload(pdf(), "a.pdf", who="user:1")
    assert refused.value.code == "busy_with_yours" and "chưa nhận tệp này" in str(refused.value)
    assert check_upload(pdf(), "a.pdf", who="user:2").pages == 1
    first.let_go()
    assert check_upload(pdf(), "a.pdf", who="user:1").pages == 1


def test_when_all_places_are_taken_the_portal_says_that_it_is_busy(settings):
    holders = [Holder(f"user:{n}") for n in range(settings.MAX_FILE_CHECKS)]
    with pytest.raises(UploadRefused) as refused:
        check_upload(pdf(), "a.pdf", who="user:9")
    assert refused.value.code == "busy" and "nhiều người" in str(refused.value)
    for holder in holders:
        holder.let_go()
    assert check_upload(pdf(), "a.pdf", who="user:9").pages == 1


def test_a_turn_is_given_back_after_a_fault():
    for _ in range(20):
        with pytest.raises(ZeroDivisionError), turns.turn("user:1"):
            raise ZeroDivisionError
    with turns.turn("user:1"):
        pass
