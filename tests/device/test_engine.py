"""The driver on a real device thread: delivery, suspension, faults, hangs, load and unload, stop."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any, Self

import pytest
import torch

from bridge.config import Config
from bridge.device.calibration import Calibration, cut
from bridge.device.catalog import Entry, ModelSpec, RungSpec
from bridge.device.engine import Engine
from bridge.device.host import PROBE, Host
from bridge.device.recording import replay
from bridge.device.roster import ModelState, Roster, Standing
from bridge.device.trace import Recorder
from bridge.errors import ModelFailed, ModelNotReady, UnknownModel
from bridge.policy.learned.latency import Latency
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import Cause, Ending, Job, Outcome, Rung
from tests.device.programs import Doubler

PAYLOAD = 987654321012345.0
EVERY_STAGE = 1e-9  # seconds of a slice: so few that each stage is one


@pytest.fixture(autouse=True)
def _any_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of any size, although each of their stages is longer than a slice shall be."""
    monkeypatch.setattr("bridge.device.calibration._STRETCH", float("inf"))


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


def test_an_answer_comes_back():
    async def main() -> None:
        async with Rig(Doubler()) as rig:
            (outcome,) = await rig.ask(rig.job(21))
            assert (outcome.ending, outcome.value) == (Ending.ANSWERED, 42.0)
            account = outcome.job.account
            assert (account.batch, account.slices) == (1, 4)
            assert rig.engine.open_jobs == 0

    asyncio.run(main())


def test_the_device_thread_runs_in_inference_mode():
    class Watcher(Doubler):
        def _output(self, row):
            return torch.is_inference_mode_enabled()

    async def main() -> None:
        async with Rig(Watcher()) as rig:
            (outcome,) = await rig.ask(rig.job(1))
            assert outcome.value is True
            assert not torch.is_inference_mode_enabled()

    asyncio.run(main())


def test_what_arrives_together_shares_a_flight():
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            doubler.gate.clear()
            blocker = asyncio.create_task(rig.ask(rig.job("hang")))
            await _until(lambda: doubler.batches[-1] == 1 and rig.engine.open_jobs == 1)
            rest = [asyncio.create_task(rig.ask(rig.job(i))) for i in range(4)]
            await _until(lambda: rig.engine.open_jobs == 5)
            doubler.gate.set()
            answers = [(await task)[-1] for task in rest]
            assert [answer.value for answer in answers] == [0.0, 2.0, 4.0, 6.0]
            assert {answer.job.account.batch for answer in answers} == {4}
            await blocker

    asyncio.run(main())


def test_a_suspended_flight_lets_urgent_work_pass():
    async def main() -> None:
        slow, quick = Doubler("slow", stages=6), Doubler("quick", stages=1)
        async with Rig(slow, quick) as rig:
            slow.gate.clear()
            long = asyncio.create_task(rig.ask(rig.job("hang", "slow.run", budget=20)))
            await _until(lambda: rig.engine.open_jobs == 1)
            urgent = asyncio.create_task(rig.ask(rig.job(5, "quick.run", budget=10)))
            await _until(lambda: rig.engine.open_jobs == 2)
            slow.gate.set()
            assert (await urgent)[-1].at < (await long)[-1].at

    asyncio.run(main())


def test_a_job_that_goes_on_is_delivered_part_by_part():
    async def main() -> None:
        async with Rig(Doubler()) as rig:
            heard = await rig.ask(rig.job([4], soft=True))
            assert [outcome.value for outcome in heard] == [3, 2, 1, "done"]
            assert [outcome.ending for outcome in heard] == [Ending.PARTIAL] * 3 + [Ending.ANSWERED]

    asyncio.run(main())


def test_a_cancelled_job_leaves_at_the_next_boundary():
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            doubler.gate.clear()
            job = rig.job("hang")
            task = asyncio.create_task(rig.ask(job))
            await _until(lambda: rig.engine.open_jobs == 1)
            rig.engine.cancel(job)
            closed, steps = doubler.closed, doubler.steps
            doubler.gate.set()
            assert (await task)[-1].ending is Ending.CANCELLED
            await rig.engine.call(lambda scheduler: None)
            assert doubler.closed == closed + 1
            assert doubler.steps <= steps + 2

    asyncio.run(main())


def test_a_fault_stays_in_its_flight(caplog):
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            bad = rig.ask(rig.job("raise"))
            good = rig.ask(rig.job(3))
            failed, answered = [heard[-1] for heard in await asyncio.gather(bad, good)]
            assert (failed.ending, failed.cause) == (Ending.FAILED, Cause.FAULT)
            assert isinstance(failed.value, RuntimeError)
            assert answered.value == 6.0
            assert (await rig.ask(rig.job(4)))[-1].value == 8.0

    with caplog.at_level(logging.CRITICAL, logger="framebridge.engine"):
        asyncio.run(main())


def test_a_row_that_is_not_finite_fails_alone():
    async def main() -> None:
        async with Rig(Doubler()) as rig:
            heard = await asyncio.gather(rig.ask(rig.job("nan")), rig.ask(rig.job(3)))
            assert heard[0][-1].ending is Ending.FAILED
            assert heard[1][-1].value == 6.0

    asyncio.run(main())


