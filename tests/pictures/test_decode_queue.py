"""The order in which pictures are decoded, on a virtual clock."""

import heapq
import itertools
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.pictures.byte_counts import ByteCounts
from bridge.pictures.decode_costs import DecodeCosts
from bridge.pictures.decode_queue import DecodeQueue, Ticket
from bridge.policy.work import Owner

A, B, C = Owner("a", "a1"), Owner("b", "b1"), Owner("c", "c1")
A2 = Owner("a", "a2")  # another session of the same identity
SLOW, QUICK = 0.4, 0.004


class Picture(NamedTuple):
    """One that arrives: `cost` is predicted, and what it takes."""

    owner: Owner
    at: float
    due: float
    cost: float


class Began(NamedTuple):
    """One that a worker took."""

    picture: Picture
    at: float
    ticket: Ticket


def decoded(pictures: Sequence[Picture], workers: int = 2) -> list[Began]:
    """All pictures in the order in which they begin."""
    queue, began = DecodeQueue(workers), list[Began]()
    tickets: dict[Ticket, Picture] = {}
    order = itertools.count()
    events: list[tuple[float, int, Picture | Ticket]] = []
    for picture in pictures:
        heapq.heappush(events, (picture.at, next(order), picture))
    while events:
        now, _, event = heapq.heappop(events)
        if isinstance(event, Ticket):
            queue.done(event, now)
        else:
            ticket = Ticket(event.owner)
            tickets[ticket] = event
            queue.put(ticket, event.due, event.cost, now)
        if events and events[0][0] == now:
            continue  # what comes at one instant is all there before anything begins
        while (ticket := queue.take(now)) is not None:  # type: ignore[assignment]
            began.append(Began(tickets[ticket], now, ticket))
            heapq.heappush(events, (now + tickets[ticket].cost, next(order), ticket))
    assert not len(queue)
    return began


def flood(owner: Owner, count: int, cost: float = SLOW, due: float = 10.0, at: float = 0.0) -> list[Picture]:
    return [Picture(owner, at, due + place / 1000, cost) for place in range(count)]


def start_of(began: Sequence[Began], owner: Owner) -> float:
    return next(one.at for one in began if one.picture.owner == owner)


def test_of_one_client_what_is_due_first_is_decoded_first() -> None:
    began = decoded([Picture(A, 0, due, QUICK) for due in (3.0, 1.0, 2.0, 5.0, 4.0)], workers=1)
    assert [one.picture.due for one in began] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_of_clients_within_their_shares_what_is_due_first_is_decoded_first() -> None:
    pictures = [Picture(owner, 0, due, QUICK) for owner, due in ((A, 3.0), (B, 1.0), (C, 2.0), (A2, 0.5))]
    assert [one.picture.due for one in decoded(pictures, workers=1)] == [0.5, 1.0, 2.0, 3.0]


def test_alone_a_client_has_all_workers() -> None:
    began = decoded(flood(A, 10))
    assert began[-1].at == pytest.approx(4 * SLOW)


@pytest.mark.parametrize("other", [B, A2])
@pytest.mark.parametrize("due", [0.1, 100.0])
def test_who_comes_into_a_flood_waits_for_one_picture_at_the_most(other: Owner, due: float) -> None:
    """Even if the flood is due first: nobody's slow pictures take the last worker while others are there."""
    began = decoded([*flood(A, 10), Picture(other, 0.1, due, SLOW)])
    assert start_of(began, other) == pytest.approx(SLOW)


@pytest.mark.parametrize("other", [B, A2])
def test_who_sends_pictures_all_the_time_never_waits_for_a_flood(other: Owner) -> None:
    steady = [Picture(other, 0.1 * tick, 0.1 * tick + 0.1, QUICK) for tick in range(100)]
    began = decoded([*steady, *flood(A, 20, at=0.05)])
    assert max(one.at - one.picture.at for one in began if one.picture.owner == other) == 0


