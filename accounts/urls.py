"""Addresses of accounts pages."""

app_name = "accounts"
urlpatterns = []
