"""Slots of a client's models, numbered for their one stream.

A slot on the stream knows one newest request, and one result that may be repeated. So the same slot of two models gets
two numbers: neither replaces a request of the other.
"""

from typing import NamedTuple

from bridge.errors import Overloaded


class Slot(NamedTuple):
    """A slot of a model, as its caller numbers it."""

    model: str
    number: int


class Slots:
    """The slots in use. Overloaded if there are more than `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._numbers: dict[Slot, int] = {}

    def number(self, slot: Slot) -> int:
        """Its number on the stream, which it keeps until it is closed."""
        number = self._numbers.get(slot)
        if number is None:
            taken = set(self._numbers.values())
            number = next(number for number in range(len(taken) + 1) if number not in taken)
            if number >= self._most:
                raise Overloaded(
                    f"{self._most} slots of models are in use; close some with `close_slot`, or share them"
                )
            self._numbers[slot] = number
        return number

    def close(self, slot: Slot) -> int | None:
        """Free its number, if it has one."""
        return self._numbers.pop(slot, None)
