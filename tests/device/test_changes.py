"""Loads and unloads belong to the server: whoever asked for one may go, and nothing is left half done."""

import asyncio
import threading

import pytest
import torch

from bridge.device.roster import ModelState, Standing
from bridge.errors import EngineFailed, ModelFailed
from bridge.policy.work import Ending
from tests.device.programs import Doubler
from tests.device.rig import Rig, spec, until


class Slow:
    """A model whose reading waits for a gate, and a rig that knows it."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.program = Doubler("slow")
        self.loads = 0

    def load(self, device: object) -> Doubler:
        self.loads += 1
        assert self.gate.wait(20)
        return self.program

    def enter(self, rig: Rig) -> None:
        rig.roster.standings["slow"] = Standing(spec("slow", self.load, "slow.run"))


async def given_up(call) -> None:
    """Ask for something and go away."""
    task = asyncio.create_task(call)
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_load_goes_on_without_its_caller():
    async def main() -> None:
        slow = Slow()
        async with Rig(Doubler()) as rig:
            slow.enter(rig)
            await given_up(rig.roster.load("slow"))
            assert rig.roster.standing("slow").state is ModelState.LOADING
            again = asyncio.create_task(rig.roster.load("slow"))
            slow.gate.set()
            assert (await again).state is ModelState.READY
            assert slow.loads == 1, "the second call waits for the first one's load"
            assert (await rig.ask(rig.job(4, "slow.run")))[-1].value == 8.0

    asyncio.run(main())


def test_an_unload_goes_on_without_its_caller_and_finishes_what_flies():
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            doubler.gate.clear()
            flying = asyncio.create_task(rig.ask(rig.job("hang")))
            await until(lambda: rig.engine.open_jobs == 1 and doubler.batches[-1] == 1)
            await given_up(rig.roster.unload("doubler"))
            assert rig.roster.standing("doubler").state is ModelState.UNLOADING
            loading = asyncio.create_task(rig.roster.load("doubler"))
            await asyncio.sleep(0.01)
            assert not loading.done(), "over lanes that still fly nothing is loaded"
            doubler.gate.set()
            assert (await flying)[-1].ending is Ending.ANSWERED
            assert (await loading).state is ModelState.READY
            assert (await rig.ask(rig.job(3)))[-1].value == 6.0
            await rig.roster.unload("doubler")
            assert rig.roster.standing("doubler").state is ModelState.UNLOADED

    asyncio.run(main())


def test_what_cannot_be_started_is_freed():
    class Broken(Doubler):
        def sample(self, lane, batch):
            raise RuntimeError("no sample")

    async def main() -> None:
        broken = Broken("broken")
        async with Rig(Doubler()) as rig:
            entry = spec("broken", lambda device: broken, "broken.run")
            rig.roster.standings["broken"] = Standing(entry)
            with pytest.raises(ModelFailed, match="could not be loaded"):
                await rig.roster.load("broken")
            assert broken.closed >= 100, "closed once"
            assert rig.roster.standing("broken").state is ModelState.FAILED
            await rig.roster.unload("broken")
            assert rig.roster.standing("broken").state is ModelState.UNLOADED

    asyncio.run(main())


def test_a_lane_is_opened_once():
    async def main() -> None:
        async with Rig(Doubler()) as rig:
            with pytest.raises(AssertionError, match=r"doubler\.run is already"):
                await rig.engine.call(lambda scheduler: scheduler.add_lane("doubler.run", 1))

    asyncio.run(main())


def test_calls_to_a_device_thread_that_has_ended_fail():
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    async def main() -> None:
        async with Rig(Doubler()) as rig:
            rig.engine._scheduler.step = broken
            with pytest.raises(EngineFailed):
                await call_for_ever(rig)
            with pytest.raises(EngineFailed):
                await rig.engine.call(lambda scheduler: None)

    asyncio.run(main())


async def call_for_ever(rig: Rig) -> None:
    while True:
        await rig.engine.call(lambda scheduler: None)


def test_where_the_processor_s_memory_runs_out_batches_get_smaller():
    """torch says so by a plain RuntimeError there."""

    class Greedy(Doubler):
        def _obey(self, inputs, stage):
            if len(inputs) > 1 and stage == 1 and "greedy" in inputs:
                torch.empty(1 << 50)

    async def main() -> None:
        greedy = Greedy()
        async with Rig(greedy) as rig:
            greedy.gate.clear()
            jobs = [rig.job("greedy") for _ in range(4)]
            answers = await asyncio.gather(*map(rig.ask, jobs))
            assert [each[-1].ending for each in answers] == [Ending.ANSWERED] * 4
            assert {each[-1].value for each in answers} == {"greedy"}

    asyncio.run(main())
