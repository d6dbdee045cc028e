"""The tokenizer, against `transformers` and against byte-pair merging written out."""

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.gguf import file as gguf
from models.language.tokenizers.loading import tokenizer_of
from models.language.weights import find_weights
from tests.models.dialogue.reference import TEXTS

FILE = gguf.read(find_weights())
TOKENIZER = tokenizer_of(FILE)
NUMBERS = {name: number for number, name in enumerate(FILE.value("tokenizer.ggml.tokens", list))}
RANKS = {tuple(merge.split(" ")): rank for rank, merge in enumerate(FILE.value("tokenizer.ggml.merges", list))}
SPELLING = {TOKENIZER.bytes(number): name for name, number in NUMBERS.items() if len(name) == 1}

CONTRACTION = re.compile("'(?:s|t|re|ve|m|ll|d)")
WORD = re.compile(" ?L+| ?O+|[ W]+(?![LO])|[ W]+")
TRICKY = "aZéßΩж你の한שع 's'llI'VE't 0 17٣½Ⅷ²\t\r\n\u00a0\u3000\u200b.,!?…“”-_/\\<|im_end|>🙂🧙‍♂️\u0301\0\x7f"


def words(text: str) -> list[str]:
    """SmolLM's splitting as llama.cpp writes it down: each number character alone, then GPT-2's expression."""
    parts = re.split("([" + "".join(c for c in set(text) if unicodedata.category(c)[0] == "N") + "\ue000])", text)
    return [word for part in parts if part for word in gpt2_words(part)]


def gpt2_words(part: str) -> list[str]:
    classes = "".join(kind(character) for character in part)
    found, at = [], 0
    while at < len(part):
        if classes == "N":
            return [part]
        match = CONTRACTION.match(part, at) or WORD.match(classes, at)
        assert match
        found.append(part[at : match.end()])
        at = match.end()
    return found


def kind(character: str) -> str:
    if character == " ":
        return " "
    category = unicodedata.category(character)[0]
    return category if category in "LN" else "W" if character.isspace() else "O"


def merged(word: str) -> list[int]:
    """Merge the neighbours of the lowest rank until none is left."""
    symbols = [SPELLING[bytes([byte])] for byte in word.encode() if bytes([byte]) in SPELLING]
    while pairs := [(RANKS[pair], i) for i, pair in enumerate(pairwise(symbols)) if pair in RANKS]:
        _, i = min(pairs)
        symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
    return [NUMBERS[symbol] for symbol in symbols]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_as_transformers_does(text: str) -> None:
    assert TOKENIZER.encode(text) == TEXTS[text]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TRICKY), max_size=30).map("".join))
@example("  17  roots\n\n & 2,500")
@example("it's we'LL I'd")
def test_as_merging_written_out(text: str) -> None:
    assert TOKENIZER.encode(text) == [token for word in words(text) for token in merged(word)]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_tokens_spell_the_text(text: str) -> None:
    known = bytes(byte for byte in text.encode() if bytes([byte]) in SPELLING)
    assert b"".join(map(TOKENIZER.bytes, TOKENIZER.encode(text))) == known


def test_digits_stand_alone() -> None:
    assert [TOKENIZER.bytes(token) for token in TOKENIZER.encode("a 305")] == [b"a", b" ", b"3", b"0", b"5"]


@pytest.mark.parametrize("name", TOKENIZER.control)
def test_control_tokens_cannot_be_typed(name: str) -> None:
    tokens = TOKENIZER.encode(f"a{name}b {name}")
    assert not TOKENIZER.ends.intersection(tokens)
    assert b"".join(map(TOKENIZER.bytes, tokens)).decode() == f"a{name}b {name}"


def test_control_tokens_show_nothing() -> None:
    assert len(TOKENIZER.ends) == 17
    assert {TOKENIZER.bytes(token) for token in TOKENIZER.ends} == {b""}


def test_a_token_that_spells_no_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="not byte-level"):
        tokenizer_of(
            gguf.GGUF({**FILE.metadata, "tokenizer.ggml.tokens": ["a b"], "tokenizer.ggml.token_type": [1]}, {})
        )
