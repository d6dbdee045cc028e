"""The table of the pool: the cases that matter, by name."""

import pytest

from models.language.cache.keys import spoken
from models.language.cache.slots import PAGE, Lease, NoSlot, Place, SlotCounts, Slots

CONTEXT, SIDE = 8, 2  # pages of two tokens


def held(slots: Slots, name: str | None, prompt: list[int], more: int = 0) -> Lease:
    """A lease whose region holds all of `prompt`, with room for `more`."""
    lease = Lease(name, len(prompt) + more)
    placed = slots.place(lease, prompt)
    assert placed
    slots.commit(lease, prompt[placed.held :])
    return lease


def small(number: int = 1) -> Slots:
    return Slots(number, CONTEXT, SIDE)


def cached(slots: Slots, prompt: list[int], name: str = "z") -> int:
    return slots.cached(Lease(name, CONTEXT), prompt)


def test_broken_pages_are_refused() -> None:
    with pytest.raises(ValueError, match="a context of 7 tokens has no whole pages of 2; round it down"):
        Slots(1, 7, SIDE)


def test_whole_pages_are_found_by_whoever_begins_alike() -> None:
    slots = small(3)
    slots.release(held(slots, "a", [1, 2, 3, 4, 5]))
    assert cached(slots, [1, 2, 3, 4, 9], "a") == 4
    assert cached(slots, [1, 2, 3, 4, 9], "b") == 4
    assert cached(slots, [1, 2, 3, 9, 9], "b") == 2
    assert cached(slots, [1, 9, 3, 4, 9], "b") == 0
    assert cached(slots, [3, 4, 9], "b") == 0, "the same tokens behind others are other pages"


def test_the_last_token_is_run_again_unless_nothing_is_drawn() -> None:
    slots = small()
    slots.release(held(slots, "a", [1, 2, 3, 4]))
    assert slots.cached(Lease("a", 4), [1, 2, 3, 4]) == 2
    assert slots.cached(Lease("a", 4, draws=False), [1, 2, 3, 4]) == 4


def said(*tokens: int) -> list[int]:
    return [spoken(token) for token in tokens]


def test_what_was_spoken_is_found_where_it_was_spoken_alone() -> None:
    slots = small(2)
    lease = held(slots, "a", [1, 2, 3], more=5)
    slots.commit(lease, said(4, 5, 6))
    slots.release(lease)
    assert cached(slots, [1, 2, 3, 4, 5, 6]) == 2, "a player's words are other bits"
    assert cached(slots, [1, 2, 3, *said(4, 5, 6), 7]) == 6


def test_the_incomplete_page_of_a_reply_is_found_by_its_conversation() -> None:
    slots = Slots(2, 16, 4)
    lease = held(slots, "a", [1, 2, 3, 4, 5], more=3)
    slots.commit(lease, said(6, 7))
    slots.release(lease)
    prompt = [1, 2, 3, 4, 5, *said(6, 7), 8, 9]
    assert cached(slots, prompt, "a") == 7
    assert cached(slots, prompt, "b") == 4, "others share whole pages"
    assert cached(slots, [*prompt[:6], 8], "a") == 6, "as far as it was not taken back"
    assert cached(slots, [1, 2, 3, 4, 5, 8], "a") == 4, "what was not spoken is read again with its page"
    assert slots.place(Lease("a", 12), prompt) == Place(start=0, held=7, found=7)
    assert cached(slots, prompt, "a") == 4, "the next turn goes on in it"


def test_an_incomplete_page_agrees_up_to_where_it_differs() -> None:
    slots = Slots(2, 16, 4)
    lease = held(slots, "a", [1], more=4)
    slots.commit(lease, said(2, 3))
    slots.release(lease)
    assert cached(slots, [1, *said(2, 3), 4], "a") == 3
    assert cached(slots, [1, *said(2, 9), 4], "a") == 2
    assert cached(slots, [1, *said(9, 3), 4], "a") == 0


