"""What a client's pictures cost others, over the wire: limits that are named, order, deadlines, and bytes that wait.

Where order matters a gate stands in for decoding: it notes whose picture a worker takes, and keeps the worker until the
test lets it go on. Nothing here depends on how long anything takes.
"""

import asyncio
import gc
import io
import re
import threading
import weakref
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bridge.capabilities.recognition import tasks as sight
from bridge.client import BridgeClient, Recognized, Unanswered
from bridge.codecs.images import Decoded
from bridge.config import Limits
from bridge.control import metrics
from bridge.control.metrics import text
from bridge.pictures import decoders
from bridge.pictures.picture import Picture
from bridge.policy.work import Owner
from bridge.streams.delivery import Delivery
from bridge.streams.stream import Stream
from bridge.v1 import bridge_pb2, error_pb2, media_pb2, timing_pb2
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.recognition.test_recognition import CLASSIFY, DETECT, PNG, frame
from tests.codecs.files import exif_of, many_scans, png, segment
from tests.conftest import Run
from tests.serving.client import EOF, GENEROUS, Client, R, connected, read
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer
from tests.waiting import until

MINOR_1 = bridge_pb2.ProtocolVersion(major=1, minor=1)
HELD_SECONDS = 60.0
RELAXED = timing_pb2.Budget(budget_micros=4_000_000)
SHORT = timing_pb2.Budget(budget_micros=300_000)
JPEG, RGB24 = media_pb2.IMAGE_FORMAT_JPEG, media_pb2.IMAGE_FORMAT_RGB24


def png_of(width: int, height: int, **options: Any) -> media_pb2.Image:
    """A PNG of this size as far as its header tells; only a gate decodes it."""
    return media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=png(width, height, b"", **options))


def jpeg(picture: Image.Image, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **options)
    return stream.getvalue()


