"""Paying under /api/v1/."""

from django.urls import path

import portal.common.addresses  # noqa: F401 - brings the «code» converter
from payments.api import views

urlpatterns = [
    path("dossiers/<dossier_code:code>/payment/", views.Payment.as_view(), name="api_payment"),
    path("dossiers/<dossier_code:code>/payment/attempts/", views.Attempts.as_view(), name="api_payment_attempts"),
    path("dossiers/<dossier_code:code>/payment/claim/", views.Claim.as_view(), name="api_payment_claim"),
]
