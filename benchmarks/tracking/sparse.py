"""Detection in every sixth frame, boxes in all: how far these are from detecting in each.

Times are those of the clip: a picture's detections count from a latency after it (decoding, the device, the network).
How long anything takes here does not matter, so this says nothing of what a machine carries. Beside it: detection in
every frame with the same latency, and how far the detector's own boxes of a frame are from those of one before.
"""

import statistics
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from models.recognition.geometry import overlaps
from models.recognition.track_processor import Followed, Tracked, TrackProcessor
from models.recognition.tracking.assignment import best_pairs

RATE = 30.0
EVERY = {"at_5_hz": 6, "at_30_hz": 1}  # frames from one that is detected in to the next
LATENCIES = {"at_once": 0.0, "after_50_ms": 0.05, "after_100_ms": 0.1}
_BEGIN = 2 * 6 / RATE  # seconds from which errors count: nothing moves yet that has been seen once
_SAME = 0.1  # IoU of a predicted box and one of full-rate detection from which they are compared
_CERTAIN, _FAINT = 0.5, 0.15
_AGES = 1, 3  # frames
Outputs = Sequence[Any]  # the detector's, of each frame
Size = tuple[int, int]


class Placed(Protocol):
    """A box of some class in pixels."""

    @property
    def class_id(self) -> int: ...
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...


def sparsely(outputs: Outputs, size: Size) -> dict[str, Any]:
    """Errors of a box's edges in its sides: by rate and latency, and of the detector alone."""
    rates = {
        rate: {name: _followed(outputs, size, every, seconds) for name, seconds in LATENCIES.items()}
        for rate, every in EVERY.items()
    }
    return {**rates, "detector_alone": {f"{age}_frames_ago": _alone(outputs, size, age) for age in _AGES}}


def _followed(outputs: Outputs, size: Size, every: int, latency: float) -> dict[str, Any]:
    """Boxes predicted for each frame, and as the last picture had them."""
    processor = TrackProcessor()
    known: Followed | None = None
    errors: dict[str, list[float]] = {"predicted": [], "last_seen": []}
    total = done = 0
    for number, output in enumerate(outputs):
        time = number / RATE
        while done <= number and done / RATE + latency <= time + 1e-9:
            known = processor.follow(outputs[done], done / RATE, size, known, None)
            done += every
        if known is None or known.tracks.time < _BEGIN:
            continue
        real = certain(output, size)
        total += len(real)
        errors["predicted"] += errors_of(processor.carry(known, time, size, 0.0, 100), real)
        errors["last_seen"] += errors_of(processor.carry(known, known.tracks.time, size, 0.0, 100), real)
    found = errors["predicted"]
    return {
        **{f"{name}_mean_error": round(statistics.mean(each), 4) for name, each in errors.items()},
        "predicted_median_error": round(statistics.median(found), 4),
        "boxes": total,
        "without_a_track": total - len(found),
    }


def _alone(outputs: Outputs, size: Size, age: int) -> dict[str, Any]:
    """Boxes of each frame beside those of an earlier one, faint ones among them."""
    errors, total = list[float](), 0
    for earlier, output in zip(outputs, outputs[age:], strict=False):
        real = certain(output, size)
        errors += errors_of([track for track in _tracked(earlier, size) if track.score >= _FAINT], real)
        total += len(real)
    return {"mean_error": round(statistics.mean(errors), 4), "boxes": total, "not_there": total - len(errors)}


def certain(output: Any, size: Size) -> list[Tracked]:
    """What full-rate detection shows in a picture."""
    return [track for track in _tracked(output, size) if track.score >= _CERTAIN]


def _tracked(output: Any, size: Size) -> list[Tracked]:
    """What a single picture shows."""
    processor = TrackProcessor()
    return processor.carry(processor.follow(output, 0.0, size, None, None), 0.0, size, 0.0, 100)


def errors_of(found: Sequence[Placed], real: Sequence[Placed]) -> list[float]:
    """Of each real box that is found the mean distance of the four edges, in sides."""
    if not found or not real:
        return []
    ours, theirs = (np.array([[t.x, t.y, t.x + t.width, t.y + t.height] for t in each]) for each in (found, real))
    shared = overlaps(ours, theirs)
    kinds = [np.array([track.class_id for track in each]) for each in (found, real)]
    pairs = best_pairs(np.where((shared >= _SAME) & (kinds[0][:, None] == kinds[1][None, :]), shared, 0.0))
    sides = np.array([[t.width, t.height] * 2 for t in real])
    return [float((np.abs(ours[row] - theirs[column]) / sides[column]).mean()) for row, column in pairs]
