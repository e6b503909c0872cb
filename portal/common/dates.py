"""Days and times in words, in local time (Asia/Ho_Chi_Minh), with no-break spaces inside."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext

from portal.common import clock

GLUE = "\N{NO-BREAK SPACE}"
WEEKDAYS = [f"thứ{GLUE}{name}" for name in ("hai", "ba", "tư", "năm", "sáu", "bảy")] + [f"chủ{GLUE}nhật"]


def long_day(day, *, year=None):
    """Weekday and day: "thứ năm, 27 tháng 8"; with `year`: "thứ năm, 27 tháng 8 năm 2026". None: when it is not this year."""
    day = _local_date(day)
    if year is None:
        year = day.year != clock.today().year
    if _english():
        return _glued(date_format(day, "l j F Y" if year else "l j F"))
    words = f"{WEEKDAYS[day.weekday()]}, {day.day}{GLUE}tháng{GLUE}{day.month}"
    return f"{words} năm{GLUE}{day.year}" if year else words


def full_day(day):
    """Day, month and year in digits, as on papers: "27/08/2026"."""
    day = _local_date(day)
    return f"{day.day:02}/{day.month:02}/{day.year}"


def clock_time(moment_):
    """The time of day: "9 giờ 41"; a full hour: "17 giờ"."""
    local = timezone.localtime(moment_) if isinstance(moment_, datetime) and timezone.is_aware(moment_) else moment_
    if _english():
        return f"{local.hour}:{local.minute:02}"
    return f"{local.hour}{GLUE}giờ" + (f"{GLUE}{local.minute:02}" if local.minute else "")


def moment(moment_, *, year=None):
    """Time and day together: "9 giờ 41, thứ năm, 27 tháng 8"; `year` as for `long_day`."""
    return f"{clock_time(moment_)}, {long_day(moment_, year=year)}"


def age(since):
    """How long ago, in words: minutes, hours or days."""
    minutes = max(0, int((clock.now() - since).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d giờ", "%(n)d giờ", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d ngày", "%(n)d ngày", minutes // 1440) % {"n": minutes // 1440}


def _local_date(day: date | datetime) -> date:
    if isinstance(day, datetime):
        return timezone.localtime(day).date() if timezone.is_aware(day) else day.date()
    return day


def _english():
    return (get_language() or "").startswith("en")


def _glued(words):
    return words.replace(" ", GLUE)
