"""How many Python calls an answer costs the server, on the event loop and on the device's thread, and what memory.

Unlike a time these are the same on every machine, so there are bounds: layers do not creep back unseen. Calls of the
client, of gRPC's and protobuf's own Python and of the fake models are not counted; memory is that of server and client.
"""

import gc
import itertools
import statistics
import sys
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import bridge
from bridge.v1 import bridge_pb2, bridge_pb2_grpc, bundle_pb2
from tests.capabilities.recognition.test_recognition import CLASSIFY, FORMATS, frame
from tests.conftest import Run
from tests.serving.client import A, ask, connected, look, read, say, until_done
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import FakeServer, serving

OURS = str(Path(bridge.__file__).parent)
NOT_OURS = (f"{OURS}/client", f"{OURS}/v1")
ANSWERS, ROUNDS = 40, 4
BOUNDS = {  # calls on the loop, on the device's thread
    "probe": (34, 100),
    "avatar": (73, 215),  # lanes that others have used lately are looked at, as are interruptions of this machine
    "classify": (268, 185),
    "turn": (340, 285),
}
MEMORY = {  # KiB at the peak of an answer; blocks of the server's that one leaves behind, on average
    "probe": (10, 0.5),
    "avatar": (32, 2),
    "classify": (800, 2),
    "turn": (56, 6),  # two lines of history, which is bounded
}


class Calls:
    """A profiler that counts calls of the server's own functions."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        file = frame.f_code.co_filename
        self.count += event == "call" and file.startswith(OURS) and not file.startswith(NOT_OURS)


async def calls_of(server: FakeServer, answer: Callable[[int], Awaitable[None]], numbers: range) -> tuple[float, float]:
    """Calls for one answer, on the loop and on the device's thread. `answer` asks for number n and waits for it."""
    loop, device = Calls(), Calls()
    engine = server.backend.engine
    await engine.call(lambda scheduler: sys.setprofile(device))
    sys.setprofile(loop)
    try:
        for number in numbers:
            await answer(number)
    finally:
        sys.setprofile(None)
        await engine.call(lambda scheduler: sys.setprofile(None))
    return loop.count / len(numbers), device.count / len(numbers)


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


EIGHT = 8
EIGHT_BOUNDS = (63, 84)  # calls an answer; before bundles and the short way, sent singly, 143 and 137


def test_an_answer_of_eight_takes_half_of_the_calls(run: Run) -> None:
    """A game's eight avatars in one message, and their frames, too small for chunks or shared memory, in one."""

    async def scenario() -> list[tuple[float, float]]:
        protocol = bridge_pb2.ProtocolVersion(major=1, minor=4)
        async with (
            serving(Fakes(avatar=FakeAvatar(4))) as server,
            connected(server.port, protocol=protocol, wants_bundles=True) as client,
        ):
            call = await client.open_avatars()
            for slot in range(EIGHT):
                await call.write(look(slot=slot, seed=7))

            async def answer(number: int) -> None:
                asked = [ask(number, slot=slot, received=number - 1).SerializeToString() for slot in range(EIGHT)]
                await call.write(A.StreamAvatarRequest(bundle=bundle_pb2.Bundle(parts=asked)))
                left = EIGHT
                while left:
                    left -= len((await read(call)).bundle.parts) or 1

            first = itertools.count(1, ANSWERS)
            return [await calls_of(server, answer, range(at, at + ANSWERS)) for at in itertools.islice(first, ROUNDS)]

    _, *rounds = run(scenario())
    loop, device = (least / EIGHT for least in map(min, zip(*rounds, strict=True)))
    print(f"eight: {loop:.1f} calls on the loop, {device:.1f} on the device's thread")
    assert loop <= EIGHT_BOUNDS[0]
    assert device <= EIGHT_BOUNDS[1]


@pytest.mark.parametrize("work", BEGIN)
def test_an_answer_takes_so_many_calls(run: Run, fake: FakeServer, work: str) -> None:
    async def scenario() -> list[tuple[float, float]]:
        async with connected(fake.port) as client:
            answer, first = await BEGIN[work](client), itertools.count(1, ANSWERS)
            return [await calls_of(fake, answer, range(at, at + ANSWERS)) for at in itertools.islice(first, ROUNDS)]

    _, *rounds = run(scenario())  # in the first one, what is remembered is made
    loop, device = map(min, zip(*rounds, strict=True))  # a machine that is busy lets the device thread wait more often
    print(f"{work}: {loop:.1f} calls on the loop, {device:.1f} on the device's thread")
    assert loop <= BOUNDS[work][0]
    assert device <= BOUNDS[work][1]


async def memory_of(answer: Callable[[int], Awaitable[None]], numbers: range) -> tuple[float, float]:
    """KiB at the peak of one answer, and blocks that one leaves behind."""
    ours, theirs = tracemalloc.Filter(True, f"{OURS}/*"), [tracemalloc.Filter(False, f"{path}/*") for path in NOT_OURS]
    tracemalloc.start()
    try:
        peaks, counts = [], []
        for number in numbers:
            if number in (numbers[len(numbers) // 2], numbers[-1]):
                gc.collect()
                found = tracemalloc.take_snapshot().filter_traces([ours, *theirs]).statistics("filename")
                counts.append(sum(file.count for file in found))
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            await answer(number)
            _, peak = tracemalloc.get_traced_memory()
            peaks.append(peak - before)
        return statistics.median(peaks) / 1024, (counts[1] - counts[0]) / (len(numbers) // 2)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("work", BEGIN)
def test_an_answer_takes_so_much_memory(run: Run, fake: FakeServer, work: str) -> None:
    async def scenario() -> tuple[float, float]:
        async with connected(fake.port) as client:
            answer = await BEGIN[work](client)
            for number in range(1, ANSWERS + 1):
                await answer(number)
            return await memory_of(answer, range(ANSWERS + 1, 4 * ANSWERS + 1))

    kib, kept = run(scenario())
    print(f"{work}: {kib:.1f} KiB at the peak, {kept:.2f} blocks kept")
    assert kib <= MEMORY[work][0]
    assert kept <= MEMORY[work][1]
