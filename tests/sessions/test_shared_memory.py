"""Payloads through shared memory, with a server: who is offered it, when it is freed, and what is sent on the wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bridge.capabilities.avatar.payloads import WORTH_SHARING
from bridge.capabilities.avatar.slot import Slots
from bridge.client.link.shared import SharedMemory as Attached
from bridge.config import Limits
from bridge.sessions.shared_memory import SharedMemory
from bridge.v1 import media_pb2
from tests.conftest import Run
from tests.serving.client import A, B, Client, acknowledge, ask, connected, look, read
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import FakeServer, serving
from tests.waiting import held, named, until

SIDE = 128
FRAME = 4 * SIDE * SIDE
ROOMY = Limits(unacknowledged_frames=8)


def memory_of(server: FakeServer, client: Client) -> SharedMemory | None:
    shared: SharedMemory | None = server.backend.sessions.find(client.session).shared
    return shared


def _key(path: str) -> bytes:
    return Path(path).read_bytes()[:16]


async def open_attached(client: Client) -> Any:
    call = client.avatars()
    opening = A.AvatarOpen(session_id=client.session, shared_memory_attached=True)
    await call.write(A.StreamAvatarRequest(open=opening))
    await read(call)
    await call.write(look())
    return call


class Sharing:
    """A client that has attached, and its stream."""

    def __init__(self, server: FakeServer, client: Client, offer: B.SharedMemory) -> None:
        self.server, self.client = server, client
        attached, shared = Attached.attach(offer), memory_of(server, client)
        assert attached is not None
        assert shared is not None
        self.attached, self.memory = attached, shared
        self.call: Any = None

    async def frame(self, index: int, **fields: Any) -> Any:
        await self.call.write(ask(index, **fields))
        return (await read(self.call)).frame


@asynccontextmanager
async def sharing(limits: Limits = ROOMY, side: int = SIDE) -> AsyncIterator[Sharing]:
    fakes = Fakes(avatar=FakeAvatar(side))
    async with serving(fakes, limits=limits) as server, connected(server.port) as client:
        response = await client.handshake(wants_shared_memory=True)
        scene = Sharing(server, client, response.shared_memory)
        scene.call = await open_attached(client)
        try:
            yield scene
        finally:
            scene.attached.release()


# -- the handshake -----------------------------------------------------------------------------------------------------


def test_it_is_offered_to_who_wants_it_on_this_host(
    run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            assert not (await client.handshake()).HasField("shared_memory")
            assert memory_of(fake, client) is None
            response = await client.handshake(wants_shared_memory=True)
            offer = response.shared_memory
            assert offer.size_bytes == Limits().shared_memory_bytes
            assert _key(offer.path) == offer.key
            monkeypatch.setattr("bridge.control.service.is_local", lambda address: False)
            far = await client.handshake(wants_shared_memory=True)
            assert not far.HasField("shared_memory")
            monkeypatch.undo()

    run(scenario())


def test_without_room_or_by_the_operators_will_there_is_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with serving(limits=Limits(shared_memory_bytes=0)) as server, connected(server.port) as client:
            assert not (await client.handshake(wants_shared_memory=True)).HasField("shared_memory")
        async with serving(limits=Limits(shared_memory_bytes=1 << 60)) as server, connected(server.port) as client:
            assert not (await client.handshake(wants_shared_memory=True)).HasField("shared_memory")

    run(scenario())


def test_the_name_goes_when_a_stream_has_attached(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            await client.open_avatars()  # this one has not attached
            assert named(offer.path)
            await open_attached(client)
            assert not named(offer.path)
            assert held(offer.path)

    run(scenario())


def test_a_name_that_nobody_attached_to_goes_after_the_grace_time(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=0.05) as server, connected(server.port) as client:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            call = await client.open_dialogue()  # which keeps the session
            await until(lambda: not named(offer.path))
            assert held(offer.path)
            call.cancel()
            await until(lambda: not held(offer.path))

    run(scenario())


def test_the_end_of_the_session_frees_what_nobody_attached_to(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        client = Client(fake.port)
        offer = (await client.handshake(wants_shared_memory=True)).shared_memory
        assert held(offer.path)
        await client.bridge.EndSession(B.EndSessionRequest(session_id=client.session))
        assert not held(offer.path)
        assert not named(offer.path)
        await client.channel.close()

    run(scenario())


# -- frames ------------------------------------------------------------------------------------------------------------


def test_a_frame_comes_through_memory_and_its_place_is_freed_by_acknowledgement(run: Run) -> None:
    async def scenario() -> None:
        async with sharing() as scene:
            frames = [await scene.frame(index) for index in (1, 2, 3)]
            for frame in frames:
                assert frame.payload == b""
                assert frame.total_bytes == FRAME
                payload = scene.attached.read(frame.shared, frame.total_bytes)
                assert payload is not None
                assert payload[:4] == b"\xff" * 4
                assert len(payload) == FRAME
            assert scene.memory.payload_count == 3
            fourth = await scene.frame(4, received=2)
            assert scene.memory.payload_count == 2
            assert scene.attached.read(frames[1].shared, FRAME) is None
            assert scene.attached.read(frames[2].shared, FRAME) is not None
            await scene.call.write(acknowledge(4))
            fifth = await scene.frame(5)
            assert scene.memory.payload_count == 1
            assert fifth.shared.stamp > fourth.shared.stamp

    run(scenario())


def test_a_payload_is_the_same_on_both_ways(run: Run) -> None:
    async def scenario() -> None:
        async with sharing() as scene, connected(scene.server.port) as plain:
            wire = await plain.open_avatars()
            await wire.write(look())
            await wire.write(ask(1))
            on_the_wire = (await read(wire)).frame
            frame = await scene.frame(1)
            assert scene.attached.read(frame.shared, FRAME) == on_the_wire.payload
            for header in (frame, on_the_wire):
                for name in ("payload", "timing", "shared"):
                    header.ClearField(name)
            assert frame == on_the_wire

    run(scenario())


def test_files_come_through_memory_too(run: Run) -> None:
    async def scenario() -> None:
        async with sharing() as scene:
            await scene.client.bridge.Handshake(
                B.HandshakeRequest(
                    protocol=B.ProtocolVersion(major=1),
                    resume_session_id=scene.client.session,
                    texture_formats=[media_pb2.TEXTURE_FORMAT_PNG],
                )
            )
            frame = await scene.frame(1)
            assert frame.total_bytes < WORTH_SHARING  # one shade: a small file, which goes on the wire
            assert frame.payload.startswith(b"\x89PNG")
            assert not frame.HasField("shared")

    run(scenario())


def test_where_memory_is_full_frames_go_on_the_wire(run: Run) -> None:
    async def scenario() -> None:
        limits = Limits(unacknowledged_frames=8, shared_memory_bytes=2 * FRAME + 4096)
        async with sharing(limits) as scene:
            frames = [await scene.frame(index) for index in range(1, 5)]
            assert [frame.HasField("shared") for frame in frames] == [True, True, False, False]
            assert [len(frame.payload) for frame in frames] == [0, 0, FRAME, FRAME]
            assert (await scene.frame(5, received=4)).HasField("shared")

    run(scenario())


def test_a_small_payload_goes_on_the_wire(run: Run) -> None:
    async def scenario() -> None:
        async with sharing(side=16) as scene:
            assert len((await scene.frame(1)).payload) == 16 * 16 * 4

    run(scenario())


def test_a_closed_slot_gives_its_places_back(run: Run) -> None:
    async def scenario() -> None:
        async with sharing() as scene:
            await scene.call.write(look(slot=1))
            await scene.frame(1)
            await scene.frame(1, slot=1)
            assert scene.memory.payload_count == 2
            await scene.call.write(A.StreamAvatarRequest(close_slot=A.AvatarCloseSlot(slot=0)))
            await scene.frame(2, slot=1, received=1)
            assert scene.memory.payload_count == 1

    run(scenario())


def test_a_lost_stream_frees_its_memory_at_once_and_a_resumed_session_has_another(run: Run) -> None:
    async def scenario() -> None:
        async with serving(Fakes(avatar=FakeAvatar(SIDE)), session_grace_seconds=30.0) as server:
            first = Client(server.port)
            offer = (await first.handshake(wants_shared_memory=True)).shared_memory
            call = await open_attached(first)
            memory = memory_of(server, first)
            assert memory is not None
            await call.write(ask(1))
            assert (await read(call)).frame.HasField("shared")
            await first.channel.close()
            await until(lambda: memory.closed)
            assert not held(offer.path)
            async with connected(server.port, resume_session_id=first.session, wants_shared_memory=True) as again:
                assert again.session == first.session
                assert list(server.backend.sessions.find(again.session).keep(Slots)) == [0]
                call = await open_attached(again)
                await call.write(ask(2))
                assert (await read(call)).frame.HasField("shared")

    run(scenario())


@pytest.mark.parametrize("attached", [True, False])
def test_a_subscription_goes_on_whether_or_not_memory_is_attached_by_then(run: Run, attached: bool) -> None:
    """And its memory is free again when that stream is over."""

    async def scenario() -> None:
        async with serving(Fakes(avatar=FakeAvatar(SIDE)), session_grace_seconds=30.0) as server:
            first = Client(server.port)
            await first.handshake(wants_shared_memory=True)
            call = await open_attached(first)
            await call.write(A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(slot=0, frames_per_second=60)))
            await read(call)
            await first.channel.close()
            async with connected(server.port, resume_session_id=first.session, wants_shared_memory=True) as again:
                await again.stats_until(lambda stats: stats.stream_count == 0)
                memory = memory_of(server, again)
                assert memory is not None
                call = again.avatars()
                opening = A.AvatarOpen(session_id=again.session, shared_memory_attached=attached)
                await call.write(A.StreamAvatarRequest(open=opening))
                assert (await read(call)).HasField("opened")
                while not (answer := await read(call)).HasField("frame"):
                    pass
                assert answer.frame.HasField("shared") is attached
                assert bool(answer.frame.payload) is not attached
                call.cancel()
                if attached:
                    await until(lambda: memory.closed)

    run(scenario())


def test_streams_share_the_memory_until_the_last_is_over(run: Run) -> None:
    async def scenario() -> None:
        async with sharing() as scene:
            second = await open_attached(scene.client)
            await scene.frame(1)
            scene.call.cancel()
            await scene.client.stats_until(lambda stats: stats.stream_count == 1)
            assert scene.memory.payload_count == 0
            await second.write(ask(2))
            assert (await read(second)).frame.HasField("shared")
            second.cancel()
            await until(lambda: scene.memory.closed)
            late = await open_attached(scene.client)
            await late.write(ask(3))
            assert len((await read(late)).frame.payload) == FRAME

    run(scenario())


def test_a_frame_stays_readable_after_its_stream_has_ended(run: Run) -> None:
    async def scenario() -> None:
        async with sharing() as scene:
            await scene.call.write(ask(1))
            await scene.call.done_writing()
            frame = (await read(scene.call)).frame
            await until(lambda: scene.memory.closed)
            assert scene.attached.read(frame.shared, FRAME) is not None

    run(scenario())


def test_who_claims_to_have_attached_without_an_offer_gets_the_wire(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await open_attached(client)
            await call.write(ask(1))
            assert len((await read(call)).frame.payload) == 64 * 64 * 4

    run(scenario())
