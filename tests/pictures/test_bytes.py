"""Pictures that wait are bounded in bytes: of a session, of an identity, and ahead of the device."""

import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.config import Limits
from bridge.pictures import decoders
from bridge.policy.work import Owner
from bridge.streams.delivery import Delivery
from bridge.streams.stream import Stream
from bridge.v1 import error_pb2, media_pb2
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.recognition.test_recognition import DETECT, frame
from tests.conftest import Run
from tests.pictures.gate import RGB24, cameras, gated, heard, kept_bytes, png_of, until_taken
from tests.serving.client import EOF, R, read
from tests.serving.server import FakeServer
from tests.waiting import until

SIZE = 100_000


def bulky(width: int) -> media_pb2.Image:
    """About SIZE bytes."""
    return media_pb2.Image(format=RGB24, data=bytes(3 * width * 100), width=width, height=100)


def waiting(server: FakeServer, session: str) -> int:
    identity = server.backend.sessions.find(session).identity
    return int(server.backend.decoders.waiting.of(Owner(identity, session)))


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
                assert "300,000 for one session (Limits.max_waiting_image_bytes)" in status.outcome.error.message
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
            assert "400,000 for all sessions from your address" in status.outcome.error.message
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
        def hear(self, message: Any, arrival: float) -> None:
            kept.append(weakref.ref(message))

    stream: Any = SimpleNamespace(check=lambda message: None)
    run(Stream._read(stream, Context(), Exchange()))
    assert len(kept) == 1
