"""The mock SMS provider as one WSGI application (README.md): takes messages, shows them, sends nothing anywhere."""

import hashlib
import hmac
import html
import json
import os
import re
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

MOCK_SECRET = "DVC-MOCK-SECRET-TIN-NHAN-KHONG-DUNG-THAT"
STORE = os.environ.get("SMS_STORE") or str(Path(__file__).resolve().parents[2] / "var" / "mock_sms.sqlite3")
SECRETS = json.loads(os.environ.get("SMS_SECRETS") or json.dumps({"DVC-DEMO": MOCK_SECRET, "DVC-TEST": MOCK_SECRET}))
MAX_BYTES, SHOWN = 16 * 1024, 50
TABLE = """CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY, client TEXT NOT NULL, reference TEXT NOT NULL, id TEXT NOT NULL, phone TEXT NOT NULL,
    text TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (client, reference))"""
STATUS = {200: "200 OK", 201: "201 Created", 400: "400 Bad Request", 401: "401 Unauthorized", 404: "404 Not Found",
          405: "405 Method Not Allowed", 422: "422 Unprocessable Content"}  # fmt: skip
PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Nhà mạng giả lập</title><h1>Nhà mạng giả lập</h1><p>Tin nhắn cổng đã gửi. Không tin nào tới máy của ai.</p><ol>{}</ol>"""


def _store():
    Path(STORE).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(STORE, timeout=20)
    connection.execute(TABLE)
    return connection


def application(environ, start_response):
    """GET / and /song; POST /v1/messages."""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    answer = {("GET", "/song"): _alive, ("GET", "/"): _panel, ("POST", "/v1/messages"): _take}.get((method, path))
    status, kind, body = answer(environ) if answer else (404, "text/plain", "không có trang này")
    headers = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Security-Policy", "default-src 'none'")]
    start_response(STATUS[status], headers)
    return [body.encode()]


def _alive(environ):
    return 200, "text/plain", "song"


def _panel(environ):
    with closing(_store()) as store:
        rows = store.execute("SELECT at, phone, text FROM message ORDER BY number DESC LIMIT ?", (SHOWN,)).fetchall()
    items = "".join("<li>{} · {}<p>{}</p>".format(*map(html.escape, row)) for row in rows)
    return 200, "text/html", PAGE.format(items)


def _take(environ):
    """One message; the same reference again is the same message."""
    body = environ["wsgi.input"].read(MAX_BYTES)
    try:
        asked = json.loads(body.decode())
        client, reference, phone, text = (asked[name] for name in ("client", "reference", "to", "text"))
        secret = SECRETS.get(client)
        if not all(isinstance(value, str) and value for value in (client, reference, phone, text)):
            raise ValueError("not four texts")
    except (ValueError, KeyError, TypeError, RecursionError):
        return _json(400, reason="không đọc được")
    right = hmac.new(str(secret).encode(), body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(right, environ.get("HTTP_X_SMS_SIGNATURE", "")):
        return _json(401, reason="chữ ký sai")
    if not re.fullmatch(r"\+84[0-9]{9}", phone) or phone.endswith("00"):
        return _json(422, reason="Số này không nhận tin nhắn")
    row = (client, reference, secrets.token_hex(8), phone, text, datetime.now(UTC).isoformat(timespec="seconds"))
    with closing(_store()) as store, store:
        known = store.execute(
            "INSERT INTO message (client, reference, id, phone, text, at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (client, reference) DO NOTHING",
            row,
        )
        found = store.execute("SELECT id FROM message WHERE client = ? AND reference = ?", row[:2]).fetchone()
    return _json(201 if known.rowcount else 200, reference=reference, id=found[0])


def _json(status, **facts):
    return status, "application/json", json.dumps(facts, ensure_ascii=False)
