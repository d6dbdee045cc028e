"""Arrivals and shares: small books with one right answer each."""

from bridge.policy.learned.arrivals import Arrivals
from bridge.policy.learned.fair_share import Load, Shares
from bridge.policy.work import Owner

PERIOD = 1 / 60
GAP = 0.0005


def _bursts(arrivals: Arrivals, size: int, *, client: str = "a", phase: float = 0.0, gap: float = GAP) -> float:
    """Forty bursts of a client; returns when the next would begin."""
    for burst in range(40):
        for index in range(size):
            arrivals.note(client, phase + burst * PERIOD + index * gap, window=0.01)
    return phase + 40 * PERIOD


def test_a_lone_rhythm_promises_nothing_now():
    arrivals = Arrivals()
    now = _bursts(arrivals, 1)
    arrivals.note("a", now, window=0.01)
    assert arrivals.expected_until(now) <= now


def test_the_rest_of_a_usual_burst_is_expected_for_as_long_as_it_usually_takes():
    arrivals = Arrivals()
    gap = 0.0015
    now = _bursts(arrivals, 3, gap=gap)
    arrivals.note("a", now, window=0.01)
    assert now + 2 * gap <= arrivals.expected_until(now) <= now + 2.2 * gap
    arrivals.note("a", now + gap, window=0.01)
    assert arrivals.expected_until(now + gap) > now + gap
    arrivals.note("a", now + 2 * gap, window=0.01)
    assert arrivals.expected_until(now + 2 * gap) <= now + 2 * gap


def test_one_that_is_slower_than_usual_is_waited_for_a_quarter_of_a_flight():
    arrivals = Arrivals()
    now = _bursts(arrivals, 3, gap=1e-5)
    arrivals.note("a", now, window=0.01)
    assert arrivals.expected_until(now) == now + 0.0025
    arrivals.note("a", now + 1e-5, window=0.002)
    assert arrivals.expected_until(now + 1e-5) == now + 0.0005


def test_a_burst_that_stops_is_not_waited_for():
    arrivals = Arrivals()
    now = _bursts(arrivals, 3, gap=0.003)
    arrivals.note("a", now, window=0.01)
    assert arrivals.expected_until(now) <= now + 0.004


def test_the_next_bursts_are_told_in_order_with_what_they_bring_together():
    arrivals = Arrivals()
    now = _bursts(arrivals, 3)
    _bursts(arrivals, 2, client="b", phase=0.005)
    for index in range(3):
        arrivals.note("a", now + index * GAP, window=0.01)
    (first, three), (second, five) = arrivals.following(now + 0.002)
    assert (three, five) == (2, 5)
    assert abs(first - (now + 0.005)) < 1e-3
    assert abs(second - (now + PERIOD)) < 1e-3


def test_a_burst_that_is_overdue_is_not_promised():
    arrivals = Arrivals()
    now = _bursts(arrivals, 3)
    assert list(arrivals.following(now + 0.002)) == []


def test_arrivals_without_a_period_promise_no_burst():
    arrivals = Arrivals()
    at = 0.0
    for pause in [0.01, 0.2, 0.05, 0.4, 0.02] * 10:
        at += pause
        arrivals.note("a", at, window=0.01)
    assert list(arrivals.following(at)) == []


def test_clients_that_are_gone_are_forgotten():
    arrivals = Arrivals()
    for client in range(1000):
        arrivals.note(f"c{client}", client * 0.001, window=0.01)
    assert len(arrivals) <= 256
    arrivals.note("late", 10.0, window=0.01)
    assert len(arrivals) == 1


def test_load_is_the_share_of_the_recent_past():
    load = Load()
    for index in range(100):
        load.add(0.009, (index + 1) * 0.01)
    assert 0.7 < load.share(1.0) < 0.95
    assert load.share(4.0) < 0.01


def test_shares_leak():
    shares, a, b = Shares(), Owner("a", "a"), Owner("b", "b")
    shares.charge(a, 0.8, now=0.0)
    assert shares.rank(a, 0.0, identities=2, clients=1) == 2
    assert shares.rank(a, 0.0, identities=1, clients=1) == 0
    assert shares.rank(b, 0.0, identities=2, clients=1) == 0
    assert shares.rank(a, 1.0, identities=2, clients=1) == 0
    assert abs(shares.used(a, 1.0) - 0.8 / 2.718281828) < 1e-6


def test_alone_one_may_use_everything():
    shares, a = Shares(), Owner("a", "a")
    shares.charge(a, 3.0, now=0.0)
    assert shares.rank(a, 0.0, identities=1, clients=1) == 0
    assert shares.above(a, 0.5, 0.0, identities=1, clients=1) == (0.0, 2.5)


