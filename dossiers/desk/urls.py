"""URLs of the desk."""

from django.urls import path

from dossiers.desk.views import bulk, dossier, queue, steps

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("cung-luc/", bulk.together, name="together"),
    path("ho-so/<dossier_code:code>/", dossier.dossier, name="dossier"),
    path("ho-so/<dossier_code:code>/lam-lai/<str:kind>/<int:pk>/", dossier.again, name="again"),
    path("ho-so/<dossier_code:code>/<slug:slug>/", steps.step, name="step"),
]
