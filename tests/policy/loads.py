"""Seeded loads for the simulator: games at their frame rates, talk, work without a deadline, people who leave."""

import random
from dataclasses import dataclass
from pathlib import Path

from bridge.policy.simulator import LaneSpec, Simulator
from bridge.policy.work import NEVER, Continues, CostKey, Job, Rung, SecondLane

MS = 1e-3
RECORDED = Path(__file__).parent / "recorded"  # a demo game; two clients that ask for twice what the device can do


def _warm(cap: int, slices: int, base: float, row: float) -> dict[int, list[float]]:
    return {batch: [(base + row * batch) * MS / slices] * slices for batch in range(1, cap + 1)}


LANES = (
    LaneSpec("texture", 8, _warm(8, 4, 8.0, 0.5)),
    LaneSpec("small", 8, _warm(8, 2, 3.0, 0.2)),
    LaneSpec("blocks", 4, _warm(4, 1, 0.1, 0.2), holds=False),
    LaneSpec("tracker", 4, _warm(4, 1, 4.0, 0.4)),
    LaneSpec("talk", 4, _warm(4, 2, 4.0, 1.0), holds=False),
)
_FRAME = (
    Rung("texture", "texture", then=SecondLane("blocks")),
    Rung("small", "small", then=SecondLane("blocks")),
    Rung("repeat"),
)


@dataclass(frozen=True, slots=True)
class Load:
    """What arrives: jobs with the time they do, and who leaves when."""

    jobs: list[Job]
    leaves: list[tuple[float, Job]]

    def simulator(self, seed: int, depth: int = 1) -> Simulator:
        """A simulator with this load, slices that take longer or shorter, and replies of some tokens."""
        draw = random.Random(seed)
        warm = {lane.name: lane.warm for lane in LANES}
        left = {job.id: draw.randint(1, 12) for job in self.jobs if job.work == "talk"}

        def cost(key: CostKey) -> float:
            spike = 8.0 if draw.random() < 0.002 else 1.0
            return warm[key.lane][key.batch][key.slice] * max(0.3, draw.gauss(1.0, 0.06)) * spike

        def output(job: Job) -> object:
            if job.id in left and left[job.id] > 0:
                left[job.id] -= 1
                return Continues("token", "talk")
            return job.id

        simulator = Simulator(LANES, cost, output=output, depth=depth)
        for job in self.jobs:
            simulator.submit_at(job.arrival, job)
        for at, job in self.leaves:
            simulator.cancel_at(at, job)
        return simulator


def load(seed: int, seconds: float = 0.6) -> Load:
    """A load of its own for each seed, from nearly idle to twice what the device can do."""
    draw = random.Random(seed)
    jobs: list[Job] = []
    for client in range(draw.randint(1, 4)):
        _game(draw, f"game {client}", seconds, jobs)
    for index in range(draw.randint(0, 6)):
        arrival = draw.uniform(0, seconds)
        hurried = draw.random() < 0.7
        deadline = arrival + draw.uniform(0.05, 0.5) if hurried else NEVER
        rungs = (Rung("talk", "talk"),)
        jobs.append(Job(len(jobs), f"player {index}", "talk", arrival, rungs, deadline, soft=hurried, pace=0.1))
    leaves = [(job.arrival + draw.uniform(0, 0.05), job) for job in jobs if draw.random() < 0.03]
    return Load(sorted(jobs, key=lambda job: job.arrival), leaves)


def _game(draw: random.Random, client: str, seconds: float, jobs: list[Job]) -> None:
    rate, phase = draw.choice([30, 60, 72, 90]), draw.uniform(0, 0.02)
    avatars, cameras = draw.randint(0, 6), draw.randint(0, 2)
    budget, look = draw.uniform(0.012, 0.08), draw.uniform(0.006, 0.05)
    stall = (draw.uniform(0, seconds), draw.uniform(0, 0.2))
    for frame in range(int(seconds * rate)):
        at = phase + frame / rate + abs(draw.gauss(0, 0.0008))
        if stall[0] <= at < sum(stall):
            at = sum(stall) + draw.uniform(0, 0.002)
        for slot in range(avatars):
            arrival = at + draw.uniform(0, 0.0006)
            key = (client, slot)
            jobs.append(Job(len(jobs), client, "avatar", arrival, _FRAME, arrival + budget, supersede_key=key))
        for camera in range(cameras):
            arrival = at + draw.uniform(0, 0.0006)
            rungs, key = (Rung("tracker", "tracker"),), (client, "camera", camera)
            jobs.append(Job(len(jobs), client, "detect", arrival, rungs, arrival + look, supersede_key=key))
