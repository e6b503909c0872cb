"""URLs of the pages where an agency changes what it states about itself."""

from django.urls import path

from procedures.offerings import views

app_name = "offerings"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("<str:code>/", views.desk, name="desk"),
]
