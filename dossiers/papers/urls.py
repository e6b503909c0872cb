"""Addresses of issued papers."""

app_name = "papers"
urlpatterns = []
