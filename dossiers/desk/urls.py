"""URLs of the desk."""

from django.urls import path

from dossiers.desk.views import bulk, dossier, queue, register, steps

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("cung-luc/", bulk.together, name="together"),
    path("so-theo-doi/", register.show, name="register"),
    path("so-theo-doi.pdf", register.pdf, name="register_pdf"),
    path("so-theo-doi.xlsx", register.xlsx, name="register_xlsx"),
    path("ho-so/<dossier_code:code>/", dossier.dossier, name="dossier"),
    path("ho-so/<dossier_code:code>/lam-lai/<str:kind>/<int:pk>/", dossier.again, name="again"),
    path("ho-so/<dossier_code:code>/<slug:slug>/", steps.step, name="step"),
]
