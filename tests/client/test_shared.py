"""Shared memory at the client: when it is used, when the wire does, and what a place that was used again looks like."""

import asyncio
import os
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from bridge.client import BridgeClient, Disposition, Frame
from bridge.client.link.shared import SharedMemory
from bridge.errors import ContractBroken
from bridge.v1 import avatar_pb2, bridge_pb2
from tests.client.fake import FakeBridge, serving, start, texture
from tests.waiting import held, until

KEY = bytes(range(16))
STAMP = 77
PAYLOAD = bytes(range(64))
SIZE = 4096


def write(path: Path, payload: bytes = PAYLOAD, stamp: int = STAMP, key: bytes = KEY) -> bridge_pb2.SharedMemory:
    """A file with a payload at 72, and the offer of it."""
    head = key + bytes(48) + struct.pack("<q", stamp) + payload
    path.write_bytes(head + bytes(SIZE - len(head)))
    return bridge_pb2.SharedMemory(path=str(path), size_bytes=SIZE, key=KEY)


def place(offset: int = 72, stamp: int = STAMP) -> avatar_pb2.SharedPayload:
    return avatar_pb2.SharedPayload(offset_bytes=offset, stamp=stamp)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "framebridge-1-2-3"


# -- by itself ---------------------------------------------------------------------------------------------------------


def test_what_is_offered_is_mapped_and_loses_its_name(path: Path) -> None:
    memory = SharedMemory.attach(write(path))
    assert memory is not None
    assert not path.exists()
    assert memory.read(place(), 64) == PAYLOAD
    assert memory.read(place(stamp=STAMP + 1), 64) is None
    memory.hold()
    memory.release()
    assert held(path)
    memory.release()
    assert not held(path)


def test_another_key_is_another_file(path: Path) -> None:
    assert SharedMemory.attach(write(path, key=bytes(16))) is None
    assert path.exists()
    assert not held(path)


def _missing(path: Path) -> bridge_pb2.SharedMemory:
    offer = write(path)
    path.unlink()
    return offer


def _short(path: Path) -> bridge_pb2.SharedMemory:
    offer = write(path)
    os.truncate(path, SIZE - 1)
    return offer


def _linked(path: Path) -> bridge_pb2.SharedMemory:
    offer = write(path.with_name("elsewhere"))
    path.symlink_to(offer.path)
    return bridge_pb2.SharedMemory(path=str(path), size_bytes=SIZE, key=KEY)


def _directory(path: Path) -> bridge_pb2.SharedMemory:
    path.mkdir()
    return bridge_pb2.SharedMemory(path=str(path), size_bytes=SIZE, key=KEY)


def _foreign(path: Path) -> bridge_pb2.SharedMemory:
    return write(path.with_name("notes.txt"))


def _sized(size: int) -> Callable[[Path], bridge_pb2.SharedMemory]:
    def offer(path: Path) -> bridge_pb2.SharedMemory:
        written = write(path)
        written.size_bytes = size
        return written

    return offer


@pytest.mark.parametrize(
    "offered", [_missing, _short, _linked, _directory, _foreign, _sized(0), _sized(-1), _sized(16), _sized(1 << 40)]
)
def test_what_cannot_be_had_is_no_error_and_left_alone(
    path: Path, offered: Callable[[Path], bridge_pb2.SharedMemory]
) -> None:
    offer = offered(path)
    before = sorted(path.parent.iterdir())
    assert SharedMemory.attach(offer) is None
    assert sorted(path.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("offset", "total"), [(0, 64), (23, 64), (-8, 64), (72, SIZE), (SIZE, 1), (1 << 40, 64), (72, 0), (72, -1)]
)
def test_a_place_outside_breaks_the_contract(path: Path, offset: int, total: int) -> None:
    memory = SharedMemory.attach(write(path))
    assert memory is not None
    with pytest.raises(ContractBroken):
        memory.read(place(offset), total)
    memory.release()


# -- in the client -----------------------------------------------------------------------------------------------------


