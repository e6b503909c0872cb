"""URLs of the gateway: merchant API, payer pages, bank, settlement files, panel and control API."""

from django.urls import path

from .views import bank, control, panel, payer, settlement, wire

payer_paths = {
    "": (payer.start, "start"),
    "chon/": (payer.choose, "choose"),
    "ung-dung/": (payer.apps, "apps"),
    "ung-dung/<str:bank>/": (payer.app, "app"),
    "qr/": (payer.qr_code, "qr"),
    "the/": (payer.bank_list, "banks"),
    "the/<str:bank>/": (payer.card, "card"),
    "the-quoc-te/": (payer.international, "international"),
    "otp/": (payer.otp, "otp"),
    "huy/": (payer.cancel, "cancel"),
    "xong/": (payer.ended, "ended"),
}

control_paths = {
    "faults": control.switches,
    "reset": control.reset,
    "transactions": control.transactions,
    "pay": control.pay,
    "resolve": control.resolve,
    "resend": control.resend,
    "tick": control.tick,
    "ipn-log": control.ipn_log,
    "transfer": control.transfer,
}

urlpatterns = [
    path("paymentv2/vpcpay.html", wire.pay, name="pay"),
    path("merchant_webapi/api/transaction", wire.api, name="api"),
    path("qrpayauth/api/merchant/get_bank_list", wire.bank_list, name="bank_list"),
    path("song", wire.alive, name="alive"),
    *[path(f"giao-dich/<str:token>/{end}", view, name=name) for end, (view, name) in payer_paths.items()],
    path("bank/", bank.transfer, name="bank"),
    path("bank/statement", bank.statement, name="statement"),
    path("doi-soat/<str:terminal>/<str:day>.csv", settlement.settlement_file, name="settlement"),
    path("", panel.front, name="front"),
    path("bang-dieu-khien/", panel.panel, name="panel"),
    path("bang-dieu-khien/cong-tac/", panel.switch, name="switch"),
    path("bang-dieu-khien/tat-het/", panel.all_off, name="all_off"),
    path("bang-dieu-khien/gui-lai/<str:token>/", panel.again, name="again"),
    path("bang-dieu-khien/quyet-dinh/<str:token>/", panel.decide, name="decide"),
    *[path(f"control/{name}", view, name=f"control_{name}") for name, view in control_paths.items()],
]

handler400 = "payments.mock_gateway.views.errors.bad_request"
handler403 = "payments.mock_gateway.views.errors.denied"
handler404 = "payments.mock_gateway.views.errors.not_found"
handler500 = "payments.mock_gateway.views.errors.server_error"
