"""Calls of actions that games have not answered yet: one at a time of each NPC of a session, by the policy of each.

Pure: times are arguments, in seconds.
"""

from dataclasses import dataclass, field
from enum import StrEnum

MOST_WAITING = 16  # calls of one NPC; more are dropped


class Ending(StrEnum):
    """Why a call is over without a result."""

    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"
    REPLACED = "replaced"
    DROPPED = "dropped"  # it was never made


@dataclass(slots=True, eq=False)
class Call:
    """A call of an action. `policy` says what becomes of it while another one of the NPC is open."""

    id: str
    npc: str
    timeout: float
    policy: str = "queue"
    sent: bool = False  # the game has been asked
    due: float = 0.0  # when it is over, once it has begun; before that, until when it waits


@dataclass(slots=True)
class Changes:
    """What a step leads to: calls to make now, and calls that are over."""

    begun: list[Call] = field(default_factory=list)
    ended: list[tuple[Call, Ending]] = field(default_factory=list)


class Calls:
    """The calls of one session."""

    def __init__(self) -> None:
        self._open: dict[str, Call] = {}  # by NPC
        self._waiting: dict[str, list[Call]] = {}

    def __len__(self) -> int:
        return len(self._open) + sum(map(len, self._waiting.values()))

    def is_open(self, call: Call) -> bool:
        """Whether the game may answer a call."""
        return self._open.get(call.npc) is call

    @property
    def next_due(self) -> float | None:
        """When `expire` has something to do next; None if there is no call."""
        waiting = (call.due for calls in self._waiting.values() for call in calls)
        return min([*(call.due for call in self._open.values()), *waiting], default=None)

    def ask(self, call: Call, now: float) -> Changes:
        """Make a call, now or once the one before has its result, or not at all."""
        changes, open_now = Changes(), self._open.get(call.npc)
        if open_now is None:
            self._begin(call, now, changes)
        elif call.policy == "replace":
            changes.ended.append((open_now, Ending.REPLACED))
            self._begin(call, now, changes)
        elif call.policy == "drop" or len(self._waiting.get(call.npc, ())) >= MOST_WAITING:
            changes.ended.append((call, Ending.DROPPED))
        else:
            call.due = now + call.timeout
            self._waiting.setdefault(call.npc, []).append(call)
        return changes

    def answered(self, call: Call, now: float) -> Changes:
        """A call has its result."""
        changes = Changes()
        self._leave(call, now, changes)
        return changes

    def cancel(self, call: Call, now: float) -> Changes:
        """A call is not wanted any more."""
        changes = Changes()
        if self._leave(call, now, changes):
            changes.ended.append((call, Ending.INTERRUPTED))
        return changes

    def expire(self, now: float) -> Changes:
        """End the calls whose time is over: the game has not answered, or the call before lasts too long."""
        changes = Changes()
        for call in [call for calls in self._waiting.values() for call in calls if call.due <= now]:
            self._leave(call, now, changes)
            changes.ended.append((call, Ending.DROPPED))
        for call in [call for call in self._open.values() if call.due <= now]:
            self._leave(call, now, changes)
            changes.ended.append((call, Ending.TIMEOUT))
        return changes

    def _begin(self, call: Call, now: float, changes: Changes) -> None:
        call.due = now + call.timeout
        self._open[call.npc] = call
        changes.begun.append(call)

    def _leave(self, call: Call, now: float, changes: Changes) -> bool:
        """Remove a call, and begin the next of its NPC. Whether it was there."""
        waiting = self._waiting.get(call.npc, [])
        if call in waiting:
            waiting.remove(call)
            if not waiting:
                del self._waiting[call.npc]
            return True
        if self._open.get(call.npc) is not call:
            return False
        del self._open[call.npc]
        if waiting:
            following = waiting.pop(0)
            if not waiting:
                del self._waiting[call.npc]
            self._begin(following, now, changes)
        return True