def shared_texture(slot: int, index: int, where: avatar_pb2.SharedPayload) -> Any:
    answer = texture(slot, index)
    answer.frame.ClearField("payload")
    answer.frame.shared.CopyFrom(where)
    return answer


def drawing(where: avatar_pb2.SharedPayload) -> Callable[[Any], Iterable[Any]]:
    """A fake server that answers every request with a frame in shared memory."""

    def draw(message: Any) -> Iterable[Any]:
        if message.WhichOneof("message") == "frame":
            yield shared_texture(message.frame.slot, message.frame.frame_index, where)

    return draw


async def ask_twice(fake: FakeBridge, **options: Any) -> list[Any]:
    async with serving(fake) as address, BridgeClient(address, **options) as bridge, bridge.avatars() as avatars:
        return [await avatars.frame(0, budget=5.0) for _ in range(2)]


def test_frames_are_copied_out_and_acknowledged(path: Path) -> None:
    fake = FakeBridge()
    fake.offer, fake.on_avatar = write(path), drawing(place())
    first, second = asyncio.run(ask_twice(fake))
    assert isinstance(first, Frame)
    assert first.payload == second.payload == PAYLOAD
    assert fake.handshakes[0].wants_shared_memory
    assert fake.of_kind("open")[0].shared_memory_attached
    assert [frame.last_received_index for frame in fake.of_kind("frame")] == [0, first.frame_index]
    assert not held(path)


def test_a_frame_whose_place_was_used_again_is_gone(path: Path) -> None:
    fake = FakeBridge()
    fake.offer, fake.on_avatar = write(path), drawing(place(stamp=STAMP - 1))
    answer, _ = asyncio.run(ask_twice(fake))
    assert not answer
    assert (answer.disposition, answer.reason, answer.stage) == (Disposition.MISSED, "payload_gone", "transport")


def test_without_the_right_key_the_client_says_that_it_has_not_attached(path: Path) -> None:
    fake = FakeBridge()
    fake.offer = write(path, key=bytes(16))
    first, _ = asyncio.run(ask_twice(fake))
    assert first.payload == bytes(64)
    assert not fake.of_kind("open")[0].shared_memory_attached


def test_it_can_be_turned_off(path: Path) -> None:
    fake = FakeBridge()
    assert asyncio.run(ask_twice(fake, shared_memory=False))[0]
    assert not fake.handshakes[0].wants_shared_memory


def test_a_payload_in_memory_that_was_not_attached_breaks_the_contract() -> None:
    fake = FakeBridge()
    fake.on_avatar = drawing(place())

    async def main() -> None:
        async with serving(fake) as address, BridgeClient(address) as bridge, bridge.avatars() as avatars:
            answer = await avatars.frame(0, budget=5.0)
            assert answer.disposition is Disposition.CANCELLED
            with pytest.raises(ContractBroken, match="has not attached"):
                await avatars.frame(0, budget=5.0)

    asyncio.run(main())


def test_a_lost_connection_lets_go_at_once_and_takes_what_the_next_handshake_offers(path: Path) -> None:
    fake = FakeBridge()
    fake.offer, fake.on_avatar = write(path), drawing(place())
    second = path.with_name("framebridge-4-5-6")

    async def main() -> None:
        server, port = await start(fake)
        async with BridgeClient(f"127.0.0.1:{port}", reconnect=20.0) as bridge, bridge.avatars() as avatars:
            assert (await avatars.frame(0, budget=5.0)).payload == PAYLOAD
            assert held(path)
            await server.stop(0)
            await until(lambda: not held(path))
            refused = await avatars.frame(0, budget=5.0)
            assert (refused.disposition, refused.reason) == (Disposition.REFUSED, "connection_lost")
            fake.offer = write(second, payload=PAYLOAD[::-1])
            server, _ = await start(fake, port)
            await until(lambda: held(second))
            async with asyncio.timeout(20):
                while not (answer := await avatars.frame(0, budget=5.0)):
                    await bridge.ping()
            assert answer.payload == PAYLOAD[::-1]
        assert not held(second)
        await server.stop(0)

    asyncio.run(main())
