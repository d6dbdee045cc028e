"""Recognition streams over the wire: pictures in every format, tasks answered one by one, what is carried on."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bridge.v1 import error_pb2, media_pb2, timing_pb2
from tests.capabilities.avatar.test_avatar import device_held
from tests.conftest import Run
from tests.serving.client import GENEROUS, R, assert_idle, assert_serves, connected, read
from tests.serving.server import FakeServer, serving

CLASSIFY, DETECT = R.RECOGNITION_KIND_CLASSIFY, R.RECOGNITION_KIND_DETECT
PICTURE = np.random.default_rng(3).integers(0, 256, (48, 64, 3), np.uint8)


def file(format_: str, picture: Any = PICTURE) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format_)
    return stream.getvalue()


NOISE = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
PNG = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=file("PNG"))
FORMATS = {
    "png": PNG,
    "jpeg": media_pb2.Image(format=media_pb2.IMAGE_FORMAT_JPEG, data=file("JPEG"), width=64, height=48),
    "webp": media_pb2.Image(format=media_pb2.IMAGE_FORMAT_WEBP, data=file("WEBP")),
    "rgb24": media_pb2.Image(format=media_pb2.IMAGE_FORMAT_RGB24, data=PICTURE.tobytes(), width=64, height=48),
    "bgra32 in padded rows": media_pb2.Image(
        format=media_pb2.IMAGE_FORMAT_BGRA32,
        data=bytes(48 * 300),
        width=64,
        height=48,
        row_stride_bytes=300,
        row_order=media_pb2.ROW_ORDER_BOTTOM_UP,
    ),
}


def frame(index: int, *kinds: int, image: Any = PNG, slot: int = 0, budget: Any = GENEROUS, **fields: Any) -> Any:
    tasks = [R.RecognitionTask(kind=kind, budget=budget) for kind in kinds or (CLASSIFY, DETECT)]  # type: ignore[arg-type]
    return R.RecognizeRequest(frame=R.CameraFrame(slot=slot, frame_index=index, tasks=tasks, image=image, **fields))


@pytest.mark.parametrize("name", FORMATS)
def test_every_task_of_a_picture_is_answered_by_itself(run: Run, fake: FakeServer, name: str) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            await call.write(frame(4, image=FORMATS[name], slot=2, pose=b"here"))
            results = {(message := await read(call)).result.kind: message.result for _ in range(2)}
            for result in results.values():
                assert (result.slot, result.frame_index, result.pose) == (2, 4, b"here")
                assert (result.source_width, result.source_height) == (64, 48)
                assert not result.carried
            (label,) = [c for c in results[CLASSIFY].classifications if c.score > 0]
            assert (label.class_id, label.label.split(",")[0]) == (285, "Egyptian cat")
            cat, dog = results[DETECT].detections
            assert (cat.label, cat.x, cat.y, cat.width, cat.height) == ("cat", 16, 12, 32, 24)
            assert dog.label == "dog"
            assert results[DETECT].timing.model_version == "fake-detector-1"
            assert results[DETECT].timing.encode_micros > 0

    run(scenario())


def test_thresholds_and_limits_are_kept(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            wanted = frame(1, DETECT)
            wanted.frame.tasks[0].score_threshold = 0.5
            await call.write(wanted)
            assert [box.label for box in (await read(call)).result.detections] == ["cat"]
            wanted = frame(2, DETECT)
            wanted.frame.tasks[0].max_results = 1
            await call.write(wanted)
            assert len((await read(call)).result.detections) == 1

    run(scenario())


def test_the_newest_picture_of_a_camera_replaces_older_ones_task_by_task(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            async with device_held(fake):
                for index, kinds in ((1, (CLASSIFY, DETECT)), (2, (DETECT,)), (3, (DETECT,)), (4, (DETECT,))):
                    await call.write(frame(index, *kinds))
                await call.write(frame(1, slot=-1))
                answers = []
                while (message := await read(call)).status.slot != -1:
                    answers.append(message)
                await client.stats_until(lambda stats: stats.job_count >= 1)
            while len(answers) < 5:
                answers.append(await read(call))
            seen = {(m.result.kind, m.result.frame_index) for m in answers if m.WhichOneof("message") == "result"}
            statuses = [m.status for m in answers if m.WhichOneof("message") == "status"]
            assert (CLASSIFY, 1) in seen
            assert (DETECT, 4) in seen
            assert all(s.outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED for s in statuses)
            assert {s.kind for s in statuses} == {DETECT}

    run(scenario())


def test_what_was_seen_is_carried_on_when_looking_is_too_slow(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "bridge.capabilities.recognition.last_output.LONGEST_SECONDS", 60.0
    )  # a busy machine may take long for this

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_recognition()
            await call.write(frame(1))
            for _ in range(2):
                await read(call)

            def slow(scheduler: Any) -> None:
                for name, lane in scheduler.lanes.items():
                    for batch in range(1, lane.cap + 1):
                        scheduler.latency.warm(name, batch, [5.0])

            await server.backend.engine.call(slow)
            second = timing_pb2.Budget(budget_micros=1_000_000)
            await call.write(frame(2, budget=second))
            results = {(message := await read(call)).result.kind: message.result for _ in range(2)}
            for kind, rung in ((CLASSIFY, "repeat"), (DETECT, "carry")):
                assert results[kind].carried
                assert results[kind].carried_from_index == 1
                assert results[kind].timing.rung == rung
                assert results[kind].frame_index == 2
            assert results[DETECT].detections[0].label == "cat"
            best = timing_pb2.Budget(budget_micros=1_000_000, ladder=timing_pb2.LADDER_POLICY_BEST_ONLY)
            await call.write(frame(3, DETECT, budget=best))
            outcome = (await read(call)).status.outcome
            assert outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE

    run(scenario())


def test_a_closed_camera_owes_nothing(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            async with device_held(fake):
                await call.write(frame(1, DETECT))
                await client.stats_until(lambda stats: stats.job_count == 1)
                await call.write(R.RecognizeRequest(close_slot=R.RecognizeCloseSlot(slot=0)))
                assert (await read(call)).status.outcome.disposition == error_pb2.DISPOSITION_CANCELLED
            await call.write(frame(1, DETECT))  # the camera begins anew
            assert (await read(call)).result.frame_index == 1
        await assert_idle(fake.port)

    run(scenario())


# -- pictures that are wrong -------------------------------------------------------------------------------------------


def raw(width: int, height: int, size: int, **fields: Any) -> Any:
    format_ = media_pb2.IMAGE_FORMAT_RGBA32
    return media_pb2.Image(format=format_, width=width, height=height, data=bytes(size), **fields)


def bomb() -> bytes:
    """A small file of a huge picture."""
    return file("PNG", np.zeros((5000, 5000), np.uint8))


HUGE = 2**31 - 1
WRONG_IMAGES: dict[str, tuple[Any, ...]] = {
    "nothing": (media_pb2.Image(), "INVALID_IMAGE", "image"),
    "empty": (media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG), "INVALID_IMAGE", "empty", "send"),
    "no format": (media_pb2.Image(data=PNG.data), "INVALID_IMAGE", "format", "PNG"),
    "unknown format": (media_pb2.Image(data=PNG.data, format=42), "INVALID_IMAGE", "format"),  # type: ignore[arg-type]
    "no picture": (
        media_pb2.Image(format=media_pb2.IMAGE_FORMAT_JPEG, data=b"hello" * 99),
        "INVALID_IMAGE",
        "not a JPEG",
        "send one",
    ),
    "cut short": (
        media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=PNG.data[:-900]),
        "INVALID_IMAGE",
        "cut short",
        "send it whole",
    ),
    "cut short, its end marked": (
        media_pb2.Image(format=media_pb2.IMAGE_FORMAT_JPEG, data=file("JPEG", NOISE)[:-400] + b"\xff\xd9"),
        "INVALID_IMAGE",
        "cut short",
        "send it whole",
    ),
    "another size": (
        media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=PNG.data, width=65),
        "INVALID_IMAGE",
        "65",
        "own size",
    ),
    "bomb": (media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=bomb()), "TOO_LARGE", "5000", "max_image_pixels"),
    "oversized": (
        media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=bytes(12 * 1024 * 1024 + 1)),
        "TOO_LARGE",
        "send at most",
        "max_image_bytes",
    ),
    "zero size": (raw(0, 0, 4), "INVALID_IMAGE", "0 x 0", "1 or more"),
    "negative size": (raw(-4, 4, 64), "INVALID_IMAGE", "-4 x 4", "1 or more"),
    "absurd size": (raw(HUGE, HUGE, 64), "TOO_LARGE", "pixels", "max_image_pixels"),
    "too few bytes": (raw(8, 8, 255), "INVALID_IMAGE", "255 bytes", "takes 256"),
    "too many bytes": (raw(8, 8, 999), "INVALID_IMAGE", "999 bytes", "takes 256"),
    "short rows": (raw(8, 8, 256, row_stride_bytes=8), "INVALID_IMAGE", "row_stride_bytes is 8", "32 at least"),
    "negative rows": (raw(8, 8, 256, row_stride_bytes=-32), "INVALID_IMAGE", "row_stride_bytes is -32"),
    "absurd rows": (raw(8, 8, 256, row_stride_bytes=HUGE), "INVALID_IMAGE", "256 bytes"),
    "unknown row order": (raw(8, 8, 256, row_order=7), "OUT_OF_RANGE", "row_order is 7"),
}


def task(**fields: Any) -> Any:
    wanted = R.RecognitionTask(**{"kind": DETECT, "budget": GENEROUS, **fields})
    return R.RecognizeRequest(frame=R.CameraFrame(frame_index=1, tasks=[wanted], image=PNG))


WRONG_FRAMES: dict[str, tuple[Any, ...]] = {
    "no task": (R.RecognizeRequest(frame=R.CameraFrame(frame_index=1, image=PNG)), "MALFORMED", "tasks", "send one"),
    "a kind twice": (frame(1, DETECT, DETECT), "MALFORMED", "at most once"),
    "no kind": (task(kind=0), "OUT_OF_RANGE", "kind is 0", "RECOGNITION_KIND_DETECT"),
    "unknown kind": (task(kind=9), "OUT_OF_RANGE", "kind is 9", "RECOGNITION_KIND_DETECT"),
    "threshold": (task(score_threshold=1.5), "OUT_OF_RANGE", "score_threshold is 1.5", "from 0 to 1"),
    "negative limit": (task(max_results=-1), "OUT_OF_RANGE", "max_results is -1", "from 0 to 100"),
    "absurd limit": (task(max_results=HUGE), "OUT_OF_RANGE", "max_results", "from 0 to 100"),
    "absurd budget": (task(budget=timing_pb2.Budget(budget_micros=-(2**63))), "OUT_OF_RANGE", "budget_micros"),
    "zero index": (frame(0, DETECT), "OUT_OF_RANGE", "frame_index is 0", "must rise"),
    "slot": (frame(1, DETECT, slot=64), "OUT_OF_RANGE", "slot is 64", "use 0 to 63"),
    "large pose": (frame(1, DETECT, pose=bytes(1025)), "TOO_LARGE", "pose has 1025 bytes", "max_pose_bytes"),
}
WRONG = {**{name: (frame(1, DETECT, image=row[0]), *row[1:]) for name, row in WRONG_IMAGES.items()}, **WRONG_FRAMES}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_picture_is_answered_and_the_stream_goes_on(run: Run, fake: FakeServer, case: str) -> None:
    message, reason, *mend = WRONG[case]

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_recognition()
            await call.write(message)
            status = (await read(call)).status
            assert status.outcome.disposition == error_pb2.DISPOSITION_INVALID
            assert error_pb2.ErrorReason.Name(status.outcome.error.reason) == f"ERROR_REASON_{reason}"
            for words in mend:
                assert words in status.outcome.error.message
            await call.write(frame(2, DETECT))
            assert (await read(call)).result.frame_index == 2
            await assert_serves(fake.port)
        await assert_idle(fake.port)

    run(scenario())
