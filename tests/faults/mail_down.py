"""The mail server is away for ten minutes of a moved clock: it refuses, breaks off in the middle of a letter, or says «later».

Two relays hand each due letter out, to four workers. In the end each letter has arrived once. Prints a table.
"""

import contextlib
import contextvars
import datetime as dt
import socketserver
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.test import override_settings

from portal.common import clock, outbox

AWAY = dt.timedelta(minutes=10)
TICK = dt.timedelta(seconds=30)  # between two looks of the relays
LATEST = dt.timedelta(minutes=30)
HOW = ("refuses", "breaks off", "later")  # each for a third of the time
WORKERS, RELAYS = 4, 2
HEAD = "| mail server away | letters | tries that failed | all arrived after | lost | doubled |\n|" + " --- |" * 6


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps the Message-ID of each letter that it acknowledged. `mood`: one of HOW, or "" when it takes letters."""

    daemon_threads = allow_reuse_address = True
    request_queue_size = 64

    def __init__(self):
        self.mood, self.taken = "", []
        super().__init__(("127.0.0.1", 0), _Session)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            self._talk()

    def _talk(self):
        if self.server.mood == "refuses":
            self._say("421 closed")
            return
        self._say("220 here")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA" and not self._take():
                return
            if word != b"DATA":
                self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _take(self):
        """Read a letter. False when the line is to be cut."""
        self._say("354 go on")
        if self.server.mood == "breaks off":
            self.rfile.readline()
            return False
        lines = list(iter(self.rfile.readline, b".\r\n"))
        if self.server.mood == "later":
            self._say("451 later")
            return True
        self.server.taken += [line.split(b":", 1)[1].strip() for line in lines if line.lower().startswith(b"message-id:")]
        self._say("250 taken")
        return True

    def _say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


def play(letters):
    """Print the table. Returns sentences about what is wrong."""
    from accounts.messages.models import Channel, Message
    from tests import factories

    started = clock.now()
    person = factories.user()
    facts = {"recipient": person, "channel": Channel.EMAIL, "subject": "Thử", "body": "Thử", "next_at": started}
    Message.objects.filter(due_state=outbox.OutboxState.WAITING).update(due_state=outbox.OutboxState.DONE)
    Message.objects.bulk_create(Message(key=f"mail-down:{number}", **facts) for number in range(letters))
    server = MailServer()
    smtp = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
    try:
        with override_settings(**smtp, EMAIL_PORT=server.server_address[1], EMAIL_TIMEOUT=5):
            failed, after = _until_all_are_sent(server, started, Message)
    finally:
        server.shutdown()
        server.server_close()
    arrived = Counter(server.taken)
    lost, doubled = letters - len(arrived), sum(number > 1 for number in arrived.values())
    minutes = f"{after.total_seconds() / 60:.1f} min" if after else "never"
    print(f"{HEAD}\n| 10 min | {letters} | {failed} | {minutes} | {lost} | {doubled} |", flush=True)
    return [f"mail: {lost} lost, {doubled} doubled"] if lost or doubled or after is None else []


def _until_all_are_sent(server, started, model):
    """(tries that failed, time until nothing waits or None). Each tick hands out what is due by the moved clock."""
    failed, since = 0, dt.timedelta()
    with ThreadPoolExecutor(WORKERS) as workers:
        while since <= LATEST:
            server.mood = HOW[int(len(HOW) * (since / AWAY))] if since < AWAY else ""
            waiting = model.objects.filter(due_state=outbox.OutboxState.WAITING)
            with clock.at(started + since):
                due = list(waiting.filter(next_at__lte=clock.now()).order_by("next_at").values_list("pk", flat=True))
                tries = [contextvars.copy_context() for _ in range(RELAYS * len(due))]
                failed += sum(workers.map(lambda context, pk: context.run(_fails, model, pk), tries, due * RELAYS))
            if not waiting.exists():
                return failed, since
            since += TICK
    return failed, None


def _fails(model, pk):
    """Do one row, as a worker does. True when it failed."""
    try:
        outbox.do(model, pk)
    except Exception:  # what the mail server did; the row says when it is tried again
        return True
    return False
