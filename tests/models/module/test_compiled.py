"""Modules under `torch.compile`: all batches are compiled while they load; what does not compile is not loaded."""

import shutil
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn

from bridge import ModuleModel
from models.module.module_program import ModuleProgram
from models.module.tensors import Tensor

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # from torch's own imports

CPU = torch.device("cpu")
INPUTS = {"image": Tensor("float32", (3, 4, 4))}
COMPILER = next(filter(None, map(shutil.which, ("g++", "clang++", "c++"))), None)


class Style(nn.Module):
    """Two submodules, so that a run could be suspended."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 3, 1))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.layers(image)  # type: ignore[no-any-return]


class Picky(nn.Module):
    """Fails for one batch size."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        if len(image) == 1:
            raise RuntimeError("one is too few\nand more")
        return image * 2


@pytest.fixture(autouse=True)
def every_boundary(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Also of modules as small as these."""
    monkeypatch.setattr("models.module.module_program._LEAST_STAGE", 0.0)
    torch.compiler.reset()
    yield
    torch.compiler.reset()


@pytest.mark.skipif(COMPILER is None, reason="there is no C++ compiler (g++, clang++ or c++)")
def test_it_answers_as_the_module_does_and_is_one_slice() -> None:
    model = ModuleModel("style", load=Style, inputs=INPUTS, max_batch=2, compile=True)
    program = ModuleProgram.of(model, CPU)
    assert [lane.stages for lane in program.lanes] == [1]
    compiled = torch._dynamo.utils.counters["stats"]["unique_graphs"]
    assert compiled
    for batch in (1, 2):
        rows = program.sample("style.run", batch)
        with torch.inference_mode():
            steps, answers = program.start("style.run", rows), None
            while answers is None:
                try:
                    next(steps)
                except StopIteration as stop:
                    answers = stop.value
            plain = Style().eval()(torch.from_numpy(np.stack([row["image"] for row in rows])))
        for answer, expected in zip(answers, plain, strict=True):
            assert not isinstance(answer, Exception)
            np.testing.assert_allclose(answer["output"], expected.numpy(), atol=1e-6)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == compiled, "a run compiles nothing"


def test_without_it_the_same_module_is_cut() -> None:
    program = ModuleProgram.of(ModuleModel("style", load=Style, inputs=INPUTS, max_batch=3), CPU)
    assert program.lanes[0].stages > 1


def test_a_batch_that_does_not_compile_fails_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda module: module)
    model = ModuleModel("picky", load=Picky, inputs=INPUTS, max_batch=2, compile=True)
    with pytest.raises(ValueError, match=r"torch.compile fails: RuntimeError: one is too few; leave compile out, or"):
        ModuleProgram.of(model, CPU)


def test_a_compiler_that_is_missing_fails_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch._inductor.config.cpp, "cxx", ("/nowhere/g++",))
    model = ModuleModel("style", load=Style, inputs=INPUTS, max_batch=1, compile=True)
    with pytest.raises(ValueError, match=r"torch.compile fails: .*(C\+\+ compiler|InvalidCxxCompiler)"):
        ModuleProgram.of(model, CPU)
