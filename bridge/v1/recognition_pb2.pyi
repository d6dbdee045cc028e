from bridge.v1 import bundle_pb2 as _bundle_pb2
from bridge.v1 import error_pb2 as _error_pb2
from bridge.v1 import media_pb2 as _media_pb2
from bridge.v1 import timing_pb2 as _timing_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecognitionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECOGNITION_KIND_UNSPECIFIED: _ClassVar[RecognitionKind]
    RECOGNITION_KIND_CLASSIFY: _ClassVar[RecognitionKind]
    RECOGNITION_KIND_DETECT: _ClassVar[RecognitionKind]
    RECOGNITION_KIND_TRACK: _ClassVar[RecognitionKind]
    RECOGNITION_KIND_FACES: _ClassVar[RecognitionKind]
    RECOGNITION_KIND_FACE_MESH: _ClassVar[RecognitionKind]
    RECOGNITION_KIND_PEOPLE: _ClassVar[RecognitionKind]
RECOGNITION_KIND_UNSPECIFIED: RecognitionKind
RECOGNITION_KIND_CLASSIFY: RecognitionKind
RECOGNITION_KIND_DETECT: RecognitionKind
RECOGNITION_KIND_TRACK: RecognitionKind
RECOGNITION_KIND_FACES: RecognitionKind
RECOGNITION_KIND_FACE_MESH: RecognitionKind
RECOGNITION_KIND_PEOPLE: RecognitionKind

class RecognitionTask(_message.Message):
    __slots__ = ("kind", "budget", "score_threshold", "max_results", "by_appearance")
    KIND_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    SCORE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    BY_APPEARANCE_FIELD_NUMBER: _ClassVar[int]
    kind: RecognitionKind
    budget: _timing_pb2.Budget
    score_threshold: float
    max_results: int
    by_appearance: bool
    def __init__(self, kind: _Optional[_Union[RecognitionKind, str]] = ..., budget: _Optional[_Union[_timing_pb2.Budget, _Mapping]] = ..., score_threshold: _Optional[float] = ..., max_results: _Optional[int] = ..., by_appearance: _Optional[bool] = ...) -> None: ...

