"""Tracks in the client: what goes up, with and without a picture, and what a box says."""

from typing import Any

import pytest

from bridge.client import BridgeClient, Task
from bridge.errors import VersionMismatch
from bridge.v1 import recognition_pb2
from tests.client.fake import FakeBridge
from tests.client.scenes import play

JPEG = b"\xff\xd8\xff" + bytes(60)


def seeing() -> FakeBridge:
    """A server that sees one person in everything."""
    fake = FakeBridge()
    fake.minor = 7

    def see(message: Any) -> Any:
        if message.WhichOneof("message") == "frame":
            result = recognition_pb2.RecognitionResult(
                frame_index=message.frame.frame_index, kind=message.frame.tasks[0].kind, source_width=640
            )
            box = result.detections.add(label="person", score=0.8, x=1, y=2, width=3, height=4)
            box.track.CopyFrom(
                recognition_pb2.Track(id=7, velocity_x=-30, velocity_y=2.5, predicted=True, unseen_micros=250_000)
            )
            yield recognition_pb2.RecognizeResponse(result=result)

    fake.on_camera = see
    return fake


def test_a_box_has_an_id_a_velocity_and_says_whether_it_is_predicted() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.camera() as camera:
            seen = await camera.track(JPEG, budget=5.0, by_appearance=True)
            assert seen
            (box,) = seen.boxes
            assert (box.name, box.track_id, box.velocity, box.predicted, box.unseen) == (
                "person", 7, (-30.0, 2.5), True, 0.25,
            )  # fmt: skip
            assert await camera.track(budget=5.0)

    with_picture, without = play(scene, seeing()).of_kind("frame")
    assert (with_picture.HasField("image"), without.HasField("image")) == (True, False)
    assert [frame.tasks[0].kind for frame in (with_picture, without)] == [recognition_pb2.RECOGNITION_KIND_TRACK] * 2
    assert [frame.tasks[0].by_appearance for frame in (with_picture, without)] == [True, False]


def test_only_tracks_are_asked_for_without_a_picture() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.camera() as camera:
            for tasks in ((Task("detect", 5.0),), (Task("track", 5.0), Task("detect", 5.0))):
                with pytest.raises(ValueError, match="a picture is missing"):
                    camera.request(None, *tasks)

    assert play(scene, seeing()).of_kind("frame") == []


def test_a_server_before_tracks_is_not_asked() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.camera() as camera:
            with pytest.raises(VersionMismatch, match="older than tracking"):
                await camera.track(JPEG, budget=5.0)

    fake = seeing()
    fake.minor = 6
    assert play(scene, fake).of_kind("frame") == []
