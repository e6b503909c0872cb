"""What a reader types from the codes on our papers: the page that it opens, for who may see it."""

from django.db.models import Q
from django.urls import reverse

from dossiers.custody import keeping
from dossiers.desk import parcels, queues
from portal.common.codes import dossier_code_in, letters_and_digits_in


def page_of(user, words: str) -> str:
    """Address of the dossier (also by its parcel) or the hand-over list with exactly this code; "" when this user sees none."""
    code = dossier_code_in(words)
    if code and queues.dossiers_at_work(user).filter(code=code).exists():
        return reverse("desk:dossier", args=[code])
    plain = letters_and_digits_in(words)
    if not plain:
        return ""
    if keeping.lists_of(user).filter(code=plain).exists():
        return reverse("desk:handover", args=[plain])
    sent = parcels.parcels_of(user).filter(Q(reference=plain) | Q(tracking=plain)).values_list("dossier__code", flat=True).first()
    return reverse("desk:dossier", args=[sent]) if sent else ""
