"""Our peers on the fake device: servers people would pick instead, each in an environment of its own.

`run_peer` starts one, plays a trace against it through its real transport and stops it. A peer is a folder under
peers/: `serve.py` (the server, told by `workload.Setup`), `ask.py` (its client, around `play.main`) and, unless it
runs in the environment of this script, `requirements.txt`. As a script this shows how each peer fares at 60 frames a
second: `python peer.py --peers triton triton:timeout=20 mosec:delay=2 --k 1 3 12 --seconds 5`.
"""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from device import FakeDevice, Flight, read_flights
from play import Answer, Request, read_answers, read_trace, write_trace
from record import show
from workload import TEXTURE, TRACKER_BESIDE_TEXTURE, Setup, Workload

_HERE = Path(__file__).parent
_PEERS = _HERE / "peers"
_GRACE = 8.0
_CLIENT_SECONDS = 90.0  # for starting, connecting and warming up, on top of the trace
FRAME = 1 / 60


class PeerUnavailable(Exception):
    """This peer cannot be run here; the sentence says why."""


class Outcome(NamedTuple):
    """What a peer made of a trace: an answer for each request, and what the device did meanwhile."""

    answers: list[Answer]
    flights: list[Flight]


def run_peer(name: str, configuration: str, workload: Workload, trace: Path) -> Outcome:
    """Play the trace file against the peer, and stop it again.

    `configuration` is `default` or the peer's settings, `delay=2` or `unary+timeout=20`; its serve.py lists them.
    PeerUnavailable: it could not be installed or started, or its client failed.
    """
    if not (_PEERS / name / "serve.py").exists():
        raise PeerUnavailable(f"there is no peer {name}; there are {', '.join(peers())}")
    python = environment(name)
    with tempfile.TemporaryDirectory(prefix=f"framebridge-{name}-") as folder:
        place = Path(folder)
        device = place / "device"
        FakeDevice(device).close()
        setup = Setup(_free_port(), str(device), workload.models, settings(configuration))
        with _server(name, python, setup, place) as server:
            answers = _play(name, python, setup, place, trace, server)
        began = min((answer.sent for answer in answers), default=0.0)
        return Outcome(answers, [flight for flight in read_flights(device) if flight.start >= began])


def peers() -> list[str]:
    """Names of all peers."""
    return sorted(path.parent.name for path in _PEERS.glob("*/serve.py"))


def settings(configuration: str) -> dict[str, float]:
    """`unary+timeout=20` as {"unary": 1.0, "timeout": 20.0}; `default` as none."""
    if configuration == "default":
        return {}
    pairs = (setting.partition("=") for setting in configuration.split("+"))
    return {name: float(value or 1) for name, _, value in pairs}


