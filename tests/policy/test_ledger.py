"""The books of the scheduler: who has jobs open, where their time went, what became of them."""

from bridge.policy.ledger import Ledger
from bridge.policy.work import Ending, Flight, Job, Owner, Rung, Stage


def job(number: int, client: str = "a", identity: str = "x", arrival: float = 0.0) -> Job:
    return Job(number, client, "test", arrival, (Rung("frame", "frame"),), arrival + 1.0, identity=identity)


def test_open_jobs_are_counted_by_client_and_identity() -> None:
    ledger = Ledger()
    first, second, other, another = job(1), job(2, "b"), job(3, "c", "y"), job(4)
    assert [ledger.open(each) for each in (first, second, other, another)] == [(1, 1), (2, 1), (1, 1), (3, 2)]
    assert ledger.census(Owner("x", "a")) == (2, 2)
    ledger.end(second, Ending.CANCELLED, 0.1)
    assert ledger.census(Owner("x", "a")) == (2, 1)
    ledger.end(another, Ending.CANCELLED, 0.1)
    assert ledger.census(Owner("x", "a")) == (2, 1), "one of its two is still open"
    ledger.end(first, Ending.CANCELLED, 0.1)
    assert ledger.census(Owner("y", "c")) == (1, 1)
    assert ledger.open_jobs == 1


def test_each_outcome_is_taken_once_in_order() -> None:
    ledger, one = Ledger(), job(1)
    ledger.open(one)
    ledger.partial(one, 0.1, "part", late_by=-0.5)
    ledger.end(one, Ending.ANSWERED, 0.2, value="whole")
    told = ledger.take()
    assert [(outcome.ending, outcome.value, outcome.late_by) for outcome in told] == [
        (Ending.PARTIAL, "part", 0.0),
        (Ending.ANSWERED, "whole", 0.0),
    ]
    assert one.ended
    assert ledger.take() == []


def test_a_flights_time_goes_into_the_accounts_of_its_jobs_by_stage() -> None:
    ledger = Ledger()
    one, other = job(1), job(2)
    for number, stage in enumerate((Stage.COMPUTE, Stage.ENCODE), 1):
        flight = Flight(number, "lane", (one, other), 2, stage)
        ledger.board(flight)
        flight.seconds, flight.ran = 0.25 * number, 2
        ledger.leave(one)
        ledger.leave(one)  # a second time does nothing
    assert (one.account.compute, one.account.encode, one.account.slices) == (0.25, 0.5, 4)


def test_a_part_tells_the_time_that_its_job_has_had_until_then() -> None:
    ledger, one = Ledger(), job(1)
    ledger.open(one)
    for number in (1, 2):
        flight = Flight(number, "lane", (one,), 2)
        ledger.board(flight)
        flight.seconds = 0.25
        ledger.leave(one)
        ledger.partial(one, 0.1, "part", late_by=0.0)
    assert [outcome.compute for outcome in ledger.take()] == [0.25, 0.5]


def test_a_job_that_ends_under_way_leaves_its_flight() -> None:
    ledger, one = Ledger(), job(1)
    ledger.open(one)
    flight = Flight(1, "lane", (one,), 2)
    ledger.board(flight)
    flight.seconds, flight.ran = 0.1, 1
    ledger.end(one, Ending.CANCELLED, 0.3)
    assert (flight.left, flight.live, one.flight) == (1, [], None)
    assert (one.account.compute, one.account.slices) == (0.1, 1)
    assert abs(one.account.queue - 0.2) < 1e-9, "what is not named was spent in the queue"


def test_what_kept_a_job_waiting_is_booked_and_blamed() -> None:
    ledger, early, late = Ledger(), job(1), job(2)
    for each in (early, late):
        ledger.open(each)
    late.queued_at = 0.9  # so that only a tenth of the slice was in its way
    ledger.block((early, late), "look", took=0.4, now=1.0)
    ledger.block((early,), "talk", took=0.1, now=1.1)
    ledger.end(early, Ending.MISSED, 1.2, late_by=0.2)
    ledger.end(late, Ending.ANSWERED, 1.2)
    missed, answered = ledger.take()
    assert early.account.blockers == {"look": 0.4, "talk": 0.1}
    assert abs(late.account.blocked - 0.1) < 1e-9
    assert (missed.stage, missed.blocked_by) == (Stage.QUEUE, ""), "the largest part is to blame"
    assert (answered.stage, answered.blocked_by) == (None, "")


def test_the_lane_that_blocked_longest_is_named() -> None:
    ledger, one = Ledger(), job(1)
    ledger.open(one)
    for lane, took in (("talk", 0.2), ("look", 0.7)):
        ledger.block((one,), lane, took, now=1.0)
    ledger.end(one, Ending.MISSED, 1.0, late_by=0.1)
    (missed,) = ledger.take()
    assert (missed.stage, missed.blocked_by) == (Stage.BLOCKED, "look")
