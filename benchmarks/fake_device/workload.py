"""What a peer is set up to do: models and their cost on the fake device, and the payloads on the wire.

Standard library only: each peer's server and client import it in an environment of their own.
"""

import json
import os
import struct
from dataclasses import asdict, dataclass

from fake_device.device import FakeDevice

REQUEST = bytes(64)  # the payload of every request
_VARIABLE = "FRAMEBRIDGE_PEER"
_ANSWER = struct.Struct("<q56x")


@dataclass(frozen=True, slots=True)
class Model:
    """A model whose flights hold the device for `seconds`, with one row or with `batch` rows, the most it takes.

    `urgent` models go first in peers that have priorities.
    """

    name: str
    seconds: float
    batch: int
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Workload:
    """Models that share one device."""

    name: str
    models: tuple[Model, ...]


TEXTURE = Workload("texture", (Model("texture", 0.010, 8),))
TRACKER_BESIDE_TEXTURE = Workload(
    "tracker beside texture", (Model("tracker", 0.005, 8, urgent=True), Model("texture", 0.025, 1))
)


@dataclass(frozen=True, slots=True)
class Setup:
    """A peer's configuration: listen at 127.0.0.1:`port`, run `models` on the fake device behind the file `device`.

    `settings` are specific to the peer; durations are in milliseconds. The setup is passed to the server, and to the
    processes it starts, through the environment.
    """

    port: int
    device: str
    models: tuple[Model, ...]
    settings: dict[str, float]

    def environment(self) -> dict[str, str]:
        """The environment variable that carries the setup."""
        return {_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def of_environment(cls) -> "Setup":
        """The setup of this process. KeyError if it was not started by `fake_device.runner`."""
        fields = json.loads(os.environ[_VARIABLE])
        return cls(**{**fields, "models": tuple(Model(**model) for model in fields["models"])})

    @property
    def shared_memory(self) -> str:
        """The prefix of the server's shared-memory segments, so that they can be removed if it is killed."""
        return f"framebridge-peer-{self.port}-"

    def only(self, *known: str) -> None:
        """ValueError for a setting that the peer does not support."""
        unknown = sorted(self.settings.keys() - set(known))
        if unknown:
            raise ValueError(f"no such setting: {', '.join(unknown)}; this peer knows {', '.join(known) or 'none'}")

    def load(self, name: str) -> "FakeModel":
        """The model of that name, on the device."""
        model = next(model for model in self.models if model.name == name)
        return FakeModel(model, FakeDevice(self.device))


class FakeModel:
    """A model whose forward pass is a flight of the fake device."""

    def __init__(self, model: Model, device: FakeDevice) -> None:
        self._model, self._device = model, device

    def forward(self, rows: int) -> bytes:
        """Run one flight; returns the payload that answers each of its rows."""
        return answer_of(self._device.run(self._model.seconds, rows, self._model.name))


def answer_of(flight: int) -> bytes:
    """The payload that answers each row of a flight."""
    return _ANSWER.pack(flight)


def flight_of(answer: bytes) -> int:
    """The number of the flight that produced an answer."""
    return int(_ANSWER.unpack(answer)[0])
