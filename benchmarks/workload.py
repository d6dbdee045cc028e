"""What a peer is set up to do: models with their price on the fake device, and what travels over the wire.

Standard library only, for each peer's server and client run in an environment of their own.
"""

import json
import os
import struct
from dataclasses import asdict, dataclass

from device import FakeDevice

REQUEST = bytes(64)  # the payload of every request
_VARIABLE = "FRAMEBRIDGE_PEER"
_ANSWER = struct.Struct("<q56x")


@dataclass(frozen=True, slots=True)
class Model:
    """A model whose flights hold the device for `seconds`, whether they carry one row or `batch`, the most they take.

    `urgent` models go first where a peer has priorities.
    """

    name: str
    seconds: float
    batch: int
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Workload:
    """Models beside each other on one device."""

    name: str
    models: tuple[Model, ...]


TEXTURE = Workload("texture", (Model("texture", 0.010, 8),))
TRACKER_BESIDE_TEXTURE = Workload(
    "tracker beside texture", (Model("tracker", 0.005, 8, urgent=True), Model("texture", 0.025, 1))
)


@dataclass(frozen=True, slots=True)
class Setup:
    """How a peer's server shall be: listening at 127.0.0.1:`port`, with `models` on the device behind `device`.

    `settings` are the peer's own: what it does differently from its defaults, and milliseconds where it takes them.
    It reaches the server, and the processes that the server starts, through the environment.
    """

    port: int
    device: str
    models: tuple[Model, ...]
    settings: dict[str, float]

    def environment(self) -> dict[str, str]:
        """What the server finds it by."""
        return {_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def of_environment(cls) -> "Setup":
        """The setup this process was started with. KeyError: it was not started by benchmarks/peer.py."""
        fields = json.loads(os.environ[_VARIABLE])
        return cls(**{**fields, "models": tuple(Model(**model) for model in fields["models"])})

    @property
    def shared_memory(self) -> str:
        """What the names of its segments begin with, so that a server that was killed can be cleaned up after."""
        return f"framebridge-peer-{self.port}-"

    def only(self, *known: str) -> None:
        """ValueError for a setting that the peer does not know."""
        unknown = sorted(self.settings.keys() - set(known))
        if unknown:
            raise ValueError(f"no such setting: {', '.join(unknown)}; this peer knows {', '.join(known) or 'none'}")

    def load(self, name: str) -> "FakeModel":
        """The model of that name on the device."""
        model = next(model for model in self.models if model.name == name)
        return FakeModel(model, FakeDevice(self.device))


class FakeModel:
    """A model whose forward pass is a flight of the fake device."""

    def __init__(self, model: Model, device: FakeDevice) -> None:
        self._model, self._device = model, device

    def forward(self, rows: int) -> bytes:
        """Run one flight and return the payload that answers each of its rows."""
        return answer_of(self._device.run(self._model.seconds, rows, self._model.name))


def answer_of(flight: int) -> bytes:
    """The payload that answers each row of a flight."""
    return _ANSWER.pack(flight)


def flight_of(answer: bytes) -> int:
    """The number of the flight that an answer came from."""
    return int(_ANSWER.unpack(answer)[0])
