"""Conversations on a virtual clock: what is said goes through admission, line and scheduler as it does in a server."""

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

from bridge.errors import Overloaded
from bridge.policy.replies import Ask, Replies
from bridge.policy.simulator import LaneSpec, Simulator
from bridge.policy.work import Continues, CostKey, Ending, Job, Outcome, Owner, Rung

MS = 1e-3
PROMPTS, STEPS = "dialogue.prefill", "dialogue.decode"
_SLICE = 4 * MS


def _slices(seconds: float) -> list[float]:
    count = max(1, round(seconds / _SLICE))
    return [seconds / count] * count


LANES = (  # as SmolLM2 takes on two shared cores
    LaneSpec(PROMPTS, 1, {1: _slices(130 * MS)}, holds=False),
    LaneSpec(STEPS, 8, {n: _slices((13 + 4.8 * n) * MS) for n in range(1, 9)}, holds=False),
    LaneSpec("frame", 4, {n: _slices((6 + 2 * n) * MS) for n in range(1, 5)}),
)


@dataclass(eq=False)
class Said:
    """One thing that a player says, and what became of it."""

    at: float
    owner: Owner
    chunks: int = 2
    tokens: int = 40
    pace: float = 0.2
    room: int = 200
    spoke: list[float] = field(default_factory=list)
    refused: float | None = None  # the seconds after which to ask again
    over: bool = False

    @property
    def first(self) -> float:
        """Seconds to the first token."""
        return self.spoke[0] - self.at

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for earlier, later in itertools.pairwise(self.spoke)]

    @property
    def falters(self) -> float:
        """Its longest gap, in its usual ones."""
        gaps = sorted(self.gaps)
        return gaps[-1] / gaps[len(gaps) // 2]


class Talk:
    """A server's conversations, without the server."""

    def __init__(self, seed: int = 1, noise: float = 0.05, room: int = 8 * 1024) -> None:
        draw = random.Random(seed)
        warm = {lane.name: lane.warm for lane in LANES}

        def cost(key: CostKey) -> float:
            return warm[key.lane][key.batch][key.slice] * max(0.5, draw.gauss(1.0, noise))

        self.simulator = Simulator(LANES, cost, output=self._output)
        self.simulator.on_outcome = self._heard
        self.replies = Replies()
        self.replies.room = room
        self.said: list[Said] = []
        self._by_job: dict[int, tuple[Said, Ask]] = {}
        self._runs: dict[int, int] = {}
        self._ids = itertools.count(1)

    def say(self, said: Said) -> Said:
        """Have it said at its time."""
        self.said.append(said)
        self.simulator.call_at(said.at, lambda: self._hear(said))
        return said

    def frame(self, at: float, slot: int, budget: float, client: str = "game") -> None:
        """A frame beside the talk."""
        rungs = (Rung("frame", "frame"),)
        job = Job(next(self._ids), client, "avatar", at, rungs, at + budget, supersede_key=slot)
        self.simulator.submit_at(at, job)

    def run(self, until: float) -> None:
        self.simulator.run(until)

    def _hear(self, said: Said) -> None:
        now = self.simulator.now
        ask = Ask(said.owner, lambda: self._begin(said, ask), said.at, said.at + 2.0, said.pace, said.chunks, said.room)
        try:
            self.replies.admit(ask, now, self.simulator.scheduler.forecast(PROMPTS, STEPS, now))
        except Overloaded as error:
            said.refused = error.retry_after
            return
        self.replies.advance(now)

    def _begin(self, said: Said, ask: Ask) -> None:
        rungs = (Rung(PROMPTS, PROMPTS),)
        number = next(self._ids)
        job = Job(number, said.owner.client, "dialogue", said.at, rungs, said.at + 2.0, soft=True, pace=said.pace)
        job.identity, job.owner = said.owner.identity, said.owner
        self._by_job[number] = said, ask
        self.simulator.submit_at(self.simulator.now, job)

    def _output(self, job: Job) -> Any:
        if job.id not in self._by_job:
            return job.id
        said, _ = self._by_job[job.id]
        runs = self._runs[job.id] = self._runs.get(job.id, 0) + 1
        if runs < said.chunks:
            return Continues(None, PROMPTS, prepares=True)
        return "done" if runs == said.chunks + said.tokens - 1 else Continues("token", STEPS)

    def _heard(self, outcome: Outcome) -> None:
        if outcome.job.id not in self._by_job:
            return
        said, ask = self._by_job[outcome.job.id]
        if outcome.value is not None:
            said.spoke.append(outcome.at)
            self.replies.spoke(ask, outcome.at)
        if outcome.ending is not Ending.PARTIAL:
            said.over = True
            self.replies.leave(ask, outcome.at)


def percentile(values: list[float], part: float) -> float:
    """The smallest value that so many are not above."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]
