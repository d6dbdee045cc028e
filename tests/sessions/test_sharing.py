"""Shared memory as a client of any language meets it: stamps, acknowledgements, and for how long it is there."""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bridge.config import Limits
from bridge.sessions import shared_file
from bridge.sessions.shared_file import KEY_BYTES
from tests.conftest import Run
from tests.serving.client import A, B, Client, acknowledge, ask, connected, look, read
from tests.serving.server import FakeServer, serving
from tests.waiting import held

STAMP_BYTES = 8


@contextmanager
def mapped(offer: B.SharedMemory) -> Iterator[mmap.mmap]:
    """The offered file, as a client of any language would map it."""
    with Path(offer.path).open("rb") as file:
        memory = mmap.mmap(file.fileno(), offer.size_bytes, access=mmap.ACCESS_READ)
    assert memory[:KEY_BYTES] == offer.key
    with memory:
        yield memory


async def attach(client: Client) -> Any:
    """An avatar stream that says that it has mapped the memory, and has a look."""
    call = client.avatars()
    await call.write(A.StreamAvatarRequest(open=A.AvatarOpen(session_id=client.session, shared_memory_attached=True)))
    assert (await read(call)).HasField("opened")
    await call.write(look())
    return call


def payload(memory: mmap.mmap, frame: A.TextureFrame) -> bytes:
    """A frame's bytes, which must lie in shared memory under its stamp."""
    assert frame.HasField("shared")
    assert not frame.payload
    at = frame.shared.offset_bytes
    assert memory[at - STAMP_BYTES : at] == frame.shared.stamp.to_bytes(STAMP_BYTES, "little")
    return memory[at : at + frame.total_bytes]


async def frame(call: Any, index: int, slot: int = 0, received: int = 0) -> A.TextureFrame:
    await call.write(ask(index, slot, received))
    message = await read(call)
    assert message.WhichOneof("message") == "frame", message
    answer: A.TextureFrame = message.frame
    return answer


def ours(offer: B.SharedMemory) -> int:
    """How often this process has the file of an offer open, as the kernel tells it."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc")
    return held(offer.path)


def exists(offer: B.SharedMemory) -> bool:
    """Whether the file still has its name."""
    return Path(offer.path).exists()


def test_a_place_that_is_given_back_loses_its_stamp(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            with mapped((await client.handshake(wants_shared_memory=True)).shared_memory) as memory:
                call = await attach(client)
                first = await frame(call, 1)
                await call.write(acknowledge(1))
                await call.write(look(slot=1))
                await frame(call, 1, slot=1)  # so that the acknowledgement has been heard; takes the place
                at = first.shared.offset_bytes
                stamp = int.from_bytes(memory[at - STAMP_BYTES : at], "little")
                assert stamp > first.shared.stamp
                await call.write(acknowledge(1, slot=1))
                await call.write(ask(2, slot=99))  # refused, hence answered after the acknowledgement
                await read(call)
                assert memory[at - STAMP_BYTES : at] == bytes(STAMP_BYTES)

    run(scenario())


def test_a_client_that_cuts_the_file_short_gets_its_frames_and_kills_nobody(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client, connected(fake.port) as other:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            descriptor = os.open(offer.path, os.O_RDWR)
            call = await attach(client)
            await frame(call, 1)
            os.ftruncate(descriptor, 0)
            for index in (2, 3, 4):
                await frame(call, index, received=index - 1)
            os.close(descriptor)
            await other.handshake()
            theirs = await other.open_avatars()
            await theirs.write(look())
            assert (await frame(theirs, 1)).payload

    run(scenario())


def test_a_subscription_without_acknowledgements_takes_no_more_than_its_places(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            await client.handshake(wants_shared_memory=True)
            call = await attach(client)
            shared = fake.backend.sessions.find(client.session).shared
            await call.write(A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(slot=0, frames_per_second=120)))
            kinds = [(await read(call)).WhichOneof("message") for _ in range(6)]
            assert kinds.count("frame") == shared.payload_count == Limits().unacknowledged_frames

    run(scenario())


def test_a_client_that_comes_back_gets_new_memory_and_the_old_goes_with_its_stream(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=30.0) as server:
            first = Client(server.port)
            before = (await first.handshake(wants_shared_memory=True)).shared_memory
            await frame(await attach(first), 1)
            async with connected(server.port) as again:
                response = await again.handshake(wants_shared_memory=True, resume_session_id=first.session)
                assert response.resumed
                after = response.shared_memory
                assert after.path != before.path
                assert after.key != before.key
                assert ours(before) == 1  # its stream is not known to be lost yet
                with mapped(after) as memory:
                    call = await attach(again)
                    payload(memory, await frame(call, 2))
                    await first.channel.close()
                    await again.stats_until(lambda stats: stats.stream_count == 1)
                    assert ours(before) == 0
                    payload(memory, await frame(call, 3))

    run(scenario())


def test_the_end_of_the_session_frees_the_memory_under_a_stream(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            await frame(await attach(client), 1)
            await client.bridge.EndSession(B.EndSessionRequest(session_id=client.session))
            await client.stats_until(lambda stats: not stats.stream_count)
            assert ours(offer) == 0
            await client.handshake()

    run(scenario())


def test_a_session_that_is_lost_takes_its_memory_with_it(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=0.05) as server:
            lost: Any = Client(server.port)
            offer = (await lost.handshake(wants_shared_memory=True)).shared_memory
            await lost.channel.close()
            other: Any = Client(server.port)
            await other.stats_until(lambda stats: not stats.session_count)
            assert not exists(offer)
            assert ours(offer) == 0
            await other.channel.close()

    run(scenario())


def test_a_server_sweeps_when_it_starts(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_file, "shared_directory", lambda: tmp_path)
    (tmp_path / f"framebridge-{os.getpid()}-1000-{'ab' * 16}").touch()  # of an earlier process of our number

    async def scenario() -> None:
        async with serving():
            assert shared_file.sweep() == 0  # nothing is left for us

    run(scenario())
