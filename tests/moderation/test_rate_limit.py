"""Lines a minute for each player."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.moderation.rate_limit import RateLimit


def test_a_player_may_say_a_burst_and_then_waits_for_the_rate() -> None:
    limit = RateLimit(per_minute=30, burst=3)
    assert [limit.wait("a", "ann", 0.0) for _ in range(4)] == [0, 0, 0, 2.0]
    assert limit.wait("a", "ann", 1.0) == 1.0
    assert limit.wait("a", "ann", 2.0) == 0
    assert limit.wait("a", "ann", 2.0) == 2.0


def test_players_and_clients_are_apart() -> None:
    limit = RateLimit(per_minute=60, burst=1)
    assert [limit.wait(*who, 0.0) for who in (("a", "ann"), ("a", "bob"), ("b", "ann"), ("a", "ann"))] == [0, 0, 0, 1.0]


def test_what_is_refused_costs_nothing() -> None:
    limit = RateLimit(per_minute=60, burst=1)
    limit.wait("a", "ann", 0.0)
    for _ in range(9):
        assert limit.wait("a", "ann", 0.5) == 0.5
    assert limit.wait("a", "ann", 1.0) == 0


def test_idling_saves_no_more_than_a_burst() -> None:
    limit = RateLimit(per_minute=60, burst=2)
    limit.wait("a", "ann", 0.0)
    assert [limit.wait("a", "ann", 1000.0) for _ in range(3)] == [0, 0, 1.0]


def test_a_clock_that_goes_back_gives_nothing() -> None:
    limit = RateLimit(per_minute=60, burst=1)
    limit.wait("a", "ann", 10.0)
    assert limit.wait("a", "ann", 5.0) == 1.0


def test_made_up_names_win_nothing_once_the_table_is_full() -> None:
    limit = RateLimit(per_minute=60, burst=1, most_players=2)
    assert [limit.wait("a", name, 0.0) for name in "xy"] == [0, 0]
    assert limit.wait("a", "z", 0.25) == 0.75  # until x has its burst again, and forgetting it costs nothing
    assert limit.wait("a", "x", 0.5) == 0.5
    assert limit.wait("a", "z", 1.0) == 0
    assert limit.wait("a", "y", 1.0) == 0
    assert limit.wait("a", "x", 1.5) == 0.5


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 5)), max_size=60))
def test_nobody_says_more_than_burst_and_rate(said: list[tuple[str, float]]) -> None:
    limit, now = RateLimit(per_minute=60, burst=3, most_players=2), 0.0
    times: dict[str, list[float]] = {}
    for name, pause in said:
        now += pause
        wait = limit.wait("a", name, now)
        assert wait >= 0
        if wait == 0:
            times.setdefault(name, []).append(now)
    for of_one in times.values():
        for first in range(len(of_one)):
            for last in range(first, len(of_one)):
                assert last - first + 1 <= 3 + (of_one[last] - of_one[first]) + 1e-6
