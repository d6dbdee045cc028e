"""Checks of invalid requests and aborted streams."""

from typing import Any

import grpc

from bridge.v1 import error_pb2
from tests.serving.client import A, D, N, R

INVALID = grpc.StatusCode.INVALID_ARGUMENT
STREAMS: dict[str, Any] = {
    "avatars": A.StreamAvatarRequest,
    "dialogue": D.ConverseRequest,
    "recognition": R.RecognizeRequest,
    "inference": N.InferRequest,
}


def outcome_of(message: Any) -> error_pb2.Outcome:
    """The outcome in a status of any service."""
    return message.done.outcome if isinstance(message, D.ConverseResponse) else message.status.outcome


def assert_invalid(outcome: error_pb2.Outcome, reason: str, *mend: str) -> None:
    assert outcome.disposition == error_pb2.DISPOSITION_INVALID, outcome
    assert error_pb2.ErrorReason.Name(outcome.error.reason) == f"ERROR_REASON_{reason}", outcome
    assert not outcome.error.retryable
    for words in mend:
        assert words in outcome.error.message


def assert_aborted(how: tuple[grpc.StatusCode, error_pb2.ErrorDetail], code: Any, reason: str, *mend: str) -> None:
    assert how[0] == code, how
    assert error_pb2.ErrorReason.Name(how[1].reason) == f"ERROR_REASON_{reason}", how
    for words in mend:
        assert words in how[1].message
