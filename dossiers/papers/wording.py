"""How official papers write dates, times, agencies and amounts (Decree 30/2020). Always Vietnamese."""

from portal.common import clock
from portal.common.dates import GLUE
from portal.common.identity import in_groups, phone_for_display
from portal.common.money import dong

FULL_NAMES = {"UBND": "Ủy ban nhân dân", "HĐND": "Hội đồng nhân dân", "PVHCC": "Phục vụ hành chính công"}
HEADS = {"ubnd": "Chủ tịch", "cong_an": "Trưởng Công an", "so": "Giám đốc", "tt": "Giám đốc", "truong": "Hiệu trưởng"}


def day_in_words(moment):
    """«ngày 05 tháng 02 năm 2026», local date. Days under 10 and months 1 and 2 get a leading zero (Decree 30/2020)."""
    day = clock.local(moment)
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return GLUE.join(["ngày", f"{day.day:02}", "tháng", month, "năm", str(day.year)])


def moment_in_words(moment):
    """«10 giờ 08 phút, ngày 24 tháng 8 năm 2026», local time; empty for None."""
    if moment is None:
        return ""
    at = clock.local(moment)
    return f"{at.hour}{GLUE}giờ{GLUE}{at.minute:02}{GLUE}phút, {day_in_words(moment)}"


def short_moment(moment):
    """«10:08 24/08/2026», local time, for narrow table cells; empty for None."""
    return f"{clock.local(moment):%H:%M %d/%m/%Y}" if moment else ""


def full_name(name):
    """The name of an agency without abbreviations: UBND becomes Ủy ban nhân dân."""
    return " ".join(FULL_NAMES.get(word, word) for word in name.split(" "))


def letterhead(agency, moment, number=""):
    """The letterhead of this agency. Agencies other than people's committees are shown with their parent agency."""
    above = agency.parent if agency.parent_id and not agency.kind.startswith("ubnd") else None
    return {
        "parent": full_name(above.name) if above else "",
        "agency": _keep_last_words_together(full_name(agency.name)),
        "number": number,
        "place": agency.unit.short_name if agency.unit_id else "",
        "day_in_words": day_in_words(moment),
    }


def _keep_last_words_together(name):
    """Non-breaking spaces between the last three words of a long name, so that no line has a single word."""
    words = name.split()
    return " ".join([*words[:-3], "\u00a0".join(words[-3:])]) if len(words) > 4 else name


def head_of(agency):
    """The title with which the head of an agency signs."""
    return next((title for kind, title in HEADS.items() if agency.kind.startswith(kind)), "Thủ trưởng cơ quan")


def contact(agency):
    """The desk and its phone number."""
    parts = [agency.desk_name or agency.name, f"điện thoại {phone_for_display(agency.desk_phone)}" if agency.desk_phone else ""]
    return ", ".join(part for part in parts if part)


def amount(dong_amount):
    """An amount in đồng as text; «xác định sau» for None."""
    return "xác định sau" if dong_amount is None else dong(dong_amount)


def grouped(code):
    """A verification code in groups of four: ABCD-EFGH-JKLM-NPQR."""
    return in_groups(code, 4, separator="-")
