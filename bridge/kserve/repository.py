"""The models that this protocol offers, those that take tensors, and how they are described in it.

A model has one version, a fingerprint of its weights. A batch of up to `max_batch_size` rows may be sent at once.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bridge.capabilities.inference.capability import INFERENCE
from bridge.device.roster import ModelState, Roster, Standing
from bridge.errors import UnknownModel
from bridge.kserve.datatypes import NAMES, NUMBERS
from bridge.kserve.messages import message
from bridge.policy.numbers import Policy
from bridge.wire.bounds import MICROS
from models.module.tensors import Dim, Tensor

_METADATA: Any = message("ModelMetadataResponse")
_CONFIG: Any = message("ModelConfigResponse")
_INDEX: Any = message("RepositoryIndexResponse")

_PLATFORM, _BACKEND = "pytorch", "framebridge"
_LONGEST_REASON = 1000  # characters
_MOST_ROWS = Policy().max_jobs_per_client // 2  # each is a job: two requests fit in what a client may have open
_STATES = {
    ModelState.UNLOADED: "UNAVAILABLE",
    ModelState.FAILED: "UNAVAILABLE",
    ModelState.LOADING: "LOADING",
    ModelState.UNLOADING: "UNLOADING",
    ModelState.READY: "READY",
}


class Repository:
    """A view of the server's roster."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    @property
    def standings(self) -> list[Standing]:
        """All models that take tensors, by name."""
        return [standing for _, standing in sorted(self._roster.standings.items()) if _takes_tensors(standing)]

    @property
    def settled(self) -> bool:
        """Whether none is loading, or could not be loaded."""
        return all(standing.state not in (ModelState.LOADING, ModelState.FAILED) for standing in self.standings)

    def standing(self, name: str) -> Standing:
        """A model that takes tensors, whatever its state. UnknownModel if there is none of this name."""
        standing = self._roster.standings.get(name)
        if standing is not None and _takes_tensors(standing):
            return standing
        if standing is not None:
            raise UnknownModel(f"model {name!r} takes no tensors; ask for it with a client of bridge.v1")
        names = ", ".join(standing.entry.name for standing in self.standings)
        mend = f"there are {names}" if names else "there are none; start the server with one of yours"
        raise UnknownModel(f"no model {name!r} takes tensors; {mend}")

    def program(self, name: str, version: str) -> Any:
        """A model that is ready. UnknownModel or ModelNotReady if it is not."""
        self.standing(name)
        program = self._roster.program(name)
        if version not in ("", program.version):
            raise UnknownModel(
                f"model {name!r} has the version {program.version!r} only, not {version!r}; leave model_version empty"
            )
        return program

    def is_ready(self, name: str, version: str) -> bool:
        """Whether a model answers now."""
        try:
            self.program(name, version)
        except UnknownModel:
            return False
        return True


def _takes_tensors(standing: Standing) -> bool:
    return standing.entry.capability == INFERENCE.name


def most_rows(program: Any) -> int:
    """Rows of one request."""
    most: int = max(lane.max_batch for lane in program.lanes)
    return min(most, _MOST_ROWS)


def metadata(name: str, program: Any) -> Any:
    """The ModelMetadataResponse of a model that is ready. Shapes begin with the batch; -1 is any size."""
    return _METADATA(
        name=name,
        versions=[program.version],
        platform=_PLATFORM,
        inputs=_described(program.inputs),
        outputs=_described(program.outputs),
    )


def _described(tensors: Mapping[str, Tensor]) -> list[dict[str, Any]]:
    return [
        {"name": name, "datatype": NAMES[tensor.dtype], "shape": [-1, *_dims(tensor)]}
        for name, tensor in tensors.items()
    ]


def config(name: str, program: Any, budget: float) -> Any:
    """The ModelConfigResponse of a model that is ready; `budget` in seconds is that of requests without a timeout."""
    policy = {
        "timeout_action": 0,  # REJECT
        "default_timeout_microseconds": round(budget * MICROS),
        "allow_timeout_override": True,
    }
    return _CONFIG(
        config={
            "name": name,
            "platform": _PLATFORM,
            "backend": _BACKEND,
            "max_batch_size": most_rows(program),
            "input": _configured(program.inputs),
            "output": _configured(program.outputs),
            "dynamic_batching": {"default_queue_policy": policy},
        }
    )


def _configured(tensors: Mapping[str, Tensor]) -> list[dict[str, Any]]:
    return [
        {"name": name, "data_type": NUMBERS[NAMES[tensor.dtype]], "dims": _dims(tensor)}
        for name, tensor in tensors.items()
    ]


def _dims(tensor: Tensor) -> list[int]:
    return [-1 if isinstance(size, Dim) else size for size in tensor.shape]


def index(standings: Iterable[Standing], *, only_ready: bool) -> Any:
    """The RepositoryIndexResponse."""
    return _INDEX(
        models=[
            {
                "name": standing.entry.name,
                "version": standing.program.version if standing.program is not None else "",
                "state": _STATES[standing.state],
                "reason": (standing.detail or standing.progress)[:_LONGEST_REASON],
            }
            for standing in standings
            if standing.state is ModelState.READY or not only_ready
        ]
    )
