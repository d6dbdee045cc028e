"""How long loading and unloading take in a running server, and whether the device's memory comes back."""

import asyncio
import gc
import statistics
import time

import torch

from bridge.config import Config
from bridge.server import Server
from gpu import pieces, serving
from gpu.stage import Findings, Settings

MIB = 2**20
_GROWTH = 2 * MIB  # allowed from the first load to the last


def measure(settings: Settings, findings: Findings) -> None:
    """Unload and load each model in turn while the others stay."""
    asyncio.run(_measure(settings, findings))


async def _measure(settings: Settings, findings: Findings) -> None:
    models = pieces.available(findings)
    began = time.perf_counter()
    async with serving.here(Config(device=settings.device), models) as (server, _):
        findings.add("all models, to ready", {"seconds": round(time.perf_counter() - began, 2)})
        for name in models:
            with findings.part(name):
                await _cycle(server, name, settings, findings)


async def _cycle(server: Server, name: str, settings: Settings, findings: Findings) -> None:
    loads, unloads, loaded, unloaded = [], [], [_allocated(settings)], []
    for _ in range(settings.repeats(4)):
        began = time.perf_counter()
        await server.roster.unload(name)
        unloads.append(time.perf_counter() - began)
        unloaded.append(_allocated(settings))
        began = time.perf_counter()
        await server.roster.load(name)
        loads.append(time.perf_counter() - began)
        loaded.append(_allocated(settings))
    found = {"load_s": round(statistics.median(loads), 3), "unload_s": round(statistics.median(unloads), 4)}
    if torch.device(settings.device).type == "cuda":
        grown = max(loaded[-1] - loaded[1], unloaded[-1] - unloaded[0])
        found |= {"freed_mib": round((loaded[0] - unloaded[0]) / MIB, 1), "grown_mib": round(grown / MIB, 2)}
        findings.require(grown <= _GROWTH, f"{name}: the device's memory grew by {grown / MIB:.1f} MiB over the loads")
    else:
        findings.skip("device memory", "the CPU's is not counted by torch")
    findings.add(name, found)


def _allocated(settings: Settings) -> int:
    """Bytes that torch holds on the device."""
    gc.collect()
    return torch.cuda.memory_allocated() if torch.device(settings.device).type == "cuda" else 0
