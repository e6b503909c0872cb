"""Dossiers under /api/v1/."""

from django.urls import path

import portal.common.addresses  # noqa: F401 - brings the «code» converter
from dossiers.api import drafts, letters, supplement, views

urlpatterns = [
    path("dossiers/", views.DossierList.as_view(), name="api_dossiers"),
    path("dossiers/<dossier_code:code>/", views.DossierDetail.as_view(), name="api_dossier"),
    path("dossiers/<dossier_code:code>/proof/", views.Proof.as_view(), name="api_proof"),
    path("dossiers/<dossier_code:code>/letters/", letters.Letters.as_view(), name="api_letters"),
    path("dossiers/<dossier_code:code>/withdraw/", views.Withdraw.as_view(), name="api_withdraw"),
    path("dossiers/<dossier_code:code>/supplement/", supplement.Supplement.as_view(), name="api_supplement"),
    path("dossiers/<dossier_code:code>/supplement/files/", supplement.NewFile.as_view(), name="api_supplement_files"),
    path("dossiers/<dossier_code:code>/supplement/files/<int:pk>/", supplement.OneFile.as_view(), name="api_supplement_file"),
    path("dossiers/<dossier_code:code>/supplement/send/", supplement.Send.as_view(), name="api_supplement_send"),
    path("dossiers/<dossier_code:code>/supplement/answers/", supplement.Answers.as_view(), name="api_supplement_answers"),
    path("drafts/<int:pk>/", drafts.Draft.as_view(), name="api_draft"),
    path("drafts/<int:pk>/submit/", views.Submit.as_view(), name="api_submit"),
]
