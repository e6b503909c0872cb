"""URLs of the accountant's desk, under /can-bo/ke-toan/."""

from django.urls import path

from payments.accounting.views import attempts, complaints, credits, front, receipts, reconciliation, refunds, revenue

app_name = "accounting"
urlpatterns = [
    path("", front.front, name="front"),
    path("tien-thu/", revenue.show, name="takings"),
    path("tien-thu/tien-thu.xlsx", revenue.excel, name="takings_export"),
    path("lan-tra/", attempts.listed, name="attempts"),
    path("lan-tra/<str:reference>/", attempts.attempt, name="attempt"),
    path("lan-tra/<str:reference>/ket-luan/", attempts.decide, name="decide"),
    path("lan-tra/<str:reference>/hoan-tien/", attempts.propose, name="propose"),
    path("lan-tra/<str:reference>/bien-lai/<int:pk>/", receipts.receipt, name="receipt"),
    path("hoan-tien/", refunds.listed, name="refunds"),
    path("hoan-tien/<str:request_id>/", refunds.refund, name="refund"),
    path("hoan-tien/<str:request_id>/<slug:slug>/", refunds.step, name="refund_step"),
    path("doi-soat/", reconciliation.runs, name="reconciliation"),
    path("chenh-lech/", reconciliation.listed, name="differences"),
    path("chenh-lech/<int:pk>/", reconciliation.difference, name="difference"),
    path("chenh-lech/<int:pk>/<slug:slug>/", reconciliation.step, name="difference_step"),
    path("tien-ve/", credits.listed, name="credits"),
    path("tien-ve/<int:pk>/", credits.credit, name="credit"),
    path("tien-ve/<int:pk>/<slug:slug>/", credits.step, name="credit_step"),
    path("phieu-hoi/", complaints.listed, name="complaints"),
    path("phieu-hoi/<int:pk>/", complaints.complaint, name="complaint"),
]
