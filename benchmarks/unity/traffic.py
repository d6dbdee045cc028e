"""What the game loop's streams carry and cost: messages each way, CPU of the client's threads and of the server.

The server counts messages in a small shared file. This program reads it once a second, together with the kernel's
clocks of both processes and of the client's threads, so that measuring costs neither of them anything.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cpu import tree_seconds
from harness.process import server

from unity.counts import read_counts
from unity.game import last_line, playing

_SERVE = (str(Path(__file__).with_name("server.py")), "--pattern", "--models", "avatar")
_MAIN = "main"
_EVERY = 1.0
_WARM = 2.0  # seconds of play before the first sample that counts: .NET compiles meanwhile


@dataclass(frozen=True, slots=True)
class Sample:
    """Counts of messages, and CPU seconds used, at a moment of the machine's monotonic clock."""

    at: float
    up: int
    down: int
    server: float
    client: float
    threads: dict[str, float]  # of the client, living ones only; those of one name together


def play(folder: Path, avatars: int, rate: int, side: int, seconds: float, *, bundles: bool) -> dict[str, Any]:
    """Play with as many avatars of `side` pixels, `rate` frames a second of each. Figures as of `rates`."""
    counts, uploads = folder / "traffic.counts", folder / "traffic.uploads"
    serve = (*_SERVE, "--side", str(side), "--counts", str(counts), *(() if bundles else ("--unbundled",)))
    samples: list[Sample] = []
    with server(*serve) as (address, process):
        arguments = ("play", address, "--uploads", uploads, "--seconds", seconds, "--avatars", avatars, "--rate", rate)
        with playing("GameLoop", *arguments) as game:
            while game.poll() is None:
                samples += _sample(counts, process.pid, game.pid)
                time.sleep(_EVERY)
            assert game.stdout is not None
            output = game.stdout.read()
    if game.returncode:
        raise SystemExit(f"the game exited with {game.returncode}:\n{output}")
    found = last_line(output)
    inside = [sample for sample in samples if found["from"] + _WARM <= sample.at <= found["until"]]
    answers = {name: found[name] for name in ("frames", "late_frames", "late_answers", "superseded", "put_off")}
    return rates(inside[0], inside[-1]) | answers


def rates(first: Sample, last: Sample) -> dict[str, Any]:
    """What happened in a second between two samples; CPU in milliseconds."""
    seconds = last.at - first.at

    def milliseconds(used: float) -> float:
        return round(1e3 * used / seconds, 2)

    threads = {name: milliseconds(used - first.threads.get(name, 0.0)) for name, used in last.threads.items()}
    client = milliseconds(last.client - first.client)
    return {
        "up": round((last.up - first.up) / seconds, 1),
        "down": round((last.down - first.down) / seconds, 1),
        "server_cpu_ms": milliseconds(last.server - first.server),
        "client_cpu_ms": client,
        "client_other_threads_cpu_ms": round(client - threads[_MAIN], 2),
        "client_threads_cpu_ms": threads,
    }


def _sample(counts: Path, serving: int, playing: int) -> list[Sample]:
    """A sample; none if the game has just ended."""
    try:
        up, down = read_counts(counts)
        return [Sample(time.perf_counter(), up, down, tree_seconds(serving), tree_seconds(playing), _threads(playing))]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _threads(pid: int) -> dict[str, float]:
    used: dict[str, float] = {}
    for folder in Path(f"/proc/{pid}/task").iterdir():
        name = _MAIN if folder.name == str(pid) else (folder / "comm").read_text().strip()
        nanoseconds = int((folder / "schedstat").read_text().split()[0])
        used[name] = used.get(name, 0.0) + nanoseconds / 1e9
    return used
