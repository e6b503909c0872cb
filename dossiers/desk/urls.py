"""URLs of the desk."""

from django.urls import path

from dossiers.desk.views import (
    absences,
    at_once,
    bulk,
    calendar,
    dossier,
    outages,
    presence,
    queue,
    register,
    results,
    saved_lists,
    signing,
    steps,
)

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("danh-sach.xlsx", queue.export, name="export"),
    path("danh-sach/luu/", saved_lists.save, name="save_list"),
    path("danh-sach/<int:pk>/xoa/", saved_lists.delete, name="delete_list"),
    path("phim-tat/", presence.keys, name="keys"),
    path("vang-mat/", absences.show, name="absences"),
    path("vang-mat/<int:pk>/huy/", absences.cancel, name="cancel_absence"),
    path("cung-luc/", bulk.together, name="together"),
    path("cung-luc/<int:pk>/", bulk.run, name="bulk"),
    path("cung-luc/<int:pk>/lam/", bulk.confirm, name="bulk_confirm"),
    path("cung-luc/<int:pk>/in.pdf", bulk.print_slips, name="bulk_print"),
    path("so-theo-doi/", register.show, name="register"),
    path("so-theo-doi.pdf", register.pdf, name="register_pdf"),
    path("so-theo-doi.xlsx", register.xlsx, name="register_xlsx"),
    path("su-co/", outages.show, name="outages"),
    path("su-co/<int:pk>/huy/", outages.cancel, name="cancel_outage"),
    path("lich-lam-viec/", calendar.show, name="calendar"),
    path("ky-loat/", signing.batch, name="sign"),
    path("ho-so/<dossier_code:code>/", dossier.dossier, name="dossier"),
    path("ho-so/<dossier_code:code>/dang-mo/", presence.beat, name="presence"),
    path("ho-so/<dossier_code:code>/lam-nhanh/", at_once.at_once, name="at_once"),
    path("ho-so/<dossier_code:code>/soan-ket-qua/", results.draft, name="draft"),
    path("ho-so/<dossier_code:code>/ban-in/<str:shown>/<slug:key>.pdf", results.paper, name="paper"),
    path("ho-so/<dossier_code:code>/ban-in/<str:shown>/tep/<slug:key>/", results.attached, name="attached"),
    path("ho-so/<dossier_code:code>/buoc/<int:pk>/tep/", dossier.product, name="product"),
    path("ho-so/<dossier_code:code>/lam-lai/<str:kind>/<int:pk>/", dossier.again, name="again"),
    path("ho-so/<dossier_code:code>/<slug:slug>/", steps.step, name="step"),
]
