"""URLs of the run of a draft against filed dossiers and of the walk through its form, among those of the catalogue's office."""

from django.urls import path

from dossiers.simulation import views, walk_views

app_name = "simulation"
urlpatterns = [
    path("<str:code>/ban-thao/chay-thu/", views.page, name="page"),
    path("<str:code>/ban-thao/di-thu/", walk_views.begin, name="walk"),
    path("<str:code>/ban-thao/di-thu/<str:key>/", walk_views.step, name="walk_step"),
]
