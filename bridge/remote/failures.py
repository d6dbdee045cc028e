"""What an endpoint may answer instead of a reply, as errors with one sentence each.

The endpoint's own words are quoted where they help: one line, cut, and without the key.
"""

import json
import math
from typing import Any

from bridge.errors import BridgeError, EndpointFailed, Overloaded
from bridge.remote.key import Key

_LONGEST = 200  # characters of the endpoint's own words
_WAIT = (0.1, 60.0)  # bounds of the delay that an endpoint suggests
_USUAL_WAIT = 1.0
_BUSY = (429, 503)
_CONTEXT_CODES = ("context_length_exceeded", "exceed_context_size_error")  # OpenAI's, llama.cpp's


class ContextExceeded(Exception):
    """The prompt and the reply do not fit the endpoint's context."""


def status_error(status: int, retry_after: str | None, found: Any, key: Key | None) -> BridgeError | ContextExceeded:
    """The error of a response whose status is not 200. `found` is what its body says, as JSON."""
    if exceeds_context(found):
        return ContextExceeded()
    words = _words(found, key)
    if status in _BUSY:
        wait = _seconds(retry_after)
        return Overloaded(
            f"the model's endpoint is busy (HTTP {status}{words}); ask again in {wait:g} s", retry_after=wait
        )
    if status in (401, 403):
        mend = "mend the key in api-key-env or api-key-file, and load the model again"
        return EndpointFailed(f"the model's endpoint refuses the key (HTTP {status}{words}); {mend}")
    if status == 404:
        mend = "compare the address, which usually ends in /v1, and remote-model with what it serves"
        return EndpointFailed(f"the model's endpoint finds no such model or address (HTTP 404{words}); {mend}")
    if 300 <= status < 400:
        return EndpointFailed(f"the model's endpoint redirects (HTTP {status}); name the address that it leads to")
    if status < 500:
        return EndpointFailed(f"the model's endpoint refuses the request (HTTP {status}{words}); say it differently")
    return EndpointFailed(f"the model's endpoint failed (HTTP {status}{words}); ask again, and see its log")


def event_error(found: Any, key: Key | None, *, begun: bool) -> BridgeError | ContextExceeded:
    """The error of an event that holds one, or of a body without events. A reply that has `begun` fits the context."""
    if not begun and exceeds_context(found):
        return ContextExceeded()
    return EndpointFailed(f"the model's endpoint failed on this reply{_words(found, key)}; ask again, and see its log")


def unreachable(error: Exception) -> str:
    """Why an endpoint does not answer, and the mend; `error` is the HTTP client's."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not trusted here; add the authority that signed it to the system's"
    return f"it cannot be reached ({type(error).__name__}); start it, or mend its address"


def exceeds_context(found: Any) -> bool:
    """Whether an error says that the prompt is too long. vLLM says so in words alone."""
    detail = _detail(found)
    if any(detail.get(name) in _CONTEXT_CODES for name in ("code", "type")):
        return True
    words = str(detail.get("message", "")).lower()
    return "context" in words and any(sign in words for sign in ("length", "size", "exceed", "too long"))


def parsed(data: bytes) -> Any:
    """A body as JSON; None if it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _detail(found: Any) -> dict[str, Any]:
    """The part of an error that says what is wrong: OpenAI puts it into `error`, older vLLM does not."""
    detail = found.get("error", found) if isinstance(found, dict) else None
    if isinstance(detail, str):
        return {"message": detail}
    return detail if isinstance(detail, dict) else {}


def _words(found: Any, key: Key | None) -> str:
    """The endpoint's own words, to put after a status: one line."""
    message = _detail(found).get("message")
    if not isinstance(message, str):
        return ""
    shown = key.hidden_in(message) if key is not None else message
    line = "".join(sign if sign.isprintable() else " " for sign in shown[: 4 * _LONGEST])
    line = " ".join(line.split())
    return f': "{line[:_LONGEST]}"' if line else ""


def _seconds(retry_after: str | None) -> float:
    """The delay of a Retry-After header, in bounds; a usual one for a date, or none."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return _USUAL_WAIT
    return min(max(seconds, _WAIT[0]), _WAIT[1]) if math.isfinite(seconds) else _USUAL_WAIT
