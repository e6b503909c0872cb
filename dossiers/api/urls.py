"""Dossiers under /api/v1/."""

urlpatterns = []
