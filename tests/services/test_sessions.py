"""Sessions over the wire: what a resume keeps, what the end frees, how many there may be."""

import grpc

from bridge.config import Limits
from bridge.v1 import timing_pb2
from tests.conftest import Run
from tests.services.client import (
    A,
    B,
    Client,
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
from tests.services.conftest import FakeServer, serving


def subscribe() -> A.StreamAvatarRequest:
    generous = timing_pb2.Budget(budget_micros=10_000_000)
    return A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(slot=0, frames_per_second=60, budget=generous))


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
            newest = fake.backend.sessions.find(client.session).avatars[0].last_index
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
