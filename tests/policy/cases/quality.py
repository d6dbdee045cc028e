"""Rungs of a slot over time, and predictions that are too pessimistic."""

from collections.abc import Callable

from bridge.policy.work import Ending
from tests.policy.oracle.books import MS
from tests.policy.world import World

Make = Callable[..., World]


def quality_climbs_back_after_a_while(make: Make) -> None:
    world = make()
    assert _rung_of_next(world, budget=4 * MS) == 1
    assert _rung_of_next(world) == 1, "it stays down although the best would be in time"
    world.advance(600 * MS)
    assert _rung_of_next(world) == 0


def quality_that_falls_again_stays_down_longer(make: Make) -> None:
    world = make()
    for wait in (500, 1000, 2000):
        assert _rung_of_next(world, budget=4 * MS) == 1
        world.advance((wait - 100) * MS)
        assert _rung_of_next(world) == 1
        world.advance(200 * MS)
        assert _rung_of_next(world) == 0


def quality_climbs_one_rung_at_a_time(make: Make) -> None:
    world = make()
    rungs = ("look", "frame", "small")
    assert _rung_of_next(world, *rungs, budget=2 * MS) == 2
    world.advance(600 * MS)
    assert _rung_of_next(world, *rungs) == 1
    assert _rung_of_next(world, *rungs) == 1
    world.advance(600 * MS)
    assert _rung_of_next(world, *rungs) == 0


def a_repeated_answer_is_no_standing(make: Make) -> None:
    world = make()
    assert _rung_of_next(world, "look", None, budget=1 * MS) == 1
    assert _rung_of_next(world, "look", None) == 0


def a_slot_falls_alone(make: Make) -> None:
    world = make()
    assert _rung_of_next(world, budget=4 * MS, key="one") == 1
    assert _rung_of_next(world, key="two") == 0


def _rung_of_next(world: World, *rungs: str | None, budget: float = 60 * MS, key: str = "slot") -> int:
    job = world.submit(world.job(*(rungs or ("look", "small")), budget=budget, key=key))
    world.finish()
    assert world.ending(job) is Ending.ANSWERED
    return job.rung


def a_spike_does_not_refuse_for_ever(make: Make) -> None:
    world = make()
    for _ in range(30):
        world.submit(world.job("frame", budget=500 * MS))
        world.turn(late=20 * MS)
        world.finish()
    answered = 0
    for _ in range(40):
        world.advance(100 * MS)
        job = world.submit(world.job("frame", budget=8 * MS))
        world.finish()
        answered += world.ending(job) is Ending.ANSWERED
    assert answered > 20


def a_refused_lane_is_probed(make: Make) -> None:
    world = make()
    for _ in range(30):
        world.submit(world.job("frame", budget=500 * MS))
        world.turn(late=20 * MS)
        world.finish()
    world.advance(2.0)
    probe, next_one = (world.submit(world.job("frame", budget=4 * MS)) for _ in range(2))
    assert probe.probe
    assert world.ending(next_one) is Ending.REFUSED
    world.finish()
    assert world.ending(probe) is Ending.ANSWERED


def quality_that_falls_now_and_then_does_not_flap(make: Make) -> None:
    world = make()
    standing, changes, since = 0, 0, world.now
    while world.now < 30.0:
        is_bad = standing == 0 and world.now - since > 0.6  # the load comes back a while after each climb
        job = world.submit(world.job("look", "small", None, budget=(4 if is_bad else 60) * MS, key="slot"))
        world.finish()
        if job.rung < 2 and job.rung != standing:
            standing, changes, since = job.rung, changes + 1, world.now
        world.advance(33 * MS)
    assert 4 <= changes <= 15


def a_lane_measured_on_a_busy_machine_is_tried(make: Make) -> None:
    world = make()
    world.latency.warm("frame", 1, [30 * MS] * 2)
    world.latency.warm("pack", 1, [20 * MS])
    assert _answered(world, ("frame+pack",), budget=15 * MS, seconds=10.0) > 70


def a_probe_that_is_replaced_before_it_starts_gives_its_turn_back(make: Make) -> None:
    world = make()
    world.latency.warm("frame", 1, [30 * MS] * 2)
    assert _answered(world, ("frame",), budget=15 * MS, seconds=10.0, replaced=True) > 70


def _answered(world: World, rungs: tuple[str, ...], budget: float, seconds: float, replaced: bool = False) -> int:
    """Frames of one slot that were answered, of ten a second; each may take the place of one asked just before."""
    answered = 0
    while world.now < seconds:
        if replaced:
            world.submit(world.job(*rungs, budget=budget, key="slot"))
        job = world.submit(world.job(*rungs, budget=budget, key="slot"))
        world.finish()
        answered += world.ending(job) is Ending.ANSWERED
        world.advance(100 * MS)
    return answered


def a_lane_that_is_too_slow_is_tried_ever_less_often(make: Make) -> None:
    world = make()
    jobs = []
    while world.now < 30.0:
        jobs.append(world.submit(world.job("look", budget=5 * MS, key="slot")))
        world.finish()
        world.advance(100 * MS)
    assert 2 <= sum(job.account.slices > 0 for job in jobs) <= 6


def a_width_measured_on_a_busy_machine_is_tried_once(make: Make) -> None:
    world = make()
    for batch in (2, 3, 4):
        world.latency.warm("frame", batch, [(30 + batch) * MS] * 2)
    for _ in range(60):
        jobs = []
        for slot in range(4):
            jobs.append(world.submit(world.job("frame", budget=9 * MS, key=f"slot {slot}")))
            world.turn()
            world.advance(0.2 * MS)
        world.finish()
        world.advance(20 * MS)
    assert {world.ending(job) for job in jobs} == {Ending.ANSWERED}
    assert max(job.account.batch for job in jobs) >= 3


CASES: tuple[Callable[[Make], None], ...] = (
    quality_climbs_back_after_a_while,
    quality_that_falls_again_stays_down_longer,
    quality_climbs_one_rung_at_a_time,
    a_repeated_answer_is_no_standing,
    a_slot_falls_alone,
    a_spike_does_not_refuse_for_ever,
    a_refused_lane_is_probed,
    quality_that_falls_now_and_then_does_not_flap,
    a_lane_measured_on_a_busy_machine_is_tried,
    a_probe_that_is_replaced_before_it_starts_gives_its_turn_back,
    a_lane_that_is_too_slow_is_tried_ever_less_often,
    a_width_measured_on_a_busy_machine_is_tried_once,
)
