"""What came of a call: the rule for each answer of who called, with a note for colleagues."""

import uuid

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.models import CallTask, InternalNote
from portal.common import clock

Outcome, Way = CallTask.Outcome, CallTask.Way


class Answer(TextChoices):
    """What came of it, as the words of the form."""

    REACHED = "gap", gettext_lazy("Đã nói chuyện được")
    NOT_REACHED = "khong-nghe", gettext_lazy("Không ai nghe máy")
    WRONG_NUMBER = "sai-so", gettext_lazy("Số này không phải của người nộp")
    LETTER_SENT = "da-gui", gettext_lazy("Đã gửi thư giấy, hoặc báo tận nơi")


ANSWERS = {  # to each way of telling
    Way.CALL: (Answer.REACHED, Answer.NOT_REACHED, Answer.WRONG_NUMBER),
    Way.LETTER: (Answer.LETTER_SENT, Answer.REACHED),
}


class AlreadyEnded(Exception):
    """Somebody else ended the task, or nobody needs it any more."""


class NotAnAnswer(Exception):
    """This answer does not fit the way of the task, which may have changed meanwhile."""


@transaction.atomic
def tell(task, user, answer, note=""):
    """Write down what came of it. Returns the task. Raises AlreadyEnded, NotAnAnswer."""
    task = CallTask.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=task.pk)
    if task.ended_at:
        raise AlreadyEnded
    if answer not in ANSWERS[Way(task.way)]:
        raise NotAnAnswer
    way, now = task.get_way_display(), clock.now()
    if answer in (Answer.REACHED, Answer.LETTER_SENT):
        task.outcome = Outcome.REACHED if answer == Answer.REACHED else Outcome.LETTER_SENT
        task.ended_at, task.ended_by = now, user
    else:
        task.tries, task.tried_at, task.owner = task.tries + 1, now, user
        if answer == Answer.WRONG_NUMBER or task.tries >= CallTask.MAX_TRIES:
            task.way = Way.LETTER
    task.save()
    words = _("%(way)s: %(answer)s. %(note)s") % {"way": way, "answer": answer.label, "note": note}
    InternalNote.objects.create(dossier=task.dossier, author=user, text=words.strip(), sent_key=uuid.uuid4())
    return task
