"""A server with models of one's own that cannot be loaded: it serves the others, and ends when it is told to."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from bridge import ProgramModel
from bridge.config import Config
from bridge.device.roster import ModelState
from bridge.server import Server
from tests.device.odd import INPUTS, Odd, fails, program


def named(name: str, load: Any) -> ProgramModel:
    return ProgramModel(name, load=load, inputs=INPUTS)


async def health(port: int) -> int:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
        return int(answer.status)


def test_models_that_cannot_be_loaded_do_not_keep_the_server_from_serving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.server.PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr("bridge.device.roster.PATIENCE_SECONDS", 0.01)
    hangs, said = threading.Event(), []
    models = [
        named("broken", lambda device: fails(KeyError("w"))),
        named("hangs", lambda device: hangs.wait(60) and Odd(name="hangs")),
        named("odd", lambda device: Odd()),
    ]

    async def main() -> None:
        config = Config(port=0, device="cpu", models=("broken", "hangs", "odd"))
        server = Server(config, progress=lambda name, state: said.append((name, state)), models=models)
        port = await server.start()
        await server.ready
        await until_ready(server)
        roster = server.roster
        states = {name: roster.standing(name).state for name in config.models or ()}
        assert states == {"broken": ModelState.FAILED, "hangs": ModelState.LOADING, "odd": ModelState.READY}
        why = "model 'broken' could not be loaded: its load raised KeyError: 'w'; mend it, and load the model again"
        assert ("broken", f"failed: {why}") in said
        assert await health(port) == health_pb2.HealthCheckResponse.SERVING
        await server.stop(0.0)
        hangs.set()

    asyncio.run(main())


async def until_ready(server: Server) -> None:
    while server.roster.standing("odd").state is not ModelState.READY:
        await server.roster.changed(server.roster.revision)


def test_a_server_whose_only_model_cannot_be_loaded_waits_for_it_to_be_mended() -> None:
    mended = threading.Event()

    async def main() -> None:
        model = program(lambda device: Odd() if mended.is_set() else fails(OSError("no weights")))
        server = Server(Config(port=0, device="cpu", models=("odd",)), models=[model])
        port = await server.start()
        await server.ready
        assert await health(port) == health_pb2.HealthCheckResponse.NOT_SERVING
        mended.set()
        await server.roster.load("odd")
        server._refresh_health()
        await asyncio.gather(*server._health_changes)
        assert await health(port) == health_pb2.HealthCheckResponse.SERVING
        await server.stop(0.0)

    asyncio.run(main())


_SCRIPT = """
import asyncio, threading
from bridge import ProgramModel
from bridge.config import Config
from bridge.device.loop import run
from bridge.server import serve
from tests.device.odd import Odd, program

def load(device):
    print("loading", flush=True)
    threading.Event().wait()

run(serve(Config(port=0, device="cpu", models=("odd",)), models=[program(load)]))
print("ended", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
def test_a_process_ends_although_a_load_never_returns() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _SCRIPT]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "ended\n")
