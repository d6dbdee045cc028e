"""Detection in every sixth frame, boxes in all: how far these are from detecting in each.

Times are those of the clip: a picture's detections count from LATENCY after it. How long anything takes here does not
matter, so this says nothing of what a machine carries.
"""

import statistics
from typing import Any

import numpy as np

from models.recognition.detector_program import DetectorProgram
from models.recognition.geometry import overlaps
from models.recognition.track_processor import Tracked, TrackProcessor
from models.recognition.tracking.assignment import best_pairs
from models.recognition.tracking.tracks import Tracks
from tracking.detecting import Pixels, detected

RATE, EVERY = 30.0, 6
LATENCY = 0.1  # seconds from a picture to its detections: decoding, the device, the network
_SAME = 0.1  # IoU of a predicted box and one of full-rate detection from which they are compared
_CERTAIN = 0.5


def sparsely(program: DetectorProgram, frames: list[Pixels]) -> dict[str, Any]:
    """The mean error of a box's edges in its sides, predicted and as the last picture had it, and how many boxes."""
    processor, size = TrackProcessor(), (frames[0].shape[1], frames[0].shape[0])
    outputs = [detected(program, frame) for frame in frames]
    tracks: Tracks | None = None
    errors: dict[str, list[float]] = {"predicted": [], "last_seen": []}
    missing = total = done = 0
    for number, output in enumerate(outputs):
        time = number / RATE
        while done <= number and done / RATE + LATENCY <= time:
            tracks = processor.follow(outputs[done], done / RATE, size, tracks, None)
            done += EVERY
        if tracks is None or tracks.time < RATE**-1 * 2 * EVERY:
            continue  # nothing moves yet that has been seen once
        real = [track for track in _tracked(output, size) if track.score >= _CERTAIN]
        total += len(real)
        for name, at in (("predicted", time), ("last_seen", tracks.time)):
            found = _errors(processor.carry(tracks, at, size, 0.0, 100), real)
            errors[name] += found
            missing += len(real) - len(found) if name == "predicted" else 0
    means = {f"{name}_mean_error": round(statistics.mean(each), 4) for name, each in errors.items()}
    return {**means, "boxes": total, "without_a_track": missing, "latency_s": LATENCY}


def _tracked(output: Any, size: tuple[int, int]) -> list[Tracked]:
    """What a single picture shows."""
    processor = TrackProcessor()
    return processor.carry(processor.follow(output, 0.0, size, None, None), 0.0, size, 0.0, 100)


def _errors(found: list[Tracked], real: list[Tracked]) -> list[float]:
    """Of each real box that is found the mean distance of the four edges, in sides."""
    if not found or not real:
        return []
    ours, theirs = (np.array([[t.x, t.y, t.x + t.width, t.y + t.height] for t in each]) for each in (found, real))
    shared = overlaps(ours, theirs)
    kinds = [np.array([track.class_id for track in each]) for each in (found, real)]
    pairs = best_pairs(np.where((shared >= _SAME) & (kinds[0][:, None] == kinds[1][None, :]), shared, 0.0))
    sides = np.array([[t.width, t.height] * 2 for t in real])
    return [float((np.abs(ours[row] - theirs[column]) / sides[column]).mean()) for row, column in pairs]
