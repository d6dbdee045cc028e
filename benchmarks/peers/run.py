"""How peers on the fake device answer at 60 frames a second: share in time, median, batch size. Nothing is recorded.

A peer is given as name[:configuration]; its serve.py lists the settings.

    python benchmarks/peers --peers triton triton:timeout=20 mosec:delay=2 --k 1 3 12 --seconds 5
"""

import argparse
import signal
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fake_device.device import Flight
from fake_device.play import Answer, Request, write_trace
from fake_device.runner import PeerUnavailable, run_peer
from fake_device.traces import FRAME
from fake_device.workload import TEXTURE, TRACKER_BESIDE_TEXTURE
from harness.record import show


def frames(seconds: float, k: int, budget: float) -> list[Request]:
    """`k` clients ask for a texture at each of 60 frames a second."""
    count = round(seconds / FRAME)
    return [Request(frame * FRAME, "texture", f"c{row}", budget) for frame in range(count) for row in range(k)]


def beside(seconds: float) -> list[Request]:
    """A tracker at 60 Hz and a texture at 19 Hz, so that they meet in every phase."""
    tracked = [Request(frame * FRAME, "tracker", "camera", FRAME) for frame in range(round(seconds / FRAME))]
    drawn = [Request(frame / 19, "texture", "avatar", 0.1) for frame in range(round(seconds * 19))]
    return sorted(tracked + drawn)


def share_within(answers: Sequence[Answer], seconds: float) -> float:
    """The share of all requests that were answered within `seconds` of being sent."""
    latencies = [answer.received - answer.sent for answer in answers if answer.received >= 0]
    return sum(latency <= seconds for latency in latencies) / len(answers)


def summary(answers: Sequence[Answer], flights: Sequence[Flight]) -> tuple[object, ...]:
    """A row: shares within one frame, two frames and 100 ms; answered; p50 in milliseconds; rows per flight."""
    latencies = [(answer.received - answer.sent) * 1e3 for answer in answers if answer.received >= 0]
    return (
        *(f"{share_within(answers, limit):.1%}" for limit in (FRAME, 2 * FRAME, 0.1)),
        f"{len(latencies) / len(answers):.1%}",
        f"{statistics.median(latencies):.1f}" if latencies else "-",
        f"{statistics.mean(flight.rows for flight in flights):.1f}" if flights else "-",
    )


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", nargs="+", default=["triton", "mosec", "litserve"], help="name[:configuration]")
    parser.add_argument("--k", nargs="+", type=int, default=[1, 3, 12], help="requests per frame; 0: two models")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--ray", action="store_true", help="also Ray Serve, a download of 1.1 GB")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server outlives this script
    rows: list[tuple[object, ...]] = []
    for k in options.k:
        for peer in options.peers + ["ray"] * options.ray:
            name, _, configuration = peer.partition(":")
            rows += _rows(name, configuration or "default", k, options.seconds)
    columns = ("load", "peer", "model", "16.7 ms", "33.3 ms", "100 ms", "answered", "p50 ms", "rows")
    show("One fake device, 60 frames a second", columns, rows)


if __name__ == "__main__":
    main()
