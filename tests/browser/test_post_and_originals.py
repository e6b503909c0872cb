"""A result goes out by post with the mock post: lost, found, delivered. Originals go to the office and back."""

import os
import signal
import subprocess
import sys

import httpx
import pytest
from django.conf import settings as configured
from django.urls import reverse

from accounts.models import User
from dossiers.models import Dossier
from dossiers.parcels.models import Parcel, ParcelRequest
from portal.common import outbox
from portal.launch import programs
from tests import factories, world
from tests.browser.office import log_in, looks_right, step
from tests.browser_support import click_and_wait
from tests.mock_gateway.process import free_port
from tests.processes import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def post(live_server, settings, tmp_path):
    """The mock post as a real process, which moves parcels only when told. Its control API as a client."""
    port = free_port()
    settings.POST_API_URL = f"http://127.0.0.1:{port}"
    own = {
        "DJANGO_SETTINGS_MODULE": "dossiers.mock_post.settings", "POST_STORE": str(tmp_path / "post.sqlite3"), "POST_STEP": "0",
        "POST_NOTICE_URL": f"{live_server.url}/buu-gui/buu-dien/bao", "POST_THREADS": "0",
    }  # fmt: skip
    process = subprocess.Popen(
        programs.mock_post(sys.executable, port), env={**os.environ, **own}, cwd=configured.BASE_DIR, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    client = httpx.Client(base_url=settings.POST_API_URL, timeout=30, trust_env=False)

    def answers():
        try:
            return client.get("/song").status_code == 200
        except httpx.HTTPError:
            return False

    try:
        wait_for(answers)
        yield client
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the server and its worker
        process.wait(20)


def told(post, parcel, status, **faults):
    """The post reports this station; with faults only now, and what it held comes too."""
    assert post.post("/control/faults", json=faults).status_code == 200
    assert post.post("/control/report", json={"reference": parcel.reference, "status": status}).status_code == 200
    post.post("/control/tick", json={"force": "reorder" not in faults})


def test_a_parcel_lost_and_found_and_originals_there_and_back(live_server, post, open_page):
    world.holidays()
    desk = factories.Desk()
    dossier = factories.completed(desk, delivery_way="post")
    portal, address = live_server.url, f"{live_server.url}{reverse('desk:dossier', args=[dossier.code])}"
    clerk, citizen = open_page(width=1280), open_page(width=360)
    log_in(clerk, portal, desk.clerk)
    log_in(citizen, portal, User.objects.get(pk=dossier.submitter_id))

    clerk.goto(f"{portal}/can-bo/buu-gui/?nhom=cho-gui")
    looks_right(clerk)
    click_and_wait(clerk.get_by_role("link", name=dossier.code))
    step(clerk, "Gửi bưu điện")
    outbox.do(Parcel, Parcel.objects.get().pk)
    clerk.goto(address)  # before the pick-up the desk thinks better of it
    click_and_wait(clerk.get_by_role("link", name="Hủy bưu gửi"))
    looks_right(clerk)
    clerk.get_by_label("Vì sao hủy").fill("Ghi sai số nhà.")
    click_and_wait(clerk.get_by_role("button", name="Xin bưu điện hủy"))
    outbox.do(ParcelRequest, ParcelRequest.objects.get().pk)
    assert Parcel.objects.get().state == "cancelled"
    clerk.goto(address)
    step(clerk, "Gửi bưu điện")
    parcel = Parcel.objects.last()
    outbox.do(Parcel, parcel.pk)
    parcel.refresh_from_db()
    assert parcel.tracking and parcel.postage == 30_000

    told(post, parcel, "picked_up", double=1)
    told(post, parcel, "lost", reorder=1)
    told(post, parcel, "in_transit", forge=1)  # what was held goes out, and a forged one nobody believes
    parcel.refresh_from_db()
    assert parcel.state == "lost" and [n.state for n in parcel.notices.all()] == ["labelled", "picked_up", "lost"]
    citizen.goto(f"{portal}/ho-so/{dossier.code}/")
    looks_right(citizen)
    assert "Bưu điện báo thất lạc" in citizen.locator("main").inner_text()
    clerk.goto(f"{portal}/can-bo/buu-gui/")
    assert desk.clerk.full_name in clerk.locator("main").inner_text()

    told(post, parcel, "in_transit", drop=1)  # found, and nobody hears of it until somebody asks
    clerk.goto(address)
    click_and_wait(clerk.get_by_role("button", name="Hỏi bưu điện đang ở đâu"))
    outbox.do(ParcelRequest, parcel.requests.get().pk)
    parcel.refresh_from_db()
    assert parcel.state == "in_transit"
    told(post, parcel, "delivered")
    citizen.reload()
    assert f"Người nhận: {dossier.subject_name}" in citizen.locator("main").inner_text()
    assert Dossier.objects.get(pk=dossier.pk).state == "RETURNED"
    post.get("/")  # the panel, for people
    panel = open_page(width=360)
    panel.goto(str(post.base_url))
    looks_right(panel)

    other = desk.accepted()
    address = f"{portal}/can-bo/ho-so/{other.code}/giay-to-goc/"
    clerk.goto(address)
    looks_right(clerk)
    clerk.get_by_label("Giấy tờ khác", exact=False).first.fill("Sổ hộ khẩu")
    click_and_wait(clerk.get_by_role("button", name="Ghi đã nhận giữ"))
    clerk.get_by_label("Sổ hộ khẩu").check()
    click_and_wait(clerk.get_by_role("button", name="Bàn giao"))
    looks_right(clerk)
    clerk.get_by_label("Bên nhận").select_option(label=desk.officer.full_name)
    click_and_wait(clerk.get_by_role("button", name="Lập biên bản"))
    officer = open_page(width=360)
    log_in(officer, portal, desk.officer)
    officer.goto(clerk.url)
    looks_right(officer)
    officer.get_by_label("Sổ hộ khẩu").check()
    click_and_wait(officer.get_by_role("button", name="Ghi"))
    clerk.goto(address)
    clerk.get_by_label("Sổ hộ khẩu").check()
    click_and_wait(clerk.get_by_role("button", name="Trả lại người dân"))
    looks_right(clerk)
    clerk.get_by_label("Chính chủ hồ sơ").check()
    clerk.locator("[name=seen_document][value=can_cuoc]").check()
    clerk.get_by_label("Số giấy tờ đã xem").fill(other.subject_id_number)
    click_and_wait(clerk.get_by_role("button", name="Ghi đã trả"))
    assert "đã trả lại" in clerk.locator("main").inner_text()
