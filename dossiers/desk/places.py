"""The other pages of the desk, as links beside the list: each with the roles that open it."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from dossiers.custody import keeping
from dossiers.desk import parcels, register
from dossiers.workflow import outages


class Place(NamedTuple):
    """A page. `roles`: who has use of it; None: everybody at the desk."""

    url_name: str
    label: Any
    icon: str
    roles: Any = None


PLACES = [
    Place("desk:register", _("Sổ theo dõi hồ sơ"), "list", register.KEEPERS),
    Place("desk:letters", _("Thư chờ trả lời"), "send"),
    Place("desk:calls", _("Gọi cho người nộp"), "phone", parcels.KEEPERS),
    Place("desk:times", _("Thời gian giải quyết"), "chart"),
    Place("desk:originals_of_body", _("Giấy tờ gốc"), "folder", keeping.KEEPERS),
    Place("desk:parcels", _("Bưu gửi"), "mail", parcels.KEEPERS),
    Place("desk:absences", _("Ngày vắng, làm thay"), "users"),
    Place("desk:assignment", _("Giao việc theo quy tắc"), "users", (Role.HEAD, Role.DEPUTY)),
    Place("desk:message_settings", _("Cách nhận tin"), "msg"),
    Place("desk:outages", _("Sự cố, bảo trì"), "alert", outages.KEEPERS),
]


def of(user) -> list[dict[str, Any]]:
    """The links this user sees."""
    found = [place for place in PLACES if place.roles is None or user.agencies_with(*place.roles)]
    return [{"href": reverse(place.url_name), "label": place.label, "icon": place.icon} for place in found]
