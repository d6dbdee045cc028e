"""Flights that fail, and memory that runs out."""

from collections.abc import Callable

from bridge.policy.work import Continues, Ending, Fault, Run, WaitUntil
from tests.policy.oracle.books import MS
from tests.policy.world import World

Make = Callable[..., World]


def jobs_of_a_failed_flight_are_tried_alone(make: Make) -> None:
    world = make()
    jobs = [world.submit(world.job("frame", budget=90 * MS)) for _ in range(3)]
    world.turn(fault=Fault.ERROR)
    world.turn(fault=Fault.ERROR)
    world.finish()
    assert sorted(world.ending(job).value for job in jobs) == ["answered", "answered", "failed"]


def a_suspect_does_not_join_others(make: Make) -> None:
    world = make()
    for _ in range(2):
        world.submit(world.job("frame", budget=90 * MS))
    world.turn(fault=Fault.ERROR)
    fresh = world.submit(world.job("frame", budget=20 * MS))
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == (fresh,)
    world.finish()


def a_flight_that_does_not_end_when_it_should_fails(make: Make) -> None:
    _fails_alone(make(), lambda run: None)


def a_flight_that_ends_too_soon_fails(make: Make) -> None:
    _fails_alone(make(), lambda run: [f"answer {job.id}" for job in run.flight.jobs])


def a_reply_that_goes_on_too_soon_fails(make: Make) -> None:
    _fails_alone(make(), lambda run: [Continues("part", "look")] * run.flight.batch)


def _fails_alone(world: World, outputs: Callable[[Run], list[object] | None]) -> None:
    """A lane whose runs have another number of slices than it said, on a device that takes two ahead: its jobs fail,
    and those of other lanes are answered.
    """
    scheduler = world.scheduler
    wrong = [world.job("look", budget=None if soft else 200 * MS, soft=soft) for soft in (False, True)]
    right = [world.job("frame", budget=500 * MS) for _ in range(2)]
    for job in (*wrong, *right):
        scheduler.submit(job, world.now)
    ended = {}
    committed: list[Run] = []
    for _ in range(100):
        decision = scheduler.step(world.now)
        if isinstance(decision, Run):
            committed.append(decision)
        if committed and (len(committed) == 2 or isinstance(decision, WaitUntil)):
            run = committed.pop(0)
            world.advance(1 * MS)
            done = [f"answer {job.id}" for job in run.flight.jobs] if run.last else None
            scheduler.settle(world.now, 1 * MS, outputs(run) if run.flight.lane == "look" else done)
        for outcome in scheduler.take_outcomes():
            assert outcome.job not in ended, "a job ends once"
            ended[outcome.job] = outcome.ending
    assert [ended.get(job) for job in wrong] == [Ending.FAILED] * 2
    assert [ended.get(job) for job in right] == [Ending.ANSWERED] * 2
    assert scheduler.open_jobs == 0


def memory_that_ran_out_lowers_the_cap(make: Make) -> None:
    world = make()
    jobs = [world.submit(world.job("frame", budget=90 * MS)) for _ in range(4)]
    world.turn(fault=Fault.OUT_OF_MEMORY)
    world.finish()
    assert {world.ending(job) for job in jobs} == {Ending.ANSWERED}
    assert {job.account.batch for job in jobs} == {2}


def memory_that_runs_out_for_one_row_is_the_end(make: Make) -> None:
    world = make()
    job = world.submit(world.job("frame", budget=90 * MS))
    world.turn(fault=Fault.OUT_OF_MEMORY)
    assert world.ending(job) is Ending.FAILED


CASES: tuple[Callable[[Make], None], ...] = (
    jobs_of_a_failed_flight_are_tried_alone,
    a_suspect_does_not_join_others,
    a_flight_that_does_not_end_when_it_should_fails,
    a_flight_that_ends_too_soon_fails,
    a_reply_that_goes_on_too_soon_fails,
    memory_that_ran_out_lowers_the_cap,
    memory_that_runs_out_for_one_row_is_the_end,
)
