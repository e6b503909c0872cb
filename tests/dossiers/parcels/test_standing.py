"""Where a parcel is, from notices in any order."""

import datetime as dt
import itertools
from types import SimpleNamespace

import pytest

from dossiers.choices import ParcelState, Payer
from dossiers.parcels import standing

S = ParcelState


def told(*states):
    """One notice an hour, in this order of their own times."""
    return [
        SimpleNamespace(state=state, happened_at=dt.datetime(2026, 11, 3, 8 + n, tzinfo=dt.UTC)) for n, state in enumerate(states)
    ]


@pytest.mark.parametrize(
    ("states", "where"),
    [
        ([S.LABELLED, S.PICKED_UP], S.PICKED_UP),
        ([S.PICKED_UP, S.IN_TRANSIT, S.REFUSED, S.BROUGHT_BACK], S.BROUGHT_BACK),
        ([S.PICKED_UP, S.LOST, S.IN_TRANSIT], S.IN_TRANSIT),  # lost and found
        ([S.PICKED_UP, S.LOST, S.DELIVERED], S.DELIVERED),
        ([S.PICKED_UP, S.DELIVERED, S.LOST], S.DELIVERED),  # what the dossier was closed upon is not taken back
    ],
)
def test_the_order_of_arrival_does_not_matter(states, where):
    for notices in itertools.permutations(told(*states)):
        assert standing.deciding(notices).state == where


def test_of_two_at_the_same_moment_the_later_of_its_way_counts():
    moment = dt.datetime(2026, 11, 3, 8, tzinfo=dt.UTC)
    notices = [SimpleNamespace(state=state, happened_at=moment) for state in (S.IN_TRANSIT, S.PICKED_UP)]
    assert standing.deciding(notices).state == S.IN_TRANSIT
    assert standing.deciding([]) is None


def test_every_state_has_its_place_in_the_order():
    assert set(standing.ORDER) == set(ParcelState)


def test_nobody_pays_twice_for_what_the_post_lost():
    def after(state, payer=Payer.RECIPIENT):
        return standing.payer_after(SimpleNamespace(state=state, payer=payer))

    assert [standing.payer_after(None), after(S.REFUSED), after(S.UNKNOWN_ADDRESS)] == [Payer.RECIPIENT] * 3
    assert [after(S.LOST), after(S.NOT_TAKEN), after(S.CANCELLED, Payer.AGENCY)] == [Payer.AGENCY] * 3
    assert after(S.CANCELLED) == Payer.RECIPIENT