class Gate:
    """Decoding, as far as order is concerned: notes the width of each picture, and waits for its permit."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self._permits = threading.Semaphore(0)

    def decode(self, picture: Picture, enough: Any, limits: Limits) -> Decoded:
        self.taken.append(picture.size[0])
        assert self._permits.acquire(timeout=HELD_SECONDS)
        return Decoded(np.zeros((48, 64, 3), np.uint8), *picture.size)

    def let(self, count: int = 1) -> None:
        """So many pictures are done."""
        self._permits.release(count)

    def open(self) -> None:
        """All of them, from now on."""
        self._permits.release(1_000_000)


class Identities:
    """Clients by the order in which they connect: "a", "b", ..."""

    def __init__(self, names: str) -> None:
        self._names, self._seen = names, dict[str, str]()

    def __call__(self, peer: str) -> str:
        return self._seen.setdefault(peer, self._names[min(len(self._seen), len(self._names) - 1)])


@asynccontextmanager
async def gated(
    monkeypatch: pytest.MonkeyPatch, *, workers: int = 1, identities: str = "", **config: Any
) -> AsyncIterator[tuple[FakeServer, Gate]]:
    """A server of so many workers whose decoding stands still."""
    limits = config.pop("limits", Limits(concurrent_decodes=workers))
    monkeypatch.setattr("bridge.streams.backend.os.cpu_count", lambda: workers)
    server, gate = FakeServer(Fakes(), limits=limits, session_grace_seconds=30.0, **config), Gate()
    if identities:
        server.server._identify = Identities(identities)
    await server.start()
    monkeypatch.setattr(sight, "decode", gate.decode)
    try:
        yield server, gate
    finally:
        gate.open()
        await server.server.stop(0.0)


@asynccontextmanager
async def cameras(server: FakeServer, count: int, **handshake: Any) -> AsyncIterator[list[Any]]:
    """Recognition streams, each of a client of its own; `call.client` is theirs."""
    async with AsyncExitStack() as stack:
        calls = []
        for _ in range(count):
            client: Client = await stack.enter_async_context(connected(server.port, **handshake))
            calls.append(await client.open_recognition())
            calls[-1].client = client
        yield calls


async def heard(call: Any) -> None:
    """The server has taken all that was sent on a stream up to here."""
    await call.write(frame(1, slot=-1))
    while (await read(call)).status.slot != -1:
        pass


async def until_taken(gate: Gate, count: int) -> None:
    await until(lambda: len(gate.taken) >= count)


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


# -- deadlines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minor", "stage"), [(0, timing_pb2.STAGE_ENCODE), (1, timing_pb2.STAGE_DECODE)])
def test_a_picture_that_waits_past_its_time_is_refused_then_and_never_decoded(
    run: Run, monkeypatch: pytest.MonkeyPatch, minor: int, stage: Any
) -> None:
    """The worker is still busy when the refusal comes, so it is no worker that refuses."""

    async def scenario() -> None:
        async with gated(monkeypatch, identities="ab") as (server, gate):
            protocol = bridge_pb2.ProtocolVersion(major=1, minor=minor)
            async with cameras(server, 2, protocol=protocol) as (greedy, other):
                await greedy.write(frame(1, DETECT, image=png_of(4096, 4096)))
                await until_taken(gate, 1)
                await other.write(frame(1, image=png_of(70, 70), budget=SHORT))
                for _ in range(2):
                    outcome = (await read(other)).status.outcome
                    assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
                    assert outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE
                    assert outcome.stage == stage
                    assert "waiting while other clients' pictures were decoded" in outcome.error.message
                    decoding = outcome.timing.decode_micros if minor else outcome.timing.encode_micros
                    assert decoding > 0.5 * outcome.timing.server_micros
                assert gate.taken == [4096]
                gate.open()
                assert (await read(greedy)).result.frame_index == 1
                await other.write(frame(2, DETECT, image=png_of(71, 70)))
                assert (await read(other)).result.frame_index == 2
                assert gate.taken == [4096, 71]

    run(scenario())


def test_behind_its_own_pictures_a_client_is_told_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1, protocol=MINOR_1) as (call,):
            await call.write(frame(1, DETECT, image=png_of(100, 100)))
            await until_taken(gate, 1)
            await call.write(frame(1, DETECT, slot=1, budget=SHORT))
            status = (await read(call)).status
            assert status.slot == 1
            assert "earlier pictures of its own client" in status.outcome.error.message
            stats = await call.client.stats()
            (detect,) = [work for work in stats.work if work.name == "detect"]
            assert [(late.stage, late.count) for late in detect.late_stages] == [(timing_pb2.STAGE_DECODE, 1)]
            old = await call.client.stats(minor=0)
            told = [late.stage for work in (*old.work, *old.clients[0].work) for late in work.late_stages]
            assert set(told) == {timing_pb2.STAGE_ENCODE}  # which it knows
            counts = text(metrics.read(server.backend, server.server.servicers.values())).decode()
            assert re.search(r'framebridge_late_total{[^}]*stage="decode"[^}]*} 1.0', counts)
            gate.open()

    run(scenario())


@pytest.mark.parametrize("own", [True, False])
def test_what_was_seen_is_carried_on_at_the_deadline(run: Run, monkeypatch: pytest.MonkeyPatch, own: bool) -> None:
    """Whether the picture waits for a worker, or a worker is not done with it."""
    monkeypatch.setattr(
        "bridge.capabilities.recognition.waiting._LATE_SHARE", 0.95
    )  # so early that a busy machine sends it in time
    monkeypatch.setattr("bridge.capabilities.recognition.seen.LONGEST_SECONDS", HELD_SECONDS)

    async def scenario() -> None:
        async with (
            gated(monkeypatch, identities="ab") as (server, gate),
            cameras(server, 2, protocol=MINOR_1) as (greedy, call),
        ):
            gate.let()
            await call.write(frame(1))
            for _ in range(2):
                assert not (await read(call)).result.carried
            if not own:
                await greedy.write(frame(1, DETECT, image=png_of(100, 100)))
                await until_taken(gate, 2)
            await call.write(frame(2, image=png_of(640, 480), budget=RELAXED))
            results = {(message := await read(call)).result.kind: message.result for _ in range(2)}
            for kind, rung in ((CLASSIFY, "repeat"), (DETECT, "carry")):
                assert results[kind].carried
                assert (results[kind].frame_index, results[kind].carried_from_index) == (2, 1)
                assert (results[kind].timing.rung, results[kind].timing.batch_size) == (rung, 0)
                assert results[kind].timing.rung_index > 0
                assert (results[kind].source_width, results[kind].source_height) == (640, 480)
                assert results[kind].timing.decode_micros > 0
            assert gate.taken == [64, 640 if own else 100]
            best = timing_pb2.Budget(budget_micros=300_000, ladder=timing_pb2.LADDER_POLICY_BEST_ONLY)
            await call.write(frame(3, DETECT, budget=best))
            assert (await read(call)).status.outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE
            gate.open()

    run(scenario())


def test_a_picture_that_takes_longer_than_its_budget_is_refused_on_arrival(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1, protocol=MINOR_1) as (call,):
            budget = timing_pb2.Budget(budget_micros=50_000)
            await call.write(frame(1, DETECT, image=png_of(4096, 4096), budget=budget))
            outcome = (await read(call)).status.outcome
            assert outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE
            assert outcome.stage == timing_pb2.STAGE_DECODE
            assert "decoding the picture takes" in outcome.error.message
            assert "due to decoding its picture" in outcome.error.message
            assert gate.taken == []
            for index in range(2, 100):  # what is given up is expected to take a little less, so it is tried again
                await call.write(frame(index, DETECT, image=png_of(4096, 4096), budget=budget))
                if len(gate.taken):
                    break
                await read(call)
            assert len(gate.taken) == 1

    run(scenario())


@pytest.mark.parametrize("budget", [GENEROUS, SHORT])
def test_a_model_that_is_unloaded_while_a_picture_waits_is_said_to_be(
    run: Run, monkeypatch: pytest.MonkeyPatch, budget: Any
) -> None:
    """When a worker is free, or when its time is up; and of the next picture at once."""

    async def scenario() -> None:
        async with gated(monkeypatch, identities="ab") as (server, gate), cameras(server, 2) as (other, call):
            await other.write(frame(1, CLASSIFY, image=png_of(100, 100)))
            await until_taken(gate, 1)
            await call.write(frame(1, DETECT, budget=budget))
            await heard(call)
            await server.server.roster.unload("detector")
            if budget is GENEROUS:
                gate.open()
            outcome = (await read(call)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert outcome.error.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            await call.write(frame(2, DETECT))
            assert (await read(call)).status.outcome.error.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            gate.open()
            assert (await read(other)).result.frame_index == 1
            assert gate.taken == [100]
            assert kept_bytes() == 0

    run(scenario())


def test_a_picture_that_replaces_another_and_cannot_be_looked_at_leaves_nothing_behind(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1) as (call,):
            await call.write(frame(1, CLASSIFY, slot=1))
            await until_taken(gate, 1)
            await call.write(frame(1, DETECT))
            await heard(call)
            await server.server.roster.unload("detector")
            await call.write(frame(2, DETECT))
            reasons = {(await read(call)).status.outcome.error.reason for _ in range(2)}
            assert reasons == {error_pb2.ERROR_REASON_SUPERSEDED, error_pb2.ERROR_REASON_UNKNOWN_MODEL}
            assert server.backend.decoders.queued == 0
            gate.open()
            assert (await read(call)).result.slot == 1
            await call.write(frame(3, CLASSIFY))
            assert (await read(call)).result.frame_index == 3

    run(scenario())


def test_a_link_that_takes_the_whole_budget_is_to_blame_and_nothing_is_decoded(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether something was seen before or not: it could only come late."""

    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 1, protocol=MINOR_1) as (call,):
            budget = timing_pb2.Budget(budget_micros=50_000, link_micros=60_000)
            for index in (1, 3):
                await call.write(frame(index, DETECT, budget=budget))
                outcome = (await read(call)).status.outcome
                assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
                assert outcome.stage == timing_pb2.STAGE_TRANSPORT
                assert "decoding" not in outcome.error.message
                if index == 1:
                    gate.let()
                    await call.write(frame(2, DETECT))
                    assert (await read(call)).result.frame_index == 2
            assert gate.taken == [64]

    run(scenario())


