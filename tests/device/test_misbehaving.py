"""A model that is not FrameBridge's and breaks the protocol costs its rows: its neighbour answers, and so does the next
request.
"""

import asyncio
import gc
import logging
import re
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from bridge.device.catalog import Entry, ModelSpec, RungSpec
from bridge.device.checks import lane_of
from bridge.device.roster import ModelState, Standing
from bridge.errors import InvalidRequest, ModelFailed, ModelNotReady
from bridge.policy.work import Cause, Ending, Outcome
from models.module.torch_state import state
from models.program import Lane
from tests.device.odd import (
    RUNS,
    STATES,
    WRONG,
    Forward,
    Odd,
    fails,
    forward,
    module,
    program,
    row,
)
from tests.device.odd_loads import LOADS, Own
from tests.device.programs import Doubler
from tests.device.rig import Rig, until


@pytest.fixture(autouse=True)
def torch_stays_as_it_was() -> Any:
    before = state()
    yield
    assert state() == before


@pytest.fixture
def no_log() -> Any:
    """Pytest keeps what is logged, and with an error the frames that it came through."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def doubler(name: str, found: Any = None) -> Entry:
    return Entry("avatar", 1, ModelSpec(name, lambda device: found or Doubler(name), (RungSpec(name, f"{name}.run"),)))


class Host(Rig):
    """A rig with a neighbour that behaves, and one model that does not."""

    def __init__(self, model: Own) -> None:
        super().__init__()
        self.model = model
        self.roster.standings["neighbour"] = Standing(doubler("neighbour"))

    async def add(self) -> None:
        """Load the model."""
        self.roster.standings["odd"] = Standing(Entry("inference", 4, self.model.spec()))
        await self.roster.load("odd")

    async def ask_odd(self, number: float) -> Outcome:
        return (await self.ask(self.job(row(number), "odd.run")))[-1]

    async def device_state(self) -> Any:
        return await self.engine.call(lambda scheduler: state())

    async def check_alive(self, before: Any) -> None:
        """The neighbour answers, and nothing of the model is left in its way."""
        assert (await self.ask(self.job(4, "neighbour.run")))[-1].value == 8.0
        assert await self.device_state() == before
        assert self.engine.failure is None
        assert not self.engine.lost
        assert not self.engine._executions
        assert self.engine.open_jobs == 0

    async def check_gone(self) -> None:
        lanes = await self.engine.call(lambda scheduler: list(scheduler.lanes))
        assert not [name for name in (*lanes, *self.host._lanes) if name.startswith("odd")]
        assert not [key for key in self.host._slicings if key[0].startswith("odd")]


def run(main: Callable[[], Any]) -> None:
    asyncio.run(main())


async def refused(host: Host) -> str:
    """Why the model is not loaded. Keeps nothing of the error but its words."""
    try:
        await host.add()
    except ModelFailed as error:
        return str(error)
    raise AssertionError("it was loaded")


@pytest.mark.parametrize("name", LOADS)
def test_a_model_that_cannot_be_loaded_says_why_and_leaves_nothing(name: str) -> None:
    model, said = LOADS[name]

    async def main() -> None:
        async with Host(model) as host:
            before = await host.device_state()
            for _ in range(2):  # and may be loaded again
                why = await refused(host)
                assert why.startswith("model 'odd' could not be loaded: ")
                assert re.search(said, why), why
                assert host.roster.standing("odd").state is ModelState.FAILED
                with pytest.raises(ModelNotReady, match="mend that and load it again with LoadModel"):
                    host.roster.program("odd")
            await host.check_gone()
            await host.check_alive(before)

    run(main)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_breaks_the_protocol_costs_its_own_row(name: str) -> None:
    wrong, said = RUNS[name]

    async def main() -> None:
        async with Host(program(lambda device: Odd(wrong))) as host:
            await host.add()
            before = await host.device_state()
            rows = await asyncio.gather(*(host.ask_odd(number) for number in (WRONG, 1, 2, 3)))
            assert (rows[0].ending, rows[0].cause) == (Ending.FAILED, Cause.FAULT)
            assert isinstance(rows[0].value, ModelFailed)
            assert re.search(said, str(rows[0].value)), rows[0].value
            assert [each.value["y"].tolist() for each in rows[1:]] == [[2, 2], [4, 4], [6, 6]]
            assert (await host.ask_odd(21)).value["y"].tolist() == [42, 42]
            assert host.roster.standing("odd").state is ModelState.READY
            await host.check_alive(before)

    run(main)


def only_if_wrong(act: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A forward's end that does something for rows that ask for it."""
    return lambda x: act(x) if bool((x == WRONG).any()) else {"y": 2 * x}


