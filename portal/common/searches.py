"""Words of a search kept in the session, so that the address of the results names nobody: only a key stands in it."""

import secrets

KEPT = 20  # searches of one session
MAX_LENGTH = 100
SESSION_KEY = "searches"


def keep(request, words: str) -> str:
    """Keep the words; returns the key for the address, "" for no words. The oldest of KEPT searches is forgotten."""
    words = words.strip()[:MAX_LENGTH]
    if not words:
        return ""
    kept = request.session.get(SESSION_KEY, {})
    key = secrets.token_hex(4)
    request.session[SESSION_KEY] = dict([*kept.items(), (key, words)][-KEPT:])
    return key


def words(request, key: str) -> str:
    """The words kept under this key in this session; "" when there are none."""
    return request.session.get(SESSION_KEY, {}).get(key, "")
