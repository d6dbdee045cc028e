"""The table of a job's moves is what jobs do, no more and no less, and what ARCHITECTURE.md shows."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.policy.life import LIFE
from bridge.policy.work import Cause, Ending, Job
from docs.draw_job_states import drawn, replaced
from tests.policy import cases
from tests.policy.life import DECLARED, Way
from tests.policy.oracle.books import MS
from tests.policy.world import World

ARCHITECTURE = Path(__file__).parents[2] / "ARCHITECTURE.md"
Make = Callable[..., World]


def half_done(world: World, *rungs: str | None, left: float, key: str | None = None) -> Job:
    """A job whose first lane has made its part, with so much of its budget left."""
    budget = 20 * MS
    job = world.submit(world.job(*rungs, budget=budget, key=key))
    world.turn()
    world.turn(late=budget - left - 3 * MS)
    assert (job.lane, job.lane_index) == ("pack", 1)
    return job


def a_job_without_rungs_fails(make: Make) -> None:
    world = make()
    job = world.job(budget=10 * MS)
    world.scheduler.submit(job, world.now)
    (outcome,) = world.scheduler.take_outcomes()
    assert (outcome.ending, outcome.cause) == (Ending.FAILED, Cause.FAULT)


def what_waits_is_answered_without_a_lane_when_no_lane_can(make: Make) -> None:
    world = make()
    job = world.submit(world.job("frame", None, budget=10 * MS))
    world.advance(9 * MS)
    world.finish()
    assert (world.ending(job), job.rung) == (Ending.ANSWERED, 1)


def what_is_half_done_is_refused_when_its_second_lane_would_be_late(make: Make) -> None:
    world = make()
    job = half_done(world, "frame+pack", left=0.3 * MS)
    world.finish()
    assert world.ending(job) is Ending.REFUSED


def what_is_half_done_is_answered_without_a_lane(make: Make) -> None:
    world = make()
    job = half_done(world, "frame+pack", None, left=0.3 * MS)
    world.finish()
    assert (world.ending(job), job.rung) == (Ending.ANSWERED, 1)


def what_is_half_done_begins_anew_on_a_rung_of_another_lane(make: Make) -> None:
    world = make()
    job = half_done(world, "frame+pack/far", "small", left=1.2 * MS)
    world.finish()
    assert (world.ending(job), job.rung, job.lane_index) == (Ending.ANSWERED, 1, 0)


def what_would_begin_anew_makes_way_for_a_newer_job(make: Make) -> None:
    world = make()
    older = half_done(world, "frame+pack/far", "small", left=1.2 * MS, key="slot")
    newer = world.submit(world.job("frame", budget=30 * MS, key="slot"))
    world.finish()
    assert (world.ending(older), world.ending(newer)) == (Ending.SUPERSEDED, Ending.ANSWERED)


def what_is_half_done_can_be_withdrawn(make: Make) -> None:
    world = make()
    job = half_done(world, "frame+pack", left=5 * MS)
    world.cancel(job)
    assert world.ending(job) is Ending.CANCELLED
    assert world.scheduler.lanes["pack"].idle


def the_stop_ends_what_is_half_done(make: Make) -> None:
    world = make()
    job = half_done(world, "frame+pack", left=5 * MS)
    world.scheduler.fail_all(world.now, Cause.STOPPING)
    world._take()
    assert world.ending(job) is Ending.FAILED


MINE = (
    a_job_without_rungs_fails,
    what_waits_is_answered_without_a_lane_when_no_lane_can,
    what_is_half_done_is_refused_when_its_second_lane_would_be_late,
    what_is_half_done_is_answered_without_a_lane,
    what_is_half_done_begins_anew_on_a_rung_of_another_lane,
    what_would_begin_anew_makes_way_for_a_newer_job,
    what_is_half_done_can_be_withdrawn,
    the_stop_ends_what_is_half_done,
)
QUICK = (
    cases.earliest_deadline_goes_first,
    cases.what_cannot_be_on_time_is_refused_at_once,
    cases.a_rung_without_a_lane_answers_when_no_lane_can,
    cases.what_becomes_hopeless_while_it_waits_is_refused,
    cases.the_newest_of_a_slot_replaces_the_one_that_waits,
    cases.a_job_that_went_down_a_rung_can_be_superseded,
    cases.what_failed_is_not_tried_again_once_a_newer_one_waits,
    cases.an_answer_goes_through_its_second_lane,
    cases.what_is_made_is_not_made_again_for_a_cheaper_second_lane,
    cases.a_cancelled_job_never_runs,
    cases.a_cancelled_row_is_masked_and_the_others_go_on,
    cases.a_late_answer_is_a_miss_without_payload,
    cases.soft_work_goes_on_until_it_is_done,
    cases.a_reply_that_was_slow_does_not_rush,
    cases.who_rests_can_be_withdrawn,
    cases.jobs_of_a_failed_flight_are_tried_alone,
    cases.the_stop_ends_everything,
)


@pytest.mark.parametrize("case", MINE, ids=lambda case: case.__name__)
def test_case(case: Callable[[Make], None]) -> None:
    case(World)


def test_every_move_of_the_table_is_made() -> None:
    made: Counter[Way] = Counter()
    worlds: list[World] = []

    def make(**options: Any) -> World:
        worlds.append(World(**options))
        return worlds[-1]

    for case in (*MINE, *QUICK):
        case(make)
    for world in worlds:
        made += world.watch.moves
    assert set(made) == DECLARED


def test_a_move_that_is_not_in_the_table_is_noticed() -> None:
    world = World()
    job = world.submit(world.job("frame", budget=20 * MS))
    with pytest.raises(AssertionError, match="from waiting to missed, which the table does not have"):
        world.scheduler._ledger.end(job, Ending.MISSED, world.now)


def test_each_move_is_there_once_for_each_reason() -> None:
    assert len(set(LIFE)) == len(LIFE)
    assert {move.target for move in LIFE if isinstance(move.target, Ending)} == set(Ending) - {
        Ending.PARTIAL,
        Ending.UNCHANGED,
    }, "an output in between is no end, and services alone find that nothing has changed"
    assert not any(sign in move.why for move in LIFE for sign in ":;"), "which would end a label of the diagram"


def test_the_diagram_is_drawn_from_the_table() -> None:
    page = ARCHITECTURE.read_text(encoding="utf-8")
    assert drawn() in page, "run `python docs/draw_job_states.py`"
    assert replaced(page) == page
