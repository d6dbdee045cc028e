"""A picture is prepared for the rung that is taken: ahead for the likely one, on demand for another one."""

import threading
from typing import Any

import numpy as np
import pytest

from bridge.capabilities.recognition.capability import RECOGNITION
from bridge.capabilities.recognition.inputs import device_rungs
from bridge.capabilities.recognition.kinds import Processor
from bridge.codecs.images import Decoded
from bridge.device.catalog import imported
from bridge.policy.work import Job, Rung
from models.recognition.classes import CROP, SIDE
from models.recognition.detections import LANES
from models.recognition.detector_processor import DetectorProcessor
from models.recognition.faces.faces import SIDE as FACE_SIDE
from models.recognition.mesh.meshes import CANVAS
from models.recognition.mesh.meshes import LANES as MESHES
from models.recognition.people.masks import LANES as PEOPLE
from tests.capabilities.recognition.test_recognition import CLASSIFY, DETECT, frame
from tests.conftest import Run
from tests.serving.client import connected, read
from tests.serving.server import FakeServer

MODELS = {model.name: model for model in RECOGNITION.models}
RUNGS = tuple(rung for rung in MODELS["detector"].rungs if rung.lane)
LARGE = (1280, 720)


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Each lane that the detector's processor prepares an input for, and the name of the thread that it runs on."""
    calls: list[tuple[str, str]] = []
    prepare = DetectorProcessor.prepare

    def noted(picture: Any, lane: str) -> Any:
        calls.append((lane, threading.current_thread().name))
        return prepare(picture, lane)

    monkeypatch.setattr(DetectorProcessor, "prepare", staticmethod(noted))
    return calls


def decoded(width: int = 64, height: int = 48) -> Decoded:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    return Decoded(pixels, width, height)


def row(rungs: tuple[Rung, ...], taken: int) -> Any:
    job = Job(1, "a", "detect", 0.0, rungs)
    job.rung = taken
    return job.row


@pytest.mark.parametrize("likely", ["detector.416", "detector.320", "", "carry"])
def test_only_the_likely_rung_is_prepared_ahead(likely: str, prepared: list[tuple[str, str]]) -> None:
    picture = decoded()
    rungs, held = device_rungs(RUNGS, DetectorProcessor, picture, likely)
    ahead = likely if likely in LANES else "detector.416"
    assert [lane for lane, _ in prepared] == [ahead]
    place = [rung.name for rung in rungs].index(ahead)
    assert held == rungs[place].input.nbytes + picture.pixels.nbytes
    assert row(rungs, place) is rungs[place].input
    other = row(rungs, 1 - place)
    assert [lane for lane, _ in prepared] == [ahead, rungs[1 - place].lane]
    np.testing.assert_array_equal(
        other.pixels, DetectorProcessor.prepare(picture.pixels, str(rungs[1 - place].lane)).pixels
    )


def test_a_picture_larger_than_an_input_is_not_kept_for_a_rung_that_may_be_taken() -> None:
    rungs, held = device_rungs(RUNGS, DetectorProcessor, decoded(*LARGE), "")
    assert [rung.lane for rung in rungs] == ["detector.416.wide", "detector.320.wide"]
    assert all(rung.make is None for rung in rungs)
    assert held == sum(rung.input.nbytes for rung in rungs)


def test_a_single_rung_keeps_no_picture() -> None:
    processor: Processor = imported(MODELS["classifier"].processor)
    (rung,), held = device_rungs(MODELS["classifier"].rungs[:1], processor, decoded(), "")
    assert held == rung.input.nbytes


@pytest.mark.parametrize("model", MODELS)
def test_what_a_rung_needs_of_a_picture_is_what_its_processor_uses(model: str) -> None:
    sizes = {**LANES, **PEOPLE, "classifier.224": (round(SIDE / CROP),) * 2, "faces.128": (FACE_SIDE,) * 2}
    sizes |= dict.fromkeys(MESHES, (CANVAS,) * 2)
    processor: Processor = imported(MODELS[model].processor)
    for rung in MODELS[model].rungs:
        if rung.lane is not None:
            assert rung.enough == sizes[processor.lane(rung.name, 2, 1)]


def test_the_rung_that_was_taken_is_the_likely_one_of_the_next_picture(
    run: Run, fake: FakeServer, prepared: list[tuple[str, str]]
) -> None:
    def slow(scheduler: Any) -> None:
        for lane in ("detector.416", "detector.416.wide"):
            scheduler.latency.warm(lane, 1, [20.0])

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            await call.write(frame(1, DETECT))
            assert (await read(call)).result.timing.rung == "detector.416"
            await fake.backend.engine.call(slow)
            for number in (2, 3):
                await call.write(frame(number, DETECT))
                assert (await read(call)).result.timing.rung == "detector.320"

    run(scenario())
    first, second, fallen, third = prepared[-4:]
    assert [lane for lane, _ in (first, second, fallen, third)] == ["detector.416"] * 2 + ["detector.320"] * 2
    assert fallen[1] == "framebridge-device", "on demand"
    assert all(thread.startswith("framebridge-picture") for _, thread in (first, second, third)), "ahead"


def test_tasks_of_one_picture_reach_the_scheduler_together(
    run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries: list[list[str]] = []
    accept = fake.backend.engine._accept

    def noted(jobs: Any, now: float) -> None:
        entries.append([job.work for job in jobs])
        accept(jobs, now)

    monkeypatch.setattr(fake.backend.engine, "_accept", noted)

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            await call.write(frame(1, CLASSIFY, DETECT))
            assert {(await read(call)).result.kind for _ in range(2)} == {CLASSIFY, DETECT}

    run(scenario())
    assert [sorted(works) for works in entries] == [["classify", "detect"]]
