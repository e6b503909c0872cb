"""Imported by each Python process of `./portalctl test --today` at its start, because its folder is in PYTHONPATH.

libfaketime 0.9.10 with a moved wall clock and a real monotonic clock lets `time.sleep` fail with EINVAL; `select` waits well.
"""

import select
import time


def sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = sleep
