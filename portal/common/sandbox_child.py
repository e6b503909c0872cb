"""The child's side of `portal.common.sandbox`: sets its own limits, reads jobs, answers them. Does not import Django."""

import json
import os
import resource
import struct
import sys
import threading
import time
from contextlib import suppress

LENGTHS = struct.Struct(">II")
IDLE_SECONDS = 600


class Refused(Exception):
    """The job cannot be done; the text says why and is sent to the parent, with further facts for the sentence."""

    def __init__(self, why, **facts):
        super().__init__(why)
        self.facts = facts


def serve(answer, *, memory, cpu, open_files=64):
    """Answer jobs until the parent closes the pipe or dies, or no job comes for IDLE_SECONDS (for ever with STAYS in the
    environment).

    `answer(header, body)` returns (header, body). `memory` is in bytes for the whole child, `cpu` in seconds for each job.
    """
    sys.tracebacklimit = 0
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the answer
    jobs = sys.stdin.buffer
    busy = threading.Event()
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, open_files)
    _limit(resource.RLIMIT_FSIZE, 64 * 1024 * 1024)
    threading.Thread(target=_exit_when_orphaned_or_idle, args=(int(sys.argv[1]), busy), daemon=True).start()
    while (job := _next(jobs)) is not None:
        busy.set()
        _allow_cpu(cpu)
        _reply(replies, *_answered(answer, *job))
        busy.clear()


def _answered(answer, header, body):
    try:
        return answer(header, body)
    except Refused as refused:
        return {"refused": str(refused), "facts": refused.facts}, b""
    except MemoryError:
        return {"refused": "out of memory"}, b""
    except Exception as error:  # noqa: BLE001 - whatever a library throws is an answer, never a broken pipe
        return {"refused": f"{type(error).__name__}: {error}"[:500]}, b""


def _next(jobs):
    lengths = jobs.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head, size = LENGTHS.unpack(lengths)
    return json.loads(jobs.read(head)), jobs.read(size)


def _reply(replies, header, body):
    head = json.dumps(header).encode()
    replies.write(LENGTHS.pack(len(head), len(body)) + head + body)
    replies.flush()


def _limit(kind, wanted):
    hard = resource.getrlimit(kind)[1]
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with suppress(ValueError, OSError):  # not every system has this limit; the parent's timeout still holds
        resource.setrlimit(kind, (wanted, hard))


def _allow_cpu(seconds):
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)


def _exit_when_orphaned_or_idle(parent, busy):
    idle, step = 0, 0 if "STAYS" in os.environ else 1
    while os.getppid() == parent and idle < IDLE_SECONDS:
        time.sleep(1)
        idle = 0 if busy.is_set() else idle + step
    os._exit(0)
