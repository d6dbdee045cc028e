"""Avatar streams over the wire: looks, frames, morphs, subscriptions, superseding, back-pressure, chunks."""

import asyncio
import threading
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from bridge.v1 import error_pb2, media_pb2, timing_pb2
from models.avatar.look import conditions, look_from_seed
from tests.conftest import Run
from tests.serving.client import A, acknowledge, ask, assert_idle, connected, look, read
from tests.serving.fakes import FakeAvatar, Fakes, shade
from tests.serving.server import FakeServer, serving


def pixels(frame: Any) -> Any:
    return np.frombuffer(frame.payload, np.uint8).reshape(frame.height, frame.width, 4)


@asynccontextmanager
async def device_held(server: FakeServer) -> Any:
    """Nothing runs on the device meanwhile; jobs wait."""
    release = threading.Event()
    holding = asyncio.create_task(server.backend.engine.call(lambda scheduler: release.wait(10)))
    await asyncio.sleep(0)
    try:
        yield
    finally:
        release.set()
        await holding


async def settled(call: Any, *messages: Any) -> list[Any]:
    """Send messages, and return when the server has taken them all, with what it answered meanwhile."""
    for message in messages:
        await call.write(message)
    await call.write(A.StreamAvatarRequest(unsubscribe=A.AvatarUnsubscribe(slot=-1)))
    answers = []
    while (message := await read(call)).status.slot != -1:
        answers.append(message)
    return answers


def test_a_frame_is_the_look_that_was_set(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look(seed=7))
            await call.write(ask(3))
            frame = (await read(call)).frame
            assert (frame.slot, frame.frame_index, frame.width, frame.height) == (0, 3, 64, 64)
            assert frame.total_bytes == len(frame.payload) == 64 * 64 * 4
            assert frame.format == media_pb2.TEXTURE_FORMAT_RGBA32
            assert frame.row_order == media_pb2.ROW_ORDER_TOP_DOWN
            assert frame.color_space == media_pb2.COLOR_SPACE_SRGB
            assert frame.alpha_mode == media_pb2.ALPHA_MODE_PREMULTIPLIED
            assert not frame.repeated_frame
            assert pixels(frame)[1, 0, 0] == shade(conditions(look_from_seed(7)))
            timing = frame.timing
            assert (timing.rung, timing.rung_index, timing.batch_size) == ("avatar.64", 0, 1)
            assert timing.model_version == "fake-avatar-1"
            assert timing.server_micros >= timing.queue_micros + timing.compute_micros > 0

    run(scenario())


def test_rows_come_in_the_order_of_the_handshake(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, texture_row_order=media_pb2.ROW_ORDER_BOTTOM_UP) as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(ask(1))
            frame = (await read(call)).frame
            assert frame.row_order == media_pb2.ROW_ORDER_BOTTOM_UP
            assert pixels(frame)[-1, 0, 0] == 255
            assert pixels(frame)[0, 0, 0] != 255

    run(scenario())


def test_a_morph_ends_at_the_new_look(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look(seed=1))
            await call.write(look(seed=2, morph_micros=1))
            await call.write(ask(1))
            frame = (await read(call)).frame
            assert pixels(frame)[1, 0, 0] == shade(conditions(look_from_seed(2)))

    run(scenario())


