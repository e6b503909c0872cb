"""Runs risky work (rendering a PDF, opening an uploaded file) in a child process with limits.

A child is `python -m <module>` that calls `portal.common.sandbox_child.serve`. A job is one message on its standard input,
the answer one message on its standard output. A message is two lengths, a JSON header and bytes. The child gets no secrets:
its environment contains only PASSED_ON and what `start` is given. It is killed after its timeout, and exits when its parent dies.
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
MAX_ANSWER_BYTES = 64 * 1024 * 1024
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PORTAL_VAR", "PYTHONDONTWRITEBYTECODE")


class ChildError(Exception):
    """The child refused, died, or timed out. The text is for the log, not for citizens."""


class ChildTimeout(ChildError):
    """The child did not answer in time and was killed."""


class ChildRefusal(ChildError):
    """The child answered that the job cannot be done. `facts`: what it said besides the reason."""

    def __init__(self, why, facts=None):
        super().__init__(why)
        self.facts = facts or {}


def start(module, *, environment=None):
    """Start a child that runs `module`, in its own process group, so that `stop` also ends what the child started."""
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
    """Kill the child's process group and wait for it, so that no zombie is left."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for stream in (child.stdin, child.stdout):
        stream.close()


def ask(child, header, body=b"", *, timeout):
    """Send the child one job and return its answer (header, body). `timeout` in seconds.

    Raises ChildRefusal; after ChildTimeout or another ChildError the child cannot be used again.
    """
    deadline = time.monotonic() + timeout
    head = json.dumps(header).encode()
    _write(child.stdin.fileno(), LENGTHS.pack(len(head), len(body)) + head + body, deadline)
    lengths = LENGTHS.unpack(_read(child.stdout.fileno(), LENGTHS.size, deadline))
    if sum(lengths) > MAX_ANSWER_BYTES:
        raise ChildError(f"answer of {sum(lengths)} bytes is too large")
    answer = json.loads(_read(child.stdout.fileno(), lengths[0], deadline))
    content = _read(child.stdout.fileno(), lengths[1], deadline)
    if "refused" in answer:
        raise ChildRefusal(answer["refused"], answer.get("facts"))
    return answer, content


def ask_once(module, header, body=b"", *, timeout):
    """Do one job in a new child, which is then killed: for uploaded files."""
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
