"""Results of a request: timing, and the reason when there is no payload.

To be refused, missed, superseded or cancelled is normal in a game, so it is a value, not an exception: `Unanswered` is
falsy, anything with a payload is truthy. An invalid request raises CallFailed.
"""

import enum
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, final

from bridge.errors import CallFailed
from bridge.v1 import error_pb2, timing_pb2

MICROS = 1_000_000


class Disposition(enum.StrEnum):
    """Why a request got no payload."""

    REFUSED = "refused"
    MISSED = "missed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class Timing(NamedTuple):
    """Where an answer's time went on the server, in seconds."""

    queue: float = 0.0
    batch_wait: float = 0.0
    blocked: float = 0.0
    compute: float = 0.0
    encode: float = 0.0
    server: float = 0.0
    batch_size: int = 0
    slices: int = 0
    rung: str = ""
    rung_index: int = 0
    model_version: str = ""
    decode: float = 0.0

    @classmethod
    def of(cls, timing: timing_pb2.Timing) -> "Timing":
        """Convert from the wire message."""
        return cls(
            timing.queue_micros / MICROS,
            timing.batch_wait_micros / MICROS,
            timing.blocked_micros / MICROS,
            timing.compute_micros / MICROS,
            timing.encode_micros / MICROS,
            timing.server_micros / MICROS,
            timing.batch_size,
            timing.slice_count,
            timing.rung,
            timing.rung_index,
            timing.model_version,
            timing.decode_micros / MICROS,
        )


_NONE = Timing()


@final
@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request that got no payload. Falsy.

    `reason` and `stage` are names of the contract's ErrorReason and Stage in lower case ("budget_missed", "blocked").
    `over` is by how many seconds the budget was, or would have been, exceeded. `silent` means that no response came at
    all, and the client timed out.
    """

    disposition: Disposition
    reason: str
    message: str
    slot: int = 0
    frame_index: int = 0
    kind: str = ""
    retry_after: float = 0.0
    stage: str = ""
    over: float = 0.0
    elapsed: float = 0.0
    silent: bool = False
    timing: Timing = _NONE

    def __bool__(self) -> Literal[False]:
        return False


def reason_name(reason: error_pb2.ErrorReason) -> str:
    """ "budget_missed" for ERROR_REASON_BUDGET_MISSED; the number for a reason newer than this client."""
    return _name(error_pb2.ErrorReason, "ERROR_REASON_", reason)


def stage_name(stage: timing_pb2.Stage) -> str:
    """ "blocked" for STAGE_BLOCKED; "" for an unspecified one."""
    return "" if stage == timing_pb2.STAGE_UNSPECIFIED else _name(timing_pb2.Stage, "STAGE_", stage)


def call_failed(detail: error_pb2.ErrorDetail) -> CallFailed:
    """The exception for an error detail."""
    return CallFailed(
        detail.message or "the server gave no reason",
        reason=reason_name(detail.reason),
        retryable=detail.retryable,
        retry_after=detail.retry_after_micros / MICROS,
    )


_DISPOSITIONS = {
    error_pb2.DISPOSITION_REFUSED: Disposition.REFUSED,
    error_pb2.DISPOSITION_MISSED: Disposition.MISSED,
    error_pb2.DISPOSITION_SUPERSEDED: Disposition.SUPERSEDED,
    error_pb2.DISPOSITION_CANCELLED: Disposition.CANCELLED,
}


def unanswered(
    outcome: error_pb2.Outcome, *, slot: int = 0, frame_index: int = 0, kind: str = "", elapsed: float = 0.0
) -> Unanswered | CallFailed:
    """Convert an outcome to an `Unanswered`, or to the exception to raise if the request or the model is at fault."""
    disposition = _DISPOSITIONS.get(outcome.disposition)
    if disposition is None:
        return call_failed(outcome.error)
    return Unanswered(
        disposition,
        reason_name(outcome.error.reason),
        outcome.error.message,
        slot=slot,
        frame_index=frame_index,
        kind=kind,
        retry_after=outcome.error.retry_after_micros / MICROS,
        stage=stage_name(outcome.stage),
        over=outcome.over_micros / MICROS,
        elapsed=elapsed,
        timing=Timing.of(outcome.timing),
    )


def _name(enumeration: Any, prefix: str, value: int) -> str:
    try:
        name: str = enumeration.Name(value)
        return name.removeprefix(prefix).lower()
    except ValueError:
        return str(value)
