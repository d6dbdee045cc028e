"""What was recognised in a picture, read from the server's message."""

from dataclasses import dataclass
from typing import final

from bridge.client.answers import MICROS, Timing
from bridge.client.recognition.faces import Face, FaceMesh, PeopleMask, faces_of, mask_of, meshes_of
from bridge.v1 import recognition_pb2


@dataclass(frozen=True, slots=True)
class Label:
    """A label for the whole picture, by ImageNet's name."""

    name: str
    score: float
    class_id: int


@dataclass(frozen=True, slots=True)
class Box:
    """An object, by COCO's name, and its box in pixels from the picture's top left corner.

    Of "track" only are the rest: an id that stays with the object, the velocity of the box's centre in pixels a second,
    to the right and downwards, whether the box is `predicted`, and for how many seconds the object was `unseen` then.
    """

    name: str
    score: float
    x: float
    y: float
    width: float
    height: float
    class_id: int
    track_id: int = 0
    velocity: tuple[float, float] = (0.0, 0.0)
    predicted: bool = False
    unseen: float = 0.0


@final
@dataclass(frozen=True, slots=True)
class Recognized:
    """What was recognised in a picture, on time: `labels` of "classify", `boxes` of "detect" and "track", `faces` of
    "faces" and `meshes` of "face_mesh", best first, or the `mask` of "people".

    `carried` marks an earlier answer, used because a new one could not be on time. It is from the picture
    `carried_from_index`, sent with `carried_from_pose` and received `carried_seconds` before this one.
    """

    slot: int
    frame_index: int
    kind: str
    labels: tuple[Label, ...]
    boxes: tuple[Box, ...]
    width: int
    height: int
    pose: bytes
    carried: bool
    carried_from_index: int
    elapsed: float
    budget: float
    timing: Timing
    carried_from_pose: bytes = b""
    carried_seconds: float = 0.0
    faces: tuple[Face, ...] = ()
    meshes: tuple[FaceMesh, ...] = ()
    mask: PeopleMask | None = None

    @property
    def on_time(self) -> bool:
        """Whether it came within its budget, by the client's clock."""
        return self.budget <= 0 or self.elapsed <= self.budget


def recognized(result: recognition_pb2.RecognitionResult, kind: str, elapsed: float, budget: float) -> Recognized:
    """The result of a task of this kind; `elapsed` and `budget` are in seconds."""
    return Recognized(
        slot=result.slot,
        frame_index=result.frame_index,
        kind=kind,
        labels=tuple(Label(item.label, item.score, item.class_id) for item in result.classifications),
        boxes=tuple(_box(item) for item in result.detections),
        width=result.source_width,
        height=result.source_height,
        pose=result.pose,
        carried=result.carried,
        carried_from_index=result.carried_from_index,
        elapsed=elapsed,
        budget=budget,
        timing=Timing.of(result.timing),
        carried_from_pose=result.carried_from_pose,
        carried_seconds=result.carried_micros / MICROS,
        faces=faces_of(result),
        meshes=meshes_of(result),
        mask=mask_of(result),
    )


def _box(item: recognition_pb2.Detection) -> Box:
    sides = item.x, item.y, item.width, item.height
    if not item.HasField("track"):
        return Box(item.label, item.score, *sides, item.class_id)
    track = item.track
    velocity = track.velocity_x, track.velocity_y
    seen = track.predicted, track.unseen_micros / MICROS
    return Box(item.label, item.score, *sides, item.class_id, track.id, velocity, *seen)
