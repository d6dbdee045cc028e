"""One side is killed, without a word: what the other held for it is free again.

Here at points that are known; benchmarks/kills.py does it 200 times at random.
"""

import asyncio
import os
import sys
import threading
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import NamedTuple

import pytest

from bridge.client import BridgeClient, Frame
from bridge.sessions.shared_file import shared_directory
from tests.conftest import Run
from tests.serving.client import Client, assert_idle
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import serving
from tests.serving.victim import GENEROUS, SIDE
from tests.waiting import held, named, until

ROOT = Path(__file__).parents[2]


class Holdings(NamedTuple):
    """What this process holds."""

    shared: int  # files that are open or mapped
    descriptors: int
    threads: int

    @classmethod
    def now(cls) -> "Holdings":
        return cls(
            shared=held(shared_directory() / "framebridge-"),
            descriptors=len(list(Path("/proc/self/fd").iterdir())),
            threads=threading.active_count(),
        )

    def within(self, before: "Holdings") -> bool:
        return all(now <= then for now, then in zip(self, before, strict=True))


def files(pid: int) -> list[str]:
    """Names of shared files of a process."""
    return [path.name for path in shared_directory().glob(f"framebridge-{pid}-*")]


async def victim(*arguments: object) -> tuple[Process, list[str]]:
    """A process that has said that it is there, and what else it said."""
    words = map(str, arguments)
    command = (sys.executable, "-m", "tests.serving.victim", *words)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        line = (await process.stdout.readline()).decode().split()
    assert line[:1] == ["there"]
    return process, line[1:]


async def kill(process: Process) -> None:
    process.kill()
    await process.wait()


@pytest.mark.parametrize("point", ["handshake", "mapped", "unacknowledged", "streaming"])
def test_a_server_frees_what_it_held_for_a_killed_client(run: Run, point: str) -> None:
    async def scenario() -> None:
        async with serving(Fakes(avatar=FakeAvatar(SIDE))) as server:
            async with BridgeClient(f"127.0.0.1:{server.port}") as first, first.avatars() as avatars:
                avatars.set_look(0, seed=1)  # what a first client makes, and the server keeps
                assert await avatars.frame(0, budget=GENEROUS)
            await assert_idle(server.port)
            before = Holdings.now()
            process, _ = await victim("client", server.port, point)
            assert Holdings.now().shared == before.shared + 1
            await kill(process)
            await assert_idle(server.port)
            assert server.backend.engine.open_jobs == 0
            assert files(os.getpid()) == []
            await until(lambda: Holdings.now().within(before))

    run(scenario())


def test_a_client_frees_what_it_held_of_a_killed_server_and_the_next_start_sweeps(run: Run) -> None:
    async def scenario() -> None:
        process, (port,) = await victim("server")
        before = Holdings.now()
        unaware = Client(int(port))
        offer = (await unaware.handshake(wants_shared_memory=True)).shared_memory  # never mapped
        async with BridgeClient(f"127.0.0.1:{port}", reconnect=0.5) as bridge, bridge.avatars() as avatars:
            avatars.set_look(0, seed=1)
            frames = avatars.subscribe(0, fps=120.0, budget=GENEROUS)
            assert isinstance(await anext(frames), Frame)
            assert bridge.shares_memory
            assert Holdings.now().shared == before.shared + 1
            await kill(process)
            await until(lambda: Holdings.now().shared == before.shared)
            assert not bridge.shares_memory
            await frames.aclose()
        await unaware.channel.close()
        await until(lambda: Holdings.now().within(before))
        assert files(process.pid) == [Path(offer.path).name]
        async with serving():
            assert not named(offer.path)

    run(scenario())
