"""What must not end the device thread, and what happens when something does."""

import asyncio
import logging
import os
import sys
import time
from pathlib import Path

import pytest

from bridge.device.roster import Standing
from bridge.device.trace import Recorder
from bridge.errors import EngineFailed, ModelFailed
from bridge.policy.work import NEVER, Cause, Ending, Job, Stage
from models.program import Unfinished
from tests.device.programs import Doubler
from tests.device.rig import Rig, spec, until


class _Short(Doubler):
    """Gives one output too few for a batch that holds "short"."""

    def start(self, lane, inputs):
        outputs = yield from super().start(lane, inputs)
        return outputs[:-1] if "short" in inputs else outputs


class _Early(Doubler):
    """Has fewer stages than it declares for a batch that holds "early"."""

    def start(self, lane, inputs):
        if "early" not in inputs:
            return (yield from super().start(lane, inputs))
        yield
        return [self._output(row) for row in inputs]


class _Long(Doubler):
    """Has more stages than it declares for a batch that holds a 7."""

    def start(self, lane, inputs):
        outputs = yield from super().start(lane, inputs)
        if 7 in inputs:
            yield
        return outputs


class _Stray(Doubler):
    """Goes on in a lane that nobody has."""

    def _output(self, row):
        return Unfinished("partial", "nowhere.run") if row == "stray" else super()._output(row)


class _Clinging(Doubler):
    """Raises when its run is closed."""

    def start(self, lane, inputs):
        run = super().start(lane, inputs)
        try:
            return (yield from run)
        finally:
            if "cling" in inputs:
                raise RuntimeError("it cannot be closed")


def _answers_still(rig: Rig) -> None:
    assert rig.engine.failure is None
    assert not rig.engine.lost


@pytest.mark.parametrize(
    ("program", "row"), [(_Short(), "short"), (_Early(), "early"), (_Stray(), "stray"), (_Clinging(), "cling")]
)
def test_what_a_model_does_wrong_costs_its_own_row(program, row):
    async def main() -> None:
        async with Rig(program) as rig:
            outcomes = await asyncio.gather(rig.ask(rig.job(row)), *(rig.ask(rig.job(i)) for i in range(3)))
            assert (outcomes[0][-1].ending, outcomes[0][-1].cause) == (Ending.FAILED, Cause.FAULT)
            assert [each[-1].value for each in outcomes[1:]] == [0.0, 2.0, 4.0]
            assert (await rig.ask(rig.job(21)))[-1].value == 42.0
            assert rig.engine.open_jobs == 0
            _answers_still(rig)

    asyncio.run(main())


def test_a_run_with_more_stages_than_its_model_declares_is_run_to_its_end():
    async def main() -> None:
        async with Rig(_Long()) as rig:
            outcomes = await asyncio.gather(*(rig.ask(rig.job(row)) for row in (6, 7, 8)))
            assert [each[-1].value for each in outcomes] == [12.0, 14.0, 16.0]

    asyncio.run(main())


@pytest.mark.parametrize(("program", "row", "wrong"), [(_Early(), "early", "fewer"), (_Long(), 7, "more")])
def test_a_model_whose_runs_are_not_as_it_declares_is_not_loaded(program, row, wrong):
    async def main() -> None:
        program.sample = lambda lane, batch: [row] * batch
        async with Rig(Doubler("other")) as rig:
            entry = spec("doubler", lambda device: program, "doubler.run")
            rig.roster.standings["doubler"] = Standing(entry)
            with pytest.raises(ModelFailed, match=f"doubler.run has {wrong} stages than the 4 it declares"):
                await rig.roster.load("doubler")
            assert (await rig.ask(rig.job(4, "other.run")))[-1].value == 8.0

    asyncio.run(main())


