"""What a subscriber tells the server of its link, and what it is told when nothing comes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bridge.client import BridgeClient
from bridge.client.link.round_trip import Link
from bridge.v1 import bridge_pb2, error_pb2
from tests.client.fake import FakeBridge, outcome, serving, status, texture
from tests.waiting import until

SECOND = 1_000_000


class Pings(FakeBridge):
    """Answers pings as if each had taken so many seconds on the way; then as they come."""

    def __init__(self, *ways: float) -> None:
        super().__init__()
        self.ways = list(ways)
        self.pings = 0

    async def Ping(self, request: Any, context: Any) -> Any:
        self.pings += 1
        way = self.ways.pop(0) if self.ways else 0.0
        return bridge_pb2.PingResponse(nonce=request.nonce, server_micros=-round(way * SECOND))


def play(fake: FakeBridge, scene: Callable[[BridgeClient], Awaitable[None]]) -> None:
    async def main() -> None:
        async with serving(fake) as address, BridgeClient(address) as bridge:
            await scene(bridge)

    asyncio.run(asyncio.wait_for(main(), 30))


def ticking(fake: FakeBridge, *answers: Any) -> None:
    """Send these when a subscription comes, and after it the next frame with each acknowledgement."""

    def draw(message: Any) -> Any:
        if message.WhichOneof("message") == "subscribe":
            return answers
        if message.WhichOneof("message") == "acknowledge":
            return [texture(0, message.acknowledge.last_received_index + 1)]
        return []

    fake.on_avatar = draw


def test_the_best_of_several_first_pings_counts() -> None:
    fake = Pings(1.0)  # the first finds everything cold
    ticking(fake, texture(0, 1))

    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            assert await anext(avatars.subscribe(0, budget=30.0))

    play(fake, scene)
    assert 2 <= fake.pings <= 6
    (message,) = fake.of_kind("subscribe")
    assert 0 < message.budget.link_micros < SECOND


def test_each_acknowledgement_says_what_the_link_takes_by_now() -> None:
    fake = Pings(1.0, 1.0, 1.0, 1.0, 1.0)
    ticking(fake, texture(0, 1))

    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            frames = avatars.subscribe(0, budget=30.0)
            await anext(frames)
            for _ in range(8):  # as requests and pings show it
                avatars._link.measure(0.004, 0.0)
            await anext(frames)
            await anext(frames)

    play(fake, scene)
    told = [one.link_micros for one in fake.of_kind("acknowledge")]
    assert told[0] > 900_000
    assert told[-1] == 4_000


def test_a_subscription_measures_its_link_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.avatars._MEASURE_EVERY", 0.0)
    fake = Pings()
    ticking(fake, texture(0, 1))

    async def scene(bridge: BridgeClient) -> None:
        first = fake.pings
        async with bridge.avatars() as avatars:
            async for _ in avatars.subscribe(0, budget=30.0):
                if fake.pings >= first + 3:
                    break

    play(fake, scene)
    assert Link(0.1).seconds == 0.1


def test_a_link_that_takes_all_of_the_budget_is_told() -> None:
    fake = FakeBridge()
    what = outcome(
        error_pb2.DISPOSITION_REFUSED, error_pb2.ERROR_REASON_BUDGET_UNMEETABLE, "the link takes 83 of 50 ms"
    )
    ticking(fake, status(0, 1, what))
    told = asyncio.Event()

    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            watching = asyncio.create_task(anext(avatars.subscribe(0, budget=0.05)))
            assert avatars.problem(0) == ""
            await until(lambda: avatars.problem(0))
            assert avatars.problem(0) == "the link takes 83 of 50 ms"
            assert avatars.problem(1) == ""
            told.set()
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    play(fake, scene)
    assert told.is_set()


def test_the_first_frame_is_shown_however_late_and_the_next_late_one_is_told() -> None:
    fake = FakeBridge()
    ticking(fake, texture(0, 1))

    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            frames = avatars.subscribe(0, budget=1e-6)
            first = await anext(frames)
            assert first.late_by > 0, "and says so"
            waiting = asyncio.create_task(anext(frames))
            await until(lambda: avatars.problem(0))
            assert "ms" in avatars.problem(0)
            assert not waiting.done()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    play(fake, scene)


def test_nothing_new_is_no_problem() -> None:
    fake = FakeBridge()
    refused = outcome(error_pb2.DISPOSITION_REFUSED, error_pb2.ERROR_REASON_BUDGET_UNMEETABLE)
    same = outcome(error_pb2.DISPOSITION_UNCHANGED, error_pb2.ERROR_REASON_UNSPECIFIED)

    def draw(message: Any) -> Any:
        kind = message.WhichOneof("message")
        if kind == "subscribe":
            return [texture(0, 1)]
        if kind == "acknowledge":
            return [status(0, 2, refused), status(0, 3, same), texture(0, 4, side=8, payload=bytes(256))]
        return []

    fake.on_avatar = draw

    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            frames = avatars.subscribe(0, budget=30.0, heartbeat=0.5)
            assert (await anext(frames)).width == 4
            assert (await anext(frames)).width == 8
            assert avatars.problem(0) == ""
            await frames.aclose()
            asked = avatars.request(0, budget=30.0)
            fake.on_avatar = fake.draw
            assert await avatars.frame(0, budget=30.0)
            asked.cancel()

    play(fake, scene)
    (message,) = fake.of_kind("subscribe")
    assert message.heartbeat_micros == 500_000


def test_without_a_heartbeat_none_is_asked_for() -> None:
    fake = FakeBridge()
    ticking(fake, texture(0, 1))

    async def scene(bridge: BridgeClient) -> None:
        async with bridge.avatars() as avatars:
            await anext(avatars.subscribe(0, budget=30.0))

    play(fake, scene)
    (message,) = fake.of_kind("subscribe")
    assert message.heartbeat_micros == 0
