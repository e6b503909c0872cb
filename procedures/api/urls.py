"""The catalogue under /api/v1/."""

from django.urls import path, register_converter

from procedures.api import views


class ProcedureCode:
    """A procedure's code as the national base writes it: a digit, a point, six digits; local ones differ a little."""

    regex = r"[0-9A-Za-z.\-]{1,12}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(ProcedureCode, "procedure_code")

urlpatterns = [
    path("procedures/", views.Procedures.as_view(), name="procedure_list"),
    path("procedures/<procedure_code:code>/", views.OneProcedure.as_view(), name="procedure_detail"),
]