def test_an_incomplete_page_is_cached_once_more_when_it_has_grown() -> None:
    slots = Slots(1, 16, 4)
    prompt = [1, 2, 3, 4, 5]
    for _ in range(3):
        lease = Lease("a", 16)
        placed = slots.place(lease, [*prompt, 6])
        assert placed
        slots.commit(lease, [*prompt, 6][placed.held :])
        slots.commit(lease, said(7))
        slots.release(lease)
        prompt = [*prompt, 6, *said(7)]
        assert cached(slots, [*prompt, 8], "a") == len(prompt)
    slots.forget("a")
    assert slots.counts() == SlotCounts(0, 0, 1)


def test_a_page_of_a_reply_in_progress_is_not_taken_from_it() -> None:
    """By the next turn, whose history ends before all that was said."""
    slots = Slots(2, 16, 4)
    lease = held(slots, "a", [1, 2], more=6)
    slots.commit(lease, said(3, 4, 5))
    assert slots.place(Lease("a", 8), [1, 2, *said(3), 9]) == Place(start=8, held=0)
    slots.release(lease)
    assert cached(slots, [1, 2, *said(3, 4, 5), 9], "a") == 5


def test_what_a_reply_took_back_is_dropped() -> None:
    slots = small(2)
    lease = held(slots, "a", [1], more=6)
    slots.commit(lease, said(2, 3, 4, 5, 6))
    slots.release(lease)
    assert cached(slots, [1, *said(2, 3, 4, 5, 6), 7], "a") == 6
    shorter = [1, *said(2, 3), 7]
    assert cached(slots, shorter, "a") == 3
    assert slots.place(Lease("a", 8), shorter) == Place(start=0, held=3, found=3)
    assert cached(slots, [1, *said(2, 3, 4, 5, 6), 7], "a") == 2


def test_an_ended_reply_of_the_prompt_alone_leaves_whole_pages() -> None:
    slots = Slots(2, 16, 4)
    slots.release(held(slots, "a", [1, 2, 3, 4, 5], more=3))
    assert slots.counts() == SlotCounts(busy=0, idle=1, free=1)
    assert cached(slots, [1, 2, 3, 4, 5, 6], "a") == 4


def test_nothing_is_found_of_another_adapter() -> None:
    slots = small()
    slots.release(held(slots, "a", [1, 2, 3]))
    assert slots.cached(Lease("a", 4, adapter="x"), [1, 2, 3]) == 0


def test_a_prompt_in_progress_is_shared_page_by_page() -> None:
    slots = small(3)
    prompt = [1, 2, 3, 4, 5, 6, 7]
    first, second = Lease("a", 8), Lease("b", 8)
    slots.place(first, prompt)
    slots.commit(first, [1, 2])
    assert slots.place(second, prompt) == Place(start=8, held=2, found=2, copies=((0, 4),))
    slots.commit(first, [3, 4])
    slots.commit(first, [5, 6])
    assert slots.place(second, prompt) == Place(start=8, held=6, found=4, copies=((1, 5), (2, 6)))
    assert slots.place(second, prompt) == Place(start=8, held=6), "once"


def test_a_page_in_a_region_in_use_outlives_who_made_it() -> None:
    """The second reply has copies: when the first one's region is taken, they are what is cached."""
    slots = small(2)
    persona = [1, 2, 3, 4]
    first = held(slots, "a", [*persona, 5], more=3)
    second = held(slots, "b", [*persona, 6], more=3)
    slots.release(first)
    third = held(slots, "c", [9] * 7, more=1)
    assert third.start == 0
    assert cached(slots, [*persona, 7]) == 4
    slots.release(second)
    assert cached(slots, [*persona, 7]) == 4


def test_a_conversation_goes_on_where_it_lies() -> None:
    slots = small(2)
    slots.release(held(slots, "a", [1, 2, 3, 4, 5]))
    assert slots.place(Lease("a", 8), [1, 2, 3, 4, 5, 6]) == Place(0, 4, 4)


