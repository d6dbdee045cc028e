"""The client's connection: errors of calls, versions, no server, lost and refused streams."""

import asyncio
from typing import Any

import grpc
import pytest

from bridge.client import BridgeClient, Disposition
from bridge.errors import CallFailed, ServerUnavailable, VersionMismatch
from bridge.v1 import error_pb2
from tests.client.fake import FakeBridge, start
from tests.client.scenes import play


def test_calls_carry_the_servers_own_sentence() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        assert [model.name for model in await bridge.list_models()] == ["avatar"]
        with pytest.raises(CallFailed, match="there is avatar") as failure:
            await bridge.load_model("nobody")
        assert (failure.value.reason, failure.value.retryable, failure.value.retry_after) == (
            "unknown_model",
            True,
            0.25,
        )
        with pytest.raises(CallFailed) as plain:
            await bridge.stats()
        assert plain.value.reason == "unimplemented"
        assert await bridge.ping() < 5
        async with bridge.probe() as probe:
            assert (await probe(b"there and back")).payload == b"there and back"

    play(scene)


def test_another_major_version_is_told_in_one_sentence() -> None:
    fake = FakeBridge()
    fake.major = 2
    with pytest.raises(VersionMismatch, match="version 2"):
        play(lambda bridge, fake: asyncio.sleep(0), fake)


def test_no_server_says_how_to_start_one() -> None:
    async def main() -> None:
        async with BridgeClient("127.0.0.1:1", timeout=0.3):
            pass

    with pytest.raises(ServerUnavailable, match="framebridge serve"):
        asyncio.run(main())


def test_a_cancelled_caller_leaves_the_stream_whole() -> None:
    fake = FakeBridge()
    fake.on_avatar = lambda message: []

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars:
            waiting = asyncio.create_task(avatars.frame(0, budget=5.0))
            await fake.until("frame")
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            fake.on_avatar = fake.draw
            assert await avatars.frame(0, budget=5.0)

    play(scene, fake)


def test_leaving_the_stream_ends_what_waits() -> None:
    fake = FakeBridge()
    fake.on_avatar = lambda message: []
    fake.on_dialogue = lambda message: []

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.avatars() as avatars, bridge.dialogue() as talk:
            future = avatars.request(0, budget=60.0)
            turn = talk.say("inn", "Hello?")
        answer = await future
        assert not answer
        assert answer.disposition is Disposition.CANCELLED
        with pytest.raises(ServerUnavailable):
            await turn.reply()
        with pytest.raises(ServerUnavailable):
            await avatars.frame(0)

    play(scene, fake)


@pytest.mark.parametrize("resumes", [True, False])
def test_a_lost_connection_comes_back_with_its_session(resumes: bool) -> None:
    fake = FakeBridge()
    fake.resumes = resumes
    fake.on_avatar = lambda message: [] if len(fake.handshakes) == 1 else fake.draw(message)

    async def main() -> None:
        server, port = await start(fake)
        async with BridgeClient(f"127.0.0.1:{port}", reconnect=20.0) as bridge:
            session = bridge.session_id
            async with bridge.avatars() as avatars:
                avatars.set_look(0, seed=5)
                under_way = avatars.request(0, budget=60.0)
                await fake.until("frame")
                await server.stop(0)
                fake.kept_slots = [0] if resumes else []
                server, _ = await start(fake, port)
                answer = await under_way
                assert not answer
                assert (answer.disposition, answer.reason) == (Disposition.CANCELLED, "connection_lost")
                refused = await avatars.frame(0, budget=30.0)
                assert (refused.disposition, refused.reason) == (Disposition.REFUSED, "connection_lost")
                frames = avatars.subscribe(0, fps=30.0, budget=30.0)  # goes up once the stream is back
                watching = asyncio.create_task(anext(frames))
                await fake.until("subscribe")
                assert await avatars.frame(0, budget=30.0)
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
                assert (bridge.session_id == session) is resumes
        await server.stop(0)

    asyncio.run(asyncio.wait_for(main(), 30))
    assert fake.handshakes[-1].resume_session_id == "session-1"
    assert len(fake.of_kind("look")) == (1 if resumes else 2)


def test_a_stream_that_the_server_refuses_says_why() -> None:
    class Refusing(FakeBridge):
        async def Recognize(self, request_iterator: Any, context: Any) -> Any:
            detail = error_pb2.ErrorDetail(reason=error_pb2.ERROR_REASON_OVERLOADED, message="16 streams are open")
            metadata = (("framebridge-error-bin", detail.SerializeToString()),)
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "full", trailing_metadata=metadata)
            yield

    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        with pytest.raises(CallFailed, match="16 streams"):
            async with bridge.camera():
                pass

    play(scene, Refusing())
