"""Server or client is killed at chosen points: what the survivor lets go of, and what the next start finds.

What is looked at, all of it as the kernel tells it: mappings of shared files (/proc/<pid>/maps), open descriptors
(/proc/<pid>/fd), threads (/proc/<pid>/task), files that have a name; and by the server's own count streams and jobs.
`benchmarks/kills.py` does the same two hundred times, at random points.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bridge.client import BridgeClient, Frame
from bridge.services.shared_file import shared_directory
from tests.conftest import Run
from tests.services.client import WAIT_SECONDS, B, Client
from tests.services.mortal import POINTS

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")

_PAUSE = 0.01


class Mortal:
    """A process of tests.services.mortal that has come to its point."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.services.mortal", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().strip()
        assert self.said, f"ended with {self.process.wait()}"

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        with self.process:  # closes its pipe and waits
            self.process.kill()


@contextmanager
def mortal(*arguments: str) -> Iterator[Mortal]:
    """One that does not outlive the test."""
    process = Mortal(*arguments)
    try:
        yield process
    finally:
        process.kill()


class Held(NamedTuple):
    """What a process holds."""

    mappings: int
    descriptors: int
    threads: int


def held(pid: int | str) -> Held:
    process = Path(f"/proc/{pid}")
    mappings = sum("framebridge-" in line for line in (process / "maps").read_text(encoding="utf-8").splitlines())
    return Held(mappings, len(list((process / "fd").iterdir())), len(list((process / "task").iterdir())))


def named(pid: int) -> list[str]:
    """The shared files of a server that still have their names."""
    return [path.name for path in shared_directory().glob(f"framebridge-{pid}-*")]


async def until(holds: Callable[[], bool], what: Callable[[], object]) -> None:
    give_up = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < give_up, what()
        await asyncio.sleep(_PAUSE)


def lets_go(now: Held, before: Held) -> bool:
    return now.mappings == 0 and now.descriptors <= before.descriptors and now.threads <= before.threads


def test_a_server_lets_go_of_what_a_killed_client_had(run: Run) -> None:
    async def scenario(server: Mortal) -> None:
        watch: Any = Client(int(server.said))
        with mortal("client", server.said, "streaming"):  # what a server makes at its first client, and keeps
            pass
        await watch.stats_until(lambda stats: not stats.stream_count and not stats.session_count)
        before = held(server.pid)
        for point in POINTS:
            client = Mortal("client", server.said, point)
            assert held(server.pid).mappings == 1, point
            client.kill()
            await watch.stats_until(lambda stats: not stats.stream_count and not stats.job_count)
            await until(lambda: lets_go(held(server.pid), before), lambda: (held(server.pid), before))
            assert not named(server.pid)
            await watch.stats_until(lambda stats: not stats.session_count and not stats.avatar_slot_count)
        await watch.channel.close()

    with mortal("server", "0", "0.2") as server:
        run(scenario(server))


def test_a_client_lets_go_of_a_killed_server_and_the_next_one_sweeps_and_shares_anew(run: Run) -> None:
    async def frame(avatars: Any) -> None:
        give_up = time.monotonic() + WAIT_SECONDS
        while not isinstance(answer := await avatars.frame(0, budget=10.0), Frame):
            assert time.monotonic() < give_up, answer
            await asyncio.sleep(_PAUSE)

    async def offered(port: int) -> None:
        """Leave a file that nobody is left to unlink: its client goes before it has attached."""
        client: Any = Client(port)
        response: B.HandshakeResponse = await client.handshake(wants_shared_memory=True)
        assert response.HasField("shared_memory")
        await client.channel.close()

    async def scenario(port: str, server: Mortal) -> None:
        async with BridgeClient(f"127.0.0.1:{port}", reconnect=60.0) as bridge, bridge.avatars() as avatars:
            avatars.set_look(0, seed=1)
            await frame(avatars)
            assert held("self").mappings == 1
            await offered(int(port))
            server.kill()
            await until(lambda: held("self").mappings == 0, lambda: held("self"))
            assert len(named(server.pid)) == 1
            with mortal("server", port, "30") as another:
                assert not named(server.pid)
                await frame(avatars)
                assert held("self").mappings == 1
                assert held(another.pid).mappings == 1
        assert held("self").mappings == 0

    with mortal("server", "0", "30") as server:
        run(scenario(server.said, server))
