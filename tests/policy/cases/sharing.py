"""Queue limits, fair share between clients and identities, and slots that take turns."""

from collections.abc import Callable

from bridge.policy.work import Ending
from tests.policy.oracle.books import MS
from tests.policy.world import World

Make = Callable[..., World]


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
    a_full_queue_refuses,
    one_client_cannot_fill_the_queue,
    one_identity_cannot_fill_the_queue,
    a_tiny_budget_does_not_buy_the_device,
    nor_among_the_clients_of_one_identity,
    nor_do_many_sessions_of_one_identity,
    slots_take_turns_when_there_is_time_for_one,
    slots_of_several_sessions_take_turns_too,
    the_slots_of_an_identity_above_its_share_make_way_for_others,
    identities_take_turns_although_half_the_device_is_idle,
    all_but_one_are_served_when_there_is_time_for_all_but_one,
    a_slot_that_has_gone_costs_others_one_frame,
    nobody_makes_way_for_what_others_have_kept_waiting,
    nor_for_what_could_not_be_on_time_at_all,
)
