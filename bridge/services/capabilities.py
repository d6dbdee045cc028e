"""The two ways to look at a picture: which model, how its input is prepared, how its output becomes an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.config import Config
from bridge.services.camera import Seen, Task
from bridge.services.pictures import Pixels
from bridge.v1 import recognition_pb2

_MOST_CLASSES = 5
_MOST_OBJECTS = 20


@dataclass(frozen=True, slots=True)
class Capability:
    """One kind of task. `prepare` and `read` run on worker threads; `carry` takes no time."""

    model: str
    work: str
    default_budget: Callable[[Config], float]
    prepare: Callable[[Pixels, str], Any]  # picture and lane to the lane's input
    read: Callable[[Task, Any], Sequence[Any]]  # the lane's output to answers
    remember: Callable[[Seen | None, Task, Sequence[Any]], Seen]  # what can be carried on from now on
    carry: Callable[[Seen, Task], Sequence[Any]]  # what was seen, carried on to a task's picture


def _prepare_classifier(picture: Pixels, lane: str) -> Any:
    from models.recognition.classes import ClassifierInput

    return ClassifierInput.prepare(picture)


def _classes(task: Task, raw: Any) -> Sequence[Any]:
    from models.recognition.classes import top_classes

    return top_classes(raw, task.threshold, task.limit or _MOST_CLASSES)


def _prepare_detector(picture: Pixels, lane: str) -> Any:
    from models.recognition.detections import DetectorInput

    return DetectorInput.prepare(picture, lane)


def _objects(task: Task, raw: Any) -> Sequence[Any]:
    from models.recognition.detections import SCORE_THRESHOLD, detections

    threshold = task.threshold or SCORE_THRESHOLD
    return detections(raw, task.width, task.height, threshold, task.limit or _MOST_OBJECTS)


def _keep(seen: Seen | None, task: Task, answers: Sequence[Any]) -> Seen:
    return Seen(task.index, answers)


KINDS: Mapping[int, Capability] = {
    recognition_pb2.RECOGNITION_KIND_CLASSIFY: Capability(
        model="classifier",
        work="classify",
        default_budget=lambda config: config.classify_budget,
        prepare=_prepare_classifier,
        read=_classes,
        remember=_keep,
        carry=lambda seen, task: seen.answers,
    ),
    recognition_pb2.RECOGNITION_KIND_DETECT: Capability(
        model="detector",
        work="detect",
        default_budget=lambda config: config.detect_budget,
        prepare=_prepare_detector,
        read=_objects,
        remember=_keep,
        carry=lambda seen, task: seen.answers,
    ),
}
