"""URLs of the catalogue's pages. A procedure is found by its code; the slug is only for readers."""

from django.urls import path

from procedures import views

app_name = "procedures"
urlpatterns = [
    path("", views.home, name="home"),
    path("thu-tuc/", views.search_page, name="search"),
    path("thu-tuc/<str:code>/", views.procedure, name="procedure_short"),
    path("thu-tuc/<str:code>/<slug:slug>/", views.procedure, name="procedure"),
    path("su-kien/<slug:slug>/", views.life_event, name="life_event"),
]
