"""Soft work: replies, their pace, and prompts."""

import itertools
from collections.abc import Callable

from bridge.policy.work import NEVER, Cause, Ending, Job, Run, WaitUntil
from tests.policy.oracle.books import MS
from tests.policy.world import World

Make = Callable[..., World]


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
    """Run a step of what is_reply, once it may."""
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


CASES: tuple[Callable[[Make], None], ...] = (
    soft_work_is_delivered_late,
    soft_work_goes_on_until_it_is_done,
    fewer_talk_at_once_when_that_saves_a_frame,
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
)
