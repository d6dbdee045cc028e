"""Events of a chat completion, as they are and as nobody should send them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.remote.chunk import Chunk, Usage, read

KEYS = st.sampled_from(
    [
        "choices",
        "delta",
        "content",
        "finish_reason",
        "usage",
        "prompt_tokens",
        "prompt_tokens_details",
        "error",
        "object",
    ]
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def piece(delta: Any, **more: Any) -> str:
    return json.dumps({"choices": [{"delta": delta, **more}]})


CHUNKS = {
    "a piece": (piece({"content": "Good"}), Chunk("Good")),
    "only a role": (piece({"role": "assistant"}), Chunk()),
    "no content": (piece({"content": None, "reasoning_content": "hm"}), Chunk()),
    "content that is no text": (piece({"content": [1, 2]}), Chunk()),
    "half a character": (piece({"content": "a\ud83d"}), Chunk("a\ufffd")),
    "the end": (piece({}, finish_reason="stop", stop_reason=None), Chunk(finish="stop")),
    "a stop string": (piece({}, finish_reason="stop", stop_reason="\n"), Chunk(finish="stop", stopped=True)),
    "the last with text": (piece({"content": "."}, finish_reason="length"), Chunk(".", "length")),
    "no choices": (json.dumps({"choices": []}), Chunk()),
    "choices that are none": (json.dumps({"choices": {"0": 1}}), Chunk()),
    "counts": (
        json.dumps({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}),
        Chunk(usage=Usage(5, 2)),
    ),
    "counts that are none": (
        json.dumps({"usage": {"prompt_tokens": -1, "completion_tokens": 2**40, "prompt_tokens_details": 3}}),
        Chunk(usage=Usage(0, 0)),
    ),
}


@pytest.mark.parametrize("name", CHUNKS)
def test_an_event_is_read(name: str) -> None:
    data, chunk = CHUNKS[name]
    assert read(data) == chunk


@pytest.mark.parametrize("error", [{"error": {"message": "no"}}, {"object": "error", "message": "no"}])
def test_an_error_is_told_apart(error: Any) -> None:
    assert read(json.dumps(error)).error == error


@pytest.mark.parametrize("data", ["", "hello", "[1]", "7", "{", "[" * 100_000, '{"a": 1' + "0" * 5000 + "}"])
def test_what_is_no_event_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="an event is not"):
        read(data)


@given(found=JSON)
def test_whatever_is_sent_its_text_can_be_passed_on(found: Any) -> None:
    data = json.dumps(found)
    if not isinstance(found, dict):
        with pytest.raises(ValueError, match="not a JSON object"):
            read(data)
        return
    chunk = read(data)
    chunk.text.encode()
    assert chunk.usage is None or all(0 <= count < 2**31 for count in chunk.usage)
