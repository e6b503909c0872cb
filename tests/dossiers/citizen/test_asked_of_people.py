"""Who must come, and who else must agree, is told after filing and on the dossier: from the version and the answers."""

import pytest

from dossiers import workflow
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db
TITLE, PRESENCE = "Cần có mặt, cần người khác đồng ý", "Hai bên phải cùng có mặt ký sổ"


def with_presence(dossier):
    version = dossier.version
    version.document["procedure"]["partial_reason"] = {"code": "presence", "text": PRESENCE}
    with past_the_triggers():
        version.save()
    return dossier


def test_presence_is_told_after_filing_and_on_the_dossier_while_it_goes_on(desk):
    dossier = with_presence(desk.submitted())
    client = browse(dossier.submitter)
    for path in (f"/ho-so/{dossier.code}/da-nop/", f"/ho-so/{dossier.code}/"):
        page = client.get(path).content.decode()
        assert TITLE in page and f"{PRESENCE}." in page, path
    workflow.withdraw(dossier, actor=dossier.submitter)
    assert PRESENCE not in client.get(f"/ho-so/{dossier.code}/").content.decode()


def test_other_reasons_and_procedures_without_any_say_nothing(desk):
    dossier = desk.submitted()
    assert TITLE not in browse(dossier.submitter).get(f"/ho-so/{dossier.code}/").content.decode()


def test_the_consent_of_another_is_told_with_its_name_and_way(desk):
    dossier = desk.submitted()
    form = dossier.version.document["form"]
    pages = [page for section in form["sections"] for page in section["pages"]]
    question = next((q for page in pages for q in page["fields"] if q.get("third_party")), None)
    assert question, "the form of residence asks the head of the household"
    with past_the_triggers():
        dossier.answers[question["key"]] = {"agreed": True, "name": "Lò Văn Páo", "way": "paper"}
        type(dossier).objects.filter(pk=dossier.pk).update(answers=dossier.answers)
    page = browse(dossier.submitter).get(f"/ho-so/{dossier.code}/").content.decode()
    assert TITLE in page and "Lò Văn Páo, ký trên bản giấy" in page
