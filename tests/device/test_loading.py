"""Models load and unload beside others, and within the memory they may hold."""

import asyncio
import logging

import pytest

from bridge.device.roster import ModelState, Standing
from bridge.errors import ModelFailed, ModelNotReady, UnknownModel
from bridge.policy.work import Cause, Ending
from tests.device.programs import Doubler
from tests.device.rig import Rig, spec, until


@pytest.mark.parametrize(
    ("state", "retry_after", "said"),
    [
        (ModelState.LOADING, 1.0, r"is still loading \(warming up\); it comes by itself"),
        (ModelState.FAILED, None, r"could not be loaded \(no weights\); mend that"),
        (ModelState.UNLOADING, None, "is being unloaded"),
    ],
)
def test_a_model_that_is_not_ready_says_where_it_stands(state: ModelState, retry_after: float | None, said: str):
    async def main() -> None:
        async with Rig(Doubler("comes")) as rig:
            standing = rig.roster.standing("comes")
            before = standing.state
            standing.state, standing.progress = state, "warming up"
            standing.detail = "no weights\nTraceback, and much more of it"
            with pytest.raises(ModelNotReady, match=said) as refused:
                rig.roster.program("comes")
            assert "Traceback" not in str(refused.value)
            assert refused.value.retry_after == retry_after
            standing.state = before

    asyncio.run(main())


def test_models_that_are_expected_wait_for_their_turn():
    async def main() -> None:
        stays, comes = Doubler("stays"), Doubler("comes")
        async with Rig(stays, comes) as rig:
            roster = rig.roster
            await roster.unload("comes")
            seen = roster.revision
            changed = asyncio.create_task(roster.changed(seen))
            roster.expect(["stays", "comes"])
            await changed
            assert roster.program("stays") is stays
            with pytest.raises(ModelNotReady, match="waiting for its turn") as refused:
                roster.program("comes")
            assert refused.value.retry_after is not None
            roster.forgo(["stays", "comes"])
            with pytest.raises(ModelNotReady, match="'comes' is not loaded") as refused:
                roster.program("comes")
            assert refused.value.retry_after is None
            unloading, loading = (asyncio.create_task(change("stays")) for change in (roster.unload, roster.load))
            await asyncio.gather(unloading, loading)  # the one that came later waits for the other, and wins
            assert roster.standing("stays").state is ModelState.READY

    asyncio.run(main())


def test_models_load_and_unload_while_others_serve():
    async def main() -> None:
        stays, comes = Doubler("stays"), Doubler("comes")
        async with Rig(stays, comes) as rig:
            await rig.roster.unload("comes")
            assert rig.roster.standing("comes").state is ModelState.UNLOADED
            with pytest.raises(UnknownModel, match="'comes' is not loaded; load it"):
                rig.roster.program("comes")
            heard = await rig.ask(rig.job(1, "comes.run"))
            assert (heard[-1].ending, heard[-1].cause) == (Ending.REFUSED, Cause.NO_LANE)
            serving = [rig.ask(rig.job(i, "stays.run")) for i in range(50)]
            loaded, *answers = await asyncio.gather(rig.roster.load("comes"), *serving)
            assert loaded.state is ModelState.READY
            assert [heard[-1].value for heard in answers] == [2.0 * i for i in range(50)]
            assert (await rig.ask(rig.job(1, "comes.run")))[-1].value == 2.0

    asyncio.run(main())


def test_unloading_waits_for_what_runs():
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            doubler.gate.clear()
            task = asyncio.create_task(rig.ask(rig.job("hang")))
            await until(lambda: rig.engine.open_jobs == 1)
            unload = asyncio.create_task(rig.roster.unload("doubler"))
            await until(lambda: rig.roster.standing("doubler").state is ModelState.UNLOADING)
            doubler.gate.set()
            assert (await task)[-1].ending is Ending.ANSWERED
            await unload
            assert doubler.closed >= 100

    asyncio.run(main())


def test_a_model_that_cannot_be_loaded_says_why(caplog):
    def fail(device):
        raise FileNotFoundError("weights are missing; run `framebridge models fetch`")

    async def main() -> None:
        async with Rig() as rig:
            rig.roster.standings["broken"] = Standing(spec("broken", fail))
            with pytest.raises(ModelFailed, match="models fetch"):
                await rig.roster.load("broken")
            assert rig.roster.standing("broken").state is ModelState.FAILED

    with caplog.at_level(logging.CRITICAL, logger="framebridge.roster"):
        asyncio.run(main())


def test_models_stay_within_the_memory_they_may_hold():
    async def main() -> None:
        first, second = Doubler("first"), Doubler("second")
        first.resident_bytes, second.resident_bytes = 300 << 20, 250 << 20
        rig = Rig(first, second, memory=512 << 20)
        with pytest.raises(ModelFailed, match="holds 250 MiB, and 300 MiB of 512 MiB are in use; unload another"):
            async with rig:
                pass
        assert rig.roster.standing("second").state is ModelState.FAILED
        await rig.roster.unload("first")
        await rig.roster.load("second")
        assert rig.roster.standing("second").state is ModelState.READY
        await rig.engine.stop()

    asyncio.run(main())
