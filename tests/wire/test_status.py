"""How errors and outcomes look on the wire: by one table, whose rows are all told here."""

import asyncio
from typing import Any

import grpc
import pytest

import bridge.errors
from bridge.config import Limits
from bridge.errors import (
    BridgeError,
    InvalidRequest,
    ModelFailed,
    ModelNotReady,
    OutOfRange,
    Overloaded,
    PromptTooLong,
    RequestEnded,
    ServerFault,
    ShuttingDown,
    UnknownModel,
)
from bridge.policy.work import Cause, Ending, Stage
from bridge.v1 import error_pb2, timing_pb2
from bridge.wire.bounds import MOST_COUNTED, check_rising, check_slot, terms_of, within
from bridge.wire.status import DETAIL_KEY, STAGES, TABLE, abort, detail_of, outcome_of, rejection, status_of

CODES = {
    "BridgeError": ("INTERNAL", "UNSPECIFIED", None),
    "ContractBroken": ("INVALID_ARGUMENT", "MALFORMED", None),
    "InvalidImage": ("INVALID_ARGUMENT", "INVALID_IMAGE", None),
    "InvalidRequest": ("INVALID_ARGUMENT", "MALFORMED", None),
    "ModelFailed": ("INTERNAL", "MODEL_FAULT", None),
    "NotServed": ("UNIMPLEMENTED", "UNSPECIFIED", None),
    "OutOfDeviceMemory": ("RESOURCE_EXHAUSTED", "MODEL_FAULT", 1.0),
    "OutOfRange": ("INVALID_ARGUMENT", "OUT_OF_RANGE", None),
    "Overloaded": ("RESOURCE_EXHAUSTED", "OVERLOADED", 0.1),
    "PromptTooLong": ("INVALID_ARGUMENT", "PROMPT_TOO_LONG", None),
    "ShuttingDown": ("UNAVAILABLE", "SHUTTING_DOWN", 1.0),
    "TooLarge": ("INVALID_ARGUMENT", "TOO_LARGE", None),
    "UnknownAttribute": ("INVALID_ARGUMENT", "UNKNOWN_ATTRIBUTE", None),
    "UnknownModel": ("NOT_FOUND", "UNKNOWN_MODEL", None),
    "UnknownSession": ("NOT_FOUND", "UNKNOWN_SESSION", None),
    "VersionMismatch": ("FAILED_PRECONDITION", "VERSION_MISMATCH", None),
}


def test_the_table_is_as_clients_know_it() -> None:
    """Clients in other languages go by these: a change is one of the contract."""
    found = {
        kind.__name__: (row.code.name, error_pb2.ErrorReason.Name(row.reason).removeprefix("ERROR_REASON_"), row[2])
        for kind, row in ((kind, status_of(kind("x"))) for kind in TABLE)
    }
    assert found == CODES


def test_an_error_without_a_row_has_that_of_its_nearest_ancestor() -> None:
    assert status_of(ModelNotReady("comes soon", 1.0)) == TABLE[UnknownModel]
    assert status_of(ServerFault("its log has the cause")) == TABLE[BridgeError]
    for name, kind in vars(bridge.errors).items():
        if isinstance(kind, type) and issubclass(kind, BridgeError):
            assert status_of(kind(name)).code is not grpc.StatusCode.OK


