"""How often somebody may ask for something: a token bucket for each asker, in the memory of one process."""

import threading
import time
from collections.abc import Callable

MAX_ASKERS = 10_000  # then those who have not asked for longest are forgotten


class Pace:
    """`rate` a second for long, `burst` at once. 0 lets everybody pass."""

    def __init__(self, rate: float, burst: int, now: Callable[[], float] = time.monotonic):
        self.rate, self.burst, self._now = rate, burst, now
        self._left: dict[str, tuple[float, float]] = {}  # asker → (tokens, when counted); who asked last stands last
        self._lock = threading.Lock()

    def allows(self, asker: str) -> bool:
        """Count one request of this asker. False when it comes too early."""
        if not self.rate:
            return True
        now = self._now()
        with self._lock:
            tokens, since = self._left.pop(asker, (float(self.burst), now))
            tokens = min(self.burst, tokens + (now - since) * self.rate)
            self._left[asker] = (tokens - 1 if tokens >= 1 else tokens, now)
            if len(self._left) > MAX_ASKERS:
                del self._left[next(iter(self._left))]
            return tokens >= 1
