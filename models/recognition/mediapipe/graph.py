"""A TensorFlow Lite model as a graph: operators, and the constants that they read."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.recognition.mediapipe.flatbuffer import Table

Array = NDArray[np.float16]

# Numbers of the schema (tensorflow/compiler/mlir/lite/schema/schema.fbs).
_CONV_2D, _DEPTHWISE_CONV_2D, _DEQUANTIZE, _CUSTOM, _PRELU = 3, 4, 6, 32, 54
_FLOAT16 = 1
_OPERATORS = {_CONV_2D: "convolution", _DEPTHWISE_CONV_2D: "depthwise", _PRELU: "prelu"}
_CUSTOM_OPERATORS = {"Convolution2DTransposeBias": "transposed"}
_STRIDE_FIELD = 2  # of Conv2DOptions and DepthwiseConv2DOptions: stride_h


@dataclass(frozen=True, slots=True)
class Weighted:
    """An operator with weights."""

    kind: str  # "convolution", "depthwise", "prelu", "transposed"
    weights: tuple[Array, ...]  # float16, as stored: kernel and bias, or slopes
    stride: int  # 0 for one that has none


@dataclass(frozen=True, slots=True)
class _Operator:
    code: int
    custom: str
    inputs: tuple[int, ...]
    stride: int


class Graph:
    """One model. ValueError if the file is damaged, or its weights are not float16."""

    def __init__(self, data: bytes) -> None:
        model = Table.root(data, b"TFL3")
        (graph,) = model.tables(2)
        self._buffers = model.tables(4)
        self._tensors = graph.tables(0)
        self._outputs = graph.array(2, np.int32).tolist()
        codes = [
            (max(code.integer(0, "<b"), code.integer(3)), code.text(1)) for code in model.tables(1)
        ]  # small codes are kept in an older field too
        self._made_by: dict[int, _Operator] = {}
        for table in graph.tables(3):
            options = table.table(4)
            code, custom = codes[table.integer(0, "<I")]
            stride = options.integer(_STRIDE_FIELD) if options and code in (_CONV_2D, _DEPTHWISE_CONV_2D) else 0
            operator = _Operator(code, custom, tuple(table.array(1, np.int32).tolist()), stride)
            for output in table.array(2, np.int32).tolist():
                self._made_by[output] = operator

    def weighted(self) -> list[Weighted]:
        """All operators with weights, each after those that it reads from: the first output's, then the next one's."""
        seen: set[int] = set()
        found: list[Weighted] = []
        for output in self._outputs:
            found += [self._weighted(operator) for operator in self._behind(output, seen) if _name(operator)]
        return found

    def _behind(self, tensor: int, seen: set[int]) -> Iterator[_Operator]:
        """The operators that make a tensor, inputs first; those in `seen` are left out."""
        operator = self._made_by.get(tensor)
        if operator is None or tensor in seen:
            return
        seen.add(tensor)
        for source in operator.inputs:
            yield from self._behind(source, seen)
        yield operator

    def _weighted(self, operator: _Operator) -> Weighted:
        weights = tuple(self._constant(tensor) for tensor in operator.inputs[1:])
        return Weighted(_name(operator), weights, operator.stride)

    def _constant(self, tensor: int) -> Array:
        """A constant, read through the operator that widens it to float32."""
        operator = self._made_by.get(tensor)
        if operator is not None and operator.code == _DEQUANTIZE:
            (tensor,) = operator.inputs
        table = self._tensors[tensor]
        kind = table.integer(1, "<b")
        if kind != _FLOAT16:
            raise ValueError(f"{table.text(3)} is of type {kind}; only float16 ({_FLOAT16}) can be read")
        shape = table.array(0, np.int32).tolist()
        values = self._buffers[table.integer(2, "<I")].array(0, np.uint8).view(np.float16)
        return values.reshape(shape)


def _name(operator: _Operator) -> str:
    """What an operator with weights is called here; empty for any other."""
    return _CUSTOM_OPERATORS.get(operator.custom, "") if operator.code == _CUSTOM else _OPERATORS.get(operator.code, "")
