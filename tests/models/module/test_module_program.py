"""Anybody's module as a program: rows stacked by shape, outputs found, NaN alone, sizes in buckets."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from models.module.module_program import ModuleProgram, joined, takes_names
from models.module.tensors import Dim, Tensor, buckets

CPU = torch.device("cpu")
IMAGE = {"image": Tensor("float32", (3, 16, 16))}


class Style(nn.Module):
    """A small convolutional network, of any size of picture."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.down = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())
        self.head = nn.Conv2d(8, 3, 1)
        self.scores = nn.Linear(8, 5)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        features = self.down(image)
        pooled = features.mean((2, 3))
        return {"image": self.head(features), "scores": self.scores(pooled), "mean": pooled.mean(1)}


class Words(nn.Module):
    """Whole numbers in, one tensor out; a parameter of another name."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.table, self.out = nn.Embedding(50, 8), nn.Linear(8, 4)

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.out(self.table(x).mean(1)) + y  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def every_boundary(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Also of modules as small as these."""
    monkeypatch.setattr("models.module.module_program._LEAST_STAGE", 0.0)
    with torch.inference_mode():
        yield


def run(program: ModuleProgram, rows: list[Any], lane: str = "") -> Any:
    steps, yielded = program.start(lane or program.lanes[0].name, rows), 0
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            assert yielded == program.lanes[0].stages
            return stop.value
        yielded += 1


def image(seed: int, height: int = 16, width: int = 16) -> dict[str, Any]:
    return {"image": np.random.default_rng(seed).standard_normal((3, height, width), np.float32)}


def test_answers_are_bit_equal_to_the_module_s_on_the_same_batch() -> None:
    program, rows = ModuleProgram("style", Style(), CPU, IMAGE, 4), [image(seed) for seed in range(3)]
    assert program.lanes[0].stages == 7 + 1
    plain = Style().eval()(torch.from_numpy(np.stack([row["image"] for row in rows])))
    for place, answer in enumerate(run(program, rows)):
        for name in ("image", "scores", "mean"):
            np.testing.assert_array_equal(answer[name], plain[name][place].numpy())


def test_outputs_are_found_by_one_run() -> None:
    program = ModuleProgram("style", Style(), CPU, IMAGE, 4)
    assert program.outputs == {
        "image": Tensor("float32", (3, 16, 16)),
        "scores": Tensor("float32", (5,)),
        "mean": Tensor("float32", ()),
    }
    assert [lane.name for lane in program.lanes] == ["style.run"]
    assert program.resident_bytes == sum(weight.nbytes for weight in Style().parameters())


def test_a_row_that_comes_out_nan_fails_alone() -> None:
    program, rows = ModuleProgram("style", Style(), CPU, IMAGE, 4), [image(seed) for seed in range(3)]
    rows[1]["image"][0, 0, 0] = np.nan
    first, bad, last = run(program, rows)
    assert isinstance(bad, FloatingPointError)
    for answer, row in ((first, rows[0]), (last, rows[2])):
        np.testing.assert_allclose(answer["scores"], run(program, [row])[0]["scores"], atol=1e-6)


def test_inputs_of_other_names_go_by_position() -> None:
    inputs = {"tokens": Tensor("int64", (6,)), "shift": Tensor("float32", (4,))}
    assert not takes_names(Words(), inputs)
    program = ModuleProgram("words", Words(), CPU, inputs, 2)
    row = {"tokens": np.arange(6), "shift": np.ones(4, np.float32)}
    plain = Words().eval()(torch.arange(6)[None], torch.ones(1, 4))
    np.testing.assert_array_equal(run(program, [row])[0]["output"], plain[0].numpy())


