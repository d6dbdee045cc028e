"""Runs a peer: a server that people would pick instead of ours, in an environment of its own.

A peer is a folder under peers/: `serve.py` (the server, configured by `workload.Setup`), `ask.py` (its client, around
`play.main`) and, unless it runs in the environment of the benchmarks, `requirements.txt`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from harness.cpu import ProcessEnded, tree_seconds

from fake_device.device import FakeDevice, Flight, read_flights
from fake_device.play import Answer, read_answers, read_trace, start_file
from fake_device.workload import Setup, Workload

_BENCHMARKS = Path(__file__).parents[1]
_PEERS = _BENCHMARKS / "peers"
_GRACE = 8.0
_CLIENT_SECONDS = 90.0  # for starting, connecting and warming up, in addition to the trace
_POLL = 0.1


class PeerUnavailable(Exception):
    """This peer cannot run here; the message says why."""


class CpuSample(NamedTuple):
    """The CPU time that server and client had used at the time `at`, in seconds: their process trees."""

    at: float
    server: float
    client: float


class Outcome(NamedTuple):
    """The result of a trace: one answer per request, what the device did meanwhile, and the CPU time used."""

    answers: list[Answer]
    flights: list[Flight]
    cpu: list[CpuSample]


def run_peer(name: str, configuration: str, workload: Workload, trace: Path, samples: Sequence[float] = ()) -> Outcome:
    """Start the peer, play the trace file against it, and stop it.

    `configuration` is `default` or the peer's settings, such as `delay=2` or `unary+timeout=20`; its serve.py lists
    them. CPU time is read by this process at `samples`: seconds after the start of the trace, in order, before the
    last answer. PeerUnavailable if the peer cannot be installed or started, or if its client fails.
    """
    if not (_PEERS / name / "serve.py").exists():
        raise PeerUnavailable(f"there is no peer {name}; there are {', '.join(peers())}")
    python = environment(name)
    with tempfile.TemporaryDirectory(prefix=f"framebridge-{name}-") as created:
        folder = Path(created)
        device = folder / "device"
        FakeDevice(device).close()
        setup = Setup(_free_port(), str(device), workload.models, settings(configuration))
        with _server(name, python, setup, folder) as server:
            answers, cpu = _play(name, python, setup, folder, trace, server, samples)
        started = min((answer.sent for answer in answers), default=0.0)
        return Outcome(answers, [flight for flight in read_flights(device) if flight.start >= started], cpu)


def peers() -> list[str]:
    """The names of all peers."""
    return sorted(path.parent.name for path in _PEERS.glob("*/serve.py"))


def settings(configuration: str) -> dict[str, float]:
    """`unary+timeout=20` as {"unary": 1.0, "timeout": 20.0}; `default` as {}."""
    if configuration == "default":
        return {}
    pairs = (setting.partition("=") for setting in configuration.split("+"))
    return {name: float(value or 1) for name, _, value in pairs}


def environment(name: str) -> str:
    """The peer's Python; its environment is created on first use. PeerUnavailable if its packages do not install."""
    requirements = _PEERS / name / "requirements.txt"
    if not requirements.exists():
        return sys.executable
    folder = _PEERS / name / ".env"
    python, installed = folder / "bin" / "python", folder / "requirements.txt"
    if not installed.exists() or installed.read_text() != requirements.read_text():
        print(f"installing {name} ...", flush=True)
        for command in (
            (sys.executable, "-m", "venv", "--clear", str(folder)),
            (str(python), "-m", "pip", "install", "--quiet", "--requirement", str(requirements)),
        ):
            result = subprocess.run(command, capture_output=True, text=True)
            if result.returncode:
                reason = (result.stderr.strip() or "no reason given").splitlines()[-1]
                raise PeerUnavailable(f"{name} could not be installed: {reason}")
        shutil.copy(requirements, installed)
    return str(python)


@contextmanager
def _server(name: str, python: str, setup: Setup, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the peer's server; on exit, kill all of its processes and remove its shared memory."""
    with (folder / "server.log").open("wb") as log:
        command = [python, str(_PEERS / name / "serve.py")]
        server = subprocess.Popen(
            command, cwd=folder, env=_variables(setup, python, folder), stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield server
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(_GRACE)
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)  # children that outlived it
        server.wait()
        for segment in Path("/dev/shm").glob(f"{setup.shared_memory}*"):
            segment.unlink()


def _play(
    name: str,
    python: str,
    setup: Setup,
    folder: Path,
    trace: Path,
    server: subprocess.Popen[bytes],
    samples: Sequence[float],
) -> tuple[list[Answer], list[CpuSample]]:
    """Run the peer's client until it exits; PeerUnavailable if the server exits first."""
    result = folder / "answers"
    command = [python, str(_PEERS / name / "ask.py"), f"127.0.0.1:{setup.port}", str(trace.absolute()), str(result)]
    duration = max((request.at for request in read_trace(trace)), default=0.0)
    give_up = time.monotonic() + duration + _CLIENT_SECONDS
    with (folder / "client.log").open("wb") as log:
        client = subprocess.Popen(command, cwd=folder, env=_variables(setup, python, folder), stdout=log, stderr=log)
    meter = _Meter(server.pid, client.pid, start_file(result), samples)
    try:
        while client.poll() is None:
            if server.poll() is not None:
                raise PeerUnavailable(f"{name}'s server exited with {server.poll()}: {_tail(folder / 'server.log')}")
            if time.monotonic() > give_up:
                raise PeerUnavailable(f"{name}'s client timed out: {_tail(folder / 'server.log')}")
            meter.read()
            time.sleep(min(_POLL, meter.next_in()))
    finally:
        client.kill()
        client.wait()
    if client.returncode:
        raise PeerUnavailable(f"{name}'s client failed: {_tail(folder / 'client.log')} {_tail(folder / 'server.log')}")
    meter.check()
    return read_answers(result), meter.samples


class _Meter:
    """Reads the CPU time of server and client at given moments of a trace."""

    def __init__(self, server: int, client: int, start: Path, moments: Sequence[float]) -> None:
        self.samples: list[CpuSample] = []
        self._server, self._client, self._start = server, client, start
        self._moments = deque(moments)
        self._began = 0.0  # 0: not yet

    def next_in(self) -> float:
        """Seconds until the next sample; one poll as long as the trace has not started."""
        if not self._began or not self._moments:
            return _POLL
        return max(0.0, self._began + self._moments[0] - time.perf_counter())

    def read(self) -> None:
        """Take the sample that is due, if one is."""
        if not self._moments:
            return
        if not self._began:
            with suppress(FileNotFoundError):
                self._began = float(self._start.read_text(encoding="utf-8"))
            return
        if self.next_in() <= 0:
            with suppress(ProcessEnded):
                used = tree_seconds(self._server), tree_seconds(self._client)
                self.samples.append(CpuSample(time.perf_counter(), *used))
                self._moments.popleft()

    def check(self) -> None:
        """ValueError if the trace ended before the last sample."""
        if self._moments:
            raise ValueError(f"the trace ended before CPU time was read at {list(self._moments)}")


def _variables(setup: Setup, python: str, folder: Path) -> dict[str, str]:
    """Environment of server and client: the setup, and where to find the benchmarks' packages and the bridge.

    A peer in the environment of the benchmarks also finds what they do.
    """
    others = os.environ.get("PYTHONPATH", "") if python == sys.executable else ""
    return {
        **os.environ,
        **setup.environment(),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(_BENCHMARKS), str(_BENCHMARKS.parent), others))),
        "TMPDIR": str(folder),
    }


def _tail(log: Path) -> str:
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
