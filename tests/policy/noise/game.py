"""The demo's game on a virtual device that loses its core now and then: frames, recognition, two conversations."""

import math
import random
from dataclasses import dataclass, field

from bridge.policy.simulator import LaneSpec, Simulator
from bridge.policy.work import CostKey, Ending, Job, Outcome, Owner, Rung
from tests.policy.talk import PROMPTS, STEPS, Said, Talk

MS = 1e-3
_SLICE = 3.5 * MS


@dataclass(frozen=True, slots=True)
class Noise:
    """Interruptions: how many per second of running, and the seconds that each takes, evenly distributed."""

    rate: float = 0.0
    shortest: float = 7 * MS
    longest: float = 10 * MS
    until: float = math.inf


def _slices(seconds: float) -> list[float]:
    count = max(1, round(seconds / _SLICE))
    return [seconds / count] * count


def lanes(slower: float = 1.0) -> tuple[LaneSpec, ...]:
    """The demo's lanes as one core without bf16 runs them, or one `slower` times as slow."""
    millis = {
        ("avatar.64", True): [3.7, 5.7, 7.5, 9.3],
        ("avatar.32", True): [2.3, 3.1, 3.9, 4.6],
        ("classifier", True): [18.0, 24.5],
        ("detector.416", True): [45.7],
        ("detector.320", True): [28.4],
        (PROMPTS, False): [210.0],
        (STEPS, False): [35.8, 47.4, 58.1, 74.7],
    }
    return tuple(
        LaneSpec(name, len(took), {n: _slices(slower * t * MS) for n, t in enumerate(took, 1)}, holds=holds)
        for (name, holds), took in millis.items()
    )


@dataclass(slots=True)
class Seen:
    """What became of one kind of work."""

    sent: int = 0
    best: int = 0
    cheaper: int = 0
    repeated: int = 0  # answered without the device
    refused: int = 0
    late: int = 0  # admitted, and late

    @property
    def in_time(self) -> float:
        """Share of those that were sent."""
        return (self.best + self.cheaper) / max(1, self.sent)

    @property
    def late_share(self) -> float:
        """Share of those that were sent."""
        return self.late / max(1, self.sent)


@dataclass(eq=False)
class NoisyGame:
    """One run. `avatars` at 30 frames a second, `cameras` at 3 and 2 pictures, and as many conversations as `talks`."""

    noise: Noise = field(default_factory=Noise)
    slower: float = 1.0
    avatars: int = 1
    cameras: float = 1.0
    talks: int = 2
    seconds: float = 30.0
    seed: int = 1
    seen: dict[str, Seen] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)
        specs = lanes(self.slower)
        self._warm = {lane.name: lane.warm for lane in specs}
        self._talk = Talk(seed=self.seed)
        self._talk.simulator = self.simulator = Simulator(specs, self._cost, output=self._talk._output)
        self.simulator.on_outcome = self._heard
        self._number = 1_000_000

    def run(self) -> "NoisyGame":
        """Play it."""
        for avatar in range(self.avatars):
            self._frames(f"avatar {avatar}", "avatar", 30, 50 * MS, ("avatar.64", "avatar.32"), repeats=False)
        if self.cameras:
            self._frames("classify", "classify", 3 * self.cameras, 58 * MS, ("classifier",), repeats=False)
            self._frames(
                "detect", "detect", 2 * self.cameras, 138 * MS, ("detector.416", "detector.320"), repeats=False
            )
        for index in range(self.talks):
            self._converse(Owner("game", "game"), 0.3 + 1.7 * index)
        self.simulator.run(self.seconds + 5)
        return self

    def _cost(self, key: CostKey) -> float:
        took = self._warm[key.lane][key.batch][key.slice] * max(0.8, self._draw.gauss(1.0, 0.03))
        if self.simulator.now < self.noise.until:
            for _ in range(_poisson(self._draw, self.noise.rate * took)):
                took += self._draw.uniform(self.noise.shortest, self.noise.longest)
        return took

    def _frames(
        self, slot: str, work: str, rate: float, budget: float, names: tuple[str, ...], *, repeats: bool
    ) -> None:
        rungs = tuple(Rung(name, name) for name in names) + ((Rung("repeat"),) if repeats else ())
        phase = self._draw.uniform(0, 1 / rate)
        for index in range(int(self.seconds * rate)):
            at = phase + index / rate + self._draw.uniform(0, 2 * MS)
            self._number += 1
            self.seen.setdefault(work, Seen()).sent += 1
            job = Job(self._number, "game", work, at, rungs, at + budget, supersede_key=slot)
            self.simulator.submit_at(at, job)

    def _converse(self, owner: Owner, at: float) -> None:
        """A line after another, each once the one before has been answered; a refused one again when it was told."""

        def say(when: float) -> None:
            if when > self.seconds:
                return
            said = Said(when, owner, chunks=1, tokens=self._draw.randint(15, 30))
            self.said.append(said)
            self._talk.say(said)
            self.simulator.call_at(when + 0.01, lambda: after(said))

        def after(said: Said) -> None:
            now = self.simulator.now
            if said.refused is not None:
                say(now + said.refused)
            elif said.over:
                say(now + 0.3)
            else:
                self.simulator.call_at(now + 0.05, lambda: after(said))

        self.simulator.call_at(at, lambda: say(self.simulator.now))

    def _heard(self, outcome: Outcome) -> None:
        self._talk._heard(outcome)
        job = outcome.job
        if job.work == "dialogue" or outcome.ending is Ending.PARTIAL:
            return
        seen = self.seen[job.work]
        if outcome.ending is Ending.ANSWERED:
            if job.rungs[job.rung].lane is None:
                seen.repeated += 1
            elif job.rung:
                seen.cheaper += 1
            else:
                seen.best += 1
        elif outcome.ending is Ending.REFUSED:
            seen.refused += 1
        elif outcome.ending is Ending.MISSED:
            seen.late += 1

    @property
    def firsts(self) -> list[float]:
        """Seconds to the first token of what was admitted; infinite if it never came."""
        return [said.first if said.spoke else math.inf for said in self.said if said.refused is None]

    def tokens_per_second(self) -> float:
        """Of a reply, after its first token; the mean over replies."""
        rates = [len(said.gaps) / sum(said.gaps) for said in self.said if len(said.gaps) > 3]
        return sum(rates) / len(rates) if rates else 0.0


def _poisson(draw: random.Random, mean: float) -> int:
    count, product = 0, draw.random()
    least = math.exp(-mean)
    while product > least:
        count, product = count + 1, product * draw.random()
    return count
