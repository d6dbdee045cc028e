"""The parameters of a request: its budget, and what is refused or left alone.

`priority` is left alone, as in a model of Triton's without priority levels: requests are ordered by when they are due.
So are parameters that nobody has named here; Triton hands those to the model, and models here take tensors only.
"""

import math
from collections.abc import Mapping
from typing import Any

from bridge.config import Limits
from bridge.errors import InvalidRequest, OutOfRange
from bridge.wire.bounds import MICROS

_SEQUENCE = ("sequence_id", "sequence_start", "sequence_end")
_OUTPUTS = {
    "classification": "labels are not known here; leave class_count out, and rank the values yourself",
    "shared_memory_region": "this server has shared memory for clients of bridge.v1 only; receive it as bytes",
}


def budget_of(parameters: Mapping[str, Any], usual: float, time_left: float | None, limits: Limits) -> float:
    """Seconds: `timeout` (sent in microseconds), else `usual`; never more than the call has left.

    InvalidRequest or OutOfRange for parameters that cannot be heeded.
    """
    _check(parameters)
    budget = _timeout(parameters, limits) or usual
    return budget if time_left is None else min(budget, time_left)


def _check(parameters: Mapping[str, Any]) -> None:
    for name, parameter in parameters.items():
        if not math.isfinite(parameter.double_param):
            raise OutOfRange(f"parameter {name!r} is {parameter.double_param}; send a finite number")
    if any(name in parameters for name in _SEQUENCE):
        raise InvalidRequest(
            "models here keep nothing between requests; leave sequence_id out, and send all that it needs"
        )


def _timeout(parameters: Mapping[str, Any], limits: Limits) -> float:
    """Seconds; 0 if there is none."""
    if "timeout" not in parameters:
        return 0.0
    parameter, most = parameters["timeout"], round(limits.budget_seconds * MICROS)
    kind = parameter.WhichOneof("parameter_choice")
    if kind not in ("int64_param", "uint64_param"):
        raise OutOfRange(
            f"parameter 'timeout' is a {kind or 'parameter without a value'}; send microseconds as int64_param"
        )
    timeout: int = getattr(parameter, kind)
    if not 0 <= timeout <= most:
        raise OutOfRange(
            f"parameter 'timeout' is {timeout}; send 1 to {most} microseconds, or 0 for the model's default"
        )
    return timeout / MICROS


def outputs_of(asked: Any, model: str, known: Mapping[str, Any]) -> list[str]:
    """The names of the outputs to send: those requested, else all. InvalidRequest for one that cannot be sent."""
    names = [output.name for output in asked.outputs]
    if len(set(names)) < len(names) or not known.keys() >= set(names):
        raise InvalidRequest(
            f"the outputs {', '.join(names)} are asked for; {model!r} has {', '.join(known)}, each once"
        )
    for output in asked.outputs:
        for parameter, mend in _OUTPUTS.items():
            if parameter in output.parameters:
                raise InvalidRequest(f"output {output.name!r} has the parameter {parameter!r}; {mend}")
    return names or list(known)
