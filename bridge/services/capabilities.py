"""The two ways to look at a picture: which model, how its input is prepared, how its output becomes an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.config import Config
from bridge.services.camera import Seen, Task
from bridge.services.pictures import Pixels, Size
from bridge.v1 import recognition_pb2
from models.recognition.classes import CROP, SIDE, ClassifierInput, top_classes
from models.recognition.detections import LANES, SCORE_THRESHOLD, DetectorInput, detections, lanes_for
from models.recognition.motion import Sighting, carry

_MOST_CLASSES = 5
_MOST_OBJECTS = 20
_CLASSIFIER_SIZE = (round(SIDE / CROP), round(SIDE / CROP))


@dataclass(frozen=True, slots=True)
class Capability:
    """One kind of task. `prepare` and `read` run on worker threads; `carry` takes no time."""

    model: str
    work: str
    default_budget: Callable[[Config], float]
    enough: Callable[[str], Size]  # the pixels that a rung needs of a picture
    lane: Callable[[str, int, int], str]  # the lane of a rung that suits a picture of this width and height
    prepare: Callable[[Pixels, str], Any]  # picture and lane to the lane's input
    read: Callable[[Task, Any], Sequence[Any]]  # the lane's output to answers
    remember: Callable[[Seen | None, Task, Sequence[Any]], Seen]  # what can be carried on from now on
    carry: Callable[[Seen, Task], Sequence[Any]]  # what was seen, carried on to a task's picture


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


def _keep(seen: Seen | None, task: Task, answers: Sequence[Any]) -> Seen:
    return Seen(task.index, answers)


def _watch(seen: Seen | None, task: Task, answers: Sequence[Any]) -> Seen:
    """The last two pictures' boxes: where things are, and how they move."""
    latest = Sighting(task.arrival, tuple(answers))
    return Seen(task.index, (seen.answers[1] if seen is not None else None, latest))


def _carry_on(seen: Seen, task: Task) -> Sequence[Any]:
    earlier, latest = seen.answers
    return carry(earlier, latest, task.arrival, task.width, task.height)


KINDS: Mapping[int, Capability] = {
    recognition_pb2.RECOGNITION_KIND_CLASSIFY: Capability(
        model="classifier",
        work="classify",
        default_budget=lambda config: config.classify_budget,
        enough=lambda rung: _CLASSIFIER_SIZE,
        lane=lambda rung, width, height: rung,
        prepare=_prepare_classifier,
        read=_classes,
        remember=_keep,
        carry=lambda seen, task: seen.answers,
    ),
    recognition_pb2.RECOGNITION_KIND_DETECT: Capability(
        model="detector",
        work="detect",
        default_budget=lambda config: config.detect_budget,
        enough=lambda rung: LANES[_detector_lane(rung, width=2, height=1)],
        lane=_detector_lane,
        prepare=_prepare_detector,
        read=_objects,
        remember=_watch,
        carry=_carry_on,
    ),
}
