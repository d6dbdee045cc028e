"""Pre- and postprocessing of tracking: what a detector finds, picture after picture, to tracks.

Tracks are kept in units of the picture's height, so that a camera may change its resolution.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.recognition.colours import colours as small_copy
from models.recognition.detections import NAMES, SAME_OBJECT, Candidates, DetectorInput, lanes_for
from models.recognition.geometry import distinct
from models.recognition.tracking.looks import looks
from models.recognition.tracking.tracker import followed
from models.recognition.tracking.tracks import NO_TRACKS, Rules, Seen, Track, Tracks, shown

RULES = Rules(certain=0.5, faint=0.15)  # NanoDet's scores: false alarms reach 0.47, half hidden people fall to 0.2
_LEAST_SECONDS = 1e-3  # between pictures that arrive at once
_DEFAULT_COUNT = 20
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tracked:
    """An object that is followed, and its box in pixels, from the picture's top left corner."""

    class_id: int  # COCO's, 0 to 79
    label: str
    score: float
    x: float
    y: float
    width: float
    height: float
    track_id: int
    velocity_x: float  # pixels a second
    velocity_y: float
    unseen: float  # seconds; 0 if the picture shows it


class TrackProcessor:
    """Thread-safe: it keeps nothing. What it remembers is the caller's, and never changed."""

    reads_at_once = False
    follows = True

    @staticmethod
    def lane(rung: str, width: int, height: int) -> str:
        """The lane of a rung for a picture of this size."""
        wide = f"{rung}.wide"
        return wide if wide in lanes_for(width, height) else rung

    @staticmethod
    def prepare(picture: NDArray[np.uint8], lane: str) -> DetectorInput:
        """The lane's input, from uint8 [H, W, 3], RGB."""
        return DetectorInput.prepare(picture, lane)

    @staticmethod
    def colours(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """What of a picture [H, W, 3] `follow` needs to tell objects by appearance."""
        return small_copy(picture)

    @staticmethod
    def follow(
        output: Candidates, time: float, size: Size, before: Tracks | None, colours: NDArray[np.uint8] | None
    ) -> Tracks:
        """The tracks after a picture; `before` are those of the same camera, `colours` is set to use appearance too."""
        chosen = distinct(output.boxes, output.class_ids, SAME_OBJECT)[: RULES.most]
        shares = output.boxes[chosen].clip(0, 1)
        found = looks(colours, shares) if colours is not None else None
        seen = Seen(shares * _unit(size), output.scores[chosen].astype(float), output.class_ids[chosen], found)
        tracks = before or NO_TRACKS
        return followed(tracks, seen, max(time, tracks.time + _LEAST_SECONDS), RULES)

    @staticmethod
    def forgotten(before: Tracks) -> Tracks:
        """No tracks, but no id that has been used."""
        return replace(NO_TRACKS, time=before.time, next_id=before.next_id)

    @staticmethod
    def carry(tracks: Tracks, time: float, size: Size, threshold: float, limit: int) -> list[Tracked]:
        """The tracks at a time not before their last picture, in pixels; those outside the picture are left out."""
        inside = (_inside(track, size) for track in shown(tracks, time, RULES))
        found = [track for track in inside if track is not None and track.score >= threshold]
        return found[: limit or _DEFAULT_COUNT]


def _unit(size: Size) -> NDArray[np.float64]:
    """What makes shares of a picture's sides units of its height."""
    return np.array([size[0] / size[1], 1.0] * 2)


def _inside(track: Track, size: Size) -> Tracked | None:
    width, height = size
    x1, y1, x2, y2 = (side * height for side in track.box)
    left, right, top, bottom = max(0.0, x1), min(float(width), x2), max(0.0, y1), min(float(height), y2)
    if right - left < 1 or bottom - top < 1:
        return None
    vx, vy = (part * height for part in track.velocity)
    label = NAMES[track.class_id]
    sides = (left, top, right - left, bottom - top)
    return Tracked(track.class_id, label, track.score, *sides, track.id, vx, vy, track.unseen)
