"""URLs of issued papers. Those of `kiem-tra` are printed as QR codes: they must never change."""

from django.urls import path

from dossiers.papers import views

app_name = "papers"
urlpatterns = [
    path("kiem-tra/", views.verify, name="verify"),
    path("kiem-tra/<str:code>/", views.verify_code, name="verify_code"),
    path("giay/<int:pk>/tep/<slug:key>/", views.attached, name="attached"),
    path("giay/<int:pk>/<str:name>.pdf", views.download, name="download"),
]
