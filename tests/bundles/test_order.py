"""Order and place: within a bundle, among large payloads, in shared memory, of ticks."""

from typing import Any

from bridge.v1 import error_pb2
from tests.bundles.rig import FRAME_BYTES, X, all_parts, to_the_end
from tests.capabilities.avatar.test_avatar import device_held
from tests.capabilities.inference.rig import OwnServer, request
from tests.conftest import Run
from tests.serving.bundles import AGREED, Inbox, bundle, parts_of
from tests.serving.client import (
    A,
    N,
    acknowledge,
    ask,
    connected,
    look,
    read,
)
from tests.serving.server import FakeServer
from tests.sessions.test_sharing import attach, mapped, payload
from tests.wire.outcomes import assert_invalid

# -- order, within a bundle and among messages -----------------------------------------------------------------------


def close_slot(slot: int) -> Any:
    return A.StreamAvatarRequest(close_slot=A.AvatarCloseSlot(slot=slot))


def test_parts_are_heard_one_after_the_other(run: Run, fake: FakeServer) -> None:
    """A look before its frame, an acknowledgement before the frame that it makes room for, a slot closed at the end."""

    async def scenario() -> None:
        async with connected(fake.port, **AGREED) as client:
            call = await client.open_avatars()
            inbox = Inbox(call)
            await call.write(bundle(ask(1), look(seed=1), ask(1), look(seed=2)))
            refused, frame = await inbox.take(2)
            assert_invalid(refused.status.outcome, "MALFORMED", "no look")
            await call.write(bundle(acknowledge(1), ask(2), close_slot(0), look(seed=3), ask(1), acknowledge(0)))
            closed, renewed = await inbox.take(2)
            assert closed.status.frame_index == 2
            assert closed.status.outcome.disposition == error_pb2.DISPOSITION_CANCELLED
            await call.write(bundle(acknowledge(1), look(seed=1), ask(2)))
            again = await inbox.read()
            first, other, same = (bytes(message.frame.payload) for message in (frame, renewed, again))
            assert first == same != other, "each frame has the look that was set before it"

    run(scenario())


def test_of_two_requests_of_a_slot_in_a_bundle_the_newer_counts(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **AGREED) as client:
            call = await client.open_avatars()
            async with device_held(fake):
                await call.write(bundle(look(), look(1), ask(1), ask(1, 1), ask(2), ask(3)))
                await client.stats_until(lambda stats: stats.job_count >= 2)
            answers = await all_parts(call)
            frames = {(m.frame.slot, m.frame.frame_index) for m in answers if m.HasField("frame")}
            statuses = {m.status.frame_index: m.status.outcome.disposition for m in answers if m.HasField("status")}
            assert frames == {(0, 3), (1, 1)}
            assert statuses == dict.fromkeys((1, 2), error_pb2.DISPOSITION_SUPERSEDED)
            assert len(answers) == 4

    run(scenario())


async def four_frames(server: FakeServer, client: Any, call: Any) -> list[Any]:
    """The messages in which four frames of one flight come."""
    async with device_held(server):
        await call.write(bundle(*(look(slot, seed=slot) for slot in range(4)), *(ask(1, slot) for slot in range(4))))
        await client.stats_until(lambda stats: stats.job_count == 4)
    return await to_the_end(call)


def test_the_frames_of_a_flight_are_one_message(run: Run, small: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(small.port, **AGREED) as client:
            (message,) = await four_frames(small, client, await client.open_avatars())
            frames = [part.frame for part in parts_of(message)]
            assert sorted(frame.slot for frame in frames) == [0, 1, 2, 3]
            assert {len(frame.payload) for frame in frames} == {FRAME_BYTES}
            assert {frame.timing.batch_size for frame in frames} == {4}

    run(scenario())


def test_a_large_payload_travels_by_itself(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **AGREED) as client:
            messages = await four_frames(fake, client, await client.open_avatars())
            assert [len(message.frame.payload) for message in messages] == [64 * 64 * 4] * 4

    run(scenario())


def test_large_payloads_in_shared_memory_come_as_one_message(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **AGREED) as client:
            offer = (await client.handshake(wants_shared_memory=True, **AGREED)).shared_memory
            with mapped(offer) as memory:
                call = await attach(client)
                (message,) = await four_frames(fake, client, call)
                frames = {part.frame.slot: payload(memory, part.frame) for part in parts_of(message)}
            assert sorted(frames) == [0, 1, 2, 3]
            assert {len(pixels) for pixels in frames.values()} == {64 * 64 * 4}
            assert len({pixels[-4:] for pixels in frames.values()}) > 1, "each has its own place"

    run(scenario())


def test_the_parts_of_a_large_request_may_ride_in_bundles(run: Run, told: OwnServer) -> None:
    async def scenario() -> None:
        async with connected(told.port, **AGREED) as client:
            call = await client.open_inference()
            data = X.tobytes()
            begun = request("told", 1, x=X, parts=3)
            more = [
                N.InferRequest(part=N.InferencePart(request_index=1, part_offset=at), payload=data[at : at + 1])
                for at in range(3, 8)
            ]
            await call.write(bundle(begun, request("told", 1, slot=1, x=X), *more))
            answers = await all_parts(call)
            assert {(m.result.slot, m.result.payload) for m in answers} == {
                (0, (X * 2).tobytes()),
                (1, (X * 2).tobytes()),
            }
            assert len(answers) == 2

    run(scenario())


# -- subscriptions ---------------------------------------------------------------------------------------------------


def test_ticks_of_several_avatars_come_bundled_with_acknowledgements_that_do(run: Run, small: FakeServer) -> None:
    """Each tick has one answer, however it comes, and frames go on as they are acknowledged."""

    async def scenario() -> None:
        async with connected(small.port, **AGREED) as client:
            call = await client.open_avatars()
            wishes = [A.AvatarSubscribe(slot=slot, frames_per_second=120) for slot in range(8)]
            subscribed = [A.StreamAvatarRequest(subscribe=wish) for wish in wishes]
            await call.write(bundle(*(look(slot, seed=slot) for slot in range(8)), *subscribed))
            answers: list[Any] = []
            frames = 0
            while frames < 400:
                answers += (received := parts_of(await read(call)))
                got = [part.frame for part in received if part.HasField("frame")]
                if got:
                    await call.write(bundle(*(acknowledge(frame.frame_index, frame.slot) for frame in got)))
                frames += len(got)
            await call.write(bundle(*(A.StreamAvatarRequest(unsubscribe={"slot": slot}) for slot in range(8))))
            ticks = [getattr(part, part.WhichOneof("message")) for part in answers + await all_parts(call)]
            for slot in range(8):
                indices = sorted(tick.frame_index for tick in ticks if tick.slot == slot)
                assert indices == list(range(1, len(indices) + 1)), "one answer to each tick"

    run(scenario())
