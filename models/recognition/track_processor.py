"""Pre- and postprocessing of tracking: what a detector finds, picture after picture, to tracks.

Tracks are in units of the height of their first picture, and are stretched to the picture that they are shown in, so a
camera may change its resolution.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.recognition.colours import colours as small_copy
from models.recognition.detections import NAMES, SAME_OBJECT, Candidates, Detection, DetectorInput, lanes_for
from models.recognition.geometry import distinct
from models.recognition.tracking.looks import looks
from models.recognition.tracking.tracker import followed
from models.recognition.tracking.tracks import NO_TRACKS, Rules, Seen, Track, Tracks, shown

RULES = Rules(certain=0.5, faint=0.15)  # NanoDet's scores: false alarms reach 0.47, half hidden people fall to 0.2
_LEAST_SECONDS = 1e-3  # between pictures that arrive at once
_DEFAULT_COUNT = 20
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tracked(Detection):
    """An object that is followed, and its box in pixels, from the picture's top left corner."""

    track_id: int
    velocity_x: float  # pixels a second
    velocity_y: float
    unseen: float  # seconds; 0 if the picture shows it


@dataclass(frozen=True, slots=True)
class Followed:
    """The tracks of one camera and the aspect ratio of their unit; 0 if the next picture sets it."""

    tracks: Tracks = NO_TRACKS
    aspect: float = 0.0

    def after(
        self, output: Candidates, time: float, size: Size, rules: Rules, colours: NDArray[np.uint8] | None = None
    ) -> "Followed":
        """With a picture taken in: the detector's output of it, and `colours` to use appearance too."""
        aspect = self.aspect or size[0] / size[1]
        likely = int(np.count_nonzero(output.scores >= rules.faint))  # of 200; suppressing the others takes 7 ms
        chosen = distinct(output.boxes[:likely], output.class_ids[:likely], SAME_OBJECT)[: rules.most]
        shares = output.boxes[chosen].clip(0, 1)
        found = looks(colours, shares) if colours is not None else None
        boxes = shares * np.array([aspect, 1.0] * 2)
        seen = Seen(boxes, output.scores[chosen].astype(float), output.class_ids[chosen], found)
        time = max(time, self.tracks.time + _LEAST_SECONDS)
        return Followed(followed(self.tracks, seen, time, rules), aspect)

    def forgotten(self) -> "Followed":
        """No tracks, but no id that has been used."""
        return Followed(replace(NO_TRACKS, time=self.tracks.time, next_id=self.tracks.next_id))

    def at(self, time: float, size: Size, rules: Rules, hidden: bool = True) -> list[Tracked]:
        """The objects of `shown` in pixels of a picture of this size; those outside it are left out."""
        scale = (size[0] / self.aspect, float(size[1])) if self.aspect else (1.0, 1.0)
        placed = (_placed(track, scale, size) for track in shown(self.tracks, time, rules, hidden))
        return [track for track in placed if track is not None]


class TrackProcessor:
    """Thread-safe: it keeps nothing. What it remembers is the caller's, and never changed."""

    reads_at_once = False

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
        output: Candidates, time: float, size: Size, before: Followed | None, colours: NDArray[np.uint8] | None
    ) -> Followed:
        """The tracks after a picture; `before` are those of the same camera, `colours` is set to use appearance too."""
        return (before or Followed()).after(output, time, size, RULES, colours)

    @staticmethod
    def forgotten(before: Followed) -> Followed:
        """No tracks, but no id that has been used."""
        return before.forgotten()

    @classmethod
    def answers(
        cls, output: Candidates, followed: Followed, time: float, size: Size, threshold: float, limit: int
    ) -> list[Tracked]:
        """The answers to a picture: the tracks after it."""
        return cls.carry(followed, time, size, threshold, limit)

    @staticmethod
    def carry(followed: Followed, time: float, size: Size, threshold: float, limit: int) -> list[Tracked]:
        """The tracks at a time not before their last picture, in pixels; those outside the picture are left out."""
        found = [track for track in followed.at(time, size, RULES) if track.score >= threshold]
        return found[: limit or _DEFAULT_COUNT]


def _placed(track: Track, scale: tuple[float, float], size: Size) -> Tracked | None:
    """A track in pixels, cut at the picture's edges; None if it is outside."""
    x1, y1, x2, y2 = (side * scale[place % 2] for place, side in enumerate(track.box))
    left, right, top, bottom = max(0.0, x1), min(float(size[0]), x2), max(0.0, y1), min(float(size[1]), y2)
    if right - left < 1 or bottom - top < 1:
        return None
    vx, vy = track.velocity[0] * scale[0], track.velocity[1] * scale[1]
    label = NAMES[track.class_id]
    sides = (left, top, right - left, bottom - top)
    return Tracked(track.class_id, label, track.score, *sides, track.id, vx, vy, track.unseen)
