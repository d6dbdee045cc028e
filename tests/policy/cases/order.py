"""What runs next: deadlines, batches, supersession, cancellation, background work, and batches that are held."""

from collections.abc import Callable

from bridge.policy.work import Cause, Ending, Fault, Run, WaitUntil
from tests.policy.oracle.books import MS, POLICY
from tests.policy.world import World

Make = Callable[..., World]


def earliest_deadline_goes_first(make: Make) -> None:
    world = make()
    late = world.submit(world.job("frame", budget=80 * MS))
    soon = world.submit(world.job("look", budget=30 * MS))
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == (soon,)
    world.finish()
    assert world.ending(late) is world.ending(soon) is Ending.ANSWERED


def a_long_flight_is_suspended_for_something_urgent(make: Make) -> None:
    world = make()
    long = world.submit(world.job("look", budget=100 * MS))
    world.turn()
    urgent = world.submit(world.job("frame", budget=6 * MS))
    world.turn()
    world.turn()
    assert world.ending(urgent) is Ending.ANSWERED
    assert world.ending(long) is None
    world.finish()
    assert world.ending(long) is Ending.ANSWERED


def a_batch_grows_until_its_head_would_be_late(make: Make) -> None:
    world = make()
    two = (world.latency.bound("frame", 2) + world.latency.bound("frame", 3)) / 2
    jobs = [world.submit(world.job("frame", budget=two + i * 20 * MS, key=f"s{i}")) for i in range(4)]
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == tuple(jobs[:2])
    world.finish()
    assert {world.ending(job) for job in jobs} == {Ending.ANSWERED}


def a_batch_leaves_time_for_another_lane(make: Make) -> None:
    world = make()
    head = world.submit(world.job("frame", budget=10 * MS))
    tight = world.submit(world.job("look", budget=14 * MS))
    later = [world.submit(world.job("frame", budget=40 * MS)) for _ in range(3)]
    decision = world.turn()
    assert isinstance(decision, Run)
    assert head in decision.flight.jobs
    assert len(decision.flight.jobs) < 4
    world.finish()
    assert {world.ending(job) for job in (head, tight, *later)} == {Ending.ANSWERED}


def batches_stay_within_the_cap(make: Make) -> None:
    world = make()
    jobs = [world.submit(world.job("look", budget=500 * MS)) for _ in range(5)]
    world.finish()
    assert max(job.account.batch for job in jobs) == 2


def the_newest_of_a_slot_replaces_the_one_that_waits(make: Make) -> None:
    world = make()
    older = world.submit(world.job("frame", budget=50 * MS, key="slot"))
    newer = world.submit(world.job("frame", budget=50 * MS, key="slot"))
    assert world.ending(older) is Ending.SUPERSEDED
    world.finish()
    assert world.ending(newer) is Ending.ANSWERED


def a_slot_asked_faster_than_it_is_served_keeps_its_place(make: Make) -> None:
    world = make()
    looks = []
    while world.now < 200 * MS:
        looks.append(world.submit(world.job("look", budget=100 * MS, key="slot")))
        world.submit(world.job("frame", budget=20 * MS))
        world.turn()
    taken = next(look for look in looks if world.ending(look) is not Ending.SUPERSEDED)
    assert world.ending(taken) is Ending.ANSWERED
    assert 75 * MS < taken.arrival < 85 * MS, "the slot's first was due at 100 ms, and frames asked later are due later"


def a_job_that_has_started_is_not_superseded(make: Make) -> None:
    world = make()
    started = world.submit(world.job("frame", budget=50 * MS, key="slot"))
    world.turn()
    newer = world.submit(world.job("frame", budget=50 * MS, key="slot"))
    world.finish()
    assert world.ending(started) is world.ending(newer) is Ending.ANSWERED


def a_job_that_went_down_a_rung_can_be_superseded(make: Make) -> None:
    world = make()
    older = world.submit(world.job("look", "small", budget=10 * MS, key="slot"))
    world.advance(6 * MS)
    busy = world.submit(world.job("frame", budget=3.9 * MS))
    world.turn()
    assert (world.ending(older), older.lane) == (None, "small")
    newer = world.submit(world.job("look", "small", budget=10 * MS, key="slot"))
    assert world.ending(older) is Ending.SUPERSEDED
    world.finish()
    assert world.ending(newer) is world.ending(busy) is Ending.ANSWERED


