"""Where each slot stands on its ladder of rungs, so that quality falls at once and climbs back without flicker.

A slot whose answer had to come from a cheaper lane begins its next ones there. It climbs one rung after a while without
a fall; falling again soon after a climb doubles that while, so a load between two rungs makes a change every few
seconds and not every other frame: three in a second at the very most, and fewer than one a second for long. Answers
that need no device (a repeated frame) are no standing: the next request tries the device again.

Pure: times are arguments.
"""

from collections.abc import Hashable
from dataclasses import dataclass

_FIRST_WAIT = 0.5  # seconds without a fall, before a climb
_LONGEST_WAIT = 8.0
_STEADY = 2.0  # seconds on the best rung at the least, before falls are forgotten


@dataclass(slots=True)
class _Standing:
    level: int  # index of the rung to begin with
    since: float  # the last fall or climb
    wait: float


class Ladders:
    """Standings by slot; slots on their best rung with no recent fall are not kept."""

    def __init__(self) -> None:
        self._standings: dict[Hashable, _Standing] = {}

    def begin(self, slot: Hashable, now: float) -> int:
        """A job of the slot comes: on which rung it begins, one higher than before when it is time to climb."""
        standing = self._standings.get(slot)
        if standing is None:
            return 0
        held = now - standing.since
        if standing.level == 0:
            if held >= max(standing.wait, _STEADY):  # for as long as it had waited for it
                del self._standings[slot]
            return 0
        if held < standing.wait:
            return standing.level
        standing.level -= 1
        standing.since = now
        return standing.level

    def fell(self, slot: Hashable, level: int, now: float) -> None:
        """A job of the slot had to go down to this rung."""
        standing = self._standings.get(slot)
        if standing is None:
            self._standings[slot] = _Standing(level, now, _FIRST_WAIT)
        elif level > standing.level:
            standing.level, standing.since = level, now
            standing.wait = min(2 * standing.wait, _LONGEST_WAIT)
        else:
            standing.since = now

    def tidy(self, now: float) -> None:
        """Forget slots that nobody has asked for in a long time."""
        for slot in [slot for slot, standing in self._standings.items() if now - standing.since > 2 * _LONGEST_WAIT]:
            del self._standings[slot]
