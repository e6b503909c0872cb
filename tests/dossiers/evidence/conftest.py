"""Anchors of a test lie in a folder of its own."""

import datetime as dt

import pytest

from dossiers.evidence import anchors
from dossiers.models import Anchor
from portal.common import clock


@pytest.fixture
def anchor_dir(settings, tmp_path):
    settings.ANCHOR_DIR = tmp_path / "anchors"
    return settings.ANCHOR_DIR


@pytest.fixture
def make_anchor(db, signing_keys, anchor_dir, run_followups, monkeypatch):
    """Function: the next anchor, done. The first is of today, each later one of the day after."""
    monkeypatch.setattr(anchors, "LOG_GRACE", dt.timedelta(minutes=-1))  # rows of this test count at once

    def make():
        anchor = Anchor.objects.create(day=clock.today() + dt.timedelta(days=Anchor.objects.count()))
        for _turn in range(2):
            anchor.refresh_from_db()
            anchors.make(anchor)
        Anchor.objects.filter(pk=anchor.pk).update(due_state="done")
        anchor.refresh_from_db()
        return anchor

    return make
