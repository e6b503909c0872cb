"""URLs of paying. The return URL is registered at the gateway and must not change. The IPN URL is in portal.urls."""

from django.urls import path

import portal.common.addresses  # noqa: F401 - brings the «code» converter
from payments.citizen.views import counter_qr, pay, pay_link
from payments.enquiries import views

app_name = "payments"

OWN, BY_LINK = "ho-so/<dossier_code:code>/tra-phi/", "tra-giup/<code:token>/"

urlpatterns = [
    path(OWN, pay.pay, name="pay"),
    path(f"{OWN}chua-xong/", pay.problem, name="problem"),
    path(f"{OWN}chuyen-khoan/", pay.transfer, name="transfer"),
    path(f"{OWN}qr.png", pay.transfer_qr, name="transfer_qr"),
    path(f"{OWN}tinh-trang/", pay.status, name="status"),
    path(f"{OWN}da-tra/", pay.claim, name="claim"),
    path(f"{OWN}nho-tra/", pay.share, name="share"),
    path(f"{OWN}tai-quay/", counter_qr.show, name="counter_qr"),
    path(BY_LINK, pay_link.help_pay, name="help_pay"),
    path(f"{BY_LINK}chuyen-khoan/", pay_link.help_transfer, name="help_transfer"),
    path(f"{BY_LINK}qr.png", pay_link.help_qr, name="help_qr"),
    path(f"{BY_LINK}tinh-trang/", pay_link.help_status, name="help_status"),
    path("thanh-toan/ket-qua", views.come_back, {"provider": "vnpay"}, name="return"),
    path("thanh-toan/ket-qua/<slug:provider>", views.come_back, name="return"),
]