def test_or_its_pages_move_to_where_there_is_room() -> None:
    slots = small(2)
    first, neighbour = held(slots, "a", [1, 2, 3, 4]), held(slots, "b", [9], more=1)
    slots.release(first)
    assert neighbour.start == 4
    assert slots.place(Lease("a", 8), [1, 2, 3, 4, 5]) == Place(6, 4, 4, copies=((0, 3), (1, 4)))
    assert held(slots, "c", [8], more=3).start == 0, "what they left is free"


def test_cached_pages_make_way_without_being_lost() -> None:
    """The only gap has six pages, a's two in its middle."""
    slots = small(3)
    gone = [held(slots, "p", [9], more=3), held(slots, "a", [1, 2, 3, 4]), held(slots, "q", [8], more=3)]
    busy = [held(slots, "y", [7], more=7), held(slots, "z", [6], more=3)]
    assert [lease.start for lease in [*gone, *busy]] == [0, 4, 8, 12, 20]
    for lease in gone:
        slots.release(lease)
    assert slots.place(Lease("w", 8), [5]) == Place(0, 0, 0, copies=((2, 4), (3, 5)))
    assert cached(slots, [1, 2, 3, 4, 5]) == 4
    assert slots.place(Lease("a", 4), [1, 2, 3, 4]) == Place(8, 2, 2), "and may stay where they went"


def test_the_deepest_pages_of_the_longest_idle_go_first() -> None:
    slots = small(3)
    talks = {name: [ord(name)] * 8 for name in "abc"}
    for name in "abc":
        slots.release(held(slots, name, talks[name]))
    slots.release(held(slots, "d", [1, 2, 3], more=1))
    assert [slots.cached(Lease("e", 8, draws=False), talks[name]) for name in "abc"] == [4, 8, 8]


def test_only_as_many_go_as_must() -> None:
    slots = small(3)
    talks = {name: [ord(name)] * 8 for name in "abc"}
    for name in "abc":
        slots.release(held(slots, name, talks[name]))
    held(slots, "d", [1], more=1)
    assert sum(slots.cached(Lease("e", 8, draws=False), talks[name]) for name in "abc") == 22


def test_a_shared_persona_outlives_the_talks_that_begin_with_it() -> None:
    slots = small(3)
    persona = [1, 2]
    for name in "abc":
        slots.release(held(slots, name, [*persona, *[ord(name)] * 6]))
    for number in range(8):
        slots.release(held(slots, "d", [50 + number] * 8))
    assert cached(slots, [*persona, 3]) == 2


