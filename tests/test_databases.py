"""Test data: what is emptied after a test, what stays, and how it is known that nothing is there."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from tests import databases, snapshots


@pytest.mark.django_db(transaction=True)
def test_after_a_transactional_test_our_rows_are_gone_and_those_of_the_migrations_stay(desk):
    stays = [Permission.objects.count(), ContentType.objects.count()]
    desk.submitted()
    assert snapshots._holding(snapshots._models())
    databases.empty()
    assert snapshots._holding(snapshots._models()) == []
    assert [Permission.objects.count(), ContentType.objects.count()] == stays and all(stays)


def test_a_row_of_ours_needs_in_the_end_a_row_of_a_root():
    models, reached = snapshots._models(), set(snapshots._roots())
    while more := {name for name in models.keys() - reached if snapshots._parents(models[name]) & reached}:
        reached |= more
    assert reached == models.keys() and len(snapshots._roots()) < len(models) / 3
