"""How many replies may be written at once; further ones wait their turn, in order, and not without end."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from bridge.errors import Overloaded

_WAITING_PER_SEAT = 8


class Seats:
    """As many as the dialogue model has slots. Belongs to the event loop."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._most_waiting = number * _WAITING_PER_SEAT
        self._waiting: OrderedDict[Hashable, Callable[[], None]] = OrderedDict()

    def check(self) -> None:
        """Overloaded when the line is full."""
        if len(self._waiting) >= self._most_waiting:
            raise Overloaded(f"{len(self._waiting)} replies wait already; ask again when some are finished")

    def take(self, who: Hashable, seated: Callable[[], None]) -> None:
        """Call `seated` as soon as a seat is free, maybe at once."""
        if self._free:
            self._free -= 1
            seated()
        else:
            self._waiting[who] = seated

    def leave(self, who: Hashable) -> bool:
        """Stop waiting. False when `who` did not wait."""
        return self._waiting.pop(who, None) is not None

    def free(self) -> None:
        """Give a seat back; the next in line takes it."""
        if self._waiting:
            _, seated = self._waiting.popitem(last=False)
            seated()
        else:
            self._free += 1
