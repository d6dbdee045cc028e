"""Histories are read ahead: what a conversation's next prompt begins with goes into its slot while nobody speaks.

When a turn has left so much history that the next would have to cut it, it is cut at once, for good, and what is left
is read in idle time; else the player's next words would wait until half of the context has been read again.

It is in nobody's way. One reading at a time, chunk after chunk as a background job, while no turn is being prepared,
waits or is answered on the whole server. Whoever speaks ends it at once. What has been read stays in the slot, so that
the turn that comes finds it, and the reading goes on from there once all is quiet again: were it dropped instead,
nothing would ever be read on a server where somebody says something every few seconds. A reading that fails costs a
line in the log: the turn then reads all by itself.
"""

import asyncio
import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bridge.capabilities.dialogue.conversation import Conversation, Line
from bridge.capabilities.dialogue.preparation import Order, Preparation
from bridge.device.engine import Engine
from bridge.device.roster import Roster
from bridge.errors import BridgeError
from bridge.observe.stats import ClientCounts
from bridge.policy.replies import Replies
from bridge.policy.work import Ending, Job, Outcome, Owner, Rung
from bridge.wire.request import clock

log = logging.getLogger("framebridge.readings")

WORK = "dialogue"
MOST_WAITING = 64  # conversations; beyond that the one that has waited longest is left to its next turn


class Speaking(Protocol):
    """A turn, from when it is said."""

    @property
    def over(self) -> bool:
        """Whether it has been answered."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """A conversation whose history is to be read, for a next turn like the last one."""

    conversation: Conversation
    owner: Owner
    counts: ClientCounts
    sampling: Any


class Readings:
    """The conversations that wait to be read, and the one that is being read. Belongs to the event loop."""

    def __init__(self, engine: Engine, roster: Roster, replies: Replies, preparation: Preparation, lane: str) -> None:
        self._engine, self._roster, self._replies, self._preparation = engine, roster, replies, preparation
        self._lane = lane
        self._wishes: dict[Conversation, Wish] = {}  # who has waited longest comes first
        self._speaking: set[Speaking] = set()
        self._order: Order | None = None  # the history that is being tokenised
        self._reading: Any = None  # that the device has
        self._current: Wish | None = None  # whose history that is
        self._job: Job | None = None
        self._task: asyncio.Task[None] | None = None  # that waits for the order
        self._closed = False

    def __len__(self) -> int:
        return len(self._wishes)

    # -- who speaks ----------------------------------------------------------------------------------------------------

    def yield_to(self, turn: Speaking) -> None:
        """Somebody has said something: nothing more is read until that is over."""
        self._speaking = {other for other in self._speaking if not other.over} | {turn}
        self._stop()

    def go_on(self) -> None:
        """A turn may be over. Once the event loop is through with it, something may be read."""
        if not self._closed:
            asyncio.get_running_loop().call_soon(self._begin)

    @property
    def _quiet(self) -> bool:
        self._speaking = {turn for turn in self._speaking if not turn.over}
        return not self._speaking and not self._replies

    # -- what is to be read --------------------------------------------------------------------------------------------

    def wish(self, wish: Wish) -> None:
        """Have the history of a conversation read when there is time."""
        self._wishes.pop(wish.conversation, None)
        self._wishes[wish.conversation] = wish
        if len(self._wishes) > MOST_WAITING:
            del self._wishes[next(iter(self._wishes))]

    def drop(self, conversation: Conversation) -> None:
        """It goes on by itself, or is over."""
        wish = self._wishes.pop(conversation, None)
        if wish is not None and wish is self._current:
            self._stop()
            self.go_on()

    def drop_all(self) -> None:
        """The model goes."""
        self._wishes.clear()
        self._stop()

    def close(self) -> None:
        """Read nothing more."""
        self._closed = True
        self.drop_all()

    # -- reading -------------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Whatever is being read stays as far as it is."""
        self._current = None
        if self._order is not None:
            self._preparation.drop(self._order)
            self._order = None
        if self._reading is not None:
            self._reading.release()
            self._reading = None
        if self._job is not None:
            self._engine.cancel(self._job)
            self._job = None

    def _begin(self) -> None:
        if self._closed or self._order is not None or self._job is not None or not self._wishes or not self._quiet:
            return
        wish = next(iter(self._wishes.values()))
        make = functools.partial(self._tokenise, wish, wish.conversation.history(wish.conversation.personas("")[0]))
        try:
            self._order, self._current = self._preparation.order(wish.owner.identity, wish, make), wish
        except BridgeError as error:
            self._finish(wish, error)
        else:
            self._task = asyncio.get_running_loop().create_task(self._read_when_made(self._order, wish))

    def _tokenise(self, wish: Wish, lines: Sequence[Line]) -> Any:
        """The reading of a history. On a thread."""
        messages = self._roster.processor(WORK).messages(lines)
        return self._roster.program(WORK).reading(wish.conversation.key, messages, wish.sampling)

    async def _read_when_made(self, order: Order, wish: Wish) -> None:
        reading, failure = None, None
        try:
            reading = await order.done
        except Exception as error:
            failure = error
        if self._order is not order:  # somebody has spoken meanwhile
            if reading is not None:
                reading.release()
            return
        self._order = None
        if reading is None:
            self._finish(wish, failure)
        else:
            self._read(wish, reading)

    def _read(self, wish: Wish, reading: Any) -> None:
        wish.conversation.cut(reading.dropped)
        worthwhile = reading.worthwhile
        if not worthwhile or not reading.reserve():
            reading.release()
            self._finish(wish, "there is no room beside what others have left" if worthwhile else None)
            return
        self._reading = reading
        self._job = Job(
            id=self._engine.next_id(),
            client=wish.owner.client,
            identity=wish.owner.identity,
            work=WORK,
            arrival=clock(),
            rungs=(Rung(self._lane, self._lane, reading),),
            background=True,
        )
        self._engine.submit((self._job, functools.partial(self._heard, wish, reading)))

    def _heard(self, wish: Wish, reading: Any, outcome: Outcome) -> None:
        if outcome.ending is Ending.PARTIAL:
            return
        reading.release()
        if (account := outcome.job.account).compute:
            wish.counts.ran(WORK, account.batch, account.compute)
        if self._reading is not reading:
            return  # it was ended
        self._reading = self._job = None
        self._finish(wish, None if outcome.ending is Ending.ANSWERED else outcome.value or outcome.cause)

    def _finish(self, wish: Wish, why: object) -> None:
        """It is read, or cannot be."""
        if why is not None:
            log.info("a history is not read ahead: %s", why)
        self._wishes.pop(wish.conversation, None)
        self._current = None
        self.go_on()
