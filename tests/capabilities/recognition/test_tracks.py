"""Tracks over the wire: ids, velocities, boxes for pictures that nothing looked at, and frames without a picture.

Times of arrival are the test's own, and how long looking takes is what the scheduler has been told.
"""

from typing import Any

import numpy as np
import pytest

from bridge.capabilities.recognition.last_output import LONGEST_SECONDS
from bridge.v1 import bridge_pb2, error_pb2, media_pb2
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.recognition.test_carried import BUDGET, Film, assert_refused, filming
from tests.capabilities.recognition.test_recognition import DETECT
from tests.conftest import Run
from tests.serving.client import R, connected, read
from tests.serving.server import FakeServer
from tests.waiting import until

TRACK = R.RECOGNITION_KIND_TRACK
LATEST = bridge_pb2.ProtocolVersion(major=1, minor=7)
SIZE = (200, 100)


def at(x: float, y: float = 0.3) -> tuple[float, ...]:
    """A box of a tenth of the picture's width and four of its height, as shares."""
    return x, y, x + 0.1, y + 0.4


async def shows(film: Film, when: float, *boxes: tuple[float, ...], score: float = 0.9, **fields: Any) -> Any:
    """The answer to a picture with these objects, which is looked at in time."""
    film.scene.things = [(box, score) for box in boxes] or [(at(0.0), 0.051)]
    return (await film.looked(when, fields.pop("size", SIZE), TRACK, **fields)).result


async def asks(film: Film, when: float, **fields: Any) -> Any:
    """The answer to a frame without a picture."""
    film.index, film.arrival = film.index + 1, film.start + when
    tasks = [R.RecognitionTask(kind=TRACK, budget=BUDGET)]
    await film.call.write(R.RecognizeRequest(frame=R.CameraFrame(frame_index=film.index, tasks=tasks, **fields)))
    return await read(film.call)


def ids(result: Any) -> list[int]:
    return [box.track.id for box in result.detections]


def test_ids_stay_and_velocities_are_in_pixels_a_second(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch, LATEST) as film:
            for picture in range(8):
                answer = await shows(film, picture * 0.1, at(0.1 + 0.02 * picture), at(0.8, 0.2))
            assert sorted(ids(answer)) == [1, 2]
            mover = next(box for box in answer.detections if box.track.id == 1)
            assert mover.x == pytest.approx(200 * 0.24, abs=0.5)
            assert (mover.track.velocity_x, mover.track.velocity_y) == (
                pytest.approx(40, rel=0.05),
                pytest.approx(0, abs=1),
            )
            assert (mover.track.predicted, mover.track.unseen_micros, answer.carried) == (False, 0, False)

    run(scenario())


def test_a_picture_that_is_not_looked_at_gets_predicted_boxes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch, LATEST) as film:
            for picture in range(8):
                await shows(film, picture * 0.1, at(0.1 + 0.02 * picture))
            answer = (await film.send(1.0, SIZE, TRACK)).result
            assert (answer.carried, answer.carried_from_index, answer.carried_micros) == (True, 8, 300_000)
            (box,) = answer.detections
            assert (box.track.id, box.track.predicted, box.track.unseen_micros) == (1, True, 300_000)
            assert box.x == pytest.approx(200 * (0.24 + 0.06), abs=2)
            larger = (await film.send(1.0, (400, 200), TRACK)).result
            assert larger.detections[0].x == pytest.approx(2 * box.x, rel=1e-4)
            assert larger.detections[0].track.velocity_x == pytest.approx(2 * box.track.velocity_x, rel=1e-4)
            assert_refused(await film.send(0.7 + LONGEST_SECONDS + 0.01, SIZE, TRACK))

    run(scenario())


def test_a_hidden_object_is_predicted_beside_those_that_are_seen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch, LATEST) as film:
            for picture in range(4):
                await shows(film, picture * 0.1, at(0.1), at(0.8))
            answer = await shows(film, 0.5, at(0.8))
            assert not answer.carried
            assert [(box.track.id, box.track.predicted) for box in answer.detections] == [(2, False), (1, True)]
            assert ids(await shows(film, 1.4, at(0.8))) == [2]  # not shown for longer than a second
            assert sorted(ids(await shows(film, 1.8, at(0.8), at(0.1)))) == [1, 2]  # but it has its id still

    run(scenario())


