"""Texts to tokens: transformers' own tokenizer, but for what a text may do with special tokens."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from models.embedding.embedding_program import model_folder
from models.embedding.word_pieces import MOST_CHARACTERS, MOST_TOKENS, PADDING, WordPieces
from tests.models.embedding.texts import TEXTS

PIECES = WordPieces(model_folder() / "tokenizer.json")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


@pytest.fixture(scope="module")
def published() -> Any:
    return AutoTokenizer.from_pretrained(model_folder(), local_files_only=True)


@pytest.mark.parametrize("text", [text for text in TEXTS if "[SEP]" not in text])
def test_they_are_the_published_tokens(published: Any, text: str) -> None:
    expected = published(text, truncation=True, max_length=MOST_TOKENS, padding=False)["input_ids"]
    assert PIECES.tokens(text).tolist() == expected


@given(st.text(max_size=200))
def test_a_text_begins_and_ends_and_is_never_padding(text: str) -> None:
    tokens = PIECES.tokens(text).tolist()
    assert (tokens[0], tokens[-1]) == (101, 102)
    assert {PADDING, 101, 102}.isdisjoint(tokens[1:-1])


@pytest.mark.parametrize("name", SPECIAL)
def test_a_special_token_that_is_typed_is_text(published: Any, name: str) -> None:
    (number,) = published.convert_tokens_to_ids([name])
    assert number not in PIECES.tokens(f"hello {name} there").tolist()[1:-1]


def test_a_long_text_is_cut_and_costs_no_more() -> None:
    line = "the price of bread "
    assert len(PIECES.tokens(line * 500)) == MOST_TOKENS
    assert PIECES.tokens(" " * MOST_CHARACTERS + "bread").tolist() == [101, 102]
