"""Work that may go wrong – drawing a PDF, opening a stranger's file – is done in a child process with limits.

A child is `python -m <module>` that calls `portal.common.sandbox_child.serve`. A job is one message on its standard input
and one answer on its standard output; a message is two lengths, a JSON header and bytes. The child gets no secret: its
environment holds only what is named here. It is killed when it is late, and goes by itself when its parent is gone.
"""

import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress

from django.conf import settings

LENGTHS = struct.Struct(">II")
LARGEST_ANSWER = 64 * 1024 * 1024
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PORTAL_VAR", "PYTHONDONTWRITEBYTECODE")


class ChildError(Exception):
    """The child said no, died, or was late. The text is for the log, not for citizens."""


class ChildTimeout(ChildError):
    """The child did not answer in time and was killed."""


class ChildRefusal(ChildError):
    """The child looked at the job and answered that it cannot be done."""


def start(module, *, environment=None):
    """Start a child for `module`, in a process group of its own so that all it starts dies with it."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", module, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env={**passed, "LANG": "C.UTF-8", **(environment or {})},
        start_new_session=True,
        bufsize=0,
    )


def stop(child):
    """Kill the child and all it started, and take its exit code so that no zombie stays."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for stream in (child.stdin, child.stdout):
        stream.close()


def ask(child, header, body=b"", *, timeout):
    """Give the child one job and return its answer (header, body). After any error but a refusal the child is unusable."""
    deadline = time.monotonic() + timeout
    head = json.dumps(header).encode()
    _write(child.stdin.fileno(), LENGTHS.pack(len(head), len(body)) + head + body, deadline)
    lengths = LENGTHS.unpack(_read(child.stdout.fileno(), LENGTHS.size, deadline))
    if sum(lengths) > LARGEST_ANSWER:
        raise ChildError(f"answer of {sum(lengths)} bytes is too large")
    answer = json.loads(_read(child.stdout.fileno(), lengths[0], deadline))
    content = _read(child.stdout.fileno(), lengths[1], deadline)
    if "refused" in answer:
        raise ChildRefusal(answer["refused"])
    return answer, content


def ask_once(module, header, body=b"", *, timeout):
    """One job in a child of its own: for files of strangers, which must leave nothing behind."""
    child = start(module)
    try:
        return ask(child, header, body, timeout=timeout)
    finally:
        stop(child)


def _wait(descriptor, event, deadline):
    left = deadline - time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        if left <= 0 or not selector.select(left):
            raise ChildTimeout("no answer in time")


def _write(descriptor, message, deadline):
    os.set_blocking(descriptor, False)
    rest = memoryview(message)
    while rest:
        _wait(descriptor, selectors.EVENT_WRITE, deadline)
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            continue
        except BrokenPipeError as gone:
            raise ChildError("the child is gone") from gone


def _read(descriptor, size, deadline):
    parts = bytearray()
    while len(parts) < size:
        _wait(descriptor, selectors.EVENT_READ, deadline)
        part = os.read(descriptor, min(size - len(parts), 1 << 20))
        if not part:
            raise ChildError("the child died (out of memory or CPU time, or a fault in a library)")
        parts += part
    return bytes(parts)
