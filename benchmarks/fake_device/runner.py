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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from fake_device.device import FakeDevice, Flight, read_flights
from fake_device.play import Answer, read_answers, read_trace
from fake_device.workload import Setup, Workload

_BENCHMARKS = Path(__file__).parents[1]
_PEERS = _BENCHMARKS / "peers"
_GRACE = 8.0
_CLIENT_SECONDS = 90.0  # for starting, connecting and warming up, in addition to the trace


class PeerUnavailable(Exception):
    """This peer cannot run here; the message says why."""


class Outcome(NamedTuple):
    """The result of a trace: one answer per request, and what the device did meanwhile."""

    answers: list[Answer]
    flights: list[Flight]


def run_peer(name: str, configuration: str, workload: Workload, trace: Path) -> Outcome:
    """Start the peer, play the trace file against it, and stop it.

    `configuration` is `default` or the peer's settings, such as `delay=2` or `unary+timeout=20`; its serve.py lists
    them. PeerUnavailable if it cannot be installed or started, or if its client fails.
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
            answers = _play(name, python, setup, folder, trace, server)
        started = min((answer.sent for answer in answers), default=0.0)
        return Outcome(answers, [flight for flight in read_flights(device) if flight.start >= started])


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
    name: str, python: str, setup: Setup, folder: Path, trace: Path, server: subprocess.Popen[bytes]
) -> list[Answer]:
    """Run the peer's client until it exits; PeerUnavailable if the server exits first."""
    result = folder / "answers"
    command = [python, str(_PEERS / name / "ask.py"), f"127.0.0.1:{setup.port}", str(trace.absolute()), str(result)]
    duration = max((request.at for request in read_trace(trace)), default=0.0)
    give_up = time.monotonic() + duration + _CLIENT_SECONDS
    with (folder / "client.log").open("wb") as log:
        client = subprocess.Popen(command, cwd=folder, env=_variables(setup, python, folder), stdout=log, stderr=log)
    try:
        while client.poll() is None:
            if server.poll() is not None:
                raise PeerUnavailable(f"{name}'s server exited with {server.poll()}: {_tail(folder / 'server.log')}")
            if time.monotonic() > give_up:
                raise PeerUnavailable(f"{name}'s client timed out: {_tail(folder / 'server.log')}")
            time.sleep(0.1)
    finally:
        client.kill()
        client.wait()
    if client.returncode:
        raise PeerUnavailable(f"{name}'s client failed: {_tail(folder / 'client.log')} {_tail(folder / 'server.log')}")
    return read_answers(result)


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
