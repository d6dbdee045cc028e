"""Models as messages of the contract: their state, rungs and tensors."""

from collections.abc import Mapping
from typing import Any

from bridge.device.catalog import RungSpec
from bridge.device.roster import ModelState, Standing
from bridge.v1 import bridge_pb2, tensor_pb2
from bridge.wire.bounds import MICROS
from bridge.wire.data_types import NUMBERS
from models.module.tensors import Dim, Tensor

_DETAILS_RUNGS = 2  # the first minor version with `Model.rung_details`
KNOWS_TENSORS = 3  # the first with models that take tensors
_LONGEST_DETAIL = 1000  # characters of `Model.detail`
_STATES = {
    ModelState.UNLOADED: bridge_pb2.MODEL_STATE_UNLOADED,
    ModelState.LOADING: bridge_pb2.MODEL_STATE_LOADING,
    ModelState.READY: bridge_pb2.MODEL_STATE_READY,
    ModelState.UNLOADING: bridge_pb2.MODEL_STATE_UNLOADING,
    ModelState.FAILED: bridge_pb2.MODEL_STATE_FAILED,
}


def is_listed(standing: Standing, minor: int) -> bool:
    """Whether clients of a minor version are told of a model: older ones do not know those that take tensors."""
    return minor >= KNOWS_TENSORS or not standing.entry.model.inputs


def model_of(standing: Standing, minor: int, budgets: Mapping[str, float]) -> bridge_pb2.Model:
    """A model's current state, for a client of this minor version. `budgets` are the defaults by kind of work."""
    program, rungs = standing.program, standing.entry.model.rungs
    return bridge_pb2.Model(
        name=standing.entry.name,
        capability=standing.entry.number,
        state=_STATES[standing.state],
        version=program.version if program is not None else "",
        resident_bytes=program.resident_bytes if program is not None else 0,
        detail=(standing.detail or standing.progress)[:_LONGEST_DETAIL],
        rungs=[rung.name for rung in rungs],
        rung_details=[_rung_of(rung) for rung in rungs] if minor >= _DETAILS_RUNGS else (),
        **(_tensors_of(standing, budgets) if standing.entry.model.inputs else {}),
    )


def _tensors_of(standing: Standing, budgets: Mapping[str, float]) -> dict[str, Any]:
    """The fields of a model that takes tensors."""
    model, program = standing.entry.model, standing.program
    return {
        "inputs": _specs(model.inputs),
        "outputs": _specs(model.outputs or (program.outputs if program is not None else {})),
        "max_batch": max(lane.max_batch for lane in program.lanes) if program is not None else 0,
        "default_budget_micros": round(budgets[standing.entry.name] * MICROS),
    }


def _specs(tensors: Mapping[str, Tensor]) -> list[tensor_pb2.TensorSpec]:
    return [
        tensor_pb2.TensorSpec(
            name=name, data_type=NUMBERS[tensor.dtype], dimensions=[_dimension(size) for size in tensor.shape]
        )
        for name, tensor in tensors.items()
    ]


def _dimension(size: int | Dim) -> tensor_pb2.Dimension:
    least, most = (size.least, size.most) if isinstance(size, Dim) else (size, size)
    return tensor_pb2.Dimension(least=least, most=most)


def _rung_of(rung: RungSpec) -> bridge_pb2.Rung:
    return bridge_pb2.Rung(
        name=rung.name,
        width=rung.width,
        height=rung.height,
        needs_device=rung.needs_device,
        cheaper_format=rung.cheaper,
    )
