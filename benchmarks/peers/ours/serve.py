"""Our complete server with models on the fake device: `texture` for avatar frames, `tracker` for camera pictures.

One slice is launched ahead, as on CUDA. Settings: the name of one of `policies.POLICIES`, to replace our scheduler;
`slice`, the target for a slice in milliseconds; `depth=1`, to launch nothing ahead; `best_only`, so that the client
accepts no cheaper rung; `unbundled` and `connections`, see ask.py.
"""

from collections.abc import Generator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from fake_device.device import FakeDevice, sleep_until
from fake_device.workload import Model, Setup, answer_of

import bridge.server
from bridge.capabilities import CAPABILITIES
from bridge.config import Config
from bridge.device.catalog import ModelSpec, RungSpec, entries
from bridge.device.host import Host, Wait
from bridge.device.loop import run
from models.program import Lane
from models.recognition.classes import ClassifierInput
from peers.ours.policies import POLICIES

_SIDE = 4  # pixels: 64 bytes of RGBA
_SLICE = 10.0
_LANES = {"texture": ("avatar", "avatar.64"), "tracker": ("classifier", "classifier.224")}


class FakeHost(Host):
    """A host on the fake device."""

    ahead = 2

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.depth = self.ahead

    def mark(self) -> Wait:
        end = FakeProgram.booked_until

        def wait() -> None:
            sleep_until(end)

        return wait

    def synchronize(self) -> None:
        self.mark()()


class FakeProgram:
    """A model of the workload as a program of the host: stages of equal length, each a flight of the device."""

    version, resident_bytes = "fake", 1
    booked_until = 0.0  # when the device finishes its last flight, of any model

    def __init__(self, setup: Setup, model: Model, slice_seconds: float) -> None:
        self.name, lane = _LANES[model.name]
        stages = max(1, round(model.seconds / slice_seconds))
        self.lanes = (Lane(lane, model.batch, stages),)
        self._model, self._seconds, self._stages = model.name, model.seconds / stages, stages
        self._device = FakeDevice(setup.device)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        for _ in range(self._stages):
            flight = self._device.book(self._seconds, len(inputs), self._model)
            FakeProgram.booked_until = flight.end
            yield
        return self.outputs(len(inputs), flight.flight)

    def outputs(self, rows: int, flight: int) -> Sequence[Any]:
        """The outputs of a flight's rows."""
        return [_classes() if self.name == "classifier" else _picture(answer_of(flight))] * rows

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        if self.name == "classifier":
            return [ClassifierInput.prepare(np.zeros((8, 8, 3), np.uint8))] * batch
        return [SimpleNamespace(conditions=np.zeros(1, np.float32))] * batch

    def close(self) -> None:
        pass


def _picture(answer: bytes) -> Any:
    return np.frombuffer(answer, np.uint8).reshape(_SIDE, _SIDE, 4)


def _classes() -> Any:
    scores = np.zeros(1000, np.float32)
    scores[285] = 1.0
    return scores


def _spec(program: FakeProgram) -> ModelSpec:
    lane = program.lanes[0].name
    side = int(lane.rpartition(".")[2])
    rungs = (RungSpec(lane, lane, side, side), RungSpec("repeat"))
    return replace(entries(CAPABILITIES)[program.name].model, load=lambda device: program, rungs=rungs)


def _slice_seconds(setup: Setup) -> float:
    return setup.settings.get("slice", _SLICE) / 1e3


async def serve(setup: Setup, programs: Sequence[FakeProgram], device: str = "auto") -> None:
    """Serve these programs until stopped, with the scheduler and slices of the setup."""
    for name in setup.settings.keys() & POLICIES.keys():
        bridge.server.Scheduler = POLICIES[name]  # type: ignore[misc]
    models = tuple(program.name for program in programs)
    config = Config(port=setup.port, device=device, models=models, slice_seconds=_slice_seconds(setup))
    await bridge.server.serve(config, models=[_spec(program) for program in programs])


async def _serve_fake(setup: Setup) -> None:
    setup.only("slice", "depth", "best_only", "unbundled", "connections", *POLICIES)
    FakeHost.ahead = round(setup.settings.get("depth", 2))
    bridge.server.Host = FakeHost  # type: ignore[misc]
    await serve(setup, [FakeProgram(setup, model, _slice_seconds(setup)) for model in setup.models])


if __name__ == "__main__":
    run(_serve_fake(Setup.of_environment()))