def test_an_execution_that_gives_its_outputs_at_the_wrong_slice_fails_its_job(monkeypatch):
    """A device's fault or a wrong profile: without outputs at the end the job would never end."""
    monkeypatch.setattr("bridge.device.host._Flying._outputs", lambda flying: None)

    async def main() -> None:
        async with Rig(Doubler()) as rig:
            (outcome,) = await rig.ask(rig.job(4))
            assert (outcome.ending, outcome.cause) == (Ending.FAILED, Cause.FAULT)
            assert str(outcome.value) == "doubler.run had not ended after its 4 slices"
            assert not rig.engine._executions
            _answers_still(rig)

    asyncio.run(main())


def test_a_flight_that_cannot_be_closed_is_abandoned_all_the_same():
    async def main() -> None:
        program = _Clinging()
        async with Rig(program) as rig:
            program.gate.clear()
            waiting = asyncio.create_task(rig.ask(job := rig.job("hang")))
            await until(lambda: rig.engine.open_jobs == 1 and program.batches[-1] == 1)
            rig.engine.cancel(job)
            program.gate.set()
            assert (await waiting)[-1].ending is Ending.CANCELLED
            assert (await rig.ask(rig.job(4)))[-1].value == 8.0

    asyncio.run(main())


def test_a_job_without_rungs_fails_alone():
    async def main() -> None:
        async with Rig(Doubler()) as rig:
            bare = Job(rig.engine.next_id(), "a", "test", time.perf_counter(), rungs=(), deadline=NEVER)
            assert [(o.ending, o.cause) for o in await rig.ask(bare)] == [(Ending.FAILED, Cause.FAULT)]
            assert (await rig.ask(rig.job(1)))[-1].value == 2.0

    asyncio.run(main())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_disk_that_is_full_ends_the_recording_alone(caplog):
    async def main() -> None:
        recorder = Recorder(Path("/dev/full"), time.perf_counter())
        async with Rig(Doubler(), recorder=recorder) as rig:
            for i in range(100):
                assert (await rig.ask(rig.job(i)))[-1].value == 2.0 * i
            _answers_still(rig)

    with caplog.at_level(logging.ERROR, logger="framebridge.trace"):
        asyncio.run(main())
    assert "the trace ends here" in caplog.text


def test_a_listener_that_raises_loses_nobody_elses_outcome(caplog):
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            doubler.gate.clear()
            blocker = asyncio.create_task(rig.ask(rig.job("hang")))
            await until(lambda: rig.engine.open_jobs == 1 and doubler.batches[-1] == 1)
            heard = []

            def raising(outcome):
                heard.append(outcome.ending)
                if outcome.ending is Ending.ANSWERED:
                    raise ValueError("does not fit its field")

            for row in range(3):
                rig.engine.submit(rig.job(row), raising)
            others = [asyncio.create_task(rig.ask(rig.job(row))) for row in range(3)]
            await until(lambda: rig.engine.open_jobs == 7)
            doubler.gate.set()
            assert [(await other)[-1].value for other in others] == [0.0, 2.0, 4.0]
            await blocker
            assert heard == [Ending.ANSWERED, Ending.FAILED] * 3, "its own job is told that it has failed"
            assert rig.engine.open_jobs == 0

    with caplog.at_level(logging.ERROR, logger="framebridge.engine"):
        asyncio.run(main())
    assert caplog.text.count("could not be delivered") == 3


def test_any_other_fault_ends_the_thread_and_everybody_hears_of_it():
    async def main() -> None:
        doubler = Doubler()
        async with Rig(doubler) as rig:
            lost = []
            rig.engine.on_lost = lost.append
            doubler.gate.clear()
            waiting = asyncio.create_task(rig.ask(rig.job("hang")))
            await until(lambda: rig.engine.open_jobs == 1 and doubler.batches[-1] == 1)
            await asyncio.sleep(0)
            rig.engine._scheduler.settle = _broken
            doubler.gate.set()
            assert [(o.ending, o.cause) for o in await waiting] == [(Ending.FAILED, Cause.DEVICE_LOST)]
            assert lost == [True]
            assert isinstance(rig.engine.failure, EngineFailed)
            assert "ZeroDivisionError" in str(rig.engine.failure)
            (later,) = await rig.ask(rig.job(1))
            assert (later.ending, later.cause) == (Ending.FAILED, Cause.DEVICE_LOST)

    asyncio.run(main())


