"""Subscriptions over the wire: links that differ from the first ping, the first frame, missed ticks."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bridge.capabilities.avatar.measured_link import MeasuredLink
from bridge.capabilities.avatar.slot import Slots
from bridge.v1 import bridge_pb2, error_pb2, timing_pb2
from bridge.wire.bounds import Terms
from tests.capabilities.avatar.subscribing import (
    SECOND,
    renewal,
    subscribe,
    subscribed,
)
from tests.capabilities.avatar.test_avatar import device_held, settled
from tests.conftest import Run
from tests.observe.test_stats import passed, work_of
from tests.serving.client import acknowledge, ask, connected, look, next_frame, read
from tests.serving.server import FakeServer, serving

# -- the link ----------------------------------------------------------------------------------------------------------


def test_a_client_that_never_renews_a_link_told_too_slow_is_served_all_the_same(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with subscribed(fake.port, subscribe(budget=50_000, link=83_000)) as (_, call):
            indices = []
            for _ in range(8):
                frame = await next_frame(call)
                indices.append(frame.frame_index)
                await call.write(acknowledge(frame.frame_index))
            assert indices == sorted(set(indices))

    run(scenario())


def test_what_the_acknowledgements_say_of_the_link_takes_its_place(run: Run) -> None:
    async def scenario() -> None:
        async with (
            serving(session_grace_seconds=30.0) as server,
            subscribed(server.port, subscribe(budget=50_000, link=83_000)) as (_, call),
        ):
            first = await next_frame(call)
            await call.write(renewal(first.frame_index, link_micros=83_000))
            outcome = (await read(call)).status.outcome
            while "the link takes 83 of 50 ms" not in outcome.error.message:  # those that were under way already
                outcome = (await read(call)).status.outcome
            assert outcome.stage == timing_pb2.STAGE_TRANSPORT
            await call.write(renewal(first.frame_index, link_micros=1_000, link_bytes_per_second=10**9))
            for _ in range(3):
                frame = await next_frame(call)
                assert frame.timing.server_micros <= 49_000
                await call.write(acknowledge(frame.frame_index))
            (session,) = server.backend.sessions
            kept = session.keep(Slots)[0].subscription.budget
            assert (kept.link_micros, kept.link_bytes_per_second) == (1_000, 10**9), "as it is taken up after a loss"

    run(scenario())


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"link_micros": -1}, "link_micros is -1"),
        ({"link_micros": 61 * SECOND}, "link_micros is 6.1e+07"),
        ({"link_bytes_per_second": -1}, "link_bytes_per_second is -1"),
    ],
)
def test_a_link_that_cannot_be_is_refused(run: Run, fake: FakeServer, fields: Any, sentence: str) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(ask(1))
            await read(call)
            (answer,) = await settled(call, renewal(1, **fields))
            assert answer.status.outcome.error.reason == error_pb2.ERROR_REASON_OUT_OF_RANGE
            assert sentence in answer.status.outcome.error.message

    run(scenario())


def test_the_terms_follow_the_link() -> None:
    measured = MeasuredLink(Terms(budget=0.05, link=0.083))
    assert measured.terms.link == 0.083
    for index, way in enumerate((0.030, 0.012, 0.011, 0.012), 1):
        measured.written(index, float(index))
        measured.acknowledged(index, index + way)
    assert measured.terms.link == pytest.approx(0.012)
    measured.written(9, 9.0)
    measured.acknowledged(10, 9.001)  # of a frame that was never sent: tells nothing
    assert measured.terms.link == pytest.approx(0.012)
    measured.update(0.040, 0.0)
    assert (measured.terms.link, measured.terms.rate) == (0.040, 0.0), "the client knows better"
    measured.update(0.0, 5e6)
    assert (measured.terms.link, measured.terms.rate) == (0.040, 5e6)
    slower = MeasuredLink(Terms(budget=0.05, link=0.005))
    slower.written(1, 0.0)
    slower.acknowledged(1, 0.02)
    assert slower.terms.link == 0.005, "an upper bound tells nothing of a link that was told quicker"


# -- the first frame ---------------------------------------------------------------------------------------------------


def test_the_first_frame_comes_late_and_is_not_in_budget(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_avatars()
            async with device_held(server):
                await settled(call, look(), subscribe(fps=1, budget=20_000))
                await passed(client, 40_000)
            frame = await next_frame(call)
            assert not frame.repeated_frame
            assert frame.timing.server_micros > 20_000, "its age is on it"
            work = work_of(await client.stats(), "avatar")
            assert (work.in_budget_count, sum(one.count for one in work.rungs)) == (0, 1)
            assert sum(one.count for one in work.late_stages) == 1
            await call.write(acknowledge(frame.frame_index))
            async with device_held(server):
                await settled(call, subscribe(fps=1, budget=20_000))  # the slot has shown a frame: no more of that
                await passed(client, 40_000)
            message = await read(call)
            assert message.WhichOneof("message") == "status" or message.frame.repeated_frame

    run(scenario())


def test_every_slot_gets_its_first_frame_where_no_budget_can_be_met(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            for slot in range(4):
                message = subscribe(fps=30, budget=1_000, link=2_000)
                message.subscribe.slot = slot
                await call.write(look(slot=slot))
                await call.write(message)
            shown: set[int] = set()
            while len(shown) < 4:
                shown.add((await next_frame(call)).slot)

    run(scenario())


# -- ticks slept through -----------------------------------------------------------------------------------------------


class Beat:
    """A ticker that ticks when it is told to."""

    made: "Beat"

    def __init__(self, rate: float, clock: Callable[[], float], tick: Callable[[int, float], None]) -> None:
        self.tick = lambda passed: tick(passed, clock())
        Beat.made = self

    def cancel(self) -> None:
        pass


@pytest.mark.parametrize(("slept", "told"), [(1, 0), (5, 4), (30, 29), (31, 30), (1000, 30)])
def test_ticks_that_were_slept_through_get_a_status_up_to_a_second_of_them(
    run: Run, monkeypatch: pytest.MonkeyPatch, slept: int, told: int
) -> None:
    async def scenario() -> None:
        monkeypatch.setattr("bridge.capabilities.avatar.service.Ticker", Beat)
        async with serving() as server, connected(server.port) as client:
            call = await client.open_avatars()
            await settled(call, look(), subscribe(fps=30))
            Beat.made.tick(1)
            first = await next_frame(call)
            await settled(call, acknowledge(first.frame_index))
            Beat.made.tick(slept)
            answers = [await read(call) for _ in range(told + 1)]
            frame = next(answer.frame for answer in answers if answer.WhichOneof("message") == "frame")
            statuses = [answer.status for answer in answers if answer.WhichOneof("message") == "status"]
            indices = [status.frame_index for status in statuses]
            assert [*sorted(indices), frame.frame_index] == list(range(2, told + 3)), "an answer for every index"
            assert {status.outcome.disposition for status in statuses} <= {error_pb2.DISPOSITION_SUPERSEDED}
            assert all("busy when this frame was due" in status.outcome.error.message for status in statuses)
            work = work_of(await client.stats(), "avatar")
            assert (work.request_count, work.superseded_count, work.in_budget_count) == (told + 2, told, 2)

    run(scenario())


def test_sixty_four_slots_that_sleep_do_not_end_the_stream(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        beats: list[Beat] = []

        def beat(*how: Any) -> Beat:
            beats.append(Beat(*how))
            return beats[-1]

        monkeypatch.setattr("bridge.capabilities.avatar.service.Ticker", beat)
        async with serving() as server, connected(server.port) as client:
            call = await client.open_avatars()
            for slot in range(64):
                message = subscribe(fps=120)
                message.subscribe.slot = slot
                await settled(call, look(slot=slot), message)
            for one in beats:
                one.tick(200)
            await asyncio.sleep(0)
            for _ in range(64 * 121):
                await read(call)
            assert bridge_pb2.GetStatsResponse().stream_count == 0 < (await client.stats()).stream_count

    run(scenario())
