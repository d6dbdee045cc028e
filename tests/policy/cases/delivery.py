"""What becomes of jobs whose answers take time to deliver, one after the other."""

import itertools
from collections.abc import Callable

from bridge.policy.work import Ending, Job, Run, WaitUntil
from tests.policy.oracle.books import MS
from tests.policy.world import World

Make = Callable[..., World]


def a_batch_is_cut_where_its_last_answer_would_be_late(make: Make) -> None:
    world = make()
    budget = world.latency.bound("frame", 4) + 1.2 * MS
    jobs = [world.submit(world.job("frame", budget=budget, each=0.5 * MS)) for _ in range(4)]
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == tuple(jobs[:3]), "the third leaves a millisecond after the first, the fourth 1.5"
    world.finish()
    assert [world.ending(job) for job in jobs[:3]] == [Ending.ANSWERED] * 3


def what_a_batch_leaves_behind_goes_down_a_rung(make: Make) -> None:
    world = make()
    budget = world.latency.bound("frame", 4) + 1.2 * MS
    jobs = [world.submit(world.job("frame", "small", budget=budget, each=0.5 * MS)) for _ in range(4)]
    world.finish()
    assert [world.ending(job) for job in jobs] == [Ending.ANSWERED] * 4
    assert [job.rung for job in jobs] == [0, 0, 0, 1]


def the_dearest_answer_counts_for_all(make: Make) -> None:
    world = make()
    budget = world.latency.bound("frame", 3) + 1.2 * MS
    jobs = [world.submit(world.job("frame", budget=budget, each=each * MS)) for each in (0.1, 0.1, 0.7)]
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == tuple(jobs[:2])
    world.finish()


def delivery_counts_in_the_first_of_two_lanes(make: Make) -> None:
    world = make()
    budget = world.latency.bound("frame", 3) + world.latency.bound("pack", 1) + 1.2 * MS
    jobs = [world.submit(world.job("frame+pack", budget=budget, each=0.7 * MS)) for _ in range(3)]
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == tuple(jobs[:2])
    world.finish()
    assert [world.ending(job) for job in jobs[:2]] == [Ending.ANSWERED] * 2


def a_batch_leaves_time_for_what_another_lane_delivers(make: Make) -> None:
    world = make()
    head = world.submit(world.job("frame", budget=10 * MS))
    tight = [world.submit(world.job("look", budget=17.5 * MS, each=2 * MS)) for _ in range(2)]
    later = [world.submit(world.job("frame", budget=40 * MS)) for _ in range(3)]
    decision = world.turn()
    assert isinstance(decision, Run)
    assert head in decision.flight.jobs
    assert len(decision.flight.jobs) < 4
    world.finish()
    assert {world.ending(job) for job in (head, *tight, *later)} == {Ending.ANSWERED}
    assert {job.account.batch for job in tight} == {2}


def who_waits_behind_too_many_answers_is_told_at_once(make: Make) -> None:
    world = make()
    budget = world.latency.bound("small", 1) + 2.5 * MS
    jobs = [world.submit(world.job("small", budget=budget, each=1 * MS)) for _ in range(4)]
    world.step()
    assert [world.ending(job) for job in jobs] == [None, None, None, Ending.REFUSED]


def the_dearer_the_delivery_the_shorter_a_batch_is_held(make: Make) -> None:
    held = [_held(make, each * MS) for each in (0.0, 0.2, 0.4, 0.6)]
    steps = [before - after for before, after in itertools.pairwise(held)]
    assert all(abs(step - 0.2 * MS) < 1e-9 for step in steps), "by what one more answer takes, for one more row"
    assert _held(make, 2 * MS) == 0.0, "there is no time to wait in"


def _held(make: Make, each: float) -> float:
    """Seconds that a frame is held back for the rest of its burst, if it has little more time than two rows need."""
    world = make()
    for burst in range(30):
        world.now = burst * 0.1
        for _ in range(3):
            world.submit(world.job("frame", budget=20 * MS))
            world.turn()
            world.advance(0.4 * MS)
        world.finish()
    world.now = 3.1
    budget = world.latency.bound("frame", 2) + world.policy.margin + 0.7 * MS
    job: Job = world.submit(world.job("frame", budget=budget, each=each))
    decision = world.step()
    held = decision.time - world.now if isinstance(decision, WaitUntil) else 0.0
    if isinstance(decision, Run):
        world.settle(decision)
    world.finish()
    assert world.ending(job) is Ending.ANSWERED
    return held


CASES: tuple[Callable[[Make], None], ...] = (
    a_batch_is_cut_where_its_last_answer_would_be_late,
    what_a_batch_leaves_behind_goes_down_a_rung,
    the_dearest_answer_counts_for_all,
    delivery_counts_in_the_first_of_two_lanes,
    a_batch_leaves_time_for_what_another_lane_delivers,
    who_waits_behind_too_many_answers_is_told_at_once,
    the_dearer_the_delivery_the_shorter_a_batch_is_held,
)
