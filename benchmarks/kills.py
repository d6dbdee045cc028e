"""Kills server or client with SIGKILL while frames flow through shared memory, and looks for leaks.

The survivor must release everything within two seconds; the next server start must delete what nobody released. Checked
after every kill:

client killed   the server has no mapping (/proc/<pid>/maps) and no descriptor (/proc/<pid>/fd) of a shared file, no
                shared file is left in the directory, there are no more descriptors and threads than before, no streams
                and no jobs; after the grace time of half a second, no sessions and no avatar slots
server killed   the client has no mapping and no descriptor of a shared file, and no more descriptors and threads than
                before; then a new server starts on the same port, and every other time frames must flow through its
                shared memory before it is killed
both killed     a new server starts, and deletes the files of the old one; half of these clients are killed while they
                are offered shared memory and do not attach, so that there is a file

The time of the kill is drawn from a fixed seed: up to 120 ms after the client starts to connect, to hit handshake,
attaching and streaming. Servers and clients are forked from a process that has imported everything.

    python benchmarks/kills.py          # 200 kills
    python benchmarks/kills.py 12
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from harness.record import finish, show
from servers import victims

from bridge.client import BridgeClient
from bridge.sessions.shared_file import shared_directory

COUNT = 200
SEED = 11
LATEST_SECONDS = 0.120  # after the client starts to connect
WITHIN_SECONDS = 2.0
GIVE_UP_SECONDS = 15.0
_POLL_SECONDS = 0.002
_CONTEXT = multiprocessing.get_context("forkserver")


@dataclass(frozen=True, slots=True)
class Holdings:
    """The resources of a process, from the kernel."""

    mappings: int  # of shared files
    shared_descriptors: int
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Holdings":
        """Read from /proc."""
        process = Path(f"/proc/{pid}")
        links = [link for link in (_link(path) for path in (process / "fd").iterdir()) if link]
        return cls(
            mappings=sum("framebridge-" in line for line in (process / "maps").read_text().splitlines()),
            shared_descriptors=sum("framebridge-" in link for link in links),
            descriptors=len(links),
            threads=len(list((process / "task").iterdir())),
        )

    def within(self, before: "Holdings") -> bool:
        """Whether no shared file is left, and no more descriptors and threads than before."""
        nothing_shared = self.mappings == self.shared_descriptors == 0
        return nothing_shared and self.descriptors <= before.descriptors and self.threads <= before.threads


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:  # closed in the meantime
        return ""


def files(*pids: int) -> list[str]:
    """The names of the shared files of these processes."""
    return [path.name for path in shared_directory().glob("framebridge-*") if int(path.name.split("-")[1]) in pids]


class Server:
    """A server process, restarted on the same port after each kill."""

    def __init__(self) -> None:
        self.port = 0
        self.process: Any = None

    def start(self) -> None:
        """Return once it is warm."""
        ours, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=victims.serve, args=(self.port, theirs), daemon=True)
        self.process.start()
        theirs.close()
        assert ours.poll(GIVE_UP_SECONDS), "the server did not start"
        self.port = ours.recv()
        ours.close()


class Client:
    """A client process that runs `act`."""

    def __init__(self, port: int, act: Callable[..., None] = victims.play) -> None:
        self.counts = _CONTEXT.Array("q", 2, lock=False)
        ours, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=act, args=(port, self.counts, theirs), daemon=True)
        self.process.start()
        theirs.close()
        assert ours.poll(GIVE_UP_SECONDS), "the client did not start"
        ours.recv()
        ours.close()


def kill(*processes: Any) -> float:
    """Kill processes at once and reap them; returns the time of the kill."""
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
    at = time.perf_counter()
    for process in processes:
        process.join()
    return at


def until(holds: Callable[[], bool], since: float) -> float:
    """Seconds from `since` until a condition holds; GIVE_UP_SECONDS if it never does."""
    while not holds():
        if time.perf_counter() - since > GIVE_UP_SECONDS:
            return GIVE_UP_SECONDS
        time.sleep(_POLL_SECONDS)
    return time.perf_counter() - since


@dataclass(slots=True)
class Findings:
    """The results of all kills of one kind."""

    kills: int
    release: list[float] = field(default_factory=list)
    free: list[float] = field(default_factory=list)
    streaming: int = 0  # kills after the first frame
    swept: int = 0
    leaks: int = 0

    def row(self) -> dict[str, float]:
        """As a dictionary, for the report."""
        return {
            "kills": self.kills,
            "while_streaming": self.streaming,
            "release_p50_ms": round(1e3 * statistics.median(self.release or [0.0]), 1),
            "release_worst_ms": round(1e3 * max(self.release, default=0.0), 1),
            "all_free_worst_ms": round(1e3 * max(self.free, default=0.0), 1),
            "swept_files": self.swept,
            "leaks": self.leaks,
        }


class Harness:
    """Draws the times, kills and checks."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        self.server = Server()
        self.server.start()

    def _wait(self) -> None:
        time.sleep(self._random.uniform(0.0, LATEST_SECONDS))

    def clients(self, count: int) -> Findings:
        """One server survives clients that are killed."""
        findings = Findings(count)
        pid = self.server.process.pid
        with Watch(self.server.port) as watch:
            for _ in range(3):  # the server keeps what it creates for its first clients
                flowing(Client(self.server.port))
            until(watch.free, time.perf_counter())
            time.sleep(GIVE_UP_SECONDS / 10)
            before = Holdings.of(pid)
            for _ in range(count):
                client = Client(self.server.port)
                self._wait()
                at = kill(client.process)
                findings.streaming += client.counts[0] > 0
                released = until(lambda: watch.idle() and Holdings.of(pid).within(before) and not files(pid), at)
                findings.release.append(released)
                findings.free.append(until(watch.free, at))
                findings.leaks += max(findings.release[-1], findings.free[-1]) >= WITHIN_SECONDS
        return findings

    def servers(self, count: int) -> Findings:
        """One client survives servers that are killed."""
        findings = Findings(count)
        client = Client(self.server.port)
        flow(client)
        before, came = Holdings.of(client.process.pid), 0
        for number in range(count):
            self._wait()
            dead = self.server.process.pid
            findings.streaming += client.counts[0] > came
            at = kill(self.server.process)
            findings.release.append(until(lambda: Holdings.of(client.process.pid).within(before), at))
            unknown = len(files(dead))  # created by the server, not announced to the client yet
            self.server.start()
            findings.swept += unknown
            findings.leaks += (findings.release[-1] >= WITHIN_SECONDS) + len(files(dead))
            came = client.counts[0]
            if number % 2:  # otherwise the next kill may come before the client has reconnected
                findings.leaks += not flow(client)
        kill(client.process)
        return findings

    def both(self, count: int) -> Findings:
        """Neither survives. Every other client never attaches, so that a file is left for the next server to delete."""
        findings = Findings(count)
        for number in range(count):
            client = Client(self.server.port, victims.hesitate if number % 2 else victims.play)
            self._wait()
            dead = self.server.process.pid
            kill(self.server.process, client.process)
            findings.streaming += client.counts[0] > 0
            findings.swept += len(files(dead))
            self.server.start()
            findings.leaks += len(files(dead))
        return findings


