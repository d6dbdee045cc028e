"""What an endpoint answers instead of a reply: one sentence each, and whether to ask again."""

from typing import Any

import httpx2
import pytest

from bridge.errors import BridgeError, EndpointFailed, Overloaded
from bridge.remote.failures import (
    ContextExceeded,
    event_error,
    exceeds_context,
    parsed,
    status_error,
    unreachable,
)
from bridge.remote.key import Key
from tests.capabilities.dialogue.remote.endpoint import KEY

NONE: Any = None
SAYS = {"error": {"message": f"no {KEY}\n\x1b[31m  at\tall", "type": "x", "code": 1}}
TOO_LONG = {
    "OpenAI": {"error": {"message": "too much", "code": "context_length_exceeded"}},
    "vLLM": {"error": {"message": "This model's maximum context length is 4096 tokens. However, you requested 5000"}},
    "older vLLM": {"object": "error", "message": "This model's maximum context length is 2048 tokens.", "code": 400},
    "llama.cpp": {"error": {"code": 400, "message": "no", "type": "exceed_context_size_error", "n_ctx": 256}},
    "older llama.cpp": {"error": {"code": 500, "message": "the request exceeds the available context size"}},
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_context_that_is_exceeded_is_recognised(name: str) -> None:
    assert exceeds_context(TOO_LONG[name])
    assert isinstance(status_error(400, None, TOO_LONG[name], None), ContextExceeded)
    assert isinstance(event_error(TOO_LONG[name], None, begun=False), ContextExceeded)
    assert isinstance(event_error(TOO_LONG[name], None, begun=True), EndpointFailed)


@pytest.mark.parametrize("found", [NONE, [], "context length", {"error": []}, {"error": {"message": 4}}, SAYS])
def test_nothing_else_is_taken_for_one(found: Any) -> None:
    assert not exceeds_context(found)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (302, "redirects (HTTP 302); name the address"),
        (400, "refuses the request (HTTP 400"),
        (401, "refuses the key (HTTP 401"),
        (403, "refuses the key (HTTP 403"),
        (404, "finds no such model or address (HTTP 404"),
        (422, "refuses the request (HTTP 422"),
        (500, "failed (HTTP 500"),
        (502, "failed (HTTP 502"),
    ],
)
def test_a_status_is_a_sentence(status: int, says: str) -> None:
    for found in (NONE, SAYS, {"error": "down"}, {"error": {"message": "x" * 100_000}}):
        error = status_error(status, "3", found, Key(KEY))
        assert type(error) is EndpointFailed
        assert says in str(error)
        assert "; " in str(error), "it says what to do"
        assert KEY not in str(error)
        assert str(error).isprintable()
        assert len(str(error)) < 500


def test_the_endpoints_own_words_are_one_line_without_the_key() -> None:
    assert ': "no (key) [31m at all")' in str(status_error(500, None, SAYS, Key(KEY)))


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [("7", 7.0), ("0.5", 0.5), ("0", 0.1), ("1e9", 60.0), ("nan", 1.0), ("-1", 0.1), (None, 1.0), ("Mon, 30 Nov", 1.0)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_endpoint_says_when_to_ask_again(status: int, retry_after: str | None, wait: float) -> None:
    error = status_error(status, retry_after, None, None)
    assert isinstance(error, Overloaded)
    assert error.retry_after == wait


def test_an_error_in_place_of_an_event_is_a_sentence() -> None:
    error = event_error(SAYS, Key(KEY), begun=True)
    assert isinstance(error, BridgeError)
    assert KEY not in str(error)


def test_an_endpoint_that_is_not_trusted_is_told_from_one_that_is_not_there() -> None:
    untrusted = httpx2.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed")
    assert "its certificate is not trusted here" in unreachable(untrusted)
    assert (
        unreachable(httpx2.ConnectTimeout("")) == "it cannot be reached (ConnectTimeout); start it, or mend its address"
    )


@pytest.mark.parametrize("data", [b"", b"<html>", b"\xff", b"[" * 100_000, b'{"a":'])
def test_a_body_that_is_no_json_says_nothing(data: bytes) -> None:
    assert parsed(data) is None
