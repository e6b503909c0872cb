"""Addresses of desk pages."""

from django.urls import path

from dossiers.views import desk, desk_bulk, desk_dossier, desk_steps

app_name = "desk"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("cung-luc/", desk_bulk.together, name="together"),
    path("ho-so/<str:code>/", desk_dossier.dossier, name="dossier"),
    path("ho-so/<str:code>/lam-lai/<str:kind>/<int:pk>/", desk_dossier.again, name="again"),
    path("ho-so/<str:code>/<slug:slug>/", desk_steps.step, name="step"),
]
