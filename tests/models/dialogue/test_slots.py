"""The slot table: a state machine beside a plain model of who holds what, and the cases that matter by name."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from models.dialogue.slots import Lease, NoSlot, SlotCounts, Slots

NAMES = st.sampled_from(["a", "b", "c", "d"])
PROMPTS = st.lists(st.integers(0, 1), min_size=1, max_size=6)


class SlotMachine(RuleBasedStateMachine):
    """The oracle remembers what each live lease committed, and what each conversation may at most find again."""

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.slots = Slots(3)
        self.held: dict[Lease, list[int]] = {}

    @rule(target=leases, name=NAMES, prompt=PROMPTS)
    def place(self, name: str, prompt: list[int]) -> Lease:
        lease = Lease(name)
        if len(self.held) == 3:
            with pytest.raises(NoSlot):
                self.slots.place(lease, prompt)
            return lease
        placed = self.slots.place(lease, prompt)
        assert placed is not None
        slot, cached = placed
        assert cached < len(prompt)
        assert slot not in {other.slot for other in self.held}
        self.held[lease] = prompt[:cached]
        return lease

    @rule(lease=leases, tokens=PROMPTS)
    def commit(self, lease: Lease, tokens: list[int]) -> None:
        self.slots.commit(lease, tokens)
        if lease in self.held:
            self.held[lease] += tokens
            assert self.slots.place(lease, [9]) == (lease.slot, len(self.held[lease]))

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
    def counts_add_up(self) -> None:
        counts = self.slots.counts()
        assert counts.busy == len(self.held)
        assert counts.busy + counts.idle + counts.free == 3


TestSlotMachine = SlotMachine.TestCase
TestSlotMachine.settings = settings(derandomize=True, max_examples=100, stateful_step_count=30, deadline=None)


def held(slots: Slots, name: str | None, prompt: list[int]) -> Lease:
    """A lease whose slot holds all of `prompt`."""
    lease = Lease(name)
    placed = slots.place(lease, prompt)
    assert placed
    slots.commit(lease, prompt[placed[1] :])
    return lease


def test_a_conversation_finds_its_longest_common_prefix() -> None:
    slots = Slots(2)
    slots.release(held(slots, "a", [1, 2, 3, 4]))
    slots.release(held(slots, "b", [1, 2, 3, 4, 5]))
    assert slots.place(Lease("a"), [1, 2, 3, 9, 9]) == (0, 3)


def test_at_least_one_token_is_run_again() -> None:
    slots = Slots(1)
    slots.release(held(slots, "a", [1, 2, 3]))
    assert slots.place(Lease("a"), [1, 2, 3]) == (0, 2)


def test_of_two_slots_of_a_conversation_the_better_is_taken() -> None:
    slots = Slots(2)
    first, second = held(slots, "a", [1, 2, 3, 4]), held(slots, "a", [1, 9])
    slots.release(first)
    slots.release(second)
    assert slots.place(Lease("a"), [1, 2, 3, 9]) == (0, 3)


def test_nothing_is_shared_between_conversations() -> None:
    slots = Slots(1)
    slots.release(held(slots, "a", [1, 2, 3]))
    assert slots.place(Lease("b"), [1, 2, 3, 4]) == (0, 0)


def test_the_longest_idle_conversation_gives_way() -> None:
    slots = Slots(3)
    leases = {name: held(slots, name, [1, 2, 3]) for name in "abc"}
    for name in "bca":
        slots.release(leases[name])
    assert slots.place(Lease("d"), [5]) == (1, 0)
    assert slots.place(Lease("a"), [1, 2, 3, 4]) == (0, 3)


def test_free_slots_come_before_idle_ones() -> None:
    slots = Slots(2)
    slots.release(held(slots, "a", [1, 2]))
    assert slots.place(Lease("b"), [5]) == (1, 0)


def test_what_is_committed_late_goes_nowhere() -> None:
    slots = Slots(1)
    lease = held(slots, "a", [1, 2])
    slots.release(lease)
    slots.commit(lease, [3])
    assert slots.place(Lease("a"), [1, 2, 3, 4]) == (0, 2)


def test_a_forgotten_conversation_frees_its_slot_when_it_ends() -> None:
    slots = Slots(2)
    busy, idle = held(slots, "a", [1]), held(slots, "a", [1])
    slots.release(idle)
    slots.forget("a")
    assert slots.counts() == SlotCounts(busy=1, idle=0, free=1)
    slots.release(busy)
    assert slots.counts() == SlotCounts(busy=0, idle=0, free=2)


def test_the_nameless_take_free_slots_only_and_leave_nothing() -> None:
    slots = Slots(2)
    slots.release(held(slots, "a", [1]))
    nameless = held(slots, None, [1])
    with pytest.raises(NoSlot, match="every slot is busy"):
        slots.place(Lease(None), [1])
    slots.release(nameless)
    assert slots.counts() == SlotCounts(busy=0, idle=1, free=1)
