"""What a payload's way takes of a budget: nothing through shared memory, whatever the link."""

from bridge.capabilities.avatar.payloads import Payloads
from bridge.sessions.shared_memory import SharedMemory
from bridge.v1 import error_pb2, timing_pb2
from bridge.wire.bounds import Terms
from tests.conftest import Run
from tests.serving.client import A, ask, connected, look, read
from tests.serving.server import FakeServer

SLOW = Terms(budget=0.1, link=0.01, rate=1_000_000.0)


def test_through_shared_memory_a_payload_takes_no_time(run: Run) -> None:
    async def scenario() -> None:
        assert Payloads(None, 1 << 18).terms(SLOW) == SLOW
        payloads = Payloads(SharedMemory(1 << 16, 30.0), 1 << 18)
        terms = payloads.terms(SLOW)
        assert terms.payload_seconds(1 << 20) == 0.0
        assert (terms.budget, terms.link) == (SLOW.budget, SLOW.link)
        payloads.close()
        assert payloads.terms(SLOW) == SLOW

    run(scenario())


def test_a_link_too_slow_for_the_wire_does_not_matter_to_who_shares_memory(run: Run, fake: FakeServer) -> None:
    budget = timing_pb2.Budget(
        budget_micros=2_000_000, link_bytes_per_second=8_000, ladder=timing_pb2.LADDER_POLICY_BEST_ONLY
    )  # on which the fake's 16 KiB take 2.05 s

    async def scenario() -> None:
        async with connected(fake.port) as client:
            await client.handshake(wants_shared_memory=True)
            for attached in (False, True):
                call = client.avatars()
                opening = A.AvatarOpen(session_id=client.session, shared_memory_attached=attached)
                await call.write(A.StreamAvatarRequest(open=opening))
                await read(call)
                await call.write(look(slot=int(attached)))
                await call.write(ask(1, slot=int(attached), budget=budget))
                answer = await read(call)
                if attached:
                    assert answer.frame.HasField("shared")
                else:
                    assert answer.status.outcome.disposition == error_pb2.DISPOSITION_REFUSED
                    assert answer.status.outcome.error.reason == error_pb2.ERROR_REASON_BUDGET_UNMEETABLE

    run(scenario())
