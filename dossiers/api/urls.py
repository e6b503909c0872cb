"""Dossiers under /api/v1/."""

from django.urls import path

from dossiers.api import views

urlpatterns = [
    path("dossiers/", views.DossierList.as_view(), name="api_dossiers"),
    path("dossiers/<str:code>/", views.DossierDetail.as_view(), name="api_dossier"),
    path("dossiers/<str:code>/withdraw/", views.Withdraw.as_view(), name="api_withdraw"),
    path("drafts/<int:pk>/submit/", views.Submit.as_view(), name="api_submit"),
]
