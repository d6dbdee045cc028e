"""An event loop on the virtual clock: it delivers a device's answers one after the other, and what it takes is learned.

The answers of a flight are packed one by one and leave as one message, once the last is packed.
"""

import itertools
import random
from dataclasses import dataclass, field
from functools import partial

from bridge.policy.simulator import History, LaneSpec, Simulator
from bridge.policy.work import Ending, Job, Outcome, Rung
from bridge.streams.delivery_time import DeliveryTime

MS = 1e-3
FRAME = 1 / 60
_WARM_UP = 1.0
_WAKE = 0.4 * MS  # to the event loop


@dataclass(eq=False)
class Loop:
    """A game asks for `answers` at each of 60 frames a second, all at once, from a device with one lane of eight rows.

    `flight` gives the milliseconds of a flight by rows, `each` is what an answer costs the loop, in seconds. Unless
    `knows`, the policy is told of one delivery time for all, as if each answer left alone.
    """

    answers: int
    budget: float
    flight: tuple[float, float]  # of any, and more for each row
    each: float
    knows: bool = True
    seconds: float = 5.0
    learned: DeliveryTime = field(default_factory=DeliveryTime)
    jobs: list[Job] = field(default_factory=list)
    left: dict[int, float] = field(default_factory=dict)  # number of a job -> when its answer left
    _free: float = 0.0  # when the loop is
    _turn: tuple[float, list[int]] = field(default_factory=lambda: (-1.0, []))  # what the device told last, and when

    def play(self) -> History:
        """Run the game. Slices and wake-ups take longer or shorter by a few per cent."""
        draw = random.Random(1)
        base, row = self.flight
        warm = {rows: [(base + row * rows) * MS / 2] * 2 for rows in range(1, 9)}
        simulator = self._simulator = Simulator(
            (LaneSpec("best", 8, warm),), lambda key: warm[key.batch][key.slice] * max(0.5, draw.gauss(1.0, 0.03))
        )
        simulator.on_outcome = self._heard
        self._wakes = itertools.cycle([_WAKE * max(0.5, draw.gauss(1.0, 0.1)) for _ in range(1000)])
        for frame in range(int(self.seconds / FRAME)):
            at = frame * FRAME + abs(draw.gauss(0, 0.3 * MS))
            simulator.call_at(at, partial(self._ask, at))
        return simulator.run()

    def _ask(self, at: float) -> None:
        for _ in range(self.answers):
            deadline = at + self.budget - self.learned.seconds
            each = self.learned.each if self.knows else 0.0
            number = len(self.jobs)
            rungs = (Rung("best", "best"), Rung("repeat"))
            job = Job(number, "game", "avatar", at, rungs, deadline, submitted=at, delivery_each=each)
            self.jobs.append(job)
            self._simulator.scheduler.submit(job, at)

    def _heard(self, outcome: Outcome) -> None:
        if outcome.ending is not Ending.ANSWERED:
            return
        if outcome.at != self._turn[0]:
            self._turn = outcome.at, []
            self._free = max(self._free, outcome.at + next(self._wakes))
        self._free += self.each
        numbers = self._turn[1]
        numbers.append(outcome.job.id)
        for number in numbers:
            self.left[number] = self._free
        took, position = self._free - outcome.at, len(numbers) if self.knows else 1
        self._simulator.call_at(self._free, partial(self.learned.observe, took, position))

    def share(self, *, from_device: bool = False) -> float:
        """The share of the jobs whose answer left within the budget; or of those that came from the device."""
        jobs = [job for job in self.jobs if job.arrival > _WARM_UP]
        good = [job for job in jobs if self.left.get(job.id, job.arrival + 9.0) <= job.arrival + self.budget]
        return sum(job.rung == 0 or not from_device for job in good) / len(jobs)
