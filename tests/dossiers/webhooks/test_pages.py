"""The pages of webhooks: for system administrators only; a secret is shown once; what was lost is sent again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.webhooks import keeping
from dossiers.webhooks.models import Delivery, Endpoint
from portal.checks import webhooks_stay_away_from_this_machine
from portal.settings.environment import problems
from tests import factories
from tests.dossiers.pages import browse, words
from tests.dossiers.webhooks.test_addresses import PUBLIC, resolving

pytestmark = pytest.mark.django_db
PAGE = "/can-bo/webhook/"


def own(endpoint):
    return f"{PAGE}{endpoint.pk}/"


def test_for_everybody_else_there_is_nothing_here(desk, endpoint):
    others = (desk.head, desk.clerk, factories.user(agency_admin="H18.X004.CA"), factories.citizen())
    for user in others:
        for address in (PAGE, own(endpoint)):
            assert browse(user).get(address).status_code == browse(user).post(address, {"viec": "tat"}).status_code == 404
        assert "Webhook" not in words(browse(user).get("/"))
    assert browse().get(PAGE).url.startswith("/dang-nhap/")
    assert Endpoint.objects.get().disabled_at is None


def test_an_address_is_registered_once_and_its_secret_is_shown_once(administrator, monkeypatch):
    resolving(monkeypatch, [PUBLIC])
    client, sent = browse(administrator), {"name": "Kho dữ liệu", "url": "https://nhan.example.org/a"}
    answer = client.post(PAGE, sent)
    made = Endpoint.objects.get()
    (secret,) = made.secrets_now()
    assert answer.status_code == 200 and secret in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert made.registered_by == administrator
    assert client.post(PAGE, sent).status_code == 422 and Endpoint.objects.count() == 1
    for page in (client.get(PAGE), client.get(own(made))):
        assert secret not in page.content.decode() and made.secret not in page.content.decode() and "Kho dữ liệu" in words(page)


@pytest.mark.parametrize("url", ["http://nhan.example.org/", "https://127.0.0.1/", "https://localhost/", "x", ""])
def test_an_address_that_may_not_be_called_is_not_registered(administrator, url):
    answer = browse(administrator).post(PAGE, {"name": "Kho", "url": url})
    assert answer.status_code == 422 and not Endpoint.objects.exists()


def test_the_secret_is_replaced_and_the_endpoint_switched_off_and_on(administrator, endpoint):
    client, (old,) = browse(administrator), endpoint.secrets_now()
    shown = client.post(own(endpoint), {"viec": "doi-khoa"}).content.decode()
    endpoint.refresh_from_db()
    new, before = endpoint.secrets_now()
    assert new in shown and old not in shown and before == old != new
    keeping.try_it(endpoint)
    client.post(own(endpoint), {"viec": "tat"})
    assert "Đã tắt" in words(client.get(own(endpoint))) and Delivery.objects.get().due_state == "dead"
    for refused in ("gui-thu", "gui-lai"):
        client.post(own(endpoint), {"viec": refused})
    assert Delivery.objects.get().due_state == "dead"
    client.post(own(endpoint), {"viec": "bat"})
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None


def test_what_was_lost_is_sent_again_one_or_all_or_dropped(administrator, endpoint):
    client, rows = browse(administrator), [keeping.try_it(endpoint) for _n in range(3)]
    Delivery.objects.update(due_state="dead", tries=9)
    client.post(own(endpoint), {"viec": "gui-lai", "so": rows[0].pk})
    assert list(Delivery.objects.filter(due_state="waiting").values_list("pk", "tries", "message_id")) == [
        (rows[0].pk, 0, rows[0].message_id)
    ]
    client.post(own(endpoint), {"viec": "bo"})
    assert Delivery.objects.count() == 1
    Delivery.objects.update(due_state="dead")
    client.post(own(endpoint), {"viec": "gui-lai"})
    assert Delivery.objects.get().due_state == "waiting"


@pytest.mark.parametrize(
    "sent",
    [{}, {"viec": "x"}, {"viec": "gui-lai", "so": "0"}, {"viec": "gui-lai", "so": "²"}, {"viec": "gui-lai", "so": "9" * 30}],
)
def test_nonsense_is_not_found(administrator, endpoint, sent):
    client = browse(administrator)
    assert client.post(own(endpoint), sent).status_code == 404
    assert client.get(f"{PAGE}99999999/").status_code == 404
    assert client.get(own(endpoint) + "?truoc=x").status_code == client.get(own(endpoint) + "?truoc=²").status_code == 200


def test_a_delivery_of_another_endpoint_is_not_sent_again_here(administrator, endpoint):
    other = keeping.register(Endpoint(name="khác", url="http://127.0.0.1:9/khac"), administrator)
    theirs = keeping.try_it(other)
    assert browse(administrator).post(own(endpoint), {"viec": "gui-lai", "so": theirs.pk}).status_code == 404


def test_the_pages_ask_as_often_for_many_rows_as_for_few(administrator, endpoint, monkeypatch):
    client = browse(administrator)
    monkeypatch.setattr("dossiers.webhooks.views.PAGE", 3)

    def queries():
        counts = []
        for address in (PAGE, own(endpoint)):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts.append(len(asked))
        return counts

    keeping.try_it(endpoint)
    queries()
    few = queries()
    for n in range(5):
        keeping.try_it(endpoint)
        keeping.register(Endpoint(name="khác", url=f"http://127.0.0.1:9/{n}"), administrator)
    assert queries() == few
    page = client.get(own(endpoint)).content.decode()
    assert "?truoc=" in page


def test_production_refuses_webhooks_to_its_own_machine(settings):
    assert any("WEBHOOK_LOOPBACK" in said for said in problems({"WEBHOOK_LOOPBACK": "1"}))
    assert not any("WEBHOOK_LOOPBACK" in said for said in problems({"WEBHOOK_LOOPBACK": "0"}))
    assert not webhooks_stay_away_from_this_machine(None)
    settings.WEBHOOK_LOOPBACK = True
    assert [found.id for found in webhooks_stay_away_from_this_machine(None)] == ["portal.E005"]
