"""A `torch.export` file (.pt2) as a module, looked through before it is loaded (`archive`).

It is one slice: its graph calls no submodules, so that a run could not be suspended anywhere.
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.export import ExportedProgram
from torch.export.graph_signature import ConstantArgument, InputKind, TensorArgument
from torch.export.passes import move_to_device_pass
from torch.utils import _pytree as pytree

from models.module import archive, rows
from models.module.tensors import DTYPES, Dim, Tensor

log = logging.getLogger("framebridge.modules")

_BATCH = 8  # of a batch dimension without an upper limit
_MOST_BATCH = 256
_SETTLED = "it is a torch.export file, which keeps what it was exported with; leave this option out"


class ExportedModule(nn.Module):
    """An exported program, called with one batch of each input, in order; `inputs` and `outputs` are those of one row.

    A batch of less than `least` rows is padded with its last row. ValueError for a program that cannot be served so.
    """

    def __init__(self, program: ExportedProgram) -> None:
        super().__init__()
        self._program = program
        self._arguments = list(_arguments(program))
        values = _values(program)
        given = {argument.name: values[argument.name] for argument in self._arguments if _is_tensor(argument)}
        self.least, self.most = _batch(given, program)
        self.inputs = {name: _row(name, value, program) for name, value in given.items()}
        self.outputs = _outputs(program, values, next(iter(given.values())).shape[0])
        self.module = program.module()

    def forward(self, *inputs: torch.Tensor) -> Any:
        """The outputs of one batch."""
        count = len(inputs[0])
        if count > self.most:
            raise ValueError(f"it was exported for {self.most} rows and was given {count}; lower max-batch to that")
        left = iter([_padded(tensor, self.least) for tensor in inputs])
        flat = [next(left) if _is_tensor(argument) else argument.value for argument in self._arguments]
        args, kwargs = pytree.tree_unflatten(flat, self._program.call_spec.in_spec)
        result = rows.named(self.module(*args, **kwargs))
        rows.check_rows(result, max(count, self.least))
        return {name: tensor[:count] for name, tensor in result.items()}

    def train(self, mode: bool = True) -> "ExportedModule":
        """Nothing: a graph was exported in one mode or the other."""
        return self

    def to(self, device: Any = None, **changes: Any) -> "ExportedModule":  # type: ignore[override]
        """Move to a device: of the graph also the tensors that it makes."""
        if changes or not isinstance(device, torch.device):
            raise ValueError(_SETTLED)
        if device.type != "cpu":
            self._program = move_to_device_pass(self._program, device)
            self.module = self._program.module()
        return self


def read(path: Path) -> ExportedModule:
    """Load a file. ValueError, with what to do, for what is no such file, or holds what cannot be served."""
    archive.check(path)
    try:
        program = torch.export.load(path)
    except Exception as error:  # of many kinds
        raise ValueError(
            f"torch {torch.__version__} cannot load it ({_line(error)}); export it again with this version"
        ) from error
    return ExportedModule(program)


def load(path: Path) -> ExportedModule:
    """As `read`, to be served."""
    log.info("%s is one slice: runs of a torch.export file are never suspended", path.name)
    return read(path)


def _is_tensor(argument: Any) -> bool:
    return isinstance(argument, TensorArgument)


def _values(program: ExportedProgram) -> Mapping[str, Any]:
    return {node.name: node.meta.get("val") for node in program.graph.nodes}


def _arguments(program: ExportedProgram) -> Iterator[Any]:
    """What the program is called with: tensors, and constants that were traced."""
    for spec in program.graph_signature.input_specs:
        if spec.kind is not InputKind.USER_INPUT:
            continue
        if not isinstance(spec.arg, TensorArgument | ConstantArgument):
            raise ValueError(f"its input {spec.arg.name!r} is not a tensor; export it with tensors alone")
        yield spec.arg


def _batch(given: Mapping[str, torch.Tensor], program: ExportedProgram) -> tuple[int, int]:
    """The fewest and most rows of a run."""
    if not given:
        raise ValueError("it takes no tensors; export it with an input of one batch")
    flat = [name for name, value in given.items() if value.dim() == 0]
    if flat:
        raise ValueError(f"its input {flat[0]!r} has no dimensions; the first of each input has to be the batch")
    sizes = {name: value.shape[0] for name, value in given.items()}
    if len({str(size) for size in sizes.values()}) > 1:
        each = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(f"the first dimensions of its inputs differ ({each}); they have to be one batch")
    least, most = _range(next(iter(sizes.values())), program)
    if least > _MOST_BATCH:
        raise ValueError(f"it was exported with a batch of {least}; export it with at most {_MOST_BATCH}")
    return max(least, 1), min(most, _MOST_BATCH) if most is not None else max(least, _BATCH)


def _range(size: Any, program: ExportedProgram) -> tuple[int, int | None]:
    """The smallest and largest size of a dimension; None without an upper limit."""
    if isinstance(size, int):
        return size, size
    expression = size.node.expr
    allowed = program.range_constraints.get(expression)
    if allowed is None or not expression.is_Symbol:
        raise ValueError(f"a dimension of its inputs is {size}; export it with dimensions that are independent")
    most = int(allowed.upper) if allowed.upper.is_Integer else None
    return int(allowed.lower), most


def _row(name: str, value: torch.Tensor, program: ExportedProgram) -> Tensor:
    dtype = str(value.dtype).removeprefix("torch.")
    if dtype not in DTYPES:
        raise ValueError(f"its input {name!r} is {dtype}; export it with one of {', '.join(DTYPES)}")
    return Tensor(dtype, tuple(_dimension(name, size, program) for size in value.shape[1:]))


def _dimension(name: str, size: Any, program: ExportedProgram) -> int | Dim:
    least, most = _range(size, program)
    if most is None:
        raise ValueError(f"its input {name!r} has a size without an upper limit; export it with Dim(..., max=...)")
    return size if isinstance(size, int) else Dim(max(least, 1), most)


def _outputs(program: ExportedProgram, values: Mapping[str, Any], batch: Any) -> dict[str, Tensor]:
    """The outputs of one row; none where a size of them is only known from a run."""
    flat = [values.get(name) if isinstance(name, str) else name for name in program.graph_signature.user_outputs]
    found = rows.named(pytree.tree_unflatten(flat, program.call_spec.out_spec))
    for name, value in found.items():
        if value.dim() == 0 or str(value.shape[0]) != str(batch):
            raise ValueError(f"its output {name!r} is {list(value.shape)}; the first dimension has to be the batch")
    if any(not isinstance(size, int) for value in found.values() for size in value.shape[1:]):
        return {}
    return {name: Tensor(_sent(value.dtype), tuple(value.shape[1:])) for name, value in found.items()}


def _sent(dtype: torch.dtype) -> str:
    return "float32" if dtype is torch.bfloat16 else str(dtype).removeprefix("torch.")


def _padded(tensor: torch.Tensor, least: int) -> torch.Tensor:
    lacking = least - len(tensor)
    return tensor if lacking <= 0 else torch.cat([tensor, tensor[-1:].expand(lacking, *tensor.shape[1:])])


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:200]}"
