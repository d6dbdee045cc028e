"""`two_models.py` on the device itself: a tracker of 5 ms and a budget of 16.6 beside textures of 25 ms.

The models are matrix products that take these times here; server, client, trace and figures are those of
`two_models.py`. Sliced, and with whole passes in order of deadline for contrast.
"""

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fake_device.play import Answer, Request, write_trace
from fake_device.traces import Ask

from gpu import pieces
from gpu.stage import Findings, Settings

_CONTENDERS = {"sliced": "slice=2", "whole passes": "edf"}


def measure(settings: Settings, findings: Findings) -> None:
    """Play the tracker alone and beside the textures, against both servers."""
    for name in ("rich", "fcntl"):
        pieces.library(name)
    seconds = 1.0 if settings.quick else 4.0
    for name, configuration in _CONTENDERS.items():
        with findings.part(name):
            device = "+cuda" if settings.device == "cuda" else ""
            findings.add(name, compare(configuration + device, seconds))


def compare(configuration: str, seconds: float) -> dict[str, float]:
    """Shares of requests within their budgets."""
    import two_models as two

    alone = two.tracker(seconds, 1)
    both = sorted([*alone, *two.textures(seconds, 1)], key=lambda ask: ask.at)
    control, trial = (_play(configuration, asks) for asks in (alone, both))
    lone, beside = two.share(alone, control, "tracker"), two.share(both, trial, "tracker")
    latency = [answer.received - answer.sent for answer in control if answer.received > 0]
    return {
        "tracker_alone": round(lone, 4),
        "tracker_beside": round(beside, 4),
        "points_lost": round(100 * (lone - beside), 2),
        "textures": round(two.share(both, trial, "texture"), 4),
        "tracker_alone_p50_ms": round(1e3 * statistics.median(latency), 2) if latency else -1.0,
    }


def _play(configuration: str, asks: Sequence[Ask]) -> list[Answer]:
    from fake_device.runner import run_peer
    from fake_device.workload import TRACKER_BESIDE_TEXTURE

    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        write_trace(trace, [Request(ask.at, ask.model, f"c{ask.client}", ask.budget) for ask in asks])
        return run_peer("card", configuration, TRACKER_BESIDE_TEXTURE, trace).answers
