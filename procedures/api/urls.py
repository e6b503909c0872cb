"""The catalogue under /api/v1/."""

from django.urls import path, register_converter

from procedures.api import territory, views


class ProcedureCode:
    """A procedure code of the national database: digit, dot, six digits; local codes differ slightly."""

    regex = r"[0-9A-Za-z.\-]{1,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ProcedureCode, "procedure_code")

urlpatterns = [
    path("provinces/", territory.ProvinceList.as_view(), name="province_list"),
    path("communes/", territory.CommuneList.as_view(), name="commune_list"),
    path("procedures/", views.Procedures.as_view(), name="procedure_list"),
    path("procedures/<procedure_code:code>/", views.OneProcedure.as_view(), name="procedure_detail"),
]
