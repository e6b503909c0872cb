"""Addresses of paying. Where the gateway sends payers back to never changes; its own call has no language (portal.urls)."""

from django.urls import path

import portal.common.addresses  # noqa: F401 - brings the «code» converter
from payments.views import citizen, gateway, helping

app_name = "payments"

OWN, BY_LINK = "ho-so/<code:code>/tra-phi/", "tra-giup/<code:token>/"

urlpatterns = [
    path(OWN, citizen.pay, name="pay"),
    path(f"{OWN}chua-xong/", citizen.problem, name="problem"),
    path(f"{OWN}chuyen-khoan/", citizen.transfer, name="transfer"),
    path(f"{OWN}qr.png", citizen.transfer_qr, name="transfer_qr"),
    path(f"{OWN}tinh-trang/", citizen.status, name="status"),
    path(f"{OWN}da-tra/", citizen.claim, name="claim"),
    path(f"{OWN}nho-tra/", citizen.share, name="share"),
    path(BY_LINK, helping.help_pay, name="help_pay"),
    path(f"{BY_LINK}chuyen-khoan/", helping.help_transfer, name="help_transfer"),
    path(f"{BY_LINK}qr.png", helping.help_qr, name="help_qr"),
    path(f"{BY_LINK}tinh-trang/", helping.help_status, name="help_status"),
    path("thanh-toan/ket-qua", gateway.come_back, name="return"),
]
