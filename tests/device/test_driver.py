"""The driver turned by hand: no thread, no event loop and no time but the test's own, so that each order of events is
one that the test has chosen.
"""

import contextlib
import queue
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bridge.device.engine import Engine
from bridge.errors import OutOfDeviceMemory
from bridge.policy.learned.latency import Latency
from bridge.policy.numbers import Policy
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import NEVER, Cause, Ending, Flight, Job, Outcome, Rung, Stage, WaitUntil

SLICE = 0.0004  # seconds: less than a device that takes work ahead is asked beforehand


class Device:
    """Notes what is done to it. Its slices take SLICE each; `fault` is raised by the next one that is finished."""

    def __init__(self, hand: "Hand", depth: int) -> None:
        self.hand, self.depth = hand, depth
        self.did: list[str] = []
        self.fault: Exception | None = None

    def entered(self) -> contextlib.AbstractContextManager[object]:
        return contextlib.nullcontext()

    def begin(self, flight: Flight) -> "Execution":
        self.did.append(f"begin {len(flight.jobs)}")
        return Execution(self, flight)


class Execution:
    def __init__(self, device: Device, flight: Flight) -> None:
        self.device, self.flight, self.done = device, flight, 0

    def launch(self) -> None:
        self.device.did.append("launch")

    def finish(self) -> Sequence[Any] | None:
        self.device.did.append("finish")
        self.device.hand.now += SLICE
        self.done += 1
        fault, self.device.fault = self.device.fault, None
        if fault is not None:
            raise fault
        last = self.done == self.flight.slices
        return [f"answer {job.row}" for job in self.flight.jobs] if last else None

    def close(self) -> None:
        self.device.did.append("close")


class Inbox(queue.SimpleQueue):
    """Where the device's thread would sleep: nothing more comes by itself, so it wakes when its time is up."""

    def __init__(self) -> None:
        self.slept: list[float | None] = []

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if self.empty():
            self.slept.append(timeout)
        return super().get_nowait()


class Loop:
    """An event loop that sleeps: only what is called from another thread safely wakes it."""

    def __init__(self) -> None:
        self.woken: list[Callable[[], None]] = []
        self.unseen: list[Callable[[], None]] = []

    def call_soon_threadsafe(self, function: Callable[..., None], *arguments: Any) -> None:
        self.woken.append(lambda: function(*arguments))

    def call_soon(self, function: Callable[..., None], *arguments: Any) -> None:
        self.unseen.append(lambda: function(*arguments))

    def end_turn(self) -> None:
        """What was called soon comes before it sleeps."""
        calls, self.unseen = self.unseen, []
        for call in calls:
            call()

    def turn(self) -> None:
        calls, self.woken = self.woken, []
        for call in calls:
            call()


class Hand:
    """An engine with a lane of four rows and two slices."""

    def __init__(self, depth: int = 1, policy: Policy | None = None) -> None:
        self.now = 0.0
        self.device, self.loop, self.inbox = Device(self, depth), Loop(), Inbox()
        latency = Latency()
        for batch in range(1, 5):
            latency.warm("lane", batch, [SLICE, SLICE])
        self.scheduler = Scheduler(latency, policy)
        self.scheduler.add_lane("lane", 4, holds=False)
        engine: Any = Engine(self.device, self.scheduler)
        engine._clock, engine._inbox, engine._loop = lambda: self.now, self.inbox, self.loop
        self.engine = engine
        self.heard: list[tuple[int, Ending]] = []

    def job(self, budget: float = 1.0, **fields: Any) -> Job:
        number = self.engine.next_id()
        return Job(number, "a", "test", self.now, (Rung("lane", "lane", number),), self.now + budget, **fields)

    def submit(self, budget: float = 1.0, **fields: Any) -> Job:
        job = self.job(budget, **fields)
        self.engine.submit(job, self.listen)
        return job

    def listen(self, outcome: Outcome) -> None:
        self.heard.append((outcome.job.id, outcome.ending))

    def run(self) -> None:
        """Turn until there is nothing to do, then let the event loop hear of it."""
        self.loop.end_turn()
        self.inbox.slept.clear()
        while not self.inbox.slept:
            self.engine._turn()
        self.loop.turn()


