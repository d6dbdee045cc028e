"""A fixed-rate timer for subscriptions. Ticks missed while the event loop stalls are merged into one call."""

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger("framebridge.ticker")


class Ticker:
    """Calls `tick` with the number of ticks since the last call, and the scheduled time of the latest one."""

    def __init__(self, rate: float, clock: Callable[[], float], tick: Callable[[int, float], None]) -> None:
        self._period = 1.0 / rate
        self._clock = clock
        self._tick = tick
        self._loop = asyncio.get_running_loop()
        self._next = clock()
        self._handle = self._loop.call_soon(self._call)

    def _call(self) -> None:
        now = self._clock()
        passed = 1 + int(max(0.0, now - self._next) / self._period)
        meant = min(now, self._next + (passed - 1) * self._period)  # a timer may fire a millisecond early
        self._next += passed * self._period
        self._handle = self._loop.call_later(max(0.0, self._next - now), self._call)
        try:
            self._tick(passed, meant)
        except Exception:
            log.exception("a tick failed; the timer continues")

    def cancel(self) -> None:
        """Stop ticking."""
        self._handle.cancel()
