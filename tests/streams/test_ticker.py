"""Ticks at an even rate, on a clock of the test's own."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

from bridge.streams.ticker import Ticker


class Loop:
    """Takes what is called later, and calls nothing by itself."""

    def __init__(self) -> None:
        self.next: Callable[[], None] = lambda: None
        self.delay = 0.0

    def call_soon(self, call: Callable[[], None]) -> asyncio.Handle:
        return self.call_later(0.0, call)

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.Handle:
        self.delay, self.next = delay, call
        return asyncio.Handle(call, (), self)  # type: ignore[arg-type]

    def get_debug(self) -> bool:
        return False


def ticks(calls: list[float], monkeypatch) -> tuple[list[tuple[int, float]], float]:
    """What a ticker of 10 Hz, made at 0, ticks when its loop calls it at these times; and its last delay."""
    loop, now = Loop(), 0.0
    monkeypatch.setattr("bridge.streams.ticker.asyncio", SimpleNamespace(get_running_loop=lambda: loop))
    told: list[tuple[int, float]] = []
    Ticker(10.0, lambda: now, lambda passed, meant: told.append((passed, round(meant, 6))))
    for now in calls:  # noqa: B007 (the clock reads it)
        loop.next()
    return told, round(loop.delay, 6)


def test_a_tick_is_meant_for_its_time_however_late_it_comes(monkeypatch) -> None:
    assert ticks([0.0, 0.1, 0.23, 0.3], monkeypatch) == ([(1, 0.0), (1, 0.1), (1, 0.2), (1, 0.3)], 0.1)
    assert ticks([0.0, 0.1, 0.23], monkeypatch)[1] == 0.07, "and puts off none of the next ones"


def test_ticks_slept_through_are_skipped(monkeypatch) -> None:
    assert ticks([0.0, 0.47], monkeypatch) == ([(1, 0.0), (4, 0.4)], 0.03)


def test_a_loop_that_is_early_ticks_for_no_later_time_than_it_is(monkeypatch) -> None:
    assert ticks([0.0, 0.0992, 0.2], monkeypatch) == ([(1, 0.0), (1, 0.0992), (1, 0.2)], 0.1)


def test_a_tick_that_fails_does_not_end_them(monkeypatch, caplog) -> None:
    loop, told = Loop(), []
    monkeypatch.setattr("bridge.streams.ticker.asyncio", SimpleNamespace(get_running_loop=lambda: loop))

    def failing(passed: int, meant: float) -> None:
        told.append(passed)
        raise ValueError("a fault of a capability's own")

    Ticker(10.0, lambda: 0.0, failing)
    loop.next()
    loop.next()
    assert told == [1, 1]
    assert "the timer continues" in caplog.text


def test_no_tick_comes_after_the_end(monkeypatch) -> None:
    handles = []

    class Noting(Loop):
        def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.Handle:
            handles.append(super().call_later(delay, call))
            return handles[-1]

    loop = Noting()
    monkeypatch.setattr("bridge.streams.ticker.asyncio", SimpleNamespace(get_running_loop=lambda: loop))
    ticker = Ticker(10.0, lambda: 0.0, lambda passed, meant: None)
    loop.next()
    ticker.cancel()
    assert [handle.cancelled() for handle in handles] == [False, True], "the one that is to come"
