"""A look that does not change: heartbeats instead of frames, and when a frame is owed again."""

from typing import Any

import pytest

from models.avatar.look import conditions, look_from_seed
from tests.capabilities.avatar.subscribing import (
    SECOND,
    UNCHANGED,
    next_outcome,
    receive,
    renewal,
    subscribe,
    subscribed,
)
from tests.capabilities.avatar.test_avatar import pixels, settled
from tests.conftest import Run
from tests.observe.test_stats import work_of
from tests.serving.client import acknowledge, connected, look, next_frame, read
from tests.serving.fakes import FakeAvatar, Fakes, shade
from tests.serving.server import FakeServer, serving


def test_an_unchanged_look_sends_nothing_but_a_heartbeat(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, subscribed(server.port, subscribe(heartbeat_micros=200_000)) as (client, call):
            dispositions: list[int] = []
            frame = await next_frame(call, lambda outcome: dispositions.append(outcome.disposition))
            assert UNCHANGED not in dispositions, "nothing is acknowledged yet"
            await call.write(acknowledge(frame.frame_index))
            dispositions.clear()
            again = await next_frame(call, lambda outcome: dispositions.append(outcome.disposition))
            while UNCHANGED not in dispositions:  # those that were under way already
                await call.write(acknowledge(again.frame_index))
                again = await next_frame(call, lambda outcome: dispositions.append(outcome.disposition))
            assert dispositions.count(UNCHANGED) > 8, "about 23 ticks between two heartbeats"
            assert pixels(again)[1, 0, 0] == pixels(frame)[1, 0, 0]
            work = work_of(await client.stats(), "avatar")
            assert work.unchanged_count >= dispositions.count(UNCHANGED)
            assert work.in_budget_count + work.unchanged_count + work.superseded_count <= work.request_count
            assert work.missed_count == work.refused_count == 0

    run(scenario())


def test_a_new_look_and_every_step_of_a_morph_is_sent(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, subscribed(server.port, subscribe(heartbeat_micros=SECOND)) as (_, call):
            await receive(call)
            await until_unchanged(call)
            await call.write(look(seed=2, morph_micros=150_000))
            shades = set()
            end = shade(conditions(look_from_seed(2)))
            while end not in shades:
                frame = await next_frame(call)
                shades.add(int(pixels(frame)[1, 0, 0]))
                await call.write(acknowledge(frame.frame_index))
            await until_unchanged(call)
            await call.write(look(seed=2))
            await next_outcome(call, UNCHANGED)
            assert len(shades) > 2

    run(scenario())


async def until_unchanged(call: Any) -> None:
    """Acknowledge what comes until nothing does."""
    while (message := await read(call)).WhichOneof("message") == "frame" or (
        message.status.outcome.disposition != UNCHANGED
    ):
        if message.WhichOneof("message") == "frame":
            await call.write(acknowledge(message.frame.frame_index))


def test_there_and_back_again_is_a_change_while_the_other_is_under_way(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, subscribed(server.port, subscribe(heartbeat_micros=SECOND)) as (_, call):
            await receive(call)
            await until_unchanged(call)
            await call.write(look(seed=2))
            other = await next_frame(call)  # not acknowledged
            await call.write(look(seed=1))
            back = await next_frame(call)
            assert pixels(back)[1, 0, 0] != pixels(other)[1, 0, 0]

    run(scenario())


def test_a_frame_that_the_client_has_dropped_does_not_count_as_shown(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, subscribed(server.port, subscribe(heartbeat_micros=SECOND)) as (_, call):
            for late in range(1, 5):
                frame = await next_frame(call, lambda outcome: _never(outcome, UNCHANGED))
                await call.write(renewal(frame.frame_index, late_frame_count=late))
            await call.write(renewal((await next_frame(call)).frame_index, late_frame_count=4))
            await until_unchanged(call)

    run(scenario())


def _never(outcome: Any, disposition: int) -> None:
    assert outcome.disposition != disposition


def test_whoever_comes_back_gets_a_picture_first(run: Run) -> None:
    async def scenario() -> None:
        async with (
            serving(session_grace_seconds=30.0) as server,
            subscribed(server.port, subscribe(heartbeat_micros=SECOND)) as (client, call),
        ):
            await receive(call)
            await until_unchanged(call)
            call.cancel()
            await client.stats_until(lambda stats: stats.stream_count == 0)
            await client.handshake(resume_session_id=client.session)
            again = await client.open_avatars()
            assert list(again.opened.slots) == [0]
            frame = await next_frame(again, lambda outcome: _never(outcome, UNCHANGED))
            await again.write(acknowledge(frame.frame_index))
            await until_unchanged(again)

    run(scenario())


def test_a_better_picture_is_owed_when_it_can_be_made(run: Run) -> None:
    async def scenario() -> None:
        fakes = Fakes(avatar=FakeAvatar(smaller=True))
        async with serving(fakes) as server, connected(server.port) as client:

            async def cost(seconds: float) -> None:
                def warm(scheduler: Any) -> None:
                    for batch in range(1, 5):
                        scheduler.latency.warm("avatar.64", batch, [seconds])

                await server.backend.engine.call(warm)

            call = await client.open_avatars()
            await call.write(look(seed=1))
            await call.write(subscribe(budget=SECOND, heartbeat_micros=SECOND))
            await receive(call)
            await until_unchanged(call)
            await cost(5.0)
            await call.write(look(seed=2))
            cheaper = await next_frame(call)
            assert cheaper.width == 32
            await call.write(acknowledge(cheaper.frame_index))
            await until_unchanged(call)
            await cost(0.001)
            better = await next_frame(call)
            assert (better.width, better.timing.rung_index) == (64, 0)

    run(scenario())


@pytest.mark.parametrize("heartbeat", [-1, SECOND + 1])
def test_a_heartbeat_that_cannot_be_is_refused(run: Run, fake: FakeServer, heartbeat: int) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            (answer,) = await settled(call, look(), subscribe(heartbeat_micros=heartbeat))
            assert "heartbeat_micros" in answer.status.outcome.error.message

    run(scenario())


def test_without_a_heartbeat_every_frame_is_sent(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with subscribed(fake.port, subscribe()) as (_, call):
            for _ in range(6):
                await receive(call, heard=lambda outcome: _never(outcome, UNCHANGED))

    run(scenario())
