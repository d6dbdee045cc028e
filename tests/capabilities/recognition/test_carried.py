"""Carried answers over the wire: what is still an answer to a later picture, and what of it a task asks for.

Times of arrival are the test's own, and how long looking takes is what the scheduler has been told.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from bridge.capabilities.recognition.last_output import LONGEST_SECONDS, MOST_PICTURES, same_shape
from bridge.v1 import bridge_pb2, error_pb2, media_pb2, timing_pb2
from bridge.wire.request import clock
from models.recognition.detections import Candidates
from models.recognition.tracking.tracks import FADED
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.recognition.test_recognition import CLASSIFY, DETECT, file
from tests.codecs.files import exif_of, segment
from tests.conftest import Run
from tests.serving.client import R, connected, read
from tests.serving.fakes import FakeDetector, Fakes
from tests.serving.server import serving
from tests.waiting import until

MINOR_0, MINOR_1 = (bridge_pb2.ProtocolVersion(major=1, minor=minor) for minor in (0, 1))
BUDGET = timing_pb2.Budget(budget_micros=10_000_000)
TURNED = segment(0xE1, exif_of([(0x0112, 3, 1, b"\x06\0\0\0")]))
CAT = (0.25, 0.25, 0.75, 0.75)


class Scene(FakeDetector):
    """Sees what the test puts in front of it."""

    def __init__(self) -> None:
        self.things: list[tuple[tuple[float, ...], float]] = [(CAT, 0.9)]  # boxes and scores, best first

    def start(self, lane: str, inputs: Any) -> Any:
        yield
        boxes, scores = (np.array(column, np.float32) for column in zip(*self.things, strict=True))
        return [Candidates(boxes, scores, np.full(len(scores), 15)) for _ in inputs]


class Film:
    """One client's stream; each picture arrives when the test says."""

    def __init__(self, server: Any, call: Any, scene: Scene) -> None:
        self.server, self.call, self.scene = server, call, scene
        self.start = self.arrival = clock()
        self.index = 0
        self.fields: dict[str, Any] = {}  # of every task

    async def look_takes(self, seconds: float) -> None:
        def tell(scheduler: Any) -> None:
            for name, lane in scheduler.lanes.items():
                for batch in range(1, lane.cap + 1):
                    scheduler.latency.warm(name, batch, [seconds])

        await self.server.backend.engine.call(tell)

    async def send(self, at: float, size: tuple[int, int] = (64, 48), *kinds: int, **fields: Any) -> Any:
        """A picture that arrives `at` seconds, and the answer to it."""
        answers = [await read(self.call) for _ in range(await self.post(at, size, *kinds, **fields))]
        return answers[0] if len(answers) == 1 else answers

    async def post(self, at: float, size: tuple[int, int] = (64, 48), *kinds: int, **fields: Any) -> int:
        """A picture alone; returns how many answers are owed."""
        wanted = {name: fields.pop(name) for name in ("score_threshold", "max_results") if name in fields}
        width, height = size
        raw = {"format": media_pb2.IMAGE_FORMAT_RGB24, "data": bytes(width * height * 3)}
        image = fields.pop("image", None) or media_pb2.Image(width=width, height=height, **raw)
        self.index, self.arrival = self.index + 1, self.start + at
        tasks = [R.RecognitionTask(kind=kind, budget=BUDGET, **wanted, **self.fields) for kind in kinds or (DETECT,)]  # type: ignore[arg-type]
        frame = R.CameraFrame(frame_index=self.index, tasks=tasks, image=image, **fields)
        await self.call.write(R.RecognizeRequest(frame=frame))
        return len(tasks)

    async def looked(self, at: float, size: tuple[int, int] = (64, 48), *kinds: int, **fields: Any) -> Any:
        await self.look_takes(0.001)
        answer = await self.send(at, size, *kinds, **fields)
        await self.look_takes(1000.0)
        return answer


@asynccontextmanager
async def filming(monkeypatch: pytest.MonkeyPatch, protocol: Any = MINOR_1) -> AsyncIterator[Film]:
    scene = Scene()
    async with serving(Fakes(detector=scene)) as server, connected(server.port, protocol=protocol) as client:
        film = Film(server, await client.open_recognition(), scene)
        monkeypatch.setattr("bridge.streams.stream.clock", lambda: film.arrival)
        yield film


def boxes(answer: Any) -> list[tuple[float, ...]]:
    assert answer.result.carried, answer
    return [(box.x, box.y, box.width, box.height) for box in answer.result.detections]


def assert_refused(answer: Any) -> None:
    assert answer.status.outcome.disposition == error_pb2.DISPOSITION_REFUSED, answer
    assert answer.status.outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE


