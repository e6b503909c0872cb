"""Reading of e-mail addresses: what people paste around one is taken away, and what no mail server accepts is
refused with the reason.
"""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from portal.common.vietnamese import clean_text

_INSIDE = re.compile(r"[^<>]*<\s*([^<>\s]+)\s*>")


def address_in(text: str) -> str:
    """The address in a typed text: «Nguyễn Văn An <an@vd.vn>», «mailto:an@vd.vn», «an@vd.vn.» give «an@vd.vn». The domain in
    small letters. Not checked: `fault_of`."""
    plain = clean_text(text)
    if inside := _INSIDE.fullmatch(plain):
        plain = inside[1]
    plain = re.sub(r"(?i)^mailto:", "", plain).rstrip(".,;").replace("\uff20", "@")
    local, at, domain = plain.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def fault_of(address: str) -> str:
    """Why this is no address that mail can be sent to, as a sentence in Vietnamese; empty if it is one."""
    local = address.rpartition("@")[0]
    strange = "".join(dict.fromkeys(char for char in local if not char.isascii()))
    if strange:
        return _("Phần trước dấu @ chỉ có chữ không dấu: viết lại không có “%(letters)s”.") % {"letters": strange}
    if re.search(r"\s", address):
        return _("Địa chỉ thư viết liền, không có dấu cách. Ví dụ ten@mien.vn.")
    try:
        validate_email(address)
    except ValidationError:
        return _("Ghi địa chỉ thư có dạng ten@mien.vn.")
    return ""