def test_an_answer_wakes_the_loop_once_and_is_heard_once() -> None:
    hand = Hand()
    job = hand.submit()
    hand.run()
    assert hand.heard == [(job.id, Ending.ANSWERED)]
    assert hand.loop.unseen == [], "what is called otherwise than threadsafe may be seen much later"
    assert hand.engine.open_jobs == 0
    hand.engine._fail_open(Cause.STOPPING)
    hand.engine._heard([Outcome(job, Ending.FAILED, hand.now)])
    assert len(hand.heard) == 1, "a second outcome is nobody's"


def test_outcomes_of_one_turn_are_one_wake_up() -> None:
    hand = Hand()
    jobs = [hand.submit() for _ in range(3)]
    hand.loop.end_turn()
    hand.inbox.slept.clear()
    while not hand.inbox.slept:
        hand.engine._turn()
    assert len(hand.loop.woken) == 1
    hand.loop.turn()
    assert hand.heard == [(job.id, Ending.ANSWERED) for job in jobs]


def test_what_has_come_by_then_is_seen_before_the_next_decision() -> None:
    hand = Hand()
    for _ in range(4):
        hand.submit()
        hand.loop.end_turn()
    assert hand.inbox.qsize() == 4, "they came one by one"
    hand.run()
    assert hand.device.did[0] == "begin 4", "all that had come shares a flight"


def test_jobs_handed_over_together_are_one_entry_and_each_is_bounded() -> None:
    hand = Hand(policy=Policy(max_jobs=2))
    jobs = [hand.job() for _ in range(3)]
    for job in jobs:
        hand.engine.submit(job, hand.listen)
    assert hand.heard == [(jobs[2].id, Ending.REFUSED)]
    assert hand.inbox.empty(), "they go together, when this turn of the loop ends"
    hand.loop.end_turn()
    assert hand.inbox.qsize() == 1
    hand.run()
    assert hand.device.did[0] == "begin 2"
    assert hand.heard[1:] == [(job.id, Ending.ANSWERED) for job in jobs[:2]]


def test_a_full_table_refuses_at_once() -> None:
    hand = Hand(policy=Policy(max_jobs=2))
    first, second, third = (hand.submit() for _ in range(3))
    assert hand.heard == [(third.id, Ending.REFUSED)], "without asking the device's thread"
    hand.run()
    assert hand.heard[1:] == [(first.id, Ending.ANSWERED), (second.id, Ending.ANSWERED)]


def test_an_identity_does_not_fill_the_table_while_a_slice_runs() -> None:
    hand = Hand(policy=Policy(max_jobs=4, max_jobs_per_identity=3))
    mine = [hand.submit(identity="greedy") for _ in range(4)]
    theirs = hand.submit(identity="other")
    assert hand.heard == [(mine[3].id, Ending.REFUSED)]
    hand.run()
    assert sorted(hand.heard[1:]) == [(job.id, Ending.ANSWERED) for job in (*mine[:3], theirs)]
    again = hand.submit(identity="greedy")
    hand.run()
    assert hand.heard[-1] == (again.id, Ending.ANSWERED), "its jobs have ended"
    assert not hand.engine._listeners._of_identity


def test_a_device_that_is_lost_takes_nothing() -> None:
    hand = Hand()
    waiting = hand.submit()
    hand.engine._lose(True)
    assert hand.heard == [(waiting.id, Ending.FAILED)]
    late = hand.submit()
    assert hand.heard[1:] == [(late.id, Ending.FAILED)]
    hand.run()
    assert (hand.device.did, hand.scheduler.open_jobs) == ([], 0), "what had been handed over is given up too"
    hand.engine._lose(False)
    hand.submit()
    hand.run()
    assert hand.heard[2][1] is Ending.ANSWERED


def test_a_job_that_is_withdrawn_before_it_is_seen_never_runs() -> None:
    hand = Hand()
    job = hand.submit()
    hand.engine.cancel(job)
    hand.run()
    assert hand.heard == [(job.id, Ending.CANCELLED)]
    assert hand.device.did == []


def test_a_job_that_is_withdrawn_under_way_leaves_at_the_next_boundary() -> None:
    hand = Hand()
    job = hand.submit()
    hand.loop.end_turn()
    hand.engine._turn()
    hand.engine.cancel(job)
    hand.run()
    assert hand.heard == [(job.id, Ending.CANCELLED)]
    assert hand.device.did == ["begin 1", "launch", "finish", "close"]
    assert hand.engine._executions == {}


