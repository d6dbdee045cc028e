"""Answers that a client does not read are bounded in bytes: of a call, a session, an identity, and all together."""

import asyncio
import weakref
from typing import Any

import grpc
import pytest

from bridge.config import Limits
from bridge.errors import BridgeError, Overloaded
from bridge.streams.outbox import STATUS_BYTES, Entry, Outbox
from bridge.v1 import error_pb2, timing_pb2
from bridge.wire.unread import Holding, Unread
from tests.conftest import Run
from tests.serving.client import A, B, Client, R, ask, assert_serves, connected, ended, look, read
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.http2 import Connection
from tests.serving.server import FakeServer, serving
from tests.waiting import until
from tests.wire.test_identity import ByName

SIDE = 512
FRAME = SIDE * SIDE * 4  # bytes
DEAF = (("grpc.http2.lookahead_bytes", 0), ("grpc.http2.bdp_probe", 0))  # what is not read stays with the server
PROBE = "/bridge.v1.BridgeService/Probe"
STATS = "/bridge.v1.BridgeService/GetStats"


def within(call: int, session: int, identity: int, total: int) -> Limits:
    return Limits(
        unread_call_bytes=call, unread_session_bytes=session, unread_identity_bytes=identity, unread_total_bytes=total
    )


async def large_frames(limits: Limits, crowd: int = 0) -> FakeServer:
    server = FakeServer(Fakes(avatar=FakeAvatar(SIDE)), limits=limits, session_grace_seconds=30.0)
    if crowd:
        server.server._identify = ByName(crowd)
    await server.start()
    return server


async def ask_all(client: Client, slots: int, first: int = 0) -> Any:
    """A stream on which so many frames are asked for, which nobody reads."""
    call = await client.open_avatars()
    for slot in range(first, first + slots):
        await call.write(look(slot, seed=slot))
        await call.write(ask(1, slot))
    return call


async def answered(server: FakeServer, count: int) -> None:
    """Wait until so many frames have been made."""
    async with connected(server.port) as watching:
        await watching.stats_until(
            lambda stats: not stats.job_count and sum(work.request_count for work in stats.work) >= count
        )


async def until_zero(server: FakeServer) -> None:
    """Wait until nothing is unread any more."""
    await until(lambda: not server.backend.unread.total)


def test_of_a_stream_that_is_not_read_the_oldest_payloads_are_dropped(run: Run) -> None:
    async def scenario() -> None:
        server = await large_frames(within(6 * FRAME, 64 * FRAME, 64 * FRAME, 64 * FRAME))
        try:
            async with connected(server.port, *DEAF) as client:
                call = await ask_all(client, 24)
                await answered(server, 24)
                assert 4 * FRAME < server.backend.unread.total <= 6 * FRAME
                await assert_serves(server.port)
                frames, refused = await everything(call, 24)
                assert 5 <= len(frames) <= 8
                assert max(refused) < max(frames), "the newest is kept"
                for outcome in refused.values():
                    assert outcome.error.reason == error_pb2.ERROR_REASON_OVERLOADED
                    assert outcome.stage == timing_pb2.STAGE_TRANSPORT
                    assert "have not been read" in outcome.error.message
                await call.write(ask(2, 3, budget=None))
                assert (await read(call)).frame.frame_index == 2, "the stream goes on"
            await until_zero(server)
        finally:
            await server.server.stop(0.0)

    run(scenario())


async def everything(call: Any, slots: int) -> tuple[dict[int, int], dict[int, error_pb2.Outcome]]:
    """By slot, the order of whole frames and the statuses in place of others."""
    frames, statuses = {}, {}
    while len(frames) + len(statuses) < slots:
        message = await read(call)
        if message.WhichOneof("message") == "status":
            statuses[message.status.slot] = message.status.outcome
        elif message.frame.chunk_offset + len(message.frame.payload) == message.frame.total_bytes:
            frames[message.frame.slot] = message.frame.frame_index
    return frames, statuses


