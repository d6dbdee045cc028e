"""Calls of actions on a virtual clock: one at a time of each NPC, by policy, and never for ever."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.capabilities.dialogue.npc.calls import MOST_WAITING, Call, Calls, Changes, Ending


def call(name: str, policy: str = "queue", npc: str = "mara", timeout: float = 5.0) -> Call:
    return Call(name, npc, timeout, policy)


def told(changes: Changes) -> tuple[list[str], list[tuple[str, str]]]:
    return [one.id for one in changes.begun], [(one.id, why.value) for one, why in changes.ended]


def test_a_call_is_made_at_once_where_none_is_open() -> None:
    calls = Calls()
    assert told(calls.ask(call("a"), 0.0)) == (["a"], [])
    assert told(calls.ask(call("b", npc="tobin"), 0.0)) == (["b"], []), "another NPC does something of its own"


def test_a_queued_call_begins_when_the_one_before_has_its_result() -> None:
    calls, first, second, third = Calls(), call("a"), call("b"), call("c")
    calls.ask(first, 0.0)
    assert told(calls.ask(second, 1.0)) == told(calls.ask(third, 1.0)) == ([], [])
    assert told(calls.answered(first, 3.0)) == (["b"], [])
    assert second.due == 8.0, "its own time begins with it"
    assert told(calls.answered(second, 4.0)) == (["c"], [])
    assert told(calls.answered(third, 5.0)) == ([], [])
    assert len(calls) == 0
    assert calls.next_due is None


def test_a_replacing_call_ends_the_one_before() -> None:
    calls, first = Calls(), call("a")
    calls.ask(first, 0.0)
    assert told(calls.ask(call("b", "replace"), 1.0)) == (["b"], [("a", "replaced")])
    assert told(calls.answered(first, 2.0)) == ([], []), "its result comes too late"


def test_a_call_that_is_dropped_is_never_made() -> None:
    calls, first = Calls(), call("a")
    calls.ask(first, 0.0)
    assert told(calls.ask(call("b", "drop"), 1.0)) == ([], [("b", "dropped")])
    assert told(calls.answered(first, 2.0)) == ([], [])


def test_time_is_over_for_a_game_that_does_not_answer_and_the_next_begins() -> None:
    calls = Calls()
    calls.ask(call("a", timeout=2.0), 0.0)
    calls.ask(call("b", timeout=5.0), 1.0)
    assert calls.next_due == 2.0
    assert told(calls.expire(1.99)) == ([], [])
    assert told(calls.expire(2.0)) == (["b"], [("a", "timeout")])
    assert calls.next_due == 7.0


def test_a_call_does_not_wait_longer_than_it_may_take() -> None:
    calls = Calls()
    calls.ask(call("a", timeout=60.0), 0.0)
    calls.ask(call("b", timeout=5.0), 1.0)
    assert told(calls.expire(6.0)) == ([], [("b", "dropped")])
    assert calls.next_due == 60.0


def test_a_cancelled_call_makes_room() -> None:
    calls, first, second, third = Calls(), call("a"), call("b"), call("c")
    for one in (first, second, third):
        calls.ask(one, 0.0)
    assert told(calls.cancel(second, 1.0)) == ([], [("b", "interrupted")])
    assert told(calls.cancel(first, 1.0)) == (["c"], [("a", "interrupted")])
    assert told(calls.cancel(first, 1.0)) == ([], [])


def test_few_calls_wait() -> None:
    calls = Calls()
    for number in range(MOST_WAITING + 1):
        assert told(calls.ask(call(f"{number}"), 0.0))[1] == []
    assert told(calls.ask(call("one more"), 0.0)) == ([], [("one more", "dropped")])
    assert len(calls) == MOST_WAITING + 1


STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(["queue", "replace", "drop"]), st.sampled_from("ab")),
    st.tuples(st.sampled_from(["answered", "cancel"]), st.integers(0, 30), st.just("")),
    st.tuples(st.just("wait"), st.floats(0, 10), st.just("")),
)


@given(st.lists(STEPS, max_size=60))
def test_every_call_ends_once_and_an_npc_has_one_open(steps: list[tuple[str, object, str]]) -> None:
    calls, asked, now = Calls(), list[Call](), 0.0
    begun, ended = set[str](), dict[str, Ending | None]()

    def take(changes: Changes) -> None:
        for one, why in changes.ended:
            assert one.id not in ended
            assert (why is Ending.DROPPED) != (one.id in begun) or why is Ending.INTERRUPTED
            ended[one.id] = why
        for one in changes.begun:
            assert one.id not in begun | ended.keys()
            begun.add(one.id)
        for npc in "ab":
            assert sum(calls.is_open(one) for one in asked if one.npc == npc) <= 1

    for kind, value, npc in steps:
        if kind == "ask":
            asked.append(Call(str(len(asked)), npc, 5.0, str(value)))
            take(calls.ask(asked[-1], now))
        elif kind == "wait":
            assert isinstance(value, float)
            now += value
            take(calls.expire(now))
        elif asked:
            assert isinstance(value, int)
            one = asked[value % len(asked)]
            if kind == "answered" and calls.is_open(one):
                take(calls.answered(one, now))
                ended[one.id] = None
            elif kind == "cancel":
                take(calls.cancel(one, now))
    while (due := calls.next_due) is not None:
        take(calls.expire(due))
    assert ended.keys() == {one.id for one in asked}
