"""URLs of dossiers for citizens and visitors without login. URLs of staff are under /can-bo/."""

from django.urls import include, path

import portal.common.addresses  # noqa: F401 - brings the «code» converter
from dossiers.citizen.views import conversation, dossier, supplement, tracking
from dossiers.filing.views import again, opening, review, wizard

app_name = "dossiers"

filing = [
    path("bat-dau/<code:code>/", opening.start, name="start"),
    path("<int:pk>/", wizard.resume, name="resume"),
    path("<int:pk>/ban-moi/", review.renew, name="renew"),
    path("<int:pk>/to-khai.pdf", review.filled_form, name="filled_form"),
    path("<int:pk>/<slug:key>/", wizard.step, name="step"),
    path("<int:pk>/<slug:key>/tu-luu/", wizard.autosave, name="autosave"),
]
own = [
    path("", dossier.dashboard, name="dashboard"),
    path("nhap/<int:pk>/", dossier.read_draft, name="read_draft"),
    path("nhap/<int:pk>/xoa/", dossier.discard, name="discard"),
    path("<dossier_code:code>/", dossier.detail, name="detail"),
    path("<dossier_code:code>/da-nop/", dossier.submitted, name="submitted"),
    path("<dossier_code:code>/giay-hen/", dossier.slip, name="slip"),
    path("<dossier_code:code>/giay-moi/", dossier.papers_seen, name="papers_seen"),
    path("<dossier_code:code>/ket-qua/", dossier.result, name="result"),
    path("<dossier_code:code>/nop-lai/", again.start_again, name="again"),
    path("<dossier_code:code>/rut/", dossier.withdraw, name="withdraw"),
    path("<dossier_code:code>/xac-nhan/", dossier.confirm, name="confirm"),
    path("<dossier_code:code>/trao-doi/", conversation.show, name="conversation"),
    path("<dossier_code:code>/trao-doi/<int:pk>/tep/<int:number>/", conversation.file, name="letter_file"),
    path("<dossier_code:code>/bo-sung/", supplement.edit, name="supplement"),
    path("<dossier_code:code>/bo-sung/xem-lai/", supplement.review, name="supplement_review"),
]
urlpatterns = [
    path("thu-tuc/<code:code>/to-khai.pdf", opening.blank_form, name="blank_form"),
    path("nop/", include(filing)),
    path("ho-so/", include(own)),
    path("tra-cuu/", tracking.track, name="track"),
    path("tra-cuu/<code:secret>/", tracking.track_link, name="track_link"),
]
