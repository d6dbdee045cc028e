"""Builds the result messages of recognition tasks."""

from collections.abc import Sequence
from typing import Any

from bridge.capabilities.recognition.camera import Task
from bridge.capabilities.recognition.last_output import Origin
from bridge.v1 import recognition_pb2, timing_pb2
from bridge.wire.bounds import MICROS

_DATES_CARRIED = 1  # minor of the contract since which carried answers have the age and pose of their origin


def result(
    task: Task, answers: Sequence[Any], carried_from: Origin | None, minor: int, timing: timing_pb2.Timing
) -> recognition_pb2.RecognizeResponse:
    """The answer to a task. `carried_from` is the picture it was carried over from; None if it is the task's own."""
    message = recognition_pb2.RecognitionResult(
        slot=task.slot,
        frame_index=task.index,
        kind=task.kind,
        pose=task.pose,
        source_width=task.width,
        source_height=task.height,
        timing=timing,
    )
    if carried_from is not None:
        message.carried, message.carried_from_index = True, carried_from.index
        if minor >= _DATES_CARRIED:
            message.carried_from_pose = carried_from.pose
            message.carried_micros = round((task.arrival - carried_from.arrival) * MICROS)
    for answer in answers:
        if task.kind == recognition_pb2.RECOGNITION_KIND_CLASSIFY:
            message.classifications.add(class_id=answer.class_id, label=answer.label, score=answer.score)
        else:
            found = message.detections.add(
                class_id=answer.class_id,
                label=answer.label,
                score=answer.score,
                x=answer.x,
                y=answer.y,
                width=answer.width,
                height=answer.height,
            )
            if task.kind == recognition_pb2.RECOGNITION_KIND_TRACK:
                _track(found.track, answer)
    return recognition_pb2.RecognizeResponse(result=message)


def _track(message: recognition_pb2.Track, answer: Any) -> None:
    message.id, message.predicted = answer.track_id, answer.unseen > 0
    message.velocity_x, message.velocity_y = answer.velocity_x, answer.velocity_y
    message.unseen_micros = round(answer.unseen * MICROS)