def test_work_in_large_pieces_goes_by_how_far_it_is_above_its_share():
    shares, one, other = Shares(), Owner("a", "one"), Owner("a", "other")
    shares.charge(one, 0.4, now=0.0)
    assert shares.above(other, 0.05, 0.0, identities=2, clients=2) == (0.0, 0.0)
    theirs, own = shares.above(one, 0.3, 0.0, identities=2, clients=2)
    assert abs(theirs - 0.2) < 1e-9, "what it has had and would have, above a half"
    assert abs(own - 0.45) < 1e-9, "and above its half of that"


def test_more_sessions_win_no_larger_share():
    """One identity with nine clients beside one with a single client: half for each of both."""
    shares = Shares()
    crowd = [Owner("crowd", f"session {i}") for i in range(9)]
    for owner in crowd:
        shares.charge(owner, 0.07, now=0.0)
    lone = Owner("lone", "one")
    shares.charge(lone, 0.4, now=0.0)
    assert {shares.rank(owner, 0.0, identities=2, clients=9) for owner in crowd} == {2}
    assert shares.rank(lone, 0.0, identities=2, clients=1) == 0
    shares.charge(lone, 0.2, now=0.0)
    assert shares.rank(lone, 0.0, identities=2, clients=1) == 2


def test_within_an_identity_clients_have_equal_parts():
    shares = Shares()
    busy, quiet = Owner("house", "busy"), Owner("house", "quiet")
    shares.charge(busy, 0.35, now=0.0)
    shares.charge(quiet, 0.05, now=0.0)
    assert shares.rank(busy, 0.0, identities=2, clients=2) == 1
    assert shares.rank(quiet, 0.0, identities=2, clients=2) == 0


def test_idle_clients_are_forgotten():
    shares = Shares()
    a, b = Owner("a", "a"), Owner("b", "b")
    shares.charge(a, 0.01, now=0.0)
    shares.charge(b, 0.01, now=60.0)
    shares.tidy(60.0)
    assert shares.used(a, 60.0) == shares.used("a", 60.0) == 0.0
    assert shares.used(b, 60.0) == shares.used("b", 60.0) == 0.01


def test_a_game_that_asks_for_less_is_believed_after_three_bursts():
    arrivals = Arrivals()
    held = []
    for frame, count in enumerate([8] * 8 + [1] * 5):
        for index in range(count):
            arrivals.note("game", frame / 60 + index * 1e-4, window=0.01)
        now = frame / 60 + count * 1e-4
        held.append(arrivals.expected_until(now) > now)
    assert held[8:] == [True, True, True, False, False]


def test_a_game_that_asks_for_more_is_believed_after_two_bursts():
    arrivals = Arrivals()
    held = []
    for frame, count in enumerate([1] * 6 + [3] * 4):
        arrivals.note("game", frame / 60, window=0.01)
        held.append(arrivals.expected_until(frame / 60) > frame / 60)
        for index in range(1, count):
            arrivals.note("game", frame / 60 + index * 1e-4, window=0.01)
    assert held[6:] == [False, False, True, True]


def test_a_burst_that_was_cut_in_two_changes_nothing():
    arrivals = Arrivals()
    held = []
    at = [frame / 60 + index * 1e-4 for frame in range(12) for index in range(3)]
    at[20] += 0.006  # the last of a frame comes as late as if it were a burst of its own
    for index, now in enumerate(at):
        arrivals.note("game", now, window=0.01)
        if index % 3 == 0 and index > 20:
            held.append(arrivals.expected_until(now) > now)
    assert all(held)


def test_a_burst_that_a_stall_has_swollen_changes_nothing():
    arrivals = Arrivals()
    held = []
    for frame, count in enumerate([1] * 6 + [3] + [1] * 4):
        for index in range(count):
            arrivals.note("game", frame / 60 + index * 1e-4, window=0.01)
        now = frame / 60 + count * 1e-4
        held.append(arrivals.expected_until(now) > now)
    assert not any(held)


def test_the_first_burst_after_a_silence_is_believed_at_once():
    arrivals = Arrivals()
    held = []
    for frame, count in enumerate([1] * 6 + [3] * 4):
        began = frame / 60 + (0.7 if frame >= 6 else 0.0)
        arrivals.note("game", began, window=0.01)
        held.append(arrivals.expected_until(began) > began)
        for index in range(1, count):
            arrivals.note("game", began + index * 1e-4, window=0.01)
    assert held[6:] == [False, True, True, True]
