"""Dossiers under /api/v1/."""

from django.urls import path

import portal.common.addresses  # noqa: F401 - brings the «code» converter
from dossiers.api import supplement, views

urlpatterns = [
    path("dossiers/", views.DossierList.as_view(), name="api_dossiers"),
    path("dossiers/<code:code>/", views.DossierDetail.as_view(), name="api_dossier"),
    path("dossiers/<code:code>/withdraw/", views.Withdraw.as_view(), name="api_withdraw"),
    path("dossiers/<code:code>/supplement/", supplement.Supplement.as_view(), name="api_supplement"),
    path("dossiers/<code:code>/supplement/files/", supplement.NewFile.as_view(), name="api_supplement_files"),
    path("dossiers/<code:code>/supplement/files/<int:pk>/", supplement.OneFile.as_view(), name="api_supplement_file"),
    path("dossiers/<code:code>/supplement/send/", supplement.Send.as_view(), name="api_supplement_send"),
    path("drafts/<int:pk>/submit/", views.Submit.as_view(), name="api_submit"),
]