def what_failed_is_not_tried_again_once_a_newer_one_waits(make: Make) -> None:
    world = make()
    older = world.submit(world.job("frame", budget=50 * MS, key="slot"))
    world.turn()
    newer = world.submit(world.job("frame", budget=50 * MS, key="slot"))
    world.turn(fault=Fault.ERROR)
    assert world.ending(older) is Ending.SUPERSEDED
    world.finish()
    assert world.ending(newer) is Ending.ANSWERED


def what_waits_to_be_tried_again_can_be_superseded(make: Make) -> None:
    world = make()
    older = world.submit(world.job("frame", budget=50 * MS, key="slot"))
    world.turn(fault=Fault.ERROR)
    assert world.ending(older) is None
    newer = world.submit(world.job("frame", budget=50 * MS, key="slot"))
    assert world.ending(older) is Ending.SUPERSEDED
    world.finish()
    assert world.ending(newer) is Ending.ANSWERED


def a_cancelled_job_never_runs(make: Make) -> None:
    world = make()
    job = world.submit(world.job("frame", budget=50 * MS))
    world.cancel(job)
    assert isinstance(world.turn(), WaitUntil)
    assert world.ending(job) is Ending.CANCELLED


def a_cancelled_row_is_masked_and_the_others_go_on(make: Make) -> None:
    world = make()
    gone, stays = (world.submit(world.job("frame", budget=90 * MS)) for _ in range(2))
    world.turn()
    world.cancel(gone)
    world.finish()
    assert world.ending(gone) is Ending.CANCELLED
    assert world.ending(stays) is Ending.ANSWERED


def a_flight_without_live_rows_is_closed(make: Make) -> None:
    world = make()
    job = world.submit(world.job("look", budget=90 * MS))
    world.turn()
    world.cancel(job)
    assert isinstance(world.turn(), WaitUntil)
    assert world.scheduler.lanes["look"].flight is None


def work_without_a_deadline_does_not_starve(make: Make) -> None:
    world = make()
    job = world.submit(world.job("talk"))
    for index in range(2000):
        if world.ending(job):
            break
        world.submit(world.job("frame", budget=40 * MS, key="flood", arrival=world.now))
        world.submit(world.job("look", budget=60 * MS, key=f"flood {index % 2}", arrival=world.now))
        world.turn()
    assert world.ending(job) is Ending.ANSWERED
    assert world.now < 2 * POLICY.ageing + 0.1


def background_work_runs_when_nothing_else_does(make: Make) -> None:
    world = make()
    reading = world.submit(world.job("prompt", background=True))
    world.finish()
    assert world.ending(reading) is Ending.ANSWERED


def background_work_gives_way_to_everything_however_long_it_waits(make: Make) -> None:
    """Even where the other has used more than its share, and whoever it is for has used none."""
    world = make()
    reading = world.submit(world.job("prompt", client="a", background=True))
    while world.now < 3 * POLICY.ageing:
        frame = world.submit(world.job("frame", budget=60 * MS, client="b", arrival=world.now))
        talk = world.submit(world.job("talk", soft=True, client="b", arrival=world.now))
        while not (world.ending(frame) and world.ending(talk)):
            decision = world.turn()
            assert isinstance(decision, Run)
            assert reading not in decision.flight.jobs
    world.finish()
    assert world.ending(reading) is Ending.ANSWERED


def what_wants_the_device_interrupts_background_work(make: Make) -> None:
    world = make()
    reading = world.submit(world.job("prompt", background=True))
    world.turn()
    late = world.submit(world.job("talk", soft=True, arrival=world.now))
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == (late,)
    world.finish()
    assert world.ending(reading) is Ending.ANSWERED


