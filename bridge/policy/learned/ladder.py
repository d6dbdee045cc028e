"""The rung at which each slot starts, so that quality drops at once and recovers without flicker.

A slot that had to take a cheaper lane starts its next jobs there. It climbs one rung after a while without a fall;
falling again soon after a climb doubles that while. So a load between two rungs changes quality every few seconds and
not every other frame: at most three times in a second, and less than once a second in the long run. Answers that need
no device (a repeated frame) do not count: the next request tries the device again.

Pure: times are arguments.
"""

from collections.abc import Hashable
from dataclasses import dataclass

_FIRST_WAIT = 0.5  # seconds without a fall before a climb
_LONGEST_WAIT = 8.0
_STEADY = 2.0  # minimum seconds on the best rung before falls are forgotten


@dataclass(slots=True)
class _SlotState:
    level: int  # index of the rung to start at
    since: float  # last fall or climb
    wait: float


class Ladders:
    """State by slot; slots on their best rung with no recent fall are not kept."""

    def __init__(self) -> None:
        self.slots: dict[Hashable, _SlotState] = {}

    def starting_rung(self, slot: Hashable, now: float) -> int:
        """The rung for a slot's next job, one higher than before if it is time to climb."""
        state = self.slots.get(slot)
        if state is None:
            return 0
        held = now - state.since
        if state.level == 0:
            if held >= max(state.wait, _STEADY):  # as long as the climb took
                del self.slots[slot]
            return 0
        if held < state.wait:
            return state.level
        state.level -= 1
        state.since = now
        return state.level

    def fell(self, slot: Hashable, level: int, now: float) -> None:
        """Record that a job of the slot fell to this rung."""
        state = self.slots.get(slot)
        if state is None:
            self.slots[slot] = _SlotState(level, now, _FIRST_WAIT)
        elif level > state.level:
            state.level, state.since = level, now
            state.wait = min(2 * state.wait, _LONGEST_WAIT)
        else:
            state.since = now

    def tidy(self, now: float) -> None:
        """Forget slots that have not been requested for a long time."""
        for slot in [slot for slot, state in self.slots.items() if now - state.since > 2 * _LONGEST_WAIT]:
            del self.slots[slot]
