"""Arithmetic for a player's line, against sums that the test does by itself."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.npc.character import Npc
from models.npc.reading import parse
from models.npc.sums import MOST_SENTENCES, computed
from tests.models.npc.spelling import spelled

HEAD = 'id = "a"\nname = "Mara"\ntrade = "innkeeper"\npersona = "Kind."\ncurrency = "silver"\n'
Written = Callable[[int], str]
GOODS = ("ale", "pie", "candle", "wool cloak", "iron sword", "loaf of bread", "fox pelt", "copper key")
PLURALS = ("ales", "pies", "candles", "wool cloaks", "iron swords", "loaves of bread", "fox pelts", "copper keys")

INN = parse(
    HEAD + "[[wares]]\nitem = 'room'\nunit = 'a night'\nprice = 7\nstock = 3\n[[wares]]\nitem = 'ale'\nprice = 2\n"
    "[[wares]]\nitem = 'flour'\nplural = 'flour'\nunit = 'a sack'\nprice = 2.50\nstock = 12\n"
    "[[wares]]\nitem = 'egg'\nunit = 'a dozen'\nprice = 12\n"
    "[[wares]]\nitem = 'iron sword'\nprice = 3\ncurrency = 'gold'\n[[wares]]\nitem = 'steel sword'\nprice = 5\n"
    "currency = 'gold'\n[[wares]]\nitem = 'the Sword of Dawn'\nprice = 300\n",
    "a",
)
CHANGER = parse(
    HEAD + "[[wares]]\nitem = 'ale'\nprice = 2\n[[wares]]\nitem = 'sword'\nprice = 3\ncurrency = 'gold'\n"
    "[[rates]]\none = 'gold'\nworth = 20\nof = 'silver'\n",
    "a",
)


def lines(npc: Npc, said: str) -> list[str]:
    return [fact.text for fact in computed(npc, said)]


def shop(prices: list[int], stocks: list[int | None]) -> Npc:
    """An NPC that sells the first goods at these prices."""
    tables = [
        f"[[wares]]\nitem = {item!r}\nprice = {price}\n" + ("" if stock is None else f"stock = {stock}\n")
        for item, price, stock in zip(GOODS, prices, stocks, strict=False)
    ]
    return parse(HEAD + "".join(tables), "a")


PRICES = st.lists(st.integers(1, 9_999), min_size=len(GOODS), max_size=len(GOODS))
COUNTS = st.integers(2, 400)
ORDERS = st.lists(
    st.tuples(st.integers(0, len(GOODS) - 1), COUNTS), min_size=1, max_size=5, unique_by=lambda one: one[0]
)
FRAMES = st.sampled_from(
    ["How much are {}?", "{}, please.", "What would {} cost me?", "I'd like {}.", "I need {} by noon!"]
)
WRITTEN = st.sampled_from([str, spelled, lambda number: spelled(number, " ")])


def joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


@settings(max_examples=200)
@given(PRICES, ORDERS, FRAMES, WRITTEN)
def test_the_total_of_any_order_is_right(
    prices: list[int], order: list[tuple[int, int]], frame: str, write: Written
) -> None:
    npc = shop(prices, [None] * len(GOODS))
    found = lines(npc, frame.format(joined([f"{write(count)} {PLURALS[place]}" for place, count in order])))
    total = sum(prices[place] * count for place, count in order)
    assert len(found) == 1
    assert re.search(rf"\bcost {total} silver\b", found[0])
    for place, count in order:
        assert f"{count} {PLURALS[place]}" in found[0]


@given(PRICES, ORDERS, st.integers(1, 10**6))
def test_change_is_right(prices: list[int], order: list[tuple[int, int]], paid: int) -> None:
    npc = shop(prices, [None] * len(GOODS))
    goods = joined([f"{count} {PLURALS[place]}" for place, count in order])
    found = " ".join(lines(npc, f"I pay with {paid} silver for {goods}."))
    rest = paid - sum(prices[place] * count for place, count in order)
    if rest > 0:
        assert f"leaves {rest} silver in change" in found
    elif rest < 0:
        assert f"; {-rest} silver is missing" in found
    else:
        assert "exactly enough" in found
    assert ("not enough" in found) is (rest < 0)


@given(PRICES, st.integers(0, len(GOODS) - 1), st.integers(1, 10**6))
def test_what_a_purse_buys_is_right(prices: list[int], place: int, purse: int) -> None:
    (found,) = lines(shop(prices, [None] * len(GOODS)), f"How many {PLURALS[place]} can I get for {purse} silver?")
    many, rest = divmod(purse, prices[place])
    if many == 0:
        assert f"{prices[place] - purse} silver is missing" in found
    else:
        name = PLURALS[place] if many > 1 else GOODS[place]
        assert re.search(rf"enough for (?:{many}|an?) {name} and leaves {rest or 'nothing'}", found)


@given(PRICES, st.lists(st.integers(0, len(GOODS) - 1), min_size=2, max_size=2, unique=True))
def test_the_difference_of_two_prices_is_right(prices: list[int], places: list[int]) -> None:
    one, other = places
    (found,) = lines(shop(prices, [None] * 8), f"How much more is the {GOODS[one]} than the {GOODS[other]}?")
    gap = prices[one] - prices[other]
    if gap == 0:
        assert "cost the same" in found
    else:
        dear, cheap = (one, other) if gap > 0 else (other, one)
        assert re.fullmatch(rf"An? {GOODS[dear]} costs {abs(gap)} silver more than an? {GOODS[cheap]}\.", found)


@given(st.integers(1, 500), COUNTS)
def test_whether_the_stock_is_enough_is_right(stock: int, wanted: int) -> None:
    npc = shop([5], [stock])
    found = " ".join(lines(npc, f"Do you have {wanted} ales?"))
    if wanted > stock:
        assert f"only {stock} ale" in found
        assert f"{wanted - stock} fewer than {wanted}" in found
    else:
        assert f"enough for {wanted}." in found


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("How much are two rooms and an ale?", ["2 rooms for a night and an ale cost 16 silver together."]),
        ("What would three nights cost me?", ["A room for 3 nights costs 21 silver."]),
        ("Two rooms for three nights.", ["2 rooms for 3 nights cost 42 silver."]),
        ("A room for a week, please.", ["A room for 7 nights costs 49 silver."]),
        ("A room for a fortnight, please.", ["A room for 14 nights costs 98 silver."]),
        ("A dozen eggs?", ["12 eggs cost 12 silver."]),
        ("half a dozen eggs", ["6 eggs cost 6 silver."]),
        ("two dozen eggs and a pair of ales", ["24 eggs and 2 ales cost 28 silver together."]),
        ("Three sacks of flour?", ["3 sacks of flour cost 7.50 silver."]),
        ("half a sack of flour", ["Half a sack of flour costs 1.25 silver."]),
        ("How much is a room? I need two.", ["2 rooms for a night cost 14 silver."]),
        ("Two rooms or three ales?", ["2 rooms for a night cost 14 silver.", "3 ales cost 6 silver."]),
        ("two ales and three iron swords", ["2 ales cost 4 silver.", "3 iron swords cost 9 gold."]),
        ("Two iron swords and two steel ones, please", ["2 iron swords and 2 steel swords cost 16 gold together."]),
        ("Three swords, please.", ["3 iron swords cost 9 gold.", "3 steel swords cost 15 gold."]),
        ("Two ales and the Sword of Dawn", ["2 ales and the Sword of Dawn cost 304 silver together."]),
        ("How many nights for 30 silver?", ["30 silver is enough for 4 nights in a room and leaves 2 silver."]),
        ("I have 5. Can I afford a room?", ["5 silver is not enough for a room for a night; 2 silver is missing."]),
        ("An ale. Here's 5.", ["5 silver is enough for an ale and leaves 3 silver in change."]),
        ("Two ales, here are 4 coins", ["2 ales cost 4 silver.", "4 silver is exactly enough for 2 ales."]),
        ("Is a room dearer than three ales?", ["A room for a night costs 1 silver more than 3 ales."]),
        ("Two rooms for four nights, split four ways", ["56 silver split 4 ways is 14 silver each."]),
        ("How many rooms are left if I take two?", ["If 2 of 3 rooms are taken, 1 room is left."]),
    ],
)  # fmt: skip
def test_what_players_ask(said: str, expected: list[str]) -> None:
    found = lines(INN, said)
    assert [line for line in expected if line not in found] == []


@pytest.mark.parametrize(
    "said",
    [
        "How much is a room?", "Is a room 5 silver?", "My two ales were terrible.", "Tell me about the flood.",
        "I am 30 years old and want a room.", "I am in room 5.", "A room for two.", "A room by 7, please.", "", "?",
        "How much are two horses?", "Ten of them, please.", "I have three sisters.", "no rooms", "one ale",
    ],
)  # fmt: skip
def test_nothing_is_computed_where_nothing_is_asked(said: str) -> None:
    assert lines(INN, said) == []


def test_six_eggs_have_no_price_where_no_coin_is_small_enough() -> None:
    npc = parse(HEAD + "[[wares]]\nitem = 'egg'\nunit = 'a dozen'\nprice = 1\n", "a")
    assert lines(npc, "six eggs, please") == []
    assert lines(npc, "two dozen eggs, please") == ["24 eggs cost 2 silver."]


def test_the_talk_before_says_what_them_is() -> None:
    ale = INN.wares[1]
    assert [fact.text for fact in computed(INN, "Ten of them, please.", ale)] == ["10 ales cost 20 silver."]
    assert [fact.text for fact in computed(INN, "And three?", ale)] == ["3 ales cost 6 silver."]


def test_currencies_are_added_where_a_rate_is_declared() -> None:
    assert lines(CHANGER, "Two ales and a sword, please.") == ["2 ales and a sword cost 64 silver together."]
    assert lines(CHANGER, "What is 3 gold in silver?") == ["3 gold is worth 60 silver."]
    assert lines(CHANGER, "Can I buy an ale with 1 gold?") == [
        "1 gold is enough for an ale and leaves 18 silver in change."
    ]


def test_a_span_is_told_in_the_unit_of_the_price() -> None:
    visa = "[[wares]]\nitem = 'visa'\nunit = 'a week'\nprice = 35\n"
    npc = parse(HEAD + visa + "[[wares]]\nitem = 'locker'\nunit = 'a day'\nprice = 4\n", "a")
    assert lines(npc, "How much is a visa for two weeks?") == ["A visa for 2 weeks costs 70 silver."]
    assert lines(npc, "How much is a locker for two weeks?") == ["A locker for 14 days costs 56 silver."]
    assert lines(npc, "two hours of a visa") == []


@given(st.text(max_size=300))
def test_any_line_is_read_to_its_end(said: str) -> None:
    assert len(computed(INN, said)) <= MOST_SENTENCES


WORDS = "two rooms room ale ales of a not each how many for 20 silver , ? and nights the"


@given(st.lists(st.sampled_from(re.findall(r"\S+", WORDS)), max_size=30))
def test_any_words_of_an_order_are_read_to_their_end(words: list[str]) -> None:
    for fact in computed(INN, " ".join(words)):
        assert fact.source == "sum"
        assert all(Decimal(number) >= 0 for number in re.findall(r"\d+(?:\.\d+)?", fact.text))
