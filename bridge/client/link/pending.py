"""Requests in flight, by slot, frame and kind.

Bounded; a request that gets no answer times out some seconds after its budget, marked as silent.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from bridge.client.answers import Disposition, Unanswered
from bridge.client.link.stream import CONNECTION_LOST
from bridge.errors import BridgeError, Overloaded

MAX_PENDING = 1024
PATIENCE_SECONDS = 2.0
_SWEEP_SECONDS = 0.5

T = TypeVar("T")


class Key(NamedTuple):
    """The key of a request."""

    slot: int
    frame_index: int
    kind: str = ""


@dataclass(slots=True)
class Asked(Generic[T]):
    """A request in flight."""

    key: Key
    sent: float
    budget: float
    future: "asyncio.Future[T | Unanswered]"


class Pending(Generic[T]):
    """All requests of one stream in flight."""

    def __init__(self) -> None:
        self._asked: dict[Key, Asked[T]] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._asked)

    def ask(self, key: Key, budget: float) -> "asyncio.Future[T | Unanswered]":
        """Register a request that is being sent. `budget` 0 means the server's default."""
        if len(self._asked) >= MAX_PENDING:
            raise Overloaded(f"{MAX_PENDING} requests are already waiting for answers; wait for some of them")
        loop = asyncio.get_running_loop()
        asked = Asked(key, time.perf_counter(), budget, loop.create_future())
        self._asked[key] = asked
        if self._sweeper is None:
            self._sweeper = loop.call_later(_SWEEP_SECONDS, self._sweep)
        return asked.future

    def refuse(self, key: Key) -> "asyncio.Future[T | Unanswered]":
        """Refuse a request that cannot be sent because the connection is being restored."""
        asked: Asked[T] = Asked(key, time.perf_counter(), 0.0, asyncio.get_running_loop().create_future())
        self.answer(asked, _without(asked, Disposition.REFUSED, "connection_lost", CONNECTION_LOST, asked.sent))
        return asked.future

    def take(self, key: Key) -> Asked[T] | None:
        """Remove a request whose answer has arrived."""
        return self._asked.pop(key, None)

    def answer(self, asked: Asked[T], value: T | Unanswered) -> None:
        """Resolve a request with a value, unless its caller has cancelled it."""
        if not asked.future.done():
            asked.future.set_result(value)

    def fail(self, asked: Asked[T], error: BridgeError) -> None:
        """Fail a request with an exception."""
        if not asked.future.done():
            asked.future.set_exception(error)

    def drop(self, why: str) -> None:
        """End every request as cancelled: the stream is gone."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        now = time.perf_counter()
        asked_all, self._asked = self._asked, {}
        for asked in asked_all.values():
            self.answer(asked, _without(asked, Disposition.CANCELLED, "connection_lost", why, now))

    def _sweep(self) -> None:
        now = time.perf_counter()
        for asked in list(self._asked.values()):
            if asked.future.cancelled():
                del self._asked[asked.key]
            elif now > asked.sent + asked.budget + PATIENCE_SECONDS:
                del self._asked[asked.key]
                message = f"no answer after {now - asked.sent:.1f} s; is the server still running?"
                self.answer(asked, _without(asked, Disposition.MISSED, "no_answer", message, now, silent=True))
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(_SWEEP_SECONDS, self._sweep) if self._asked else None


def on_time(asked: Asked[T], now: float) -> bool:
    """Whether an answer that arrives `now` is within its budget. With the server's default budget it always is."""
    return asked.budget <= 0 or now - asked.sent <= asked.budget


def late(asked: Asked[T], now: float) -> Unanswered:
    """The result for an answer that arrived after its budget."""
    over = now - asked.sent - asked.budget
    message = f"complete {over * 1e3:.1f} ms after its budget by the client's clock; its payload was dropped"
    return _without(asked, Disposition.MISSED, "budget_missed", message, now, stage="transport", over=over)


def gone(asked: Asked[T], now: float, why: str) -> Unanswered:
    """The result for an answer whose payload was lost."""
    return _without(asked, Disposition.MISSED, "payload_gone", why, now, stage="transport")


def _without(
    asked: Asked[T],
    disposition: Disposition,
    reason: str,
    message: str,
    now: float,
    *,
    stage: str = "",
    over: float = 0.0,
    silent: bool = False,
) -> Unanswered:
    return Unanswered(
        disposition,
        reason,
        message,
        slot=asked.key.slot,
        frame_index=asked.key.frame_index,
        kind=asked.key.kind,
        stage=stage,
        over=over,
        elapsed=now - asked.sent,
        silent=silent,
    )
