"""URL of the run of a draft against filed dossiers; stands among the pages of the catalogue's back-office."""

from django.urls import path

from dossiers.simulation import views

app_name = "simulation"
urlpatterns = [path("<str:code>/ban-thao/chay-thu/", views.page, name="page")]
