"""Figures of a tracker over seeds: means, paired differences with their 95 % interval, boxes through gaps."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from models.recognition.geometry import overlaps
from tracking.contenders import Followed
from tracking.scenes import GAP, Frame

LEAST_IOU = 0.5
_T_95 = {19: 2.093}  # Student's t for 20 pairs; others are bounded by it or close to it


def difference(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """Of pairs: the mean difference and its 95 % interval."""
    each = [one - other for one, other in zip(ours, theirs, strict=True)]
    mean = statistics.mean(each)
    reach = _T_95.get(len(each) - 1, 2.6) * statistics.stdev(each) / math.sqrt(len(each)) if len(each) > 1 else math.inf
    return {"mean": round(mean, 4), "low": round(mean - reach, 4), "high": round(mean + reach, 4)}


def through_gaps(frames: Sequence[Frame], found: Followed) -> tuple[int, int]:
    """Of the frames in which a person is hidden: those with a predicted box of IoU >= 0.5 that has the person's id, and
    all. The id is the one that the person had when it was seen last.
    """
    names: dict[int, int] = {}
    hit = hidden = 0
    for frame, seen, predicted in zip(frames, found.seen, found.predicted, strict=True):
        for person in frame.truth:
            box = person.box[None]
            if person.id in frame.hidden:
                hidden += 1
                mine = [row[1:] for row in predicted if row[0] == names.get(person.id)]
                hit += bool(mine) and float(overlaps(np.array(mine), box)[0, 0]) >= LEAST_IOU
            elif seen:
                shared = overlaps(np.array([row[1:] for row in seen]), box)[:, 0]
                if shared.max() >= LEAST_IOU:
                    names[person.id] = int(seen[int(shared.argmax())][0])
    return hit, hidden


def kept_through_gaps(frames: Sequence[Frame], found: Followed) -> tuple[int, int]:
    """Of the gaps: those after which the person has the id of before, and all that are seen on both sides."""
    names: dict[int, int] = {}
    waiting: Counter[int] = Counter()
    kept = gaps = 0
    for frame, seen in zip(frames, found.seen, strict=True):
        for person in frame.truth:
            if person.id in frame.hidden:
                waiting[person.id] += 1
                continue
            if not seen:
                continue
            shared = overlaps(np.array([row[1:] for row in seen]), person.box[None])[:, 0]
            if shared.max() < LEAST_IOU:
                continue
            name = int(seen[int(shared.argmax())][0])
            if waiting.pop(person.id, 0) >= GAP and person.id in names:
                gaps += 1
                kept += names[person.id] == name
            names[person.id] = name
    return kept, gaps


def mean_of(figures: Sequence[dict[str, float]]) -> dict[str, Any]:
    """The mean of each figure."""
    return {name: round(statistics.mean(each[name] for each in figures), 4) for name in figures[0]}
