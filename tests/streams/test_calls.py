"""How many Python calls an answer costs the server, on the event loop and on the device's thread.

Unlike a time this is the same on every machine, so there is a bound: layers do not creep back unseen. Calls of the
client, of gRPC's and protobuf's own Python and of the fake models are not counted.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import bridge
from bridge.v1 import bridge_pb2, bridge_pb2_grpc
from tests.capabilities.recognition.test_recognition import CLASSIFY, FORMATS, frame
from tests.conftest import Run
from tests.serving.client import ask, connected, look, read, say, until_done
from tests.serving.server import FakeServer

OURS = str(Path(bridge.__file__).parent)
NOT_OURS = (f"{OURS}/client", f"{OURS}/v1")
ANSWERS = 40
BOUNDS = {  # calls on the loop, on the device's thread
    "probe": (40, 130),
    "avatar": (162, 182),
    "classify": (335, 185),
    "turn": (380, 355),
}


class Calls:
    """A profiler that counts calls of the server's own functions."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        file = frame.f_code.co_filename
        self.count += event == "call" and file.startswith(OURS) and not file.startswith(NOT_OURS)


async def calls_of(server: FakeServer, answer: Callable[[int], Awaitable[None]]) -> tuple[float, float]:
    """Calls for one answer, on the loop and on the device's thread. `answer` asks for number n and waits for it."""
    for number in range(1, ANSWERS + 1):
        await answer(number)  # what is learned or remembered is there from now on
    loop, device = Calls(), Calls()
    engine = server.backend.engine
    await engine.call(lambda scheduler: sys.setprofile(device))
    sys.setprofile(loop)
    try:
        for number in range(ANSWERS + 1, 2 * ANSWERS + 1):
            await answer(number)
    finally:
        sys.setprofile(None)
        await engine.call(lambda scheduler: sys.setprofile(None))
    return loop.count / ANSWERS, device.count / ANSWERS


async def probes(client: Any) -> Callable[[int], Awaitable[None]]:
    call = bridge_pb2_grpc.BridgeServiceStub(client.channel).Probe()

    async def answer(number: int) -> None:
        await call.write(bridge_pb2.ProbeRequest(nonce=number))
        assert (await read(call)).nonce == number

    return answer


async def frames(client: Any) -> Callable[[int], Awaitable[None]]:
    call = await client.open_avatars()
    await call.write(look(seed=7))

    async def answer(number: int) -> None:
        await call.write(ask(number, received=number - 1))
        assert (await read(call)).frame.frame_index == number

    return answer


async def pictures(client: Any) -> Callable[[int], Awaitable[None]]:
    call = await client.open_recognition()

    async def answer(number: int) -> None:
        await call.write(frame(number, CLASSIFY, image=FORMATS["rgb24"]))
        assert (await read(call)).result.frame_index == number

    return answer


async def turns(client: Any) -> Callable[[int], Awaitable[None]]:
    call = await client.open_dialogue()

    async def answer(number: int) -> None:
        await call.write(say("hello", turn=number))
        assert (await until_done(call))[-1].done.text == "You said: hello"

    return answer


BEGIN = {"probe": probes, "avatar": frames, "classify": pictures, "turn": turns}


@pytest.mark.parametrize("work", BEGIN)
def test_an_answer_takes_so_many_calls(run: Run, fake: FakeServer, work: str) -> None:
    async def scenario() -> tuple[float, float]:
        async with connected(fake.port) as client:
            return await calls_of(fake, await BEGIN[work](client))

    loop, device = run(scenario())
    print(f"{work}: {loop:.1f} calls on the loop, {device:.1f} on the device's thread")
    assert loop <= BOUNDS[work][0]
    assert device <= BOUNDS[work][1]
