"""Addresses of the accountant's desk, under /can-bo/ke-toan/."""

from django.urls import path

from payments.views.accountant import attempts, complaints, credits, front, receipt, reconciling, refunds, takings

app_name = "accounting"
urlpatterns = [
    path("", front.front, name="front"),
    path("tien-thu/", takings.show, name="takings"),
    path("tien-thu/tien-thu.xlsx", takings.excel, name="takings_export"),
    path("lan-tra/", attempts.listed, name="attempts"),
    path("lan-tra/<str:reference>/", attempts.attempt, name="attempt"),
    path("lan-tra/<str:reference>/ket-luan/", attempts.decide, name="decide"),
    path("lan-tra/<str:reference>/hoan-tien/", attempts.propose, name="propose"),
    path("lan-tra/<str:reference>/bien-lai/<int:pk>/", receipt.receipt, name="receipt"),
    path("hoan-tien/", refunds.listed, name="refunds"),
    path("hoan-tien/<str:request_id>/", refunds.refund, name="refund"),
    path("hoan-tien/<str:request_id>/<slug:slug>/", refunds.step, name="refund_step"),
    path("doi-soat/", reconciling.runs, name="reconciliation"),
    path("chenh-lech/", reconciling.listed, name="differences"),
    path("chenh-lech/<int:pk>/", reconciling.difference, name="difference"),
    path("chenh-lech/<int:pk>/<slug:slug>/", reconciling.step, name="difference_step"),
    path("tien-ve/", credits.listed, name="credits"),
    path("tien-ve/<int:pk>/", credits.credit, name="credit"),
    path("tien-ve/<int:pk>/<slug:slug>/", credits.step, name="credit_step"),
    path("phieu-hoi/", complaints.listed, name="complaints"),
    path("phieu-hoi/<int:pk>/", complaints.complaint, name="complaint"),
]
