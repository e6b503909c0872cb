"""The mock post of `./portalctl run`: two ports after the portal, and only when no other postal service is named."""

import socket

import pytest
from django.urls import resolve

from portal.launch import mocks, needs, welcome
from portal.launch.missing import Missing
from portal.launch.mocks import POST as post


def test_it_takes_the_second_port_after_the_portals_and_says_when_it_is_taken():
    port = needs.free_ports(18_400)
    assert post.mock_port(port) == port + 2
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port + 2))
        holder.listen()
        with pytest.raises(Missing, match="Bưu điện giả lập|bưu điện giả lập"):
            post.mock_port(port)
    with pytest.raises(Missing, match="65536"):
        post.mock_port(65534)


def test_whoever_names_a_postal_service_gets_that_one(monkeypatch):
    monkeypatch.delenv("POST_API_URL", raising=False)
    assert post.is_mock()
    monkeypatch.setenv("POST_API_URL", "https://post.example.vn/api")
    assert not post.is_mock()


def test_both_sides_are_told_of_each_other(places):
    assert post.portal_variables(8142)["POST_API_URL"] == "http://127.0.0.1:8142"
    child = post.child(places, {"DJANGO_SETTINGS_MODULE": "portal.settings.dev"}, 8142, "http://127.0.0.1:8140")
    assert child.environment["DJANGO_SETTINGS_MODULE"] == "dossiers.mock_post.settings"
    assert child.environment["POST_NOTICE_URL"] == "http://127.0.0.1:8140/buu-gui/buu-dien/bao"
    assert resolve(mocks.NOTICE_PATH).view_name == "parcel_notice"


def test_the_greeting_says_that_nothing_is_carried(places):
    text = welcome.text(places, "http://127.0.0.1:8140", {"post": 8142})
    assert "không có bưu gửi nào đi thật" in text and "http://127.0.0.1:8142/" in text
