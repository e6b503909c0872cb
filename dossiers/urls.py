"""Addresses of dossiers pages."""

app_name = "dossiers"
urlpatterns = []