def test_a_frame_without_a_picture_is_answered_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch, LATEST) as film:
            assert_refused(await asks(film, 0.0))
            for picture in range(5):
                await shows(film, picture * 0.1, at(0.1 + 0.02 * picture), pose=b"there")
            answer = (await asks(film, 0.5, pose=b"here")).result
            assert (answer.pose, answer.carried_from_pose, answer.carried) == (b"here", b"there", True)
            assert (answer.source_width, answer.source_height, ids(answer)) == (*SIZE, [1])
            assert answer.detections[0].x == pytest.approx(200 * 0.2, abs=2)
            assert answer.timing.rung == "carry"
            refused = await asks(film, 0.4 + LONGEST_SECONDS + 0.01)
            assert_refused(refused)
            assert "send one with the frame" in refused.status.outcome.error.message

    run(scenario())


def test_many_frames_without_pictures_do_not_age_the_last_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch, LATEST) as film:
            await shows(film, 0.0, at(0.1))
            await shows(film, 0.1, at(0.1))
            for frame in range(60):
                assert ids((await asks(film, 0.1 + frame / 100)).result) == [1]

    run(scenario())


def test_a_picture_that_is_overtaken_still_updates_the_tracks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch, LATEST) as film:
            await shows(film, 0.0, at(0.1))
            await shows(film, 0.2, at(0.1))
            film.scene.things = [(at(0.14), 0.9)]
            await film.look_takes(0.001)
            async with device_held(film.server):
                await film.post(0.4, SIZE, TRACK)
                await until(lambda: film.server.backend.engine.open_jobs == 1)
                before = (await asks(film, 0.5)).result
            overtaken = (await read(film.call)).status
            assert overtaken.outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED
            after = (await asks(film, 0.5)).result
            assert (before.carried_from_index, after.carried_from_index) == (2, 3)
            assert after.detections[0].x > before.detections[0].x + 5

    run(scenario())


@pytest.mark.parametrize("kinds", [(DETECT,), (TRACK, DETECT)])
def test_only_tracks_are_answered_without_a_picture(run: Run, fake: FakeServer, kinds: tuple[int, ...]) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            tasks = [R.RecognitionTask(kind=kind, budget=BUDGET) for kind in kinds]  # type: ignore[arg-type]
            await call.write(R.RecognizeRequest(frame=R.CameraFrame(frame_index=1, tasks=tasks)))
            assert (await read(call)).status.outcome.disposition == error_pb2.DISPOSITION_INVALID

    run(scenario())


def test_ids_go_on_where_nothing_can_be_followed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turned picture, then a camera that is closed: only that begins with 1 again."""

    async def scenario() -> None:
        async with filming(monkeypatch, LATEST) as film:
            assert ids(await shows(film, 0.0, at(0.1))) == [1]
            assert ids(await shows(film, 0.1, at(0.1), size=(100, 200))) == [2]
            await film.call.write(R.RecognizeRequest(close_slot=R.RecognizeCloseSlot(slot=0)))
            assert ids(await shows(film, 0.2, at(0.1))) == [1]

    run(scenario())


def test_appearance_brings_an_id_back_from_elsewhere(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A red object disappears for five seconds, and a red and a blue one appear where neither was."""
    red, blue = (200, 30, 30), (30, 30, 200)

    def picture(*things: tuple[float, tuple[int, int, int]]) -> Any:
        pixels = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
        for x, colour in things:
            pixels[30:70, round(x * 200) : round(x * 200) + 20] = colour
        fields = {"format": media_pb2.IMAGE_FORMAT_RGB24, "width": SIZE[0], "height": SIZE[1]}
        return media_pb2.Image(data=pixels.tobytes(), **fields)  # type: ignore[arg-type]

    async def scenario(by_appearance: bool) -> list[int]:
        async with filming(monkeypatch, LATEST) as film:
            film.fields = {"by_appearance": by_appearance}
            for frame in range(3):
                await shows(film, frame * 0.1, at(0.1), image=picture((0.1, red)))
            await shows(film, 3.0)
            late = await shows(film, 5.2, at(0.5), at(0.8), image=picture((0.5, blue), (0.8, red)))
            return [box.track.id for box in sorted(late.detections, key=lambda box: box.x)]

    assert run(scenario(by_appearance=True)) == [2, 1]
    assert run(scenario(by_appearance=False)) == [2, 3]