def flow(client: Client) -> bool:
    """Wait until a client receives frames through shared memory; False if it never does."""
    begun = client.counts[1]
    return until(lambda: client.counts[1] > begun + 2, time.perf_counter()) < GIVE_UP_SECONDS


def flowing(client: Client) -> None:
    """Kill a client once it receives frames."""
    assert flow(client), "no frame was received through shared memory"
    kill(client.process)


class Watch:
    """A client of the harness that polls the server's stats."""

    def __init__(self, port: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._bridge = BridgeClient(f"127.0.0.1:{port}", shared_memory=False)

    def __enter__(self) -> Self:
        self._loop.run_until_complete(self._bridge.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._bridge.__aexit__(None, None, None))
        self._loop.close()

    def idle(self) -> bool:
        """Whether there are neither streams nor jobs."""
        stats = self._loop.run_until_complete(self._bridge.stats())
        return not stats.stream_count and not stats.job_count

    def free(self) -> bool:
        """Whether no avatar slots are left, and no sessions except that of the harness, which may have expired."""
        stats = self._loop.run_until_complete(self._bridge.stats())
        return not stats.avatar_slot_count and stats.session_count <= 1


def shares(count: int) -> Iterator[int]:
    """Half of the kills hit the client, a third the server, the rest both."""
    yield count // 2
    yield count // 3
    yield count - count // 2 - count // 3


def prepare() -> None:
    """Fork processes from one that has imported everything."""
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    _CONTEXT.set_forkserver_preload(["__main__", "servers.victims", "torch"])


def main() -> None:
    """Kill, check, report."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("count", type=int, nargs="?", default=COUNT, help="number of kills")
    count = parser.parse_args().count
    prepare()
    harness = Harness()
    kinds = zip((harness.clients, harness.servers, harness.both), shares(count), strict=True)
    results = {kind.__name__: kind(count).row() for kind, count in kinds if count}
    kill(harness.server.process)
    show("Killed", ("whose", *results["clients"]), [(name, *row.values()) for name, row in results.items()])
    survivors = [results[name]["release_worst_ms"] for name in ("clients", "servers")]
    finish(
        "kills",
        {
            "kills": sum(int(row["kills"]) for row in results.values()),
            "worst_release_ms": max(survivors),
            "leaks": sum(int(row["leaks"]) for row in results.values()),
            **results,
        },
    )


if __name__ == "__main__":
    main()
