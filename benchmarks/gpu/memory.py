"""A load beyond the memory limit is refused, and the other models keep answering.

A server with a limit of 512 MiB answers avatar frames without pause while a detector is loaded that is too large, in
three ways: it says so; it allocates too much while it is read; it allocates too much in its first run, during warm-up.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from typing import Any

import torch

from bridge.client import BridgeClient
from bridge.client.avatars import Avatars
from bridge.config import Config
from bridge.errors import ModelFailed
from gpu import serving
from gpu.stage import Findings, Missing, Settings
from models.recognition.detector_program import DetectorProgram, Rows

LIMIT = 512 * 2**20
_BEFORE_AND_AFTER = 10  # frames
_BUDGET = 2.0


class Greedy(DetectorProgram):
    """A detector whose runs take more than the limit."""

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Rows]:
        too_much = _take(self._device)
        outputs = yield from super().start(lane, inputs)
        del too_much
        return outputs


def declares(device: torch.device) -> DetectorProgram:
    """Says that it needs more than the limit."""
    program = DetectorProgram.load(device)
    program.resident_bytes = 2 * LIMIT
    return program


def takes_at_once(device: torch.device) -> DetectorProgram:
    """Allocates more than the limit while it is read."""
    too_much = _take(device)
    program = DetectorProgram.load(device)
    del too_much
    return program


def _take(device: torch.device) -> torch.Tensor:
    return torch.empty(2 * LIMIT, dtype=torch.uint8, device=device)


CASES: dict[str, Callable[[torch.device], DetectorProgram]] = {
    "declared": declares,
    "taken while it is read": takes_at_once,
    "taken in its first run": Greedy.load,
}


def measure(settings: Settings, findings: Findings) -> None:
    """Try the three ways."""
    for name, load in CASES.items():
        with findings.part(name):
            if load is not declares and settings.device == "cpu":
                raise Missing("the CPU has no limit of its own, so only what a model declares is refused")
            found = asyncio.run(_refuse(settings, load))
            findings.add(name, found)
            _judge(name, found, findings)


def _judge(name: str, found: dict[str, Any], findings: Findings) -> None:
    findings.require(bool(found["refused"]), f"{name}: the load was not refused")
    findings.require(found["frames"].get("answered", 0) > 0, f"{name}: no frame was answered meanwhile")
    for ending, count in found["frames"].items():
        findings.require(ending == "answered", f"{name}: {count} frames beside the load ended {ending}")


async def _refuse(settings: Settings, load: Callable[[torch.device], DetectorProgram]) -> dict[str, Any]:
    config = Config(device=settings.device, memory_limit_bytes=LIMIT)
    async with serving.here(config, ["avatar"], load) as (server, port):
        frames: Counter[str] = Counter()
        async with BridgeClient(f"127.0.0.1:{port}") as bridge, bridge.avatars() as avatars:
            avatars.set_look(0, seed=1)
            asking = asyncio.create_task(_ask(avatars, frames))
            await _until(frames, _BEFORE_AND_AFTER)
            refused = ""
            try:
                await server.roster.load("detector")
            except ModelFailed as error:
                refused = str(error)
            await _until(frames, frames.total() + _BEFORE_AND_AFTER)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
    return {"refused": refused[:300], "frames": dict(frames)}


async def _ask(avatars: Avatars, frames: Counter[str]) -> None:
    """Ask for frames one after the other."""
    while True:
        answer = await avatars.frame(0, budget=_BUDGET)
        frames["answered" if answer else answer.disposition.value] += 1


async def _until(frames: Counter[str], count: int) -> None:
    async with asyncio.timeout(10):
        while frames.total() < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