SIZES = {
    "the same": ((64, 48), (64, 48)),
    "half": ((64, 48), (32, 24)),
    "larger": ((64, 48), (320, 240)),
    "rounded": ((1920, 1080), (710, 399)),
    "rounded to blocks": ((1920, 1080), (960, 544)),
    "tiny": ((64, 48), (3, 2)),
}
SHAPES = {
    "turned": ((64, 48), (48, 64)),
    "turned and smaller": ((1920, 1080), (540, 960)),
    "wider": ((64, 48), (64, 36)),
    "tiny and turned": ((4, 3), (3, 4)),
    "a strip": ((64, 48), (64, 1)),
}


@pytest.mark.parametrize("case", SIZES)
def test_boxes_are_in_pixels_of_the_picture_that_they_answer(
    run: Run, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    before, after = SIZES[case]

    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            await film.looked(0.0, before)
            answer = await film.send(0.1, after)
            width, height = after
            assert boxes(answer) == [pytest.approx((width / 4, height / 4, width / 2, height / 2), rel=1e-5)]
            assert (answer.result.source_width, answer.result.source_height) == after

    run(scenario())


@pytest.mark.parametrize("case", SHAPES)
def test_nothing_is_carried_into_another_shape(run: Run, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    before, after = SHAPES[case]

    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            await film.looked(0.0, before, CLASSIFY, DETECT)
            for answer in await film.send(0.1, after, CLASSIFY, DETECT):
                assert_refused(answer)
            assert (await film.send(0.2, before)).result.carried  # the old shape again

    run(scenario())


def test_sizes_are_those_of_the_upright_picture(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            lying = np.zeros((48, 64, 3), np.uint8)
            plain = file("JPEG", lying)
            turned = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_JPEG, data=plain[:2] + TURNED + plain[2:])
            await film.looked(0.0, (48, 64))
            answer = await film.send(0.1, image=turned)
            assert boxes(answer) == [pytest.approx((12, 16, 24, 32))]
            as_it_lies = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_JPEG, data=plain)
            assert_refused(await film.send(0.2, image=as_it_lies))

    run(scenario())


def test_what_was_seen_expires(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            await film.looked(0.0, (64, 48), CLASSIFY, DETECT)
            for answer in await film.send(LONGEST_SECONDS * 0.99, (64, 48), CLASSIFY, DETECT):
                assert answer.result.carried
            for at in (LONGEST_SECONDS * 1.01, 25.0):  # what was carried meanwhile is not seen
                for answer in await film.send(at, (64, 48), CLASSIFY, DETECT):
                    assert_refused(answer)

    run(scenario())


def test_what_was_seen_expires_after_so_many_pictures(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            await film.looked(0.0)
            film.index += 1000  # indices may leave some out
            for _ in range(MOST_PICTURES):
                assert (await film.send(0.1)).result.carried
            assert_refused(await film.send(0.1))

    run(scenario())


def test_thresholds_and_limits_are_those_of_the_task_that_asks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            corners = [(x, y, x + 0.1, y + 0.1) for x in (0.0, 0.2, 0.4, 0.6, 0.8) for y in (0.0, 0.2, 0.4, 0.6, 0.8)]
            film.scene.things = [(corner, 0.9 - 0.03 * place) for place, corner in enumerate(corners)]
            first = await film.looked(0.0, score_threshold=0.8, max_results=2)
            assert len(first.result.detections) == 2
            assert len(boxes(await film.send(0.0, score_threshold=0.1))) == 20  # by default
            assert len(boxes(await film.send(0.0, score_threshold=0.1, max_results=100))) == 25
            assert len(boxes(await film.send(0.0, max_results=100))) == 19  # above 0.35
            assert len(boxes(await film.send(0.0, score_threshold=0.7, max_results=100))) == 7
            assert len(boxes(await film.send(0.0, max_results=1))) == 1
            assert boxes(await film.send(0.0, score_threshold=0.95)) == []
            later = await film.send(LONGEST_SECONDS, score_threshold=0.5, max_results=100)
            assert len(boxes(later)) == sum(FADED * score >= 0.5 for _, score in film.scene.things)

    run(scenario())


def test_thresholds_and_limits_of_classes_are_those_of_the_task_that_asks(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            await film.looked(0.0, (64, 48), CLASSIFY, score_threshold=0.9)
            for wanted, count in (({"score_threshold": 0.1}, 1), ({}, 5), ({"max_results": 7}, 7)):
                answer = await film.send(0.1, (64, 48), CLASSIFY, **wanted)
                assert answer.result.carried
                assert len(answer.result.classifications) == count
                assert answer.result.classifications[0].class_id == 285
            answer = await film.send(0.1, (64, 48), CLASSIFY, score_threshold=0.9)
            assert not answer.result.classifications

    run(scenario())


@pytest.mark.parametrize("protocol", [MINOR_0, MINOR_1])
def test_a_carried_answer_tells_what_was_seen_and_when(
    run: Run, monkeypatch: pytest.MonkeyPatch, protocol: bridge_pb2.ProtocolVersion
) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch, protocol) as film:
            first = (await film.looked(0.0, pose=b"there")).result
            assert (first.carried, first.carried_from_pose, first.carried_micros) == (False, b"", 0)
            for at in (0.25, 0.5):
                second = (await film.send(at, pose=b"here")).result
                assert (second.carried, second.carried_from_index, second.pose) == (True, 1, b"here")
                told = (b"there", round(at * 1e6)) if protocol.minor else (b"", 0)
                assert (second.carried_from_pose, second.carried_micros) == told

    run(scenario())


def test_what_the_last_picture_does_not_show_is_not_carried(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            film.scene.things = [(CAT, 0.9), ((0.0, 0.0, 0.2, 0.2), 0.8)]
            await film.looked(0.0)
            await film.looked(0.1)
            assert len(boxes(await film.send(0.2))) == 2
            film.scene.things = [(CAT, 0.9)]
            await film.looked(0.3)
            assert boxes(await film.send(0.4)) == [pytest.approx((16, 12, 32, 24), abs=0.1)]

    run(scenario())


def test_boxes_go_on_as_they_moved_and_are_cut_at_the_edge(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            for picture in range(6):
                left = 0.1 + 0.04 * picture
                film.scene.things = [((left, 0.25, left + 0.4, 0.75), 0.9)]
                await film.looked(0.1 * picture, (200, 200) if picture % 2 else (100, 100))
            assert boxes(await film.send(0.6, (100, 100))) == [pytest.approx((34, 25, 40, 50), abs=1)]
            assert boxes(await film.send(1.0, (100, 100))) == [pytest.approx((50, 25, 40, 50), abs=2)]
            assert boxes(await film.send(1.4, (100, 100))) == [pytest.approx((66, 25, 34, 50), abs=3)]
            assert boxes(await film.send(1.4, (200, 200))) == [pytest.approx((132, 50, 68, 100), abs=6)]

    run(scenario())


@pytest.mark.parametrize("stall", ["time", "shape"])
def test_boxes_from_before_a_stall_tell_no_motion(run: Run, monkeypatch: pytest.MonkeyPatch, stall: str) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            film.scene.things = [((0.2, 0.25, 0.6, 0.75), 0.9)]
            await film.looked(0.0, (100, 100) if stall == "time" else (100, 200))
            film.scene.things = [((0.3, 0.25, 0.7, 0.75), 0.9)]
            later = 25.0 if stall == "time" else 0.1
            await film.looked(later, (100, 100))
            assert boxes(await film.send(later + 0.5, (100, 100))) == [pytest.approx((30, 25, 40, 50), rel=1e-4)]

    run(scenario())


def test_a_slot_that_is_used_again_has_seen_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            await film.looked(0.0)
            await film.call.write(R.RecognizeRequest(close_slot=R.RecognizeCloseSlot(slot=0)))
            assert_refused(await film.send(0.1))
            await film.looked(0.2, slot=1)
            assert_refused(await film.send(0.3))

    run(scenario())


def test_what_another_version_of_the_model_saw_is_dropped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            await film.looked(0.0)
            monkeypatch.setattr(film.scene, "version", "fake-detector-2", raising=False)
            assert_refused(await film.send(0.1))

    run(scenario())


def test_who_has_seen_nothing_is_told_what_takes_too_long(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not offered what was seen before: a lane says by how much it is too slow, what cannot be carried does not."""

    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            await film.look_takes(1000.0)
            answer = await film.send(0.0)
            assert_refused(answer)
            assert answer.status.outcome.stage == timing_pb2.STAGE_COMPUTE
            assert (await film.looked(0.1)).result.detections

    run(scenario())


def test_what_is_seen_while_a_carried_answer_waits_for_the_device_thread_is_looked_at_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture of another shape is read meanwhile, and what it shows is no answer to this one."""

    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            backend, reading = film.server.backend, list[Any]()
            await film.looked(0.0)
            read_now = backend.decoders.answer
            monkeypatch.setattr(backend.decoders, "answer", lambda work, at_once: reading.append(work))
            await film.look_takes(0.001)
            await film.post(0.1, (48, 64))
            await until(lambda: reading)
            await film.look_takes(1000.0)
            async with device_held(film.server):
                await film.post(0.2)
                await until(lambda: backend.engine.open_jobs == 1)
                read_now(reading[0], at_once=False)
                assert (await read(film.call)).result.frame_index == 2
            assert_refused(await read(film.call))

    run(scenario())


def test_a_picture_that_is_broken_changes_nothing_that_was_seen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with filming(monkeypatch) as film:
            broken = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=file("PNG")[:-900])
            await film.looked(0.0)
            answer = await film.send(0.1, image=broken)
            assert answer.status.outcome.disposition == error_pb2.DISPOSITION_INVALID
            assert (await film.send(0.2)).result.carried_from_index == 1

    run(scenario())


@pytest.mark.parametrize(("width", "height"), [(2, 1), (4, 3), (16, 9), (1920, 1080), (7, 6), (3000, 2000)])
def test_a_turned_picture_has_another_shape_however_small(width: int, height: int) -> None:
    assert not same_shape((width, height), (height, width))
    assert same_shape((width, height), (width, height))
