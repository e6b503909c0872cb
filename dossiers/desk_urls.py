"""Addresses of desk pages."""

app_name = "desk"
urlpatterns = []
