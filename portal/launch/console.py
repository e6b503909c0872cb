"""What the launcher prints."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def use_utf8() -> None:
    """Vietnamese must not crash a terminal that claims to know ASCII only."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)


def say(sentence: str = "") -> None:
    print(sentence, flush=True)


def warn(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print a step when it begins and how long it took when it is done."""
    started = time.monotonic()
    print(f"  {title:<46}", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" dừng", flush=True)
        raise
    print(f" {time.monotonic() - started:5.1f} giây", flush=True)
