"""The web server keeps answering while many clients on bad lines send slowly or not at all."""

import contextlib
import socket
import subprocess
import sys

import httpx
import pytest

from portal.launch import web_server
from tests.mock_gateway.process import free_port
from tests.processes import wait_for

APPLICATION = """
def application(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"x" * 5_000_000 if environ["PATH_INFO"] == "/big" else environ["SCRIPT_NAME"].encode()]
"""
HALF_SENT = {
    "nothing": b"",
    "half a request line": b"GET /",
    "half the headers": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "half the form": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc",
    "an answer never read": b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    (folder / "tiny.py").write_text(APPLICATION)
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_server, "HEADER_SECONDS", 1)
        command = web_server.command(sys.executable, "tiny:application", port)
    process = subprocess.Popen(command, cwd=folder, start_new_session=True, stderr=(folder / "log").open("wb"))

    def answers():
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{port}/", timeout=2, trust_env=False).status_code == 200

    wait_for(answers)
    yield "127.0.0.1", port
    process.terminate()
    process.wait(timeout=15)


def get(address, **headers):
    return httpx.get("http://{}:{}/".format(*address), headers=headers, timeout=5, trust_env=False)


@pytest.mark.parametrize("sent", HALF_SENT.values(), ids=list(HALF_SENT))
def test_two_dozen_half_sent_requests_do_not_silence_it(address, sent):
    with contextlib.ExitStack() as open_sockets:
        for _ in range(24):
            open_sockets.enter_context(socket.create_connection(address)).sendall(sent)
        assert get(address).status_code == 200


def test_headers_that_do_not_end_are_cut_off(address):
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(HALF_SENT["half the headers"])
        client.settimeout(0.3)
        gone = False
        for _ in range(30):  # a byte every 0.3 s must not keep it open
            try:
                gone = client.recv(1000) == b"" or gone
            except TimeoutError:
                with contextlib.suppress(OSError):
                    client.sendall(b"a")
            except OSError:
                gone = True
            if gone:
                break
        assert gone


def test_a_header_does_not_change_where_the_portal_stands(address):
    """SCRIPT_NAME as a header was taken for the WSGI variable, and a path outside it answered 500."""
    answer = get(address, SCRIPT_NAME="/elsewhere")
    assert answer.status_code == 200
    assert answer.content == b""


def test_headers_without_end_are_refused(address):
    assert httpx.get(
        "http://{}:{}/".format(*address), headers={"X-Long": "a" * 200_000}, timeout=5, trust_env=False
    ).status_code in (400, 431)
