"""What the client tells the server of its link: how fast bytes come, and which frames came too late."""

import asyncio
from typing import Any

import pytest

from bridge.client import BridgeClient, Frame, Task
from bridge.client.link.rate import Rate
from bridge.client.link.received import read_response
from bridge.v1 import avatar_pb2
from tests.client.fake import FakeBridge, serving, texture

CHUNK = 256 * 1024
PICTURE = b"\xff\xd8\xff" + bytes(60)


def chunks(rate: Rate, start: float, bytes_per_second: float, count: int = 4, slot: int = 0) -> None:
    """A frame in chunks at a pace."""
    for number in range(count):
        frame = avatar_pb2.TextureFrame(slot=slot, chunk_offset=number * CHUNK, total_bytes=count * CHUNK)
        rate.hear(frame, CHUNK, start + number * CHUNK / bytes_per_second)


def test_nothing_is_known_at_first() -> None:
    rate = Rate()
    assert rate.bytes_per_second == 0
    assert rate.seconds(1 << 20) == 0.0


def test_chunks_tell_the_rate() -> None:
    rate = Rate()
    chunks(rate, 10.0, 3e6)
    assert rate.bytes_per_second == pytest.approx(3e6, rel=0.001)
    assert rate.seconds(3_000_000) == pytest.approx(1.0, rel=0.001)


def test_frames_of_several_slots_may_come_between_each_other() -> None:
    rate = Rate()
    for number in range(3):
        for slot in (0, 1):
            frame = avatar_pb2.TextureFrame(slot=slot, chunk_offset=number * CHUNK, total_bytes=3 * CHUNK)
            rate.hear(frame, CHUNK, 10.0 + number + slot / 2)
    assert rate.bytes_per_second == pytest.approx(CHUNK, rel=0.001)


def test_neither_one_stall_nor_one_burst_moves_it_far() -> None:
    rate = Rate()
    for number in range(8):
        chunks(rate, float(number), 3e6)
    chunks(rate, 20.0, 3e9)  # the loop was stalled, and all was there
    chunks(rate, 30.0, 3e4)  # the link was taken by others
    assert rate.bytes_per_second == pytest.approx(3e6, rel=0.001)


def test_only_recent_frames_count() -> None:
    rate = Rate()
    chunks(rate, 0.0, 9e6)
    for number in range(1, 17):
        chunks(rate, float(number), 3e6)
    assert rate.bytes_per_second == pytest.approx(3e6, rel=0.001)


def test_a_large_frame_in_one_message_tells_it_too_and_a_small_one_does_not() -> None:
    rate = Rate()
    rate.hear_whole(16 * 1024, 0.1)
    rate.hear_whole(64 * 1024, -0.001)  # quicker than the quickest empty answer: the clock tells nothing
    assert rate.bytes_per_second == 0
    rate.hear_whole(100_000, 0.1)
    assert rate.bytes_per_second == 1_000_000


def test_refusals_make_it_forget() -> None:
    rate = Rate()
    for number in range(3):
        chunks(rate, float(number), 3e4)
    for _ in range(3):
        assert rate.bytes_per_second > 0
        rate.relax()
    assert rate.bytes_per_second == 0
    rate.relax()


@pytest.mark.parametrize("size", [0, 100, 5000, 300_000])
def test_a_response_is_read_as_protobuf_reads_it(size: int) -> None:
    written = texture(3, 7, bytes(size))
    kind, body, payload = read_response(written.SerializeToString())
    assert kind == "frame"
    assert bytes(payload) == written.frame.payload
    for frame in (body, written.frame):
        frame.ClearField("payload")
    assert body == written.frame
    opened = avatar_pb2.StreamAvatarResponse(opened=avatar_pb2.AvatarOpened(slots=[1, 2]))
    kind, body, payload = read_response(opened.SerializeToString())
    assert (kind, body, payload) == ("opened", opened.opened, b"")
    assert read_response(b"") == ("", None, b"")


def test_late_frames_are_counted_and_told_in_the_next_request() -> None:
    fake = FakeBridge()

    async def main() -> None:
        async with serving(fake) as address, BridgeClient(address) as bridge, bridge.avatars() as avatars:
            for budget in (1e-6, 5.0, 1e-6, 5.0):
                answer = await avatars.frame(0, budget=budget)
                assert bool(answer) is (budget > 1)
            await avatars.frame(1, budget=5.0)

    asyncio.run(main())
    assert [(frame.slot, frame.late_frame_count) for frame in fake.of_kind("frame")] == [
        (0, 0),
        (0, 1),
        (0, 1),
        (0, 2),
        (1, 0),
    ]


def test_late_results_are_counted_by_camera_and_told_with_its_next_picture() -> None:
    fake = FakeBridge()

    async def main() -> None:
        async with serving(fake) as address, BridgeClient(address) as bridge, bridge.camera() as camera:
            for budget in (1e-6, 5.0):
                tasks = Task("classify", budget), Task("detect", 5.0)
                late, seen = await camera.recognize(PICTURE, *tasks, slot=2)
                assert seen
                assert bool(late) is (budget > 1)
                assert late or (late.stage == "transport" and late.over > 0)
            await camera.detect(PICTURE, budget=5.0)
            camera.close_slot(2)
            await camera.detect(PICTURE, budget=5.0, slot=2)

    asyncio.run(main())
    frames = [(frame.slot, frame.late_result_count) for frame in fake.of_kind("frame")]
    assert frames == [(2, 0), (2, 1), (0, 0), (2, 0)]


def test_late_frames_of_a_subscription_come_marked_to_who_wants_them_and_are_told() -> None:
    fake = FakeBridge()

    def draw(message: Any) -> Any:
        if message.WhichOneof("message") == "subscribe":
            return [texture(0, 1)]
        if message.WhichOneof("message") == "acknowledge" and message.acknowledge.last_received_index < 3:
            return [texture(0, message.acknowledge.last_received_index + 1)]
        return []

    fake.on_avatar = draw
    frames: list[Frame] = []

    async def main() -> None:
        async with serving(fake) as address, BridgeClient(address) as bridge, bridge.avatars() as avatars:
            async for frame in avatars.subscribe(0, fps=30.0, budget=1e-6, keep_late=True):
                frames.append(frame)
                if frame.frame_index == 3:
                    break

    asyncio.run(main())
    assert all(frame.late_by > 0 and not frame.on_time for frame in frames)
    assert [ack.late_frame_count for ack in fake.of_kind("acknowledge")] == [1, 2, 3]


def test_the_rate_goes_up_with_each_budget() -> None:
    fake = FakeBridge()
    side = 256

    def draw(message: Any) -> Any:
        if message.WhichOneof("message") != "frame":
            return
        whole = texture(0, message.frame.frame_index, side=side).frame
        for number in range(4):
            part = avatar_pb2.TextureFrame()
            part.CopyFrom(whole)
            part.chunk_offset, part.total_bytes = number * 65536, 4 * 65536
            part.payload = bytes(65536)
            yield avatar_pb2.StreamAvatarResponse(frame=part)

    fake.on_avatar = draw

    async def main() -> None:
        async with serving(fake) as address, BridgeClient(address) as bridge, bridge.avatars() as avatars:
            for _ in range(3):
                assert await avatars.frame(0, budget=5.0)

    asyncio.run(main())
    rates = [frame.budget.link_bytes_per_second for frame in fake.of_kind("frame")]
    assert rates[0] == 0
    assert min(rates[1:]) > 0
