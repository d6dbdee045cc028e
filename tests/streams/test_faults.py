"""Faults of the server's own: one call or one answer is lost, its client is told so, and everybody else goes on."""

import asyncio
import logging
from typing import Any

import grpc
import pytest

from bridge.v1 import error_pb2
from bridge.wire.bounds import MOST_COUNTED
from tests.conftest import Run
from tests.serving.client import A, B, R, ask, assert_serves, connected, ended, look, read, say
from tests.serving.server import serving
from tests.wire.outcomes import assert_aborted, assert_invalid, outcome_of

SECRET = "/home/operator/secret path"


def raising(*_: Any, **__: Any) -> Any:
    raise RuntimeError(SECRET)


def test_a_call_that_fails_says_so_and_nothing_of_why(run: Run, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    async def main() -> None:
        async with serving() as fake, connected(fake.port) as client:
            monkeypatch.setattr(fake.backend.sessions, "open", raising)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await client.bridge.Handshake(B.HandshakeRequest(protocol=B.ProtocolVersion(major=1)))
            monkeypatch.undo()
            detail = dict(caught.value.trailing_metadata())["framebridge-error-bin"]
            how = (caught.value.code(), error_pb2.ErrorDetail.FromString(detail))
            assert_aborted(
                how, grpc.StatusCode.INTERNAL, "UNSPECIFIED", "internal error in the server", "its log has the cause"
            )
            assert SECRET not in caught.value.details() + how[1].message
            (record,) = [each for each in caplog.records if each.getMessage() == "call failed"]
            assert record.framebridge_fields["id"] in how[1].message
            assert record.framebridge_fields["method"].endswith("Handshake")
            assert SECRET in str(record.exc_info[1])
            await assert_serves(fake.port)

    with caplog.at_level(logging.ERROR, logger="framebridge.calls"):
        run(main())


def test_a_stream_that_fails_says_so_and_nothing_of_why(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with serving() as fake, connected(fake.port) as client:
            call = await client.open_avatars()
            monkeypatch.setattr("bridge.capabilities.avatar.service.check_slot", raising)
            await call.write(look(0))
            how = await ended(call)
            monkeypatch.undo()
            assert_aborted(how, grpc.StatusCode.INTERNAL, "UNSPECIFIED", "internal error in the server")
            assert SECRET not in how[1].message
            await assert_serves(fake.port)

    run(main())


def test_an_answer_that_cannot_be_written_costs_nobody_elses(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the reason: the client whose answer it was hears that the model failed, the others theirs."""

    async def main() -> None:
        async with serving() as fake, connected(fake.port) as one, connected(fake.port) as other:
            mine, theirs = await one.open_avatars(), await other.open_avatars()
            await asyncio.gather(mine.write(look(0)), theirs.write(look(0)))
            await asyncio.gather(mine.write(ask(1)), theirs.write(ask(1)))
            assert [(await read(call)).frame.frame_index for call in (mine, theirs)] == [1, 1]
            whole = fake.server._engine._heard
            victims: list[Any] = []

            def heard(outcomes: Any) -> None:
                for outcome in outcomes:
                    entry = fake.server._engine._listeners._entries.get(outcome.job.id)
                    if entry is not None and outcome.job.client == one.session and not victims:
                        victims.append(outcome)
                        fake.server._engine._listeners._entries[outcome.job.id] = (entry[0], once_raising(entry[1]))
                whole(outcomes)

            monkeypatch.setattr(fake.server._engine, "_heard", heard)
            await asyncio.gather(mine.write(ask(2)), theirs.write(ask(2)))
            status = (await read(mine)).status
            assert victims
            assert status.outcome.disposition == error_pb2.DISPOSITION_FAILED
            assert (await read(theirs)).frame.frame_index == 2
            assert fake.server._engine.open_jobs == 0

    run(main())


def once_raising(listener: Any) -> Any:
    calls = iter([raising])
    return lambda outcome: next(calls, listener)(outcome)


@pytest.mark.parametrize("index", [2**63 - 1, 2**62, MOST_COUNTED + 1])
def test_a_number_that_leaves_no_room_to_count_is_refused(run: Run, index: int) -> None:
    """The subscription that follows would count on from it, past what the field holds."""

    async def main() -> None:
        async with serving() as fake, connected(fake.port) as client:
            avatars = await client.open_avatars()
            await avatars.write(look(0))
            await avatars.write(ask(index))
            assert_invalid(outcome_of(await read(avatars)), "OUT_OF_RANGE", "frame_index", str(MOST_COUNTED))
            subscribe = A.AvatarSubscribe(slot=0, frames_per_second=30)
            await avatars.write(A.StreamAvatarRequest(subscribe=subscribe))
            assert (await read(avatars)).frame.frame_index == 1
            talk = await client.open_dialogue()
            await talk.write(say("hello", index))
            assert_invalid(outcome_of(await read(talk)), "OUT_OF_RANGE", "turn_id")
            camera = await client.open_recognition()
            await camera.write(R.RecognizeRequest(frame=R.CameraFrame(slot=0, frame_index=index)))
            assert_invalid(outcome_of(await read(camera)), "OUT_OF_RANGE")

    run(main())


def test_the_largest_number_is_served(run: Run) -> None:
    async def main() -> None:
        async with serving() as fake, connected(fake.port) as client:
            avatars = await client.open_avatars()
            await avatars.write(look(0))
            await avatars.write(ask(MOST_COUNTED))
            assert (await read(avatars)).frame.frame_index == MOST_COUNTED
            await avatars.write(A.StreamAvatarRequest(subscribe=A.AvatarSubscribe(slot=0, frames_per_second=60)))
            assert (await read(avatars)).frame.frame_index == MOST_COUNTED + 1

    run(main())
