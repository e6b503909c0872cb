"""URLs of the post: orders, panel, control API."""

from django.urls import path

from . import views

urlpatterns = [
    path("v1/parcels", views.order, name="order"),
    path("v1/parcels/find", views.ask, {"what": "find"}, name="find"),
    path("v1/parcels/cancel", views.ask, {"what": "cancel"}, name="cancel"),
    path("song", views.alive, name="alive"),
    path("", views.panel, name="panel"),
    path("buu-gui/<str:tracking>/", views.report, name="report"),
    path("cong-tac/", views.switch, name="switch"),
    path("control/<str:name>", views.control, name="control"),
]
