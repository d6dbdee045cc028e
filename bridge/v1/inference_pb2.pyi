from bridge.v1 import bundle_pb2 as _bundle_pb2
from bridge.v1 import avatar_pb2 as _avatar_pb2
from bridge.v1 import bridge_pb2 as _bridge_pb2
from bridge.v1 import error_pb2 as _error_pb2
from bridge.v1 import tensor_pb2 as _tensor_pb2
from bridge.v1 import timing_pb2 as _timing_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class InferRequest(_message.Message):
    __slots__ = ("open", "request", "part", "cancel", "release", "close_slot", "bundle", "payload")
    OPEN_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    CLOSE_SLOT_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    open: InferOpen
    request: InferenceRequest
    part: InferencePart
    cancel: InferCancel
    release: InferRelease
    close_slot: InferCloseSlot
    bundle: _bundle_pb2.Bundle
    payload: bytes
    def __init__(self, open: _Optional[_Union[InferOpen, _Mapping]] = ..., request: _Optional[_Union[InferenceRequest, _Mapping]] = ..., part: _Optional[_Union[InferencePart, _Mapping]] = ..., cancel: _Optional[_Union[InferCancel, _Mapping]] = ..., release: _Optional[_Union[InferRelease, _Mapping]] = ..., close_slot: _Optional[_Union[InferCloseSlot, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ..., payload: _Optional[bytes] = ...) -> None: ...

class InferOpen(_message.Message):
    __slots__ = ("session_id", "shared_memory_attached", "wants_upload_memory")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SHARED_MEMORY_ATTACHED_FIELD_NUMBER: _ClassVar[int]
    WANTS_UPLOAD_MEMORY_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    shared_memory_attached: bool
    wants_upload_memory: bool
    def __init__(self, session_id: _Optional[str] = ..., shared_memory_attached: _Optional[bool] = ..., wants_upload_memory: _Optional[bool] = ...) -> None: ...

class InferenceRequest(_message.Message):
    __slots__ = ("slot", "request_index", "model", "budget", "latest_only", "inputs", "total_bytes", "upload", "late_result_count")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_INDEX_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    LATEST_ONLY_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    UPLOAD_FIELD_NUMBER: _ClassVar[int]
    LATE_RESULT_COUNT_FIELD_NUMBER: _ClassVar[int]
    slot: int
    request_index: int
    model: str
    budget: _timing_pb2.Budget
    latest_only: bool
    inputs: _containers.RepeatedCompositeFieldContainer[_tensor_pb2.Tensor]
    total_bytes: int
    upload: UploadRange
    late_result_count: int
    def __init__(self, slot: _Optional[int] = ..., request_index: _Optional[int] = ..., model: _Optional[str] = ..., budget: _Optional[_Union[_timing_pb2.Budget, _Mapping]] = ..., latest_only: _Optional[bool] = ..., inputs: _Optional[_Iterable[_Union[_tensor_pb2.Tensor, _Mapping]]] = ..., total_bytes: _Optional[int] = ..., upload: _Optional[_Union[UploadRange, _Mapping]] = ..., late_result_count: _Optional[int] = ...) -> None: ...

class UploadRange(_message.Message):
    __slots__ = ("offset_bytes",)
    OFFSET_BYTES_FIELD_NUMBER: _ClassVar[int]
    offset_bytes: int
    def __init__(self, offset_bytes: _Optional[int] = ...) -> None: ...

class InferencePart(_message.Message):
    __slots__ = ("slot", "request_index", "part_offset")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_INDEX_FIELD_NUMBER: _ClassVar[int]
    PART_OFFSET_FIELD_NUMBER: _ClassVar[int]
    slot: int
    request_index: int
    part_offset: int
    def __init__(self, slot: _Optional[int] = ..., request_index: _Optional[int] = ..., part_offset: _Optional[int] = ...) -> None: ...

class InferCancel(_message.Message):
    __slots__ = ("slot", "request_index")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_INDEX_FIELD_NUMBER: _ClassVar[int]
    slot: int
    request_index: int
    def __init__(self, slot: _Optional[int] = ..., request_index: _Optional[int] = ...) -> None: ...

class InferRelease(_message.Message):
    __slots__ = ("stamps",)
    STAMPS_FIELD_NUMBER: _ClassVar[int]
    stamps: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, stamps: _Optional[_Iterable[int]] = ...) -> None: ...

class InferCloseSlot(_message.Message):
    __slots__ = ("slot",)
    SLOT_FIELD_NUMBER: _ClassVar[int]
    slot: int
    def __init__(self, slot: _Optional[int] = ...) -> None: ...

class InferResponse(_message.Message):
    __slots__ = ("opened", "status", "result", "bundle")
    OPENED_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    opened: InferOpened
    status: InferenceStatus
    result: InferenceResult
    bundle: _bundle_pb2.Bundle
    def __init__(self, opened: _Optional[_Union[InferOpened, _Mapping]] = ..., status: _Optional[_Union[InferenceStatus, _Mapping]] = ..., result: _Optional[_Union[InferenceResult, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ...) -> None: ...

class InferOpened(_message.Message):
    __slots__ = ("upload_memory",)
    UPLOAD_MEMORY_FIELD_NUMBER: _ClassVar[int]
    upload_memory: _bridge_pb2.SharedMemory
    def __init__(self, upload_memory: _Optional[_Union[_bridge_pb2.SharedMemory, _Mapping]] = ...) -> None: ...

class InferenceStatus(_message.Message):
    __slots__ = ("slot", "request_index", "outcome")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_INDEX_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    slot: int
    request_index: int
    outcome: _error_pb2.Outcome
    def __init__(self, slot: _Optional[int] = ..., request_index: _Optional[int] = ..., outcome: _Optional[_Union[_error_pb2.Outcome, _Mapping]] = ...) -> None: ...

class InferenceResult(_message.Message):
    __slots__ = ("slot", "request_index", "outputs", "chunk_offset", "total_bytes", "timing", "repeated_from_index", "shared", "payload")
    SLOT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_INDEX_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    CHUNK_OFFSET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    REPEATED_FROM_INDEX_FIELD_NUMBER: _ClassVar[int]
    SHARED_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    slot: int
    request_index: int
    outputs: _containers.RepeatedCompositeFieldContainer[_tensor_pb2.Tensor]
    chunk_offset: int
    total_bytes: int
    timing: _timing_pb2.Timing
    repeated_from_index: int
    shared: _avatar_pb2.SharedPayload
    payload: bytes
    def __init__(self, slot: _Optional[int] = ..., request_index: _Optional[int] = ..., outputs: _Optional[_Iterable[_Union[_tensor_pb2.Tensor, _Mapping]]] = ..., chunk_offset: _Optional[int] = ..., total_bytes: _Optional[int] = ..., timing: _Optional[_Union[_timing_pb2.Timing, _Mapping]] = ..., repeated_from_index: _Optional[int] = ..., shared: _Optional[_Union[_avatar_pb2.SharedPayload, _Mapping]] = ..., payload: _Optional[bytes] = ...) -> None: ...
