"""Tensors on the wire: validates what a request declares, and views its bytes as arrays."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.errors import InvalidRequest, OutOfRange, TooLarge
from bridge.v1 import tensor_pb2
from bridge.wire.bounds import check_enum
from bridge.wire.data_types import NAMES, NUMBERS

MOST_TENSORS = 32
MOST_DIMENSIONS = 8

Row = Mapping[str, NDArray[Any]]  # by name, without the batch


class Layout(NamedTuple):
    """A tensor's place in the bytes of its request."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    size: int  # bytes


def layouts(tensors: Sequence[tensor_pb2.Tensor]) -> list[Layout]:
    """Validate declared tensors. InvalidRequest for names that repeat, formats or sizes that there are none of."""
    if len(tensors) > MOST_TENSORS:
        raise InvalidRequest(f"{len(tensors)} tensors are declared; send at most {MOST_TENSORS}")
    names = [tensor.name for tensor in tensors]
    if len(set(names)) < len(names):
        raise InvalidRequest(f"tensor names are {', '.join(names)}; name each once")
    return [_layout(tensor) for tensor in tensors]


def _layout(tensor: tensor_pb2.Tensor) -> Layout:
    check_enum(f"data_type of {tensor.name!r}", tensor_pb2.DataType, tensor.data_type, unspecified=False)
    shape = tuple(tensor.shape)
    if len(shape) > MOST_DIMENSIONS or any(size < 1 for size in shape):
        raise OutOfRange(
            f"the shape of {tensor.name!r} is {list(shape)}; send up to {MOST_DIMENSIONS} sizes of 1 or more"
        )
    dtype = NAMES[tensor.data_type]
    return Layout(tensor.name, dtype, shape, math.prod(shape) * np.dtype(dtype).itemsize)


def check_total(found: Iterable[Layout], total: int, most: int) -> None:
    """Refuse bytes that do not make up the tensors, or are more than `most`."""
    size = sum(layout.size for layout in found)
    if size != total:
        raise InvalidRequest(f"total_bytes is {total:,} and the tensors have {size:,}; send what their shapes say")
    if size > most:
        raise TooLarge(f"the tensors have {size:,} bytes; send at most {most:,} (Limits.max_tensor_bytes)")


def arrays(found: Iterable[Layout], data: Any) -> dict[str, NDArray[Any]]:
    """Views of the bytes, by name."""
    views, at = {}, 0
    buffer = np.frombuffer(data, np.uint8)
    for layout in found:
        view = buffer[at : at + layout.size]
        # a byte other than 0 and 1 would be a bool that is neither
        view = view != 0 if layout.dtype == "bool" else view.view(layout.dtype)
        views[layout.name] = (view if view.flags.aligned else view.copy()).reshape(layout.shape)
        at += layout.size
    return views


def declared(row: Row) -> list[tensor_pb2.Tensor]:
    """Arrays as tensors of the contract."""
    return [
        tensor_pb2.Tensor(name=name, data_type=NUMBERS[array.dtype.name], shape=array.shape)
        for name, array in row.items()
    ]


def joined(row: Row) -> bytes | memoryview:
    """The bytes of arrays, one after the other; those of a single one are not copied."""
    parts: list[memoryview] = [np.ascontiguousarray(array).data.cast("B") for array in row.values()]
    return parts[0] if len(parts) == 1 else b"".join(parts)


def checked_outputs(model: str, value: Any, most: int) -> dict[str, NDArray[Any]]:
    """A model's outputs, if they can be sent. InvalidRequest, naming the model and what to mend, if not."""
    if not isinstance(value, Mapping) or not 0 < len(value) <= MOST_TENSORS:
        raise InvalidRequest(
            f"model {model!r} gave {type(value).__name__} for a row; let it give 1 to {MOST_TENSORS} arrays by name"
        )
    for name, array in value.items():
        if not isinstance(name, str) or not isinstance(array, np.ndarray) or array.dtype.name not in NUMBERS:
            kind = array.dtype.name if isinstance(array, np.ndarray) else type(array).__name__
            raise InvalidRequest(f"model {model!r} gave {kind} as {name!r}; let it give arrays of {', '.join(NUMBERS)}")
    size = sum(array.nbytes for array in value.values())
    if size > most:
        raise InvalidRequest(
            f"model {model!r} gave {size:,} bytes; at most {most:,} are sent (raise it with --limit tensor_bytes=N)"
        )
    return dict(value)
