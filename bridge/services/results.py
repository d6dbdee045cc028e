"""What was seen, on the wire."""

from collections.abc import Sequence
from typing import Any

from bridge.services.camera import Task
from bridge.v1 import recognition_pb2, timing_pb2


def result(
    task: Task, answers: Sequence[Any], carried_from: int, timing: timing_pb2.Timing
) -> recognition_pb2.RecognizeResponse:
    """The answer to a task; `carried_from` is the picture that was really looked at, or 0 for its own."""
    message = recognition_pb2.RecognitionResult(
        slot=task.slot,
        frame_index=task.index,
        kind=task.kind,
        pose=task.pose,
        source_width=task.width,
        source_height=task.height,
        carried=carried_from > 0,
        carried_from_index=carried_from,
        timing=timing,
    )
    for answer in answers:
        if task.kind == recognition_pb2.RECOGNITION_KIND_CLASSIFY:
            message.classifications.add(class_id=answer.class_id, label=answer.label, score=answer.score)
        else:
            message.detections.add(
                class_id=answer.class_id,
                label=answer.label,
                score=answer.score,
                x=answer.x,
                y=answer.y,
                width=answer.width,
                height=answer.height,
            )
    return recognition_pb2.RecognizeResponse(result=message)
