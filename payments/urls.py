"""Addresses of paying. The two of the gateway are told to it once and for all: they never change."""

from django.urls import path

from payments.views import gateway

app_name = "payments"

urlpatterns = [
    path("thanh-toan/ket-qua", gateway.come_back, name="return"),
    path("thanh-toan/vnpay/ipn", gateway.ipn, name="ipn"),
]
