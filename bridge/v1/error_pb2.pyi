from bridge.v1 import timing_pb2 as _timing_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_MALFORMED: _ClassVar[ErrorReason]
    ERROR_REASON_OUT_OF_RANGE: _ClassVar[ErrorReason]
    ERROR_REASON_VERSION_MISMATCH: _ClassVar[ErrorReason]
    ERROR_REASON_UNKNOWN_SESSION: _ClassVar[ErrorReason]
    ERROR_REASON_UNKNOWN_MODEL: _ClassVar[ErrorReason]
    ERROR_REASON_UNKNOWN_ATTRIBUTE: _ClassVar[ErrorReason]
    ERROR_REASON_INVALID_IMAGE: _ClassVar[ErrorReason]
    ERROR_REASON_TOO_LARGE: _ClassVar[ErrorReason]
    ERROR_REASON_PROMPT_TOO_LONG: _ClassVar[ErrorReason]
    ERROR_REASON_OVERLOADED: _ClassVar[ErrorReason]
    ERROR_REASON_BUDGET_UNMEETABLE: _ClassVar[ErrorReason]
    ERROR_REASON_BUDGET_MISSED: _ClassVar[ErrorReason]
    ERROR_REASON_SUPERSEDED: _ClassVar[ErrorReason]
    ERROR_REASON_CANCELLED: _ClassVar[ErrorReason]
    ERROR_REASON_MODEL_FAULT: _ClassVar[ErrorReason]
    ERROR_REASON_DEVICE_LOST: _ClassVar[ErrorReason]
    ERROR_REASON_SHUTTING_DOWN: _ClassVar[ErrorReason]

class Disposition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DISPOSITION_UNSPECIFIED: _ClassVar[Disposition]
    DISPOSITION_INVALID: _ClassVar[Disposition]
    DISPOSITION_REFUSED: _ClassVar[Disposition]
    DISPOSITION_MISSED: _ClassVar[Disposition]
    DISPOSITION_SUPERSEDED: _ClassVar[Disposition]
    DISPOSITION_CANCELLED: _ClassVar[Disposition]
    DISPOSITION_FAILED: _ClassVar[Disposition]
    DISPOSITION_UNCHANGED: _ClassVar[Disposition]
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_MALFORMED: ErrorReason
ERROR_REASON_OUT_OF_RANGE: ErrorReason
ERROR_REASON_VERSION_MISMATCH: ErrorReason
ERROR_REASON_UNKNOWN_SESSION: ErrorReason
ERROR_REASON_UNKNOWN_MODEL: ErrorReason
ERROR_REASON_UNKNOWN_ATTRIBUTE: ErrorReason
ERROR_REASON_INVALID_IMAGE: ErrorReason
ERROR_REASON_TOO_LARGE: ErrorReason
ERROR_REASON_PROMPT_TOO_LONG: ErrorReason
ERROR_REASON_OVERLOADED: ErrorReason
ERROR_REASON_BUDGET_UNMEETABLE: ErrorReason
ERROR_REASON_BUDGET_MISSED: ErrorReason
ERROR_REASON_SUPERSEDED: ErrorReason
ERROR_REASON_CANCELLED: ErrorReason
ERROR_REASON_MODEL_FAULT: ErrorReason
ERROR_REASON_DEVICE_LOST: ErrorReason
ERROR_REASON_SHUTTING_DOWN: ErrorReason
DISPOSITION_UNSPECIFIED: Disposition
DISPOSITION_INVALID: Disposition
DISPOSITION_REFUSED: Disposition
DISPOSITION_MISSED: Disposition
DISPOSITION_SUPERSEDED: Disposition
DISPOSITION_CANCELLED: Disposition
DISPOSITION_FAILED: Disposition
DISPOSITION_UNCHANGED: Disposition

class ErrorDetail(_message.Message):
    __slots__ = ("reason", "message", "retryable", "retry_after_micros")
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_MICROS_FIELD_NUMBER: _ClassVar[int]
    reason: ErrorReason
    message: str
    retryable: bool
    retry_after_micros: int
    def __init__(self, reason: _Optional[_Union[ErrorReason, str]] = ..., message: _Optional[str] = ..., retryable: _Optional[bool] = ..., retry_after_micros: _Optional[int] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("disposition", "error", "stage", "over_micros", "timing", "blocked_by")
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    OVER_MICROS_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_BY_FIELD_NUMBER: _ClassVar[int]
    disposition: Disposition
    error: ErrorDetail
    stage: _timing_pb2.Stage
    over_micros: int
    timing: _timing_pb2.Timing
    blocked_by: str
    def __init__(self, disposition: _Optional[_Union[Disposition, str]] = ..., error: _Optional[_Union[ErrorDetail, _Mapping]] = ..., stage: _Optional[_Union[_timing_pb2.Stage, str]] = ..., over_micros: _Optional[int] = ..., timing: _Optional[_Union[_timing_pb2.Timing, _Mapping]] = ..., blocked_by: _Optional[str] = ...) -> None: ...
