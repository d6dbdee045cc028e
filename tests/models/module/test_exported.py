"""`torch.export` files as modules: the batch they were exported with, padded; anything else is a sentence."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.export import Dim as Size
from torch.export import export, save

from bridge.errors import ConfigError
from bridge.sources.exported import exported_model
from bridge.sources.reference import Reference
from models.module.exported import ExportedModule, load, read
from models.module.module_program import ModuleProgram
from models.module.tensors import Dim, Tensor

CPU = torch.device("cpu")
BATCH = Size("batch", min=1, max=16)


class Style(nn.Module):
    """Two inputs, two named outputs."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.mix, self.scores = nn.Conv2d(3, 3, 1), nn.Linear(3, 5)

    def forward(self, image: torch.Tensor, gain: torch.Tensor) -> dict[str, torch.Tensor]:
        mixed = self.mix(image) * gain[:, None, None, None]
        return {"image": mixed, "scores": self.scores(mixed.mean((2, 3)))}


class Words(nn.Module):
    """Whole numbers of any length."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(50, 8)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        return self.table(words).mean(1)  # type: ignore[no-any-return]


class Nested(nn.Module):
    """Inputs in a dict and by keyword, a constant among them."""

    def forward(self, parts: dict[str, torch.Tensor], times: int, *, more: torch.Tensor) -> list[torch.Tensor]:
        return [parts["a"] * times, parts["b"] + more]


def written(path: Path, module: nn.Module, arguments: Any, shapes: Any = None, **keywords: Any) -> Path:
    save(export(module.eval(), arguments, keywords, dynamic_shapes=shapes), path)
    return path


def style(path: Path, rows: int = 4, *, dynamic: bool) -> Path:
    shapes = {"image": {0: BATCH}, "gain": {0: BATCH}} if dynamic else None
    return written(path / "style.pt2", Style(), (torch.zeros(rows, 3, 8, 8), torch.zeros(rows)), shapes)


def row(seed: int) -> Mapping[str, Any]:
    random = np.random.default_rng(seed)
    return {"image": random.standard_normal((3, 8, 8), np.float32), "gain": np.float32(random.standard_normal())[...]}


def answers(program: ModuleProgram, rows: list[Any]) -> Any:
    steps = program.start(program.lanes[0].name, rows)
    with torch.inference_mode():
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                return stop.value


def program(path: Path) -> ModuleProgram:
    return ModuleProgram.of(exported_model(Reference.of(str(path))), CPU)


@pytest.mark.parametrize(("dynamic", "most"), [(False, 4), (True, 16)])
def test_it_answers_as_the_module_does_in_its_own_batch(tmp_path: Path, dynamic: bool, most: int) -> None:
    served = program(style(tmp_path, dynamic=dynamic))
    assert [(lane.max_batch, lane.stages) for lane in served.lanes] == [(most, 1)]
    assert served.inputs == {"image": Tensor("float32", (3, 8, 8)), "gain": Tensor("float32", ())}
    assert served.outputs == {"image": Tensor("float32", (3, 8, 8)), "scores": Tensor("float32", (5,))}
    rows = [row(seed) for seed in range(3)]
    plain = Style()(*(torch.from_numpy(np.stack([one[name] for one in rows])) for name in ("image", "gain")))
    for place, answer in enumerate(answers(served, rows)):
        for name in ("image", "scores"):
            np.testing.assert_allclose(answer[name], plain[name][place].detach().numpy(), atol=1e-6)


def test_declared_outputs_are_those_of_a_run(tmp_path: Path) -> None:
    path = style(tmp_path, dynamic=True)
    assert exported_model(Reference.of(str(path))).outputs == program(path).outputs


def test_small_batches_are_padded_to_the_least(tmp_path: Path) -> None:
    module = ExportedModule(export(Style(), (torch.zeros(4, 3, 8, 8), torch.zeros(4))))
    assert (module.least, module.most) == (4, 4)
    result = module(torch.zeros(1, 3, 8, 8), torch.zeros(1))
    assert {name: len(tensor) for name, tensor in result.items()} == {"image": 1, "scores": 1}
    with pytest.raises(ValueError, match="exported for 4 rows and was given 5; lower max-batch to that"):
        module(torch.zeros(5, 3, 8, 8), torch.zeros(5))


def test_a_size_that_requests_choose_is_in_buckets(tmp_path: Path) -> None:
    shapes = {"words": {0: BATCH, 1: Size("length", min=2, max=12)}}
    served = program(written(tmp_path / "words.pt2", Words(), (torch.zeros(2, 5, dtype=torch.int64),), shapes))
    assert served.inputs == {"words": Tensor("int64", (Dim(2, 12),))}
    assert [lane.name for lane in served.lanes] == ["words.2", "words.4", "words.8", "words.12"]
    assert answers(served, [{"words": np.ones(7, np.int64)}])[0]["output"].shape == (8,)


def test_nested_inputs_and_constants_are_put_back(tmp_path: Path) -> None:
    path = written(
        tmp_path / "nested.pt2", Nested(), ({"a": torch.zeros(2, 3), "b": torch.zeros(2, 3)}, 7), more=torch.zeros(2, 3)
    )
    served = program(path)
    assert list(served.inputs) == ["parts_a", "parts_b", "more"]
    first, second = answers(
        served, [{name: np.full(3, 1 + place, np.float32) for place, name in enumerate(served.inputs)}]
    )[0].values()
    assert (first.tolist(), second.tolist()) == ([7.0] * 3, [5.0] * 3)


def test_that_it_is_one_slice_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "framebridge.modules"):
        load(style(tmp_path, dynamic=False))
    assert "style.pt2 is one slice: runs of a torch.export file are never suspended" in caplog.text


@pytest.mark.parametrize(
    ("module", "arguments", "shapes", "sentence"),
    [
        (nn.ReLU(), (torch.zeros(()),), None, "its input 'input' has no dimensions; the first of each input has to"),
        (
            Style(),
            (torch.zeros(1, 3, 8, 8), torch.zeros(4)),
            None,
            r"first dimensions of its inputs differ \(image 1, gain 4\)",
        ),
        (nn.ReLU(), (torch.zeros(300, 2),), None, "exported with a batch of 300; export it with at most 256"),
        (nn.Flatten(0), (torch.zeros(2, 3),), None, r"its output 'output' is \[6\]; the first dimension has to be"),
        (nn.ReLU(), (torch.zeros(2, 3, dtype=torch.bfloat16),), None, "its input 'input' is bfloat16; export it with"),
        (nn.ReLU(), (torch.zeros(2, 3),), ({1: Size("any", min=2)},), "size without an upper limit; export it with"),
        (nn.ReLU(), (torch.zeros(2, 6),), ({1: 2 * Size("half", max=5)},), r"is 2\*.*; export it with dimensions"),
    ],
)
def test_what_cannot_be_served_says_why(
    tmp_path: Path, module: nn.Module, arguments: Any, shapes: Any, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(written(tmp_path / "other.pt2", module, arguments, shapes))


def test_what_it_was_exported_with_stays(tmp_path: Path) -> None:
    module = read(style(tmp_path, dynamic=False))
    for change in ({"dtype": torch.float16}, {"memory_format": torch.channels_last}):
        with pytest.raises(ValueError, match="keeps what it was exported with; leave this option out"):
            module.to(**change)
    assert module.eval().to(CPU) is module


def test_a_batch_without_a_limit_is_the_usual_one(tmp_path: Path) -> None:
    path = written(tmp_path / "any.pt2", nn.ReLU(), (torch.zeros(3, 2),), ({0: Size("batch", min=2)},))
    module = read(path)
    assert (module.least, module.most) == (2, 8)
    assert module(torch.ones(1, 2))["output"].tolist() == [[1.0, 1.0]]


def test_a_file_that_is_not_there_or_badly_named_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--model nowhere.pt2: there is no file nowhere.pt2; correct the path"):
        exported_model(Reference.of("nowhere.pt2"))
    path = style(tmp_path, dynamic=False).rename(tmp_path / "2 styles.pt2")
    with pytest.raises(ConfigError, match="the model name '2-styles' cannot be used; start with a lower-case letter"):
        exported_model(Reference.of(str(path)))
