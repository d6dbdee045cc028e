"""What a client's pictures cost others, over the wire: named limits, and the order of decoding."""

import asyncio

import pytest
from PIL import Image

from bridge.v1 import bridge_pb2, error_pb2, media_pb2, timing_pb2
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.recognition.test_recognition import DETECT, frame
from tests.codecs.files import exif_of, many_scans, segment
from tests.conftest import Run
from tests.pictures.gate import JPEG, MINOR_1, RGB24, cameras, gated, heard, jpeg, png_of, until_taken
from tests.serving.client import Client, read
from tests.serving.server import FakeServer

# -- limits ------------------------------------------------------------------------------------------------------------

PROGRESSIVE = jpeg(Image.new("RGB", (256, 256)), progressive=True)
COSTLY: dict[str, tuple[media_pb2.Image, str]] = {
    "a JPEG of 300 scans": (
        media_pb2.Image(format=JPEG, data=many_scans(PROGRESSIVE, 300)),
        "Limits.max_image_scans",
    ),
    "one row of pixels": (png_of(1 << 24, 1), "16,384 each way (Limits.max_image_side)"),
    "one column of pixels": (png_of(1, 1 << 24), "Limits.max_image_side"),
    "one raw row": (
        media_pb2.Image(format=RGB24, data=bytes(3 << 20), width=1 << 20, height=1),
        "Limits.max_image_side",
    ),
    "too many pixels": (png_of(4097, 4096), "16,777,216 in all (Limits.max_image_pixels)"),
    "too many deep pixels": (png_of(4096, 4096, depth=16), "Limits.max_image_pixels"),
}


@pytest.mark.parametrize("minor", [0, 1])
@pytest.mark.parametrize("name", COSTLY)
def test_a_picture_that_costs_too_much_is_refused_by_the_limit_that_it_passes(
    run: Run, fake: FakeServer, name: str, minor: int
) -> None:
    image, limit = COSTLY[name]

    async def scenario() -> None:
        async with cameras(fake, 1, protocol=bridge_pb2.ProtocolVersion(major=1, minor=minor)) as (call,):
            await call.write(frame(1, DETECT, image=image))
            status = (await read(call)).status
            assert (status.slot, status.frame_index) == (0, 1)
            assert status.outcome.disposition == error_pb2.DISPOSITION_INVALID
            assert status.outcome.error.reason == error_pb2.ERROR_REASON_TOO_LARGE
            assert not status.outcome.error.retryable
            assert limit in status.outcome.error.message
            await call.write(frame(2, DETECT))
            assert (await read(call)).result.frame_index == 2

    run(scenario())


def test_a_png_of_a_depth_that_there_is_not_is_refused(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with cameras(fake, 1) as (call,):
            await call.write(frame(1, DETECT, image=png_of(64, 48, depth=200)))
            assert (await read(call)).status.outcome.error.reason == error_pb2.ERROR_REASON_INVALID_IMAGE
            await call.write(frame(2, DETECT))
            assert (await read(call)).result.frame_index == 2

    run(scenario())


def test_the_handshake_tells_the_limits(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        client = Client(fake.port)
        assert not (await client.handshake()).limits.max_image_side  # a client of minor 0 does not know it
        told = (await client.handshake(protocol=MINOR_1)).limits
        kept = fake.backend.limits
        assert told.max_image_side == kept.image_side == 16384
        assert told.max_image_scans == kept.image_scans == 32
        assert told.max_waiting_image_bytes == kept.waiting_image_bytes
        assert told.max_image_bytes <= told.max_waiting_image_bytes
        await client.channel.close()

    run(scenario())


TURNED = segment(0xE1, exif_of([(0x0112, 3, 1, b"\x06\0\0\0")]))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("width", "height"), [(6000, 4000), (8064, 6048)])
def test_a_phones_photo_is_looked_at_and_its_boxes_are_in_its_own_pixels(
    run: Run, fake: FakeServer, width: int, height: int, turned: bool
) -> None:
    data = jpeg(Image.new("L", (width, height), 90), quality=60)
    if turned:
        data = data[:2] + TURNED + data[2:]

    async def scenario() -> None:
        async with cameras(fake, 1) as (call,):
            await call.write(frame(1, image=media_pb2.Image(format=JPEG, data=data, width=width, height=height)))
            for _ in range(2):
                result = (await read(call)).result
                upright = (height, width) if turned else (width, height)
                assert (result.source_width, result.source_height) == upright
                for cat in (box for box in result.detections if box.label == "cat"):
                    assert (cat.x, cat.width) == (upright[0] / 4, upright[0] / 2)
                    assert (cat.y, cat.height) == (upright[1] / 4, upright[1] / 2)

    run(scenario())


# -- order -------------------------------------------------------------------------------------------------------------

FLOODS = {"ten PNGs of 5 MP": png_of(2592, 1936), "sixteen black ones of 16 MP": png_of(4096, 4096)}


@pytest.mark.parametrize("identities", ["ab", "aa"])
@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_slow_pictures_keeps_another_client_waiting_for_one_of_them(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, identities: str
) -> None:
    """Between identities, and between the sessions of one."""
    image = FLOODS[name]

    async def scenario() -> None:
        async with (
            gated(monkeypatch, workers=2, identities=identities) as (server, gate),
            cameras(server, 2) as (greedy, other),
        ):
            for slot in range(10):
                await greedy.write(frame(1, DETECT, image=image, slot=slot))
            await until_taken(gate, 2)  # alone, it has both workers
            for slot in range(2):
                await other.write(frame(1, DETECT, slot=slot))
            await heard(other)
            gate.let()
            await until_taken(gate, 3)
            assert gate.taken[2] == 64
            gate.let(2)
            await until_taken(gate, 5)
            assert 64 in gate.taken[3:5]
            gate.open()
            assert {(await read(other)).result.slot for _ in range(2)} == {0, 1}

    run(scenario())


def test_among_a_clients_pictures_the_one_that_is_due_first_is_decoded_first(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1) as (call,):
            await call.write(frame(1, DETECT, image=png_of(100, 100)))
            await until_taken(gate, 1)
            for slot, seconds in ((1, 30), (2, 20), (3, 10)):
                budget = timing_pb2.Budget(budget_micros=seconds * 1_000_000)
                await call.write(frame(1, DETECT, image=png_of(100 + slot, 100), slot=slot, budget=budget))
            await heard(call)
            gate.open()
            await until_taken(gate, 4)
            assert gate.taken == [100, 103, 102, 101]

    run(scenario())


def test_an_answer_is_read_while_all_workers_are_busy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch, workers=2, identities="ab") as (server, gate), cameras(server, 2) as (a, b):
            async with device_held(server):
                await b.write(frame(1, DETECT))
                await until_taken(gate, 1)
                gate.let()
                await b.client.stats_until(lambda stats: stats.job_count == 1)
                for slot in range(2):
                    await a.write(frame(1, DETECT, slot=slot))
                await until_taken(gate, 3)
            assert (await read(b)).result.detections[0].label == "cat"
            assert len(gate.taken) == 3

    run(scenario())


# -- the end -----------------------------------------------------------------------------------------------------------


def test_the_end_of_the_server_waits_for_no_backlog(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch, workers=2) as (server, gate), cameras(server, 1) as (call,):
            for slot in range(20):
                await call.write(frame(1, DETECT, slot=slot))
            await until_taken(gate, 2)
            await heard(call)
            await server.server.stop(0.0)  # the workers are still busy
            gate.open()
            await asyncio.to_thread(server.backend.decoders.pool.shutdown)
            assert len(gate.taken) == 2

    run(scenario())
