"""Whatever a client sends on an inference stream, in any order: one answer to each request, and nothing is left."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.v1 import error_pb2
from tests.capabilities.inference.rig import MINOR_3, OwnServer, joined, nothing_waits, own_server, part, request
from tests.conftest import Run
from tests.serving.client import N, connected, read
from tests.waiting import until

ENDINGS = {
    error_pb2.DISPOSITION_CANCELLED,
    error_pb2.DISPOSITION_SUPERSEDED,
    error_pb2.DISPOSITION_INVALID,
    error_pb2.DISPOSITION_REFUSED,
}

SLOTS = st.integers(0, 2)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), SLOTS, st.booleans()),
        st.tuples(st.just("begin"), SLOTS, st.integers(0, 7)),
        st.tuples(st.just("part"), SLOTS, st.integers(-1, 9)),
        st.tuples(st.just("cancel"), SLOTS, st.integers(0, 3)),
        st.tuples(st.just("close"), SLOTS, st.just(0)),
        st.tuples(st.just("wrong"), SLOTS, st.just(0)),
    ),
    max_size=25,
)


@dataclass
class Oracle:
    """What has been sent: how often each request must be answered, and with what it may."""

    owed: Counter[tuple[int, int]] = field(default_factory=Counter)
    values: dict[tuple[int, int], Any] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)  # by slot
    begun: dict[int, tuple[int, int]] = field(default_factory=dict)  # by slot: request, and bytes sent

    def ask(self, slot: int) -> tuple[int, Any]:
        index = self.last[slot] = self.last.get(slot, 0) + 1
        self.owed[slot, index] += 1
        self.values[slot, index] = np.array([slot, index], np.float32)
        return index, self.values[slot, index]


def message_of(oracle: Oracle, action: tuple[str, int, Any]) -> Any:
    """The message of an action; None if it makes no sense now."""
    what, slot, more = action
    if what in ("ask", "begin"):
        index, x = oracle.ask(slot)
        if what == "ask":
            return request("told", index, slot=slot, x=x, fields={"latest_only": more})
        oracle.begun[slot] = index, more
        message = request("told", index, slot=slot, x=x)
        message.payload = message.payload[:more]
        return message
    if what == "part":
        index, sent = oracle.begun.get(slot, (1, 0))
        whole = joined(x=oracle.values.get((slot, index), np.zeros(2, np.float32)))
        offset, end = (sent, 8) if more < 0 else (more, min(8, more + 3))  # the rest, or any range
        oracle.begun[slot] = index, end
        return part(index, offset, whole[offset:end], slot)
    if what == "cancel":
        return N.InferRequest(cancel=N.InferCancel(slot=slot, request_index=oracle.last.get(slot, 0) - more))
    if what == "close":
        oracle.last.pop(slot, None)
        oracle.begun.pop(slot, None)
        return N.InferRequest(close_slot=N.InferCloseSlot(slot=slot))
    oracle.owed[slot, 10**6] += 1
    return request("told", 10**6, slot=slot, x=np.zeros(3, np.float32))


@pytest.fixture(scope="module")
def told(run: Run) -> Any:
    context = own_server(models=("told",))
    own: OwnServer = run(context.__aenter__())
    yield own
    run(context.__aexit__(None, None, None))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_each_request_is_answered_once_and_nothing_is_left(run: Run, told: OwnServer, actions: Any) -> None:
    async def scenario() -> None:
        oracle, answered = Oracle(), Counter[tuple[int, int]]()
        async with connected(told.port, protocol=MINOR_3) as client:
            call = await client.open_inference()
            for action in actions:
                await call.write(message_of(oracle, action))
            for slot in range(3):  # what has not come whole is given up
                await call.write(N.InferRequest(close_slot=N.InferCloseSlot(slot=slot)))
            for _ in range(oracle.owed.total()):
                message = await read(call)
                body = getattr(message, message.WhichOneof("message"))
                key = body.slot, body.request_index
                answered[key] += 1
                if message.WhichOneof("message") == "status":
                    assert body.outcome.disposition in ENDINGS, body
                elif not body.repeated_from_index:
                    assert body.payload == (oracle.values[key] * 2).tobytes()
            assert answered == oracle.owed
            await until(lambda: nothing_waits(told))

    run(scenario())
