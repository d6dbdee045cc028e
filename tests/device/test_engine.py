"""The engine on a real device thread: delivery, suspension, faults, hangs, recordings, stop."""

import asyncio
import json
import logging
import time

import pytest
import torch

from bridge.device.calibration import Calibration, cut
from bridge.device.host import PROBE
from bridge.device.recording import replay
from bridge.device.trace import Recorder
from bridge.policy.work import Cause, Ending
from tests.device.programs import Doubler
from tests.device.rig import Rig, until

PAYLOAD = 987654321012345.0


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
            await until(lambda: doubler.batches[-1] == 1 and rig.engine.open_jobs == 1)
            rest = [asyncio.create_task(rig.ask(rig.job(i))) for i in range(4)]
            await until(lambda: rig.engine.open_jobs == 5)
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
            await until(lambda: rig.engine.open_jobs == 1)
            urgent = asyncio.create_task(rig.ask(rig.job(5, "quick.run", budget=10)))
            await until(lambda: rig.engine.open_jobs == 2)
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
            await until(lambda: rig.engine.open_jobs == 1)
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
            await until(lambda: rig.engine.open_jobs == 1)
            rows = ["memory", 1, 2, 3]
            rest = [asyncio.create_task(rig.ask(rig.job(row))) for row in rows]
            await until(lambda: rig.engine.open_jobs == 5)
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
            await until(lambda: not rig.engine.lost)
            assert seen == [True, False]
            assert (await rig.ask(rig.job(2)))[-1].value == 4.0

    asyncio.run(main())


def test_stopping_ends_what_is_open():
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            doubler.gate.clear()
            task = asyncio.create_task(rig.ask(rig.job("hang")))
            await until(lambda: rig.engine.open_jobs == 1)
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
