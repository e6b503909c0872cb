"""Pages about evidence. The addresses of anchors are told to others: they must never change."""

from django.urls import path, register_converter

import portal.common.addresses  # noqa: F401 - brings the «code» converter
from dossiers.evidence import views


class Day:
    """A day as 2026-11-28."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value):
        return views.day_of(value)

    def to_url(self, value):
        return str(value)


register_converter(Day, "day")
app_name = "evidence"
urlpatterns = [
    path("kiem-chung/", views.explained, name="explained"),
    path("kiem-chung/verify.py", views.script, name="script"),
    path("kiem-chung/chung-thu-goc.pem", views.roots, name="roots"),
    path("kiem-chung/neo/<day:day>.json", views.anchor, name="anchor"),
    path("kiem-chung/neo/<day:day>.tsr", views.time_token, name="time_token"),
    path("ho-so/<dossier_code:code>/bang-chung.json", views.proof, name="proof"),
]
