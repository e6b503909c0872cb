"""Addresses of procedures pages."""

app_name = "procedures"
urlpatterns = []
