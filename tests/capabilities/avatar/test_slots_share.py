"""Slots that want more than the device has in budget share it, over the wire: whoever they belong to.

The server's clock is the tests' own. It goes on when the model works and between ticks, so that it does not matter how
busy the machine is.
"""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bridge.streams.delivery_time import DeliveryTime
from models.program import Lane
from tests.capabilities.avatar.subscribing import subscribe
from tests.capabilities.avatar.test_avatar import settled
from tests.conftest import Run
from tests.serving.client import acknowledge, connected, look, read
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import FakeServer
from tests.wire.test_identity import ByName

SECONDS = 0.02  # of a frame
ONE, TWO = 33_000, 53_000  # microseconds: budgets that have time for so many
PERIOD = 0.03  # slower ticks are shared less evenly: what a slot has had is forgotten within a second
ROUNDS, FIRST = 100, 20  # and those that come before the shares are counted


class Clock:
    """In the place of the server's. A look at it takes a microsecond, so that whoever waits for a time sees it come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now, self._lock, real = 1000.0, threading.Lock(), time.perf_counter
        monkeypatch.setattr(time, "perf_counter", self)
        for module in list(sys.modules.values()):
            if module.__name__.startswith("bridge.") and getattr(module, "clock", None) is real:
                monkeypatch.setattr(module, "clock", self)

    def __call__(self) -> float:
        return self.advance(1e-6)

    def advance(self, seconds: float) -> float:
        with self._lock:
            self._now += seconds
            return self._now


class SlowAvatar(FakeAvatar):
    """Takes its time, and one at a time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.lanes = (Lane("avatar.64", max_batch=1, stages=1),)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        self._clock.advance(SECONDS)
        yield
        return [self.paint(row.conditions) for row in inputs]


class Beats:
    """Tickers that tick together, when they are told to, always in the same order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ticks: list[Callable[[], None]] = []
        monkeypatch.setattr("bridge.capabilities.avatar.service.Ticker", self._ticker)

    def _ticker(self, rate: float, clock: Callable[[], float], tick: Callable[[int, float], None]) -> Any:
        self._ticks.append(lambda: tick(1, clock()))
        return type("Silent", (), {"cancel": lambda ticker: None})()

    def beat(self) -> None:
        for tick in self._ticks:
            tick()


async def shares(monkeypatch: pytest.MonkeyPatch, budget: int, slots: Sequence[int], crowd: int = 99) -> list[int]:
    """How many new frames each slot gets. `slots` are those of each session; the first `crowd` sessions are of one
    identity.
    """
    clock, beats = Clock(monkeypatch), Beats(monkeypatch)
    # The next flight takes no real time, and so is over before the answers of the last are sent: nothing to learn from.
    monkeypatch.setattr(DeliveryTime, "begin", lambda delivery, took, before: None)
    server = FakeServer(Fakes(avatar=SlowAvatar(clock)))
    server.server._identify = ByName(crowd)
    await server.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.server.stop, 0.0)
        calls = []
        for count in slots:
            client = await stack.enter_async_context(connected(server.port))
            calls.append(await client.open_avatars())
            for slot in range(count):
                await settled(calls[-1], look(slot=slot), subscribe(fps=10, budget=budget, slot=slot))
        counts: Counter[tuple[int, int]] = Counter()
        for number in range(ROUNDS):
            await answered(beats, calls, slots, counts if number >= FIRST else Counter())
            clock.advance(PERIOD)
    return [counts[session, slot] for session, count in enumerate(slots) for slot in range(count)]


async def answered(beats: Beats, calls: Sequence[Any], slots: Sequence[int], counts: Counter[tuple[int, int]]) -> None:
    """One tick of all, and all answers to it, acknowledged."""
    beats.beat()
    for session, (call, count) in enumerate(zip(calls, slots, strict=True)):
        messages = [await read(call) for _ in range(count)]
        frames = [message.frame for message in messages if message.WhichOneof("message") == "frame"]
        counts.update((session, frame.slot) for frame in frames if not frame.repeated_frame)
        await settled(call, *(acknowledge(frame.frame_index, frame.slot) for frame in frames))


@pytest.mark.parametrize("budget", [ONE, TWO], ids=["time for one", "time for two"])
@pytest.mark.parametrize("slots", [[4], [1, 1, 1, 1], [3, 1]], ids=["one session", "four sessions", "two sessions"])
def test_slots_of_an_identity_share(run: Run, monkeypatch: pytest.MonkeyPatch, budget: int, slots: list[int]) -> None:
    counts = run(shares(monkeypatch, budget, slots))
    assert min(counts) >= max(counts) / 2 > 0, counts


@pytest.mark.parametrize("slots", [[1, 1], [3, 1], [1, 1, 1, 1]], ids=["alike", "more slots", "more sessions"])
def test_identities_share_whatever_they_open(run: Run, monkeypatch: pytest.MonkeyPatch, slots: list[int]) -> None:
    *crowd, lone = run(shares(monkeypatch, ONE, slots, crowd=len(slots) - 1))
    assert lone >= max(crowd) / 2 > 0, (crowd, lone)
    assert min(crowd) >= max(crowd) / 4, (crowd, "the slots that make way for another identity's are not all alike")
