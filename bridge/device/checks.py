"""What is wrong with a model: as it was loaded, with a run of it, and with its answers.

Sentences name the model or its lane, and the mend. Models that are not FrameBridge's are checked more strictly: for
their names, and for each row that they answer.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np

from bridge.errors import BridgeError, InvalidRequest, ModelFailed
from bridge.policy.work import Ending, Outcome
from models.module.tensors import Tensor
from models.program import Lane, Program, Unfinished

MOST_BATCH = 256  # rows in a run
_MOST_STAGES = 10_000
_MOST_LANES = 64
_LONGEST_REASON = 300  # characters of an exception's text
_MEMBERS = ("name", "version", "lanes", "resident_bytes", "start", "sample", "close")
_TENSOR_MEMBERS = ("inputs", "outputs", "lane_of")


def reason(error: BaseException) -> str:
    """An exception in one line; of ours the sentence, of others with the type."""
    try:
        text = str(error).strip().partition("\n")[0][:_LONGEST_REASON]
    except BaseException:  # written by whoever wrote the model
        text = ""
    if isinstance(error, BridgeError) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def check_program(program: Any, name: str = "", inputs: Mapping[str, Tensor] | None = None) -> None:
    """ModelFailed for what no host could run. With `inputs` it is not FrameBridge's: declared as `name`, with these."""
    _check_members(program, (*_MEMBERS, *_TENSOR_MEMBERS) if inputs else _MEMBERS)
    if not isinstance(program.resident_bytes, int) or program.resident_bytes < 0:
        raise ModelFailed(f"its resident_bytes is {program.resident_bytes!r}; set the bytes of its weights, or 0")
    _check_lanes(program.lanes)
    if inputs:
        _check_own(program, name, inputs)


def _check_members(program: Any, members: Sequence[str]) -> None:
    missing = [member for member in members if not hasattr(program, member)]
    if missing:
        raise ModelFailed(
            f"its load returned {_article(program)} without {', '.join(missing)}; return a program as "
            "models/program.py describes it"
        )


