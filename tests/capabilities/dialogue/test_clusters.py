"""What a reader sees as one character comes in one piece, whatever tokens it is made of."""

from collections.abc import Sequence

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.capabilities.dialogue.clusters import MOST_HELD, Clusters
from bridge.capabilities.dialogue.speech import Speech
from models.dialogue.text import TextStream
from models.gguf import file as gguf
from models.language.tokenizers.loading import tokenizer_of
from models.language.weights import find_weights
from tests.conftest import Run
from tests.serving.client import D, connected, read, say, until_done
from tests.serving.server import FakeServer

CHARACTERS = {
    "a family": "👨‍👩‍👧‍👦",
    "flags": "🇩🇪🇫🇷🇯🇵",
    "a flag of a region": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "a keycap": "1️⃣#️⃣",
    "skin tones": "👍🏽🧑🏿‍🚀",
    "a heart on fire": "❤️‍🔥",
    "an accent of its own": "Cafe\u0301 e\u0323\u0302",
    "many accents": "z\u0351\u036b\u0343\u036a",
    "jamo": "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "a conjunct": "क्षि स्त्री क्‍ष",
    "vowel signs": "நி กำ ကြွ",
    "a prefix": "\u0600\u0661\u0662",
    "line breaks": "a\r\nb\r\n",
    "plain": "Well met.",
}
TOKENIZER = tokenizer_of(gguf.read(find_weights()))


def given_out(pieces: Sequence[str]) -> list[str]:
    clusters = Clusters()
    return [text for text in (*map(clusters.push, pieces), clusters.finish()) if text]


def assert_whole(pieces: Sequence[str]) -> None:
    """No piece ends within a character."""
    edges = {found.end() for found in regex.finditer(r"\X", "".join(pieces))}
    ends = [sum(map(len, pieces[: i + 1])) for i in range(len(pieces))]
    assert edges.issuperset(ends), pieces


@pytest.mark.parametrize("case", CHARACTERS)
def test_a_character_is_whole_code_point_by_code_point(case: str) -> None:
    text = f"So {CHARACTERS[case]} there"
    pieces = given_out(list(text))
    assert "".join(pieces) == text
    assert_whole(pieces)
    assert pieces == [found[0] for found in regex.finditer(r"\X", text)]  # none waits for more than the next


@pytest.mark.parametrize("case", CHARACTERS)
def test_a_character_is_whole_token_by_token(case: str) -> None:
    text = f"So {CHARACTERS[case]} there {CHARACTERS[case]}"
    stream = TextStream()
    tokens = TOKENIZER.encode(text)
    pieces = given_out([*(stream.push(TOKENIZER.bytes(token)) for token in tokens), stream.finish()])
    assert_whole(pieces)
    assert "\ufffd" not in "".join(pieces)
    assert "".join(pieces) == b"".join(map(TOKENIZER.bytes, tokens)).decode()


@settings(derandomize=True, max_examples=500)
@given(
    st.lists(st.text(st.sampled_from("aé1 🇩🇪\u0301\u200d\ufe0f\u20e3👨👩🏽\u1112\u1161\u11abक्ष\r\n\u0600"), max_size=6))
)
def test_pieces_end_where_characters_do(pieces: list[str]) -> None:
    given_ = given_out(pieces)
    assert "".join(given_) == "".join(pieces)
    assert_whole(given_)


@given(st.text(max_size=30), st.text(max_size=30))
def test_only_the_last_character_waits(said: str, more: str) -> None:
    clusters = Clusters()
    out = clusters.push(said) + clusters.push(more)
    whole = regex.findall(r"\X", said + more)
    assert out == "".join(whole[:-1])


def test_what_is_held_is_bounded() -> None:
    clusters = Clusters()
    pieces = ["a"] + ["\u0301"] * 4 * MOST_HELD
    assert sum(len(clusters.push(piece)) for piece in pieces) >= 3 * MOST_HELD


@pytest.mark.parametrize("case", CHARACTERS)
def test_over_the_wire(run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    text = f"So {CHARACTERS[case]}"  # the end of the reply brings what was held
    monkeypatch.setattr("tests.serving.fakes.script", lambda said: list(text))

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            events = await until_done(call)
            pieces = [event.token.text for event in events if event.WhichOneof("event") == "token"]
            assert "".join(pieces) == events[-1].done.text == text
            assert_whole(pieces)
            assert events[-1].done.reply_tokens == len(text)

    run(scenario())


def test_the_longest_reply_gives_out_what_was_held(run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.serving.fakes.script", lambda said: ["H", "e\u0301", "!"])

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            sampling = D.Sampling(temperature=1, top_p=1, repetition_penalty=1, max_new_tokens=2)
            await call.write(say("hello", sampling=sampling))
            events = await until_done(call)
            assert [event.token.text for event in events if event.WhichOneof("event") == "token"] == ["He\u0301"]
            assert (events[-1].done.finish, events[-1].done.text) == (D.TURN_FINISH_LENGTH, "He\u0301")
            assert events[-1].done.first_token_micros > 0

    run(scenario())


def test_who_cuts_in_gets_what_was_held(run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.serving.fakes.script", lambda said: ["Hi", " ", "👨", "\u200d👩", "!"])

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello and wait"))  # before the last token
            heard = ""
            while heard != "Hi ":
                event = await read(call)
                heard += event.token.text
            await call.write(D.ConverseRequest(interrupt=D.ConverseInterrupt(conversation_id="smith", turn_id=1)))
            events = await until_done(call)
            rest = "".join(event.token.text for event in events if event.WhichOneof("event") == "token")
            assert rest in ("👨", "👨\u200d👩")
            assert events[-1].done.text == heard + rest
            assert events[-1].done.finish == D.TURN_FINISH_INTERRUPTED
            said = [event.sentence.text for event in events if event.WhichOneof("event") == "sentence"]
            assert "".join(said) == events[-1].done.text

    run(scenario())


def test_a_piece_that_is_held_back_has_come_in_time() -> None:
    """A family is five tokens, each within the pace: what goes out behind it is late only if its own token was."""
    speech = Speech(due=1.0, pace=1.0)
    for at, text in enumerate(["Hi", "👨", "\u200d", "👩", "\u200d", "👧", " ", "x"]):
        speech.push(text, at + 0.9)
    assert (speech.text, speech.late_count) == ("Hi👨\u200d👩\u200d👧 ", 0)
    speech.push("y", 9.0)
    assert speech.late_count == 1
