"""Text that is shown: whole characters only, and nothing of a stop string, however the bytes are cut."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.dialogue.text import TextStream

cuts = st.lists(st.integers(0, 60), max_size=12)


def pushed(data: bytes, at: list[int], stops: tuple[str, ...] = ()) -> tuple[list[str], TextStream]:
    stream = TextStream(stops)
    edges = [0, *sorted(min(cut, len(data)) for cut in at), len(data)]
    pieces = [stream.push(data[start:end]) for start, end in pairwise(edges)]
    if not stream.stopped:
        pieces.append(stream.finish())
    return pieces, stream


def shown(text: str, stops: tuple[str, ...]) -> str:
    """The oracle: character by character, until a stop string is complete."""
    for end in range(1, len(text) + 1):
        begun = [text[:end].index(stop) for stop in stops if text[:end].endswith(stop)]
        if begun:
            return text[: min(begun)]
    return text


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(max_size=20), cuts)
@example("🧙‍♂️ você 你好", list(range(40)))
def test_characters_are_never_halved(text: str, at: list[int]) -> None:
    pieces, _ = pushed(text.encode(), at)
    assert "".join(pieces) == text
    assert all("\ufffd" not in piece for piece in pieces) or "\ufffd" in text


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.binary(max_size=30), cuts)
@example(b"a\xff\xe4\xbd", [2, 3])
def test_any_bytes_make_the_same_text_however_cut(data: bytes, at: list[int]) -> None:
    whole = "".join(pushed(data, [])[0])
    assert "".join(pushed(data, at)[0]) == whole
    assert data.decode(errors="replace").startswith(whole)  # half a character at the end is left out


@settings(derandomize=True, max_examples=500, deadline=None)
@given(
    st.text(alphabet="ab🙂", max_size=24),
    cuts,
    st.lists(st.text(alphabet="ab🙂", min_size=1, max_size=4), max_size=3).map(tuple),
)
@example("xabcd", [3], ("abcd", "bc"))
@example("aaab", [1, 2], ("aab",))
def test_stop_strings_are_cut_exactly(text: str, at: list[int], stops: tuple[str, ...]) -> None:
    pieces, stream = pushed(text.encode(), at, stops)
    assert "".join(pieces) == shown(text, stops)
    assert stream.stopped == any(stop in text for stop in stops)


def test_what_cannot_be_a_stop_string_is_shown_at_once() -> None:
    stream = TextStream(("\nPlayer:",))
    assert stream.push(b"Hello.\nPla") == "Hello."
    assert stream.push(b"ce") == "\nPlace"
    assert stream.push(b"\nPlayer: hi") == ""
    assert stream.stopped


def test_nothing_comes_after_a_stop() -> None:
    stream = TextStream(("b",))
    assert stream.push(b"ab") == "a"
    assert (stream.push(b"more"), stream.finish()) == ("", "")


@pytest.mark.parametrize("data", [b"\xf0", b"\xf0\x9f", b"\xf0\x9f\x99"])
def test_half_an_emoji_waits_and_is_left_out_at_the_end(data: bytes) -> None:
    stream = TextStream()
    assert (stream.push(b"ok " + data), stream.finish()) == ("ok ", "")
