"""Arrays on an inference stream: what is declared of them, and their bytes."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.errors import ContractBroken
from bridge.v1 import tensor_pb2
from bridge.wire.data_types import NAMES, NUMBERS

Arrays = Mapping[str, NDArray[Any]]
Bytes = NDArray[np.uint8]  # one-dimensional


def declared(arrays: Arrays) -> list[tensor_pb2.Tensor]:
    """Arrays as tensors of the contract."""
    return [
        tensor_pb2.Tensor(name=name, data_type=NUMBERS[array.dtype.name], shape=array.shape)
        for name, array in arrays.items()
    ]


def size_of(arrays: Arrays) -> int:
    """Bytes of all arrays together."""
    return sum(array.nbytes for array in arrays.values())


def flat(array: NDArray[Any]) -> Bytes:
    """The bytes of a contiguous array, not copied."""
    return array.reshape(-1).view(np.uint8)


def joined(arrays: Arrays) -> bytes:
    """The bytes of arrays, one after the other. A copy: the caller may change them before they are sent."""
    return b"".join(flat(array).data for array in arrays.values())


def split(tensors: Iterable[tensor_pb2.Tensor], data: Bytes) -> dict[str, NDArray[Any]]:
    """The arrays in `data`, which becomes theirs. ContractBroken if they are not what is declared."""
    arrays, at = {}, 0
    for tensor in tensors:
        dtype, shape = NAMES.get(tensor.data_type), tuple(tensor.shape)
        if dtype is None or any(size < 0 for size in shape):
            raise ContractBroken(f"output {tensor.name!r} is of format {tensor.data_type}, shape {list(shape)}")
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if at + size > len(data):
            raise ContractBroken(f"the outputs have more than the {len(data)} bytes that came")
        view = data[at : at + size].view(dtype)
        arrays[tensor.name] = (view if view.flags.aligned else view.copy()).reshape(shape)
        at += size
    if at != len(data):
        raise ContractBroken(f"the outputs have {at} bytes and {len(data)} came")
    return arrays
