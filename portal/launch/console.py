"""Console output of the launcher."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def use_utf8() -> None:
    """Print UTF-8 also when the locale is ASCII, so that Vietnamese text does not raise UnicodeEncodeError."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)


def say(sentence: str = "") -> None:
    print(sentence, flush=True)


def warn(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print the title when the step begins, and its duration in seconds when it ends."""
    started = time.monotonic()
    print(f"  {title:<46}", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" dừng", flush=True)
        raise
    print(f" {time.monotonic() - started:5.1f} giây", flush=True)
