"""URLs of the desk."""

from django.urls import path

from dossiers.desk.views import (
    bulk,
    calendar,
    conversation,
    dossier,
    intake,
    outages,
    queue,
    register,
    results,
    signing,
    steps,
    supplement,
    times,
)

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("cung-luc/", bulk.together, name="together"),
    path("so-theo-doi/", register.show, name="register"),
    path("so-theo-doi.pdf", register.pdf, name="register_pdf"),
    path("so-theo-doi.xlsx", register.xlsx, name="register_xlsx"),
    path("su-co/", outages.show, name="outages"),
    path("su-co/<int:pk>/huy/", outages.cancel, name="cancel_outage"),
    path("lich-lam-viec/", calendar.show, name="calendar"),
    path("tiep-nhan-tai-quay/", intake.choose, name="intake"),
    path("tiep-nhan-tai-quay/thu-tuc/<int:pk>/", intake.applicant, name="intake_applicant"),
    path("tiep-nhan-tai-quay/<int:pk>/", intake.draft, name="intake_draft"),
    path("tiep-nhan-tai-quay/<int:pk>/to-khai.pdf", intake.form, name="intake_form"),
    path("tiep-nhan-tai-quay/<int:pk>/bo/", intake.discard, name="intake_discard"),
    path("thoi-gian/", times.show, name="times"),
    path("ky-loat/", signing.batch, name="sign"),
    path("ho-so/<dossier_code:code>/", dossier.dossier, name="dossier"),
    path("ho-so/<dossier_code:code>/soan-ket-qua/", results.draft, name="draft"),
    path("ho-so/<dossier_code:code>/ban-in/<str:shown>/<slug:key>.pdf", results.paper, name="paper"),
    path("ho-so/<dossier_code:code>/ban-in/<str:shown>/tep/<slug:key>/", results.attached, name="attached"),
    path("ho-so/<dossier_code:code>/buoc/<int:pk>/tep/", dossier.product, name="product"),
    path("ho-so/<dossier_code:code>/lam-lai/<str:kind>/<int:pk>/", dossier.again, name="again"),
    path("thu-cho-tra-loi/", conversation.waiting, name="letters"),
    path("cau-tra-loi-mau/", conversation.ready_answers, name="ready_answers"),
    path("ho-so/<dossier_code:code>/trao-doi/", conversation.show, name="conversation"),
    path("ho-so/<dossier_code:code>/trao-doi/ghi-chu/", conversation.note, name="note"),
    path("ho-so/<dossier_code:code>/trao-doi/<int:pk>/khong-can-tra-loi/", conversation.no_answer, name="no_answer"),
    path("ho-so/<dossier_code:code>/trao-doi/<int:pk>/tep/<int:number>/", conversation.file, name="letter_file"),
    path("ho-so/<dossier_code:code>/bo-sung-tai-quay/", supplement.answer, name="answer_supplement"),
    path("ho-so/<dossier_code:code>/<slug:slug>/", steps.step, name="step"),
]
