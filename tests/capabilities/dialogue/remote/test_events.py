"""The parser of server-sent events, against one that reads the whole stream at once."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.remote.events import Events

LINES = st.one_of(
    st.sampled_from(["", "data", "data:", "data: x", "data:  two", ": ping", "id: 7", "event: message", "retry: 1"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12).map(lambda text: f"data: {text}"),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12),
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])), max_size=24)


def whole(text: str) -> list[str]:
    """The data of all events of a stream, as the standard says it."""
    found: list[str] = []
    held: list[str] = []
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines[:-1]:  # the last has no end
        name, _, value = line.partition(":")
        if not line:
            found += ["\n".join(held)] if held else []
            held = []
        elif name == "data":
            held.append(value.removeprefix(" "))
    return found


@example([("data: a", "\r\n"), ("data: b", "\r\n"), ("", "\r\n")], True, list(range(40)))  # each byte by itself
@given(stream=STREAMS, mark=st.booleans(), cuts=st.lists(st.integers(0, 400), max_size=30))
def test_events_are_the_same_however_the_bytes_are_cut(
    stream: list[tuple[str, str]], mark: bool, cuts: list[int]
) -> None:
    text = ("\ufeff" if mark else "") + "".join(line + end for line, end in stream)
    data = text.encode()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    events = Events()
    found = [event for first, last in pairwise(places) for event in events.push(data[first:last])]
    assert found == whole(text)


@pytest.mark.parametrize("part", [b"data: " + b"x" * 50, b"data: x\n" * 8, b": " + b"x" * 50])
def test_what_has_no_end_is_refused(part: bytes) -> None:
    events = Events(most_bytes=200)

    def push() -> None:
        for _ in range(1000):
            events.push(part)

    with pytest.raises(ValueError, match="more than 200 bytes"):
        push()


def test_many_events_are_no_long_event() -> None:
    events = Events(most_bytes=200)
    assert sum(len(events.push(b"data: x\n\n")) for _ in range(1000)) == 1000


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert Events().push(b"data: a\xffb\n\n") == ["a\ufffdb"]
