"""Which detected box continues which track, in the stages of ByteTrack and two more for objects that were hidden.

1. Certain boxes, with all tracks, by the overlap with the predicted box and, where asked for, by appearance.
2. Faint boxes, with the tracks left that the last picture showed: half hidden objects are faint.
3. Certain boxes left, with tracks that were hidden, by distance: what moved unseen may be off by more than its side.
4. Certain boxes left, with any track, by appearance alone.

Boxes and tracks of different classes are never of the same object.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.recognition.geometry import overlaps
from models.recognition.tracking.assignment import Gains, Pairs, best_pairs
from models.recognition.tracking.motion import Motion, values
from models.recognition.tracking.tracks import RULES, Known, Rules, Seen, Tracks

_TURN = 0.5  # standard deviation of a hidden object's way, as a share of it


def associated(tracks: Tracks, motion: Motion, seen: Seen, time: float, rules: Rules = RULES) -> Pairs:
    """Pairs of a track's and a box's number; `motion` is that of the tracks when the boxes were seen, at `time`."""
    known = tracks.known
    if not known or not len(seen):
        return []
    same_class = np.array([track.class_id for track in known])[:, None] == seen.class_ids[None, :]
    waited = time - np.array([track.at for track in known])
    patience = np.array([rules.kept if track.pictures > 1 else rules.tentative for track in known])
    near = waited <= patience
    fresh = np.array([track.at == tracks.time for track in known])
    shared = np.where(same_class, overlaps(motion.boxes, seen.boxes), 0.0)
    alike = likeness(known, seen)
    certain = seen.scores >= rules.certain
    gains = _by_overlap(shared, alike, rules)
    left = _Left(len(known), len(seen))
    left.pair(np.where(near[:, None] & certain, gains, 0.0))
    left.pair(np.where((fresh & near)[:, None] & ~certain & (shared >= rules.faint_overlap), shared, 0.0))
    closeness = np.where(
        same_class & near[:, None] & ~fresh[:, None] & certain, _closeness(motion, waited, seen, rules), 0.0
    )
    if alike is not None:
        closeness[alike < rules.unlike] = 0.0
    left.pair(closeness)
    if alike is not None:
        left.pair(np.where(same_class & certain & (alike >= rules.alike), alike, 0.0))
    return left.pairs


def likeness(known: Sequence[Known], seen: Seen) -> Gains | None:
    """The cosine of each track's look and each box's [N, M], -1 to 1; NaN for tracks without; None if none is known."""
    if seen.looks is None or all(track.look is None for track in known):
        return None
    empty = np.full(seen.looks.shape[1], np.nan, np.float32)
    looks = np.stack([empty if track.look is None else track.look for track in known])
    cosines: Gains = (looks @ seen.looks.T).astype(float)
    return cosines


def _by_overlap(shared: Gains, alike: Gains | None, rules: Rules) -> Gains:
    gains = np.where(shared >= rules.overlap, shared, 0.0)
    if alike is None:
        return gains
    looks = np.nan_to_num(alike, nan=rules.alike).clip(0, 1)
    return gains * (1 - rules.by_look + rules.by_look * looks)


def _closeness(motion: Motion, waited: NDArray[np.float64], seen: Seen, rules: Rules) -> Gains:
    """1 where a box's centre is as predicted, 0 out of reach or where a side is half or twice as long.

    An object may have stopped or turned meanwhile, which the filter takes for less likely than it is.
    """
    boxes = values(seen.boxes)
    turned = (_TURN * motion.speed[:, :2] * waited[:, None]) ** 2
    variance = (motion.variance[:, :2] + turned)[:, None] + (rules.noise.box * boxes[None, :, 2:]) ** 2
    off = (((boxes[None, :, :2] - motion.place[:, None, :2]) ** 2) / variance).sum(axis=2)
    sides = boxes[None, :, 2:] / np.maximum(motion.place[:, None, 2:], 1e-6)
    fits = ((sides > 0.5) & (sides < 2)).all(axis=2)
    return np.where(fits, np.maximum(0.0, 1 - off / rules.reach**2), 0.0)


class _Left:
    """The tracks and boxes that are not paired yet."""

    def __init__(self, tracks: int, boxes: int) -> None:
        self.pairs: Pairs = []
        self._tracks, self._boxes = np.ones(tracks, bool), np.ones(boxes, bool)

    def pair(self, gains: Gains) -> None:
        """Pair what is left so that the sum of the gains is greatest."""
        for track, box in best_pairs(gains * self._tracks[:, None] * self._boxes[None, :]):
            self.pairs.append((track, box))
            self._tracks[track] = self._boxes[box] = False