@pytest.mark.parametrize(
    ("error", "disposition", "retry_after"),
    [
        (InvalidRequest("x"), "INVALID", None),
        (OutOfRange("x"), "INVALID", None),
        (PromptTooLong("x"), "INVALID", None),
        (UnknownModel("x"), "INVALID", None),
        (ModelFailed("x"), "INVALID", None),
        (ModelNotReady("x", 2.0), "REFUSED", 2.0),
        (ModelNotReady("x"), "REFUSED", None),
        (Overloaded("x"), "REFUSED", 0.1),
        (Overloaded("x", retry_after=7.5), "REFUSED", 7.5),
        (ShuttingDown("x"), "REFUSED", 1.0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_cannot_be_taken_now_is_refused_and_what_is_malformed_is_invalid(
    error: BridgeError, disposition: str, retry_after: float | None
) -> None:
    outcome = rejection(error)
    assert error_pb2.Disposition.Name(outcome.disposition) == f"DISPOSITION_{disposition}"
    assert outcome.stage == (timing_pb2.STAGE_QUEUE if disposition == "REFUSED" else timing_pb2.STAGE_UNSPECIFIED)
    assert outcome.error.retryable == (retry_after is not None)
    assert outcome.error.retry_after_micros == round((retry_after or 0.0) * 1e6)


def test_every_ending_that_the_server_tells_has_its_sentence() -> None:
    timing = timing_pb2.Timing(server_micros=7)
    told = [
        (Ending.REFUSED, Cause.QUEUE_FULL, "OVERLOADED", True),
        (Ending.REFUSED, Cause.NO_RUNG_IN_TIME, "BUDGET_UNMEETABLE", True),
        (Ending.REFUSED, Cause.NO_LANE, "UNKNOWN_MODEL", False),
        (Ending.MISSED, Cause.NONE, "BUDGET_MISSED", True),
        (Ending.SUPERSEDED, Cause.NONE, "SUPERSEDED", False),
        (Ending.UNCHANGED, Cause.NONE, "UNSPECIFIED", False),
        (Ending.CANCELLED, Cause.NONE, "CANCELLED", False),
        (Ending.FAILED, Cause.FAULT, "MODEL_FAULT", True),
        (Ending.FAILED, Cause.DEVICE_LOST, "DEVICE_LOST", True),
        (Ending.FAILED, Cause.STOPPING, "SHUTTING_DOWN", True),
    ]
    for ending, cause, reason, retryable in told:
        outcome = outcome_of(ending, cause, timing, because="so it is", stage=Stage.BLOCKED, blocked_by="talk")
        assert error_pb2.Disposition.Name(outcome.disposition) == f"DISPOSITION_{ending.name}"
        assert error_pb2.ErrorReason.Name(outcome.error.reason) == f"ERROR_REASON_{reason}"
        assert outcome.error.retryable == retryable
        assert outcome.error.message.endswith(" (so it is)")
        assert (outcome.stage, outcome.blocked_by) == (timing_pb2.STAGE_BLOCKED, "talk")
        assert outcome.timing == timing
    assert {STAGES[stage] for stage in (*Stage, None)} == set(timing_pb2.Stage.values()), "each has a number"


def test_over_is_told_in_micros_and_a_sentence_of_the_services_own_takes_the_tables_place() -> None:
    outcome = outcome_of(Ending.MISSED, Cause.NONE, timing_pb2.Timing(), sentence="it was late", late_by=0.0123456)
    assert (outcome.over_micros, outcome.error.message) == (12346, "it was late")


@pytest.mark.parametrize("letter", ["x", "%", "é", "\n", "👩"])
def test_a_sentence_is_no_longer_than_grpc_sends_it(letter: str) -> None:
    message = detail_of(OutOfRange(letter * 5000)).message
    assert message.endswith("…")
    encoded = sum(1 if " " <= sign <= "~" and sign != "%" else 3 * len(sign.encode()) for sign in message[:-1])
    assert encoded <= 1000
    assert detail_of(OutOfRange("short")).message == "short"


def test_an_aborted_call_has_code_sentence_and_detail() -> None:
    class Context:
        async def abort(self, code: Any, sentence: str, trailing: Any) -> None:
            self.told = code, sentence, dict(trailing)
            raise grpc.aio.AbortError

    context = Context()
    with pytest.raises(grpc.aio.AbortError):
        asyncio.run(abort(context, Overloaded("too many", retry_after=2.0)))
    code, sentence, trailing = context.told
    detail = error_pb2.ErrorDetail.FromString(trailing[DETAIL_KEY])
    assert (code, sentence) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "too many")
    assert (detail.message, detail.retry_after_micros) == ("too many", 2_000_000)


@pytest.mark.parametrize(
    ("ending", "cause", "code"),
    [
        (Ending.REFUSED, Cause.QUEUE_FULL, "RESOURCE_EXHAUSTED"),
        (Ending.REFUSED, Cause.NO_RUNG_IN_TIME, "DEADLINE_EXCEEDED"),
        (Ending.REFUSED, Cause.NO_LANE, "NOT_FOUND"),
        (Ending.MISSED, Cause.NONE, "DEADLINE_EXCEEDED"),
        (Ending.CANCELLED, Cause.NONE, "CANCELLED"),
        (Ending.FAILED, Cause.FAULT, "INTERNAL"),
        (Ending.FAILED, Cause.DEVICE_LOST, "UNAVAILABLE"),
        (Ending.FAILED, Cause.STOPPING, "UNAVAILABLE"),
    ],
)
def test_a_unary_call_ends_with_the_code_of_its_outcome(ending: Ending, cause: Cause, code: str) -> None:
    outcome = outcome_of(ending, cause, timing_pb2.Timing(), sentence="so it is")
    error = RequestEnded("so it is", outcome)
    assert status_of(error).code.name == code
    assert detail_of(error) == outcome.error


def test_a_number_is_within_its_bounds_and_rises() -> None:
    for value in (0.0, 1.0):
        within("x", value, 0.0, 1.0)
    for value in (-1e-9, 1.0 + 1e-9, float("nan"), float("inf")):
        with pytest.raises(OutOfRange):
            within("x", value, 0.0, 1.0)
    check_rising("x", 2, 1)
    check_rising("x", MOST_COUNTED, 1)
    for value in (1, 0, MOST_COUNTED + 1):
        with pytest.raises(OutOfRange):
            check_rising("x", value, 1)
    limits = Limits(slots_per_stream=4)
    check_slot(3, limits)
    for slot in (-1, 4):
        with pytest.raises(OutOfRange, match="use 0 to 3"):
            check_slot(slot, limits)


def test_a_budget_is_what_was_sent_or_the_default_less_the_link() -> None:
    limits = Limits(budget_seconds=2.0)
    terms = terms_of(timing_pb2.Budget(link_micros=10_000, link_bytes_per_second=500), 0.05, limits)
    assert (terms.budget, terms.server_budget, terms.payload_seconds(1000)) == (0.05, pytest.approx(0.04), 2.0)
    assert terms_of(timing_pb2.Budget(budget_micros=2_000_000), 0.05, limits).budget == 2.0
    for budget in ({"budget_micros": 2_000_001}, {"budget_micros": -1}, {"link_micros": -1}, {"ladder": 99}):
        with pytest.raises(OutOfRange):
            terms_of(timing_pb2.Budget(**budget), 0.05, limits)