def test_sizes_that_a_request_chooses_have_a_lane_for_each_power_of_two() -> None:
    inputs = {"image": Tensor("float32", (3, Dim(8, 32), Dim(8, 24)))}
    program = ModuleProgram("style", Style(), CPU, inputs, 4)
    assert [lane.name for lane in program.lanes] == [f"style.{h}x{w}" for h in (8, 16, 32) for w in (8, 16, 24)]
    assert program.lane_of(image(0, 9, 8)) == "style.16x8"
    rows = [image(0, 9, 8), image(1, 12, 8), image(2, 9, 8)]
    for row, answer in zip(rows, run(program, rows, "style.16x8"), strict=True):
        assert answer["image"].shape == row["image"].shape
        np.testing.assert_allclose(answer["image"], run(program, [row], "style.16x8")[0]["image"], atol=1e-6)
    for lane in program.lanes:
        assert program.lane_of(program.sample(lane.name, 1)[0]) == lane.name


def test_outputs_whose_size_follows_the_inputs_are_found_by_two_runs() -> None:
    inputs = {"image": Tensor("float32", (3, Dim(8, 32), 16))}
    outputs = ModuleProgram("style", Style(), CPU, inputs, 4).outputs
    assert outputs == {
        "image": Tensor("float32", (3, Dim(8, 32), 16)),
        "scores": Tensor("float32", (5,)),
        "mean": Tensor("float32", ()),
    }


def test_too_many_buckets_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 16 combinations"):
        buckets({"image": Tensor("float32", (Dim(1, 512), Dim(1, 512)))})


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({}, "style takes image; nothing was sent"),
        ({"picture": np.zeros((3, 16, 16), np.float32)}, "style takes image; picture was sent"),
        ({"image": np.zeros((3, 16, 16))}, r"image is float64 \[3, 16, 16\]; send float32 \[3, 16, 16\]"),
        ({"image": np.zeros((3, 16, 15), np.float32)}, r"image is float32 \[3, 16, 15\]"),
        ({"image": np.zeros((16, 16), np.float32)}, r"image is float32 \[16, 16\]"),
    ],
)
def test_a_row_that_does_not_fit_says_what_may_be_sent(row: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        ModuleProgram("style", Style(), CPU, IMAGE, 4).lane_of(row)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda x: x.mean(), r"its output 'output' has the shape \[\] for 4 rows"),
        (lambda x: {"a": torch.cat([x, x])}, r"its output 'a' has the shape \[8, 3, 16, 16\] for 4 rows"),
        (lambda x: "words", "the module returned str; return a tensor, or a dict, list or tuple of tensors"),
    ],
)
def test_a_module_that_does_not_answer_row_by_row_is_not_loaded(wrong: Any, sentence: str) -> None:
    class Wrong(nn.Module):
        def forward(self, image: torch.Tensor) -> Any:
            return wrong(image)

    with pytest.raises((ValueError, TypeError), match=sentence):
        ModuleProgram("wrong", Wrong(), CPU, IMAGE, 4)


def test_a_module_that_is_not_loaded_keeps_no_hooks() -> None:
    module = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
    for _ in range(2):
        with pytest.raises(ValueError, match=r"raised RuntimeError \(.*\) when it was tried with image float32"):
            ModuleProgram("wrong", module, CPU, IMAGE, 4)
    assert not any(child._forward_hooks for child in module.modules())


def test_outputs_that_are_declared_are_chosen_and_named() -> None:
    scores = {"scores": Tensor("float32", (5,))}
    (answer,) = run(ModuleProgram("style", Style(), CPU, IMAGE, 4, outputs=scores), [image(0)])
    assert {name: array.shape for name, array in answer.items()} == {"scores": (5,)}
    both = {"first": Tensor("float32", (3, 16, 16)), "second": Tensor("float32", (Dim(1, 9),))}
    program = ModuleProgram("pair", Pair(), CPU, IMAGE, 4, outputs=both)
    assert program.outputs == both
    (answer,) = run(program, [image(0)])
    assert {name: array.shape for name, array in answer.items()} == {"first": (3, 16, 16), "second": (5,)}


class Pair(Style):
    """The same without names."""

    def forward(self, image: torch.Tensor) -> Any:
        return tuple(super().forward(image).values())