def test_a_session_cannot_pass_its_limit_by_more_streams(run: Run) -> None:
    async def scenario() -> None:
        server = await large_frames(within(8 * FRAME, 12 * FRAME, 64 * FRAME, 64 * FRAME))
        try:
            async with connected(server.port, *DEAF) as client:
                calls = [await ask_all(client, 8, 8 * number) for number in range(4)]
                await answered(server, 32)
                assert 10 * FRAME < server.backend.unread.total <= 12 * FRAME
                results = [await everything(call, 8) for call in calls]
                assert all(frames for frames, _ in results), "every stream keeps some: the fullest gives up first"
        finally:
            await server.server.stop(0.0)

    run(scenario())


def test_an_identity_cannot_pass_its_limit_by_more_sessions_and_keeps_nobody_else_from_answers(run: Run) -> None:
    async def scenario() -> None:
        server = await large_frames(within(8 * FRAME, 8 * FRAME, 12 * FRAME, 14 * FRAME), crowd=4)
        try:
            crowd: list[Any] = [Client(server.port, *DEAF) for _ in range(4)]
            for client in crowd:
                await client.handshake()
            calls = [await ask_all(client, 8) for client in crowd]
            async with connected(server.port, *DEAF) as lone:
                await lone.stats_until(
                    lambda stats: not stats.job_count and sum(work.request_count for work in stats.work) >= 32
                )
                unread = server.backend.unread
                assert 10 * FRAME < unread.of_identity("crowd") <= 12 * FRAME
                call = await ask_all(lone, 6)
                await lone.stats_until(
                    lambda stats: not stats.job_count and sum(work.request_count for work in stats.work) >= 38
                )
                assert unread.total <= 14 * FRAME
                frames, refused = await everything(call, 6)
                assert (len(frames), refused) == (6, {}), "the crowd gives up payloads for one who holds less"
            for call in calls:
                call.cancel()
            for client in crowd:
                await client.channel.close()
            await until_zero(server)
        finally:
            await server.server.stop(0.0)

    run(scenario())


def test_a_probe_is_not_read_before_the_answer_to_the_one_before_is_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        size = 4 << 20
        async with serving(Fakes(), limits=within(5 << 20, 10 << 20, 20 << 20, 20 << 20)) as server:
            probes: list[str] = []
            submit = server.server._engine.submit

            def noted(job: Any, listener: Any) -> None:
                probes.append(job.work)
                submit(job, listener)

            monkeypatch.setattr(server.server._engine, "submit", noted)
            async with Connection(server.port, window=0) as deaf:
                stream = deaf.open(PROBE)
                small = B.ProbeRequest(payload=bytes(1000)).SerializeToString()
                for _ in range(40):
                    deaf.write(stream, small)
                await deaf.drain()
                async with connected(server.port) as client:
                    probe = client.bridge.Probe()
                    await probe.write(B.ProbeRequest(payload=bytes(size)))
                    assert len((await probe.read()).payload) == size
                    probe.cancel()
                assert len(probes) == 2, "of the deaf one's forty, the first alone"
                assert server.backend.unread.total == 1000

    run(scenario())


def test_probes_that_are_not_read_are_bounded_over_all_calls_of_an_identity(run: Run) -> None:
    async def scenario() -> None:
        size = 4 << 20
        limits = within(5 << 20, 10 << 20, 18 << 20, 64 << 20)
        async with serving(Fakes(), limits=limits) as server:
            clients: list[Any] = [Client(server.port, *DEAF) for _ in range(8)]
            calls = [client.bridge.Probe() for client in clients]
            for call in calls:
                await call.write(B.ProbeRequest(payload=bytes(size)))
            await until(lambda: sum(call.done() for call in calls) == 4 and server.backend.unread.total == 4 * size)
            refused = [call for call in calls if call.done()]
            for call in refused:
                code, detail = await ended(call)
                assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
                assert detail.retryable
                assert f"limit of {limits.unread_identity_bytes:,}" in detail.message
            for client in clients:
                await client.channel.close()
            await until_zero(server)
            async with connected(server.port) as client:
                call = client.bridge.Probe()
                await call.write(B.ProbeRequest(payload=bytes(size)))
                assert len((await read(call)).payload) == size
                call.cancel()

    run(scenario())


