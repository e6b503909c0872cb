"""URLs of uploaded files."""

from django.urls import path

from dossiers.files import views

app_name = "files"
urlpatterns = [
    path("giay-to/<int:pk>/", views.view, name="view"),
    path("giay-to/<int:pk>/tep-goc/", views.original, name="original"),
    path("giay-to/<int:pk>/anh-nho/", views.thumbnail, name="thumbnail"),
]
