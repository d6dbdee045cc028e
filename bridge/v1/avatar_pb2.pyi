from bridge.v1 import bundle_pb2 as _bundle_pb2
from bridge.v1 import error_pb2 as _error_pb2
from bridge.v1 import media_pb2 as _media_pb2
from bridge.v1 import timing_pb2 as _timing_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetAvatarSchemaRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetAvatarSchemaResponse(_message.Message):
    __slots__ = ("attributes", "expressions")
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    EXPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    attributes: _containers.RepeatedCompositeFieldContainer[AttributeSchema]
    expressions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, attributes: _Optional[_Iterable[_Union[AttributeSchema, _Mapping]]] = ..., expressions: _Optional[_Iterable[str]] = ...) -> None: ...

class AttributeSchema(_message.Message):
    __slots__ = ("name", "choices", "is_color")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    IS_COLOR_FIELD_NUMBER: _ClassVar[int]
    name: str
    choices: _containers.RepeatedScalarFieldContainer[str]
    is_color: bool
    def __init__(self, name: _Optional[str] = ..., choices: _Optional[_Iterable[str]] = ..., is_color: _Optional[bool] = ...) -> None: ...

class AvatarAttribute(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class AvatarExpression(_message.Message):
    __slots__ = ("name", "intensity")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    name: str
    intensity: float
    def __init__(self, name: _Optional[str] = ..., intensity: _Optional[float] = ...) -> None: ...

class AvatarLook(_message.Message):
    __slots__ = ("seed", "attributes", "expression")
    SEED_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    seed: int
    attributes: _containers.RepeatedCompositeFieldContainer[AvatarAttribute]
    expression: AvatarExpression
    def __init__(self, seed: _Optional[int] = ..., attributes: _Optional[_Iterable[_Union[AvatarAttribute, _Mapping]]] = ..., expression: _Optional[_Union[AvatarExpression, _Mapping]] = ...) -> None: ...

class StreamAvatarRequest(_message.Message):
    __slots__ = ("open", "look", "frame", "subscribe", "unsubscribe", "acknowledge", "close_slot", "bundle")
    OPEN_FIELD_NUMBER: _ClassVar[int]
    LOOK_FIELD_NUMBER: _ClassVar[int]
    FRAME_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    UNSUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_FIELD_NUMBER: _ClassVar[int]
    CLOSE_SLOT_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    open: AvatarOpen
    look: AvatarSetLook
    frame: AvatarFrameRequest
    subscribe: AvatarSubscribe
    unsubscribe: AvatarUnsubscribe
    acknowledge: AvatarAcknowledge
    close_slot: AvatarCloseSlot
    bundle: _bundle_pb2.Bundle
    def __init__(self, open: _Optional[_Union[AvatarOpen, _Mapping]] = ..., look: _Optional[_Union[AvatarSetLook, _Mapping]] = ..., frame: _Optional[_Union[AvatarFrameRequest, _Mapping]] = ..., subscribe: _Optional[_Union[AvatarSubscribe, _Mapping]] = ..., unsubscribe: _Optional[_Union[AvatarUnsubscribe, _Mapping]] = ..., acknowledge: _Optional[_Union[AvatarAcknowledge, _Mapping]] = ..., close_slot: _Optional[_Union[AvatarCloseSlot, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ...) -> None: ...

class AvatarOpen(_message.Message):
    __slots__ = ("session_id", "shared_memory_attached")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SHARED_MEMORY_ATTACHED_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    shared_memory_attached: bool
    def __init__(self, session_id: _Optional[str] = ..., shared_memory_attached: _Optional[bool] = ...) -> None: ...

class AvatarSetLook(_message.Message):
    __slots__ = ("slot", "look", "morph_micros")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    LOOK_FIELD_NUMBER: _ClassVar[int]
    MORPH_MICROS_FIELD_NUMBER: _ClassVar[int]
    slot: int
    look: AvatarLook
    morph_micros: int
    def __init__(self, slot: _Optional[int] = ..., look: _Optional[_Union[AvatarLook, _Mapping]] = ..., morph_micros: _Optional[int] = ...) -> None: ...

class AvatarFrameRequest(_message.Message):
    __slots__ = ("slot", "frame_index", "budget", "format", "last_received_index", "late_frame_count")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    FRAME_INDEX_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    LAST_RECEIVED_INDEX_FIELD_NUMBER: _ClassVar[int]
    LATE_FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    slot: int
    frame_index: int
    budget: _timing_pb2.Budget
    format: _media_pb2.TextureFormat
    last_received_index: int
    late_frame_count: int
    def __init__(self, slot: _Optional[int] = ..., frame_index: _Optional[int] = ..., budget: _Optional[_Union[_timing_pb2.Budget, _Mapping]] = ..., format: _Optional[_Union[_media_pb2.TextureFormat, str]] = ..., last_received_index: _Optional[int] = ..., late_frame_count: _Optional[int] = ...) -> None: ...

class AvatarSubscribe(_message.Message):
    __slots__ = ("slot", "frames_per_second", "budget", "format", "heartbeat_micros")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    FRAMES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_MICROS_FIELD_NUMBER: _ClassVar[int]
    slot: int
    frames_per_second: float
    budget: _timing_pb2.Budget
    format: _media_pb2.TextureFormat
    heartbeat_micros: int
    def __init__(self, slot: _Optional[int] = ..., frames_per_second: _Optional[float] = ..., budget: _Optional[_Union[_timing_pb2.Budget, _Mapping]] = ..., format: _Optional[_Union[_media_pb2.TextureFormat, str]] = ..., heartbeat_micros: _Optional[int] = ...) -> None: ...

class AvatarUnsubscribe(_message.Message):
    __slots__ = ("slot",)
    SLOT_FIELD_NUMBER: _ClassVar[int]
    slot: int
    def __init__(self, slot: _Optional[int] = ...) -> None: ...

class AvatarAcknowledge(_message.Message):
    __slots__ = ("slot", "last_received_index", "late_frame_count", "link_micros", "link_bytes_per_second")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    LAST_RECEIVED_INDEX_FIELD_NUMBER: _ClassVar[int]
    LATE_FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    LINK_MICROS_FIELD_NUMBER: _ClassVar[int]
    LINK_BYTES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    slot: int
    last_received_index: int
    late_frame_count: int
    link_micros: int
    link_bytes_per_second: int
    def __init__(self, slot: _Optional[int] = ..., last_received_index: _Optional[int] = ..., late_frame_count: _Optional[int] = ..., link_micros: _Optional[int] = ..., link_bytes_per_second: _Optional[int] = ...) -> None: ...

class AvatarCloseSlot(_message.Message):
    __slots__ = ("slot",)
    SLOT_FIELD_NUMBER: _ClassVar[int]
    slot: int
    def __init__(self, slot: _Optional[int] = ...) -> None: ...

class StreamAvatarResponse(_message.Message):
    __slots__ = ("opened", "status", "frame", "bundle")
    OPENED_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FRAME_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    opened: AvatarOpened
    status: AvatarStatus
    frame: TextureFrame
    bundle: _bundle_pb2.Bundle
    def __init__(self, opened: _Optional[_Union[AvatarOpened, _Mapping]] = ..., status: _Optional[_Union[AvatarStatus, _Mapping]] = ..., frame: _Optional[_Union[TextureFrame, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ...) -> None: ...

class AvatarOpened(_message.Message):
    __slots__ = ("slots",)
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    slots: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, slots: _Optional[_Iterable[int]] = ...) -> None: ...

class AvatarStatus(_message.Message):
    __slots__ = ("slot", "frame_index", "outcome")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    FRAME_INDEX_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    slot: int
    frame_index: int
    outcome: _error_pb2.Outcome
    def __init__(self, slot: _Optional[int] = ..., frame_index: _Optional[int] = ..., outcome: _Optional[_Union[_error_pb2.Outcome, _Mapping]] = ...) -> None: ...

class SharedPayload(_message.Message):
    __slots__ = ("offset_bytes", "stamp")
    OFFSET_BYTES_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    offset_bytes: int
    stamp: int
    def __init__(self, offset_bytes: _Optional[int] = ..., stamp: _Optional[int] = ...) -> None: ...

class TextureFrame(_message.Message):
    __slots__ = ("slot", "frame_index", "format", "width", "height", "row_order", "color_space", "alpha_mode", "repeated_frame", "chunk_offset", "total_bytes", "timing", "shared", "payload")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    FRAME_INDEX_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    ROW_ORDER_FIELD_NUMBER: _ClassVar[int]
    COLOR_SPACE_FIELD_NUMBER: _ClassVar[int]
    ALPHA_MODE_FIELD_NUMBER: _ClassVar[int]
    REPEATED_FRAME_FIELD_NUMBER: _ClassVar[int]
    CHUNK_OFFSET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    SHARED_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    slot: int
    frame_index: int
    format: _media_pb2.TextureFormat
    width: int
    height: int
    row_order: _media_pb2.RowOrder
    color_space: _media_pb2.ColorSpace
    alpha_mode: _media_pb2.AlphaMode
    repeated_frame: bool
    chunk_offset: int
    total_bytes: int
    timing: _timing_pb2.Timing
    shared: SharedPayload
    payload: bytes
    def __init__(self, slot: _Optional[int] = ..., frame_index: _Optional[int] = ..., format: _Optional[_Union[_media_pb2.TextureFormat, str]] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., row_order: _Optional[_Union[_media_pb2.RowOrder, str]] = ..., color_space: _Optional[_Union[_media_pb2.ColorSpace, str]] = ..., alpha_mode: _Optional[_Union[_media_pb2.AlphaMode, str]] = ..., repeated_frame: _Optional[bool] = ..., chunk_offset: _Optional[int] = ..., total_bytes: _Optional[int] = ..., timing: _Optional[_Union[_timing_pb2.Timing, _Mapping]] = ..., shared: _Optional[_Union[SharedPayload, _Mapping]] = ..., payload: _Optional[bytes] = ...) -> None: ...
