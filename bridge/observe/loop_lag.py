"""Event-loop lag, which delays every client: a gauge, and a log line for each stall."""

import asyncio
import logging
from collections.abc import Callable

from bridge.logs import note

log = logging.getLogger("framebridge.loop")

_PERIOD_SECONDS = 0.05
_WINDOW_SECONDS = 15.0  # the usual Prometheus scrape interval
_STALL_SECONDS = 0.25


class LoopLag:
    """Measures from `start` to `stop`. Belongs to the event loop."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._window_began = 0.0
        self._worst = 0.0
        self._worst_before = 0.0  # in the previous window

    @property
    def seconds(self) -> float:
        """The worst lag of the last 15 to 30 seconds."""
        return max(self._worst, self._worst_before)

    def start(self) -> None:
        """Start measuring."""
        self._window_began = self._clock()
        self._wait()

    def stop(self) -> None:
        """Stop measuring."""
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self) -> None:
        self._due = self._clock() + _PERIOD_SECONDS
        self._timer = asyncio.get_running_loop().call_later(_PERIOD_SECONDS, self._measure)

    def _measure(self) -> None:
        now = self._clock()
        self.note(max(0.0, now - self._due), now)
        self._wait()

    def note(self, lag: float, now: float) -> None:
        """Record a timer that fired `lag` seconds late."""
        if now - self._window_began >= _WINDOW_SECONDS:
            self._window_began, self._worst_before, self._worst = now, self._worst, 0.0
        self._worst = max(self._worst, lag)
        if lag > _STALL_SECONDS:
            note(log, logging.WARNING, "event loop stalled", seconds=round(lag, 3))
