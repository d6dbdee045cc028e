"""Each part of a bundle is answered as if it came alone, and what is ready at once goes as one message."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bridge.streams.loop_turns import PARTS_A_TURN
from tests.bundles.rig import Case, all_parts, counted, to_the_end
from tests.conftest import Run
from tests.serving.bundles import AGREED, MINOR_4, Inbox, bundle, parts_of
from tests.serving.client import (
    ask,
    connected,
    look,
    read,
)
from tests.serving.server import FakeServer
from tests.wire.outcomes import assert_invalid, outcome_of


def test_a_bundle_is_answered_as_its_parts_would_be(run: Run, case: Case) -> None:

    async def answers(sent: Sequence[Any], **agreed: Any) -> list[Any]:
        async with connected(case.port, **agreed) as client:
            call = await case.open(client)
            for message in sent:
                await call.write(message)
            return await all_parts(call)

    async def scenario() -> None:
        requests = [*case.requests, case.wrong]
        singly = await answers(requests, protocol=MINOR_4)
        together = await answers([bundle(*requests)], **AGREED)
        assert counted(together) == counted(singly)
        assert len(together) == case.answers + 1

    run(scenario())


def test_what_is_ready_at_once_is_one_message_where_that_is_agreed(run: Run, case: Case) -> None:

    async def sizes(sent: Sequence[Any], **handshake: Any) -> list[int]:
        async with connected(case.port, **handshake) as client:
            call = await case.open(client)
            for message in sent:
                await call.write(message)
            return [len(parts_of(message)) for message in await to_the_end(call)]

    async def scenario() -> None:
        assert await sizes([bundle(*[case.wrong] * PARTS_A_TURN)], **AGREED) == [PARTS_A_TURN]
        assert sum(await sizes([bundle(*[case.wrong] * 64)], **AGREED)) == 64
        assert await sizes([bundle(case.wrong)], **AGREED) == [1]
        assert await sizes([case.wrong], **AGREED) == [1]
        assert await sizes([case.wrong] * 5, protocol=MINOR_4) == [1] * 5

    run(scenario())


def test_a_single_answer_is_no_bundle(run: Run, case: Case) -> None:

    async def scenario() -> None:
        async with connected(case.port, **AGREED) as client:
            call = await case.open(client)
            await call.write(bundle(case.wrong))
            assert not (await read(call)).HasField("bundle")

    run(scenario())


def test_what_is_around_a_bad_part_is_answered(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **AGREED) as client:
            call = await client.open_avatars()
            await call.write(bundle(look(), b"\xff", ask(1)))
            status, frame = await Inbox(call).take(2)
            assert_invalid(status.status.outcome, "MALFORMED", "not a valid bridge.v1.StreamAvatarRequest")
            assert frame.frame.frame_index == 1

    run(scenario())


WRONG_PARTS: dict[str, tuple[Callable[[Any], Any], tuple[str, ...]]] = {
    "no message": (lambda kind: b"\xff\xff\xff", ("not a valid", "protos/bridge/v1")),
    "nothing": (lambda kind: b"", ("the message is empty; send one of",)),
    "open": (lambda kind: kind(open={}), ("`open` was sent twice",)),
    "a bundle": (lambda kind: kind(bundle={}), ("is a bundle", "one after the other")),
    "a hidden bundle": (
        lambda kind: bytes((kind.DESCRIPTOR.fields_by_name["bundle"].number << 3 | 0x82, 0, 0)),
        ("the message is a bundle; send one of",),
    ),
    "too large": (lambda kind: b"\xa2\x06\xff\x23" + bytes(0x11FF), ("4,611 bytes", "as its own message")),
}


@pytest.mark.parametrize("part", WRONG_PARTS)
def test_a_bad_part_costs_only_itself(run: Run, case: Case, part: str) -> None:
    make, words = WRONG_PARTS[part]
    bad = make(case.kind)

    async def scenario() -> None:
        async with connected(case.port, **AGREED) as client:
            call = await case.open(client)
            await call.write(bundle(case.wrong, bad, case.wrong))
            first, status, last = await Inbox(call).take(3)
            assert_invalid(outcome_of(status), "TOO_LARGE" if part == "too large" else "MALFORMED", *words)
            assert counted([first]) == counted([last]) != counted([status])
            await call.write(bundle(*case.requests))
            rest = await all_parts(call)
            assert len(rest) == case.answers, "the stream goes on"

    run(scenario())
