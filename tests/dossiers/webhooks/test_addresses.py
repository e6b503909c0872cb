"""Webhooks go to the public internet only, whatever a name says, now or a moment later."""

import socket

import pytest

from dossiers.webhooks import addresses

PUBLIC = "93.184.215.14"


def resolving(monkeypatch, *numbers):
    """Names have these numbers, one list for each look-up; the last one stays."""
    answers = list(numbers)

    def getaddrinfo(host, port, **kwargs):
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if not found:
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("number", [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.1.1", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.0.2.1",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fec0::1", "2001:db8::1", "x",
])  # fmt: skip
def test_an_address_that_is_not_public_is_refused(number, monkeypatch):
    assert not addresses.may_be_called(number)
    resolving(monkeypatch, [number])
    with pytest.raises(addresses.Refused):
        addresses.look_up("https://nhan.example.org/")


@pytest.mark.parametrize("number", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", f"::ffff:{PUBLIC}"])
def test_a_public_address_is_called_by_its_number(number, monkeypatch):
    resolving(monkeypatch, [number])
    target = addresses.look_up("https://nhan.example.org:8443/a?b=c")
    assert target.host == "nhan.example.org" and target.ip == number
    assert target.pinned == (f"https://[{number}]:8443/a?b=c" if ":" in number else f"https://{number}:8443/a?b=c")


def test_one_private_number_among_public_ones_is_enough(monkeypatch):
    resolving(monkeypatch, [PUBLIC, "10.0.0.1"])
    with pytest.raises(addresses.Refused):
        addresses.look_up("https://nhan.example.org/")


@pytest.mark.parametrize("url", [
    "http://nhan.example.org/", "ftp://nhan.example.org/", "https:///a", "https://user:pw@nhan.example.org/",
    "https://a@b.example.org/",
    "https://nhan.example.org/#x", "https://nhan.example.org:99999/", "https://nhan.example.org/" + "a" * 500,
    "javascript:alert(1)",
    "https://nhan .example.org/", "https://nhan.example.org\\@10.0.0.1/", "https://nhận.example.org/", "//nhan.example.org/", "",
    "https://[::1",
    "https://nhan.example.org/\r\nX: y",
])  # fmt: skip
def test_a_url_that_is_not_plain_https_is_refused(url, monkeypatch):
    resolving(monkeypatch, [PUBLIC])
    with pytest.raises(addresses.Refused):
        addresses.look_up(url)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_other_spellings_of_this_machine_are_looked_up_and_refused(host):
    with pytest.raises(addresses.Refused):
        addresses.look_up(f"https://{host}/")


def test_a_name_that_does_not_exist_is_said_to(monkeypatch):
    resolving(monkeypatch, [])
    with pytest.raises(addresses.Refused, match="Không tìm thấy máy chủ"):
        addresses.look_up("https://khong-co.example.org/")


def test_this_machine_is_called_only_where_it_is_allowed_and_http_only_there(settings, monkeypatch):
    settings.WEBHOOK_LOOPBACK = True
    assert addresses.look_up("http://127.0.0.1:9/").pinned == "http://127.0.0.1:9/"
    resolving(monkeypatch, [PUBLIC])
    with pytest.raises(addresses.Refused, match="https://"):
        addresses.look_up("http://nhan.example.org/")
    resolving(monkeypatch, ["10.0.0.1"])
    with pytest.raises(addresses.Refused):
        addresses.look_up("https://nhan.example.org/")
