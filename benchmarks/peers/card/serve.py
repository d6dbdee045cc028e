"""Our server with the workload's models on a real device: matrix products that take as long as the models should.

Settings: `cuda`, to use the GPU in place of the CPU; `slice`, the target for a slice in milliseconds; the name of one
of `policies.POLICIES`.
"""

from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any

import torch
from fake_device.workload import Model, Setup
from gpu.timing import best
from peers.ours.policies import POLICIES
from peers.ours.serve import FakeProgram, serve

from bridge.device.loop import run

_STAGE = 0.001
_SIDE = {"cuda": 4096, "cpu": 128}
_SAMPLE = 20  # products that are timed


class CardProgram(FakeProgram):
    """A model of the workload as stages of about a millisecond of work on the device."""

    version = "card"

    def __init__(self, setup: Setup, model: Model, work: Callable[[], torch.Tensor]) -> None:
        super().__init__(setup, model, _STAGE)
        self._work = work

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        for _ in range(self._stages):
            self._work()
            yield
        return self.outputs(len(inputs), flight=0)


def products(device: torch.device) -> Callable[[], torch.Tensor]:
    """A function that keeps the device busy for a stage."""
    side = _SIDE[device.type]
    left, right = (torch.randn(side, side, device=device, dtype=torch.float32) for _ in range(2))
    if device.type == "cuda":
        left, right = left.bfloat16(), right.bfloat16()
    out = torch.empty_like(left)
    multiply = partial(torch.mm, left, right, out=out)
    seconds = best(lambda: [multiply() for _ in range(_SAMPLE)], device, 5) / _SAMPLE
    count = max(1, round(_STAGE / seconds))

    def work() -> torch.Tensor:
        for _ in range(count):
            multiply()
        return out

    return work


async def main(setup: Setup) -> None:
    """Serve until stopped."""
    setup.only("cuda", "slice", *POLICIES)
    device = torch.device("cuda" if setup.settings.get("cuda") else "cpu")
    torch.set_num_threads(1)
    with torch.inference_mode():
        work = products(device)
    await serve(setup, [CardProgram(setup, model, work) for model in setup.models], device.type)


if __name__ == "__main__":
    run(main(Setup.of_environment()))