@pytest.mark.parametrize("method", [STATS, "/bridge.v1.BridgeService/ListModels"])
def test_the_answers_of_calls_that_are_not_read_are_bounded(run: Run, method: str) -> None:
    async def scenario() -> None:
        server = FakeServer(Fakes(), limits=within(2048, 2048, 3072, 1 << 20))
        server.server._identify = names = ByName(2)
        await server.start()
        try:
            unread = server.backend.unread
            async with Connection(server.port, window=0) as deaf, Connection(server.port, window=0) as other:
                for connection in (deaf, other):
                    connection.call(method)
                await until(lambda: len(names._seen) == 2)
                for connection, least in ((deaf, 2048 - 512), (other, 3072 - 512)):
                    for _ in range(100):
                        connection.call(method)
                    await until(lambda least=least: unread.of_identity("crowd") > least)
                    async with connected(server.port) as client:
                        assert client.session, "who reads is answered meanwhile"
                        await client.stats()
                    assert unread.of_identity("crowd") <= 3072
            await until(lambda: not unread.total)
        finally:
            await server.server.stop(0.0)

    run(scenario())


def test_statuses_with_poses_are_bounded_in_bytes_too(run: Run) -> None:
    """Statuses cannot be dropped: the stream ends, and its sentence names the limit."""

    async def scenario() -> None:
        async with serving(Fakes(), limits=within(64 << 10, 1 << 20, 1 << 20, 1 << 20)) as server:
            async with connected(server.port, *DEAF) as client:
                call = client.recognition()
                await call.write(R.RecognizeRequest(open=R.RecognizeOpen(session_id=client.session)))
                wrong = R.RecognizeRequest(frame=R.CameraFrame(slot=0, frame_index=0, pose=bytes(1024)))
                for _ in range(200):
                    if call.done():
                        break
                    await call.write(wrong)
                code, detail = await ended(call)
                assert code == grpc.StatusCode.RESOURCE_EXHAUSTED, (code, detail)
                assert "limit of 65,536" in detail.message
            await until_zero(server)

    run(scenario())


@pytest.mark.parametrize("size", [1024, 14 << 20])
def test_what_names_a_service_of_health_or_reflection_is_short(run: Run, fake: FakeServer, size: int) -> None:
    """Health keeps the name while it is watched, and reflection sends the request back."""

    async def scenario() -> None:
        async with connected(fake.port, ("grpc.max_send_message_length", 1 << 26)) as client:
            request = b"\x0a" + varint(size) + b"x" * size  # the field of a name, in both services' requests
            watch = client.channel.unary_stream("/grpc.health.v1.Health/Watch", lambda data: data, lambda data: data)(
                request
            )
            code, detail = await ended(watch)
            assert code == grpc.StatusCode.INVALID_ARGUMENT
            assert "at most 1,024" in detail.message
            call = client.raw("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
            await call.write(request)
            assert (await ended(call))[0] == grpc.StatusCode.INVALID_ARGUMENT
            call = client.raw("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
            await call.write(b"\xff\xff")
            assert (await ended(call))[0] == grpc.StatusCode.INVALID_ARGUMENT
            check = client.raw_call("/grpc.health.v1.Health/Check", b"\xff\xff")
            assert (await ended(check))[0] == grpc.StatusCode.INVALID_ARGUMENT
            assert await client.raw_call("/grpc.health.v1.Health/Check", b"") == b"\x08\x01"

    run(scenario())


def varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*parts, number))


