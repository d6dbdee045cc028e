"""An engine on a real device thread with small models."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Self

import torch

from bridge.config import Config
from bridge.device.catalog import Entry, ModelSpec, RungSpec
from bridge.device.engine import Engine
from bridge.device.host import Host
from bridge.device.roster import Roster, Standing
from bridge.device.trace import Recorder
from bridge.policy.learned.latency import Latency
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import Ending, Job, Outcome, Rung
from tests.device.programs import Doubler

EVERY_STAGE = 1e-9  # seconds of a slice: so few that each stage is one


def spec(name: str, load: Callable[..., Any], *lanes: str) -> Entry:
    """A model of one test's own."""
    rungs = tuple(RungSpec(lane, lane) for lane in lanes)
    return Entry("avatar", 1, ModelSpec(name, load, rungs, makes_textures=True))


class Rig:
    """An engine with small models, and a way to ask it things."""

    def __init__(
        self, *programs: Doubler, hang: float = 10.0, recorder: Recorder | None = None, memory: int | None = None
    ) -> None:
        self.host = Host(torch.device("cpu"), slice_target=EVERY_STAGE, memory_limit_bytes=memory)
        self.engine = Engine(self.host, Scheduler(Latency()), hang=hang, recorder=recorder)
        self.roster = Roster(self.host, self.engine, Config(), {}, recorder)
        entries = [spec(p.name, lambda device, p=p: p, f"{p.name}.run") for p in programs]
        self.roster.standings = {entry.name: Standing(entry) for entry in entries}

    async def __aenter__(self) -> Self:
        self.engine.start()
        await self.roster.open()
        for name in self.roster.standings:
            await self.roster.load(name)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.engine.stop()

    def job(self, row: object, lane: str = "doubler.run", budget: float = 5.0, **options: object) -> Job:
        now = time.perf_counter()
        options.setdefault("client", "a")
        return Job(
            id=self.engine.next_id(),
            work="test",
            arrival=now,
            deadline=now + budget,
            rungs=(Rung(lane, lane, row),),
            **options,
        )

    async def ask(self, job: Job) -> list[Outcome]:
        """All outcomes of a job, the final one last."""
        heard: list[Outcome] = []
        done = asyncio.get_running_loop().create_future()

        def listen(outcome: Outcome) -> None:
            heard.append(outcome)
            if outcome.ending is not Ending.PARTIAL:
                done.set_result(heard)

        self.engine.submit(job, listen)
        return await asyncio.wait_for(done, 20)


async def until(holds, tries: int = 5000) -> None:
    """Let the loop turn until something holds; fails after many turns."""
    for _ in range(tries):
        if holds():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never held")
