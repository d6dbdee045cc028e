"""What can be on time on which rung, and what becomes of jobs that cannot."""

from collections.abc import Callable

from bridge.policy.work import Cause, Ending
from tests.policy.oracle.books import MS
from tests.policy.world import World

Make = Callable[..., World]


def what_cannot_be_on_time_is_refused_at_once(make: Make) -> None:
    world = make()
    first = world.submit(world.job("look", budget=3 * MS))
    assert world.ending(first) is Ending.REFUSED
    assert world.books.finals[first.id].cause is Cause.NO_RUNG_IN_TIME
    assert world.books.finals[first.id].late_by > 0


def what_becomes_hopeless_while_it_waits_is_refused(make: Make) -> None:
    world = make()
    job = world.submit(world.job("look", budget=10 * MS))
    world.advance(5 * MS)
    world.turn()
    assert world.ending(job) is Ending.REFUSED
    assert job.account.slices == 0


def a_cheaper_rung_is_taken_when_the_best_is_too_slow(make: Make) -> None:
    world = make()
    job = world.submit(world.job("look", "small", budget=5 * MS))
    world.finish()
    assert world.ending(job) is Ending.ANSWERED
    assert job.rung == 1


def a_rung_without_a_lane_answers_when_no_lane_can(make: Make) -> None:
    world = make()
    job = world.submit(world.job("look", "frame", None, budget=1 * MS))
    assert world.ending(job) is Ending.ANSWERED
    assert job.rung == 2


def a_waiting_job_goes_down_its_rungs(make: Make) -> None:
    world = make()
    job = world.submit(world.job("look", "small", None, budget=10 * MS))
    world.advance(6 * MS)
    world.finish()
    assert world.ending(job) is Ending.ANSWERED
    assert job.rung == 1


def an_answer_goes_through_its_second_lane(make: Make) -> None:
    world = make()
    job = world.submit(world.job("frame+pack", budget=30 * MS))
    world.turn()
    world.turn()
    assert (world.ending(job), job.lane, job.intermediate) == (None, "pack", f"answer {job.id}")
    world.finish()
    assert world.ending(job) is Ending.ANSWERED


def the_second_lane_is_part_of_what_is_predicted(make: Make) -> None:
    world = make()
    alone = world.latency.bound("frame", 1)
    short = world.submit(world.job("frame+pack", budget=alone + 0.1 * MS))
    assert world.ending(short) is Ending.REFUSED
    enough = world.submit(world.job("frame+pack", budget=alone + 0.8 * MS))
    world.finish()
    assert world.ending(enough) is Ending.ANSWERED


def the_link_is_part_of_what_is_predicted(make: Make) -> None:
    world = make()
    alone = world.latency.bound("frame", 1)
    assert world.ending(world.submit(world.job("frame/far", budget=alone + 0.2 * MS))) is Ending.REFUSED
    far = world.submit(world.job("frame/far", budget=alone + 0.9 * MS))
    world.turn()
    world.turn(late=1.5 * MS)
    assert world.ending(far) is Ending.MISSED, "it was made before its deadline and would arrive after it"


def a_newer_job_does_not_replace_what_waits_for_its_second_lane(make: Make) -> None:
    world = make()
    older = world.submit(world.job("frame+pack", budget=50 * MS, key="slot"))
    world.turn()
    world.turn()
    assert older.lane == "pack"
    newer = world.submit(world.job("frame+pack", budget=50 * MS, key="slot"))
    world.finish()
    assert world.ending(older) is world.ending(newer) is Ending.ANSWERED


def what_is_made_is_not_made_again_for_a_cheaper_second_lane(make: Make) -> None:
    world = make()
    enough = world.latency.bound("frame", 1) + world.latency.bound("pack", 1) + 0.9 * MS
    job = world.submit(world.job("frame+pack/far", "frame+pack", budget=enough))
    world.turn()
    world.turn(late=0.9 * MS)
    assert (job.lane, job.lane_index, job.rung) == ("pack", 1, 0)
    world.finish()
    assert world.ending(job) is Ending.ANSWERED
    assert (job.rung, job.account.slices) == (1, 3)


def a_late_answer_is_a_miss_without_payload(make: Make) -> None:
    world = make()
    job = world.submit(world.job("small", budget=5 * MS))
    world.turn(late=8 * MS)
    assert world.ending(job) is Ending.MISSED
    assert world.books.finals[job.id].stage is not None


def a_flight_late_for_everybody_is_abandoned(make: Make) -> None:
    world = make()
    job = world.submit(world.job("look", budget=15 * MS))
    world.turn(late=20 * MS)
    world.turn()
    assert world.ending(job) is Ending.MISSED
    assert job.account.slices == 1


def an_abandoned_flight_still_answers_without_a_lane(make: Make) -> None:
    world = make()
    job = world.submit(world.job("look", None, budget=15 * MS))
    world.turn(late=20 * MS)
    world.turn()
    assert world.ending(job) is Ending.ANSWERED
    assert job.rung == 1


def a_head_is_not_shed_when_all_can_be_served(make: Make) -> None:
    world = make()
    head = world.submit(world.job("frame", budget=3.5 * MS))
    rest = [world.submit(world.job("frame", budget=40 * MS)) for _ in range(4)]
    world.finish()
    assert {world.ending(job) for job in (head, *rest)} == {Ending.ANSWERED}


def a_head_that_costs_others_more_is_shed(make: Make) -> None:
    world = make()
    head = world.submit(world.job("frame", budget=3.5 * MS))
    rest = [world.submit(world.job("frame", budget=6.9 * MS)) for _ in range(4)]
    world.finish()
    assert world.ending(head) is Ending.REFUSED
    assert [world.ending(job) for job in rest] == [Ending.ANSWERED] * 4


CASES: tuple[Callable[[Make], None], ...] = (
    what_cannot_be_on_time_is_refused_at_once,
    what_becomes_hopeless_while_it_waits_is_refused,
    a_cheaper_rung_is_taken_when_the_best_is_too_slow,
    a_rung_without_a_lane_answers_when_no_lane_can,
    a_waiting_job_goes_down_its_rungs,
    an_answer_goes_through_its_second_lane,
    the_second_lane_is_part_of_what_is_predicted,
    the_link_is_part_of_what_is_predicted,
    a_newer_job_does_not_replace_what_waits_for_its_second_lane,
    what_is_made_is_not_made_again_for_a_cheaper_second_lane,
    a_late_answer_is_a_miss_without_payload,
    a_flight_late_for_everybody_is_abandoned,
    an_abandoned_flight_still_answers_without_a_lane,
    a_head_is_not_shed_when_all_can_be_served,
    a_head_that_costs_others_more_is_shed,
)
