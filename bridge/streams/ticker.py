"""Calls at an even rate. A loop that stalls skips the ticks it slept through, all but the latest."""

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger("framebridge.ticker")


class Ticker:
    """Calls `tick` with the number of ticks since the last call and the time that the latest one was meant for."""

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
        meant = min(now, self._next + (passed - 1) * self._period)  # a loop may be a millisecond early
        self._next += passed * self._period
        self._handle = self._loop.call_later(max(0.0, self._next - now), self._call)
        try:
            self._tick(passed, meant)
        except Exception:
            log.exception("a tick failed; the next one comes all the same")

    def cancel(self) -> None:
        """No more ticks."""
        self._handle.cancel()
