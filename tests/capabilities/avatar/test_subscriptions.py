"""Subscriptions over the wire: links that are not what the first ping said, looks that stay, ticks slept through."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.capabilities.avatar.measured_link import MeasuredLink
from bridge.capabilities.avatar.slot import Slots
from bridge.v1 import bridge_pb2, error_pb2, timing_pb2
from bridge.wire.bounds import Terms
from models.avatar.look import conditions, look_from_seed
from tests.capabilities.avatar.test_avatar import device_held, pixels, settled
from tests.conftest import Run
from tests.observe.test_stats import passed, work_of
from tests.serving.client import A, Client, acknowledge, ask, connected, look, next_frame, read
from tests.serving.fakes import FakeAvatar, Fakes, shade
from tests.serving.server import FakeServer, serving

SECOND = 1_000_000
UNCHANGED = error_pb2.DISPOSITION_UNCHANGED


def subscribe(fps: float = 120, budget: int = 10 * SECOND, link: int = 0, **fields: Any) -> Any:
    worth = timing_pb2.Budget(budget_micros=budget, link_micros=link)
    return A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(frames_per_second=fps, budget=worth, **fields))


def renewal(index: int, **fields: Any) -> Any:
    return A.StreamAvatarRequest(acknowledge=A.AvatarAcknowledge(slot=0, last_received_index=index, **fields))


@asynccontextmanager
async def subscribed(port: int, subscription: Any, seed: int = 1) -> AsyncIterator[tuple[Client, Any]]:
    """A client and its stream, with a look and a subscription."""
    async with connected(port) as client:
        call = await client.open_avatars()
        await call.write(look(seed=seed))
        await call.write(subscription)
        yield client, call


async def receive(call: Any, **options: Any) -> Any:
    """The next frame, acknowledged."""
    frame = await next_frame(call, **options)
    await call.write(acknowledge(frame.frame_index))
    return frame


async def next_outcome(call: Any, disposition: int) -> Any:
    """The next status of a kind, and no frame before it."""
    while True:
        message = await read(call)
        assert message.WhichOneof("message") == "status", "a frame"
        if message.status.outcome.disposition == disposition:
            return message.status.outcome


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
    measured.renew(0.040, 0.0)
    assert (measured.terms.link, measured.terms.rate) == (0.040, 0.0), "the client knows better"
    measured.renew(0.0, 5e6)
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


# -- looks that do not change ------------------------------------------------------------------------------------------


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