@pytest.mark.parametrize("minor", [0, 1])
def test_decoding_is_a_part_of_its_own_for_those_who_know_it(run: Run, fake: FakeServer, minor: int) -> None:
    async def scenario() -> None:
        async with cameras(fake, 1, protocol=bridge_pb2.ProtocolVersion(major=1, minor=minor)) as (call,):
            await call.write(frame(1, DETECT))
            timing = (await read(call)).result.timing
            assert (timing.decode_micros > 0) == (minor == 1)
            assert timing.encode_micros > 0
            parts = timing.queue_micros + timing.batch_wait_micros + timing.blocked_micros + timing.compute_micros
            assert parts + timing.decode_micros + timing.encode_micros <= timing.server_micros + 5

    run(scenario())


def test_the_python_client_is_told_of_decoding(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with (
            gated(monkeypatch) as (server, gate),
            BridgeClient(f"127.0.0.1:{server.port}") as bridge,
            bridge.camera() as camera,
        ):
            gate.let()
            seen = await camera.detect(PNG.data, budget=10.0)
            assert isinstance(seen, Recognized)
            assert seen.timing.decode > 0
            waiting = asyncio.ensure_future(camera.detect(PNG.data, budget=10.0, slot=1))
            await until_taken(gate, 2)
            late = await camera.detect(PNG.data, budget=0.3, slot=2)
            assert isinstance(late, Unanswered)
            assert (late.reason, late.stage) == ("budget_unmeetable", "decode")
            gate.open()
            assert await waiting

    run(scenario())


# -- bytes -------------------------------------------------------------------------------------------------------------

SIZE = 100_000


def bulky(width: int) -> media_pb2.Image:
    """About SIZE bytes."""
    return media_pb2.Image(format=RGB24, data=bytes(3 * width * 100), width=width, height=100)


def waiting(server: FakeServer, session: str) -> int:
    identity = server.backend.sessions.find(session).identity
    return int(server.backend.decoders.waiting.of(Owner(identity, session)))


def kept_bytes() -> int:
    """Of all pictures in this process."""
    return sum(len(thing.data) for thing in gc.get_objects() if isinstance(thing, Picture))


@pytest.mark.parametrize("streams", [1, 3])
def test_the_pictures_of_a_session_that_wait_are_limited_in_bytes(
    run: Run, monkeypatch: pytest.MonkeyPatch, streams: int
) -> None:
    limits = Limits(concurrent_decodes=1, waiting_image_bytes=3 * SIZE)

    async def scenario() -> None:
        async with gated(monkeypatch, limits=limits) as (server, gate), cameras(server, 1) as (call,):
            calls = [call, *[await call.client.open_recognition() for _ in range(streams - 1)]]
            for place in range(9):
                await calls[place % streams].write(frame(1, image=bulky(330 + place), slot=place))
            refused = [(await read(calls[place % streams])).status for place in range(3, 9) for _ in range(2)]
            for status in refused:
                assert status.outcome.disposition == error_pb2.DISPOSITION_REFUSED
                assert status.outcome.error.reason == error_pb2.ERROR_REASON_OVERLOADED
                assert status.outcome.error.retryable
                assert "300,000 (Limits.max_waiting_image_bytes)" in status.outcome.error.message
            assert {status.slot for status in refused} == set(range(3, 9))
            assert kept_bytes() <= 3 * SIZE
            gate.open()
            for place in range(3):
                for _ in range(2):
                    assert (await read(calls[place % streams])).WhichOneof("message") == "result"
            assert waiting(server, call.client.session) == 0
            assert kept_bytes() == 0

    run(scenario())


def test_one_identity_has_half_of_the_bytes_that_may_wait(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(concurrent_decodes=1, waiting_image_bytes=3 * SIZE, waiting_image_total_bytes=8 * SIZE)

    async def scenario() -> None:
        async with (
            gated(monkeypatch, limits=limits, identities="aab") as (server, gate),
            cameras(server, 3) as (first, second, other),
        ):
            for slot in range(3):
                await first.write(frame(1, DETECT, image=bulky(330), slot=slot))
            await until_taken(gate, 1)
            for slot in range(2):
                await second.write(frame(1, DETECT, image=bulky(330), slot=slot))
            status = (await read(second)).status
            assert status.slot == 1
            assert "400,000 of all sessions from your address" in status.outcome.error.message
            for slot in range(3):
                await other.write(frame(1, DETECT, image=bulky(330), slot=slot))
            gate.open()
            for _ in range(3):
                assert (await read(other)).WhichOneof("message") == "result"

    run(scenario())


def test_a_picture_that_is_replaced_is_let_go_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for one that is decoded and one that waits, and the newest always finds it."""
    limits = Limits(concurrent_decodes=1, waiting_image_bytes=2 * SIZE)

    async def scenario() -> None:
        async with gated(monkeypatch, limits=limits) as (server, gate), cameras(server, 1) as (call,):
            await call.write(frame(1, DETECT, image=bulky(330)))
            await until_taken(gate, 1)
            for index in range(2, 22):
                await call.write(frame(index, DETECT, image=bulky(330)))
            for index in range(2, 21):
                status = (await read(call)).status
                assert status.frame_index == index
                assert status.outcome.disposition == error_pb2.DISPOSITION_SUPERSEDED
            assert kept_bytes() <= 2 * SIZE
            for index in (1, 21):
                gate.let()
                assert (await read(call)).result.frame_index == index

    run(scenario())


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_pictures_of_a_camera_or_a_stream_that_is_over_are_let_go(
    run: Run, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    async def scenario() -> None:
        async with gated(monkeypatch) as (server, gate), cameras(server, 2) as (call, other):
            await other.write(frame(1, DETECT, image=png_of(100, 100)))
            await until_taken(gate, 1)
            for slot in range(4):
                await call.write(frame(1, DETECT, image=bulky(330), slot=slot))
            await heard(call)
            assert kept_bytes() > 4 * 99_000
            if end == "cancel":
                call.cancel()
            else:
                for slot in range(4):
                    await call.write(R.RecognizeRequest(close_slot=R.RecognizeCloseSlot(slot=slot)))
            await until(lambda: kept_bytes() < 1000)
            assert waiting(server, call.client.session) == 0
            gate.open()
            assert (await read(other)).result.frame_index == 1
            assert gate.taken == [100]

    run(scenario())


def test_a_client_whose_decoded_pictures_wait_for_the_device_gets_no_more_decoded(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a decoded picture becomes is larger than many a file. Other clients' are decoded meanwhile."""
    limits = Limits(concurrent_decodes=1, prepared_image_bytes=4_000_000)

    async def scenario() -> None:
        async with (
            gated(monkeypatch, limits=limits, identities="ab") as (server, gate),
            cameras(server, 2) as (call, other),
        ):
            gate.open()
            async with device_held(server):
                for slot in range(6):
                    await call.write(frame(1, DETECT, slot=slot))
                await heard(call)
                await until_taken(gate, 2)
                await other.write(frame(1, DETECT, image=png_of(100, 100)))
                await until_taken(gate, 3)
                assert gate.taken == [64, 64, 100]
            assert sorted([(await read(call)).result.slot for _ in range(6)]) == list(range(6))

    run(scenario())


def test_while_others_send_pictures_few_are_decoded_ahead_of_the_device(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is decoded for a crowd and comes to nothing takes the others' processor."""
    monkeypatch.setattr(decoders, "_AHEAD_BYTES", 4_000_000)

    async def scenario() -> None:
        async with (
            gated(monkeypatch, identities="aab") as (server, gate),
            cameras(server, 3) as (call, same, other),
        ):
            gate.open()
            async with device_held(server):
                await other.write(frame(1, DETECT, image=png_of(100, 100)))
                await until_taken(gate, 1)
                for slot in range(4):
                    await call.write(frame(1, DETECT, slot=slot))
                    await same.write(frame(1, DETECT, slot=slot))
                await heard(call)
                await heard(same)
                await until_taken(gate, 3)
                await other.write(frame(2, DETECT, image=png_of(100, 100)))
                await until_taken(gate, 4)
                assert gate.taken == [100, 64, 64, 100]
            assert sorted([(await read(call)).result.slot for _ in range(4)]) == list(range(4))
            assert sorted([(await read(same)).result.slot for _ in range(4)]) == list(range(4))

    run(scenario())


def test_an_answer_that_is_not_read_yet_keeps_no_picture(
    run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its bytes nor what the device was fed with."""
    answered, answer = list[Any](), Delivery.answer

    def note(self: Delivery, request: Any, *rest: Any, **more: Any) -> None:
        answered.append(request)
        answer(self, request, *rest, **more)

    monkeypatch.setattr(Delivery, "answer", note)

    async def scenario() -> None:
        async with cameras(fake, 1) as (call,):
            await call.write(frame(1))
            for _ in range(2):
                await read(call)
            assert len(answered) == 2
            for task in answered:
                assert not task.picture.data
                assert [rung.input for rung in task.job.rungs] == [None] * len(task.job.rungs)

    run(scenario())


def test_a_stream_keeps_no_message_while_it_waits_for_the_next(run: Run) -> None:
    kept = list[Any]()

    class Message:
        def WhichOneof(self, _: str) -> str:
            return "frame"

    class Context:
        async def read(self) -> Any:
            if not kept:
                return Message()
            assert kept[0]() is None
            return EOF

    class Exchange:
        def hear(self, message: Any) -> None:
            kept.append(weakref.ref(message))

    run(Stream._read(None, Context(), Exchange()))  # type: ignore[arg-type]
    assert len(kept) == 1


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
