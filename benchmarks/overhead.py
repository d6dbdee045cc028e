"""What the bridge adds to a bare gRPC round trip.

A message goes to the server and back on one bidirectional stream, one at a time (depth 1). In our server it becomes a
job, runs one empty slice on the device thread and is answered with its timing. The baseline is a plain grpc.aio server
that returns the message from the generated servicer. Between them is such a server that passes each message to another
thread and takes it back, by the cheapest means (servers/hop.py): the part of our overhead that any device thread costs.
One client, the generated stub, measures all three in interleaved blocks, so that drift of the machine affects them
alike. Reported: the ratio of the median round trips to the baseline's, as the median over the repeats. The lower bound
is 1, since the transport is the same.

All four processes use the same fixed thresholds of glibc's allocator. With its dynamic ones, a few bytes in a message
decide whether each buffer of 256 KiB is returned to the kernel and faulted in again. That costs 90 us per buffer and
hits one side or the other by chance: ratios were 1.17 to 1.22, and round trips 1.3 times as long on both sides.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import grpc.aio
from harness.process import server
from harness.record import finish, no_options, show

from bridge.v1 import bridge_pb2, bridge_pb2_grpc

SIZES = (64, 262144)
REPEATS = 3
BLOCKS = {64: 30, 262144: 20}
PER_BLOCK = {64: 100, 262144: 30}
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(64 << 20), "MALLOC_TRIM_THRESHOLD_": str(256 << 20)}
_OPTIONS = [("grpc.max_receive_message_length", 16 << 20), ("grpc.max_send_message_length", 16 << 20)]


class Stream:
    """One open probe stream."""

    def __init__(self, address: str) -> None:
        self.channel = grpc.aio.insecure_channel(address, options=_OPTIONS)
        self.call = bridge_pb2_grpc.BridgeServiceStub(self.channel).Probe()

    async def block(self, payload: bytes, count: int) -> list[float]:
        """Round trips in seconds, one after the other."""
        took = []
        for nonce in range(count):
            request = bridge_pb2.ProbeRequest(nonce=nonce, payload=payload)
            began = time.perf_counter()
            await self.call.write(request)
            answer = await self.call.read()
            took.append(time.perf_counter() - began)
            assert answer.nonce == nonce
            assert len(answer.payload) == len(payload)
        return took

    async def close(self) -> None:
        await self.call.done_writing()
        await self.channel.close()


async def repeat(streams: Sequence[Stream], size: int) -> list[float]:
    """The median round trips of all servers, in interleaved blocks."""
    payload = bytes(size)
    times: list[list[float]] = [[] for _ in streams]
    for stream in streams:
        await stream.block(payload, PER_BLOCK[size])
    for _ in range(BLOCKS[size]):
        for stream, took in zip(streams, times, strict=True):
            took += await stream.block(payload, PER_BLOCK[size])
    return [statistics.median(took) for took in times]


async def measure(addresses: Sequence[str]) -> dict[int, list[list[float]]]:
    """All repeats of all sizes."""
    streams = [Stream(address) for address in addresses]
    results = {size: [await repeat(streams, size) for _ in range(REPEATS)] for size in SIZES}
    for stream in streams:
        await stream.close()
    return results


def main() -> None:
    """Start both servers, measure, report."""
    no_options(__doc__)
    if not ALLOCATOR.items() <= os.environ.items():  # glibc reads these when a process starts
        os.execve(sys.executable, [sys.executable, __file__], {**os.environ, **ALLOCATOR})
    servers = Path(__file__).parent / "servers"
    with (
        server("-m", "bridge.cli", "serve", "--models", "", "--port", "0") as (ours, _),
        server(str(servers / "hop.py")) as (hop, _),
        server(str(servers / "echo.py")) as (plain, _),
    ):
        results = asyncio.run(measure((ours, hop, plain)))
    rows, ratio, hops, micros = [], {}, {}, {}
    for size, repeats in results.items():
        ratios = sorted(bridged / bare for bridged, _, bare in repeats)
        ratio[str(size)] = round(statistics.median(ratios), 3)
        hops[str(size)] = round(statistics.median(hopped / bare for _, hopped, bare in repeats), 3)
        medians = [round(statistics.median(column) * 1e6, 1) for column in zip(*repeats, strict=True)]
        micros[str(size)] = dict(zip(("bridge_p50_us", "hop_p50_us", "echo_p50_us"), medians, strict=True))
        rows.append((f"{size} B", *medians, ratio[str(size)], f"{ratios[0]:.2f} to {ratios[-1]:.2f}", hops[str(size)]))
    columns = ("message", "bridge us", "hop us", "echo us", "ratio", "repeats", "ratio of the hop")
    show("Round trip at depth 1, p50", columns, rows)
    finish("overhead", {"ratio": ratio, "hop_ratio": hops, "p50": micros})


if __name__ == "__main__":
    main()
