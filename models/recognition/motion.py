"""The rung "carry": extrapolates boxes from two pictures to a later one, at constant velocity.

Pure: no torch, no clock. Times are seconds on any one clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.recognition.detections import Detection
from models.recognition.geometry import overlaps

SAME_OBJECT = 0.3  # IoU from which boxes of two pictures are the same object
LONGEST = 0.5  # seconds of extrapolation; boxes then stop
FADE = 0.7  # factor of a score after LONGEST


@dataclass(frozen=True, slots=True)
class Sighting:
    """The detections in a picture taken at `time`."""

    time: float
    detections: tuple[Detection, ...]


def carry(
    earlier: Sighting | None, latest: Sighting, time: float, source_width: int, source_height: int
) -> list[Detection]:
    """The latest boxes moved to `time` and clipped to the picture; boxes that have left it are dropped."""
    ahead = min(max(0.0, time - latest.time), LONGEST)
    fade = 1 - (1 - FADE) * ahead / LONGEST
    moved = []
    for detection, (vx, vy) in zip(latest.detections, velocities(earlier, latest), strict=True):
        box = _inside(detection, vx * ahead, vy * ahead, source_width, source_height)
        if box is not None:
            moved.append(replace(box, score=detection.score * fade))
    return moved


def velocities(earlier: Sighting | None, latest: Sighting) -> list[tuple[float, float]]:
    """Velocity of each latest box's centre in pixels per second; 0 if the earlier picture does not show it."""
    if earlier is None or latest.time <= earlier.time:
        return [(0.0, 0.0)] * len(latest.detections)
    found = matches(earlier.detections, latest.detections)
    span = latest.time - earlier.time
    speeds = []
    for place, now in enumerate(latest.detections):
        then = earlier.detections[found[place]] if place in found else now
        speeds.append(
            (_step(then.x, then.width, now.x, now.width, span), _step(then.y, then.height, now.y, now.height, span))
        )
    return speeds


def matches(earlier: Sequence[Detection], latest: Sequence[Detection]) -> dict[int, int]:
    """Indices of latest boxes to indices of earlier ones of the same class, greedily by IoU, each used once."""
    if not earlier or not latest:
        return {}
    shared = overlaps(_corners(latest), _corners(earlier))
    kinds = [np.array([detection.class_id for detection in boxes]) for boxes in (latest, earlier)]
    shared[kinds[0][:, None] != kinds[1][None, :]] = 0
    found: dict[int, int] = {}
    for flat in np.argsort(-shared, axis=None, kind="stable").tolist():
        new, old = divmod(flat, len(earlier))
        if shared[new, old] < SAME_OBJECT:
            break
        if new not in found and old not in found.values():
            found[new] = old
    return found


def _corners(boxes: Sequence[Detection]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array([[b.x, b.y, b.x + b.width, b.y + b.height] for b in boxes], np.float32)


def _step(then: float, then_size: float, now: float, now_size: float, span: float) -> float:
    return (now + now_size / 2 - then - then_size / 2) / span


def _inside(detection: Detection, dx: float, dy: float, width: int, height: int) -> Detection | None:
    left, right = max(0.0, detection.x + dx), min(float(width), detection.x + dx + detection.width)
    top, bottom = max(0.0, detection.y + dy), min(float(height), detection.y + dy + detection.height)
    if right - left < 1 or bottom - top < 1:
        return None
    return replace(detection, x=left, y=top, width=right - left, height=bottom - top)
