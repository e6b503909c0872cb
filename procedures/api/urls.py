"""The catalogue under /api/v1/."""

urlpatterns = []