def test_a_worker_is_kept_free_for_a_while_only() -> None:
    began = decoded([Picture(B, 0, 1, QUICK), *flood(A, 20, at=0.0)])
    both = [
        one.at
        for one, other in itertools.combinations(began, 2)
        if one.picture.owner == other.picture.owner == A and abs(one.at - other.at) < SLOW / 2
    ]
    assert both
    assert min(both) > 2.0


def test_with_one_worker_shares_alone_decide() -> None:
    began = decoded([*flood(A, 10), *flood(B, 2, at=0.5, due=100.0)], workers=1)
    before = [one for one in began if one.picture.owner == A and one.at < start_of(began, B)]
    assert len(before) <= 3


def test_many_sessions_of_one_identity_win_no_larger_share() -> None:
    crowd = [picture for place in range(10) for picture in flood(Owner("a", f"a{place}"), 10, cost=0.1)]
    began = decoded([*crowd, *flood(B, 10, cost=0.1, due=100.0)], workers=1)
    first = Counter(one.picture.owner.identity for one in began[:20])
    assert first["b"] >= 7


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_those_who_flood_share_equally(workers: int) -> None:
    began = decoded([*flood(A, 200, 0.1), *flood(B, 200, 0.1, due=50.0), *flood(C, 200, 0.1, due=30.0)], workers)
    early = Counter(one.picture.owner for one in began if one.at < 10.0)
    assert max(early.values()) <= 1.2 * min(early.values())


def test_a_wait_is_others_as_far_as_others_were_decoded_meanwhile() -> None:
    began = decoded([*flood(A, 2), Picture(B, 0.1, 5.0, QUICK)])
    (mine,) = (one.ticket for one in began if one.picture.owner == B)
    assert mine.behind == pytest.approx(SLOW - 0.1)
    began = decoded(flood(A, 3, due=5.0), workers=1)
    assert all(one.ticket.behind == 0 for one in began)
    began = decoded([Picture(A, 0, due, cost) for due, cost in ((1.0, SLOW), (2.0, QUICK), (3.0, QUICK))])
    assert began[2].at == QUICK
    assert began[2].ticket.behind == 0, "a picture of its own is still being decoded"


def test_a_picture_that_replaces_another_keeps_its_place() -> None:
    queue = DecodeQueue(1)
    mine, other, running = Ticket(A), Ticket(B), Ticket(C)
    queue.put(running, 1.0, QUICK, 0.0)
    assert queue.take(0.0) is running
    queue.put(mine, 2.0, QUICK, 0.0)
    queue.put(other, 3.0, QUICK, 0.0)
    for tick in range(100):
        queue.put(mine, 4.0 + tick, SLOW if tick % 2 else QUICK, 0.1)
    queue.done(running, 0.2)
    assert queue.take(0.2) is mine
    queue.done(mine, 0.3)
    assert queue.take(0.3) is other
    queue.done(other, 0.4)
    assert queue.take(0.4) is None
    queue.put(mine, 9.0, QUICK, 0.5)
    assert mine.place == 9.0, "a place is left behind when a worker takes the picture"


def test_what_was_dropped_is_not_decoded() -> None:
    queue = DecodeQueue(1)
    first, second = Ticket(A), Ticket(A)
    queue.put(first, 1.0, QUICK, 0.0)
    queue.put(second, 2.0, QUICK, 0.0)
    queue.drop(first, 0.0)
    queue.drop(first, 0.0)
    assert len(queue) == 1
    assert queue.take(0.0) is second
    assert queue.take(0.0) is None


def test_a_client_that_may_not_begin_holds_up_nobody() -> None:
    queue = DecodeQueue(2)
    mine, other = Ticket(A), Ticket(B)
    queue.put(mine, 1.0, QUICK, 0.0)
    queue.put(other, 2.0, QUICK, 0.0)
    assert queue.take(0.0, lambda owner: owner != A) is other
    assert queue.take(0.0, lambda owner: owner != A) is None
    assert queue.take(0.0) is mine


