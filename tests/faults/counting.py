"""The numbers of a storm."""

from collections import Counter

from django.db.models import Count

from payments.models import AttemptMove, EventKind, GatewayEvent, PaymentAttempt, Refund
from payments.models.states import AttemptState


def sentence(trips, kills, under_fire, seconds):
    """Payers, kills, IPNs, queries, late successes, seconds; one line each."""
    obligations = [trip.dossier.obligation.pk for trip in trips if trip.dossier]
    attempts = PaymentAttempt.objects.filter(obligation__in=obligations)
    paid = attempts.filter(state=AttemptState.PAID)
    by_cause = AttemptMove.objects.filter(attempt__in=attempts, target=AttemptState.PAID).values_list("cause")
    causes = ", ".join(f"{n} by {cause}" for cause, n in by_cause.order_by().annotate(n=Count("pk")))
    events = GatewayEvent.objects.filter(attempt__in=attempts)
    late = AttemptMove.objects.filter(attempt__in=attempts, target=AttemptState.PAID).exclude(source=AttemptState.SENT)
    refunds = Refund.objects.filter(attempt__in=attempts)
    return "\n".join(
        [
            f"{len(trips)} payers: " + ", ".join(f"{n} {deed}" for deed, n in Counter(t.deed for t in trips).most_common()),
            "IPN: " + ", ".join(f"{n} {loss}" for loss, n in Counter(t.loss for t in trips).most_common()),
            f"kill -9: {sum(kills.values())} ({', '.join(f'{n} {name}' for name, n in sorted(kills.items()))})",
            f"{attempts.count()} attempts, {paid.count()} paid ({causes}), {paid.filter(settles=True).count()} settle a fee, "
            f"{refunds.count()} refunds, {refunds.filter(state='done').count()} done",
            f"{events.filter(kind=EventKind.IPN).count()} IPNs heard, {events.filter(kind=EventKind.QUERYDR).count()} questions, "
            f"{events.filter(kind=EventKind.RETURN).count()} returns, {late.count()} late successes",
            f"{under_fire:.0f} s under fire, {seconds - under_fire:.0f} s until nothing was owed",
        ]
    )
