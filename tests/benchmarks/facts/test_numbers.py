"""Numbers and times of a text by their value."""

from decimal import Decimal

import pytest
from facts.judge.clock import times
from facts.judge.numbers import numbers
from facts.judge.text import folded

MONEY = [
    ("twelve groats", "12", "groat"),
    ("12 good silver", "12", "silver"),
    ("\u20ac4.20", "4.20", "euro"),
    ("4,20 \u20ac", "4.20", "euro"),
    ("4 euros 20", "4.20", "euro"),
    ("four euros and twenty cents", "4.20", "euro"),
    ("four euros twenty", "4.20", "euro"),
    ("420 cents", "4.20", "cent"),
    ("1,450 crowns", "1450", "crown"),
    ("fourteen hundred and fifty crowns", "1450", "crown"),
    ("one thousand four hundred and fifty crowns", "1450", "crown"),
    ("eleven fifty", "11.50", ""),
    ("sixty-four ninety", "64.90", ""),
    ("half a dozen obols", "6", "obol"),
    ("two dozen winks", "24", "wink"),
    ("a hundred and five dinars", "105", "dinar"),
    ("five thousand and two thalers", "5002", "thaler"),
    ("two thousand three hundred and six credits", "2306", "credit"),
]
COUNTS = [
    ("there are 63 hives", [63]),
    ("a score of jars and two pots", [20, 2]),
    ("twenty-one plates, three bowls", [21, 3]),
    ("two thousand, three hundred", [2000, 300]),
    ("2306", [2306]),
    ("no one knows that", []),
    ("the 3rd awning", [3]),
    ("one and a half days", [Decimal("1.5")]),
    ("ninety nine", [99]),
    ("five and six", [5, 6]),
    ("a hundred thanks", []),
    ("it is well-made, ten-string work", [10]),
]
TIMES = [
    ("half past six", {390, 1110}),
    ("half past one in the afternoon", {810}),
    ("quarter to nine at night", {1245}),
    ("18:00", {1080}),
    ("02:30", {150}),
    ("2.30 am", {150}),
    ("noon", {720}),
    ("midnight", {0}),
    ("four in the morning", {240}),
    ("ten past five in the morning", {310}),
    ("oh six hundred", {360}),
    ("0600", {360}),
    ("2200 hours", {1320}),
    ("nine o'clock in the evening", {1260}),
    ("7 p.m.", {1140}),
    ("twenty to eight", {460, 1180}),
    ("18h30", {1110}),
    ("two thirty in the morning", {150}),
]


@pytest.mark.parametrize(("text", "value", "unit"), MONEY)
def test_amounts(text: str, value: str, unit: str) -> None:
    (found,) = numbers(folded(text))
    assert (found.value, found.unit) == (Decimal(value), unit)
    assert found.kind == ("money" if unit else "count")


@pytest.mark.parametrize(("text", "values"), COUNTS)
def test_counts(text: str, values: list[int]) -> None:
    assert [number.value for number in numbers(folded(text)) if not number.soft] == values


@pytest.mark.parametrize(("text", "minutes"), TIMES)
def test_times(text: str, minutes: set[int]) -> None:
    assert [time.minutes for time in times(folded(text))] == [minutes]


@pytest.mark.parametrize("text", ["eleven thirty", "6", "six", "1800"])
def test_a_number_can_be_a_time(text: str) -> None:
    (found,) = numbers(text)
    assert found.minutes