def environment(name: str) -> str:
    """The Python that a peer runs in, made on first use. PeerUnavailable: its packages could not be installed."""
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
def _server(name: str, python: str, setup: Setup, place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The peer's server until the block ends; then none of its processes is left, nor its shared memory."""
    with (place / "server.log").open("wb") as log:
        command = [python, str(_PEERS / name / "serve.py")]
        server = subprocess.Popen(
            command, cwd=place, env=_variables(setup, place), stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield server
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(_GRACE)
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)  # whoever of its children outlived it
        server.wait()
        for segment in Path("/dev/shm").glob(f"{setup.shared_memory}*"):
            segment.unlink()


def _play(
    name: str, python: str, setup: Setup, place: Path, trace: Path, server: subprocess.Popen[bytes]
) -> list[Answer]:
    """Run the peer's client to its end, unless the server ends first."""
    result = place / "answers"
    command = [python, str(_PEERS / name / "ask.py"), f"127.0.0.1:{setup.port}", str(trace.absolute()), str(result)]
    lasts = max((request.at for request in read_trace(trace)), default=0.0)
    give_up = time.monotonic() + lasts + _CLIENT_SECONDS
    with (place / "client.log").open("wb") as log:
        client = subprocess.Popen(command, cwd=place, env=_variables(setup, place), stdout=log, stderr=log)
    try:
        while client.poll() is None:
            if server.poll() is not None:
                raise PeerUnavailable(f"{name}'s server ended with {server.poll()}: {_tail(place / 'server.log')}")
            if time.monotonic() > give_up:
                raise PeerUnavailable(f"{name}'s client did not end: {_tail(place / 'server.log')}")
            time.sleep(0.1)
    finally:
        client.kill()
        client.wait()
    if client.returncode:
        raise PeerUnavailable(f"{name}'s client failed: {_tail(place / 'client.log')} {_tail(place / 'server.log')}")
    return read_answers(result)


def _variables(setup: Setup, place: Path) -> dict[str, str]:
    """Of server and client: where the benchmarks' modules and, for ourselves, the bridge lie; and the setup."""
    return {
        **os.environ,
        **setup.environment(),
        "PYTHONPATH": os.pathsep.join((str(_HERE), str(_HERE.parent))),
        "TMPDIR": str(place),
    }


def _tail(log: Path) -> str:
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def frames(seconds: float, k: int, budget: float) -> list[Request]:
    """`k` clients ask for a texture at each of 60 frames a second."""
    count = round(seconds / FRAME)
    return [Request(frame * FRAME, "texture", f"c{row}", budget) for frame in range(count) for row in range(k)]


def beside(seconds: float) -> list[Request]:
    """A tracker at 60 frames a second beside a texture at 19, so that they meet in every phase."""
    tracked = [Request(frame * FRAME, "tracker", "camera", FRAME) for frame in range(round(seconds / FRAME))]
    drawn = [Request(frame / 19, "texture", "avatar", 0.1) for frame in range(round(seconds * 19))]
    return sorted(tracked + drawn)


def share_within(answers: Sequence[Answer], seconds: float) -> float:
    """The share of all requests that was answered within `seconds` of leaving the client."""
    took = [answer.received - answer.sent for answer in answers if answer.received >= 0]
    return sum(each <= seconds for each in took) / len(answers)


def summary(answers: Sequence[Answer], flights: Sequence[Flight]) -> tuple[object, ...]:
    """A row: shares within one and two frames and 100 ms, answered, p50 in milliseconds, rows a flight."""
    took = [(answer.received - answer.sent) * 1e3 for answer in answers if answer.received >= 0]
    return (
        *(f"{share_within(answers, limit):.1%}" for limit in (FRAME, 2 * FRAME, 0.1)),
        f"{len(took) / len(answers):.1%}",
        f"{statistics.median(took):.1f}" if took else "-",
        f"{statistics.mean(flight.rows for flight in flights):.1f}" if flights else "-",
    )


def main() -> None:
    """Show how each peer fares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", nargs="+", default=["triton", "mosec", "litserve"], help="name[:configuration]")
    parser.add_argument("--k", nargs="+", type=int, default=[1, 3, 12], help="requests a frame; 0: two models")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--ray", action="store_true", help="Ray Serve too, which is 1.1 GB to install")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server outlives this script
    rows: list[tuple[object, ...]] = []
    for k in options.k:
        for peer in options.peers + ["ray"] * options.ray:
            name, _, configuration = peer.partition(":")
            rows += _rows(name, configuration or "default", k, options.seconds)
    columns = ("load", "peer", "model", "16.7 ms", "33.3 ms", "100 ms", "answered", "p50 ms", "rows")
    show("One fake device, 60 frames a second", columns, rows)


def _rows(name: str, configuration: str, k: int, seconds: float) -> list[tuple[object, ...]]:
    workload = TEXTURE if k else TRACKER_BESIDE_TEXTURE
    requests = frames(seconds, k, 2 * FRAME) if k else beside(seconds)
    label = (f"k={k}" if k else "two models", f"{name}:{configuration}")
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        write_trace(trace, requests)
        try:
            outcome = run_peer(name, configuration, workload, trace)
        except PeerUnavailable as reason:
            print(reason, flush=True)
            return [(*label, "not run")]
    return [
        (
            *label,
            model.name,
            *summary(
                [a for r, a in zip(requests, outcome.answers, strict=True) if r.model == model.name],
                [flight for flight in outcome.flights if flight.model == model.name],
            ),
        )
        for model in workload.models
    ]


if __name__ == "__main__":
    main()
