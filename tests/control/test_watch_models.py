"""WatchModels over the wire: what a watcher hears, when, and how it ends."""

import threading
from typing import Any

import grpc
import pytest

from bridge.capabilities import MODELS
from bridge.capabilities.recognition.capability import RECOGNITION
from bridge.config import Limits
from bridge.v1 import error_pb2
from tests.capabilities.recognition.test_recognition import DETECT, frame
from tests.conftest import Run
from tests.serving.client import WAIT_SECONDS, B, Client, ask, connected, ended, look, read, say
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer, serving

READY = B.MODEL_STATE_READY


class Gated(Fakes):
    """Models whose weights are read when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.gates = {name: threading.Event() for name in MODELS}
        self.faults: dict[str, Exception] = {}

    def _loads(self, name: str) -> Any:
        def load(device: Any, **options: Any) -> Any:
            assert self.gates[name].wait(WAIT_SECONDS)
            if name in self.faults:
                raise self.faults[name]
            return getattr(self, name)

        return load

    def open(self, *names: str) -> None:
        for name in names or self.gates:
            self.gates[name].set()


def watch(client: Client) -> Any:
    return client.bridge.WatchModels(B.WatchModelsRequest())


async def until(call: Any, name: str, state: int) -> list[tuple[int, str]]:
    """Read until a model is in a state; how it stood on the way, each once."""
    stood: list[tuple[int, str]] = []
    while not stood or stood[-1][0] != state:
        models = {model.name: model for model in (await read(call)).models}
        assert list(models) == sorted({*MODELS, *(model.name for model in RECOGNITION.models)})
        stands = models[name].state, models[name].detail
        if stands not in stood:
            stood.append(stands)
    return stood


def test_a_client_that_is_there_first_hears_of_each_step(run: Run) -> None:
    async def scenario() -> None:
        fakes = Gated()
        server = FakeServer(fakes, models=("avatar", "dialogue"))
        server.port = await server.server.start()
        client = Client(server.port)  # no session
        try:
            call = watch(client)
            first = {model.name: model for model in (await read(call)).models}
            assert first["dialogue"].state == B.MODEL_STATE_LOADING
            assert first["dialogue"].detail == "waiting for its turn"
            assert first["detector"].state == B.MODEL_STATE_UNLOADED
            fakes.open("avatar")
            stood = await until(call, "avatar", READY)
            assert stood[-2:] == [(B.MODEL_STATE_LOADING, "warming up"), (READY, "")]
            fakes.open("dialogue")
            stood = await until(call, "dialogue", READY)
            assert stood[-3:] == [
                (B.MODEL_STATE_LOADING, "loading"),
                (B.MODEL_STATE_LOADING, "warming up"),
                (READY, ""),
            ]
            await server.server.ready
            assert (await client.stats()).session_count == 0
        finally:
            fakes.open()
            await client.channel.close()
            await server.server.stop(0.0)

    run(scenario())


def test_unloading_and_failing_are_told_too(run: Run) -> None:
    async def scenario() -> None:
        fakes = Gated()
        fakes.open()
        async with serving(fakes) as server, connected(server.port) as client:
            call = watch(client)
            assert await until(call, "detector", READY) == [(READY, "")]
            await client.bridge.UnloadModel(B.UnloadModelRequest(name="detector"))
            stood = await until(call, "detector", B.MODEL_STATE_UNLOADED)
            assert set(stood[:-1]) <= {(B.MODEL_STATE_UNLOADING, "")}
            fakes.faults["detector"] = OSError("weights.bin: " + "no such file " * 1000)
            with pytest.raises(grpc.aio.AioRpcError):
                await client.bridge.LoadModel(B.LoadModelRequest(name="detector"))
            *_, (_, why) = await until(call, "detector", B.MODEL_STATE_FAILED)
            assert why.startswith("weights.bin: no such file")
            assert len(why) <= 1000

    run(scenario())


def test_where_nothing_changes_nothing_comes(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = watch(client)
            first = await read(call)
            roster, standing = fake.server.roster, fake.server.roster.standing("detector")
            for detail in ("", "", "changed", ""):  # the first two show nothing new
                roster._move(standing, standing.state, detail=detail, program=standing.program)
                await client.bridge.Ping(B.PingRequest())
            details = [next(model.detail for model in (await read(call)).models if model.name == "detector")]
            assert details == ["changed"]
            assert await read(call) == first
            call.cancel()

    run(scenario())


def test_a_watcher_that_does_not_read_is_told_the_newest(run: Run, fake: FakeServer) -> None:
    """What it has not read does not wait for it without bound."""

    async def scenario() -> None:
        async with connected(fake.port, ("grpc.http2.lookahead_bytes", 1024), ("grpc.http2.bdp_probe", 0)) as client:
            call = watch(client)
            await read(call)
            roster, standing = fake.server.roster, fake.server.roster.standing("detector")
            state, program = standing.state, standing.program
            changes = 4000
            for number in range(changes):  # at once and between answers of the loop
                roster._move(standing, state, detail=f"{number} " + "x" * 900, program=program)
                if number % 4 == 0:
                    await client.bridge.Ping(B.PingRequest())
            roster._move(standing, state, program=program)
            heard = 0
            while next(model for model in (await read(call)).models if model.name == "detector").detail:
                heard += 1
            assert 0 < heard < changes / 4
            call.cancel()

    run(scenario())


def test_watchers_are_limited_by_address_and_in_all(run: Run) -> None:
    async def scenario(limits: Limits, said: str) -> None:
        async with serving(limits=limits) as server, connected(server.port) as client:
            calls = [watch(client), watch(client)]
            for call in calls:
                await read(call)
            code, detail = await ended(watch(client))
            assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
            assert detail.reason == error_pb2.ERROR_REASON_OVERLOADED
            assert said in detail.message
            calls[0].cancel()
            again = watch(client)
            while await is_refused(again):  # its place is free once the server has noticed
                again = watch(client)

    run(scenario(Limits(model_watches=2), "limits are 2 in all"))
    run(scenario(Limits(model_watches_per_identity=2), "2 per address"))


async def is_refused(call: Any) -> bool:
    try:
        await read(call)
    except grpc.aio.AioRpcError as error:
        return error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    return False


@pytest.mark.parametrize("reads", [True, False])
def test_a_watcher_does_not_hold_up_the_end(run: Run, reads: bool) -> None:
    async def scenario() -> None:
        async with serving(drain_seconds=60.0) as server:
            client = Client(server.port)
            call = watch(client)
            if reads:
                await read(call)
            else:
                await call.wait_for_connection()
            await server.server.stop()
            code, detail = await ended(call)
            assert code == grpc.StatusCode.UNAVAILABLE
            assert detail.reason == error_pb2.ERROR_REASON_SHUTTING_DOWN
            assert detail.retryable
            await client.channel.close()

    run(scenario())


def test_a_watcher_keeps_no_session(run: Run) -> None:
    async def scenario() -> None:
        async with serving(session_grace_seconds=0.05) as server:
            client = Client(server.port)
            await client.handshake()
            call = watch(client)
            await read(call)
            await client.stats_until(lambda stats: stats.session_count == 0)
            await client.channel.close()

    run(scenario())


def test_a_request_for_a_model_that_is_loading_is_told_that_it_comes(run: Run) -> None:
    """By each capability: to ask again helps, and nobody has to do anything."""

    async def scenario() -> None:
        fakes = Gated()
        server = FakeServer(fakes)
        server.port = await server.server.start()
        try:
            async with connected(server.port) as client:
                avatars, dialogue = await client.open_avatars(), await client.open_dialogue()
                camera = await client.open_recognition()
                await avatars.write(look())
                await avatars.write(ask(1))
                await dialogue.write(say("hello"))
                await camera.write(frame(1, DETECT))
                told = [(await read(avatars)).status, (await read(dialogue)).done, (await read(camera)).status]
                for outcome, model in zip(
                    (one.outcome for one in told), ("avatar", "dialogue", "detector"), strict=True
                ):
                    assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
                    assert outcome.error.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
                    assert f"model '{model}' is still loading (" in outcome.error.message
                    assert outcome.error.message.endswith("; it comes by itself")
                    assert outcome.error.retryable
                    assert outcome.error.retry_after_micros == 1_000_000
        finally:
            fakes.open()
            await server.server.stop(0.0)

    run(scenario())


def test_a_model_that_does_not_come_by_itself_is_not_worth_asking_again(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            await client.bridge.UnloadModel(B.UnloadModelRequest(name="avatar"))
            avatars = await client.open_avatars()
            await avatars.write(look())
            await avatars.write(ask(1))
            outcome = (await read(avatars)).status.outcome
            assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert "is not loaded; load it with LoadModel" in outcome.error.message
            assert not outcome.error.retryable
            _, detail = await ended(client.bridge.LoadModel(B.LoadModelRequest(name="oracle")))
            assert detail.reason == error_pb2.ERROR_REASON_UNKNOWN_MODEL
            assert not detail.retryable

    run(scenario())
