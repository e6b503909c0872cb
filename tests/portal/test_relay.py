"""The relay sleeps only when nothing has become due since it looked."""

import pytest
from django.db import connection

from portal.common import outbox
from portal.management.commands import relay

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_row_written_while_the_relay_hands_out_others_does_not_wait_for_the_next_poll(monkeypatch):
    command, done = relay.Command(), []

    def dispatch_due():
        done.append("dispatch")
        if len(done) == 1:
            outbox.wake_relay()  # the answer to this statement carries the notice: the socket is empty afterwards
        else:
            command.stop()
        return True

    monkeypatch.setattr(relay, "dispatch_due", dispatch_due)
    monkeypatch.setattr(relay, "run_due_jobs", lambda: None)
    monkeypatch.setattr(relay.select, "select", lambda *_: done.append("sleep") or ([], [], []))
    command.watch()
    connection.close()  # it listens
    assert done == ["dispatch", "dispatch", "sleep"]
