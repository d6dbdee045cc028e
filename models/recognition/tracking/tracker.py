"""One step of the tracker: the tracks before, and what a picture shows, to the tracks after."""

from dataclasses import replace

import numpy as np

from models.recognition.geometry import overlaps
from models.recognition.tracking.association import associated
from models.recognition.tracking.motion import Motion, begun, corrected, later
from models.recognition.tracking.tracks import RULES, Known, Looks, Rules, Seen, Tracks

_NEW_LOOK = 0.1  # weight of the newest look in a track's


def followed(tracks: Tracks, seen: Seen, time: float, rules: Rules = RULES) -> Tracks:
    """The tracks after a picture taken at `time`; ValueError if that is not after the last one's.

    Ids rise and are never used again. What is not seen is predicted from where it was seen last, for as long as
    `rules` say; then it is forgotten.
    """
    if time <= tracks.time:
        raise ValueError(f"a picture of {time} s cannot follow one of {tracks.time} s")
    seen = _enough(seen, rules)
    motion = later(tracks.motion, time - tracks.time, rules.noise) if tracks.known else tracks.motion
    pairs = associated(tracks, motion, seen, time, rules)
    known, motion = _continued(tracks.known, motion, seen, time, pairs, rules)
    taken = {box for _, box in pairs}
    new = [box for box in _single(seen, rules) if box not in taken and seen.scores[box] >= rules.certain]
    for number, box in enumerate(new, tracks.next_id):
        look = None if seen.looks is None else seen.looks[box]
        known.append(Known(number, int(seen.class_ids[box]), float(seen.scores[box]), time, time, 1, look))
    motion = motion.joined(begun(seen.boxes[new], rules.noise))
    rows = _kept(known, time, rules)
    kept = tuple(known[row] for row in rows)
    return Tracks(time, kept, motion.chosen(np.array(rows, np.intp)), tracks.next_id + len(new))


def _enough(seen: Seen, rules: Rules) -> Seen:
    """The boxes that count: not below the faint ones, and no more than there may be tracks, the best ones."""
    order = np.argsort(-seen.scores, kind="stable")
    chosen = order[seen.scores[order] >= rules.faint][: rules.most]
    looks = None if seen.looks is None else seen.looks[chosen]
    return Seen(seen.boxes[chosen], seen.scores[chosen], seen.class_ids[chosen], looks)


def _single(seen: Seen, rules: Rules) -> list[int]:
    """The boxes that are not a better one's twin. They are in descending order of score."""
    twins = (overlaps(seen.boxes, seen.boxes) > rules.twin) & (seen.class_ids[:, None] == seen.class_ids[None, :])
    return np.flatnonzero(~np.tril(twins, -1).any(axis=1)).tolist()


def _continued(
    before: tuple[Known, ...], motion: Motion, seen: Seen, time: float, pairs: list[tuple[int, int]], rules: Rules
) -> tuple[list[Known], Motion]:
    """All tracks, with the boxes that continue them taken in."""
    known, rows = list(before), np.array([row for row, _ in pairs], np.intp)
    boxes = np.array([box for _, box in pairs], np.intp)
    moved = corrected(motion.chosen(rows), seen.boxes[boxes], rules.noise)
    jumped = np.array([time - before[row].at > rules.kept for row, _ in pairs], bool)  # its prediction had ended
    moved = moved.replaced(np.flatnonzero(jumped), begun(seen.boxes[boxes[jumped]], rules.noise))
    for row, box in pairs:
        look = None if seen.looks is None else _mixed(known[row].look, seen.looks[box])
        known[row] = replace(
            known[row],
            score=float(seen.scores[box]),
            at=time,
            pictures=known[row].pictures + 1,
            look=known[row].look if look is None else look,
        )
    return known, motion.replaced(rows, moved)


def _kept(known: list[Known], time: float, rules: Rules) -> list[int]:
    """The tracks that are not forgotten, in the order of their ids."""

    def patience(track: Known) -> float:
        if track.pictures == 1:
            return rules.tentative
        return rules.kept if track.look is None else max(rules.kept, rules.remembered)

    alive = [row for row, track in enumerate(known) if time - track.at <= patience(track)]
    alive.sort(key=lambda row: (-known[row].at, -known[row].pictures, known[row].id))
    return sorted(alive[: rules.most])


def _mixed(look: Looks | None, newest: Looks) -> Looks:
    if look is None:
        return newest
    mixed = (1 - _NEW_LOOK) * look + _NEW_LOOK * newest
    length = float(np.linalg.norm(mixed))
    return np.asarray(mixed / length if length > 0 else newest, np.float32)
