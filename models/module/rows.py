"""Rows into batches and back: inputs are stacked by shape, outputs are named and divided again."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Row = Mapping[str, NDArray[Any]]  # by name, without the batch


def groups(rows: Sequence[Row]) -> list[list[int]]:
    """Indices of rows whose shapes are equal, which can be stacked."""
    found: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for index, row in enumerate(rows):
        found.setdefault(tuple([array.shape for array in row.values()]), []).append(index)
    return list(found.values())


def stacked(
    rows: Sequence[Row], device: torch.device, dtype: torch.dtype | None, memory_format: torch.memory_format
) -> dict[str, Tensor]:
    """One batch of rows of equal shapes, on `device`; floats in `dtype`, if given."""
    batch = {}
    for name in rows[0]:
        tensor = torch.from_numpy(np.stack([row[name] for row in rows])).to(device)
        if dtype is not None and tensor.is_floating_point():
            tensor = tensor.to(dtype)
        if tensor.dim() == 4 and memory_format is not torch.preserve_format:
            tensor = tensor.contiguous(memory_format=memory_format)
        batch[name] = tensor
    return batch


class OutputsError(ValueError):
    """What a module returned cannot be sent row by row."""


def named(result: Any, declared: Collection[str] = ()) -> dict[str, Tensor]:
    """A module's result as tensors by name: of a mapping its keys, else "output" or "output_0", "output_1" ...

    Of those `declared` the rest is left out, and names are given in their order to what has none. What is no tensor is
    left out. OutputsError when nothing is left, or one that is declared is missing.
    """
    if isinstance(result, Mapping):
        found = {str(name): value for name, value in result.items() if isinstance(value, Tensor)}
    else:
        found = dict(zip(*_ordered(result, declared), strict=False))
    if not found:
        raise OutputsError(
            f"the module returned {type(result).__name__}; return a tensor, or a dict, list or tuple of tensors"
        )
    missing = [name for name in declared if name not in found]
    if missing:
        raise OutputsError(f"the module returned no {', '.join(missing)}; it returned {', '.join(found)}")
    return {name: found[name] for name in declared} if declared else found


def _ordered(result: Any, declared: Collection[str]) -> tuple[Collection[str], list[Tensor]]:
    """Names and tensors of a result without names."""
    if isinstance(result, Tensor):
        return declared or ["output"], [result]
    if not isinstance(result, Sequence) or isinstance(result, str | bytes):
        return [], []
    places = [place for place, value in enumerate(result) if isinstance(value, Tensor)]
    return declared or [f"output_{place}" for place in places], [result[place] for place in places]


def bad_rows(outputs: Mapping[str, Tensor], batch: int) -> Tensor:
    """Which rows hold NaN, bool [batch], on the device."""
    first = next(iter(outputs.values()))
    bad = torch.zeros(batch, dtype=torch.bool, device=first.device)
    for tensor in outputs.values():
        if tensor.is_floating_point() and tensor.numel():
            bad |= tensor.isnan().reshape(batch, -1).any(dim=1)
    return bad


def check_rows(outputs: Mapping[str, Tensor], batch: int) -> None:
    """OutputsError for an output that is not one row for each input row."""
    for name, tensor in outputs.items():
        if tensor.dim() == 0 or tensor.shape[0] != batch:
            raise OutputsError(
                f"its output {name!r} has the shape {list(tensor.shape)} for {batch} rows; the first dimension must be "
                "the batch"
            )


def parted(outputs: Mapping[str, Tensor], bad: Tensor) -> list[dict[str, NDArray[Any]] | Exception]:
    """Each row's outputs in host memory; a FloatingPointError in place of one that is `bad`."""
    arrays = {name: _array(tensor) for name, tensor in outputs.items()}
    failure = "its answer is NaN for this input; look at what was sent"
    return [
        FloatingPointError(failure) if wrong else {name: array[row, ...] for name, array in arrays.items()}
        for row, wrong in enumerate(bad.tolist())
    ]


def _array(tensor: Tensor) -> NDArray[Any]:
    found = tensor.float() if tensor.dtype is torch.bfloat16 else tensor  # numpy has no bfloat16
    array: NDArray[Any] = found.contiguous().cpu().numpy()
    return array
