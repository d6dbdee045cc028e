"""Sessions over the wire: what a resume keeps, what the end frees, how many there may be."""

import contextlib
from typing import Any

import grpc
import pytest

from bridge.capabilities.avatar.slot import Slots
from bridge.config import Limits
from bridge.v1 import error_pb2, media_pb2, timing_pb2
from tests.conftest import Run
from tests.serving.client import (
    A,
    B,
    Client,
    acknowledge,
    ask,
    assert_idle,
    connected,
    ended,
    look,
    next_frame,
    read,
    say,
    until_done,
)
from tests.serving.server import FakeServer, serving


def subscribe(slot: int = 0, **fields: Any) -> A.StreamAvatarRequest:
    generous = timing_pb2.Budget(budget_micros=10_000_000)
    return A.StreamAvatarRequest(
        subscribe=A.AvatarSubscribe(slot=slot, frames_per_second=60, budget=generous, **fields)
    )


def test_a_client_that_comes_back_in_time_finds_everything(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=30.0) as server:
            first = Client(server.port)
            response = await first.handshake()
            assert not response.resumed
            assert response.grace_micros == 30_000_000
            avatars, dialogue = await first.open_avatars(), await first.open_dialogue()
            await avatars.write(look(seed=3))
            await avatars.write(subscribe())
            await dialogue.write(say("hello"))
            await until_done(dialogue)
            index = (await next_frame(avatars)).frame_index
            await first.channel.close()
            async with connected(server.port, resume_session_id=response.session_id) as again:
                assert again.session == response.session_id
                await again.stats_until(lambda stats: stats.stream_count == 0)
                avatars, dialogue = await again.open_avatars(), await again.open_dialogue()
                assert list(avatars.opened.slots) == [0]
                assert list(dialogue.opened.conversation_ids) == ["smith"]
                frame = await next_frame(avatars)  # the subscription goes on, and its numbers rise
                assert frame.frame_index > index
                await dialogue.write(say("and now?", turn=2))
                await until_done(dialogue)
                assert len(server.fakes.dialogue.prompts[-1]) == 3

    run(scenario())


