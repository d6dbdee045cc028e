"""Shared memory over the wire: who is offered some, what lies in it and for how long, and what the dead leave."""

import mmap
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from bridge.config import Limits
from bridge.services import shared_file
from bridge.services.peer import is_local
from bridge.services.shared_file import KEY_BYTES, shared_directory, sweep
from tests.conftest import Run
from tests.services.client import A, B, Client, acknowledge, ask, connected, look, read
from tests.services.conftest import FakeServer, serving
from tests.services.fakes import FakeAvatar, Fakes

STAMP_BYTES = 8
SIDE = 64  # 16 KiB a frame
BYTES = 4 * SIDE * SIDE


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
    """How often this process has the file of an offer mapped, as the kernel tells it."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("needs /proc")
    return sum(offer.path in line for line in maps.read_text(encoding="utf-8").splitlines())


def small(room: int) -> Limits:
    """Limits with room for so many frames of 16 KiB."""
    return Limits(shared_memory_bytes=64 + room * (BYTES + 64))


def exists(offer: B.SharedMemory) -> bool:
    """Whether the file still has its name."""
    return Path(offer.path).exists()


# -- who is offered some -----------------------------------------------------------------------------------------------


def test_a_client_of_this_host_is_offered_a_file_that_only_its_user_can_open(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            assert offer.size_bytes == Limits().shared_memory_bytes
            assert len(offer.key) == KEY_BYTES
            _check_file(Path(offer.path), offer)
        assert not exists(offer)  # the session has ended

    run(scenario())


def _check_file(path: Path, offer: B.SharedMemory) -> None:
    assert path.parent == shared_directory()
    assert path.name.startswith(f"framebridge-{os.getpid()}-")
    assert path.stat().st_size == offer.size_bytes
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open("rb") as file:
        assert file.read(KEY_BYTES) == offer.key


def test_no_file_is_made_for_who_does_not_want_one(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            response = await client.handshake()
            assert not response.HasField("shared_memory")

    run(scenario())


def test_a_client_of_another_host_gets_its_frames_on_the_wire(
    run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.services.bridge.is_local", lambda address: False)

    async def scenario() -> None:
        async with connected(fake.port) as client:
            assert not (await client.handshake(wants_shared_memory=True)).HasField("shared_memory")
            call = await attach(client)  # which is not true: there is nothing to attach
            assert len((await frame(call, 1)).payload) == BYTES

    run(scenario())


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("ipv4:127.0.0.1:40312", True),
        ("ipv4:127.8.9.10:1", True),
        ("ipv6:[::1]:40312", True),
        ("ipv6:%5B::1%5D:40312", True),
        ("unix:/run/bridge.sock", True),
        ("unix:", True),
        ("ipv4:192.168.1.7:40312", False),
        ("ipv6:%5Bfe80::1%25eth0%5D:40312", False),
        ("ipv4:0.0.0.0:1", False),
        ("dns:localhost", False),
        ("", False),
    ],
)
def test_loopback_and_unix_sockets_are_this_host(address: str, local: bool) -> None:
    assert is_local(address) is local


@pytest.mark.parametrize("why", ["turned off", "no room"])
def test_a_session_opens_without_memory_to_share(run: Run, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    def full(descriptor: int, size: int) -> None:
        raise OSError(28, "No space left on device")

    if why == "no room":
        monkeypatch.setattr(shared_file, "_reserve", full)

    async def scenario() -> None:
        limits = Limits() if why == "no room" else Limits(shared_memory_bytes=0)
        before = set(shared_directory().glob("framebridge-*"))
        async with serving(limits=limits) as server, connected(server.port, wants_shared_memory=True) as client:
            response = await client.handshake(wants_shared_memory=True)
            assert response.session_id
            assert not response.HasField("shared_memory")
            assert not _made_by_us(set(shared_directory().glob("framebridge-*")) - before)

    run(scenario())


def _made_by_us(paths: set[Path]) -> list[Path]:
    return [path for path in paths if path.name.startswith(f"framebridge-{os.getpid()}-")]


# -- what lies in it ---------------------------------------------------------------------------------------------------


def test_payloads_lie_in_memory_and_the_name_goes_once_it_is_attached(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            with mapped(offer) as memory:
                call = await attach(client)
                assert not exists(offer)
                first = await frame(call, 1)
                bytes_ = payload(memory, first)
                assert len(bytes_) == first.total_bytes == BYTES
                assert bytes_[: 4 * SIDE] == b"\xff" * (4 * SIDE)  # the fake's top row
                plain = await client.open_avatars()
                await plain.write(look(slot=1))
                assert (await frame(plain, 1, slot=1)).payload == bytes_

    run(scenario())


def test_a_small_payload_takes_the_wire(run: Run) -> None:
    async def scenario() -> None:
        fakes = Fakes(avatar=FakeAvatar(side=16))
        async with serving(fakes) as server, connected(server.port, wants_shared_memory=True) as client:
            call = await attach(client)
            answer = await frame(call, 1)
            assert len(answer.payload) == 16 * 16 * 4
            assert not answer.HasField("shared")

    run(scenario())


def test_no_free_place_means_the_wire_until_a_frame_is_acknowledged(run: Run) -> None:
    async def scenario() -> None:
        async with serving(limits=small(room=1)) as server, connected(server.port) as client:
            with mapped((await client.handshake(wants_shared_memory=True)).shared_memory) as memory:
                call = await attach(client)
                first = await frame(call, 1)
                kept = payload(memory, first)
                second = await frame(call, 2)
                assert second.payload == kept
                assert payload(memory, first) == kept  # untouched by the second
                third = await frame(call, 3, received=2)
                assert payload(memory, third) == kept
                assert third.shared.stamp > first.shared.stamp
                assert third.shared.offset_bytes == first.shared.offset_bytes

    run(scenario())


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


def test_closing_a_slot_frees_its_places(run: Run) -> None:
    async def scenario() -> None:
        async with serving(limits=small(room=1)) as server, connected(server.port) as client:
            await client.handshake(wants_shared_memory=True)
            call = await attach(client)
            assert (await frame(call, 1)).HasField("shared")
            await call.write(look(slot=1))
            assert not (await frame(call, 1, slot=1)).HasField("shared")
            await call.write(A.StreamAvatarRequest(close_slot=A.AvatarCloseSlot(slot=0)))
            assert (await frame(call, 2, slot=1)).HasField("shared")

    run(scenario())


def test_a_subscription_without_acknowledgements_takes_no_more_than_its_places(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            await client.handshake(wants_shared_memory=True)
            call = await attach(client)
            shared = fake.backend.sessions.find(client.session).shared
            await call.write(A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(slot=0, frames_per_second=120)))
            kinds = [(await read(call)).WhichOneof("message") for _ in range(6)]
            assert kinds.count("frame") == len(shared) == Limits().unacknowledged_frames

    run(scenario())


# -- for how long ------------------------------------------------------------------------------------------------------


def test_the_end_of_the_stream_frees_the_memory(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            call = await attach(client)
            await frame(call, 1)
            assert ours(offer) == 1
            call.cancel()
            await client.stats_until(lambda stats: not stats.stream_count and not stats.job_count)
            assert ours(offer) == 0

    run(scenario())


def test_streams_of_one_session_share_until_the_last_one_ends(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            with mapped(offer) as memory:
                first, second = await attach(client), await attach(client)
                await first.write(look(slot=1))
                kept = await frame(second, 1, slot=1)
                first.cancel()
                await client.stats_until(lambda stats: stats.stream_count == 1)
                payload(memory, kept)
                payload(memory, await frame(second, 2, slot=1))
                second.cancel()
                await client.stats_until(lambda stats: not stats.stream_count)
            assert ours(offer) == 0

    run(scenario())


def test_a_name_that_nobody_attaches_to_goes_after_the_grace_time(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=0.05) as server, connected(server.port) as client:
            offer = (await client.handshake(wants_shared_memory=True)).shared_memory
            call = await client.open_avatars()  # keeps the session, but has not attached
            await client.stats_until(lambda stats: not exists(offer))
            await call.write(look())
            assert (await frame(call, 1)).payload

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


# -- what the dead leave -----------------------------------------------------------------------------------------------


def _name(pid: int, start: float) -> str:
    return f"framebridge-{pid}-{round(start * 1000)}-{'ab' * 16}"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(shared_file, "shared_directory", lambda: tmp_path)
    return tmp_path


def test_files_of_processes_that_are_gone_are_swept(directory: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    start = psutil.Process(child.pid).create_time()
    file = directory / _name(child.pid, start)
    file.touch()
    assert sweep() == 0
    assert file.exists()
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert sweep() == 1  # a zombie is gone too
    child.communicate()
    file.touch()
    assert sweep() == 1
    assert not file.exists()


def test_a_number_that_another_process_has_now_is_no_life(directory: Path) -> None:
    born = psutil.Process().create_time()
    mine, another = directory / _name(os.getpid(), born), directory / _name(os.getpid(), born - 3600)
    mine.touch()
    another.touch()
    assert sweep() == 1
    assert mine.exists()
    assert not another.exists()


@pytest.mark.parametrize("name", ["framebridge-notes.txt", "framebridge-1-2-3", "other-1-1-" + "ab" * 16])
def test_files_of_other_names_are_left_alone(directory: Path, name: str) -> None:
    (directory / name).touch()
    assert sweep() == 0
    assert (directory / name).exists()


def test_a_server_sweeps_when_it_starts(run: Run, directory: Path) -> None:
    file = directory / _name(os.getpid(), 1.0)
    file.touch()

    async def scenario() -> None:
        async with serving():
            assert sweep() == 0  # nothing is left for us

    run(scenario())
