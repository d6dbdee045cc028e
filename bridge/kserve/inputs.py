"""From a request's tensors to rows of a model: names, number formats, shapes and bytes are checked first.

A tensor has the batch as its first dimension, and each row of it is asked for on its own.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.errors import InvalidRequest, OutOfRange
from bridge.kserve.asked import Asked
from bridge.kserve.datatypes import CONTENTS, DTYPES, NAMES
from models.module.tensors import Dim, Tensor

Row = dict[str, NDArray[Any]]

_SHARED = "shared_memory_region"
_MOST_TOLD = 16  # dimensions of a wrong shape


def rows_of(asked: Asked, model: str, tensors: Mapping[str, Tensor], most: int) -> list[Row]:
    """One row for each of the batch. InvalidRequest or OutOfRange, with what may be sent, for what does not fit."""
    sent = asked.message.inputs
    _check_names(model, tensors, [tensor.name for tensor in sent])
    for tensor in sent:
        _check_format(tensor, tensors[tensor.name])
    batch = _batch(sent, most)
    contents = _raw(asked) if asked.raw else [_typed(tensor) for tensor in sent]
    arrays = {tensor.name: array.reshape(tuple(tensor.shape)) for tensor, array in zip(sent, contents, strict=True)}
    return [{name: arrays[name][row, ...] for name in tensors} for row in range(batch)]


def _check_names(model: str, tensors: Mapping[str, Tensor], names: Sequence[str]) -> None:
    if len(set(names)) < len(names) or set(names) != tensors.keys():
        sent = ", ".join(names) or "none"
        raise InvalidRequest(f"the inputs are {sent}; send each input of {model!r} once: {', '.join(tensors)}")


def _check_format(sent: Any, tensor: Tensor) -> None:
    name = sent.name
    if _SHARED in sent.parameters:
        raise InvalidRequest(
            f"input {name!r} refers to shared memory, which this server has for clients of bridge.v1 only; send bytes"
        )
    wanted = NAMES[tensor.dtype]
    if sent.datatype != wanted:
        known = "" if sent.datatype in DTYPES else ", a number format that models here cannot take"
        raise InvalidRequest(f"input {name!r} is {sent.datatype or 'without datatype'}{known}; send {wanted}")
    shape = tuple(sent.shape)
    if len(shape) != len(tensor.shape) + 1 or not tensor.fits(shape[1:]):
        sizes = ", ".join(["batch", *map(_size, tensor.shape)])
        told = f"the shape {list(shape)}" if len(shape) <= _MOST_TOLD else f"{len(shape)} dimensions"
        raise OutOfRange(f"input {name!r} has {told}; send [{sizes}]")


def _size(size: int | Dim) -> str:
    return f"{size.least} to {size.most}" if isinstance(size, Dim) else str(size)


def _batch(sent: Sequence[Any], most: int) -> int:
    """The number of rows, which all inputs must have."""
    batches: dict[str, int] = {tensor.name: tensor.shape[0] for tensor in sent}
    for name, batch in batches.items():
        if not 1 <= batch <= most:
            raise OutOfRange(
                f"input {name!r} has a batch of {batch}; send 1 to {most} rows (max_batch_size), and further requests "
                "for more"
            )
    if len(set(batches.values())) > 1:
        told = ", ".join(f"{batch} of {name!r}" for name, batch in batches.items())
        raise OutOfRange(f"the inputs' batches differ: {told}; send as many rows of each")
    return next(iter(batches.values()))


def _raw(asked: Asked) -> list[NDArray[Any]]:
    """Arrays of what came as raw bytes, one-dimensional."""
    sent, raw = asked.message.inputs, asked.raw
    if len(raw) != len(sent) or any(tensor.HasField("contents") for tensor in sent):
        raise InvalidRequest(
            f"{len(raw)} raw_input_contents came with {len(sent)} inputs; send all inputs that way, and none as "
            "`contents`"
        )
    arrays = []
    for tensor, data in zip(sent, raw, strict=True):
        dtype = np.dtype(DTYPES[tensor.datatype])
        wanted = math.prod(tensor.shape) * dtype.itemsize
        if len(data) != wanted:
            raise InvalidRequest(
                f"input {tensor.name!r} has {len(data):,} bytes; {tensor.datatype} of the shape "
                f"{list(tensor.shape)} has {wanted:,}"
            )
        if dtype == np.bool_:  # a byte other than 0 and 1 would be a bool that is neither
            arrays.append(np.frombuffer(data, np.uint8) != 0)
        else:
            arrays.append(np.frombuffer(data, dtype.newbyteorder("<")).astype(dtype))  # a copy: aligned, and its own
    return arrays


def _typed(tensor: Any) -> NDArray[Any]:
    """An array of what came in the field for its number format, one-dimensional."""
    field = CONTENTS.get(tensor.datatype)
    if field is None:
        raise InvalidRequest(f"input {tensor.name!r} is {tensor.datatype}; send it in raw_input_contents")
    values, wanted = getattr(tensor.contents, field), math.prod(tensor.shape)
    others = [other.name for other, _ in tensor.contents.ListFields() if other.name != field]
    if len(values) != wanted or others:
        also = f" and some in {', '.join(others)}" if others else ""
        raise InvalidRequest(
            f"input {tensor.name!r} has {len(values):,} values in {field}{also}; {tensor.datatype} of the shape "
            f"{list(tensor.shape)} has {wanted:,} there"
        )
    dtype = np.dtype(DTYPES[tensor.datatype])
    if dtype.kind not in "iu":
        return np.array(values, dtype)
    wide, range_ = np.array(values, np.int64), np.iinfo(dtype)
    if wide.size and not range_.min <= wide.min() <= wide.max() <= range_.max:
        raise OutOfRange(
            f"input {tensor.name!r} has a value outside {tensor.datatype}; send {range_.min} to {range_.max}"
        )
    return wide.astype(dtype)
