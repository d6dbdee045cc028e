"""Situations with one right outcome each. They run on the scheduler itself and on its mutants.

Each case takes a factory of worlds, so that the same lines judge both.
"""

import itertools
from collections.abc import Callable

from bridge.policy.work import NEVER, Cause, Continues, Ending, Fault, Job, Run, WaitUntil
from tests.policy.world import MS, POLICY, World

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


def soft_work_is_delivered_late(make: Make) -> None:
    world = make()
    job = world.submit(world.job("talk", budget=1 * MS, soft=True))
    world.finish()
    assert world.ending(job) is Ending.ANSWERED
    assert world.books.finals[job.id].late_by > 0


def soft_work_goes_on_until_it_is_done(make: Make) -> None:
    world = make()
    job = world.submit(world.job("talk", budget=20 * MS, soft=True))
    for _ in range(6):
        world.turn(goes_on=True)
    assert world.books.partials[job.id] == 3
    world.finish()
    assert world.ending(job) is Ending.ANSWERED


def fewer_talk_at_once_when_that_saves_a_frame(make: Make) -> None:
    world = make()
    talk = [world.submit(world.job("talk", budget=1 * MS, soft=True)) for _ in range(4)]
    world.advance(300 * MS)
    enough = world.latency.bound("talk", 2) + world.latency.bound("look", 1) + 0.2 * MS
    frame = world.submit(world.job("look", budget=enough))
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == tuple(talk[:2])
    assert [job.account.narrow for job in talk] == [1, 1, 0, 0]
    world.cancel(frame)
    world.finish()
    assert {world.ending(job) for job in talk} == {Ending.ANSWERED}
    assert talk[3].account.narrow == 0, "with nothing else due they talk together again"


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


def a_full_queue_refuses(make: Make) -> None:
    world = make()
    jobs = [world.submit(world.job("frame", budget=900 * MS, client=f"c{i % 3}")) for i in range(14)]
    assert [world.ending(job) for job in jobs[12:]] == [Ending.REFUSED] * 2
    world.finish()
    assert {world.ending(job) for job in jobs[:12]} == {Ending.ANSWERED}


def one_identity_cannot_fill_the_queue(make: Make) -> None:
    world = make()
    crowd = [world.submit(world.job("frame", budget=900 * MS, client=f"c{i % 3}", identity="x")) for i in range(12)]
    other = world.submit(world.job("frame", budget=900 * MS, client="b"))
    assert [world.ending(job) for job in crowd[10:]] == [Ending.REFUSED] * 2
    world.finish()
    assert world.ending(other) is Ending.ANSWERED


def one_client_cannot_fill_the_queue(make: Make) -> None:
    world = make()
    greedy = [world.submit(world.job("frame", budget=900 * MS)) for _ in range(9)]
    other = world.submit(world.job("frame", budget=900 * MS, client="b"))
    assert [world.ending(job) for job in greedy[7:]] == [Ending.REFUSED] * 2
    world.finish()
    assert world.ending(other) is Ending.ANSWERED


def a_tiny_budget_does_not_buy_the_device(make: Make) -> None:
    assert _share_beside_greed(make(), ("greedy", ""), ("modest", "")) > 0.25


def nor_among_the_clients_of_one_identity(make: Make) -> None:
    assert _share_beside_greed(make(), ("greedy", "house"), ("modest", "house")) > 0.25


def nor_do_many_sessions_of_one_identity(make: Make) -> None:
    crowd = [(f"session {i}", "crowd") for i in range(4)]
    assert _share_beside_greed(make(), *crowd, ("modest", "")) > 0.25


def _share_beside_greed(world: World, *clients: tuple[str, str]) -> float:
    """The part of the device that the last client gets for one reply after the other, while the others ask for more
    than there is, due sooner.
    """
    *greedy, (modest, owner) = clients
    replies = 0
    talk = world.submit(world.job("talk", budget=1.0, client=modest, identity=owner, soft=True))
    for index in range(1200):
        client, identity = greedy[index % len(greedy)]
        key = f"{client} {index // len(greedy) % 2}"
        world.submit(world.job("look", budget=14 * MS, client=client, identity=identity, key=key))
        world.turn()
        if world.ending(talk):
            replies += 1
            talk = world.submit(world.job("talk", budget=1.0, client=modest, identity=owner, soft=True))
    assert world.now > 2.0
    return replies * 4 * MS / world.now


