"""The table of the pool: a state machine beside a plain model of who holds what, and the cases that matter by name."""

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from models.language.slots import Lease, NoSlot, Place, SlotCounts, Slots

NUMBER, CONTEXT = 3, 8
NAMES = st.sampled_from(["a", "b", "c", "d"])
PROMPTS = st.lists(st.integers(0, 1), min_size=1, max_size=4)


class SlotMachine(RuleBasedStateMachine):
    """The oracle writes each token to a pool of its own and reads it back: nobody writes where another one lies."""

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.slots = Slots(NUMBER, CONTEXT)
        self.pool: list[int | None] = [None] * (NUMBER * CONTEXT)
        self.held: dict[Lease, list[int]] = {}

    @rule(target=leases, name=NAMES, prompt=PROMPTS, more=st.integers(1, 4), early=st.booleans())
    def place(self, name: str, prompt: list[int], more: int, early: bool) -> Lease:
        lease = Lease(name, len(prompt) + more)
        try:
            if early:
                self.slots.reserve(lease, prompt)
            placed = self.slots.place(lease, prompt)
        except NoSlot:
            assert sum(lease.room for lease in self.held) > NUMBER * CONTEXT - CONTEXT * (1 + len(self.held))
            return lease
        assert placed is not None
        if placed.origin is not None:
            self.pool[placed.start : placed.start + placed.held] = self.pool[
                placed.origin : placed.origin + placed.held
            ]
            self.slots.moved(lease)
        assert placed.held < len(prompt)
        assert self.pool[placed.start : placed.start + placed.held] == prompt[: placed.held], "what is found is there"
        self.held[lease] = prompt[: placed.held]
        return lease

    @rule(lease=leases, tokens=PROMPTS)
    def commit(self, lease: Lease, tokens: list[int]) -> None:
        held = self.held.get(lease, [])
        tokens = tokens[: lease.room - len(held)]
        self.slots.commit(lease, tokens)
        if lease in self.held:
            assert lease.start is not None
            self.held[lease] = [*held, *tokens]
            self.pool[lease.start : lease.start + len(self.held[lease])] = self.held[lease]
            assert self.slots.place(lease, [9]) == Place(lease.start, len(self.held[lease]))

    @rule(lease=consumes(leases), keep=st.booleans())
    def release(self, lease: Lease, keep: bool) -> None:
        for _ in range(2):
            self.slots.release(lease, keep)
        self.held.pop(lease, None)
        assert self.slots.place(lease, [0]) is None

    @rule(name=NAMES)
    def forget(self, name: str) -> None:
        self.slots.forget(name)

    @invariant()
    def nobody_lies_on_another(self) -> None:
        spans = sorted((lease.start or 0, (lease.start or 0) + lease.room) for lease in self.held)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
        for lease, tokens in self.held.items():
            assert lease.start is not None
            assert self.pool[lease.start : lease.start + len(tokens)] == tokens

    @invariant()
    def counts_add_up(self) -> None:
        assert self.slots.counts().busy == len(self.held)
        if not self.held:
            for name in "abcd":
                self.slots.forget(name)
            assert self.slots.counts() == SlotCounts(0, 0, NUMBER)


TestSlotMachine = SlotMachine.TestCase
TestSlotMachine.settings = settings(derandomize=True, max_examples=200, stateful_step_count=30, deadline=None)


def held(slots: Slots, name: str | None, prompt: list[int], room: int = CONTEXT) -> Lease:
    """A lease whose region holds all of `prompt`."""
    lease = Lease(name, room)
    placed = slots.place(lease, prompt)
    assert placed
    slots.commit(lease, prompt[placed.held :])
    return lease


def found(slots: Slots, name: str, prompt: list[int], room: int = CONTEXT) -> Place | None:
    """What another lease of a conversation finds."""
    return slots.place(Lease(name, room), prompt)


def test_a_conversation_finds_its_longest_common_prefix() -> None:
    slots = Slots(2, CONTEXT)
    slots.release(held(slots, "a", [1, 2, 3, 4]))
    slots.release(held(slots, "b", [1, 2, 3, 4, 5]))
    assert slots.shared("a", [1, 2, 3, 9, 9]) == 3
    place = found(slots, "a", [1, 2, 3, 9, 9])
    assert place is not None
    assert place.held == 3


def test_at_least_one_token_is_run_again() -> None:
    slots = Slots(1, CONTEXT)
    slots.release(held(slots, "a", [1, 2, 3]))
    assert slots.shared("a", [1, 2, 3]) == 2
    assert found(slots, "a", [1, 2, 3]) == Place(0, 2)


def test_nothing_is_shared_between_conversations() -> None:
    slots = Slots(1, CONTEXT)
    slots.release(held(slots, "a", [1, 2, 3]))
    assert slots.shared("b", [1, 2, 3, 4]) == 0
    assert found(slots, "b", [1, 2, 3, 4]) == Place(0, 0)


