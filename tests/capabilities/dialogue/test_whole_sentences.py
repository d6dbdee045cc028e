"""A reply that reaches its limit within a sentence ends with the sentence before, if the client wants that."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.capabilities.dialogue.speech import Speech
from tests.capabilities.dialogue.test_given_history import MINOR_5, kept
from tests.conftest import Run
from tests.serving.client import D, connected, say, until_done
from tests.serving.server import FakeServer

WORDS = st.sampled_from(
    ["Yes", "no", "Mr.", "end.", "Why?", "wait...", "“Good.”", "\n", "東京。", "3.5", "and,", "🏳️‍🌈"]
)


def limited(tokens: int) -> Any:
    return D.SamplingChanges(max_new_tokens=tokens)


async def spoken(call: Any, text: str, turn: int = 1, **fields: Any) -> tuple[Any, str, list[str]]:
    """The end of a turn, its pieces joined, and its sentences."""
    await call.write(say(text, turn=turn, **fields))
    events = await until_done(call, turn)
    pieces = "".join(event.token.text for event in events if event.WhichOneof("event") == "token")
    sentences = [event.sentence.text for event in events if event.WhichOneof("event") == "sentence"]
    return events[-1].done, pieces, sentences


def test_what_is_left_over_is_taken_back(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            changes = limited(5)
            done, pieces, sentences = await spoken(
                call, "Yes. And then I left.", whole_sentences=True, sampling_changes=changes
            )
            assert done.finish == D.TURN_FINISH_LENGTH
            assert (done.text, done.cut_text, pieces) == ("You said: Yes.", " And then", "You said: Yes. And then")
            assert sentences == ["You said: Yes."], "the voice does not begin what is taken back"
            assert kept(fake, client) == ["> Yes. And then I left.", "You said: Yes."]
            assert done.reply_tokens == 5

    run(scenario())


@pytest.mark.parametrize(
    ("text", "tokens", "whole"),
    [
        ("Yes. And then I left.", 5, False),
        ("Yes. And then I left.", 96, True),
        ("Yes. And then.", 5, True),
        ("no end in sight", 4, True),
    ],
    ids=["not wanted", "not at the limit", "a whole one at the limit", "no whole one"],
)
def test_nothing_is_taken_back(run: Run, fake: FakeServer, text: str, tokens: int, whole: bool) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            fields: dict[str, Any] = {"whole_sentences": whole, "sampling_changes": limited(tokens)}
            done, pieces, sentences = await spoken(call, text, **fields)
            assert (done.cut_text, done.text) == ("", pieces)
            assert " ".join(sentences) == pieces
            assert kept(fake, client)[-1] == pieces

    run(scenario())


@given(st.lists(WORDS, max_size=12), st.integers(1, 5))
def test_text_and_what_was_taken_back_are_what_was_sent(words: list[str], size: int) -> None:
    said, whole = " ".join(words), Speech(0.0, 0.0)
    plain = Speech(0.0, 0.0)
    sent, sentences, all_sentences = "", list[tuple[str, int]](), list[tuple[str, int]]()
    for start in range(0, len(said), size):
        piece = said[start : start + size]
        sent += whole.push(piece, 0.0)[0]
        plain.push(piece, 0.0)
        sentences += whole.sentences(piece)
        all_sentences += plain.sentences(piece)
    rest, last = whole.finish(whole_sentences=True)
    assert sent + rest == whole.text + whole.cut_text == said
    _, all_last = plain.finish()
    everything = [*all_sentences, *all_last]
    assert [*sentences, *last] == (everything[:-1] if whole.cut_text else everything)
    if whole.cut_text:
        assert everything[-1].text == whole.cut_text.strip()
        assert whole.text == whole.text.rstrip()
