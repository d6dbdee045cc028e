"""The life of a ModelInfer: budgets, rows as one batch, whose work it is, cancelled calls, and the server's end."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import grpc
import numpy as np
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from torch import nn

from bridge import ModuleModel, Tensor
from bridge.config import Config, Limits
from bridge.errors import InvalidRequest
from bridge.kserve.messages import message
from bridge.kserve.parameters import budget_of
from bridge.kserve.repository import most_rows
from bridge.policy.work import Job
from bridge.server import Server
from models.program import Lane
from tests.conftest import Run
from tests.interop.client import asks, assert_refused, ended, kserve, mood, number, values
from tests.interop.models import SIDE, WAIT_SECONDS
from tests.interop.server import OwnServer
from tests.serving.client import Client

LIMITS = Limits()


def parameters(**timeout: int) -> Any:
    request = message("ModelInferRequest")()
    for name, value in timeout.items():
        request.parameters[name].int64_param = value
    return request.parameters


@pytest.mark.parametrize(
    ("timeout", "left", "budget"),
    [
        (None, None, 0.1),
        (0, None, 0.1),
        (2_000_000, None, 2.0),
        (2_000_000, 1.0, 1.0),
        (1_000_000, 2.0, 1.0),
        (None, 0.05, 0.05),
        (None, 30.0, 0.1),
    ],
)
def test_the_shorter_of_timeout_and_deadline_is_the_budget(
    timeout: int | None, left: float | None, budget: float
) -> None:
    given = parameters() if timeout is None else parameters(timeout=timeout)
    assert budget_of(given, 0.1, left, LIMITS) == pytest.approx(budget)


@pytest.mark.parametrize("name", ["sequence_id", "sequence_start", "sequence_end"])
def test_sequences_are_refused_and_priorities_are_left_alone(name: str) -> None:
    with pytest.raises(InvalidRequest, match="leave sequence_id out"):
        budget_of(parameters(**{name: 1}), 0.1, None, LIMITS)
    assert budget_of(parameters(priority=1, mine=2), 0.1, None, LIMITS) == 0.1


class Seen:
    """The jobs that a server's engine is given, call by call."""

    def __init__(self, own: OwnServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[list[Job]] = []
        accept = own.backend.engine._accept

        def seen(jobs: list[Job], now: float) -> None:
            self.calls.append(jobs)
            accept(jobs, now)

        monkeypatch.setattr(own.backend.engine, "_accept", seen)


def test_the_rows_of_a_batch_are_submitted_together_and_belong_to_their_client(
    run: Run, own: OwnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen(own, monkeypatch)

    async def scenario() -> None:
        async with kserve(own.port) as client, kserve(own.port) as other:
            answer = await client.infer(asks("mood", mood(4), id="x"))
            assert values(answer).shape == (4,)
            await other.infer(asks("mood", mood(), timeout=3_000_000))
            for timeout in (5.0, 25.0):
                await other.infer(asks("mood", mood()), timeout=timeout)

    run(scenario())
    four, timed, late, patient = seen.calls
    assert len(four) == 4
    assert {job.account.batch for job in four} == {4}
    assert {job.identity for job in (*four, *timed)} == {"127.0.0.1"}
    assert four[0].client.startswith("kserve ipv4:127.0.0.1:")
    assert four[0].client != timed[0].client == late[0].client
    assert four[0].deadline - four[0].arrival == pytest.approx(10.0, abs=0.1)  # the model's own
    assert timed[0].deadline - timed[0].arrival == pytest.approx(3.0, abs=0.1)
    assert late[0].deadline - late[0].arrival == pytest.approx(5.0, abs=0.5)
    assert patient[0].deadline - patient[0].arrival == pytest.approx(25.0, abs=0.5)  # beyond the model's own


def test_requests_are_counted_with_all_others(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        plain = Client(own.port)
        before = {work.name: work for work in (await plain.stats()).work}["mood"]
        async with kserve(own.port) as client:
            await client.infer(asks("mood", mood(3)))
            await client.refused(asks("mood", mood(), timeout=1))
        after = {work.name: work for work in (await plain.stats()).work}["mood"]
        assert after.request_count - before.request_count == 2
        assert after.in_budget_count - before.in_budget_count == 1
        assert after.refused_count - before.refused_count == 1
        names = {name for name, work, counters in own.backend.stats.by_name() if work == "mood" and counters.requests}
        assert "kserve" in names
        await plain.channel.close()

    run(scenario())


async def entered(own: OwnServer) -> None:
    """Wait until the model that waits has been started."""
    assert await asyncio.to_thread(own.gate.entered.acquire, timeout=WAIT_SECONDS)


def closed(own: OwnServer) -> None:
    own.gate.open.clear()
    own.gate.closed = True


def opened(own: OwnServer) -> None:
    own.gate.closed = False
    own.gate.open.set()


async def idle(own: OwnServer) -> None:
    plain = Client(own.port)
    await plain.stats_until(lambda stats: stats.job_count == 0)
    await plain.channel.close()
    assert own.server.servicers["inference"].waiting.of("127.0.0.1") == 0  # type: ignore[attr-defined]


def test_a_call_whose_answer_would_be_late_is_told_so(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            closed(own)
            try:
                running = client.start("ModelInfer", asks("gate", number()).SerializeToString())
                await entered(own)
                late = await client.refused(asks("mood", mood(2), timeout=50_000))
            finally:
                opened(own)
            assert_refused(late, "DEADLINE_EXCEEDED")
            assert late[2].retryable
            await running
            await idle(own)

    run(scenario())


def test_health_is_unaffected_and_reflection_leaves_it_out(run: Run, own: OwnServer) -> None:
    async def scenario() -> None:
        async with kserve(own.port) as client:
            stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
            call = stub.ServerReflectionInfo()
            await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
            listed = [service.name for service in (await call.read()).list_services_response.service]
            await call.done_writing()
            assert "bridge.v1.BridgeService" in listed
            assert not [name for name in listed if name.startswith("inference.")]

    run(scenario())


# -- servers of their own --------------------------------------------------------------------------------------------


def test_a_cancelled_call_leaves_nothing_behind(run: Run) -> None:
    async def scenario() -> None:
        own = OwnServer()
        await own.start()
        async with kserve(own.port) as client:
            closed(own)
            try:
                running = client.start("ModelInfer", asks("gate", number()).SerializeToString())
                await entered(own)
                queued = client.start("ModelInfer", asks("mood", mood(3)).SerializeToString())
                plain = Client(own.port)
                await plain.stats_until(lambda stats: stats.job_count == 4)
                queued.cancel()
                running.cancel()
                async with asyncio.timeout(WAIT_SECONDS):
                    await own.server.kserve.drain()  # the server knows that they are cancelled
            finally:
                opened(own)
            await plain.channel.close()
            await idle(own)
            assert values(await client.infer(asks("gate", number(2.0)))).item() == 2.0
        await own.server.stop(0.0)

    run(scenario())


def test_a_stopping_server_answers_what_is_in_progress(run: Run) -> None:
    async def scenario() -> None:
        own = OwnServer()
        await own.start()
        async with kserve(own.port) as client:
            closed(own)
            call = client.start("ModelInfer", asks("gate", number(5.0)).SerializeToString())
            await entered(own)
            stopping = asyncio.create_task(own.server.stop(WAIT_SECONDS))
            await asyncio.sleep(0)
            assert own.backend.stopping
            assert not (await client.call("ServerReady")).ready
            assert_refused(await client.refused(asks("mood", mood())), "UNAVAILABLE", "connect again in a moment")
            opened(own)
            answer = message("ModelInferResponse").FromString(await call)
            assert values(answer).item() == 5.0
            await stopping

    run(scenario())


def test_a_server_that_stops_at_once_says_so(run: Run) -> None:
    async def scenario() -> None:
        own = OwnServer()
        await own.start()
        async with kserve(own.port) as client:
            closed(own)
            call = client.start("ModelInfer", asks("gate", number()).SerializeToString())
            await entered(own)
            stopping = asyncio.create_task(own.server.stop(0.0))
            assert_refused(await ended(call), "UNAVAILABLE", "the server is stopping")
            opened(own)
            await stopping

    run(scenario())


def test_a_model_that_is_loading_is_told_from_one_that_is_ready(run: Run) -> None:
    loaded = threading.Event()

    def load() -> nn.Module:
        assert loaded.wait(WAIT_SECONDS)
        return nn.Identity()

    async def scenario() -> None:
        slow = ModuleModel("slow", load=load, inputs={"x": Tensor("float32", (1,))})
        server = Server(Config(port=0, models=("slow",)), models=(slow,))
        port = await server.start()
        async with kserve(port) as client:
            assert (await client.call("ServerLive")).live
            assert not (await client.call("ServerReady")).ready
            assert not (await client.call("ModelReady", name="slow")).ready
            (model,) = (await client.call("RepositoryIndex")).models
            assert (model.name, model.state, model.version) == ("slow", "LOADING", "")
            assert not (await client.call("RepositoryIndex", ready=True)).models
            assert_refused(await client.refused(asks("slow", {})), "NOT_FOUND", "is still loading", "comes by itself")
            assert_refused(await ended(client.start("ModelMetadata", b"\x0a\x04slow")), "NOT_FOUND", "is still loading")
            loaded.set()
            await server.ready
            assert (await client.call("ServerReady")).ready
            assert (await client.call("ModelReady", name="slow")).ready
        await server.stop(0.0)

    run(scenario())


def test_health_follows_models_that_are_unloaded_and_loaded(run: Run) -> None:
    async def scenario() -> None:
        plain = ModuleModel("plain", load=nn.Identity, inputs={"x": Tensor("float32", (1,))})
        server = Server(Config(port=0, models=("plain",)), models=(plain,))
        port = await server.start()
        await server.ready
        async with kserve(port) as client, asyncio.timeout(WAIT_SECONDS):
            watch = health_pb2_grpc.HealthStub(client.channel).Watch(health_pb2.HealthCheckRequest())
            told = [(await watch.read()).status]
            for method in ("RepositoryModelUnload", "RepositoryModelLoad"):
                await client.call(method, model_name="plain")
                told.append((await watch.read()).status)
            serving, not_serving = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
            assert told == [serving, not_serving, serving]
            watch.cancel()
        await server.stop(0.0)

    run(scenario())


def test_tensors_that_wait_have_a_limit(run: Run) -> None:
    async def scenario() -> None:
        own = OwnServer(Limits(waiting_tensor_bytes=10))
        await own.start()
        async with kserve(own.port) as client:
            told = await client.refused(asks("mood", mood()))
            assert_refused(told, "RESOURCE_EXHAUSTED", "the limit is 10 for one session", "send fewer at a time")
            assert values(await client.infer(asks("gate", number(2.0)))).item() == 2.0
        await own.server.stop(0.0)

    run(scenario())


def test_an_answer_has_a_limit(run: Run) -> None:
    async def scenario() -> None:
        own = OwnServer(Limits(tensor_bytes=3000))
        await own.start()
        async with kserve(own.port) as client:
            image = {"image": np.zeros((4, 3, SIDE, SIDE), np.float32)}
            told = await client.refused(asks("painter", image))
            assert_refused(told, "INTERNAL", "more than 3,000 bytes", "fewer rows, or fewer outputs")
            answer = await client.infer(asks("painter", image, outputs=[{"name": "scores"}]))
            assert values(answer).shape == (4, 10)
        await own.server.stop(0.0)

    run(scenario())


def test_a_batch_is_no_more_than_half_of_what_a_client_may_ask() -> None:
    for lanes, most in (([8, 4], 8), ([256], 64)):
        program = SimpleNamespace(lanes=[Lane("m", max_batch, 1) for max_batch in lanes])
        assert most_rows(program) == most


def test_without_models_nothing_is_listed_and_the_mend_is_named(run: Run) -> None:
    async def scenario() -> None:
        server = Server(Config(port=0, models=()))
        port = await server.start()
        await server.ready
        async with kserve(port) as client:
            assert (await client.call("ServerReady")).ready
            assert not (await client.call("RepositoryIndex")).models
            told = await client.refused(asks("mood", mood()))
            assert_refused(told, "NOT_FOUND", "there are none; start the server with one of yours")
            how = await ended(client.start("RepositoryIndex", b"\x0a\x04main"))
            assert_refused(how, "INVALID_ARGUMENT", "repository_name is 'main'; leave it empty")
            with pytest.raises(grpc.aio.AioRpcError, match="Method not found"):
                await client.start("Oracle", b"")
        await server.stop(0.0)

    run(scenario())
