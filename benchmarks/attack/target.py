"""The server under attack: started as users start it, and what can be observed from outside."""

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import psutil

from bridge.client import BridgeClient
from bridge.v1 import bridge_pb2, bridge_pb2_grpc

ROOT = Path(__file__).parents[2]
_ADDRESS = re.compile(r"serving at (\S+)")
_QUIET_SECONDS = 60.0  # covers the grace time of sessions and work in progress


class Died(Exception):
    """The server's process has exited, or no longer answers."""


class Server:
    """The server process, its address and its log."""

    def __init__(self, process: "subprocess.Popen[str]", address: str, log: Path) -> None:
        self.process = process
        self.address = address
        self.log = log
        self._process = psutil.Process(process.pid)

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def logged(self) -> dict[str, int]:
        """The ten most frequent errors in its log, by event."""
        lines = [line for line in self.log.read_text().splitlines() if '"level": "error"' in line]
        return dict(Counter(json.loads(line)["event"].partition(" [")[0] for line in lines).most_common(10))

    def check(self, after: str) -> None:
        """Raise Died if the process has exited."""
        if self.process.poll() is not None:
            raise Died(
                f"the server exited with {self.process.returncode} after {after}:\n{self.log.read_text()[-3000:]}"
            )

    async def alive(self, after: str) -> None:
        """Raise Died if the process has exited or does not answer."""
        self.check(after)
        try:
            async with asyncio.timeout(20.0), BridgeClient(self.address, timeout=15.0) as bridge:
                await bridge.stats()
        except Exception as error:
            self.check(after)
            raise Died(f"the server does not answer after {after}: {error!r}") from error

    async def quiet(self) -> bridge_pb2.GetStatsResponse:
        """Wait until no jobs, sessions and streams are left, for a minute at most; returns the stats."""
        give_up = time.monotonic() + _QUIET_SECONDS
        async with grpc.aio.insecure_channel(self.address) as channel:
            stub: Any = bridge_pb2_grpc.BridgeServiceStub(channel)
            while True:
                stats: bridge_pb2.GetStatsResponse = await stub.GetStats(bridge_pb2.GetStatsRequest())
                busy = stats.job_count or stats.session_count or stats.stream_count
                if not busy or time.monotonic() > give_up:
                    return stats
                await asyncio.sleep(0.5)

    def open_files(self) -> Counter[str]:
        """Its file descriptors, counted by what they refer to."""
        found: Counter[str] = Counter()
        for link in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(OSError):
                found[re.sub(r"\d+", "N", str(link.readlink()))] += 1
        return found

    def held(self) -> dict[str, int]:
        """Its resources, without connections to this process, which gRPC's client closes at a time of its choosing."""
        mine = {one.laddr.port for one in psutil.Process().net_connections("tcp")}
        ours = [one for one in self._process.net_connections("tcp") if one.raddr and one.raddr.port in mine]
        return {
            "rss": self._process.memory_info().rss,
            "threads": self._process.num_threads(),
            "descriptors": self._process.num_fds() - len(ours),
        }


@contextmanager
def serving() -> Iterator[Server]:
    """Run `framebridge serve` for the block."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        command = [sys.executable, "-m", "bridge.cli", "serve", "--port", "0"]
        with (
            log.open("w") as errors,
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
        ):
            try:
                assert process.stdout is not None
                found = next((match for line in process.stdout if (match := _ADDRESS.search(line))), None)
                if found is None:
                    raise Died(f"the server did not start:\n{log.read_text()[-3000:]}")
                yield Server(process, found[1], log)
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(15)
                process.kill()
