"""Models of a stranger's, and what they may do wrong: in `load`, in a run, and to torch."""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from bridge import ModuleModel, ProgramModel, Tensor
from models.program import Lane, Unfinished

INPUTS = {"x": Tensor("float32", (2,))}
OUTPUTS = {"y": Tensor("float32", (2,))}
WRONG = 666.0  # a row that begins with it asks for what the model does wrong

Run = Generator[None, None, Any]


def row(number: float) -> dict[str, Any]:
    return {"x": np.full(2, number, np.float32)}


def answers(rows: Sequence[Any]) -> list[Any]:
    """Each row doubled."""
    return [{"y": 2 * each["x"]} for each in rows]


class Odd:
    """Doubles rows in three stages, and runs `wrong` instead for a batch that asks for it."""

    def __init__(self, wrong: Callable[[Sequence[Any]], Any] | None = None, **members: Any) -> None:
        self.name, self.version, self.resident_bytes = "odd", "1", 0
        self.lanes: Any = (Lane("odd.run", 4, 3),)
        self.inputs: Any = INPUTS
        self.outputs: Any = OUTPUTS
        self.wrong, self.closed = wrong, 0
        for name, value in members.items():
            setattr(self, name, value)

    def start(self, lane: str, rows: Sequence[Any]) -> Any:
        asked = self.wrong is not None and any(each["x"][0] == WRONG for each in rows)
        return self.wrong(rows) if asked and self.wrong is not None else self.right(rows)

    def right(self, rows: Sequence[Any]) -> Run:
        for _ in range(3):
            yield
        return answers(rows)

    def sample(self, lane: str, batch: int) -> Any:
        return [row(1.0)] * batch

    def lane_of(self, row: Mapping[str, Any]) -> Any:
        return "odd.run"

    def close(self) -> None:
        self.closed += 1


def odd(**members: Any) -> Odd:
    """A program that does the same wrong at warm-up too."""
    return Odd(**members, sample=lambda lane, batch: [row(WRONG)] * batch)


def program(load: Callable[[Any], Any], **more: Any) -> ProgramModel:
    return ProgramModel("odd", load=load, inputs=INPUTS, **more)


def module(load: Callable[[], Any], **more: Any) -> ModuleModel:
    return ModuleModel("odd", load=load, **{"inputs": INPUTS, "max_batch": 4, **more})


class Forward(nn.Module):
    """A module of two layers whose end is a test's."""

    def __init__(self, end: Callable[[Any], Any] = lambda x: {"y": 2 * x}) -> None:
        super().__init__()
        self.first, self.second, self.end = nn.Identity(), nn.Identity(), end

    def forward(self, x: Any) -> Any:
        return self.end(self.second(self.first(x)))


def forward(end: Callable[[Any], Any]) -> Callable[[], nn.Module]:
    return lambda: Forward(end)


def fails(error: BaseException) -> Any:
    raise error


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


# -- runs --------------------------------------------------------------------------------------------------------------


def ends_with(result: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any]], Run]:
    """A run whose stages are as declared, and whose outputs are not."""

    def run(rows: Sequence[Any]) -> Run:
        for _ in range(3):
            yield
        return result(rows)

    return run


def after_one(act: Callable[[], Any]) -> Callable[[Sequence[Any]], Run]:
    """A run that does something after its first stage."""

    def run(rows: Sequence[Any]) -> Run:
        yield
        act()
        yield
        yield
        return answers(rows)

    return run


def yields(count: int) -> Callable[[Sequence[Any]], Run]:
    def run(rows: Sequence[Any]) -> Run:
        for _ in range(count):
            yield
        return answers(rows)

    return run


def within(state: Callable[[], Any]) -> Callable[[Sequence[Any]], Run]:
    """A run that is suspended within a state of torch's."""

    def run(rows: Sequence[Any]) -> Run:
        yield
        with state():
            yield
        yield
        return answers(rows)

    return run


def every(answer: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Run]:
    """Runs that answer a row that asks for it so."""
    return ends_with(
        lambda rows: [
            answer(each) if each["x"][0] == WRONG else right for each, right in zip(rows, answers(rows), strict=True)
        ]
    )


