"""SentencePiece's merging, against the same written out."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.language.tokenizers.sentence_pieces import LONGEST_KEPT, SPACE, SentencePieces

BYTES = {byte: 1000 + byte for byte in range(256)}
ROUNDS = 3  # each text again, from what is remembered


def merged(text: str, pieces: dict[str, int], scores: list[float]) -> list[int]:
    """Of all neighbours that form a piece the best, the leftmost first, until there are none."""
    symbols = list(text.replace(" ", SPACE))
    while found := [(-scores[pieces[a + b]], i) for i, (a, b) in enumerate(pairwise(symbols)) if a + b in pieces]:
        _, i = min(found)
        symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
    return [
        i for symbol in symbols for i in ([pieces[symbol]] if symbol in pieces else [BYTES[b] for b in symbol.encode()])
    ]


PIECES = st.lists(st.text(f"ab{SPACE}é🙂", min_size=1, max_size=5), min_size=1, max_size=30, unique=True)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(PIECES, st.lists(st.integers(-4, 4), min_size=30, max_size=30), st.text("ab é🙂x", max_size=40), st.booleans())
@example(["ab", "bc"], [0, 1] + [0] * 28, "abc", False)  # the better of two that share a character
@example(["aa", "aaa", "a"], [0, 0, -1] + [0] * 27, "a" * 30, False)
@example(["ab", "ba", "aba", "bab"], [0] * 30, "ab" * 15, True)
@example(["bc", "ab", "xa", "abc"], [4, 3, 2, 1] + [0] * 26, "xabc", False)  # what a and b were is over when c joins b
def test_as_merging_written_out(names: list[str], scores: list[int], text: str, prefix: bool) -> None:
    """Any pieces and scores, alike ones too; characters that are no piece and stand in none."""
    pieces = {name: i for i, name in enumerate(names)}
    values = [float(score) for score in scores]
    tokenizer = SentencePieces(pieces, values + [0.0] * 1300, BYTES, prefix)
    expected = merged((" " if prefix and text else "") + text, pieces, values)
    for _ in range(ROUNDS):
        assert tokenizer.encode(text, True) == expected


def test_a_word_too_long_to_be_remembered() -> None:
    pieces = {"a": 0, "aa": 1, "aaaa": 2}
    tokenizer = SentencePieces(pieces, [-3.0, -1.0, -2.0], BYTES, False)
    count = 10 * LONGEST_KEPT + 3
    assert tokenizer.encode("a" * count, True) == [2] * (count // 4) + [1, 0]


def test_what_has_no_byte_token_is_left_out() -> None:
    tokenizer = SentencePieces({"a": 0}, [0.0], {0x0A: 5}, False)
    assert tokenizer.encode("aé\na", True) == [0, 5, 0]