def test_the_newest_request_of_a_slot_replaces_one_that_has_not_started(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            async with device_held(fake):
                await settled(call, look(), look(slot=1), ask(1), ask(2), ask(5, slot=1), ask(9))
            answers = [await read(call) for _ in range(4)]
            statuses = {m.status.frame_index: m.status.outcome for m in answers if m.WhichOneof("message") == "status"}
            frames = {(m.frame.slot, m.frame.frame_index) for m in answers if m.WhichOneof("message") == "frame"}
            assert frames == {(0, 9), (1, 5)}
            assert set(statuses) == {1, 2}
            for outcome in statuses.values():
                assert outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED
                assert outcome.error.reason == error_pb2.ERROR_REASON_SUPERSEDED

    run(scenario())


def test_no_more_frames_are_under_way_than_acknowledged(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            for index in (1, 2):
                await call.write(ask(index))
                assert (await read(call)).frame.frame_index == index
            (replaced,) = await settled(call, ask(3), ask(4))  # both are held back; 4 replaces 3
            assert replaced.status.frame_index == 3
            assert replaced.status.outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED
            await call.write(acknowledge(1))
            assert (await read(call)).frame.frame_index == 4
            await call.write(ask(5, received=4))
            assert (await read(call)).frame.frame_index == 5

    run(scenario())


def test_a_request_that_waits_for_an_acknowledgement_in_vain_is_refused(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            for index in (1, 2):
                await call.write(ask(index))
                await read(call)
            await call.write(ask(3, budget=timing_pb2.Budget(budget_micros=20_000)))
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.error.reason == error_pb2.ERROR_REASON_OVERLOADED
            assert "last_received_index" in outcome.error.message

    run(scenario())


def test_a_frame_that_cannot_be_on_time_is_the_last_one_again_or_refused(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            hopeless = timing_pb2.Budget(budget_micros=1_000_000, link_micros=999_900)
            best_only = timing_pb2.Budget(
                budget_micros=1_000_000, link_micros=999_900, ladder=timing_pb2.LADDER_POLICY_BEST_ONLY
            )
            await call.write(look())
            await call.write(ask(1, budget=hopeless))  # there is no frame to repeat yet
            outcome = (await read(call)).status.outcome
            assert outcome.disposition in (error_pb2.DISPOSITION_REFUSED, error_pb2.DISPOSITION_MISSED)
            await call.write(ask(2))
            await read(call)
            await call.write(ask(3, received=2, budget=best_only))
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE
            assert outcome.over_micros > 0

    run(scenario())


def test_the_previous_frame_is_repeated_when_the_model_is_too_slow(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_avatars()
            await call.write(look(seed=3))
            await call.write(ask(1))
            first = (await read(call)).frame

            def slow(scheduler: Any) -> None:
                for batch in range(1, 5):
                    scheduler.latency.warm("avatar.64", batch, [5.0])

            await server.backend.engine.call(slow)
            await call.write(look(seed=4))
            await call.write(ask(2, received=1, budget=timing_pb2.Budget(budget_micros=1_000_000)))
            frame = (await read(call)).frame
            assert frame.repeated_frame
            assert frame.frame_index == 2
            assert (frame.timing.rung, frame.timing.rung_index, frame.timing.batch_size) == ("repeat", 1, 0)
            assert frame.payload == first.payload
            stats = {work.name: work for work in (await client.stats()).work}
            assert stats["avatar"].cheaper_count == 1
            assert (stats["avatar"].in_budget_count, stats["avatar"].repeated_count) == (1, 1)

    run(scenario())


def test_large_frames_come_in_chunks(run: Run) -> None:
    async def scenario() -> None:
        async with serving(Fakes(avatar=FakeAvatar(side=300))) as server, connected(server.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(ask(1))
            first, second = [(await read(call)).frame for _ in range(2)]
            assert (first.chunk_offset, len(first.payload)) == (0, 256 * 1024)
            assert (second.chunk_offset, len(second.payload)) == (256 * 1024, 300 * 300 * 4 - 256 * 1024)
            assert first.total_bytes == second.total_bytes == 300 * 300 * 4
            assert first.frame_index == second.frame_index == 1

    run(scenario())


def test_a_subscription_ticks_as_long_as_frames_are_acknowledged(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            subscribe = A.AvatarSubscribe(slot=0, frames_per_second=120, budget=timing_pb2.Budget(budget_micros=10**7))
            await call.write(A.StreamAvatarRequest(subscribe=subscribe))
            newest = 0
            while newest < 8:
                message = await read(call)
                if message.WhichOneof("message") == "frame":
                    assert message.frame.frame_index > newest
                    newest = message.frame.frame_index
                    await call.write(acknowledge(newest))
            silent = 0
            while silent < 3:  # without acknowledgements it stops: ticks are superseded, with a sentence
                message = await read(call)
                silent += message.WhichOneof("message") == "status"
            assert message.status.outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED
            await call.write(A.StreamAvatarRequest(unsubscribe=A.AvatarUnsubscribe(slot=0)))
            await call.write(A.StreamAvatarRequest(unsubscribe=A.AvatarUnsubscribe(slot=-1)))
            while message.status.slot != -1:
                message = await read(call)
            assert not fake.backend.engine.open_jobs

    run(scenario())


def test_closing_a_slot_frees_it(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            async with device_held(fake):
                await settled(call, look(), ask(1))
                assert (await client.stats()).avatar_slot_count == 1
                await call.write(A.StreamAvatarRequest(close_slot=A.AvatarCloseSlot(slot=0)))
                outcome = (await read(call)).status.outcome
                assert outcome.disposition == error_pb2.DISPOSITION_CANCELLED
            await client.stats_until(lambda stats: stats.avatar_slot_count == 0 and stats.job_count == 0)
            await call.write(ask(2))
            assert (await read(call)).status.outcome.disposition == error_pb2.DISPOSITION_INVALID

    run(scenario())


def test_what_was_asked_before_the_client_closed_its_side_is_answered(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(ask(1))
            await call.done_writing()
            assert (await read(call)).frame.frame_index == 1
            assert await call.code() == 0 or (await call.code()).name == "OK"
        await assert_idle(fake.port)

    run(scenario())


@pytest.mark.parametrize("fault", [RuntimeError("broken"), MemoryError()])
def test_a_model_that_fails_fails_its_frame_alone(run: Run, fault: Exception) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            server.fakes.avatar.fault = fault
            await call.write(ask(1))
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_FAILED
            assert outcome.error.reason == error_pb2.ERROR_REASON_MODEL_FAULT
            server.fakes.avatar.fault = None
            await call.write(ask(2))
            assert (await read(call)).frame.frame_index == 2

    run(scenario())