RUNS: dict[str, tuple[Callable[[Sequence[Any]], Any], str]] = {
    "raises": (
        after_one(lambda: fails(ZeroDivisionError("boom"))),
        r"model 'odd' failed on this request .ZeroDivisionError: boom\); change it",
    ),
    "raises before it begins": (
        lambda rows: fails(KeyError("k")),
        r"model 'odd' failed on this request .KeyError: 'k'\); change it",
    ),
    "exits": (
        after_one(lambda: fails(SystemExit(3))),
        r"model 'odd' failed on this request .SystemExit: 3\); change it",
    ),
    "is interrupted": (
        after_one(lambda: fails(KeyboardInterrupt())),
        r"model 'odd' failed on this request .KeyboardInterrupt\); change it",
    ),
    "ends as if closed": (
        after_one(lambda: fails(GeneratorExit())),
        r"model 'odd' failed on this request .GeneratorExit\); change it",
    ),
    "raises without words": (
        after_one(lambda: fails(Unspeakable())),
        r"model 'odd' failed on this request .Unspeakable\); change it",
    ),
    "is no generator": (answers, "start of odd.run returned a list; make it a generator that yields"),
    "is nothing": (lambda rows: None, "start of odd.run returned None; make it a generator that yields"),
    "yields too seldom": (yields(1), "odd.run ended before its last stage; yield after each"),
    "never ends": (yields(10**9), "odd.run does not end; return after the stages that it declares"),
    "one output too few": (ends_with(lambda rows: answers(rows)[1:]), "for a batch of 1; give one for each row"),
    "one output too many": (
        ends_with(lambda rows: answers([*rows, row(0)])),
        "for a batch of 1; give one for each row",
    ),
    "outputs are None": (ends_with(lambda rows: None), "odd.run returned None; return a list with one output for each"),
    "outputs are text": (ends_with(lambda rows: "yyyy"), "odd.run returned a str; return a list"),
    "an unknown lane": (
        every(lambda each: Unfinished({"y": each["x"]}, "odd.walk")),
        "continues a row in the lane 'odd.walk', which odd does not have; name one of its own",
    ),
    "another model's lane": (
        every(lambda each: Unfinished(None, "neighbour.run", prepares=True)),
        "continues a row in the lane 'neighbour.run', which odd does not have",
    ),
    "a lane of no kind": (every(lambda each: Unfinished(None, [], prepares=True)), r"in the lane \[\], which odd"),  # type: ignore[arg-type]
    "part of a wrong shape": (
        every(lambda each: Unfinished({"y": each["x"][:1]}, "odd.run")),
        r"odd.run answered y float32 \[1\] instead of y float32 \[2\]; declare `outputs` as they are",
    ),
    "a wrong shape": (
        every(lambda each: {"y": np.zeros((2, 1), np.float32)}),
        r"odd.run answered y float32 \[2, 1\] instead of y float32 \[2\]; declare `outputs`",
    ),
    "a wrong number format": (
        every(lambda each: {"y": np.zeros(2)}),
        r"odd.run answered y float64 \[2\] instead of y float32 \[2\]",
    ),
    "other names": (every(lambda each: {"z": each["x"]}), r"odd.run answered z instead of y float32 \[2\]"),
    "no names": (every(lambda each: each["x"]), "odd.run answered a ndarray, not arrays by name instead of y"),
    "a tensor": (
        every(lambda each: {"y": torch.zeros(2)}),
        "odd.run answered a Tensor for y, not a numpy array instead of y",
    ),
    "nothing for a row": (every(lambda each: None), "odd.run answered None, not arrays by name instead of y"),
    "an exception for a row": (
        every(lambda each: FloatingPointError("it is NaN")),
        r"model 'odd' failed on this request .FloatingPointError: it is NaN\); change it",
    ),
    "an exit for a row": (every(lambda each: SystemExit(3)), "odd.run answered SystemExit: 3"),
    "suspended in autocast": (
        within(lambda: torch.autocast("cpu", torch.bfloat16)),
        "odd.run is suspended where it changes autocast on CPU of torch, which other models would run in; leave",
    ),
    "suspended out of inference": (within(lambda: torch.inference_mode(False)), "changes grad mode, inference mode of"),
    "suspended on a device": (
        within(lambda: torch.device("meta")),
        r"changes function modes \(torch.device among them\)",
    ),
}

# What warm-up finds as well, said otherwise there.
LOADS_OF_RUNS = {
    "yields too seldom": "a run of odd.run has fewer stages than the 3 it declares; yield once after each",
    "never ends": "a run of odd.run has more stages than the 3 it declares; yield once after each",
    "an exception for a row": "",  # warm-up's noise may be no good
}

STATES: dict[str, Callable[[], Any]] = {
    "grad": lambda: torch.set_grad_enabled(True),
    "threads": lambda: torch.set_num_threads(2),
    "dtype": lambda: torch.set_default_dtype(torch.float64),
    "device": lambda: torch.set_default_device("meta"),
    "autocast": lambda: torch.set_autocast_enabled("cpu", True),
}
