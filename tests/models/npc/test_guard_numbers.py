"""The guard and numbers: those of the context pass however they are said, others do not."""

from collections.abc import Iterator
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.npc.facts import Fact
from models.npc.guard.guard import Guard
from models.npc.reading import parse
from tests.models.npc.spelling import spelled

SHOP = (
    'id = "a"\nname = "Ada Lund"\ntrade = "chandler"\npersona = "Ada is calm."\ncurrency = "mark"\n'
    'currency_plural = "marks"\n[[wares]]\nitem = "lantern"\nprice = {price}\nstock = {stock}\n'
    '[[wares]]\nitem = "anchor"\nprice = 1250\nstock = 4321\n'
    '[[hours]]\nwhat = "the shop"\nopens = "{opens}"\ncloses = "23:59"\n'
)
FEWER = settings(max_examples=20)
COUNTS = st.integers(2, 999)
MINUTES = {0: "", 15: "a quarter past ", 30: "half past ", 45: "a quarter to "}


def passes(guard: Guard, said: str, reply: str, *known: Fact) -> bool:
    return all(verdict.passed for verdict in guard.turn(said, known).judge(reply))


def spellings(number: int) -> Iterator[str]:
    yield str(number)
    yield spelled(number)
    yield spelled(number, " ")
    yield spelled(number).capitalize()
    if number % 12 == 0 and number < 100:
        yield "a dozen" if number == 12 else f"{spelled(number // 12)} dozen"


def hours(hour: int, minute: int) -> Iterator[str]:
    yield f"{hour}:{minute:02}"
    if minute:
        yield f"{MINUTES[minute]}{spelled(hour + (minute == 45))}"
        yield f"{spelled(hour)} {spelled(minute)}"
    else:
        yield f"{spelled(hour)} o'clock"
        yield spelled(hour)


def shop(price: str = "7", stock: int = 3, opens: str = "9:00") -> Guard:
    return Guard(parse(SHOP.format(price=price, stock=stock, opens=opens), "a"))


@FEWER
@given(COUNTS, COUNTS)
@example(12, 24)
def test_a_price_passes_however_it_is_said_and_no_other_does(price: int, other: int) -> None:
    guard = shop(price=str(price))
    for reply in ("A lantern costs {} marks.", "{} marks, my friend.", "{}.", "That's {} marks for a lantern."):
        for said in spellings(price):
            assert passes(guard, "How much is a lantern?", reply.format(said)), reply.format(said)
        if other != price:
            for said in spellings(other):
                assert not passes(guard, "How much is a lantern?", reply.format(said)), reply.format(said)


@FEWER
@given(COUNTS, COUNTS)
def test_a_stock_passes_however_it_is_said_and_no_other_does(stock: int, other: int) -> None:
    guard = shop(stock=stock)
    for reply in ("There are {} lanterns left.", "{} left.", "I have {} lanterns."):
        for said in spellings(stock):
            assert passes(guard, "How many lanterns are left?", reply.format(said)), reply.format(said)
        if other != stock:
            for said in spellings(other):
                assert not passes(guard, "How many lanterns are left?", reply.format(said)), reply.format(said)


@FEWER
@given(st.integers(1, 10), st.sampled_from(sorted(MINUTES)), st.integers(1, 10), st.sampled_from(sorted(MINUTES)))
def test_an_hour_passes_however_it_is_said_and_no_other_does(hour: int, minute: int, other: int, after: int) -> None:
    guard = shop(opens=f"{hour}:{minute:02}")
    for reply in ("At {}.", "The shop opens at {}."):
        for said in hours(hour, minute):
            assert passes(guard, "When do you open?", reply.format(said)), reply.format(said)
        if (other, after) != (hour, minute):
            for said in hours(other, after):
                assert not passes(guard, "When do you open?", reply.format(said)), reply.format(said)


@FEWER
@given(st.integers(1, 99), st.integers(10, 99), st.integers(10, 99))
def test_cents_pass_however_they_are_said_and_no_others_do(marks: int, cents: int, other: int) -> None:
    guard = shop(price=str(Decimal(100 * marks + cents) / 100))
    forms = ["{0}.{1} marks.", "{2} marks {3}.", "{2} marks and {3} cents."]
    for form in forms:
        said = form.format(marks, cents, spelled(marks), spelled(cents))
        wrong = form.format(marks, other, spelled(marks), spelled(other))
        assert passes(guard, "How much is a lantern?", said), said
        assert cents == other or not passes(guard, "How much is a lantern?", wrong), wrong


@FEWER
@given(st.integers(2, 99), st.integers(2, 99), st.integers(2, 99))
def test_what_a_game_answers_supports_its_numbers_and_no_others(room: int, nights: int, other: int) -> None:
    result = Fact(f"Hand over key: room {room}, nights {nights}.", "action:hand_over_key")
    guard = shop()
    for said in spellings(room):
        assert passes(guard, "The key, please.", f"Here is the key to room {said}.", result)
    for said in spellings(nights):
        assert passes(guard, "The key, please.", f"It is yours for {said} nights.", result)
    if other not in (room, nights):
        assert not passes(guard, "The key, please.", f"Here is the key to room {other}.", result)
        assert not passes(guard, "The key, please.", f"It is yours for {spelled(other)} nights.", result)


def test_a_result_counts_what_it_says() -> None:
    result = Fact("Hand over key: room 5, nights 2, left 6, paid 14.", "action:hand_over_key")
    for reply in ("Two nights.", "Six lanterns are left.", "You have paid fourteen marks.", "Room five is yours."):
        assert passes(shop(), "The key, please.", reply, result), reply
    for reply in ("Five nights.", "Five lanterns are left.", "You have paid two marks.", "Room two is yours."):
        assert not passes(shop(), "The key, please.", reply, result), reply


def test_three_fifty_is_a_price_and_an_hour() -> None:
    guard = shop(price="3.50", opens="11:30")
    for reply in ("Three fifty.", "3.50 marks.", "Three marks fifty.", "Three and a half marks."):
        assert passes(guard, "How much is a lantern?", reply), reply
    for reply in ("Three forty.", "Four fifty.", "Three marks forty.", "Three marks."):
        assert not passes(guard, "How much is a lantern?", reply), reply
    for reply in ("At eleven thirty.", "Half past eleven.", "At 11:30 a.m. sharp."):
        assert passes(guard, "When do you open?", reply), reply
    for reply in ("At eleven fifty.", "At twelve thirty.", "Half past ten."):
        assert not passes(guard, "When do you open?", reply), reply