def _broken(*_: object) -> None:
    raise ZeroDivisionError("a fault of ours")


def test_the_watch_knows_a_thread_that_is_dead_from_one_that_hangs(monkeypatch):
    """Also where the thread could not say so: the loop's queue was full, the interpreter was out of memory."""
    monkeypatch.setattr("bridge.device.engine._WATCH_SECONDS", 0.01)

    async def main() -> None:
        async with Rig(Doubler()) as rig:
            rig.engine._post = lambda *_: None
            rig.engine._scheduler.step = _broken
            (outcome,) = await rig.ask(rig.job(1))
            assert (outcome.ending, outcome.cause) == (Ending.FAILED, Cause.DEVICE_LOST)
            assert "ended without an error" in str(rig.engine.failure)

    asyncio.run(main())


def test_what_is_overdue_behind_a_slice_that_hangs_is_told_so(monkeypatch):
    monkeypatch.setattr("bridge.device.engine._WATCH_SECONDS", 0.01)

    async def main() -> None:
        doubler, other = Doubler(), Doubler("other")
        async with Rig(doubler, other) as rig:
            doubler.gate.clear()
            aboard = asyncio.create_task(rig.ask(rig.job("hang", budget=0.3)))
            await until(lambda: rig.engine.open_jobs == 1 and doubler.batches[-1] == 1)
            behind = asyncio.create_task(rig.ask(rig.job(1, "other.run", budget=0.3)))
            patient = asyncio.create_task(rig.ask(rig.job(2, "other.run", budget=0.0, soft=True)))
            (first,), (second,) = await aboard, await behind
            assert not patient.done(), "what is delivered late too waits on"
            doubler.gate.set()
            assert (first.ending, first.stage, first.blocked_by) == (Ending.MISSED, Stage.COMPUTE, "")
            assert (second.ending, second.stage, second.blocked_by) == (Ending.MISSED, Stage.BLOCKED, "doubler")
            assert min(first.late_by, second.late_by) > 0
            assert (await patient)[-1].value == 4.0
            assert (await rig.ask(rig.job(5)))[-1].value == 10.0
            await until(lambda: rig.engine._scheduler.open_jobs == 0)

    asyncio.run(main())


def test_the_process_ends_for_a_supervisor_to_restart(tmp_path):
    """`serve` raises, so that the command exits with a code that is not zero; clients are told before."""
    script = tmp_path / "broken.py"
    script.write_text(_SCRIPT)

    async def main() -> tuple[int | None, str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(script), env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        output, errors = await process.communicate()
        return process.returncode, output.decode() + errors.decode()

    code, said = asyncio.run(main())
    assert code == 1, said
    assert "health 2" in said, said  # NOT_SERVING
    assert "the device thread ended with ZeroDivisionError" in said


_SCRIPT = """
import asyncio, sys
import bridge.server
from bridge.cli import main
from bridge.policy.scheduler import Scheduler
from bridge.client import BridgeClient
from grpc_health.v1 import health_pb2, health_pb2_grpc
import grpc

class Watched(bridge.server.Server):
    async def start(self):
        port = await super().start()
        self.breaking = asyncio.create_task(self.break_soon(port))
        return port

    async def break_soon(self, port):
        await self.ready
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            watch = stub.Watch(health_pb2.HealthCheckRequest())
            assert (await watch.read()).status == 1
            def broken(*_):
                raise ZeroDivisionError("a fault of ours")
            self._engine._scheduler.step = broken
            self._engine._inbox.put(lambda now: None)
            print("health", (await watch.read()).status, flush=True)

bridge.server.Server = Watched
sys.exit(main(["serve", "--port", "0", "--models", "detector"]))
"""
