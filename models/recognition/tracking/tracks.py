"""The tracks of one camera, as a value: what is known of each object, and where it is at a later time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.recognition.tracking.motion import NOISE, NOTHING, Motion, Noise, Values, later

Looks = NDArray[np.float32]  # [N, D], each of length 1


@dataclass(frozen=True, slots=True)
class Rules:
    """The tracker's parameters. Times are seconds."""

    certain: float = 0.5  # score of boxes that are matched first, and of new objects
    faint: float = 0.1  # score from which boxes continue a track that no certain box does
    overlap: float = 0.2  # IoU of a predicted box with a certain one of the same object
    faint_overlap: float = 0.4  # the same with a faint one
    twin: float = 0.5  # IoU with a better box of its class above which a box begins no track: detectors see some twice
    reach: float = 3.0  # standard deviations by which an object may be off its predicted centre
    shown: float = 1.0  # how long a box is predicted for an object that is not seen
    kept: float = 2.0  # how long its id waits for it at the predicted place
    tentative: float = 0.5  # the same for objects that were seen in one picture only
    remembered: float = 20.0  # the same by appearance, wherever it comes back
    alike: float = 0.85  # cosine of two looks of the same object, where only the looks tell
    unlike: float = 0.5  # cosine below which two looks are of different objects
    by_look: float = 0.3  # weight of looks beside the overlap
    most: int = 64  # tracks; those not seen for longest go first
    noise: Noise = NOISE


RULES = Rules()


@dataclass(frozen=True, slots=True)
class Seen:
    """What was detected in one picture, best first: N boxes of which no two are the same object."""

    boxes: Values  # [N, 4]: x1, y1, x2, y2
    scores: NDArray[np.float64]  # [N]
    class_ids: NDArray[np.int64]  # [N]
    looks: Looks | None = None  # None: not asked for

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True, slots=True)
class Known:
    """What does not move of one track."""

    id: int
    class_id: int
    score: float  # of its last box
    since: float  # when it was seen first
    at: float  # when it was seen last
    pictures: int  # in which it was seen
    look: Looks | None = None  # [D], an average of the last ones


@dataclass(frozen=True, slots=True)
class Tracks:
    """All tracks of one camera as of the picture taken at `time`; never changed, so that any thread may read it."""

    time: float
    known: tuple[Known, ...]
    motion: Motion  # of each at `time`
    next_id: int = 1


@dataclass(frozen=True, slots=True)
class Track:
    """An object at one time."""

    id: int
    class_id: int
    score: float  # of the box seen last, lower the longer that is ago
    box: tuple[float, float, float, float]  # x1, y1, x2, y2
    velocity: tuple[float, float]  # of its centre, in units of the boxes a second
    unseen: float  # seconds since it was seen; 0 if it is in this picture

    @property
    def predicted(self) -> bool:
        """Whether the box is where the object should be, and not where it was seen."""
        return self.unseen > 0


NO_TRACKS = Tracks(-np.inf, (), NOTHING)
FADED = 0.7  # factor of a score after `Rules.shown`


def shown(tracks: Tracks, time: float, rules: Rules = RULES, hidden: bool = True) -> list[Track]:
    """The objects at a time not before the last picture, newest sight first.

    An object that is not seen is shown for `rules.shown` seconds; one that was seen in one picture only, for
    `rules.tentative` seconds at most, and not after another picture. Without `hidden` none is that the last picture
    does not show.
    """
    ahead = max(0.0, time - tracks.time)

    def visible(known: Known) -> bool:
        if known.pictures > 1 and (hidden or known.at == tracks.time):
            return time - known.at <= rules.shown
        return known.at == tracks.time and ahead <= rules.tentative

    rows = [row for row, known in enumerate(tracks.known) if visible(known)]
    motion = later(tracks.motion.chosen(np.array(rows, np.intp)), ahead, rules.noise)
    found = []
    moved = zip(rows, motion.boxes.tolist(), motion.speed[:, :2].tolist(), strict=True)
    for row, (x1, y1, x2, y2), (vx, vy) in moved:
        known = tracks.known[row]
        unseen = max(0.0, tracks.time + ahead - known.at)
        score = known.score * (1 - (1 - FADED) * unseen / rules.shown)
        found.append(Track(known.id, known.class_id, score, (x1, y1, x2, y2), (vx, vy), unseen))
    return sorted(found, key=lambda track: (track.unseen > 0, -track.score, track.id))
