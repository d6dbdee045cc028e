"""The life of a job in the scheduler: where it can be, and every move it can make.

A table and nothing else. Nothing runs by it; the tests hold each move of each job against it, and fail for one that is
not here as for one that is here and never made. `docs/draw_job_states.py` draws it in ARCHITECTURE.md.
"""

import enum
from typing import NamedTuple

from bridge.policy.work import Ending


class State(enum.StrEnum):
    """Where a job is that has not ended."""

    NEW = "new"  # handed to the scheduler, and on no rung yet
    WAITING = "waiting"  # in the queue of a lane
    RESTING = "resting"  # a reply whose next token would come too soon after the last
    IN_FLIGHT = "in_flight"  # under way on the device, perhaps suspended
    SECOND_LANE = "second_lane"  # in the queue of its second lane: the first has made what that goes on with


class Move(NamedTuple):
    """From a state to another, or to an end. `why` is a label of the diagram: without a colon or a semicolon."""

    source: State
    target: State | Ending
    why: str


_WITHDRAWN = "its client withdraws it"
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
    Move(State.WAITING, Ending.SUPERSEDED, "a newer job of its slot comes"),
    Move(State.WAITING, Ending.CANCELLED, _WITHDRAWN),
    Move(State.WAITING, Ending.FAILED, _STOPPED),
    Move(State.RESTING, State.WAITING, "rested long enough"),
    Move(State.RESTING, Ending.CANCELLED, _WITHDRAWN),
    Move(State.RESTING, Ending.FAILED, _STOPPED),
    Move(State.IN_FLIGHT, Ending.ANSWERED, "on time, or soft, or a rung without a lane in place of a miss"),
    Move(State.IN_FLIGHT, Ending.MISSED, "late, or would be"),
    Move(State.IN_FLIGHT, State.SECOND_LANE, "its first lane is through"),
    Move(State.IN_FLIGHT, State.WAITING, "goes on, or is tried once more as its flight failed"),
    Move(State.IN_FLIGHT, State.RESTING, "goes on, but not so soon"),
    Move(State.IN_FLIGHT, Ending.SUPERSEDED, "its flight failed, and a newer job waits"),
    Move(State.IN_FLIGHT, Ending.FAILED, "its row fails, or its flight fails again"),
    Move(State.IN_FLIGHT, Ending.CANCELLED, _WITHDRAWN),
    Move(State.IN_FLIGHT, Ending.FAILED, _STOPPED),
    Move(State.SECOND_LANE, State.IN_FLIGHT, "a batch departs"),
    Move(State.SECOND_LANE, State.SECOND_LANE, "down a rung that begins with the same lane"),
    Move(State.SECOND_LANE, State.WAITING, "down a rung that begins with another lane"),
    Move(State.SECOND_LANE, Ending.ANSWERED, "down to a rung without a lane"),
    Move(State.SECOND_LANE, Ending.REFUSED, "no rung can be on time any more"),
    Move(State.SECOND_LANE, Ending.SUPERSEDED, "it would begin anew, and a newer job waits"),
    Move(State.SECOND_LANE, Ending.CANCELLED, _WITHDRAWN),
    Move(State.SECOND_LANE, Ending.FAILED, _STOPPED),
)