def _check_lanes(lanes: Any) -> None:
    if not isinstance(lanes, tuple | list) or not 1 <= len(lanes) <= _MOST_LANES:
        raise ModelFailed(f"its lanes are {_short(lanes)}; use a tuple of 1 to {_MOST_LANES} lanes")
    for lane in lanes:
        if not isinstance(lane, Lane) or not isinstance(lane.name, str):
            raise ModelFailed(f"its lanes hold {_short(lane)}; use models.program.Lane")
        for member, most in (("max_batch", MOST_BATCH), ("stages", _MOST_STAGES)):
            number = getattr(lane, member)
            if not isinstance(number, int) or not 1 <= number <= most:
                raise ModelFailed(f"{member} of its lane {lane.name!r} is {_short(number)}; use 1 to {most:,}")
    names = [lane.name for lane in lanes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ModelFailed(f"it has two lanes {twice[0]!r}; give each its own name")


def _check_own(program: Any, name: str, inputs: Mapping[str, Tensor]) -> None:
    if program.name != name:
        raise ModelFailed(f"its program is named {_short(program.name)}; name it {name!r}, as it is declared")
    for lane in program.lanes:
        if not lane.name.startswith(f"{name}."):
            raise ModelFailed(f"its lane {lane.name!r} may be another model's; begin the name with '{name}.'")
    for member in ("inputs", "outputs"):
        tensors = getattr(program, member)
        if not isinstance(tensors, Mapping) or not all(isinstance(tensor, Tensor) for tensor in tensors.values()):
            raise ModelFailed(f"its {member} are {_short(tensors)}; use a dict of bridge.Tensor by name")
    if not program.outputs:
        raise ModelFailed("its program has no outputs; say what a row's answer holds")
    if dict(program.inputs) != dict(inputs):
        raise ModelFailed(
            f"its program takes {described(program.inputs)}, but {described(inputs)} is declared; make them the same"
        )


def started(program: Program, lane: str, rows: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
    """A run of `rows`. ModelFailed if it cannot be run stage by stage."""
    run = program.start(lane, rows)
    if not isinstance(run, Generator):
        raise ModelFailed(f"start of {lane} returned {_article(run)}; make it a generator that yields after each stage")
    return run


def sampled(program: Program, lane: str, batch: int) -> Sequence[Any]:
    """Rows to warm up with. ModelFailed if there are not as many as asked for."""
    rows = program.sample(lane, batch)
    if not isinstance(rows, Sequence) or len(rows) != batch:
        count = f"{len(rows)} rows" if isinstance(rows, Sequence) else _article(rows)
        raise ModelFailed(f"sample of {lane} returned {count}; return {batch} for a batch of {batch}")
    return rows


def check_answers(program: Program, lane: str, answers: Any) -> None:
    """ModelFailed unless a run returned a list; whether it is long enough depends on the flight."""
    if not isinstance(answers, Sequence) or isinstance(answers, str | bytes):
        raise ModelFailed(f"{lane} returned {_article(answers)}; return a list with one output for each row")


def answer_error(program: Program, lane: str, answer: Any) -> ModelFailed | None:
    """What is wrong with one row's output, if anything. An exception is a fair answer."""
    if isinstance(answer, Unfinished):
        if answer.lane not in [own.name for own in program.lanes]:
            return ModelFailed(
                f"{lane} continues a row in the lane {_short(answer.lane)}, which {program.name} does not have; name "
                "one of its own"
            )
        return None if answer.prepares else answer_error(program, lane, answer.output)
    if isinstance(answer, BaseException):
        return None if isinstance(answer, Exception) else ModelFailed(f"{lane} answered {reason(answer)}")
    declared = outputs_of(program)
    if not declared:
        return None
    wrong = _tensors_error(declared, answer)
    if not wrong:
        return None
    return ModelFailed(
        f"{lane} answered {wrong} instead of {described(declared)}; declare `outputs` as they are, with a Dim where a "
        "size varies"
    )


def outputs_of(program: Program) -> Mapping[str, Tensor]:
    """What the rows of a program that takes and gives tensors are answered with; empty for FrameBridge's own."""
    declared = getattr(program, "outputs", None)
    return declared if isinstance(declared, Mapping) else {}


def _tensors_error(declared: Mapping[str, Tensor], answer: Any) -> str:
    if not isinstance(answer, Mapping):
        return f"{_article(answer)}, not arrays by name"
    if answer.keys() != declared.keys():
        return f"{', '.join(map(str, answer)) or 'nothing'}"
    for name, tensor in declared.items():
        array = answer[name]
        if not isinstance(array, np.ndarray):
            return f"{_article(array)} for {name}, not a numpy array"
        if array.dtype.name != tensor.dtype or not tensor.fits(array.shape):
            return f"{name} {array.dtype} {list(array.shape)}"
    return ""


def lane_of(program: Any, row: Mapping[str, Any]) -> str:
    """The lane of a row that a request sent. InvalidRequest if it does not fit; ModelFailed if the model's own choice
    fails.
    """
    try:
        lane = program.lane_of(row)
    except ValueError as error:
        raise InvalidRequest(reason(error) if isinstance(error, BridgeError) else str(error)) from error
    except BaseException as error:
        raise ModelFailed(f"model {program.name!r} failed in lane_of ({reason(error)}); mend that") from error
    if lane not in [own.name for own in program.lanes]:
        raise ModelFailed(f"model {program.name!r} puts it in lane {_short(lane)}, which it has not; mend its lane_of")
    return str(lane)


def failure_of(outcome: Outcome) -> str:
    """What a model raised on a request, as a sentence; "" if that is not how its job ended. A batch that fails is run
    again row by row, so it speaks of this request alone.
    """
    failed = outcome.ending is Ending.FAILED and isinstance(outcome.value, Exception)
    return reason(outcome.value) if failed else ""


def described(tensors: Mapping[str, Tensor]) -> str:
    """Tensors by name, in words."""
    return ", ".join(f"{name} {tensor}" for name, tensor in tensors.items()) or "nothing"


def _article(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _short(value: Any) -> str:
    try:
        text = repr(value)
    except BaseException:  # written by whoever wrote the model
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."
