"""What the server tells of a model: the tensors that it takes and gives, its budget, and whether it is ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.client.answers import MICROS
from bridge.client.models import Models
from bridge.errors import UnknownModel
from bridge.v1 import bridge_pb2, tensor_pb2
from bridge.wire.data_types import NAMES

_PLAIN = (bool, int, float, list, tuple)  # values without a number format of their own


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """A tensor of one row, without the batch: its number format and its dimensions.

    A dimension is a size, or (least, most) where the request chooses it, or None where the server cannot say.
    """

    dtype: str
    shape: tuple[int | tuple[int, int] | None, ...]

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether an array may have this shape."""
        return len(shape) == len(self.shape) and all(map(_fits, shape, self.shape))

    def array(self, name: str, value: Any) -> NDArray[Any]:
        """The value as an array of this format, row-major and little-endian. ValueError for one that does not fit.

        Numbers and lists are converted; arrays must have the format already, as a silent conversion would cost time
        or precision each time.
        """
        array = self._converted(name, value) if isinstance(value, _PLAIN) else np.asarray(value)
        if array.dtype.name != self.dtype:
            mend = "give an array of numbers" if array.dtype == object else f"convert it with .astype({self.dtype!r})"
            raise ValueError(f"input {name!r} is {array.dtype.name} and the model takes {self}; {mend}")
        if not self.fits(array.shape):
            batched = array.shape[:1] == (1,) and self.fits(array.shape[1:])
            mend = "; leave out the dimension of the batch" if batched else ""
            raise ValueError(f"input {name!r} has the shape {list(array.shape)} and the model takes {self}{mend}")
        return np.asarray(array, np.dtype(self.dtype).newbyteorder("<"), order="C")

    def _converted(self, name: str, value: Any) -> NDArray[Any]:
        try:
            array = np.asarray(value)
            if array.dtype.kind == "f" and np.dtype(self.dtype).kind != "f":
                raise ValueError("it has fractions")
            return np.asarray(value, self.dtype)
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(f"input {name!r} cannot be converted to {self}: {error}") from None

    def __str__(self) -> str:
        return f"{self.dtype} [{', '.join(map(_size_text, self.shape))}]"


@dataclass(frozen=True, slots=True)
class Signature:
    """One model. `budget` is the server's default in seconds; 0 if unknown."""

    name: str
    ready: bool
    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]
    budget: float

    def arrays(self, given: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        """The inputs, checked and in the model's order. ValueError if one is missing, unknown or does not fit."""
        if given.keys() != self.inputs.keys():
            takes = ", ".join(self.inputs)
            raise ValueError(f"model {self.name!r} takes {takes}; given: {', '.join(map(str, given)) or 'nothing'}")
        return {name: spec.array(name, given[name]) for name, spec in self.inputs.items()}


class Signatures:
    """The signatures of the server's models, which follow its announcements."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._known: dict[str, tuple[bridge_pb2.Model, Signature]] = {}

    def find(self, name: str) -> Signature:
        """The signature of a model. UnknownModel if there is none, or it takes no tensors."""
        message = next((model for model in self._models.now if model.name == name and model.inputs), None)
        if message is None:
            self._known.pop(name, None)
            raise self._unknown(name)
        known = self._known.get(name)
        if known is None or known[0] is not message:
            known = self._known[name] = message, _signature(message)
        return known[1]

    def _unknown(self, name: str) -> UnknownModel:
        if any(model.name == name for model in self._models.now):
            return UnknownModel(f"model {name!r} takes no tensors; use BridgeClient's methods for its capability")
        others = ", ".join(model.name for model in self._models.now if model.inputs)
        return UnknownModel(f"no model {name!r}; the models that take tensors are {others or 'none'}")


def _signature(model: bridge_pb2.Model) -> Signature:
    return Signature(
        name=model.name,
        ready=model.state == bridge_pb2.MODEL_STATE_READY,
        inputs=_specs(model.inputs),
        outputs=_specs(model.outputs),
        budget=model.default_budget_micros / MICROS,
    )


def _specs(tensors: Iterable[tensor_pb2.TensorSpec]) -> dict[str, TensorSpec]:
    return {
        tensor.name: TensorSpec(NAMES.get(tensor.data_type, "unknown"), tuple(map(_size, tensor.dimensions)))
        for tensor in tensors
    }


def _size(dimension: tensor_pb2.Dimension) -> int | tuple[int, int] | None:
    least, most = dimension.least, dimension.most
    if not most:
        return None
    return least if least == most else (least, most)


def _fits(size: int, allowed: int | tuple[int, int] | None) -> bool:
    least, most = (allowed, allowed) if isinstance(allowed, int) else allowed or (1, size)
    return least <= size <= most


def _size_text(size: int | tuple[int, int] | None) -> str:
    return "any" if size is None else f"{size[0]} to {size[1]}" if isinstance(size, tuple) else str(size)
