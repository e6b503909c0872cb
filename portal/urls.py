"""All URLs of the portal. Pages are Vietnamese, and English under /en/. URLs for machines (API, IPN, health) have no language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from dossiers.parcels.views import notice as parcel_notice
from payments.enquiries.views import ipn_callback
from portal import gallery, kept, views
from portal.api_docs import api_docs
from portal.metrics.page import metrics
from procedures.views import home

urlpatterns = [
    path("health/live", views.health_live, name="health_live"),
    path("health/ready", views.health_ready, name="health_ready"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/schema/", login_not_required(SpectacularAPIView.as_view(permission_classes=[AllowAny])), name="schema"),
    path("api/v1/", include("procedures.api.urls")),
    path("api/v1/", include("dossiers.api.urls")),
    path("api/v1/", include("payments.api.urls")),
    path("giu-chu/", kept.keep_typed, name="keep_typed"),
    # Registered at the gateways and at the post: these URLs must never change.
    path("thanh-toan/vnpay/ipn", ipn_callback, {"provider": "vnpay"}, name="payment_ipn"),
    path("thanh-toan/<slug:provider>/ipn", ipn_callback, name="payment_ipn"),
    path("buu-gui/<slug:carrier>/bao", parcel_notice, name="parcel_notice"),
]

pages = [
    path("", home, name="home"),
    path("", include("procedures.urls")),
    path("", include("accounts.urls")),
    path("", include("dossiers.citizen.urls")),
    path("", include("dossiers.evidence.urls")),
    path("can-bo/ke-toan/", include("payments.accounting.urls")),
    path("can-bo/cung-cap/", include("procedures.offerings.urls")),
    path("can-bo/danh-muc/", include("dossiers.simulation.urls")),
    path("can-bo/danh-muc/", include("procedures.office.urls")),
    path("tai-lieu-api/", api_docs, name="api_docs"),
    path("can-bo/webhook/", include("dossiers.webhooks.urls")),
    path("can-bo/viec-dang-do/", include("portal.obligations.urls")),
    path("can-bo/", include("dossiers.desk.urls")),
    path("", include("dossiers.papers.urls")),
    path("", include("dossiers.files.urls")),
    path("", include("payments.citizen.urls")),
    path("quan-tri/", admin.site.urls),
]
if getattr(settings, "DEMO", False):
    pages.append(path("kho-thanh-phan/", gallery.gallery, name="gallery"))

urlpatterns += i18n_patterns(*pages, prefix_default_language=False)

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