OWNERS = st.sampled_from([A, A2, B, C])
PICTURES = st.lists(
    st.builds(Picture, OWNERS, st.floats(0, 3), st.floats(0, 5), st.sampled_from([QUICK, 0.06, SLOW])), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(PICTURES, st.integers(1, 4))
def test_whatever_comes_everything_is_decoded_once_and_no_slow_ones_take_the_last_worker(
    pictures: list[Picture], workers: int
) -> None:
    began = decoded(pictures, workers)
    assert Counter(one.picture for one in began) == Counter(pictures)
    for one in began:
        running = [other for other in began if other.at <= one.at < other.at + other.picture.cost - 1e-9]
        assert len(running) <= workers
        if one.picture.cost < SLOW or workers == 1:
            continue
        present = {p.owner for p in pictures if one.at - 2.0 <= p.at <= one.at}
        mine = [other for other in running if other.picture.cost > 0.05 and other.at <= one.at]
        if any(owner.identity != one.picture.owner.identity for owner in present):
            earlier = [other for other in mine if other.picture.owner.identity == one.picture.owner.identity]
            assert len(earlier) <= max(workers - 1, 1) or any(other.at > one.at for other in earlier)


# -- what it costs, and how much may wait ------------------------------------------------------------------------------


def test_costs_are_learned_by_kind_of_picture() -> None:
    costs = DecodeCosts()
    untouched = costs.expected("a", "JPEG", 1_000_000)
    for _ in range(50):
        costs.observe("a", "PNG", 1_000_000, 0.101)
    assert costs.expected("a", "PNG", 2_000_000) == pytest.approx(0.201, rel=0.02)
    assert 0.05 < costs.least("a", "PNG", 1_000_000) <= costs.expected("a", "PNG", 1_000_000)
    assert costs.expected("a", "JPEG", 1_000_000) == untouched


def test_one_stall_does_not_give_up_what_follows() -> None:
    costs = DecodeCosts()
    for _ in range(50):
        costs.observe("a", "PNG", 1_000_000, 0.02)
    costs.observe("a", "PNG", 1_000_000, 20.0)
    assert costs.least("a", "PNG", 1_000_000) < 0.02


def test_a_kind_that_is_given_up_is_tried_again() -> None:
    costs = DecodeCosts()
    for _ in range(20):
        costs.observe("a", "PNG", 1_000_000, 0.5)
    before = costs.least("a", "PNG", 1_000_000)
    for _ in range(60):
        costs.relax("a", "PNG")
    assert costs.least("a", "PNG", 1_000_000) < before / 10


def test_pictures_made_to_take_long_have_nobody_elses_given_up() -> None:
    costs = DecodeCosts()
    before = costs.least("b", "PNG", 1_000_000)
    for _ in range(100):
        costs.observe("a", "PNG", 64, 1.0)
        costs.observe("a", "PNG", 1_000_000, 5.0)
    assert costs.least("b", "PNG", 1_000_000) == before
    assert costs.least("a", "PNG", 1_000_000) > 100 * before


def test_small_pictures_tell_little_of_large_ones() -> None:
    """Of a picture of 8 x 8 nearly all the time is not its pixels'."""
    costs = DecodeCosts()
    before = costs.expected("a", "PNG", 1_000_000)
    for _ in range(100):
        costs.observe("a", "PNG", 64, 0.01)
    assert costs.expected("a", "PNG", 1_000_000) < 1.1 * before


def test_what_is_known_of_costs_is_limited() -> None:
    costs = DecodeCosts()
    for place in range(5000):
        costs.observe(f"identity {place}", "PNG", 1_000_000, 0.5)
    assert costs.expected("identity 0", "PNG", 1_000_000) < costs.expected("identity 4999", "PNG", 1_000_000)


def test_bytes_are_limited_by_client_by_identity_and_in_all() -> None:
    kept = ByteCounts(per_client=100, total=300)
    kept.take(A, 90)
    assert "for one session" in kept.passed(A, 20)
    assert not kept.passed(A, 10)
    kept.take(A2, 50)
    assert "150 for all sessions from your address" in kept.passed(A2, 20)
    for owner in (B, C):
        kept.take(owner, 70)
    assert "300 for all clients" in kept.passed(C, 25)
    for owner, count in ((A, 90), (A2, 50), (B, 70), (C, 70)):
        kept.give(owner, count)
    assert kept.of(A) == 0
    assert not kept.passed(A, 100)
