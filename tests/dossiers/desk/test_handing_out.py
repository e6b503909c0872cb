"""A result handed out at the counter: who took it, which document was seen, by what right."""

import pytest

from dossiers import workflow
from dossiers.transitions.inputs import DetailsMissing
from tests import factories
from tests.dossiers.desk.test_steps import now, take
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db


def own(dossier, **facts):
    seen = {"seen_document": "can_cuoc", "seen_number": dossier.subject_id_number}
    return {"signed_for_by": dossier.subject_name, "taken_as": "chinh_chu", **seen, **facts}


WRONG = [
        ({"signed_for_by": " "}, "signed_for_by"), ({"seen_document": ""}, "seen_document"),
        ({"seen_document": "thẻ"}, "seen_document"), ({"seen_number": ""}, "seen_number"),
        ({"seen_number": "12"}, "seen_number"), ({"seen_number": "٠١١٩٩٩٠٠٠٠٠١"}, "seen_number"),
        ({"seen_number": "011999777777"}, "seen_number"), ({"taken_as": "ai đó"}, "taken_as"),
        ({"taken_as": "uy_quyen"}, "mandate"), ({"taken_as": "uy_quyen", "mandate": "  "}, "mandate"),
]  # fmt: skip


def test_without_name_document_and_right_nothing_is_handed_out(desk):
    dossier = factories.completed(desk, delivery_way="counter")
    for wrong, field in WRONG:
        with pytest.raises(DetailsMissing) as missing:
            workflow.advance(dossier, "deliver", actor=desk.clerk, **own(dossier, **wrong))
        assert missing.value.field == field, wrong
    assert now(dossier).state == "COMPLETED"


def test_what_was_seen_is_kept_in_the_history(desk):
    dossier = factories.completed(desk, delivery_way="counter")
    number = dossier.subject_id_number
    typed = own(dossier, signed_for_by="Nguyễn Hoàng Phượng Vỹ", seen_number=f"{number[:3]} {number[3:6]} {number[6:]}")
    assert take(desk.clerk, dossier, "deliver", **typed).status_code == 302
    dossier = now(dossier)
    details = dossier.events.last().text.details
    assert (details["seen_document"], details["seen_number"], details["taken_as"]) == ("can_cuoc", number, "chinh_chu")
    assert details["signed_for_by"] == "Nguyễn Hoàng Phượng Vỹ"  # NFC
    shown = words(browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/"))
    assert "Chính chủ hồ sơ" in shown and number in shown
    assert number not in words(browse(factories.user(inspector="H18.X004.CA")).get(f"/can-bo/ho-so/{dossier.code}/"))


def test_the_citizen_is_told_that_somebody_signed_not_that_there_is_a_file(desk):
    dossier = factories.completed(desk, delivery_way="counter")
    workflow.advance(dossier, "deliver", actor=desk.clerk, **factories.SIGNED)
    told = dossier.submitter.inbox.order_by("-pk").first()
    assert "tại quầy" in told.subject and "tải kết quả" not in told.body
