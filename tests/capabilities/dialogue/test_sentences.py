"""Sentences of a reply in many languages, as a native reader would cut them, however the reply comes in pieces."""

import random
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.capabilities.dialogue.sentences import LONGEST, Sentences, cutter
from tests.capabilities.dialogue.sentence_texts import TEXTS, parts
from tests.conftest import Run
from tests.serving.client import connected, say, until_done
from tests.serving.server import FakeServer

LISTED = [*"aBI5é他とはい말กΩաሰ \n.!?…。！？؟۔।༎·,;:-—*_'\"“”„«»「」()（）[]😀🏽👍🇫♪~\u200b\u200d\u200f\u0301|፡"]
WORDS = [
    "Mr",
    "z. B. ",
    "p.m.",
    " The ",
    " Tom said",
    "（笑）",
    ":)",
    "ครับ",
    "3. ",
    "www.a/",
    "x" * 60,
    "word " * 30,
    " " * 70,
]
replies = st.lists(st.sampled_from(LISTED + WORDS), max_size=40).map("".join) | st.text(max_size=80)


def cut(*pieces: str) -> list[str]:
    sentences = Sentences()
    return [text for piece in pieces for text in sentences.push(piece)] + sentences.finish()


def in_pieces(text: str, seed: int) -> list[str]:
    draw, pieces = random.Random(seed), []
    while text:
        size = draw.randint(1, 9)
        pieces.append(text[:size])
        text = text[size:]
    return pieces


@pytest.mark.parametrize("case", TEXTS)
def test_as_a_native_reader_would(case: str) -> None:
    text, expected = parts(TEXTS[case])
    assert cut(text) == expected
    assert cut(*text) == expected


@pytest.mark.parametrize("case", [case for case in TEXTS if "|" in TEXTS[case]])
def test_each_sentence_is_told_before_the_next_has_ended(case: str) -> None:
    """But the last: what ends it may be yet to come. An answer to a doubtful dot lies within two words."""
    text, expected = parts(TEXTS[case])
    for place in range(len(expected) - 1):
        told_by = Sentences()
        until = text.index(expected[place + 1], sum(map(len, expected[: place + 1]))) + len(expected[place + 1])
        assert len(told_by.push(text[:until])) >= place + 1, expected[place]


@settings(derandomize=True, max_examples=1500)
@given(replies, st.integers(0, 2**32))
def test_the_pieces_do_not_matter_and_nothing_is_lost(text: str, seed: int) -> None:
    whole = cut(text)
    assert cut(*text) == whole
    assert cut(*in_pieces(text, seed)) == whole
    assert "".join("".join(whole).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() != "" for sentence in whole)


@settings(derandomize=True, max_examples=200)
@given(replies, replies)
def test_what_was_told_stays(text: str, more: str) -> None:
    sentences = Sentences()
    told = sentences.push(text)
    assert cut(text + more)[: len(told)] == told


@pytest.mark.parametrize("letter", ["。", "！", "？", "।", "۔", "؟", "።", "፧", "։", "။", "។"])
def test_a_stop_that_needs_no_space_waits_for_one_character(letter: str) -> None:
    sentences = Sentences()
    assert sentences.push(f"他{letter}") == []  # a bracket may close
    assert sentences.push("是") == [f"他{letter}"]


def test_a_bracket_that_closes_belongs_to_its_sentence() -> None:
    sentences = Sentences()
    assert sentences.push("「はい。") == []
    assert sentences.push("」") == []
    assert sentences.push("「") == ["「はい。」"]


def test_a_line_break_ends_a_sentence_at_once() -> None:
    assert Sentences().push("Bread\n") == ["Bread"]


STOPS = [stop for stop in map(chr, range(0x20000)) if regex.match(r"\p{SB=STerm}", stop) and stop != "၊"]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: unicodedata.name(stop, f"{ord(stop):04X}"))
def test_every_stop_of_unicode_ends_a_sentence(stop: str) -> None:
    assert cut(f"א{stop} ב{stop} ג") == [f"א{stop}", f"ב{stop}", "ג"]


def test_a_danda_typed_as_a_bar() -> None:
    assert cut("नमस्ते| आप कौन हैं?") == ["नमस्ते|", "आप कौन हैं?"]


def test_a_burmese_comma_is_no_stop() -> None:
    assert cut("က၊ ခ။ ဂ") == ["က၊ ခ။", "ဂ"]


# -- without an end --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["word ", "word, ", "เ", "他们说", "他们，", "x", "a.", "“", "👨\u200d👩\u200d👧", "e\u0301", "ก "]
)
def test_what_finds_no_end_is_cut(word: str) -> None:
    text = word * 2000
    sentences = Sentences()
    told = [sentence for piece in in_pieces(text, 1) for sentence in sentences.push(piece)]
    assert len(told) >= len(text) // LONGEST - 1
    assert all(len(sentence) <= LONGEST for sentence in told)
    edges = {found.end() for found in regex.finditer(r"\X", "".join(text.split()))}
    ends = [len("".join("".join(told[: i + 1]).split())) for i in range(len(told))]
    assert edges.issuperset(ends)
    if " " in word:
        assert all(sentence.endswith(word.strip()) for sentence in told)
    if "，" in word:
        assert all(sentence.endswith("，") for sentence in told)


HOSTILE = [
    "a.",
    ".",
    "! ",
    "\u0301",
    '."',
    "*",
    "“",
    "😀",
    ".(",
    "Mr. ",
    " :",
    "… ",
    "?”",
    " ",
    "。「",
    "A.",
    "1. ",
    "Tom said",
    "ก ",
]


@pytest.mark.parametrize("unit", HOSTILE, ids=ascii)
@pytest.mark.parametrize(
    "cutting", [lambda text: [text], list, lambda text: in_pieces(text, 3)], ids=["whole", "each", "some"]
)
def test_work_grows_with_the_length(
    monkeypatch: pytest.MonkeyPatch, unit: str, cutting: Callable[[str], list[str]]
) -> None:
    """Twice the text, twice the stops looked at; and no look goes past the window."""
    looked: list[int] = []
    judge = cutter.judge

    def counted(place: Any) -> Any:
        looked.append(place.end - place.start)
        return judge(place)

    monkeypatch.setattr(cutter, "judge", counted)
    works = []
    for size in (3_000, 6_000):
        looked.clear()
        cut(*cutting((unit * size)[:size]))
        assert max(looked, default=0) <= LONGEST + 64
        works.append(len(looked))
    assert works[1] <= 2.2 * works[0] + 200
    assert works[1] <= 3 * 6_000


# -- over the wire ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", ["chinese", "japanese", "hindi", "urdu", "amharic", "directions, several", "spanish, dash"]
)
def test_sentences_come_while_the_reply_is_written(
    run: Run, fake: FakeServer, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    text, expected = parts(TEXTS[case])
    monkeypatch.setattr("tests.serving.fakes.script", lambda said: list(text))

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            events = await until_done(call)
            told = [event.sentence.text for event in events if event.WhichOneof("event") == "sentence"]
            assert told == expected
            written, last = "", 0
            for event in events:
                written += event.token.text
                if event.WhichOneof("event") == "sentence":
                    last = written.index(event.sentence.text, last) + len(event.sentence.text)  # its words came before
                    assert len(written) <= last + 4 or event.sentence.text == expected[-1]

    run(scenario())
