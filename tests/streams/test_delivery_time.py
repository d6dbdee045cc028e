"""What is learned of the time that answers take from the device to the transport."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.streams.delivery_time import DeliveryTime

MS = 1e-3


def deliver(learned: DeliveryTime, first: float, each: float, answers: int, flights: int = 1) -> None:
    """Flights whose answers leave one after the other."""
    for _ in range(flights):
        for position in range(1, answers + 1):
            learned.observe(first + (position - 1) * each, position)


@given(first=st.floats(0.3 * MS, 5 * MS), each=st.floats(0.0, 1.5 * MS), answers=st.integers(2, 16))
@settings(derandomize=True, deadline=None)
def test_what_the_first_takes_and_what_each_further_one_adds_are_told_apart(first, each, answers):
    learned = DeliveryTime()
    deliver(learned, first, each, answers, flights=200)
    assert abs(learned.mean - first) < 0.05 * first
    assert abs(learned.each - each) < 0.01 * MS + 0.02 * each


@given(answers=st.lists(st.integers(1, 16), min_size=1, max_size=6), each=st.floats(0.0, 1.5 * MS))
@settings(derandomize=True, deadline=None)
def test_the_last_of_a_flight_is_predicted_where_only_it_is_told(answers, each):
    """A bundle that is handed over as one, and observed once, at the place of its last answer."""
    learned = DeliveryTime()
    for _ in range(600):
        for last in answers:
            learned.observe(1 * MS + (last - 1) * each, last)
    for last in answers:
        true = 1 * MS + (last - 1) * each
        assert true * 0.9 < learned.seconds + (last - 1) * learned.each < 1.3 * true + 1 * MS


def test_answers_without_a_place_are_all_first_ones():
    learned, plain = DeliveryTime(), DeliveryTime()
    for took in (0.4 * MS, 3 * MS, 1 * MS, 0.2 * MS):
        learned.observe(took)
        plain.observe(took, 1)
    assert (learned.seconds, learned.each) == (plain.seconds, 0.0)


def test_a_stall_before_a_flight_is_counted_once_and_not_for_each_answer():
    learned = DeliveryTime()
    deliver(learned, 0.6 * MS, 0.3 * MS, 8, flights=50)
    seconds, each = learned.seconds, learned.each
    deliver(learned, 10 * MS, 0.3 * MS, 8)
    assert seconds < learned.seconds < 1.5 * seconds
    assert abs(learned.each - each) < 0.01 * MS


def test_a_stall_within_a_flight_moves_what_an_answer_adds_little():
    learned = DeliveryTime()
    deliver(learned, 0.6 * MS, 0.3 * MS, 8, flights=50)
    seconds, each = learned.seconds, learned.each
    for position in range(1, 9):
        learned.observe(0.6 * MS + (position - 1) * 0.3 * MS + (10 * MS if position > 4 else 0.0), position)
    assert learned.seconds <= seconds
    assert each < learned.each < 1.25 * each


def test_no_answer_is_ever_said_to_add_more_than_two_milliseconds():
    learned = DeliveryTime()
    deliver(learned, 1 * MS, 50 * MS, 8, flights=100)
    assert learned.each == 2 * MS


def test_refusals_let_all_of_it_decay():
    learned = DeliveryTime()
    deliver(learned, 5 * MS, 0.3 * MS, 8, flights=100)
    seconds, each = learned.seconds, learned.each
    for _ in range(30):
        learned.relax()
    assert learned.seconds < 0.25 * seconds
    assert learned.each < 0.25 * each


def test_answers_that_leave_alone_let_what_another_adds_be_tried_again():
    """Or a stall could keep rows from flying together for ever: alone they never show what another adds."""
    learned = DeliveryTime()
    deliver(learned, 0.6 * MS, 2 * MS, 8, flights=50)
    deliver(learned, 0.6 * MS, 0.0, 1, flights=300)
    assert learned.each < 0.15 * MS
    deliver(learned, 0.6 * MS, 0.3 * MS, 8, flights=5)
    assert abs(learned.each - 0.3 * MS) < 0.03 * MS, "and what they show is learned in a few flights"
