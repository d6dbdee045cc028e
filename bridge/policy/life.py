"""The life of a job in the scheduler: its states, and every move between them.

A table that costs nothing at run time: tests compare each move of each job with it, and fail for a move that is not
listed and for one that is never made. `docs/draw_job_states.py` draws it in ARCHITECTURE.md.
"""

import enum
from typing import NamedTuple

from bridge.policy.work import Ending


class State(enum.StrEnum):
    """Of a job that has not ended."""

    NEW = "new"  # submitted, on no rung yet
    WAITING = "waiting"  # in the queue of its first or only lane
    PAUSED = "paused"  # a reply whose next token would come too early
    IN_FLIGHT = "in_flight"  # on the device, running or suspended
    SECOND_LANE = "second_lane"  # in the queue of its second lane: the first lane is done


class Move(NamedTuple):
    """From a state to another, or to an end. `why` is a label of the diagram: without a colon or a semicolon."""

    source: State
    target: State | Ending
    why: str


_WITHDRAWN = "its client cancels it"
_STOPPED = "the device is lost, or the server stops"

LIFE: tuple[Move, ...] = (
    Move(State.NEW, State.WAITING, "the best rung that can be on time"),
    Move(State.NEW, Ending.ANSWERED, "a rung without a lane is left"),
    Move(State.NEW, Ending.REFUSED, "too many are open, or no rung can be on time"),
    Move(State.NEW, Ending.FAILED, "it has no rungs"),
    Move(State.WAITING, State.IN_FLIGHT, "a batch departs"),
    Move(State.WAITING, State.WAITING, "down a rung, where it can still be on time"),
    Move(State.WAITING, Ending.ANSWERED, "down to a rung without a lane"),
    Move(State.WAITING, Ending.REFUSED, "no rung can be on time any more"),
    Move(State.WAITING, Ending.SUPERSEDED, "a newer job of its slot arrives"),
    Move(State.WAITING, Ending.CANCELLED, _WITHDRAWN),
    Move(State.WAITING, Ending.FAILED, _STOPPED),
    Move(State.PAUSED, State.WAITING, "paused for long enough"),
    Move(State.PAUSED, Ending.CANCELLED, _WITHDRAWN),
    Move(State.PAUSED, Ending.FAILED, _STOPPED),
    Move(State.IN_FLIGHT, Ending.ANSWERED, "on time, or soft, or a rung without a lane in place of a miss"),
    Move(State.IN_FLIGHT, Ending.MISSED, "late, or would be"),
    Move(State.IN_FLIGHT, State.SECOND_LANE, "its first lane is done"),
    Move(State.IN_FLIGHT, State.WAITING, "it continues, or is retried alone after its flight failed"),
    Move(State.IN_FLIGHT, State.PAUSED, "it continues, but not yet"),
    Move(State.IN_FLIGHT, Ending.SUPERSEDED, "its flight failed, and a newer job waits"),
    Move(State.IN_FLIGHT, Ending.FAILED, "its row fails, or its flight fails again"),
    Move(State.IN_FLIGHT, Ending.CANCELLED, _WITHDRAWN),
    Move(State.IN_FLIGHT, Ending.FAILED, _STOPPED),
    Move(State.SECOND_LANE, State.IN_FLIGHT, "a batch departs"),
    Move(State.SECOND_LANE, State.SECOND_LANE, "down a rung that begins with the same lane"),
    Move(State.SECOND_LANE, State.WAITING, "down a rung that begins with another lane"),
    Move(State.SECOND_LANE, Ending.ANSWERED, "down to a rung without a lane"),
    Move(State.SECOND_LANE, Ending.REFUSED, "no rung can be on time any more"),
    Move(State.SECOND_LANE, Ending.SUPERSEDED, "it would start over, and a newer job waits"),
    Move(State.SECOND_LANE, Ending.CANCELLED, _WITHDRAWN),
    Move(State.SECOND_LANE, Ending.FAILED, _STOPPED),
)