def test_a_flight_that_has_landed_is_closed() -> None:
    hand = Hand()
    hand.submit()
    hand.run()
    assert hand.device.did == ["begin 1", "launch", "finish", "launch", "finish", "close"]
    assert hand.engine._executions == {}
    assert hand.engine.busy_seconds == pytest.approx(2 * SLICE)


def test_a_device_that_takes_work_ahead_is_given_it() -> None:
    hand = Hand(depth=2)
    hand.submit()
    hand.run()
    assert hand.device.did == ["begin 1", "launch", "launch", "finish", "finish", "close"]
    assert hand.engine.busy_seconds == pytest.approx(2 * SLICE)


def test_what_is_overdue_while_the_device_hangs_is_missed_and_given_up() -> None:
    hand = Hand()
    aboard = hand.submit(budget=0.1)
    hand.loop.end_turn()
    hand.engine._turn()
    behind, patient = hand.submit(budget=0.1), hand.submit(budget=0.1, soft=True)
    flight = hand.scheduler.lanes["lane"].flight
    hand.now, hand.engine._on_device = 0.2, flight
    hand.engine._miss_overdue(hand.now)
    assert hand.heard == [(aboard.id, Ending.MISSED), (behind.id, Ending.MISSED)]
    hand.run()
    assert hand.heard[2:] == [(patient.id, Ending.ANSWERED)]
    assert hand.scheduler.open_jobs == 0, "nothing runs for those who have been told"
    assert hand.device.did.count("close") == 2


def test_without_work_the_thread_sleeps_until_something_comes() -> None:
    hand = Hand()
    hand.run()
    assert hand.inbox.slept == [None]


def test_a_batch_that_is_held_back_is_woken_for() -> None:
    hand = Hand()
    hand.scheduler.step = lambda now: WaitUntil(0.25)  # type: ignore[method-assign]
    hand.run()
    assert hand.inbox.slept == [0.25]
    hand.now = 0.5
    hand.run()
    assert hand.inbox.slept == [0.0], "a time that has passed is not waited for"


@pytest.mark.parametrize(
    ("fault", "begun"),
    [(OutOfDeviceMemory("full"), ["begin 4", "begin 2", "begin 2"]), (ValueError("x"), ["begin 4", *["begin 1"] * 4])],
    ids=["memory", "fault"],
)
def test_a_flight_that_fails_is_tried_again_in_smaller_ones(fault: Exception, begun: list[str]) -> None:
    hand = Hand()
    jobs = [hand.submit() for _ in range(4)]
    hand.device.fault = fault
    hand.run()
    assert [entry for entry in hand.device.did if entry.startswith("begin")] == begun
    assert sorted(hand.heard) == [(job.id, Ending.ANSWERED) for job in jobs]
    assert hand.engine._executions == {}


def test_the_stop_ends_what_waits_and_what_runs() -> None:
    hand = Hand()
    aboard = hand.submit()
    hand.loop.end_turn()
    hand.engine._turn()
    assert len(hand.engine._executions) == 1, "its flight has begun"
    waiting = hand.submit(budget=NEVER)
    hand.engine._fail_open(Cause.STOPPING)
    hand.loop.end_turn()
    hand.inbox.put(hand.engine._stop)
    hand.engine._turn()
    assert hand.heard == [(aboard.id, Ending.FAILED), (waiting.id, Ending.FAILED)]
    assert hand.scheduler.open_jobs == 0
    assert hand.engine._executions == {}, "the flight is closed, not left suspended"


def test_a_listener_that_raises_is_told_that_its_job_has_failed() -> None:
    hand, told = Hand(), []

    def raising(outcome: Outcome) -> None:
        told.append(outcome.ending)
        raise ValueError("does not fit its field")

    hand.listen = raising  # type: ignore[method-assign]
    hand.submit()
    hand.run()
    assert told == [Ending.ANSWERED, Ending.FAILED]
    assert hand.engine.open_jobs == 0


def test_a_miss_names_the_lane_that_was_in_its_way() -> None:
    hand, told = Hand(), []
    hand.listen = told.append  # type: ignore[method-assign,assignment]
    hand.submit(budget=0.1)
    hand.now = 0.3
    hand.engine._on_device = Flight(9, "other.run", (hand.job(),), 1, model="other")
    hand.engine._miss_overdue(hand.now)
    (miss,) = told
    assert (miss.stage, miss.blocked_by, round(miss.late_by, 6)) == (Stage.BLOCKED, "other", 0.2)