def background_work_is_in_nobodys_share(make: Make) -> None:
    """Whose history was read for a second is not behind others for it."""
    world = make()
    for _ in range(200):
        world.submit(world.job("prompt", client="a", background=True, arrival=world.now))
        world.finish()
    look = world.submit(world.job("look", budget=60 * MS, client="b", arrival=world.now))
    frame = world.submit(world.job("frame", budget=40 * MS, client="a", arrival=world.now))
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == (frame,)
    world.finish()
    assert world.ending(look) is Ending.ANSWERED


def waiting_fills_a_batch_when_more_is_expected(make: Make) -> None:
    world = make()
    for burst in range(30):
        world.now = burst * 0.1
        jobs = []
        for _ in range(3):
            jobs.append(world.submit(world.job("frame", budget=20 * MS)))
            world.turn()
            world.advance(0.4 * MS)
        world.finish()
    assert {job.account.batch for job in jobs} == {3}


def nothing_long_goes_in_between_while_a_batch_is_held(make: Make) -> None:
    world = make()
    for burst in range(30):
        world.now = burst * 0.1
        for _ in range(3):
            world.submit(world.job("frame", budget=20 * MS))
            world.turn()
            world.advance(0.4 * MS)
        world.finish()
    world.now = 3.1
    world.submit(world.job("look", budget=100 * MS))
    held = world.latency.bound("frame", 2) + world.policy.margin + 1 * MS  # for less than a slice of the other
    frame = world.submit(world.job("frame", budget=held))
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == (frame,)


def background_work_does_not_start_a_batch_that_is_held(make: Make) -> None:
    world = make()
    for burst in range(30):
        world.now = burst * 0.1
        for _ in range(3):
            world.submit(world.job("frame", budget=20 * MS))
            world.turn()
            world.advance(0.4 * MS)
        world.finish()
    world.now = 3.1
    reading = world.submit(world.job("look", background=True))
    held = world.latency.bound("frame", 2) + world.policy.margin + 1 * MS  # for less than a slice of the other
    frame = world.submit(world.job("frame", budget=held))
    assert isinstance(world.turn(), WaitUntil)
    world.finish()
    assert world.ending(frame) is world.ending(reading) is Ending.ANSWERED


def a_lone_request_is_not_held_back(make: Make) -> None:
    world = make()
    for beat in range(20):
        world.now = beat * 0.1
        world.submit(world.job("frame", budget=50 * MS))
        assert isinstance(world.turn(), Run)
        world.finish()


def the_stop_ends_everything(make: Make) -> None:
    world = make()
    jobs = [world.submit(world.job("look", budget=90 * MS)) for _ in range(3)]
    world.turn()
    world.scheduler.fail_all(world.now, Cause.STOPPING)
    world._take()
    assert {world.ending(job) for job in jobs} == {Ending.FAILED}
    assert world.scheduler.open_jobs == 0


CASES: tuple[Callable[[Make], None], ...] = (
    earliest_deadline_goes_first,
    a_long_flight_is_suspended_for_something_urgent,
    a_batch_grows_until_its_head_would_be_late,
    a_batch_leaves_time_for_another_lane,
    batches_stay_within_the_cap,
    the_newest_of_a_slot_replaces_the_one_that_waits,
    a_slot_asked_faster_than_it_is_served_keeps_its_place,
    a_job_that_has_started_is_not_superseded,
    a_job_that_went_down_a_rung_can_be_superseded,
    what_failed_is_not_tried_again_once_a_newer_one_waits,
    what_waits_to_be_tried_again_can_be_superseded,
    a_cancelled_job_never_runs,
    a_cancelled_row_is_masked_and_the_others_go_on,
    a_flight_without_live_rows_is_closed,
    work_without_a_deadline_does_not_starve,
    background_work_runs_when_nothing_else_does,
    background_work_gives_way_to_everything_however_long_it_waits,
    what_wants_the_device_interrupts_background_work,
    background_work_is_in_nobodys_share,
    waiting_fills_a_batch_when_more_is_expected,
    nothing_long_goes_in_between_while_a_batch_is_held,
    background_work_does_not_start_a_batch_that_is_held,
    a_lone_request_is_not_held_back,
    the_stop_ends_everything,
)
