"""URLs of uploaded files."""

from django.urls import path

from dossiers.files import views

app_name = "files"
urlpatterns = [path("giay-to/<int:pk>/", views.view, name="view")]