def soft_work_yields_to_frames(make: Make) -> None:
    world = make()
    world.submit(world.job("talk", budget=5 * MS, soft=True))
    frame = world.submit(world.job("frame", budget=30 * MS))
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == (frame,)


def _talk(
    world: World, jobs: list[Job], seconds: float, *, chunks: int = 2, more: Callable[[], None] | None = None
) -> None:
    """Let replies be written for a while, each after so many chunks of its prompt; `more` arrives at every turn."""
    left = {job.id: chunks - 1 for job in jobs}
    until = world.now + seconds
    while world.now < until:
        if more is not None:
            more()
        decision = world.step()
        if not isinstance(decision, Run):
            break
        (first, *_) = decision.flight.jobs
        prepares = decision.flight.lane == "prompt" and left.get(first.id, 0) > 0
        if prepares and decision.last:
            left[first.id] -= 1
        talks = decision.flight.lane in ("prompt", "talk")
        world.settle(decision, goes_on=talks, prepares=prepares)


def _gaps(world: World, job: Job, since: float = 0.0) -> list[float]:
    """Between the outputs of a reply, those that end after `since`."""
    return [b - a for a, b in itertools.pairwise(world.books.spoke.get(job.id, ())) if b > since]


def _usual(gaps: list[float]) -> float:
    return sorted(gaps)[len(gaps) // 2]


def seven_greeted_at_once_do_not_silence_the_one_that_speaks(make: Make) -> None:
    world = make()
    speaking = world.submit(world.job("prompt", budget=0.2, soft=True))
    _talk(world, [speaking], 0.4)
    usual = _usual(_gaps(world, speaking))
    greeted = [world.submit(world.job("prompt", budget=0.5, soft=True, client=f"npc {i % 2}")) for i in range(7)]
    began = world.now
    _talk(world, greeted, 0.6)
    assert max(_gaps(world, speaking, began)) <= 4 * usual, "it falters, although eight speak and four go in a step"
    assert all(world.books.spoke[job.id][0] <= began + 0.5 for job in greeted), "each has spoken in time"


def prompts_go_before_replies_that_are_ahead(make: Make) -> None:
    world = make()
    speaking = world.submit(world.job("prompt", budget=1.0, soft=True, pace=0.5))
    _talk(world, [speaking], 0.1)
    greeted = world.submit(world.job("prompt", budget=1.0, soft=True))
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == (greeted,)


def a_reply_that_was_slow_does_not_rush(make: Make) -> None:
    world = make()
    reply = world.submit(world.job("talk", budget=0.1, soft=True, pace=0.1))
    for _ in range(6):
        _next_token(world, late=25 * MS)
    slow = world.now
    for _ in range(40):
        _next_token(world)
    gaps, later = _gaps(world, reply), _gaps(world, reply, slow)[10:]
    assert max(gaps) <= 3 * sorted(gaps)[len(gaps) // 2], "nor is it slow for what it was most of the time"
    rests = sum(gap >= max(gaps) / 2.8 - 1 * MS for gap in later)
    assert 0.4 * len(later) < rests < 0.8 * len(later), "as often as it must, and no more"


def a_reply_rests_for_no_longer_than_its_pace(make: Make) -> None:
    world = make()
    reply = world.submit(world.job("talk", budget=0.1, soft=True, pace=10 * MS))
    for late in (0.0, 0.0, 0.0, 200 * MS):
        _next_token(world, late=late)
    slow = world.now
    _next_token(world)
    assert max(_gaps(world, reply, slow)) <= 10 * MS + 1e-9


def warming_up_does_not_rest(make: Make) -> None:
    world = make()
    world.submit(world.job("talk", soft=True))
    for stage in range(8):
        decision = world.turn(goes_on=True, late=stage % 2 * 30 * MS)
        assert isinstance(decision, Run)
        world.turn(goes_on=True)


def who_rests_can_be_withdrawn(make: Make) -> None:
    world = make()
    replies = [world.submit(world.job("talk", budget=0.1, soft=True)) for _ in range(2)]
    for late in (0.0, 0.0, 0.0, 60 * MS):
        _next_token(world, late=late)
    decision = world.step()
    assert isinstance(decision, WaitUntil)
    world.cancel(replies[0])
    world.scheduler.fail_all(world.now, Cause.STOPPING)
    world._take()
    assert [world.ending(reply) for reply in replies] == [Ending.CANCELLED, Ending.FAILED]
    assert world.scheduler.open_jobs == 0
    assert world.scheduler.lanes["talk"].idle


def _next_token(world: World, late: float = 0.0) -> None:
    """Run a step of what speaks, once it may."""
    decision = world.step()
    if isinstance(decision, WaitUntil):
        world.now = max(world.now, decision.time)
        decision = world.step()
    assert isinstance(decision, Run)
    world.settle(decision, late=late, goes_on=True)
    while not decision.last:
        decision = world.turn(goes_on=True)
        assert isinstance(decision, Run)


def late_prompts_wait_for_tokens_that_are_due(make: Make) -> None:
    world = make()
    speaking = world.submit(world.job("prompt", budget=1.0, soft=True))
    _talk(world, [speaking], 0.1)
    late = [world.submit(world.job("prompt", budget=0.001, soft=True)) for _ in range(3)]
    world.advance(20 * MS)
    decision = world.turn()
    assert isinstance(decision, Run)
    assert decision.flight.jobs == (speaking,)
    assert all(world.ending(job) is None for job in late)


def replies_that_fill_the_device_leave_some_of_it_to_prompts(make: Make) -> None:
    """Six replies, two steps' worth, that want a token every 5 ms would take all that there is."""
    world = make()
    _talk(world, _greedy_talk(world), 0.1)
    late = world.submit(world.job("prompt", budget=0.1, soft=True, client="d"))
    began = world.now
    _talk(world, [late], 3 * world.policy.prompt_wait)
    assert world.books.spoke[late.id][0] <= began + 2 * world.policy.prompt_wait + 0.1


def frames_keep_most_of_a_device_that_talk_overloads(make: Make) -> None:
    """Prompts that are late, and longer than the device has time for."""
    world = make()
    prompts = [world.submit(world.job("prompt", budget=0.1, soft=True, client=f"c{i % 3}")) for i in range(6)]

    def frames() -> None:
        for slot in range(3):
            world.submit(world.job("look", budget=40 * MS, key=f"slot {slot}", client=f"c{slot}"))

    _talk(world, prompts, 2.0, chunks=1000, more=frames)
    used = sum(seconds for _, seconds in world.books.hard)
    assert used >= (1 - world.policy.soft_share) * 0.9 * world.now


def _greedy_talk(world: World) -> list[Job]:
    return [world.submit(world.job("talk", budget=0.1, soft=True, pace=5 * MS, client=f"c{i % 3}")) for i in range(6)]


def chunks_of_a_prompt_do_not_put_its_first_token_off(make: Make) -> None:
    world = make()
    long = world.submit(world.job("prompt", budget=0.1, soft=True, pace=1.0))
    _talk(world, [long], 35 * MS, chunks=9)
    assert (long.deadline, long.last_output_at) == (0.1, NEVER)


def talk_has_its_share_of_a_device_that_frames_overload(make: Make) -> None:
    world = make()
    talk = [world.submit(world.job("prompt", budget=1.0, soft=True, pace=0.2, client=f"c{i % 2}")) for i in range(4)]
    served: list[Job] = []

    def frames() -> None:
        for slot in range(3):
            client = f"c{slot % 2}"
            served.append(world.submit(world.job("look", budget=40 * MS, key=f"slot {slot}", client=client)))

    _talk(world, talk, 3.0, more=frames)
    assert all(world.books.spoke[job.id][0] <= 1.0 for job in talk), "the first tokens come in time"
    assert all(max(_gaps(world, job)) <= 0.2 + world.policy.patience + 10 * MS for job in talk), "and so do the others"
    used = sum(seconds for when, seconds in world.books.hard)
    assert used >= (1 - world.policy.soft_share) * 0.95 * world.now, "frames keep what is theirs"


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


def the_stop_ends_everything(make: Make) -> None:
    world = make()
    jobs = [world.submit(world.job("look", budget=90 * MS)) for _ in range(3)]
    world.turn()
    world.scheduler.fail_all(world.now, Cause.STOPPING)
    world._take()
    assert {world.ending(job) for job in jobs} == {Ending.FAILED}
    assert world.scheduler.open_jobs == 0


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


def slots_take_turns_when_there_is_time_for_one(make: Make) -> None:
    shares = _turns(make(), [("a", ""), ("a", ""), ("a", "")])
    assert min(shares) > 0.25


def slots_of_several_sessions_take_turns_too(make: Make) -> None:
    shares = _turns(make(), [("a", "house"), ("b", "house"), ("c", "house")])
    assert min(shares) > 0.25


def the_slots_of_an_identity_above_its_share_make_way_for_others(make: Make) -> None:
    shares = _turns(make(), [("a", "x"), ("b", "y")], period=10 * MS)
    assert min(shares) > 0.3


def identities_take_turns_although_half_the_device_is_idle(make: Make) -> None:
    """As it is where a budget has time for one job and not for two."""
    assert min(_turns(make(), [("a", "x"), ("b", "y")])) > 0.4
    *crowd, lone = _turns(make(), [("a", "x"), ("b", "x"), ("c", "x"), ("d", "y")], period=50 * MS)
    assert lone > 0.4
    assert min(crowd) > 0.2


def all_but_one_are_served_when_there_is_time_for_all_but_one(make: Make) -> None:
    shares = _turns(make(), [("a", "")] * 3, budget=16.2 * MS)
    assert sum(shares) > 1.8
    assert min(shares) > 0.4


def _turns(world: World, owners: list[tuple[str, str]], budget: float = 9 * MS, period: float = 17 * MS) -> list[float]:
    """The parts of its last frames that each slot gets, all of them asked in the same order every time."""
    world.books.caps["look"] = world.scheduler.lanes["look"].cap = 1
    counts = [0] * len(owners)
    for tick in range(400):
        start = world.now
        jobs = []
        for slot, (client, identity) in enumerate(owners):
            job = world.job("look", None, budget=budget, client=client, identity=identity, key=f"slot {slot}")
            jobs.append(world.submit(job))
            world.turn()
        world.finish()
        for slot, job in enumerate(jobs):
            counts[slot] += tick >= 200 and world.ending(job) is Ending.ANSWERED and job.rung == 0
        world.now = max(world.now, start + period)
    return [count / 200 for count in counts]


def a_slot_that_has_gone_costs_others_one_frame(make: Make) -> None:
    world = make()
    world.books.caps["look"] = world.scheduler.lanes["look"].cap = 1
    _turns(world, [("a", ""), ("a", "")])
    lost = 0
    for _ in range(30):
        job = world.submit(world.job("look", None, budget=9 * MS, key="slot 0"))
        world.finish()
        lost += job.rung != 0
        world.advance(9 * MS)
    assert lost <= 2


def nobody_makes_way_for_what_others_have_kept_waiting(make: Make) -> None:
    assert _kept(make(), late=True, budget=5 * MS) == 30


def nor_for_what_could_not_be_on_time_at_all(make: Make) -> None:
    assert _kept(make(), late=False, budget=2 * MS) == 30


def _kept(world: World, *, late: bool, budget: float) -> int:
    """How many of 30 frames a slot gets beside another one that is refused each time."""
    kept = 0
    for _ in range(30):
        mine = world.submit(world.job("frame", None, budget=20 * MS, key="mine"))
        if late:
            world.finish()
            world.advance(10 * MS)
        else:
            world.turn()
        arrival = world.now - (4 * MS if late else 0.0)
        other = world.submit(world.job("frame", None, budget=budget, key="other", arrival=arrival))
        assert other.rung != 0 or other.probe
        world.finish()
        kept += mine.rung == 0
        world.advance(5 * MS)
    return kept


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
    quality_climbs_back_after_a_while,
    quality_that_falls_again_stays_down_longer,
    quality_climbs_one_rung_at_a_time,
    a_repeated_answer_is_no_standing,
    a_slot_falls_alone,
    a_cancelled_job_never_runs,
    a_cancelled_row_is_masked_and_the_others_go_on,
    a_flight_without_live_rows_is_closed,
    a_late_answer_is_a_miss_without_payload,
    a_flight_late_for_everybody_is_abandoned,
    an_abandoned_flight_still_answers_without_a_lane,
    soft_work_is_delivered_late,
    soft_work_goes_on_until_it_is_done,
    fewer_talk_at_once_when_that_saves_a_frame,
    work_without_a_deadline_does_not_starve,
    background_work_runs_when_nothing_else_does,
    background_work_gives_way_to_everything_however_long_it_waits,
    what_wants_the_device_interrupts_background_work,
    background_work_is_in_nobodys_share,
    a_full_queue_refuses,
    one_client_cannot_fill_the_queue,
    one_identity_cannot_fill_the_queue,
    a_tiny_budget_does_not_buy_the_device,
    nor_among_the_clients_of_one_identity,
    nor_do_many_sessions_of_one_identity,
    soft_work_yields_to_frames,
    seven_greeted_at_once_do_not_silence_the_one_that_speaks,
    prompts_go_before_replies_that_are_ahead,
    a_reply_that_was_slow_does_not_rush,
    a_reply_rests_for_no_longer_than_its_pace,
    warming_up_does_not_rest,
    who_rests_can_be_withdrawn,
    late_prompts_wait_for_tokens_that_are_due,
    replies_that_fill_the_device_leave_some_of_it_to_prompts,
    frames_keep_most_of_a_device_that_talk_overloads,
    chunks_of_a_prompt_do_not_put_its_first_token_off,
    talk_has_its_share_of_a_device_that_frames_overload,
    waiting_fills_a_batch_when_more_is_expected,
    nothing_long_goes_in_between_while_a_batch_is_held,
    background_work_does_not_start_a_batch_that_is_held,
    a_lone_request_is_not_held_back,
    jobs_of_a_failed_flight_are_tried_alone,
    a_suspect_does_not_join_others,
    a_flight_that_does_not_end_when_it_should_fails,
    a_flight_that_ends_too_soon_fails,
    a_reply_that_goes_on_too_soon_fails,
    memory_that_ran_out_lowers_the_cap,
    memory_that_runs_out_for_one_row_is_the_end,
    a_spike_does_not_refuse_for_ever,
    a_refused_lane_is_probed,
    a_head_is_not_shed_when_all_can_be_served,
    a_head_that_costs_others_more_is_shed,
    quality_that_falls_now_and_then_does_not_flap,
    a_lane_measured_on_a_busy_machine_is_tried,
    a_probe_that_is_replaced_before_it_starts_gives_its_turn_back,
    a_lane_that_is_too_slow_is_tried_ever_less_often,
    a_width_measured_on_a_busy_machine_is_tried_once,
    slots_take_turns_when_there_is_time_for_one,
    slots_of_several_sessions_take_turns_too,
    the_slots_of_an_identity_above_its_share_make_way_for_others,
    identities_take_turns_although_half_the_device_is_idle,
    all_but_one_are_served_when_there_is_time_for_all_but_one,
    a_slot_that_has_gone_costs_others_one_frame,
    nobody_makes_way_for_what_others_have_kept_waiting,
    nor_for_what_could_not_be_on_time_at_all,
    the_stop_ends_everything,
)
