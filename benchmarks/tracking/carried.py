"""Boxes of the street scenes carried to frames that nothing looked at: detection in every fifth frame, with a latency.

Beside the boxes that `detect` carries: the same boxes where the last picture had them.
"""

import statistics
from collections.abc import Sequence

import numpy as np

from models.recognition.detector_processor import CARRIED
from models.recognition.geometry import overlaps
from models.recognition.tracking.assignment import best_pairs
from models.recognition.tracking.tracker import followed
from models.recognition.tracking.tracks import NO_TRACKS, Seen, Track, shown
from tracking.scenes import RATE, Frame

EVERY, LATENCY = 5, 0.1  # frames, seconds
_SAME = 0.1  # IoU with a true box from which a carried one is compared with it


def carried(runs: Sequence[Sequence[Frame]]) -> dict[str, float]:
    """The mean distance of a box's edges to the true box's, in its sides."""
    errors: dict[str, list[float]] = {"moved": [], "as_seen": []}
    for run in runs:
        tracks, done = NO_TRACKS, 0
        for number, frame in enumerate(run):
            time = number / RATE
            while done / RATE + LATENCY <= time:
                boxes, scores = run[done].boxes, run[done].scores
                seen = Seen(boxes, scores, np.zeros(len(scores), np.int64))
                tracks, done = followed(tracks, seen, done / RATE, CARRIED), done + EVERY
            if tracks.known:
                errors["moved"] += _errors(shown(tracks, time, CARRIED, hidden=False), frame)
                errors["as_seen"] += _errors(shown(tracks, tracks.time, CARRIED, hidden=False), frame)
    return {name: round(statistics.mean(each), 4) for name, each in errors.items()}


def _errors(found: Sequence[Track], frame: Frame) -> list[float]:
    """Of each person with a box."""
    if not found or not frame.truth:
        return []
    ours, true = np.array([track.box for track in found]), np.array([person.box for person in frame.truth])
    shared = overlaps(ours, true)
    sides = np.tile(true[:, 2:] - true[:, :2], 2)
    pairs = best_pairs(np.where(shared >= _SAME, shared, 0.0))
    return [float((np.abs(ours[row] - true[column]) / sides[column]).mean()) for row, column in pairs]
