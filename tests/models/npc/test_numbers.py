"""Numbers in text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.npc.numbers import Kind, numbers, tokens
from tests.models.npc.spelling import spelled


def found(text: str) -> list[tuple[str, Kind]]:
    return [(format(number.value.normalize(), "f"), number.kind) for number in numbers(tokens(text))]


@given(st.integers(0, 999_999), st.sampled_from(["-", " "]))
def test_every_number_in_words_is_read(number: int, dash: str) -> None:
    assert [one.value for one in numbers(tokens(f"about {spelled(number, dash)} horses."))] == [number]


@given(st.integers(0, 10**9))
def test_every_number_in_figures_is_read(number: int) -> None:
    assert [one.value for one in numbers(tokens(f"{number} horses"))] == [number]
    assert [one.value for one in numbers(tokens(f"{number:,} horses"))] == [number]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("a dozen eggs", "12", Kind.CARDINAL),
        ("half a dozen eggs", "6", Kind.CARDINAL),
        ("two dozen", "24", Kind.CARDINAL),
        ("3 dozen", "36", Kind.CARDINAL),
        ("a couple of days", "2", Kind.CARDINAL),
        ("a hundred and five", "105", Kind.CARDINAL),
        ("hundred and five marks", "105", Kind.CARDINAL),
        ("two and a half pounds", "2.5", Kind.CARDINAL),
        ("2½ pounds", "2.5", Kind.CARDINAL),
        ("seventeen eighty-nine", "1789", Kind.CARDINAL),
        ("nineteen hundred", "1900", Kind.CARDINAL),
        ("five hundred thousand", "500000", Kind.CARDINAL),
        ("7.50", "7.5", Kind.CARDINAL),
        ("half of it", "0.5", Kind.FRACTION),
        ("1/4", "0.25", Kind.FRACTION),
        ("the third bell", "3", Kind.ORDINAL),
        ("the 3rd bell", "3", Kind.ORDINAL),
        ("the twenty-first", "21", Kind.ORDINAL),
        ("the thirtieth", "30", Kind.ORDINAL),
        ("7:30", "7.5", Kind.CLOCK),
        ("half past five", "5.5", Kind.CLOCK),
        ("a quarter to six", "5.75", Kind.CLOCK),
    ],
)
def test_forms_of_numbers(text: str, value: str, kind: Kind) -> None:
    assert found(text) == [(value, kind)]


@pytest.mark.parametrize("text", ["seven and two", "seven, two", "seven or two"])
def test_two_numbers_stay_two(text: str) -> None:
    assert found(text) == [("7", Kind.CARDINAL), ("2", Kind.CARDINAL)]


@pytest.mark.parametrize("text", ["an hour", "a room", "once upon a time", "1/0", "tender", "sixpence"])
def test_no_number_is_seen_where_none_is(text: str) -> None:
    assert found(text) == []


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    read = tokens(text)
    last = 0
    for number in numbers(read):
        assert last <= number.first < number.end <= len(read)
        assert isinstance(number.value, Decimal)
        last = number.end