# -- the books ---------------------------------------------------------------------------------------------------------


class Payload:
    """What can be seen to be freed."""


class Answer(Entry):
    """An answer that holds a payload until it is dropped."""

    def __init__(self, payload: Payload, size: int) -> None:
        super().__init__(size=size, droppable=True)
        self.payload: Payload | None = payload

    def dropped(self, why: BridgeError) -> list[Any]:
        return [why]

    def free(self) -> None:
        self.payload = None


def an_outbox(unread: Unread, identity: str = "i", session: str = "s") -> Outbox:
    def hold(drop: Any) -> Holding:
        return unread.open(identity, session, drop)

    return Outbox(256, hold, lambda error: None, lambda: None)


def test_a_payload_that_is_dropped_is_freed_at_once() -> None:
    unread = Unread(within(100_000, 100_000, 100_000, 100_000))
    outbox = an_outbox(unread)
    payloads = [Payload() for _ in range(3)]
    seen = [weakref.ref(payload) for payload in payloads]
    while payloads:
        outbox.put(Answer(payloads.pop(0), 40_000))
    assert [payload() is None for payload in seen] == [True, False, False]
    assert unread.total == 80_000 + STATUS_BYTES
    outbox.clear()
    assert unread.total == 0
    assert [payload() is None for payload in seen] == [True, True, True]


def test_a_payload_beyond_the_limit_of_its_own_is_dropped_and_says_so() -> None:
    async def scenario() -> list[Any]:
        outbox, said = an_outbox(Unread(within(10_000, 90_000, 90_000, 90_000))), []
        outbox.put(Answer(Payload(), 10_001))
        outbox.close()

        async def write(message: Any) -> None:
            said.append(message)

        await outbox.run(write)
        return said

    (error,) = asyncio.run(scenario())
    assert isinstance(error, Overloaded)
    assert "limit of 10,000" in str(error)


def test_what_a_call_held_counts_until_grpc_lets_go_of_it() -> None:
    unread = Unread(within(100, 100, 100, 100))
    holding = unread.open("i", "s")
    holding.take(90)
    with pytest.raises(Overloaded, match="this call"):
        holding.take(11)
    with pytest.raises(Overloaded, match="this session"):
        unread.open("i", "s").take(11)
    with pytest.raises(Overloaded, match="your address"):
        unread.open("i", "t").take(11)
    with pytest.raises(Overloaded, match="all clients"):
        unread.open("j", "u").take(11)
    holding.close()
    unread.open("j", "u").take(11)


def test_each_limit_holds_by_itself() -> None:
    for limits, whose in (
        (within(10, 100, 100, 100), "this call"),
        (within(100, 10, 100, 100), "this session"),
        (within(100, 100, 10, 100), "your address"),
        (within(100, 100, 100, 10), "all clients"),
    ):
        holding = Unread(limits).open("i", "s")
        holding.take(10)
        with pytest.raises(Overloaded, match=whose):
            holding.take(1)


def test_frames_asked_for_by_acknowledgements_alone_are_no_way_around(run: Run) -> None:
    """A client that acknowledges what it has not read lets more frames be made: they are bounded all the same."""

    async def scenario() -> None:
        server = await large_frames(within(4 * FRAME, 64 * FRAME, 64 * FRAME, 64 * FRAME))
        try:
            async with connected(server.port, *DEAF) as client:
                call = await ask_all(client, 8)
                await answered(server, 8)
                for index in range(2, 6):
                    for slot in range(8):
                        acknowledged = A.AvatarAcknowledge(slot=slot, last_received_index=index - 1)
                        await call.write(A.StreamAvatarRequest(acknowledge=acknowledged))
                        await call.write(ask(index, slot))
                    await answered(server, 8 * index)
                    assert server.backend.unread.total <= 4 * FRAME
        finally:
            await server.server.stop(0.0)

    run(scenario())
