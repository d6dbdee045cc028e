"""Clients that leave while they are answered are no fault of the server."""

from typing import Any

import grpc
import pytest

from bridge.v1 import error_pb2
from tests.conftest import Run
from tests.serving.client import B, Client, assert_serves, connected, ended
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer, serving
from tests.waiting import until
from tests.wire.test_unread import DEAF, within


def test_a_client_that_goes_while_it_is_answered_is_no_fault_of_ours(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        size = 2 << 20
        async with serving(Fakes(), limits=within(5 << 20, 5 << 20, 5 << 20, 5 << 20)) as server:
            for _ in range(5):
                clients: list[Any] = [Client(server.port, *DEAF) for _ in range(4)]
                calls = [client.bridge.Probe() for client in clients]
                for call in calls:
                    await call.write(B.ProbeRequest(payload=bytes(size)))
                await until(lambda: server.backend.unread.total >= 2 * size)
                for client in clients:
                    await client.channel.close()
                await until(lambda: not server.backend.unread.total)
            await assert_serves(server.port)

    run(scenario())
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("name", ["x" * 20_000, "é" * 5_000, "%" * 5_000, "🙂" * 5_000])
def test_a_sentence_that_quotes_a_client_at_length_arrives(run: Run, fake: FakeServer, name: str) -> None:
    """gRPC drops a header that is too long, percent-encoded as it is, and all that was said with it."""

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = client.raw_call(
                "/bridge.v1.BridgeService/LoadModel", B.LoadModelRequest(name=name).SerializeToString()
            )
            code, detail = await ended(call)
            assert code == grpc.StatusCode.NOT_FOUND
            assert detail.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            assert name[:50] in detail.message
            assert name[:50].strip() in str(await call.details())

    run(scenario())
