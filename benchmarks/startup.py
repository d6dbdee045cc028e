"""How long a server takes to be warm, beside the least that any server on torch can take.

A server of all embedded models is started in a process of its own; ready is when it says that it serves, with every
lane measured. In turn, a process that imports torch and ends: the floor. Reported: medians over the repeats, seconds
and CPU-seconds, the ratio of the seconds, and the server's peak memory when it is ready, of which the pool of keys and
values is a fixed part.
"""

import asyncio
import statistics
import subprocess
import sys
import time

import psutil
from record import finish, no_options, show
from servers import server

from bridge.client import BridgeClient
from bridge.v1 import bridge_pb2

REPEATS = 3
MIB = 2**20


def start() -> tuple[float, float, bridge_pb2.GetStatsResponse]:
    """Seconds and CPU-seconds until a server is warm, and what it says of itself."""
    began = time.perf_counter()
    with server("-m", "bridge.cli", "serve", "--port", "0") as (address, process):
        seconds = time.perf_counter() - began
        times = psutil.Process(process.pid).cpu_times()
        return seconds, times.user + times.system, asyncio.run(ask(address))


async def ask(address: str) -> bridge_pb2.GetStatsResponse:
    """The server's counts."""
    async with BridgeClient(address) as bridge:
        return await bridge.stats()


def import_torch() -> float:
    """Seconds of a process that imports torch."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure both in turn, report."""
    no_options(__doc__)
    import_torch()  # the files are in memory from now on
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
    show("From nothing to warm", ("figure", "median"), list(results.items()))
    finish("startup", results)


if __name__ == "__main__":
    main()