def test_number_format_and_memory_format_are_options() -> None:
    options: dict[str, Any] = {"dtype": torch.bfloat16, "memory_format": torch.channels_last}
    program = ModuleProgram("style", Style(), CPU, IMAGE, 4, **options)
    (answer,), (exact,) = run(program, [image(0)]), run(ModuleProgram("style", Style(), CPU, IMAGE, 4), [image(0)])
    assert answer["image"].dtype == np.float32
    np.testing.assert_allclose(answer["scores"], exact["scores"], atol=0.05)
    assert program._module.down[0].weight.is_contiguous(memory_format=torch.channels_last)  # type: ignore[union-attr, index]


def test_without_slices_a_run_has_one_stage() -> None:
    program = ModuleProgram("style", Style(), CPU, IMAGE, 4, slices=False)
    assert program.lanes[0].stages == 1
    assert len(run(program, [image(0)])) == 1


def test_a_run_that_is_closed_leaves_the_module_as_it_was() -> None:
    program = ModuleProgram("style", Style(), CPU, IMAGE, 4)
    steps = program.start("style.run", [image(0)])
    next(steps)
    steps.close()
    assert program._sliced._call is None
    assert len(run(program, [image(0)])) == 1


def test_a_later_run_of_fewer_or_more_submodules_keeps_the_stages() -> None:
    class Repeats(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)

        def forward(self, x: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
            for _ in range(int(times.max())):
                x = self.layer(x)
            return x

    inputs = {"x": Tensor("float32", (4,)), "times": Tensor("int64", ())}
    program = ModuleProgram("repeats", Repeats(), CPU, inputs, 1)
    for times in (0, 1, 7):
        (answer,) = run(program, [{"x": np.ones(4, np.float32), "times": np.array(times)}])
        assert np.isfinite(answer["output"]).all()


def test_the_version_follows_the_weights() -> None:
    one, other = (ModuleProgram("style", Style(), CPU, IMAGE, 1).version for _ in range(2))
    module = Style()
    with torch.inference_mode(False):
        module.head.bias.data += 1  # type: ignore[union-attr, operator]
    assert one == other != ModuleProgram("style", module, CPU, IMAGE, 1).version


def test_a_module_with_a_number_for_a_buffer_has_a_version() -> None:
    module = nn.BatchNorm2d(3)  # counts its batches in an int64 without dimensions
    one = ModuleProgram("norm", module, CPU, IMAGE, 1).version
    assert module.num_batches_tracked is not None
    module.num_batches_tracked += 1
    assert one != ModuleProgram("norm", module, CPU, IMAGE, 1).version


def test_neighbours_are_joined_up_to_a_slice() -> None:
    assert joined([0.4, 0.5, 0.7, 0.1, 2.0, 0.9], 1.0) == {1, 3, 4}
    assert joined([0.1, 0.2], 1.0) == frozenset()
    assert joined([0.1, 0.2, 0.1], 0.0) == {0, 1}


def test_the_submodules_that_no_run_is_suspended_after_lose_their_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.module.module_program.joined", lambda seconds, most: {1, 4})
    module = Style()
    program = ModuleProgram("style", module, CPU, IMAGE, 2)
    hooked = {child for child in module.modules() if child._forward_hooks}
    assert hooked == {module.down[1], module.down}
    assert program.lanes[0].stages == 3
    assert len(run(program, [image(0), image(1)])) == 2


def test_rows_of_several_shapes_are_suspended_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = {"image": Tensor("float32", (3, Dim(8, 16), 16))}
    program, ended, stages = ModuleProgram("style", Style(), CPU, inputs, 4), [], []
    program._module.head.register_forward_hook(lambda *_: ended.append(len(stages)))  # type: ignore[union-attr]
    stages.extend(program.start(program.lanes[-1].name, [image(0, 16), image(1, 12)]))
    assert len(ended) == 2
    assert ended[1] - ended[0] >= 2, "the second batch is not run in one stage"