def test_ten_characters_on_eight_slots() -> None:
    """Each has a talk of 900 tokens and they speak in turn: the least recently used one is always the next to speak."""
    slots = Slots(8, 1024)
    found = []
    for turn in range(50):
        prompt = [turn % 10 + 1] * (900 + turn // 10)
        lease = Lease("abcdefghij"[turn % 10], len(prompt) + 96)
        placed = slots.place(lease, prompt)
        assert placed is not None
        found.append(placed.held)
        slots.commit(lease, prompt[placed.held :])
        slots.release(lease)
    assert min(found[10:]) >= 8 * PAGE, "none has lost all"
    assert sum(found[10:]) / 40 > 450


def test_what_is_committed_late_goes_nowhere() -> None:
    slots = small()
    lease = held(slots, "a", [1, 2])
    slots.release(lease)
    slots.commit(lease, [3, 4])
    assert cached(slots, [1, 2, 3, 4, 5]) == 2


def test_what_went_wrong_is_dropped_for_everybody() -> None:
    slots = small(3)
    slots.release(held(slots, "a", [1, 2, 3, 4]))
    other = held(slots, "b", [1, 2, 5], more=3)
    slots.release(held(slots, "c", [1, 2, 6, 7]), keep=False)
    assert cached(slots, [1, 2, 3, 4, 5]) == 0
    slots.commit(other, [6, 7])
    slots.release(other)
    assert cached(slots, [1, 2, 5, 6, 7]) == 0, "it may go on, but leaves nothing"
    assert slots.counts() == SlotCounts(0, 0, 3)


def test_forgetting_keeps_what_others_use() -> None:
    slots = small(3)
    slots.release(held(slots, "a", [1, 2, 3, 4, 5]))
    slots.release(held(slots, "b", [1, 2, 6, 7, 8]))
    assert slots.counts() == SlotCounts(busy=0, idle=2, free=2)
    slots.forget("a")
    assert cached(slots, [1, 2, 3, 4, 5]) == 2
    assert cached(slots, [1, 2, 6, 7, 8]) == 4
    slots.forget("b")
    assert cached(slots, [1, 2, 6, 7, 8]) == 0
    assert slots.counts() == SlotCounts(0, 0, 3)


def test_a_forgotten_conversation_frees_its_pages_when_it_ends() -> None:
    slots = small(2)
    busy = held(slots, "a", [1, 2, 3], more=5)
    slots.forget("a")
    assert slots.counts() == SlotCounts(busy=1, idle=0, free=1)
    assert cached(slots, [1, 2, 3]) == 0
    slots.commit(busy, [4])
    slots.release(busy)
    assert slots.counts() == SlotCounts(0, 0, 2)
    busy = Lease("a", 8)
    slots.place(busy, [1, 2, 3])
    slots.forget("a")
    slots.commit(busy, [1, 2, 3])
    slots.release(busy)
    assert slots.counts() == SlotCounts(0, 0, 2), "and leaves none that it completes later"


def test_the_nameless_take_free_pages_only_and_leave_nothing() -> None:
    slots = small(2)
    slots.release(held(slots, "a", [1] * 8))
    nameless = held(slots, None, [1] * 8)
    with pytest.raises(NoSlot, match="every slot is busy"):
        slots.place(Lease(None, CONTEXT), [1])
    slots.release(nameless)
    assert slots.counts() == SlotCounts(busy=0, idle=1, free=1)
    assert slots.cached(Lease(None, CONTEXT), [1] * 8) == 0


def test_a_lease_that_evicts_nothing_takes_free_pages_or_its_own() -> None:
    slots = small(2)
    slots.release(held(slots, "a", [1, 2, 3, 4]))
    slots.release(held(slots, "b", [4] * CONTEXT))
    own = Lease("a", 6, evicts=False)
    slots.reserve(own, [1, 2, 3, 4, 5, 6])
    slots.release(own)
    with pytest.raises(NoSlot):
        slots.reserve(Lease("c", CONTEXT, evicts=False), [7])
    free = Lease("c", 4, evicts=False)
    assert slots.place(free, [7, 7]) is not None
    assert cached(slots, [1, 2, 3, 4, 5]) == 4
    assert slots.cached(Lease("e", 8, draws=False), [4] * CONTEXT) == CONTEXT


def test_but_it_may_drop_what_its_own_conversation_alone_has_left() -> None:
    """After a cut the old prompt's pages are of no use, and nobody else's are touched."""
    slots = small(2)
    slots.release(held(slots, "a", [1, 2, 3, 4, 5, 6]))
    slots.release(held(slots, "b", [1, 2, 4, 4, 4, 4]))
    slots.release(held(slots, "c", [9, 9]))
    assert slots.place(Lease("a", CONTEXT, evicts=False), [1, 2, 8, 9, 8, 9]) is not None
    assert slots.cached(Lease("e", 2, draws=False), [9, 9]) == 2
    assert cached(slots, [1, 2, 4, 4, 4, 4, 4]) == 6
    assert cached(slots, [1, 2, 3, 4, 5, 6, 7]) < 6


def test_short_replies_share_what_one_long_one_would_take() -> None:
    slots = small()
    starts = {held(slots, name, [1], more=1).start for name in "abcd"}
    assert starts == {0, 2, 4, 6}
    with pytest.raises(NoSlot, match="every slot is busy"):
        slots.reserve(Lease("e", 1), [1])
