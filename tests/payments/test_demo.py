"""The demo's payments: every scenario is there, the invariants hold, and a second run adds nothing."""

import pytest
from django.core.management import CommandError, call_command

from dossiers.demo.matters import CIVIL, CRIMINAL, RESIDENCE, STAY
from payments.accounting import invariants
from payments.models import BankCredit, Difference, PaymentAttempt, PaymentComplaint, Refund, SettlementRun
from tests.world import load_sample

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_the_demo_has_money_of_every_fate_and_all_of_it_is_whole():
    load_sample(codes=[RESIDENCE, STAY, CIVIL, CRIMINAL])
    call_command("load_collection_points", verbosity=0)
    call_command("seed_demo", verbosity=0)
    call_command("seed_payments_demo", verbosity=0)

    assert {"requested", "done", "declined"} <= set(Refund.objects.values_list("state", flat=True))
    assert {"vnpay", "transfer", "counter"} == set(PaymentAttempt.objects.filter(state="paid").values_list("way", flat=True))
    assert {"under", "unmatched", "matched"} <= set(BankCredit.objects.values_list("state", flat=True))
    assert set(Difference.objects.values_list("kind", flat=True)) == {"amount", "missing_here"}
    assert PaymentComplaint.objects.filter(closed_at=None, owner__isnull=False).count() == 1
    assert SettlementRun.objects.count() >= 5
    assert list(invariants.violations()) == []

    before = PaymentAttempt.objects.count()
    call_command("seed_payments_demo", verbosity=0)
    assert PaymentAttempt.objects.count() == before


def test_demo_money_is_refused_outside_the_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("seed_payments_demo")