def test_running_out_of_memory_makes_batches_smaller():
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            doubler.gate.clear()
            blocker = asyncio.create_task(rig.ask(rig.job("hang")))
            await _until(lambda: rig.engine.open_jobs == 1)
            rows = ["memory", 1, 2, 3]
            rest = [asyncio.create_task(rig.ask(rig.job(row))) for row in rows]
            await _until(lambda: rig.engine.open_jobs == 5)
            doubler.gate.set()
            assert [(await task)[-1].ending for task in rest] == [Ending.ANSWERED] * 4
            assert await rig.engine.call(lambda scheduler: scheduler.lanes["doubler.run"].cap) < 4
            await blocker

    asyncio.run(main())


def test_a_hang_fails_what_is_open_and_the_device_comes_back():
    async def main() -> None:
        doubler = Doubler()
        seen: list[bool] = []
        async with Rig(doubler, hang=0.2) as rig:
            rig.engine.on_lost = seen.append
            doubler.gate.clear()
            hung = await rig.ask(rig.job("hang"))
            assert (hung[-1].ending, hung[-1].cause) == (Ending.FAILED, Cause.DEVICE_LOST)
            assert seen == [True]
            refused = await rig.ask(rig.job(1))
            assert refused[-1].cause is Cause.DEVICE_LOST
            doubler.gate.set()
            await _until(lambda: not rig.engine.lost)
            assert seen == [True, False]
            assert (await rig.ask(rig.job(2)))[-1].value == 4.0

    asyncio.run(main())


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
            await _until(lambda: rig.engine.open_jobs == 1)
            unload = asyncio.create_task(rig.roster.unload("doubler"))
            await _until(lambda: rig.roster.standing("doubler").state is ModelState.UNLOADING)
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


def test_stopping_ends_what_is_open():
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            doubler.gate.clear()
            task = asyncio.create_task(rig.ask(rig.job("hang")))
            await _until(lambda: rig.engine.open_jobs == 1)
            stopping = asyncio.create_task(rig.engine.stop())
            assert (await task)[-1].cause is Cause.STOPPING
            doubler.gate.set()
            await stopping

    asyncio.run(main())


def test_a_trace_holds_no_payload_and_can_be_replayed(tmp_path):
    path = tmp_path / "trace.jsonl"

    async def main() -> None:
        recorder = Recorder(path, time.perf_counter())
        async with Rig(Doubler(), recorder=recorder) as rig:
            for i in range(20):
                await rig.ask(rig.job(PAYLOAD + i, supersede_key=("stream", i), client="secret-client"))
            await rig.ask(rig.job([3], soft=True))

    asyncio.run(main())
    text = path.read_text()
    assert str(PAYLOAD)[:12] not in text
    assert "secret-client" not in text
    events = [json.loads(line)["event"] for line in text.splitlines()]
    assert {"trace", "lane", "arrival", "slice", "outcome"} <= set(events)
    history = replay(path)
    recorded = [json.loads(line) for line in text.splitlines() if '"outcome"' in line]
    assert len(history.outcomes) == len(recorded)
    assert history.endings()[Ending.ANSWERED] == sum(record["ending"] == "answered" for record in recorded)


def test_a_full_trace_ends_the_recording_alone(tmp_path):
    path = tmp_path / "trace.jsonl"

    async def main() -> None:
        recorder = Recorder(path, time.perf_counter(), limit_bytes=2000)
        async with Rig(Doubler(), recorder=recorder) as rig:
            for i in range(30):
                assert (await rig.ask(rig.job(i)))[-1].value == 2.0 * i

    asyncio.run(main())
    assert path.stat().st_size <= 2000


def test_the_probe_runs_one_slice():
    async def main() -> None:
        async with Rig() as rig:
            (outcome,) = await rig.ask(rig.job(None, PROBE))
            assert outcome.job.account.slices == 1

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


def test_stages_are_joined_up_to_the_target():
    plan = cut([1.0, 1.0, 1.0, 5.0, 0.5, 0.5], target=2.0)
    assert plan.cuts == (2, 1, 1, 2)
    assert plan.seconds == (2.0, 1.0, 5.0, 1.0)
    assert cut([1.0], target=0.1).cuts == (1,)


def test_batches_end_where_a_stage_gets_too_long(monkeypatch):
    """A stage of 1 ms a row with a target of 3 ms: batches of up to 4, half a target over it."""
    clock = [0.0]
    program = Doubler(stages=2, max_batch=8)

    def observe(inputs, stage):
        clock[0] += 1e-3 * len(inputs)

    monkeypatch.setattr("bridge.device.calibration.time.perf_counter", lambda: clock[0])
    monkeypatch.setattr("bridge.device.calibration._STRETCH", 1.5)
    monkeypatch.setattr(program, "_obey", observe)
    calibration = Calibration(program, 3e-3, lambda: None)
    while not calibration.advance():
        pass
    assert sorted(calibration.slicings) == [("doubler.run", batch) for batch in (1, 2, 3, 4)]
    assert [slicing.cuts for slicing in calibration.slicings.values()] == [(2,), (1, 1), (1, 1), (1, 1)]


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_models_run_on_cuda():
    from models.recognition.classifier_program import ClassifierProgram

    program = ClassifierProgram.load(torch.device("cuda"))
    with torch.inference_mode():
        assert len(_finish(program.start("classifier.224", program.sample("classifier.224", 2)))) == 2


def _finish(run):
    """What a run returns when nothing suspends it."""
    while True:
        try:
            next(run)
        except StopIteration as stop:
            return stop.value


async def _until(holds, tries: int = 5000) -> None:
    """Let the loop turn until something holds; fails after many turns."""
    for _ in range(tries):
        if holds():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never held")
