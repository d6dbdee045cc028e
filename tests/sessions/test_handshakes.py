"""How fast one identity may shake hands, and what becomes of the others meanwhile."""

import asyncio
import time

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import Limits
from bridge.errors import Overloaded
from bridge.sessions.handshakes import Handshakes
from bridge.v1 import bridge_pb2
from tests.conftest import Run
from tests.serving.client import Client
from tests.serving.server import serving


def test_a_flood_is_let_through_at_a_steady_rate() -> None:
    handshakes = Handshakes(10)
    waits = [handshakes.wait("a", 0.0) for _ in range(74)]
    with pytest.raises(Overloaded, match="Keep a session") as refused:
        handshakes.wait("a", 0.0)
    assert waits[:10] == [0.0] * 10
    assert waits[10:] == [number / 32 for number in range(1, 65)]
    assert refused.value.retry_after == 65 / 32
    assert handshakes.wait("b", 0.0) == 0.0, "others are not made to wait"
    assert handshakes.wait("a", 1.0) == 33 / 32, "what was refused has not been counted"
    assert handshakes.wait("a", 60.0) == 0.0


@given(st.lists(st.floats(0, 0.2), max_size=300))
def test_no_second_begins_more_than_the_rate_and_what_may_come_at_once(gaps: list[float]) -> None:
    handshakes, now, begun = Handshakes(5), 0.0, []
    for gap in gaps:
        now += gap
        try:
            begun.append(now + handshakes.wait("a", now))
        except Overloaded:
            continue
    for first in begun:
        assert sum(first <= other < first + 1.0 for other in begun) <= 5 + 32 + 1
    assert begun == sorted(begun), "who came first goes first"


def test_identities_that_owe_nothing_are_forgotten() -> None:
    handshakes = Handshakes(5)
    for number in range(5000):
        handshakes.wait(f"identity {number}", number / 10)
    assert len(handshakes._levels) <= 1024


def test_a_flood_over_the_wire_waits_its_turn_and_is_told_when_it_is_too_much(run: Run) -> None:
    async def scenario() -> None:
        async with serving(limits=Limits(sessions=12, sessions_per_identity=4)) as server:
            began = time.perf_counter()
            client = Client(server.port)
            hello = bridge_pb2.HandshakeRequest(protocol=bridge_pb2.ProtocolVersion(major=1), client_name="flood")
            answers = await asyncio.gather(
                *(client.bridge.Handshake(hello) for _ in range(200)), return_exceptions=True
            )
            took = time.perf_counter() - began
            refused = [answer for answer in answers if isinstance(answer, grpc.aio.AioRpcError)]
            assert {error.code() for error in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
            assert all("Keep a session" in str(error.details()) for error in refused)
            assert 68 <= len(answers) - len(refused) <= 69 + 32 * took
            await client.channel.close()

    run(scenario())
