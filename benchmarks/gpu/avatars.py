"""Avatars a second: the generator alone, by batch, with textures encoded on the device, and through a server."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from bridge.client import BridgeClient
from bridge.client.avatars import Avatars
from bridge.codecs import textures
from bridge.codecs.formats import TextureFormat
from gpu import serving
from gpu.stage import Findings, Settings
from gpu.timing import rows
from models.avatar.avatar_program import FULL_LANE, MAX_BATCH, AvatarProgram
from models.avatar.processor import AvatarInput

_SLOTS = 16
_BUDGET = 0.050


def measure(settings: Settings, findings: Findings) -> None:
    """Measure lanes, encoders and a server."""
    device, repeats = torch.device(settings.device), settings.repeats(60, 3)
    with torch.inference_mode():
        program = AvatarProgram.load(device)
        for lane in program.lanes:
            for batch in (1, 4, MAX_BATCH):
                findings.add(f"{lane.name} x{batch}", _rate(program, lane.name, batch, repeats))
        for form in textures.available_on_device():
            findings.add(f"{FULL_LANE} x{MAX_BATCH}, {form.value}", _textured(program, form, repeats))
        program.close()
    with findings.part("served"), serving.process(settings, "avatar") as address:
        seconds = 1.0 if settings.quick else 8.0
        findings.add("served", asyncio.run(_served(address, seconds)))


def _rate(program: AvatarProgram, lane: str, batch: int, repeats: int) -> dict[str, float]:
    """From conditions to pictures in host memory, one flight after the other."""
    return _figures(batch, repeats, lambda: rows(program.start(lane, program.sample(lane, batch))))


def _textured(program: AvatarProgram, form: TextureFormat, repeats: int) -> dict[str, float]:
    """From conditions to blocks in host memory; pictures stay on the device."""
    inputs = [AvatarInput(row.conditions, stays=True) for row in program.sample(FULL_LANE, MAX_BATCH)]

    def encode() -> None:
        pictures: Sequence[Tensor] = rows(program.start(FULL_LANE, inputs))
        textures.encode_on_device(torch.stack(list(pictures)), form).cpu()

    return _figures(MAX_BATCH, repeats, encode)


def _figures(batch: int, repeats: int, work: Any) -> dict[str, float]:
    took = []
    for _ in range(repeats + 2):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    seconds = statistics.median(took[2:])
    return {"avatars_per_second": round(batch / seconds, 1), "flight_ms": round(seconds * 1e3, 3)}


async def _served(address: str, seconds: float) -> dict[str, Any]:
    """Sixteen avatars, each requested again as soon as it is answered, with a budget of 50 ms."""
    async with BridgeClient(address) as bridge, bridge.avatars() as avatars:
        await bridge.until_ready("avatar")
        until = time.perf_counter() + seconds
        counts = await asyncio.gather(*(_ask(avatars, slot, until) for slot in range(_SLOTS)))
    fresh, asked = (sum(count) for count in zip(*counts, strict=True))
    return {"avatars_per_second": round(fresh / seconds, 1), "slots": _SLOTS, "share_fresh": round(fresh / asked, 4)}


async def _ask(avatars: Avatars, slot: int, until: float) -> tuple[int, int]:
    """How many new pictures came within their budget, and how many were requested."""
    avatars.set_look(slot, seed=slot + 1)
    fresh = asked = 0
    while time.perf_counter() < until:
        avatars.set_look(slot, seed=slot + 1, expression="happy", intensity=(asked % 50) / 50)
        answer = await avatars.frame(slot, budget=_BUDGET)
        asked += 1
        if answer:
            fresh += answer.on_time and not answer.repeated
        else:
            await asyncio.sleep(answer.retry_after or 0.002)
    return fresh, max(1, asked)
