"""The client's outbox: bounded, a newer message replaces an older one of its key, and what waits leaves as one."""

import asyncio
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.client.link.outbox import Outbox
from bridge.errors import Overloaded
from bridge.v1 import media_pb2, recognition_pb2
from bridge.wire.bundles import MOST_BYTES, MOST_PARTS, PART_BYTES, Joiner, Parts
from bridge.wire.handlers import decoder

REQUEST = recognition_pb2.RecognizeRequest
JOINER = Joiner(REQUEST)
read = decoder(REQUEST, 1 << 20)  # the server's


def picture(index: int, payload: int, tasks: int) -> Any:
    """A camera's picture of `payload` bytes; each task is a field more, of two bytes."""
    image = media_pb2.Image(data=bytes(payload))
    frame = recognition_pb2.CameraFrame(frame_index=index, image=image)
    frame.tasks.extend([recognition_pb2.RecognitionTask()] * tasks)
    return REQUEST(frame=frame)


def text(message: str) -> bytes:
    return message.encode()


def test_the_outbox_replaces_by_key_and_is_bounded() -> None:
    async def main() -> None:
        outbox = Outbox(text, max_bytes=100, max_messages=3)
        assert outbox.put("old", 60, key="camera") is None
        assert outbox.put("new", 70, key="camera") == "old"
        with pytest.raises(Overloaded):
            outbox.put("too much", 31)
        outbox.put("small", 1)
        outbox.put("small", 1)
        with pytest.raises(Overloaded):
            outbox.put("one more")
        assert outbox.put("stop", key="stop", always=True) is None
        assert outbox.put("stop now", key="stop", always=True) == "stop"  # so that few go in beyond the bound
        assert [await outbox.get() for _ in range(4)] == [b"new", b"small", b"small", b"stop now"]
        outbox.put("alone and large", 1000)
        assert await outbox.get() == b"alone and large"

    asyncio.run(main())


def test_the_outbox_wakes_who_waits() -> None:
    async def main() -> None:
        outbox = Outbox(text, max_bytes=10)
        waiting = asyncio.create_task(outbox.get())
        await asyncio.sleep(0)
        outbox.put("first")
        outbox.put("second")
        assert await waiting == b"first"
        outbox.clear()
        assert len(outbox) == 0
        waiting = asyncio.create_task(outbox.get())
        await asyncio.sleep(0)
        waiting.cancel()  # as when a connection is lost
        outbox.put("third")
        assert await outbox.get() == b"third"

    asyncio.run(main())


def test_a_large_picture_is_replaced_until_it_is_its_turn() -> None:
    async def main() -> None:
        outbox = Outbox(REQUEST.SerializeToString, max_bytes=1 << 20)
        outbox.put(picture(1, 10, 0), 10)
        outbox.put(picture(2, 9000, 0), 9000, key="camera")
        assert read(await outbox.get(JOINER)).frame.frame_index == 1
        replaced = outbox.put(picture(3, 8000, 0), 8000, key="camera")
        assert replaced is not None
        assert replaced.frame.frame_index == 2
        assert read(await outbox.get(JOINER)).frame.frame_index == 3
        assert len(outbox) == 0

    asyncio.run(main())


BURSTS = st.tuples(
    st.one_of(st.integers(0, 64), st.integers(3900, 4800), st.integers(0, 20_000)),  # bytes of the payload of each
    st.one_of(st.just(0), st.integers(0, 8), st.integers(0, 500)),  # tasks
    st.sampled_from((None, None, None, "left", "right")),  # its key
    st.one_of(st.just(1), st.integers(1, 80)),  # so many of them
)
TURNS = st.lists(st.one_of(st.none(), BURSTS), max_size=12)


@settings(derandomize=True)
@example([(0, 300, None, 64)])  # more fields than a bundle may have
@example([(4000, 0, None, 20)])  # more bytes
@example([(4096, 300, None, 2)])  # a part just too large
@given(TURNS)
def test_messages_leave_in_order_and_within_the_limits_of_bundles(turns: list[Any]) -> None:
    """None is a turn of the transport; at the end it takes everything. The server's own reader judges."""
    outbox: Outbox[Any] = Outbox(REQUEST.SerializeToString, 1 << 30, 1 << 20)
    waiting: dict[object, int] = {}  # what should be there
    count = 0

    async def leave() -> None:
        data = await outbox.get(JOINER)
        came = read(data)
        parts = came if isinstance(came, Parts) else [came]
        assert (len(parts) > 1) is isinstance(came, Parts)  # one that is alone travels by itself
        assert len(parts) <= MOST_PARTS
        if isinstance(came, Parts):
            assert sum(part.ByteSize() for part in parts) <= MOST_BYTES
            assert max(part.ByteSize() for part in parts) <= PART_BYTES
        for part in parts:
            key = next(iter(waiting))
            assert part.frame.frame_index == waiting.pop(key)

    async def main() -> None:
        nonlocal count
        for turn in turns:
            if turn is None and waiting:
                await leave()
            payload, tasks, key, times = turn or (0, 0, None, 0)
            for _ in range(times):
                count += 1
                replaced = outbox.put(picture(count, payload, tasks), payload, key)
                assert (None if replaced is None else replaced.frame.frame_index) == waiting.pop(key, None)
                waiting[object() if key is None else key] = count
        while waiting:
            await leave()
        assert len(outbox) == 0

    asyncio.run(main())


@pytest.mark.parametrize("number", [1, 2, 64, 65, 200])
def test_small_messages_leave_in_as_few_as_can_be(number: int) -> None:
    async def main() -> None:
        outbox = Outbox(REQUEST.SerializeToString, 1 << 20)
        for index in range(number):
            outbox.put(picture(index, 40, 1), 40)
        taken = 0
        while len(outbox):
            await outbox.get(JOINER)
            taken += 1
        assert taken == -(-number // MOST_PARTS)

    asyncio.run(main())