class RecognizeRequest(_message.Message):
    __slots__ = ("open", "frame", "close_slot", "bundle")
    OPEN_FIELD_NUMBER: _ClassVar[int]
    FRAME_FIELD_NUMBER: _ClassVar[int]
    CLOSE_SLOT_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    open: RecognizeOpen
    frame: CameraFrame
    close_slot: RecognizeCloseSlot
    bundle: _bundle_pb2.Bundle
    def __init__(self, open: _Optional[_Union[RecognizeOpen, _Mapping]] = ..., frame: _Optional[_Union[CameraFrame, _Mapping]] = ..., close_slot: _Optional[_Union[RecognizeCloseSlot, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ...) -> None: ...

class RecognizeOpen(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class RecognizeCloseSlot(_message.Message):
    __slots__ = ("slot",)
    SLOT_FIELD_NUMBER: _ClassVar[int]
    slot: int
    def __init__(self, slot: _Optional[int] = ...) -> None: ...

class CameraFrame(_message.Message):
    __slots__ = ("slot", "frame_index", "tasks", "pose", "late_result_count", "image")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    FRAME_INDEX_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    POSE_FIELD_NUMBER: _ClassVar[int]
    LATE_RESULT_COUNT_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    slot: int
    frame_index: int
    tasks: _containers.RepeatedCompositeFieldContainer[RecognitionTask]
    pose: bytes
    late_result_count: int
    image: _media_pb2.Image
    def __init__(self, slot: _Optional[int] = ..., frame_index: _Optional[int] = ..., tasks: _Optional[_Iterable[_Union[RecognitionTask, _Mapping]]] = ..., pose: _Optional[bytes] = ..., late_result_count: _Optional[int] = ..., image: _Optional[_Union[_media_pb2.Image, _Mapping]] = ...) -> None: ...

class RecognizeResponse(_message.Message):
    __slots__ = ("opened", "status", "result", "bundle")
    OPENED_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    opened: RecognizeOpened
    status: RecognitionStatus
    result: RecognitionResult
    bundle: _bundle_pb2.Bundle
    def __init__(self, opened: _Optional[_Union[RecognizeOpened, _Mapping]] = ..., status: _Optional[_Union[RecognitionStatus, _Mapping]] = ..., result: _Optional[_Union[RecognitionResult, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ...) -> None: ...

class RecognizeOpened(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RecognitionStatus(_message.Message):
    __slots__ = ("slot", "frame_index", "kind", "outcome", "pose")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    FRAME_INDEX_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    POSE_FIELD_NUMBER: _ClassVar[int]
    slot: int
    frame_index: int
    kind: RecognitionKind
    outcome: _error_pb2.Outcome
    pose: bytes
    def __init__(self, slot: _Optional[int] = ..., frame_index: _Optional[int] = ..., kind: _Optional[_Union[RecognitionKind, str]] = ..., outcome: _Optional[_Union[_error_pb2.Outcome, _Mapping]] = ..., pose: _Optional[bytes] = ...) -> None: ...

class RecognitionResult(_message.Message):
    __slots__ = ("slot", "frame_index", "kind", "pose", "source_width", "source_height", "classifications", "detections", "carried", "carried_from_index", "timing", "carried_from_pose", "carried_micros", "faces", "face_meshes", "people")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    FRAME_INDEX_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    POSE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    SOURCE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CLASSIFICATIONS_FIELD_NUMBER: _ClassVar[int]
    DETECTIONS_FIELD_NUMBER: _ClassVar[int]
    CARRIED_FIELD_NUMBER: _ClassVar[int]
    CARRIED_FROM_INDEX_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    CARRIED_FROM_POSE_FIELD_NUMBER: _ClassVar[int]
    CARRIED_MICROS_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    FACE_MESHES_FIELD_NUMBER: _ClassVar[int]
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    slot: int
    frame_index: int
    kind: RecognitionKind
    pose: bytes
    source_width: int
    source_height: int
    classifications: _containers.RepeatedCompositeFieldContainer[Classification]
    detections: _containers.RepeatedCompositeFieldContainer[Detection]
    carried: bool
    carried_from_index: int
    timing: _timing_pb2.Timing
    carried_from_pose: bytes
    carried_micros: int
    faces: _containers.RepeatedCompositeFieldContainer[Face]
    face_meshes: _containers.RepeatedCompositeFieldContainer[FaceMesh]
    people: PeopleMask
    def __init__(self, slot: _Optional[int] = ..., frame_index: _Optional[int] = ..., kind: _Optional[_Union[RecognitionKind, str]] = ..., pose: _Optional[bytes] = ..., source_width: _Optional[int] = ..., source_height: _Optional[int] = ..., classifications: _Optional[_Iterable[_Union[Classification, _Mapping]]] = ..., detections: _Optional[_Iterable[_Union[Detection, _Mapping]]] = ..., carried: _Optional[bool] = ..., carried_from_index: _Optional[int] = ..., timing: _Optional[_Union[_timing_pb2.Timing, _Mapping]] = ..., carried_from_pose: _Optional[bytes] = ..., carried_micros: _Optional[int] = ..., faces: _Optional[_Iterable[_Union[Face, _Mapping]]] = ..., face_meshes: _Optional[_Iterable[_Union[FaceMesh, _Mapping]]] = ..., people: _Optional[_Union[PeopleMask, _Mapping]] = ...) -> None: ...

class Classification(_message.Message):
    __slots__ = ("class_id", "label", "score")
    CLASS_ID_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    class_id: int
    label: str
    score: float
    def __init__(self, class_id: _Optional[int] = ..., label: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class Detection(_message.Message):
    __slots__ = ("class_id", "label", "score", "x", "y", "width", "height", "track")
    CLASS_ID_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TRACK_FIELD_NUMBER: _ClassVar[int]
    class_id: int
    label: str
    score: float
    x: float
    y: float
    width: float
    height: float
    track: Track
    def __init__(self, class_id: _Optional[int] = ..., label: _Optional[str] = ..., score: _Optional[float] = ..., x: _Optional[float] = ..., y: _Optional[float] = ..., width: _Optional[float] = ..., height: _Optional[float] = ..., track: _Optional[_Union[Track, _Mapping]] = ...) -> None: ...

class Track(_message.Message):
    __slots__ = ("id", "velocity_x", "velocity_y", "predicted", "unseen_micros")
    ID_FIELD_NUMBER: _ClassVar[int]
    VELOCITY_X_FIELD_NUMBER: _ClassVar[int]
    VELOCITY_Y_FIELD_NUMBER: _ClassVar[int]
    PREDICTED_FIELD_NUMBER: _ClassVar[int]
    UNSEEN_MICROS_FIELD_NUMBER: _ClassVar[int]
    id: int
    velocity_x: float
    velocity_y: float
    predicted: bool
    unseen_micros: int
    def __init__(self, id: _Optional[int] = ..., velocity_x: _Optional[float] = ..., velocity_y: _Optional[float] = ..., predicted: _Optional[bool] = ..., unseen_micros: _Optional[int] = ...) -> None: ...

class Face(_message.Message):
    __slots__ = ("score", "x", "y", "width", "height", "right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear", "head")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    RIGHT_EYE_FIELD_NUMBER: _ClassVar[int]
    LEFT_EYE_FIELD_NUMBER: _ClassVar[int]
    NOSE_FIELD_NUMBER: _ClassVar[int]
    MOUTH_FIELD_NUMBER: _ClassVar[int]
    RIGHT_EAR_FIELD_NUMBER: _ClassVar[int]
    LEFT_EAR_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    score: float
    x: float
    y: float
    width: float
    height: float
    right_eye: FacePoint
    left_eye: FacePoint
    nose: FacePoint
    mouth: FacePoint
    right_ear: FacePoint
    left_ear: FacePoint
    head: HeadPose
    def __init__(self, score: _Optional[float] = ..., x: _Optional[float] = ..., y: _Optional[float] = ..., width: _Optional[float] = ..., height: _Optional[float] = ..., right_eye: _Optional[_Union[FacePoint, _Mapping]] = ..., left_eye: _Optional[_Union[FacePoint, _Mapping]] = ..., nose: _Optional[_Union[FacePoint, _Mapping]] = ..., mouth: _Optional[_Union[FacePoint, _Mapping]] = ..., right_ear: _Optional[_Union[FacePoint, _Mapping]] = ..., left_ear: _Optional[_Union[FacePoint, _Mapping]] = ..., head: _Optional[_Union[HeadPose, _Mapping]] = ...) -> None: ...

class FacePoint(_message.Message):
    __slots__ = ("x", "y")
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    x: float
    y: float
    def __init__(self, x: _Optional[float] = ..., y: _Optional[float] = ...) -> None: ...

class HeadPose(_message.Message):
    __slots__ = ("yaw_degrees", "pitch_degrees", "roll_degrees")
    YAW_DEGREES_FIELD_NUMBER: _ClassVar[int]
    PITCH_DEGREES_FIELD_NUMBER: _ClassVar[int]
    ROLL_DEGREES_FIELD_NUMBER: _ClassVar[int]
    yaw_degrees: float
    pitch_degrees: float
    roll_degrees: float
    def __init__(self, yaw_degrees: _Optional[float] = ..., pitch_degrees: _Optional[float] = ..., roll_degrees: _Optional[float] = ...) -> None: ...

class FaceMesh(_message.Message):
    __slots__ = ("score", "x", "y", "width", "height", "points", "head")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    score: float
    x: float
    y: float
    width: float
    height: float
    points: _containers.RepeatedScalarFieldContainer[float]
    head: HeadPose
    def __init__(self, score: _Optional[float] = ..., x: _Optional[float] = ..., y: _Optional[float] = ..., width: _Optional[float] = ..., height: _Optional[float] = ..., points: _Optional[_Iterable[float]] = ..., head: _Optional[_Union[HeadPose, _Mapping]] = ...) -> None: ...

class PeopleMask(_message.Message):
    __slots__ = ("width", "height", "coverage", "data")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    COVERAGE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    coverage: float
    data: bytes
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., coverage: _Optional[float] = ..., data: _Optional[bytes] = ...) -> None: ...
