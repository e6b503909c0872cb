"""URLs of the catalogue's pages. A procedure is found by its code; the slug is only for readers."""

from django.urls import path

from procedures import views
from procedures.search import views as search_views

app_name = "procedures"
urlpatterns = [
    path("", views.home, name="home"),
    path("thu-tuc/", search_views.search_page, name="search"),
    path("thu-tuc/goi-y/", search_views.suggestions, name="suggestions"),
    path("thu-tuc/<str:code>/", views.procedure, name="procedure_short"),
    path("thu-tuc/<str:code>/<slug:slug>/", views.procedure, name="procedure"),
    path("linh-vuc/", views.sectors, name="sectors"),
    path("linh-vuc/<str:code>/", views.sector, name="sector"),
    path("su-kien/<slug:slug>/", views.life_event, name="life_event"),
]
