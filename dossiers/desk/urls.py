"""URLs of the desk."""

from django.urls import path

from dossiers.desk.views import bulk, calendar, custody, dossier, outages, parcels, queue, register, results, signing, steps

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("cung-luc/", bulk.together, name="together"),
    path("so-theo-doi/", register.show, name="register"),
    path("so-theo-doi.pdf", register.pdf, name="register_pdf"),
    path("so-theo-doi.xlsx", register.xlsx, name="register_xlsx"),
    path("su-co/", outages.show, name="outages"),
    path("su-co/<int:pk>/huy/", outages.cancel, name="cancel_outage"),
    path("giay-to-goc/", custody.originals_of_body, name="originals_of_body"),
    path("giay-to-goc/ban-giao/", custody.hand_over, name="hand_over_originals"),
    path("giay-to-goc/ban-giao/<slug:reference>/", custody.handover, name="handover"),
    path("giay-to-goc/ban-giao/<slug:reference>.pdf", custody.handover_pdf, name="handover_pdf"),
    path("buu-gui/", parcels.show, name="parcels"),
    path("buu-gui/<slug:reference>/nhan-dan.pdf", parcels.label, name="parcel_label"),
    path("buu-gui/<slug:reference>/ghi-tin/", parcels.note, name="parcel_note"),
    path("lich-lam-viec/", calendar.show, name="calendar"),
    path("ky-loat/", signing.batch, name="sign"),
    path("ho-so/<dossier_code:code>/", dossier.dossier, name="dossier"),
    path("ho-so/<dossier_code:code>/soan-ket-qua/", results.draft, name="draft"),
    path("ho-so/<dossier_code:code>/ban-in/<str:shown>/<slug:key>.pdf", results.paper, name="paper"),
    path("ho-so/<dossier_code:code>/ban-in/<str:shown>/tep/<slug:key>/", results.attached, name="attached"),
    path("ho-so/<dossier_code:code>/giay-to-goc/", custody.originals, name="originals"),
    path("ho-so/<dossier_code:code>/giay-to-goc/tra/", custody.give_back, name="give_back"),
    path("ho-so/<dossier_code:code>/giay-to-goc.pdf", custody.custody_sheet, name="custody_sheet"),
    path("ho-so/<dossier_code:code>/nhan-bia.pdf", custody.folder_label, name="folder_label"),
    path("ho-so/<dossier_code:code>/buoc/<int:pk>/tep/", dossier.product, name="product"),
    path("ho-so/<dossier_code:code>/lam-lai/<str:kind>/<int:pk>/", dossier.again, name="again"),
    path("ho-so/<dossier_code:code>/<slug:slug>/", steps.step, name="step"),
]
