"""Builds the result messages of recognition tasks."""

from collections.abc import Callable, Mapping, Sequence
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
    if task.kind == recognition_pb2.RECOGNITION_KIND_CLASSIFY:
        for answer in answers:
            message.classifications.add(class_id=answer.class_id, label=answer.label, score=answer.score)
    else:
        add = _ADD[task.kind]
        for answer in answers:
            add(message, answer)
    return recognition_pb2.RecognizeResponse(result=message)


def _add_box(message: recognition_pb2.RecognitionResult, answer: Any) -> None:
    message.detections.add(class_id=answer.class_id, label=answer.label, **_place(answer))


def _add_track(message: recognition_pb2.RecognitionResult, answer: Any) -> None:
    track = recognition_pb2.Track(
        id=answer.track_id,
        predicted=answer.unseen > 0,
        velocity_x=answer.velocity_x,
        velocity_y=answer.velocity_y,
        unseen_micros=round(answer.unseen * MICROS),
    )
    message.detections.add(class_id=answer.class_id, label=answer.label, track=track, **_place(answer))


def _add_face(message: recognition_pb2.RecognitionResult, answer: Any) -> None:
    points = {name: recognition_pb2.FacePoint(x=x, y=y) for name in _POINTS for x, y in (getattr(answer, name),)}
    message.faces.add(head=_head(answer.pose), **points, **_place(answer))


def _add_mesh(message: recognition_pb2.RecognitionResult, answer: Any) -> None:
    message.face_meshes.add(head=_head(answer.pose), points=answer.points.ravel().tolist(), **_place(answer))


def _add_mask(message: recognition_pb2.RecognitionResult, answer: Any) -> None:
    height, width = answer.pixels.shape
    mask = recognition_pb2.PeopleMask(
        width=width, height=height, coverage=answer.coverage, data=answer.pixels.tobytes()
    )
    message.people.CopyFrom(mask)


def _place(answer: Any) -> dict[str, float]:
    return {name: getattr(answer, name) for name in ("score", "x", "y", "width", "height")}


def _head(pose: Any) -> recognition_pb2.HeadPose:
    return recognition_pb2.HeadPose(yaw_degrees=pose.yaw, pitch_degrees=pose.pitch, roll_degrees=pose.roll)


_POINTS = ("right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear")
_ADD: Mapping[int, Callable[[recognition_pb2.RecognitionResult, Any], None]] = {
    recognition_pb2.RECOGNITION_KIND_DETECT: _add_box,
    recognition_pb2.RECOGNITION_KIND_TRACK: _add_track,
    recognition_pb2.RECOGNITION_KIND_FACES: _add_face,
    recognition_pb2.RECOGNITION_KIND_FACE_MESH: _add_mesh,
    recognition_pb2.RECOGNITION_KIND_PEOPLE: _add_mask,
}
