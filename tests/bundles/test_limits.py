"""What is not read, or larger than a bundle may be: bounded, said, and nothing else is lost."""

import asyncio
from collections import Counter

import grpc

from bridge.config import Limits
from bridge.v1 import error_pb2, media_pb2
from tests.bundles.rig import SMALL, all_parts
from tests.capabilities.recognition.test_recognition import frame as camera_frame
from tests.conftest import Run
from tests.serving.bundles import AGREED, Inbox, bundle
from tests.serving.client import (
    A,
    D,
    ask,
    assert_serves,
    connected,
    ended,
    look,
    read,
    say,
)
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import FakeServer, serving
from tests.wire.outcomes import INVALID, assert_aborted, assert_invalid

DEAF = (("grpc.http2.lookahead_bytes", 0), ("grpc.http2.bdp_probe", 0))  # what is not read stays with the server


def test_of_bundles_that_are_not_read_nothing_is_lost(run: Run) -> None:
    """What waits is bounded, a status stands for each frame that was dropped, and the stream goes on."""
    most = 160_000

    async def scenario() -> None:
        limits = Limits(unread_call_bytes=most)
        async with (
            serving(Fakes(avatar=FakeAvatar(32)), limits=limits) as server,
            connected(server.port, *DEAF, **AGREED) as client,
        ):
            call = await client.open_avatars()
            await call.write(bundle(*(look(slot, seed=slot) for slot in range(64))))
            await call.write(bundle(*(ask(1, slot) for slot in range(64))))
            await client.stats_until(
                lambda stats: not stats.job_count and sum(work.request_count for work in stats.work) == 64
            )
            assert server.backend.unread.total <= most
            await assert_serves(server.port)
            answers = await Inbox(call).take(64)
            frames = {message.frame.slot for message in answers if message.HasField("frame")}
            statuses = {
                message.status.slot: message.status.outcome for message in answers if message.HasField("status")
            }
            assert len(frames) + len(statuses) == 64
            assert min(len(frames), len(statuses)) >= 10
            for outcome in statuses.values():
                assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
                assert "have not been read" in outcome.error.message
            await call.write(bundle(*(ask(2, slot, received=1) for slot in range(3))))
            assert {part.frame.frame_index for part in await Inbox(call).take(3)} == {2}

    run(scenario())


def test_bad_parts_whose_statuses_are_not_read_end_the_stream(run: Run) -> None:
    """A part of two bytes is answered by a sentence: what that adds up to is bounded as all answers are."""

    async def scenario() -> None:
        async with serving() as server, connected(server.port, *DEAF, **AGREED) as client:
            call = await client.open_avatars()
            bad = A.StreamAvatarRequest(bundle={"parts": [b""] * 64})
            most = 0
            while server.backend.streams:
                try:
                    await call.write(bad)
                except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
                    break
                most = max(most, server.backend.unread.total)
            assert_aborted(
                await ended(call), grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", "read the stream faster"
            )
            assert most <= 2 * 2048 * server.backend.limits.outbox_messages
            await assert_serves(server.port)

    run(scenario())


def test_a_bundle_that_breaks_its_own_limits_ends_the_stream(run: Run, small: FakeServer) -> None:
    """Too many parts, or something beside it: the client's bundles are wrong as such, and nothing of it is heard."""

    async def scenario() -> None:
        async with connected(small.port, **AGREED) as client:
            for wrong, words in (
                (bundle(*[look()] * 65), "send 1 to 64"),
                (A.StreamAvatarRequest(bundle={}), "send 1 to 64"),
            ):
                call = await client.open_avatars()
                await call.write(wrong)
                assert_aborted(await ended(call), INVALID, "MALFORMED", words)
            assert not (await client.stats()).avatar_slot_count
            call = client.raw("/bridge.v1.AvatarService/StreamAvatar")
            await call.write(A.StreamAvatarRequest(open={"session_id": client.session}).SerializeToString())
            await read(call)
            await call.write(bundle(look()).SerializeToString() + ask(1).SerializeToString())
            assert_aborted(await ended(call), INVALID, "MALFORMED", "something beside it")
            assert not (await client.stats()).avatar_slot_count

    run(scenario())


def test_words_and_pictures_too_large_for_a_part_travel_beside_bundles(run: Run, small: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(small.port, **AGREED) as client:
            talk = await client.open_dialogue()
            await talk.write(bundle(say("hello", 1, "smith"), D.ConverseRequest(forget={"conversation_id": "nobody"})))
            await talk.write(say("x" * 5000, 1, "baker"))
            done = {m.conversation_id: m.done.finish for m in await all_parts(talk) if m.HasField("done")}
            assert done == {"smith": D.TURN_FINISH_END, "baker": D.TURN_FINISH_END}
            camera = await client.open_recognition()
            large = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_RGB24, data=bytes(64 * 48 * 3), width=64, height=48)
            await camera.write(bundle(camera_frame(1, image=SMALL), camera_frame(1, image=large, slot=1)))
            await camera.write(camera_frame(2, image=large, slot=1))
            answers = await all_parts(camera)
            assert Counter(m.WhichOneof("message") for m in answers) == {"result": 4, "status": 1}
            (status,) = [m.status for m in answers if m.HasField("status")]
            assert_invalid(status.outcome, "TOO_LARGE", "as its own message")

    run(scenario())
