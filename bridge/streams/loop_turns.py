"""Shares the event loop among identities: how many parts of bundles each has heard in one of its turns.

A message of 64 parts costs its sender hardly more than one of a single part, and the server 64 times as much: without
this a client that floods with them would hold up everybody's answers.
"""

import asyncio
from collections import Counter

PARTS_A_TURN = 16  # a game frame's worth


class LoopTurns:
    """The parts heard in this turn of the loop, by identity."""

    def __init__(self) -> None:
        self._heard: Counter[str] = Counter()

    def take(self, identity: str, wanted: int) -> int:
        """Count parts that are heard now: as many as are wanted, or as the identity's share of this turn leaves."""
        heard = self._heard[identity]
        granted = min(wanted, PARTS_A_TURN - heard)
        if granted > 0:
            if not self._heard:
                asyncio.get_running_loop().call_soon(self._heard.clear)
            self._heard[identity] = heard + granted
        return granted

    async def wait(self, identity: str, wanted: int) -> int:
        """Take parts in this turn, or in the first later one that has some left."""
        while (granted := self.take(identity, wanted)) <= 0:  # noqa: ASYNC110, it waits for turns, not for an event
            await asyncio.sleep(0)
        return granted