FORWARDS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "raises": (
        lambda x: fails(IndexError("at 3")),
        r"model 'odd' failed on this request .IndexError: at 3\); change it",
    ),
    "exits": (lambda x: fails(SystemExit(3)), r"model 'odd' failed on this request .SystemExit: 3\); change it"),
    "is interrupted": (
        lambda x: fails(KeyboardInterrupt()),
        r"model 'odd' failed on this request .KeyboardInterrupt\); change it",
    ),
    "one row too few": (lambda x: {"y": x[1:]}, "failed on this request .OutputsError: its output 'y' has the shape"),
    "returns nothing": (lambda x: None, "OutputsError: the module returned NoneType; return a tensor"),
    "other names": (lambda x: {"z": x}, r"odd.run answered z instead of y float32 \[2\]; declare `outputs`"),
    "a wrong shape": (lambda x: {"y": x[:, :1]}, r"odd.run answered y float32 \[1\] instead of y float32 \[2\]"),
    "a wrong number format": (lambda x: {"y": x.double()}, r"odd.run answered y float64 \[2\] instead of y float32"),
    "is NaN": (
        lambda x: {"y": x.masked_fill(x == WRONG, np.nan)},
        "FloatingPointError: its answer is NaN for this input",
    ),
}


@pytest.mark.parametrize("name", FORWARDS)
def test_a_forward_that_breaks_the_protocol_costs_its_own_row(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.module.module_program._LEAST_STAGE", 0.0)
    end, said = FORWARDS[name]

    async def main() -> None:
        async with Host(module(forward(only_if_wrong(end)))) as host:
            await host.add()
            assert host.roster.program("odd").lanes[0].stages == 3
            before = await host.device_state()
            rows = await asyncio.gather(*(host.ask_odd(number) for number in (WRONG, 1, 2)))
            assert (rows[0].ending, rows[0].cause) == (Ending.FAILED, Cause.FAULT)
            assert re.search(said, str(rows[0].value)), rows[0].value
            if name != "is NaN":
                assert [each.value["y"].tolist() for each in rows[1:]] == [[2, 2], [4, 4]]
            assert (await host.ask_odd(21)).value["y"].tolist() == [42, 42]
            await host.check_alive(before)

    run(main)


@pytest.mark.parametrize("kind", ["module", "program"])
@pytest.mark.parametrize("name", STATES)
def test_what_a_run_leaves_changed_in_torch_is_put_back(name: str, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    def end(x: Any) -> Any:
        STATES[name]()
        return {"y": x.new_full(x.shape, 2.0)}

    async def main() -> None:
        def wrong(rows: Any) -> Any:
            yield
            yield
            yield
            STATES[name]()
            return [{"y": np.full(2, 2.0, np.float32)}] * len(rows)

        own = module(forward(only_if_wrong(end))) if kind == "module" else program(lambda device: Odd(wrong))
        async with Host(own) as host:
            await host.add()
            before = await host.device_state()
            for _ in range(2):
                assert (await host.ask_odd(WRONG)).value["y"].tolist() == [2, 2]
                assert await host.device_state() == before
            await host.check_alive(before)

    with caplog.at_level(logging.WARNING, logger="framebridge.host"):
        run(main)
    assert len(caplog.records) == 1, "said once"
    assert "model odd leaves" in caplog.text
    assert "it was put back, as other models share it: change it in a `with` block" in caplog.text


@pytest.mark.parametrize("name", [name for name in STATES if name != "grad"])  # a load's thread has its own
def test_what_a_load_leaves_changed_in_torch_is_put_back(name: str, caplog: pytest.LogCaptureFixture) -> None:
    def load() -> nn.Module:
        STATES[name]()
        return Forward()

    async def main() -> None:
        async with Host(module(load)) as host:
            before = await host.device_state()
            await host.add()
            assert (await host.ask_odd(1)).value["y"].tolist() == [2, 2]
            await host.check_alive(before)

    with caplog.at_level(logging.WARNING, logger="framebridge.host"):
        run(main)
    assert "model odd leaves" in caplog.text


@pytest.mark.parametrize("error", [RuntimeError("busy"), SystemExit(1), StopIteration()])
def test_a_close_that_raises_unloads_all_the_same(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with Host(program(lambda device: Odd(close=lambda: fails(error)))) as host:
            await host.add()
            before = await host.device_state()
            await host.roster.unload("odd")
            assert host.roster.standing("odd").state is ModelState.UNLOADED
            await host.check_gone()
            await host.check_alive(before)
            await host.roster.load("odd")
            assert (await host.ask_odd(1)).value["y"].tolist() == [2, 2]

    run(main)
    assert "model odd failed to close, so that some of its memory may stay; mend `close`" in caplog.text


@pytest.mark.parametrize("fault", ["load", "run", "none"])
@pytest.mark.usefixtures("no_log")
def test_nothing_keeps_a_model_that_is_gone(fault: str) -> None:
    async def main() -> None:
        made = []

        def load() -> nn.Module:
            found = Forward(only_if_wrong(lambda x: fails(ValueError("no"))) if fault != "load" else lambda x: x.mean())
            made.append(weakref.ref(found))
            return found

        async with Host(module(load)) as host:
            if fault == "load":
                await refused(host)
            else:
                await host.add()
                assert (await host.ask_odd(WRONG if fault == "run" else 1)).ending is not Ending.MISSED
                await host.roster.unload("odd")
            await host.ask(host.job(4, "neighbour.run"))
            await until(lambda: gc.collect() >= 0 and made[0]() is None, tries=100)  # the load's thread may still end
            assert len(made) == 1

    run(main)


def test_a_load_that_hangs_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.device.roster.PATIENCE_SECONDS", 0.01)
    hangs, began = threading.Event(), threading.Event()

    def load(device: torch.device) -> Any:
        began.set()
        hangs.wait(60)
        return Odd()

    async def main() -> None:
        async with Host(program(load)) as host:
            before = await host.device_state()
            loading = asyncio.create_task(host.add())
            await asyncio.to_thread(began.wait)
            host.roster.standings["later"] = Standing(doubler("later"))
            await host.roster.load("later")
            await host.roster.unload("neighbour")
            await host.roster.load("neighbour")
            await host.check_alive(before)
            with pytest.raises(ModelNotReady, match="is still loading"):
                host.roster.program("odd")
            hangs.set()
            await loading
            assert (await host.ask_odd(1)).value["y"].tolist() == [2, 2]

    run(main)


def test_a_load_that_never_returns_fails_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.device.roster.PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr("bridge.device.roster._LONGEST_READ_SECONDS", 0.02)
    hangs = threading.Event()

    async def main() -> None:
        async with Host(program(lambda device: hangs.wait(60) and fails(ValueError("too late")))) as host:
            before = await host.device_state()
            assert "its load has not returned after 0.02 s; see what it waits for" in await refused(host)
            assert host.roster.standing("odd").state is ModelState.FAILED
            await host.check_alive(before)
            hangs.set()
            host.model = program(lambda device: Odd())
            await host.add()
            assert (await host.ask_odd(1)).value["y"].tolist() == [2, 2]

    run(main)


def test_a_stop_does_not_wait_for_a_load_that_hangs() -> None:
    hangs, began = threading.Event(), threading.Event()

    def load(device: torch.device) -> Any:
        began.set()
        hangs.wait()

    async def main() -> None:
        async with Host(program(load)) as host:
            loading = asyncio.create_task(host.add())
            await asyncio.to_thread(began.wait)
            await host.roster.close()
            assert host.roster.standing("odd").state is ModelState.FAILED
            with pytest.raises(asyncio.CancelledError):
                await loading

    run(main)
    hangs.set()


@pytest.mark.parametrize(
    ("choose", "error", "said"),
    [
        (lambda row: fails(ValueError("send two numbers")), InvalidRequest, "send two numbers"),
        (
            lambda row: fails(IndexError("2")),
            ModelFailed,
            r"model 'odd' failed in lane_of \(IndexError: 2\); mend that",
        ),
        (lambda row: fails(SystemExit(2)), ModelFailed, r"model 'odd' failed in lane_of \(SystemExit: 2\); mend that"),
        (
            lambda row: "odd.walk",
            ModelFailed,
            "model 'odd' puts it in lane 'odd.walk', which it has not; mend its",
        ),
        (lambda row: None, ModelFailed, "model 'odd' puts it in lane None, which it has not; mend its lane_of"),
        (lambda row: [], ModelFailed, r"model 'odd' puts it in lane \[\], which it has not"),
    ],
)
def test_a_lane_of_that_breaks_the_protocol_fails_its_request(choose: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        lane_of(Odd(lane_of=choose), row(1))


def test_a_lane_that_somebody_else_opened_is_not_taken() -> None:
    """Of models that are FrameBridge's, whose lanes begin with anything."""

    async def main() -> None:
        async with Host(program(lambda device: Odd())) as host:
            before = await host.device_state()
            thief = Doubler("thief")
            thief.lanes = (Lane("thief.run", 4, 4), Lane("neighbour.run", 4, 4))
            host.roster.standings["thief"] = Standing(doubler("thief", thief))
            with pytest.raises(ModelFailed, match=r"its lane 'neighbour.run' is open for another model; give"):
                await host.roster.load("thief")
            assert "thief.run" not in host.host._lanes
            assert thief.closed >= 100
            await host.check_alive(before)

    run(main)
