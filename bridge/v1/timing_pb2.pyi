from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LadderPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LADDER_POLICY_UNSPECIFIED: _ClassVar[LadderPolicy]
    LADDER_POLICY_ANY: _ClassVar[LadderPolicy]
    LADDER_POLICY_BEST_ONLY: _ClassVar[LadderPolicy]

class Stage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_UNSPECIFIED: _ClassVar[Stage]
    STAGE_QUEUE: _ClassVar[Stage]
    STAGE_BLOCKED: _ClassVar[Stage]
    STAGE_BATCH_WAIT: _ClassVar[Stage]
    STAGE_COMPUTE: _ClassVar[Stage]
    STAGE_ENCODE: _ClassVar[Stage]
    STAGE_TRANSPORT: _ClassVar[Stage]
    STAGE_DECODE: _ClassVar[Stage]
LADDER_POLICY_UNSPECIFIED: LadderPolicy
LADDER_POLICY_ANY: LadderPolicy
LADDER_POLICY_BEST_ONLY: LadderPolicy
STAGE_UNSPECIFIED: Stage
STAGE_QUEUE: Stage
STAGE_BLOCKED: Stage
STAGE_BATCH_WAIT: Stage
STAGE_COMPUTE: Stage
STAGE_ENCODE: Stage
STAGE_TRANSPORT: Stage
STAGE_DECODE: Stage

class Budget(_message.Message):
    __slots__ = ("budget_micros", "link_micros", "ladder", "link_bytes_per_second")
    BUDGET_MICROS_FIELD_NUMBER: _ClassVar[int]
    LINK_MICROS_FIELD_NUMBER: _ClassVar[int]
    LADDER_FIELD_NUMBER: _ClassVar[int]
    LINK_BYTES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    budget_micros: int
    link_micros: int
    ladder: LadderPolicy
    link_bytes_per_second: int
    def __init__(self, budget_micros: _Optional[int] = ..., link_micros: _Optional[int] = ..., ladder: _Optional[_Union[LadderPolicy, str]] = ..., link_bytes_per_second: _Optional[int] = ...) -> None: ...

class Timing(_message.Message):
    __slots__ = ("queue_micros", "batch_wait_micros", "blocked_micros", "compute_micros", "encode_micros", "server_micros", "batch_size", "slice_count", "rung", "rung_index", "model_version", "decode_micros")
    QUEUE_MICROS_FIELD_NUMBER: _ClassVar[int]
    BATCH_WAIT_MICROS_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_MICROS_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_MICROS_FIELD_NUMBER: _ClassVar[int]
    ENCODE_MICROS_FIELD_NUMBER: _ClassVar[int]
    SERVER_MICROS_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    SLICE_COUNT_FIELD_NUMBER: _ClassVar[int]
    RUNG_FIELD_NUMBER: _ClassVar[int]
    RUNG_INDEX_FIELD_NUMBER: _ClassVar[int]
    MODEL_VERSION_FIELD_NUMBER: _ClassVar[int]
    DECODE_MICROS_FIELD_NUMBER: _ClassVar[int]
    queue_micros: int
    batch_wait_micros: int
    blocked_micros: int
    compute_micros: int
    encode_micros: int
    server_micros: int
    batch_size: int
    slice_count: int
    rung: str
    rung_index: int
    model_version: str
    decode_micros: int
    def __init__(self, queue_micros: _Optional[int] = ..., batch_wait_micros: _Optional[int] = ..., blocked_micros: _Optional[int] = ..., compute_micros: _Optional[int] = ..., encode_micros: _Optional[int] = ..., server_micros: _Optional[int] = ..., batch_size: _Optional[int] = ..., slice_count: _Optional[int] = ..., rung: _Optional[str] = ..., rung_index: _Optional[int] = ..., model_version: _Optional[str] = ..., decode_micros: _Optional[int] = ...) -> None: ...
