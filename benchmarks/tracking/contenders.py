"""Trackers: ours, and one by overlap alone; `trackers`' ByteTrack is a peer."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.recognition.geometry import overlaps
from models.recognition.tracking.assignment import best_pairs
from models.recognition.tracking.tracker import followed
from models.recognition.tracking.tracks import NO_TRACKS, RULES, Rules, Seen, shown
from tracking.scenes import RATE, Frame

Found = list[list[float]]  # of one frame: id, x1, y1, x2, y2


class Followed(NamedTuple):
    """What a tracker says of each frame: boxes of detected objects, and those that it predicts."""

    seen: list[Found]
    predicted: list[Found]


def ours(frames: list[Frame], rules: Rules = RULES) -> Followed:
    """The project's tracker, on boxes alone."""
    tracks, result = NO_TRACKS, Followed([], [])
    for number, frame in enumerate(frames):
        time = number / RATE
        seen = Seen(frame.boxes, frame.scores, np.zeros(len(frame.scores), np.int64))
        tracks = followed(tracks, seen, time, rules)
        now = shown(tracks, time, rules)
        result.seen.append([[track.id, *track.box] for track in now if not track.predicted])
        result.predicted.append([[track.id, *track.box] for track in now if track.predicted])
    return result


def by_overlap(frames: list[Frame], age: int = 15, least: float = 0.3) -> Followed:
    """An object is where it was last, for `age` frames."""
    last: dict[int, tuple[int, NDArray[np.float64]]] = {}
    result, ids = Followed([], []), 0
    for number, frame in enumerate(frames):
        last = {known: (at, box) for known, (at, box) in last.items() if number - at <= age}
        places, boxes = list(last), np.array([box for _, box in last.values()]).reshape(-1, 4)
        shared = overlaps(boxes, frame.boxes)
        named = {column: places[row] for row, column in best_pairs(np.where(shared >= least, shared, 0.0))}
        found: Found = []
        for column, box in enumerate(frame.boxes):
            if column not in named:
                ids += 1
                named[column] = ids
            last[named[column]] = number, box
            found.append([named[column], *box.tolist()])
        result.seen.append(found)
        result.predicted.append([])
    return result
