"""Arrivals and shares: small books with one right answer each."""

from bridge.arrivals import Arrivals
from bridge.shares import Shares


def _bursts(arrivals: Arrivals, size: int, count: int = 40, period: float = 1 / 60, gap: float = 0.0005) -> float:
    for burst in range(count):
        for index in range(size):
            arrivals.note(burst * period + index * gap, window=0.01)
    return count * period


def test_a_lone_rhythm_promises_nothing():
    arrivals = Arrivals()
    now = _bursts(arrivals, 1)
    arrivals.note(now, window=0.01)
    assert arrivals.expected_until(now) <= now


def test_the_rest_of_a_usual_burst_is_expected_for_two_gaps():
    arrivals = Arrivals()
    now = _bursts(arrivals, 3)
    arrivals.note(now, window=0.01)
    assert now < arrivals.expected_until(now) <= now + 0.0011
    arrivals.note(now + 0.0005, window=0.01)
    assert arrivals.expected_until(now + 0.0005) > now + 0.0005
    arrivals.note(now + 0.001, window=0.01)
    assert arrivals.expected_until(now + 0.001) <= now + 0.001


def test_shares_leak():
    shares = Shares()
    shares.charge("a", 0.8, now=0.0)
    assert shares.over("a", 0.0, waiting=2)
    assert not shares.over("a", 0.0, waiting=1)
    assert not shares.over("b", 0.0, waiting=2)
    assert not shares.over("a", 1.0, waiting=2)
    assert abs(shares.used("a", 1.0) - 0.8 / 2.718281828) < 1e-6


def test_idle_clients_are_forgotten():
    shares = Shares()
    shares.charge("a", 0.01, now=0.0)
    shares.charge("b", 0.01, now=60.0)
    shares.tidy(60.0)
    assert shares.used("a", 60.0) == 0.0
    assert shares.used("b", 60.0) == 0.01
