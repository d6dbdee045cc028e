"""Several probes in one message: each is answered, in order, and a bad one costs only itself."""

from typing import Any

import pytest

from bridge.config import Limits
from bridge.v1 import error_pb2
from bridge.wire.bundles import PART_BYTES
from tests.capabilities.avatar.test_avatar import device_held
from tests.conftest import Run
from tests.serving.bundles import bundle, parts_of
from tests.serving.client import B, Client, assert_idle, assert_serves, ended, read
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer, serving
from tests.waiting import until
from tests.wire.outcomes import INVALID, assert_aborted


def probes(*nonces: int, size: int = 100) -> list[Any]:
    return [B.ProbeRequest(nonce=nonce, payload=bytes((nonce % 251,)) * size) for nonce in nonces]


def assert_echoed(answer: Any, request: Any) -> None:
    assert (answer.nonce, answer.payload) == (request.nonce, request.payload)
    assert not answer.HasField("error")
    assert answer.timing.slice_count == 1, "each has been on the device"


def assert_refused(answer: Any, nonce: int, reason: int, *words: str) -> None:
    assert (answer.nonce, answer.payload) == (nonce, b"")
    assert answer.error.reason == reason
    for each in words:
        assert each in answer.error.message


@pytest.mark.parametrize("count", [1, 2, 64])
def test_each_probe_of_a_bundle_is_answered_in_its_place(run: Run, fake: FakeServer, count: int) -> None:
    async def scenario() -> None:
        client = Client(fake.port)  # no session is needed
        call = client.bridge.Probe()
        asked = probes(*range(1, count + 1))
        for _ in range(2):
            await call.write(bundle(*asked))
            answers = parts_of(message := await read(call))
            assert message.HasField("bundle") == (count > 1)
            for answer, request in zip(answers, asked, strict=True):
                assert_echoed(answer, request)
        await call.write(asked[0])
        assert_echoed(await read(call), asked[0])
        await client.channel.close()
        await assert_idle(fake.port)

    run(scenario())


def test_a_bad_probe_costs_only_itself(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        client = Client(fake.port)
        call = client.bridge.Probe()
        one, last = probes(1, 9)
        hidden = b"\x08\x05\x92\0\0"  # a nonce, and a bundle behind a key longer than it need be
        large = probes(2, size=PART_BYTES)[0]
        await call.write(bundle(one, b"\xff\xff\xff", bundle(one), hidden, large, last))
        first, malformed, nested, misplaced, too_large, final = parts_of(await read(call))
        for answer, request in ((first, one), (final, last)):
            assert_echoed(answer, request)
        wrong = error_pb2.ERROR_REASON_MALFORMED
        assert_refused(malformed, 0, wrong, "not a valid bridge.v1.ProbeRequest")
        assert_refused(nested, 0, wrong, "is a bundle", "one after the other")
        assert_refused(misplaced, 5, wrong, "the message is a bundle")
        assert_refused(too_large, 0, error_pb2.ERROR_REASON_TOO_LARGE, "as its own message")
        await call.write(one)
        assert_echoed(await read(call), one)
        await client.channel.close()

    run(scenario())


def test_an_answer_too_large_for_a_part_comes_by_itself(run: Run, fake: FakeServer) -> None:
    """An answer is longer than its probe by its timing."""

    async def scenario() -> None:
        client = Client(fake.port)
        call = client.bridge.Probe()
        small, large, other = *probes(1), *probes(2, size=PART_BYTES - 5), *probes(3)
        assert large.ByteSize() == PART_BYTES
        await call.write(bundle(small, large, other))
        messages = [await read(call) for _ in range(3)]
        assert not any(message.HasField("bundle") for message in messages)
        for answer, request in zip(messages, (small, large, other), strict=True):
            assert_echoed(answer, request)
        await client.channel.close()

    run(scenario())


def test_probes_that_find_no_room_say_so_and_the_others_are_answered(run: Run) -> None:
    async def scenario() -> None:
        async with serving(Fakes(), limits=Limits(unread_call_bytes=3000)) as server:
            client = Client(server.port)
            call = client.bridge.Probe()
            asked = probes(1, 2, 3, 4, size=1000)
            await call.write(bundle(*asked))
            *echoed, refused = parts_of(await read(call))
            for answer, request in zip(echoed, asked, strict=False):
                assert_echoed(answer, request)
            assert len(echoed) == 3
            assert_refused(refused, 4, error_pb2.ERROR_REASON_OVERLOADED, "limit of 3,000")
            assert refused.error.retryable
            await until(lambda: not server.backend.unread.total)
            await call.write(asked[3])
            assert_echoed(await read(call), asked[3])
            await client.channel.close()

    run(scenario())


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        (B.ProbeRequest(nonce=1, bundle={"parts": [b""]}), "the message is a bundle"),
        (B.ProbeRequest(payload=b"x", bundle={"parts": [b""]}), "something beside it"),
        (B.ProbeRequest(bundle={}), "send 1 to 64"),
        (B.ProbeRequest(bundle={"parts": [b""] * 65}), "send 1 to 64"),
    ],
)
def test_a_bundle_that_is_wrong_as_such_ends_the_call(run: Run, fake: FakeServer, beside: Any, words: str) -> None:
    async def scenario() -> None:
        client = Client(fake.port)
        call = client.bridge.Probe()
        await call.write(beside)
        assert_aborted(await ended(call), INVALID, "MALFORMED", words)
        await client.channel.close()

    run(scenario())


def test_a_client_that_leaves_in_between_leaves_nothing_behind(run: Run) -> None:
    async def scenario() -> None:
        async with serving(Fakes()) as server:
            client = Client(server.port)
            call = client.bridge.Probe()
            async with device_held(server):
                await call.write(bundle(*probes(*range(1, 65))))
                await until(lambda: server.backend.engine.open_jobs == 64)
                call.cancel()
            await until(lambda: not server.backend.engine.open_jobs and not server.backend.unread.total)
            await client.channel.close()
            await assert_serves(server.port)

    run(scenario())
