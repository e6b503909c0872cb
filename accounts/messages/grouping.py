"""Which messages to staff come one by one, and which once a morning: what can be chosen, and what holds without a choice.

Alarms, the morning message itself and all about one's own login always come at once.
"""

from django.utils.translation import gettext_lazy as _

KINDS = {  # {beginning of the key of a message: words}
    "event": _("Từng bước của hồ sơ"),
    "letter": _("Thư của người nộp"),
    "money": _("Tiền: tra soát, hoàn phí, chênh lệch"),
}


def kind_of(key):
    """The kind of a message, by its key; «alarms» and others are no kind that waits."""
    return key.partition(":")[0]


def waits_for_the_morning(user, key, usually):
    """Does this message wait? `usually`: for who has chosen nothing."""
    kind = kind_of(key)
    if kind not in KINDS or not user.is_staff_login:
        return False
    return usually if user.morning_messages is None else kind in user.morning_messages


def choose(user, kinds):
    """These kinds come once a morning from now on."""
    user.morning_messages = [kind for kind in KINDS if kind in kinds]
    user.save(update_fields=["morning_messages"])
