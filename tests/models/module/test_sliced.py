"""Runs of anybody's module, suspended at the boundaries of its submodules: nothing of what they compute changes."""

import contextlib
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from models.module.sliced import Call, Sliced
from models.module.torch_state import changes, state

X = torch.randn(3, 8, generator=torch.Generator().manual_seed(1))


@pytest.fixture(autouse=True)
def inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


def network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = (nn.Linear(8, 16), nn.GELU(), nn.LayerNorm(16), nn.Sequential(nn.Linear(16, 8), nn.Tanh()))
    return nn.Sequential(*layers).eval().requires_grad_(False)


class Wrapped(nn.Module):
    """A network between whose layers something is entered."""

    def __init__(self, entered: Callable[[], Any]) -> None:
        super().__init__()
        self.first, self.inner, self.last, self.entered = network(1), network(2), network(3), entered

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        with self.entered():
            x = self.inner(x).float()
        return self.last(x.clone())


class Stubborn(nn.Module):
    """Catches whatever comes out of its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.layers, self.caught = network(), 0

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            try:
                x = layer(x)
            except BaseException:
                self.caught += 1
        return x


def started(module: nn.Module, x: Tensor = X) -> tuple[Sliced, Call[Tensor]]:
    sliced = Sliced("test", module)
    return sliced, sliced.start(lambda: module(x))


def to_end(call: Call[Tensor]) -> int:
    resumed = 0
    while not call.done:
        call.resume()
        resumed += 1
    return resumed


def test_it_is_suspended_after_each_submodule_and_gives_what_a_plain_call_gives() -> None:
    module = network()
    plain = module(X)
    _, call = started(module)
    assert to_end(call) == 6 + 1, "four layers, two of them in the last, and the rest"
    assert call.result is not None
    assert torch.equal(call.result, plain)


def test_two_modules_take_turns_and_neither_notices() -> None:
    modules = [network(seed) for seed in range(2)]
    plain = [module(X) for module in modules]
    calls = [started(module)[1] for module in modules]
    while not all(call.done for call in calls):
        for call in calls:
            call.resume()
    assert all(torch.equal(call.result, answer) for call, answer in zip(calls, plain, strict=True))


def test_calls_of_one_module_never_interleave() -> None:
    module, order = network(), []
    module[0].register_forward_pre_hook(lambda *_: order.append("begins"))
    sliced = Sliced("test", module)

    def run(x: Tensor) -> Tensor:
        y: Tensor = module(x)
        order.append("ends")
        return y

    first = sliced.start(lambda: run(X))
    first.resume()
    second = sliced.start(lambda: run(X + 1))
    second.resume()
    assert order == ["begins", "ends", "begins"]
    first.resume()
    to_end(second)
    assert torch.equal(first.result, module(X))
    assert torch.equal(second.result, module(X + 1))


ENTERED: dict[str, Callable[[], Any]] = {
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "inference mode": lambda: torch.inference_mode(False),
    "grad": torch.enable_grad,
    "torch.device": lambda: torch.device("cpu"),
    "a default dtype": lambda: default_dtype(torch.float64),
}


@contextlib.contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@pytest.mark.parametrize("name", [name for name in ENTERED if name != "inference mode"])
def test_it_is_not_suspended_where_it_changes_torch_s_state(name: str, caplog: pytest.LogCaptureFixture) -> None:
    module = Wrapped(ENTERED[name])
    plain, before = module(X), state()
    sliced = Sliced("style", module)
    with caplog.at_level(logging.INFO, logger="framebridge.modules"):
        for _ in range(2):
            call, seen = sliced.start(lambda: module(X)), []
            while not call.done:
                call.resume()
                seen.append(changes(before, state()))
            assert not any(seen), "nothing leaks into what runs meanwhile"
            assert len(seen) == 7 + 7 + 1, "first, last, and the end"
            assert torch.equal(call.result, plain)
    (record,) = caplog.records
    assert "style is not suspended where it changes" in record.getMessage()


def test_it_is_not_suspended_outside_inference_mode() -> None:
    module = Wrapped(lambda: torch.inference_mode(False))
    module.first = module.last = nn.Identity()  # type: ignore[assignment]
    plain, before = module(X), state()
    _, call = started(module)
    while not call.done:
        call.resume()
        assert not changes(before, state())
    assert torch.equal(call.result, plain)


def test_a_call_that_is_given_up_leaves_nothing_behind() -> None:
    module = network()
    sliced, call = started(module)
    call.resume()
    call.abort()
    assert call.done
    assert call.result is None
    again = sliced.start(lambda: module(X))
    to_end(again)
    assert torch.equal(again.result, module(X))


def test_one_that_was_never_begun_can_be_given_up() -> None:
    _, call = started(network())
    call.abort()
    assert call.done


def test_one_that_swallows_the_abort_is_run_to_its_end() -> None:
    module = Stubborn()
    _, call = started(module)
    call.resume()
    call.abort()
    assert call.done
    assert module.caught >= 1, "and what follows from a layer that is left out"
    call.abort()


def test_a_failure_comes_out_where_it_is_resumed() -> None:
    module = network()
    _, call = started(module, torch.zeros(3, 9))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        to_end(call)
    assert call.done


def test_a_failure_while_another_call_begins_is_its_own_s() -> None:
    module = network()
    sliced = Sliced("test", module)

    def fails() -> Tensor:
        module(X)
        raise KeyError("mine")

    first = sliced.start(fails)
    first.resume()
    second = sliced.start(lambda: module(X))
    to_end(second)
    assert torch.equal(second.result, module(X))
    with pytest.raises(KeyError, match="mine"):
        first.resume()


def test_other_threads_and_plain_calls_are_not_suspended() -> None:
    module, answers = network(), []
    sliced, call = started(module)
    call.resume()

    def elsewhere() -> None:
        with torch.inference_mode():
            answers.append(module(X))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join(20)
    assert torch.equal(answers[0], module(X)), "a plain call beside it"
    to_end(call)
    sliced.close()
    assert not any(child._forward_hooks for child in module.modules())


def test_nothing_is_suspended_within_a_compiled_graph() -> None:
    module = network()
    compiled = torch.compile(module, backend="eager", fullgraph=True)
    sliced = Sliced("test", module)
    call = sliced.start(lambda: compiled(X))
    to_end(call)
    assert call.suspended_at == []
    assert torch.equal(call.result, network()(X))


def test_every_other_boundary_only() -> None:
    _, call = started(network())
    call.every = 2
    assert to_end(call) == 3 + 1


def test_chosen_boundaries_only() -> None:
    _, call = started(network())
    call.at = {1, 4, 99}
    assert to_end(call) == 2 + 1


CRASHES = """
import torch
from models.module.sliced import Sliced

layers = torch.nn.ModuleList([torch.nn.Identity(), torch.nn.LayerNorm(16)]).eval()

def forward():
    return layers[1](layers[0](torch.zeros(3, 8)))  # of the wrong width: torch takes a backtrace of the C stack

def deep(levels, function):
    return next(map(lambda _: deep(levels - 1, function), (0,))) if levels else function()

with torch.inference_mode():
    for begun in range(8):
        for resumed in range(8):
            call = Sliced("test", layers).start(forward)
            deep(begun, call.resume)
            try:
                deep(resumed, call.resume)
            except RuntimeError as error:
                assert "normalized_shape" in str(error)
            assert call.done
print("alive")
"""


def test_an_error_of_torch_s_after_a_suspension_does_not_crash_the_process() -> None:
    """Whoever resumes a run does so from another depth of the C stack than whoever began it."""
    done = subprocess.run([sys.executable, "-c", CRASHES], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr[-2000:]
