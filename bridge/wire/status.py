"""The one table that maps errors and outcomes to gRPC codes, reasons and messages."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

import grpc

from bridge.errors import (
    BridgeError,
    ContractBroken,
    InvalidImage,
    InvalidRequest,
    ModelFailed,
    ModelNotReady,
    NotServed,
    OutOfDeviceMemory,
    OutOfRange,
    Overloaded,
    PromptTooLong,
    RequestEnded,
    ShuttingDown,
    TooLarge,
    UnknownAttribute,
    UnknownModel,
    UnknownSession,
    VersionMismatch,
)
from bridge.policy.work import Cause, Ending, Stage
from bridge.v1 import error_pb2, timing_pb2
from bridge.wire.bounds import MICROS

DETAIL_KEY = "framebridge-error-bin"

_LONGEST = 1000  # percent-encoded bytes of a message, which may quote what the client sent
_MOST_OF_A_LETTER = 12  # of these bytes


class Status(NamedTuple):
    """An error on the wire. `retry_after` is in seconds; None means that retrying the same request never helps."""

    code: grpc.StatusCode
    reason: error_pb2.ErrorReason
    retry_after: float | None = None


_INVALID = grpc.StatusCode.INVALID_ARGUMENT
TABLE: Mapping[type[BridgeError], Status] = {
    ContractBroken: Status(_INVALID, error_pb2.ERROR_REASON_MALFORMED),
    InvalidRequest: Status(_INVALID, error_pb2.ERROR_REASON_MALFORMED),
    OutOfRange: Status(_INVALID, error_pb2.ERROR_REASON_OUT_OF_RANGE),
    UnknownModel: Status(grpc.StatusCode.NOT_FOUND, error_pb2.ERROR_REASON_UNKNOWN_MODEL),
    UnknownAttribute: Status(_INVALID, error_pb2.ERROR_REASON_UNKNOWN_ATTRIBUTE),
    InvalidImage: Status(_INVALID, error_pb2.ERROR_REASON_INVALID_IMAGE),
    PromptTooLong: Status(_INVALID, error_pb2.ERROR_REASON_PROMPT_TOO_LONG),
    TooLarge: Status(_INVALID, error_pb2.ERROR_REASON_TOO_LARGE),
    UnknownSession: Status(grpc.StatusCode.NOT_FOUND, error_pb2.ERROR_REASON_UNKNOWN_SESSION),
    VersionMismatch: Status(grpc.StatusCode.FAILED_PRECONDITION, error_pb2.ERROR_REASON_VERSION_MISMATCH),
    Overloaded: Status(grpc.StatusCode.RESOURCE_EXHAUSTED, error_pb2.ERROR_REASON_OVERLOADED, 0.1),
    ModelFailed: Status(grpc.StatusCode.INTERNAL, error_pb2.ERROR_REASON_MODEL_FAULT),
    OutOfDeviceMemory: Status(grpc.StatusCode.RESOURCE_EXHAUSTED, error_pb2.ERROR_REASON_MODEL_FAULT, 1.0),
    ShuttingDown: Status(grpc.StatusCode.UNAVAILABLE, error_pb2.ERROR_REASON_SHUTTING_DOWN, 1.0),
    NotServed: Status(grpc.StatusCode.UNIMPLEMENTED, error_pb2.ERROR_REASON_UNSPECIFIED),
    BridgeError: Status(grpc.StatusCode.INTERNAL, error_pb2.ERROR_REASON_UNSPECIFIED),
}

ENDED: Mapping[error_pb2.ErrorReason, grpc.StatusCode] = {  # codes of unary calls whose requests get no answer
    error_pb2.ERROR_REASON_OVERLOADED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    error_pb2.ERROR_REASON_BUDGET_UNMEETABLE: grpc.StatusCode.DEADLINE_EXCEEDED,
    error_pb2.ERROR_REASON_BUDGET_MISSED: grpc.StatusCode.DEADLINE_EXCEEDED,
    error_pb2.ERROR_REASON_UNKNOWN_MODEL: grpc.StatusCode.NOT_FOUND,
    error_pb2.ERROR_REASON_CANCELLED: grpc.StatusCode.CANCELLED,
    error_pb2.ERROR_REASON_DEVICE_LOST: grpc.StatusCode.UNAVAILABLE,
    error_pb2.ERROR_REASON_SHUTTING_DOWN: grpc.StatusCode.UNAVAILABLE,
}


def status_of(error: BridgeError) -> Status:
    """The row of the error's nearest ancestor in the table; a request's outcome has its own code."""
    if isinstance(error, RequestEnded) and error.outcome is not None:
        reason = error.outcome.error.reason
        return Status(ENDED.get(reason, grpc.StatusCode.INTERNAL), reason)
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


def detail_of(error: BridgeError) -> error_pb2.ErrorDetail:
    """The error detail sent to the client."""
    if isinstance(error, RequestEnded) and error.outcome is not None:
        detail: error_pb2.ErrorDetail = error.outcome.error
        return detail
    status = status_of(error)
    retry_after = status.retry_after
    if isinstance(error, ModelNotReady) or (isinstance(error, Overloaded) and error.retry_after is not None):
        retry_after = error.retry_after
    return _detail(status.reason, str(error), retry_after)


async def abort(context: Any, error: BridgeError) -> NoReturn:
    """End a call with an error: code, message, and the detail in the trailing metadata."""
    detail = detail_of(error)
    try:
        await context.abort(status_of(error).code, detail.message, ((DETAIL_KEY, detail.SerializeToString()),))
    except grpc.aio.AbortError:
        raise
    except Exception:  # the client has gone, and gRPC accepts only its own AbortError
        raise asyncio.CancelledError from None
    raise AssertionError("abort returned")


def rejection(error: BridgeError) -> error_pb2.Outcome:
    """INVALID for a malformed request; REFUSED at the queue for one the server cannot take now."""
    outcome = error_pb2.Outcome(disposition=error_pb2.DISPOSITION_INVALID, error=detail_of(error))
    if status_of(error).retry_after is not None or isinstance(error, ModelNotReady):
        outcome.disposition, outcome.stage = error_pb2.DISPOSITION_REFUSED, timing_pb2.STAGE_QUEUE
    return outcome


class _Fate(NamedTuple):
    disposition: error_pb2.Disposition
    reason: error_pb2.ErrorReason
    sentence: str
    retry_after: float | None = None


_REFUSED, _FAILED = error_pb2.DISPOSITION_REFUSED, error_pb2.DISPOSITION_FAILED
_FATES: Mapping[tuple[Ending, Cause], _Fate] = {
    (Ending.REFUSED, Cause.QUEUE_FULL): _Fate(
        _REFUSED, error_pb2.ERROR_REASON_OVERLOADED, "too many requests are waiting already; ask less often", 0.1
    ),
    (Ending.REFUSED, Cause.NO_RUNG_IN_TIME): _Fate(
        _REFUSED,
        error_pb2.ERROR_REASON_BUDGET_UNMEETABLE,
        "no rung can meet the budget now; raise it, ask less often, or allow cheaper answers",
        0.05,
    ),
    (Ending.REFUSED, Cause.NO_LANE): _Fate(
        _REFUSED,
        error_pb2.ERROR_REASON_UNKNOWN_MODEL,
        "the model was unloaded while the request waited; load it again with LoadModel",
    ),
    (Ending.MISSED, Cause.NONE): _Fate(
        error_pb2.DISPOSITION_MISSED,
        error_pb2.ERROR_REASON_BUDGET_MISSED,
        "complete after its deadline, so its payload was dropped; ask again",
        0.0,
    ),
    (Ending.SUPERSEDED, Cause.NONE): _Fate(
        error_pb2.DISPOSITION_SUPERSEDED,
        error_pb2.ERROR_REASON_SUPERSEDED,
        "replaced by a newer request of its slot",
    ),
    (Ending.UNCHANGED, Cause.NONE): _Fate(
        error_pb2.DISPOSITION_UNCHANGED,
        error_pb2.ERROR_REASON_UNSPECIFIED,
        "the newest acknowledged frame shows the same picture",
    ),
    (Ending.CANCELLED, Cause.NONE): _Fate(
        error_pb2.DISPOSITION_CANCELLED, error_pb2.ERROR_REASON_CANCELLED, "withdrawn by the client"
    ),
    (Ending.FAILED, Cause.FAULT): _Fate(
        _FAILED, error_pb2.ERROR_REASON_MODEL_FAULT, "the model failed on this request; change it or ask again", 0.0
    ),
    (Ending.FAILED, Cause.DEVICE_LOST): _Fate(
        _FAILED, error_pb2.ERROR_REASON_DEVICE_LOST, "the device hangs; watch the server's health and ask again", 5.0
    ),
    (Ending.FAILED, Cause.STOPPING): _Fate(
        _FAILED, error_pb2.ERROR_REASON_SHUTTING_DOWN, "the server is stopping; connect again in a moment", 1.0
    ),
}

STAGES: Mapping[Stage | None, timing_pb2.Stage] = {
    None: timing_pb2.STAGE_UNSPECIFIED,
    Stage.DECODE: timing_pb2.STAGE_DECODE,
    Stage.QUEUE: timing_pb2.STAGE_QUEUE,
    Stage.BLOCKED: timing_pb2.STAGE_BLOCKED,
    Stage.BATCH_WAIT: timing_pb2.STAGE_BATCH_WAIT,
    Stage.COMPUTE: timing_pb2.STAGE_COMPUTE,
    Stage.ENCODE: timing_pb2.STAGE_ENCODE,
    Stage.TRANSPORT: timing_pb2.STAGE_TRANSPORT,
    Stage.ENDPOINT: timing_pb2.STAGE_COMPUTE,  # where the model runs, to a client
}


def outcome_of(
    ending: Ending,
    cause: Cause,
    timing: timing_pb2.Timing,
    *,
    sentence: str = "",
    because: str = "",
    stage: Stage | None = None,
    blocked_by: str = "",
    late_by: float = 0.0,
) -> error_pb2.Outcome:
    """The status sent in place of a payload. `sentence` overrides the table's; `because` is appended in brackets.
    `late_by` is in seconds.
    """
    fate = _FATES[ending, cause]
    sentence = sentence or fate.sentence
    message = error_pb2.Outcome(
        disposition=fate.disposition,
        error=_detail(fate.reason, f"{sentence} ({because})" if because else sentence, fate.retry_after),
        stage=STAGES[stage],
        blocked_by=blocked_by,
        over_micros=round(late_by * MICROS),
    )
    message.timing.CopyFrom(timing)
    return message


def _detail(reason: error_pb2.ErrorReason, sentence: str, retry_after: float | None) -> error_pb2.ErrorDetail:
    return error_pb2.ErrorDetail(
        reason=reason,
        message=_cut(sentence),
        retryable=retry_after is not None,
        retry_after_micros=round((retry_after or 0.0) * MICROS),
    )


def _cut(sentence: str) -> str:
    """Truncate a message: gRPC drops any header longer than 2 KiB altogether."""
    if len(sentence) * _MOST_OF_A_LETTER <= _LONGEST or (3 * len(sentence) <= _LONGEST and sentence.isascii()):
        return sentence
    size = 0
    for place, letter in enumerate(sentence):
        size += 1 if " " <= letter <= "~" and letter != "%" else 3 * len(letter.encode(errors="replace"))
        if size > _LONGEST:
            return f"{sentence[:place]}…"
    return sentence
