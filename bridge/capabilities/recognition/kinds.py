"""The kinds of task: which model answers, how its input is prepared, how its output becomes an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.capabilities.recognition.camera import Task
from bridge.capabilities.recognition.seen import Seen
from bridge.pictures.picture import Pixels, Size
from bridge.v1 import recognition_pb2
from models.recognition.classes import CROP, SIDE, ClassifierInput, top_classes
from models.recognition.detections import LANES, SCORE_THRESHOLD, Candidates, DetectorInput, detections, lanes_for
from models.recognition.motion import Sighting, carry

MOST_RESULTS = 100
_MOST_CLASSES = 5
_MOST_OBJECTS = 20
_MOST_CARRIED = 64  # candidates: they are read again on the event loop, and all 200 would hold it for milliseconds
_EARLIER_SHARE = 0.5  # of the threshold: what was fainter in the picture before still tells its motion
_CLASSIFIER_SIZE = (round(SIDE / CROP), round(SIDE / CROP))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of task. `prepare` runs on a worker thread, and so does `read` unless it takes no longer than the way to
    one (40 us for classes, where that way takes 100 and more); `carry` takes no time.
    """

    model: str
    work: str
    enough: Callable[[str], Size]  # the pixels that a rung needs of a picture
    lane: Callable[[str, int, int], str]  # the lane of a rung that suits a picture of this width and height
    prepare: Callable[[Pixels, str], Any]  # picture and lane to the lane's input
    read: Callable[[Task, Any], Sequence[Any]]  # the lane's output to answers
    remember: Callable[[Seen | None, Task, Any], Seen]  # the lane's output: what can be carried on from now on
    carry: Callable[[Seen, Task], Sequence[Any]]  # what was seen, carried on to a task's picture
    reads_at_once: bool = False


def _prepare_classifier(picture: Pixels, lane: str) -> Any:
    return ClassifierInput.prepare(picture)


def _classes(task: Task, raw: Any) -> Sequence[Any]:
    return top_classes(raw, task.limit or _MOST_CLASSES, task.threshold)


def _prepare_detector(picture: Pixels, lane: str) -> Any:
    return DetectorInput.prepare(picture, lane)


def _objects(task: Task, raw: Any) -> Sequence[Any]:
    threshold = task.threshold or SCORE_THRESHOLD
    return detections(raw, task.width, task.height, threshold, task.limit or _MOST_OBJECTS)


def _detector_lane(rung: str, width: int, height: int) -> str:
    """Wide pictures have lanes of their own, which show less black."""
    wide = f"{rung}.wide"
    return wide if wide in lanes_for(width, height) else rung


def _keep(seen: Seen | None, task: Task, raw: Any) -> Seen:
    return Seen(task.origin, raw)


def _watch(seen: Seen | None, task: Task, raw: Candidates) -> Seen:
    """The last two pictures' candidates: where things are, and how they move. What is no answer to the later picture
    tells no motion either.
    """
    before = (seen.origin.arrival, seen.output[1]) if seen is not None and seen.origin.holds(task.origin) else None
    return Seen(task.origin, (before, raw.best(_MOST_CARRIED)))


def _carry_on(seen: Seen, task: Task) -> Sequence[Any]:
    """Read again, at this picture's size and for this task's threshold; boxes are fainter the further they moved."""
    threshold = task.threshold or SCORE_THRESHOLD
    before, raw = seen.output
    earlier = _sighting(before, task, threshold * _EARLIER_SHARE) if before is not None else None
    latest = _sighting((seen.origin.arrival, raw), task, threshold)
    moved = carry(earlier, latest, task.arrival, task.width, task.height)
    return [box for box in moved if box.score >= threshold][: task.limit or _MOST_OBJECTS]


def _sighting(seen: tuple[float, Candidates], task: Task, threshold: float) -> Sighting:
    time, raw = seen
    return Sighting(time, tuple(detections(raw, task.width, task.height, threshold, MOST_RESULTS)))


KINDS: Mapping[int, Kind] = {
    recognition_pb2.RECOGNITION_KIND_CLASSIFY: Kind(
        model="classifier",
        work="classify",
        enough=lambda rung: _CLASSIFIER_SIZE,
        lane=lambda rung, width, height: rung,
        prepare=_prepare_classifier,
        read=_classes,
        remember=_keep,
        carry=lambda seen, task: _classes(task, seen.output),
        reads_at_once=True,
    ),
    recognition_pb2.RECOGNITION_KIND_DETECT: Kind(
        model="detector",
        work="detect",
        enough=lambda rung: LANES[_detector_lane(rung, width=2, height=1)],
        lane=_detector_lane,
        prepare=_prepare_detector,
        read=_objects,
        remember=_watch,
        carry=_carry_on,
    ),
}
