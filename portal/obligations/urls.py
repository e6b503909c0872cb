"""URLs of the register of obligations."""

from django.urls import path

from portal.obligations import views

app_name = "obligations"
urlpatterns = [
    path("", views.show, name="owed"),
    path("tong-quan/", views.overview, name="overview"),
]