def test_a_stream_alone_does_not_take_a_subscription_up(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            await call.write(look())
            await call.write(subscribe())
            await read(call)
            call.cancel()
            await client.stats_until(lambda stats: stats.stream_count == 0)
            call = await client.open_avatars()
            newest = fake.backend.sessions.find(client.session).keep(Slots)[0].last_index
            await call.write(ask(newest + 1))
            assert (await read(call)).frame.frame_index == newest + 1

    run(scenario())


def test_after_the_grace_time_everything_is_free(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        client = Client(fake.port)
        gone = (await client.handshake()).session_id
        call = await client.open_avatars()
        await call.write(look())
        call.cancel()
        await assert_idle(fake.port)
        call = client.avatars()
        await call.write(A.StreamAvatarRequest(open=A.AvatarOpen(session_id=gone)))
        code, detail = await ended(call)
        assert code == grpc.StatusCode.NOT_FOUND
        assert "Handshake" in detail.message
        response = await client.handshake(resume_session_id=gone)
        assert not response.resumed
        assert response.session_id != gone
        await client.channel.close()

    run(scenario())


def test_a_session_with_a_stream_has_no_end(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_avatars()
            idle = Client(fake.port)
            await idle.handshake()  # later, so that its grace time is over later
            await client.stats_until(lambda stats: stats.session_count == 1)
            await idle.channel.close()
            await call.write(look())
            await call.write(ask(1))
            assert (await read(call)).frame.frame_index == 1

    run(scenario())


def test_the_end_of_a_session_ends_its_streams(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        client = Client(fake.port)
        await client.handshake()
        avatars, dialogue = await client.open_avatars(), await client.open_dialogue()
        await avatars.write(look())
        await dialogue.write(say("count 5 and wait"))
        await read(dialogue)
        await client.bridge.EndSession(B.EndSessionRequest(session_id=client.session))
        for call in (avatars, dialogue):
            assert (await ended(call))[0] == grpc.StatusCode.NOT_FOUND
        await assert_idle(fake.port)
        assert f"{client.session}/smith" in fake.fakes.dialogue.forgotten
        call = client.bridge.EndSession(B.EndSessionRequest(session_id=client.session))
        assert (await ended(call))[0] == grpc.StatusCode.NOT_FOUND
        await client.channel.close()

    run(scenario())


def test_sessions_streams_and_conversations_are_counted(run: Run) -> None:
    async def scenario() -> None:
        limits = Limits(sessions=2, streams_per_session=1, conversations_per_session=1)
        async with serving(limits=limits) as server, connected(server.port) as client:
            dialogue = await client.open_dialogue()
            code, detail = await ended(await _open_avatars(client))
            assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
            assert "close one first" in detail.message
            assert detail.retryable
            await dialogue.write(say("hello"))
            await until_done(dialogue)
            await dialogue.write(say("hello", conversation="another"))
            done = (await until_done(dialogue))[-1].done
            assert "forget one" in done.outcome.error.message
            async with connected(server.port) as second:
                await second.open_dialogue()
                third = Client(server.port)
                call = third.bridge.Handshake(B.HandshakeRequest(protocol=B.ProtocolVersion(major=1)))
                assert (await ended(call))[0] == grpc.StatusCode.RESOURCE_EXHAUSTED
                await third.channel.close()

    run(scenario())


async def _open_avatars(client: Client) -> object:
    call = client.avatars()
    await call.write(A.StreamAvatarRequest(open=A.AvatarOpen(session_id=client.session)))
    return call


BC3, PNG, RGBA32 = (
    media_pb2.TEXTURE_FORMAT_BC3,
    media_pb2.TEXTURE_FORMAT_PNG,
    media_pb2.TEXTURE_FORMAT_RGBA32,
)


@contextlib.asynccontextmanager
async def come_back(server: FakeServer, before: dict[str, Any], after: dict[str, Any], format_: Any = 0) -> Any:
    """A subscribed client that is lost, and its session resumed with another handshake; the new stream."""
    first = Client(server.port)
    response = await first.handshake(**before)
    call = await first.open_avatars()
    for slot in (0, 1):
        await call.write(look(slot))
        await call.write(subscribe(slot, format=format_ if slot == 0 else 0))
        await read(call)
    await first.channel.close()
    async with connected(server.port, resume_session_id=response.session_id, **after) as again:
        assert again.session == response.session_id
        await again.stats_until(lambda stats: stats.stream_count == 0)
        call = await again.open_avatars()
        yield call
        await call.write(look(9))  # the stream serves on
        await call.write(ask(1, slot=9))
        while (await read(call)).frame.slot != 9:
            pass


async def frames(call: Any, slot: int, count: int = 2) -> list[Any]:
    """The next new frames of a slot, acknowledged."""
    found: list[Any] = []
    while len(found) < count:
        frame = (await read(call)).frame
        await call.write(acknowledge(frame.frame_index, frame.slot))
        if frame.slot == slot and frame.frame_index:
            found.append(frame)
    return found


@pytest.mark.parametrize(
    ("before", "after", "goes_on"),
    [
        ([RGBA32, PNG], [PNG], PNG),
        ([RGBA32, PNG], [PNG, RGBA32], RGBA32),
        ([RGBA32], [BC3, 99], BC3),
        ([PNG], [], RGBA32),
    ],
)
def test_a_subscription_goes_on_in_a_format_that_is_agreed_by_now(
    run: Run, before: list[Any], after: list[Any], goes_on: Any
) -> None:
    async def scenario() -> None:
        async with (
            serving(session_grace_seconds=30.0) as server,
            come_back(server, {"texture_formats": before}, {"texture_formats": after}, format_=before[0]) as call,
        ):
            assert {frame.format for frame in await frames(call, 0)} == {goes_on}
            assert {frame.format for frame in await frames(call, 1)} == {after[0] if after else RGBA32}

    run(scenario())


def test_where_no_format_is_agreed_any_more_subscriptions_end_alone(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=30.0) as server:
            first = Client(server.port)
            response = await first.handshake()
            call = await first.open_avatars()
            for slot in (0, 1):
                await call.write(look(slot))
                await call.write(subscribe(slot))
                await read(call)
            await first.channel.close()
            again = Client(server.port)
            await again.handshake(resume_session_id=response.session_id, texture_formats=[99])
            await again.stats_until(lambda stats: stats.stream_count == 0)
            for attempt in range(2):
                call = await again.open_avatars()
                assert list(call.opened.slots) == [0, 1]
                for slot in (0, 1) if attempt == 0 else ():
                    status = (await read(call)).status
                    assert (status.slot, status.frame_index) == (slot, 0)
                    assert status.outcome.disposition == error_pb2.DISPOSITION_INVALID
                    assert "no texture format was agreed; list one of RGBA32" in status.outcome.error.message
                await call.write(ask(1_000))
                status = (await read(call)).status  # and nothing ticks
                assert "no texture format was agreed" in status.outcome.error.message
                call.cancel()
                await again.stats_until(lambda stats: stats.stream_count == 0)
            await again.handshake(resume_session_id=response.session_id)
            call = await again.open_avatars()
            await call.write(subscribe(0))
            assert await frames(call, 0)
            await again.channel.close()

    run(scenario())


@pytest.mark.parametrize("order", [media_pb2.ROW_ORDER_BOTTOM_UP, media_pb2.ROW_ORDER_TOP_DOWN])
def test_a_client_that_comes_back_gets_rows_in_the_order_of_its_new_handshake(run: Run, order: Any) -> None:
    async def scenario() -> None:
        async with (
            serving(session_grace_seconds=30.0) as server,
            come_back(server, {"texture_row_order": 3 - order}, {"texture_row_order": order}) as call,
        ):
            for frame in await frames(call, 0, count=3):
                assert frame.row_order == order
                rows = [set(frame.payload[: 64 * 4]), set(frame.payload[-64 * 4 :])]
                assert rows[order == media_pb2.ROW_ORDER_BOTTOM_UP] == {255}

    run(scenario())


@pytest.mark.parametrize("order", [media_pb2.ROW_ORDER_BOTTOM_UP, media_pb2.ROW_ORDER_TOP_DOWN])
def test_a_picture_that_was_kept_is_not_repeated_upside_down(run: Run, order: Any) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=30.0) as server:
            first = Client(server.port)
            response = await first.handshake(texture_row_order=media_pb2.ROW_ORDER_TOP_DOWN)
            call = await first.open_avatars()
            await call.write(look())
            await call.write(ask(1))
            await read(call)
            await first.channel.close()

            def slow(scheduler: Any) -> None:
                for batch in range(1, 5):
                    scheduler.latency.warm("avatar.64", batch, [5.0])

            await server.backend.engine.call(slow)
            async with connected(server.port, resume_session_id=response.session_id, texture_row_order=order) as again:
                call = await again.open_avatars()
                await call.write(ask(2, budget=timing_pb2.Budget(budget_micros=1_000_000)))
                answer = await read(call)
                same = order == media_pb2.ROW_ORDER_TOP_DOWN
                assert answer.WhichOneof("message") == ("frame" if same else "status")
                assert answer.frame.repeated_frame is same

    run(scenario())


def test_a_subscription_whose_model_is_gone_goes_on_when_it_is_back(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=30.0) as server:
            other = Client(server.port)
            first = Client(server.port)
            response = await first.handshake()
            call = await first.open_avatars()
            await call.write(look())
            await call.write(subscribe())
            await read(call)
            await first.channel.close()
            await other.bridge.UnloadModel(B.UnloadModelRequest(name="avatar"))
            async with connected(server.port, resume_session_id=response.session_id) as again:
                await again.stats_until(lambda stats: stats.stream_count == 0)
                call = await again.open_avatars()
                outcome = (await read(call)).status.outcome
                assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
                assert "'avatar' is not loaded" in outcome.error.message
                loading = other.bridge.LoadModel(B.LoadModelRequest(name="avatar"))
                assert await frames(call, 0)
                await loading
            await other.channel.close()

    run(scenario())


def body(message: Any) -> Any:
    return getattr(message, message.WhichOneof("message"))


def test_a_subscription_leaves_a_stream_whose_client_has_come_back_elsewhere(run: Run) -> None:
    """A connection that is lost without a word looks alive for a while."""

    async def scenario() -> None:
        async with serving(session_grace_seconds=30.0) as server:
            first = Client(server.port)
            response = await first.handshake()
            old = await first.open_avatars()
            await old.write(look())
            await old.write(subscribe())
            await read(old)
            async with connected(server.port, resume_session_id=response.session_id) as again:
                call = await again.open_avatars()
                found = await frames(call, 0)
                await old.write(look(5))
                await old.write(ask(1, slot=5))
                while (told := body(await read(old))).slot != 5:
                    assert told.frame_index < found[0].frame_index  # it ticks no more
                old.cancel()
                await again.stats_until(lambda stats: stats.stream_count == 1)
                found += await frames(call, 0)  # the end of the old stream does not end it
                indices = [frame.frame_index for frame in found]
                assert indices == sorted(set(indices))
            await first.channel.close()

    run(scenario())
