"""Faces, face meshes and people over the wire, with the real models: the same answer in every format of a picture."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bridge.client import BridgeClient, Recognized, Task
from bridge.config import Config
from bridge.server import Server
from bridge.v1 import bridge_pb2, error_pb2, media_pb2
from tests.capabilities.recognition.test_recognition import CLASSIFY, DETECT, PNG, frame
from tests.conftest import Run
from tests.models.recognition.pictures import FILES, photo
from tests.pictures.answers import raw_of
from tests.serving.client import R, connected, read
from tests.serving.server import FakeServer, serving

FACES, MESH, PEOPLE = R.RECOGNITION_KIND_FACES, R.RECOGNITION_KIND_FACE_MESH, R.RECOGNITION_KIND_PEOPLE
NAMES = ("faces", "face_mesh", "people")
BUDGET = 10.0  # seconds: a busy machine may take long


@pytest.fixture(scope="module")
def real(run: Run) -> Iterator[int]:
    """The port of a server with the three models."""
    server = Server(Config(port=0, models=NAMES))

    async def start() -> int:
        port = await server.start()
        await server.ready
        return port

    yield run(start())
    run(server.stop(0.0))


def file(form: str, **how: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(photo("astronaut")).save(stream, form, **how)
    return stream.getvalue()


def on_its_side() -> Any:
    """A raw picture as a sensor has it that is upright after a quarter turn clockwise."""
    return np.ascontiguousarray(np.rot90(photo("astronaut")))


def formats() -> dict[str, media_pb2.Image]:
    raw = photo("astronaut")
    return {
        "jpeg": media_pb2.Image(format=media_pb2.IMAGE_FORMAT_JPEG, data=FILES["astronaut"].read_bytes()),
        "png": media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=file("PNG", compress_level=1)),
        "webp": media_pb2.Image(format=media_pb2.IMAGE_FORMAT_WEBP, data=file("WEBP", quality=95, method=0)),
        "rgb24": raw_of(raw, media_pb2.IMAGE_FORMAT_RGB24),
        "bgr24": raw_of(raw, media_pb2.IMAGE_FORMAT_BGR24),
        "rgba32, bottom up": raw_of(raw[::-1], media_pb2.IMAGE_FORMAT_RGBA32, bottom_up=True),
        "bgra32, padded": raw_of(raw, media_pb2.IMAGE_FORMAT_BGRA32, padding=12),
        "on its side": raw_of(on_its_side(), media_pb2.IMAGE_FORMAT_RGB24, rotation_degrees=90),
    }


async def results(call: Any, message: Any) -> dict[int, Any]:
    """The results of a picture by kind; every task must have one."""
    await call.write(message)
    found = [(await read(call)).result for _ in message.frame.tasks]
    return {result.kind: result for result in found}


def test_every_format_has_the_same_answer(run: Run, real: int) -> None:
    async def scenario() -> None:
        async with connected(real) as client:
            call = await client.open_recognition()
            for index, (name, image) in enumerate(formats().items(), start=1):
                found = await results(call, frame(index, FACES, MESH, PEOPLE, image=image))
                for result in found.values():
                    assert (result.source_width, result.source_height) == (512, 512), name
                    assert not result.carried
                (face,), (mesh,) = found[FACES].faces, found[MESH].face_meshes
                assert (face.x, face.y, face.width) == pytest.approx((177, 81, 94), abs=6), name
                assert (face.nose.x, face.nose.y) == pytest.approx((222, 125), abs=5), name
                assert face.score > 0.8
                points = np.array(mesh.points).reshape(468, 3)
                assert points[1, :2] == pytest.approx((224, 131), abs=2), name
                assert abs(mesh.head.yaw_degrees) < 10
                mask = found[PEOPLE].people
                assert (mask.width, mask.height) == (256, 256)
                assert mask.coverage == pytest.approx(0.546, abs=0.02), name
                assert np.frombuffer(mask.data, np.uint8).reshape(256, 256)[64, 111] > 200  # the face
                assert found[MESH].timing.rung == "face_mesh.1"

    run(scenario())


def test_the_python_client_has_types_for_all_of_it(run: Run, real: int) -> None:
    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{real}") as bridge, bridge.camera() as camera:
            picture = photo("astronaut")
            tasks = [Task(name, BUDGET) for name in NAMES]
            faces, mesh, people = await camera.recognize(picture, *tasks)
            assert isinstance(faces, Recognized)
            assert isinstance(mesh, Recognized)
            assert isinstance(people, Recognized)
            (face,) = faces.faces
            assert face.right_eye[0] < face.nose[0] < face.left_eye[0]
            assert mesh.meshes[0].points.shape == (468, 3)
            assert mesh.meshes[0].head.yaw == pytest.approx(0, abs=10)
            assert people.mask is not None
            assert people.mask.pixels.shape == (256, 256)
            alone = await camera.faces(picture, budget=BUDGET, slot=1)
            assert isinstance(alone, Recognized)
            assert (len(alone.faces), alone.meshes, alone.mask) == (1, (), None)
            nothing = await camera.face_mesh(np.zeros((48, 64, 3), np.uint8), budget=BUDGET)
            assert isinstance(nothing, Recognized)
            assert nothing.meshes == ()
            sure = await camera.people(picture, budget=BUDGET, threshold=0.9)
            assert isinstance(sure, Recognized)
            assert sure.mask is not None
            assert set(np.unique(sure.mask.pixels[sure.mask.pixels > 0] >= 229)) == {True}

    run(scenario())


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (8192, 2), (3, 4096), (640, 360)], ids=str)
def test_a_picture_without_people_has_no_faces_whatever_its_shape(run: Run, real: int, size: tuple[int, int]) -> None:
    width, height = size
    grey = np.full((height, width, 3), 110, np.uint8)

    async def scenario() -> None:
        async with connected(real) as client:
            call = await client.open_recognition()
            image = raw_of(grey, media_pb2.IMAGE_FORMAT_RGB24)
            found = await results(call, frame(1, FACES, MESH, PEOPLE, image=image))
            assert [len(found[kind].faces) + len(found[kind].face_meshes) for kind in (FACES, MESH)] == [0, 0]
            assert {(result.source_width, result.source_height) for result in found.values()} == {size}
            assert (found[PEOPLE].people.width, found[PEOPLE].people.height) == (256, 256)
            assert found[PEOPLE].people.coverage < 0.1

    run(scenario())


def test_a_wide_picture_keeps_its_faces_where_they_are(run: Run, real: int) -> None:
    wide = np.zeros((512, 720, 3), np.uint8)
    wide[:, 200:712] = photo("astronaut")

    async def scenario() -> None:
        async with connected(real) as client:
            call = await client.open_recognition()
            image = raw_of(wide, media_pb2.IMAGE_FORMAT_RGB24)
            found = await results(call, frame(1, FACES, MESH, image=image))
            (face,), (mesh,) = found[FACES].faces, found[MESH].face_meshes
            assert (face.nose.x, face.nose.y) == pytest.approx((422, 125), abs=8)
            assert mesh.points[3:5] == pytest.approx((424, 131), abs=4)

    run(scenario())


def test_more_faces_are_asked_for_of_another_rung(run: Run, real: int) -> None:
    head = photo("astronaut")[40:240, 120:320]
    pair = raw_of(np.concatenate([head, head[:, ::-1]], axis=1), media_pb2.IMAGE_FORMAT_RGB24)

    async def scenario() -> None:
        async with connected(real) as client:
            call = await client.open_recognition()
            for index, (limit, rung, most) in enumerate(
                ((0, "face_mesh.1", 1), (1, "face_mesh.1", 1), (2, "face_mesh.4", 2), (9, "face_mesh.4", 2)), start=1
            ):
                message = frame(index, MESH, FACES, image=pair)
                message.frame.tasks[0].max_results = limit
                found = await results(call, message)
                assert found[MESH].timing.rung == rung
                assert len(found[MESH].face_meshes) == most
                assert len(found[FACES].faces) == 2

    run(scenario())


# -- quick models ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quick(run: Run) -> Iterator[FakeServer]:
    server = FakeServer(models=(*NAMES, "classifier", "detector"))
    run(server.start())
    yield server
    run(server.server.stop(0.0))


def test_a_picture_has_four_tasks_at_most(run: Run, quick: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(quick.port) as client:
            call = await client.open_recognition()
            await call.write(frame(1, CLASSIFY, DETECT, FACES, MESH, PEOPLE))
            outcome = (await read(call)).status.outcome
            assert outcome.error.reason == error_pb2.ERROR_REASON_MALFORMED
            assert "send one to four" in outcome.error.message
            assert len(await results(call, frame(2, CLASSIFY, FACES, MESH, PEOPLE))) == 4

    run(scenario())


def test_a_kind_whose_model_is_not_loaded_says_how_to_load_it(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_recognition()
            await call.write(frame(1, FACES, DETECT))
            answers = [await read(call) for _ in range(2)]
            (refused,) = (answer.status for answer in answers if answer.HasField("status"))
            assert (refused.kind, refused.outcome.disposition) == (FACES, error_pb2.DISPOSITION_REFUSED)
            assert refused.outcome.error.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            assert "`framebridge models load faces`" in refused.outcome.error.message
            await client.bridge.LoadModel(bridge_pb2.LoadModelRequest(name="faces"))
            assert len((await results(call, frame(2, FACES)))[FACES].faces) == 1

    run(scenario())


def test_thresholds_and_limits_are_kept(run: Run, quick: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(quick.port) as client:
            call = await client.open_recognition()
            assert (await results(call, frame(1, PEOPLE)))[PEOPLE].people.data[255] == 51  # doubtful
            wanted = frame(2, FACES, MESH, PEOPLE)
            for task, threshold, limit in zip(wanted.frame.tasks, (0.95, 0.75, 0.5), (0, 4, 0), strict=True):
                task.score_threshold, task.max_results = threshold, limit
            found = await results(call, wanted)
            assert not found[FACES].faces
            assert [round(mesh.score, 2) for mesh in found[MESH].face_meshes] == [0.9, 0.8]
            assert found[PEOPLE].people.data[255] == 0
            assert found[PEOPLE].people.coverage == pytest.approx(0.5)

    run(scenario())


def test_an_answer_is_repeated_when_looking_is_too_slow(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.capabilities.recognition.last_output.LONGEST_SECONDS", 60.0)

    async def scenario() -> None:
        async with serving(models=NAMES) as server, connected(server.port) as client:
            call = await client.open_recognition()
            first = await results(call, frame(1, FACES, MESH, PEOPLE))

            def slow(scheduler: Any) -> None:
                for name, lane in scheduler.lanes.items():
                    for batch in range(1, lane.cap + 1):
                        scheduler.latency.warm(name, batch, [9.0])

            await server.backend.engine.call(slow)
            message = frame(2, FACES, MESH, PEOPLE, image=PNG)
            for task in message.frame.tasks:
                task.budget.budget_micros = 1_500_000
            again = await results(call, message)
            for kind, result in again.items():
                assert result.carried
                assert (result.carried_from_index, result.timing.rung) == (1, "repeat")
                for field in ("faces", "face_meshes", "people"):
                    assert getattr(result, field) == getattr(first[kind], field)

    run(scenario())


def test_a_picture_of_another_size_scales_what_is_repeated() -> None:
    """Answers are kept as shares of the picture."""
    from models.recognition.faces.processor import FaceProcessor
    from tests.serving.fake_faces import FakeFaces

    run = FakeFaces().start("faces.128", [None])
    next(run)
    with pytest.raises(StopIteration) as stop:
        next(run)
    kept = FaceProcessor.remember(stop.value.value[0], 0.0, None)
    (small,), (large,) = (FaceProcessor.carry(kept, 1.0, size, 0.0, 0) for size in ((64, 48), (128, 96)))
    assert (small.x, small.y, small.width, small.height) == pytest.approx((16, 12, 32, 24))
    assert (large.x, large.y, large.width, large.height) == pytest.approx((32, 24, 64, 48))
    assert large.nose == pytest.approx((2 * small.nose[0], 2 * small.nose[1]))
