"""The table of the pool beside a plain pool: whatever is asked of it, in any order."""

import itertools

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from models.language.cache.keys import spoken
from models.language.cache.slots import Lease, NoSlot, SlotCounts, Slots

NUMBER, CONTEXT, SIDE = 3, 8, 2  # pages of two tokens
NAMES = st.sampled_from("abcd")
KEYS = st.sampled_from([0, 1, 0, 1, spoken(0), spoken(1)])
PROMPTS = st.lists(KEYS, min_size=4, max_size=6) | st.lists(KEYS, min_size=1, max_size=3)
Beginning = tuple[str | None, tuple[int, ...]]  # an adapter, and keys of whole pages


class SlotMachine(RuleBasedStateMachine):
    """The oracle runs replies in a pool of its own. Each position holds what keys and values depend on: the adapter,
    all tokens up to there, and whether a chunk of a prompt or a step has written each.
    """

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.slots = Slots(NUMBER, CONTEXT, SIDE)
        self.pool: list[object] = [None] * (NUMBER * CONTEXT)
        self.prompts: dict[Lease, list[int]] = {}
        self.said: dict[Lease, list[int]] = {}  # keys of the replies
        self.held: dict[Lease, int] = {}  # of those placed
        self.reserved: set[Lease] = set()  # those with a region
        self.forgotten: set[Lease] = set()  # those whose conversation was forgotten meanwhile
        self.users: dict[Beginning, set[str]] = {}

    @rule(
        target=leases,
        name=NAMES,
        prompt=PROMPTS,
        said=st.lists(st.sampled_from([spoken(0), spoken(1)]), min_size=1, max_size=2),
        evicts=st.sampled_from([True, True, False]),
        draws=st.booleans(),
        adapter=st.sampled_from([None, None, None, "x"]),
        runs=st.integers(0, 4),
    )
    def ask(
        self, name: str, prompt: list[int], said: list[int], evicts: bool, draws: bool, adapter: str | None, runs: int
    ) -> Lease:
        """A reply that is reserved, and may have run."""
        lease = Lease(name, len(prompt) + len(said), evicts=evicts, draws=draws, adapter=adapter)
        self.prompts[lease], self.said[lease] = prompt, said
        if runs:
            self.run(lease, runs - 1, whole=True)
        else:
            self.reserve(lease)
        return lease

    @rule(target=leases, other=leases, name=NAMES)
    def ask_the_same(self, other: Lease, name: str) -> Lease:
        """A reply to another one's prompt, which is placed before the other one runs, and again after."""
        lease = Lease(name, other.room, adapter=other.adapter)
        self.prompts[lease], self.said[lease] = self.prompts[other], self.said[other]
        if self.place(lease):
            self.run(other, 1, whole=True)
            self.place(lease)
        return lease

    @rule(name=NAMES, prompts=st.lists(PROMPTS, min_size=1, max_size=4))
    def converse(self, name: str, prompts: list[list[int]]) -> None:
        """Whole replies, which leave their prompts and what was said."""
        for prompt in prompts:
            lease = Lease(name, len(prompt) + 1)
            self.prompts[lease], self.said[lease] = prompt, [spoken(0)]
            self.run(lease, 6, whole=True)
            self.release(lease, keep=True)

    @rule(name=NAMES, prompt=st.lists(KEYS, min_size=1, max_size=4), takes_back=st.booleans())
    def converse_on(self, name: str, prompt: list[int], takes_back: bool) -> None:
        """A turn behind another one, or behind its beginning."""
        self.converse_one(name, prompt, [spoken(0), spoken(1)], 9)
        self.converse_one(name, [*prompt, spoken(0), 1 if takes_back else spoken(1), 1], [spoken(0)], 4)

    def converse_one(self, name: str, prompt: list[int], said: list[int], runs: int) -> None:
        lease = Lease(name, len(prompt) + len(said))
        self.prompts[lease], self.said[lease] = prompt, said
        self.run(lease, runs, whole=True)
        self.release(lease, keep=True)

    def reserve(self, lease: Lease) -> None:
        try:
            self.slots.reserve(lease, self.prompts[lease])
        except NoSlot:
            self.there_is_no_room(lease)
        else:
            self.reserved.add(lease)

    @rule(lease=leases, runs=st.integers(0, 3), whole=st.booleans())
    def run(self, lease: Lease, runs: int, whole: bool) -> None:
        """Some runs, of which the last is abandoned or not."""
        for number in range(runs + 1):
            if not self.place(lease):
                return
            self.step(lease, commits=number < runs or whole)

    def place(self, lease: Lease) -> bool:
        prompt, before = self.prompts[lease], self.held.get(lease, 0)
        cached = self.cached()
        try:
            placed = self.slots.place(lease, prompt)
        except NoSlot:
            self.there_is_no_room(lease)
            self.nothing_is_lost(cached, lease)
            return False
        if not lease.evicts:
            self.nothing_is_lost(cached, lease)
        assert placed is not None
        assert lease.start == placed.start
        pages = {to: self.pool[origin * SIDE : (origin + 1) * SIDE] for origin, to in placed.copies}
        assert len(pages) == len(placed.copies), "no page is written twice"
        for to, content in pages.items():
            self.pool[to * SIDE : (to + 1) * SIDE] = content
        self.reserved.add(lease)
        self.held[lease] = placed.held
        assert placed.held - placed.found == before
        assert not placed.found or placed.held <= len(prompt) - lease.draws
        self.used(lease)
        return True

    def nothing_is_lost(self, cached: dict[Beginning, int], lease: Lease) -> None:
        """Except what the lease's conversation alone has used."""
        for beginning, left in self.cached().items():
            assert left >= cached[beginning] or self.users[beginning] <= {lease.conversation}

    def step(self, lease: Lease, commits: bool) -> None:
        """A chunk up to the next page or to what was spoken, or one spoken token."""
        assert lease.start is not None
        keys, held, at = self.keys(lease), self.held[lease], lease.start + self.held[lease]
        rest = keys[held : held - held % SIDE + SIDE]
        count = next((i for i, key in enumerate(rest) if key < 0), len(rest))
        if count:
            self.pool[at : at + SIDE - held % SIDE] = ["padding"] * (SIDE - held % SIDE)
        else:
            count = min(1, len(rest))
        self.pool[at : at + count] = self.written(lease)[held : held + count]
        if commits:
            self.slots.commit(lease, keys[held : held + count])
            self.held[lease] += count
            self.used(lease)

    def keys(self, lease: Lease) -> list[int]:
        """Of its prompt and its reply."""
        return [*self.prompts[lease], *self.said[lease]]

    def written(self, lease: Lease) -> list[object]:
        """What a lease's positions are to hold."""
        return [(lease.adapter, tuple(self.keys(lease)[: i + 1])) for i in range(lease.room)]

    def used(self, lease: Lease) -> None:
        if lease not in self.forgotten and lease.conversation is not None:
            for end in range(SIDE, self.held[lease] + 1, SIDE):
                self.users.setdefault((lease.adapter, tuple(self.keys(lease)[:end])), set()).add(lease.conversation)

    def cached(self) -> dict[Beginning, int]:
        return {
            (adapter, tokens): self.slots.cached(Lease("e", 1, draws=False, adapter=adapter), tokens)
            for adapter, tokens in self.users
        }

    def there_is_no_room(self, lease: Lease) -> None:
        if lease.evicts:
            taken = sum(self.slots.rounded(one.room) for one in self.reserved)
            assert taken > NUMBER * CONTEXT - CONTEXT * (1 + len(self.reserved))
        if lease.start is not None:
            self.reserved.add(lease)

    @rule(lease=consumes(leases), keep=st.booleans())
    def release(self, lease: Lease, keep: bool) -> None:
        for _ in range(2):
            self.slots.release(lease, keep)
        self.held.pop(lease, None)
        self.reserved.discard(lease)
        assert self.slots.place(lease, [0]) is None

    @rule(name=NAMES)
    def forget(self, name: str) -> None:
        self.slots.forget(name)
        self.forgotten |= {lease for lease in self.reserved if lease.conversation == name}
        for users in self.users.values():
            users.discard(name)

    @invariant()
    def everything_held_is_there(self) -> None:
        spans = sorted((one.start or 0, (one.start or 0) + self.slots.rounded(one.room)) for one in self.reserved)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
        for lease, held in self.held.items():
            assert lease.start is not None
            assert self.pool[lease.start : lease.start + held] == self.written(lease)[:held]

    @invariant()
    def what_nobody_uses_is_not_cached(self) -> None:
        for (adapter, tokens), users in self.users.items():
            if not users:
                assert self.slots.cached(Lease("e", 1, draws=False, adapter=adapter), tokens) < len(tokens)

    @invariant()
    def counts_add_up(self) -> None:
        assert self.slots.counts().busy == len(self.reserved)

    def teardown(self) -> None:
        for lease in list(self.reserved):
            self.slots.release(lease)
        for name in "abcd":
            self.slots.forget(name)
        assert self.slots.counts() == SlotCounts(0, 0, NUMBER)


def test_whatever_is_asked() -> None:
    run_state_machine_as_test(
        SlotMachine,
        settings=settings(
            derandomize=True,
            max_examples=150,
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes
        ),
    )
