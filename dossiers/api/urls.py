"""Dossiers under /api/v1/."""

from django.urls import path

import portal.common.addresses  # noqa: F401 - brings the «code» converter
from dossiers.api import views

urlpatterns = [
    path("dossiers/", views.DossierList.as_view(), name="api_dossiers"),
    path("dossiers/<code:code>/", views.DossierDetail.as_view(), name="api_dossier"),
    path("dossiers/<code:code>/proof/", views.Proof.as_view(), name="api_proof"),
    path("dossiers/<code:code>/withdraw/", views.Withdraw.as_view(), name="api_withdraw"),
    path("drafts/<int:pk>/submit/", views.Submit.as_view(), name="api_submit"),
]