def test_short_replies_share_what_one_long_one_would_take() -> None:
    slots = Slots(1, CONTEXT)
    starts = {held(slots, name, [1], room=2).start for name in "abcd"}
    assert starts == {0, 2, 4, 6}
    with pytest.raises(NoSlot, match="every slot is busy"):
        slots.reserve(Lease("e", 1), [1])


def test_what_a_reply_did_not_need_is_free_at_its_end() -> None:
    slots = Slots(1, CONTEXT)
    slots.release(held(slots, "a", [1, 2], room=CONTEXT))
    assert found(slots, "b", [5], room=6) == Place(2, 0)
    assert slots.shared("a", [1, 2, 3]) == 2


def test_a_conversation_grows_where_it_lies_or_is_moved() -> None:
    slots = Slots(2, CONTEXT)
    slots.release(held(slots, "a", [1, 2], room=4))
    assert found(slots, "a", [1, 2, 3], room=6) == Place(0, 2), "there is room behind it"
    slots = Slots(2, CONTEXT)
    slots.release(held(slots, "a", [1, 2], room=4))
    neighbour = held(slots, "b", [1], room=4)
    assert neighbour.start == 2
    lease = Lease("a", 6)
    assert slots.place(lease, [1, 2, 3]) == Place(6, 2, origin=0)
    slots.moved(lease)
    assert slots.place(lease, [1, 2, 3]) == Place(6, 2)
    assert held(slots, "c", [1], room=2).start == 0, "what it left is free"


def test_one_that_ends_before_it_was_moved_leaves_what_it_found() -> None:
    slots = Slots(2, CONTEXT)
    slots.release(held(slots, "a", [1, 2], room=4))
    held(slots, "b", [1], room=4)
    lease = Lease("a", 6)
    slots.reserve(lease, [1, 2, 3])
    slots.release(lease)
    assert slots.shared("a", [1, 2, 3]) == 2
    assert slots.counts().busy == 1


def test_the_longest_idle_conversation_gives_way() -> None:
    slots = Slots(3, CONTEXT)
    full = list(range(CONTEXT))
    leases = {name: held(slots, name, full) for name in "abc"}
    for name in "bca":
        slots.release(leases[name])
    assert found(slots, "d", [5]) == Place(CONTEXT, 0)
    assert slots.shared("a", full) == slots.shared("c", full) == CONTEXT - 1
    assert slots.shared("b", full) == 0


def test_only_as_many_give_way_as_must() -> None:
    slots = Slots(2, CONTEXT)
    leases = [held(slots, name, [1, 2, 3, 4], room=4) for name in "abcd"]
    for lease in leases:
        slots.release(lease)
    assert found(slots, "e", [5], room=8) == Place(0, 0)
    assert [slots.shared(name, [1, 2, 3, 4]) for name in "abcd"] == [0, 0, 3, 3]


def test_what_is_committed_late_goes_nowhere() -> None:
    slots = Slots(1, CONTEXT)
    lease = held(slots, "a", [1, 2])
    slots.release(lease)
    slots.commit(lease, [3])
    assert found(slots, "a", [1, 2, 3, 4]) == Place(0, 2)


def test_a_forgotten_conversation_frees_its_places_when_it_ends() -> None:
    slots = Slots(2, CONTEXT)
    idle = held(slots, "a", [1])
    busy = held(slots, "a", [1])
    slots.release(idle)
    slots.forget("a")
    assert slots.counts() == SlotCounts(busy=1, idle=0, free=1)
    slots.release(busy)
    assert slots.counts() == SlotCounts(busy=0, idle=0, free=2)


def test_the_nameless_take_free_places_only_and_leave_nothing() -> None:
    slots = Slots(2, CONTEXT)
    slots.release(held(slots, "a", [1]))
    nameless = held(slots, None, [1])
    with pytest.raises(NoSlot, match="every slot is busy"):
        slots.place(Lease(None, CONTEXT), [1])
    slots.release(nameless)
    assert slots.counts() == SlotCounts(busy=0, idle=1, free=1)


def test_a_lease_that_evicts_nobody_takes_free_places_or_its_own() -> None:
    slots = Slots(2, CONTEXT)
    slots.release(held(slots, "a", [1, 2, 3]))
    slots.release(held(slots, "b", [4] * CONTEXT))
    slots.reserve(own := Lease("a", 3, evicts=False), [1, 2, 9])
    assert own.start == 0
    slots.release(own)
    with pytest.raises(NoSlot):
        slots.reserve(Lease("c", CONTEXT, evicts=False), [7])
    assert slots.shared("a", [1, 2, 3, 9]) == 2, "what it shared with the prompt"
    assert slots.shared("b", [4] * CONTEXT) == CONTEXT - 1
    slots.reserve(free := Lease("c", CONTEXT - 3, evicts=False), [7])
    assert free.start == 3 + CONTEXT
