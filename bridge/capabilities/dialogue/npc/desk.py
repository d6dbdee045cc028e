"""Asks the game to do what NPCs do: sends calls, takes results, and ends calls whose time is over. One a session."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from bridge.capabilities.dialogue.npc.calls import Call, Calls, Changes, Ending
from bridge.wire.request import clock


class Answer(NamedTuple):
    """What the game has answered: a result in JSON, or why there is none."""

    result: str
    error: str = ""


@dataclass(slots=True, eq=False)
class _Entry:
    """A call, who hears of its end, and how it is sent and ended on its stream."""

    call: Call
    conversation: str
    done: asyncio.Future[Answer | Ending]
    send: Callable[[Call], None]
    end: Callable[[Call, Ending], None]


class Desk:
    """The open calls of one session. Belongs to the event loop."""

    def __init__(self) -> None:
        self._calls = Calls()
        self._entries: dict[str, _Entry] = {}
        self._numbers = itertools.count(1)
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def next_id(self) -> str:
        """The name of a new call."""
        return f"c{next(self._numbers)}"

    async def ask(
        self, call: Call, conversation: str, send: Callable[[Call], None], end: Callable[[Call, Ending], None]
    ) -> Answer | Ending:
        """Have the game do something, and wait for what it answers, or for the end without that.

        `send` and `end` tell the client of a call that is made, and of one that needs no result any more.
        """
        done: asyncio.Future[Answer | Ending] = asyncio.get_running_loop().create_future()
        self._entries[call.id] = _Entry(call, conversation, done, send, end)
        self._apply(self._calls.ask(call, clock()))
        return await done

    def answer(self, conversation: str, call_id: str, answer: Answer) -> None:
        """The game answers. Nothing happens if the call is not open, or is another conversation's."""
        entry = self._entries.get(call_id)
        if entry is None or entry.conversation != conversation or not self._calls.is_open(entry.call):
            return
        del self._entries[call_id]
        entry.done.set_result(answer)
        self._apply(self._calls.answered(entry.call, clock()))

    def cancel(self, call_id: str) -> None:
        """A call is not wanted any more: the player has cut in."""
        entry = self._entries.get(call_id)
        if entry is not None:
            self._apply(self._calls.cancel(entry.call, clock()))

    def _apply(self, changes: Changes) -> None:
        for call, ending in changes.ended:
            entry = self._entries.pop(call.id)
            if ending is not Ending.DROPPED and call.sent:
                entry.end(call, ending)
            entry.done.set_result(ending)
        for call in changes.begun:
            call.sent = True
            entry = self._entries[call.id]
            entry.send(call)
        self._watch()

    def _watch(self) -> None:
        """Look again when the next call's time is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._calls.next_due
        if due is not None:
            self._timer = asyncio.get_running_loop().call_later(max(0.0, due - clock()), self._expire)

    def _expire(self) -> None:
        self._timer = None
        self._apply(self._calls.expire(clock()))
