"""How long a server takes to start, compared with the import of torch.

A server with all embedded models is started as a process; it is ready when it prints its address, with every lane
measured. In turn, a process that only imports torch, which is the lower bound. Reported, as medians over the repeats:
seconds, CPU seconds and the ratio of the seconds; and the peak memory of the ready server, of which the KV pool is a
fixed part.
"""

import asyncio
import statistics
import subprocess
import sys
import time

import psutil
from harness.process import server
from harness.record import finish, no_options, show

from bridge.client import BridgeClient
from bridge.v1 import bridge_pb2

REPEATS = 3
MIB = 2**20


def start() -> tuple[float, float, bridge_pb2.GetStatsResponse]:
    """Seconds and CPU seconds until a server is ready, and its stats."""
    began = time.perf_counter()
    with server("-m", "bridge.cli", "serve", "--port", "0") as (address, process):
        seconds = time.perf_counter() - began
        times = psutil.Process(process.pid).cpu_times()
        return seconds, times.user + times.system, asyncio.run(ask(address))


async def ask(address: str) -> bridge_pb2.GetStatsResponse:
    """The server's stats."""
    async with BridgeClient(address) as bridge:
        return await bridge.stats()


def import_torch() -> float:
    """Seconds of a process that imports torch."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure both in turn, and report."""
    no_options(__doc__)
    import_torch()  # fills the page cache
    runs = [(import_torch(), *start()) for _ in range(REPEATS)]
    floor, seconds, cpu = (statistics.median(run[place] for run in runs) for place in range(3))
    stats = runs[-1][3]
    results = {
        "seconds_to_ready": round(seconds, 2),
        "cpu_seconds_to_ready": round(cpu, 2),
        "import_torch_seconds": round(floor, 2),
        "ratio_to_import_torch": round(statistics.median(run[1] / run[0] for run in runs), 2),
        "peak_rss_mib": round(stats.peak_resident_bytes / MIB),
        "kv_pool_mib": round(stats.dialogue_pool_bytes / MIB),
    }
    show("Start of a server", ("figure", "median"), list(results.items()))
    finish("startup", results)


if __name__ == "__main__":
    main()
