"""How long a finished texture takes from server to client, and what happens on a slow link.

One way: from when the server passes a finished frame to the transport until the client's caller has its bytes, on the
clock that all processes of a machine share. Four transports are measured in interleaved blocks: shared memory; our wire
(the payload appended to a serialized header, chunked above 256 KiB, split off by the client); and a plain grpc.aio
server and client with the generated stub, twice. `plain` sends after a moment, as our server does, when the client
sleeps already; `at_once` sends before it can fall asleep, which no server that draws something could. Reported: ratios
of medians, as the median over the repeats. The lower bound of shared memory, `shared_floor`, is the one-way time of the
smallest plain message and two copies, timed in one process; across cores copies take longer.

The allocator is glibc's with its defaults, as in a game and in a plain server. It returns buffers of 256 KiB and more
to the kernel; faulting them in again is most of the cost of the generated stub's extra copies. With fixed thresholds,
as in overhead.py, everything on the wire is faster, and ours and the stub differ by a tenth, at 256 KiB only.

Throttled link: 4 MB/s are offered to a proxy that passes 3 MB/s. Reported: the age of frames on arrival, from the
moment they show, and how many were superseded. An unbounded queue would grow by a second every three seconds.
"""

import asyncio
import mmap
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import grpc.aio
from harness.process import server
from harness.record import finish, no_options, show

from bridge.client import BridgeClient, Frame
from bridge.client.avatars import Avatars
from bridge.sessions.shared_file import shared_directory
from bridge.v1 import avatar_pb2, avatar_pb2_grpc

SIDES = (16, 32, 64, 128, 256, 512)
REPEATS = 3
BLOCKS = 10
PER_BLOCK = 20
GENEROUS = 30.0
RATE = 3_000_000
SECONDS = 10.0
_RATIOS = {
    "wire_over_shared": ("wire", "shared"),
    "plain_over_wire": ("plain", "wire"),
    "at_once_over_wire": ("at_once", "wire"),
}
_SERVERS = Path(__file__).parent / "servers"


def two_copies(size: int) -> float:
    """Seconds to write `size` bytes to a mapping and read them from another mapping of the same file."""
    payload, took = bytes(size), []
    with tempfile.TemporaryFile(dir=shared_directory()) as file:
        file.write(payload)
        file.flush()
        with mmap.mmap(file.fileno(), size) as written, mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as read:
            for _ in range(BLOCKS * PER_BLOCK):
                began = time.perf_counter()
                written[:] = payload
                _ = read[:]
                took.append(time.perf_counter() - began)
    return statistics.median(took)


class Ours:
    """Frames from our client, one after the other."""

    def __init__(self, avatars: Avatars) -> None:
        self._avatars = avatars
        avatars.set_look(0, seed=1)

    async def block(self, count: int) -> list[float]:
        """One-way times in seconds."""
        took = []
        for _ in range(count):
            frame = await self._avatars.frame(0, budget=GENEROUS)
            now = time.perf_counter()
            assert isinstance(frame, Frame), frame
            took.append(now - frame.timing.queue)
        return took


class Plain:
    """Frames from the generated stub, one after the other."""

    def __init__(self, address: str, slot: int) -> None:
        self._slot = slot
        self.channel = grpc.aio.insecure_channel(address, options=[("grpc.max_receive_message_length", 16 << 20)])
        self._call: Any = avatar_pb2_grpc.AvatarServiceStub(self.channel).StreamAvatar()
        self._index = 0

    async def block(self, count: int) -> list[float]:
        """One-way times in seconds."""
        took = []
        for _ in range(count):
            self._index += 1
            request = avatar_pb2.AvatarFrameRequest(slot=self._slot, frame_index=self._index)
            await self._call.write(avatar_pb2.StreamAvatarRequest(frame=request))
            answer = await self._call.read()
            payload = answer.frame.payload
            now = time.perf_counter()
            assert len(payload) == answer.frame.total_bytes
            took.append(now - answer.frame.timing.queue_micros / 1e6)
        return took


async def repeat(transports: dict[str, Ours | Plain]) -> dict[str, float]:
    """The median one-way time of each transport, in interleaved blocks."""
    times: dict[str, list[float]] = {name: [] for name in transports}
    for transport in transports.values():
        await transport.block(PER_BLOCK)
    for _ in range(BLOCKS):
        for name, transport in transports.items():
            times[name] += await transport.block(PER_BLOCK)
    return {name: statistics.median(took) for name, took in times.items()}


async def compare(ours: str, bare: str) -> list[dict[str, float]]:
    """All repeats of one size."""
    async with (
        BridgeClient(ours) as sharing,
        BridgeClient(ours, shared_memory=False) as wired,
        sharing.avatars() as shared,
        wired.avatars() as wire,
    ):
        at_once, plain = Plain(bare, 0), Plain(bare, 1)
        bridged = {"shared": Ours(shared), "wire": Ours(wire)}
        results = [await repeat({**bridged, "plain": plain, "at_once": at_once}) for _ in range(REPEATS)]
        for stub in (at_once, plain):
            await stub.channel.close()
        return results


def one_way(side: int) -> list[dict[str, float]]:
    """Start both servers with textures of one size, and measure."""
    size = 4 * side * side
    with (
        server(str(_SERVERS / "painter.py"), str(side)) as (ours, _),
        server(str(_SERVERS / "plain_frames.py"), str(size)) as (plain, _),
    ):
        return asyncio.run(compare(ours, plain))


class Arrivals:
    """The frames received through the throttled link."""

    def __init__(self) -> None:
        self.ages: list[float] = []
        self.size = 0

    def note(self, frame: Frame) -> None:
        """Record a frame's age: it shows the moment of its request, or of its tick."""
        self.ages.append(time.perf_counter() - (frame.timing.queue - frame.timing.server))
        self.size += len(frame.payload)


async def _subscribe(avatars: Avatars, slot: int, fps: float, arrivals: Arrivals) -> None:
    avatars.set_look(slot, seed=slot)
    async for frame in avatars.subscribe(slot, fps=fps, budget=GENEROUS, keep_late=True):
        arrivals.note(frame)


async def throttled(link: str, slots: int, fps: float) -> dict[str, float]:
    """Subscribe to `slots` avatars for SECONDS."""
    arrivals = Arrivals()
    async with BridgeClient(link, shared_memory=False) as bridge:
        async with bridge.avatars() as avatars:
            running = [asyncio.create_task(_subscribe(avatars, slot, fps, arrivals)) for slot in range(slots)]
            await asyncio.wait(running, timeout=SECONDS)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        stats = await bridge.stats()
    (work,) = [work for work in stats.work if work.name == "avatar"]
    ages = sorted(arrivals.ages)
    return {
        "frames": len(ages),
        "age_p50_ms": round(1e3 * ages[len(ages) // 2], 1),
        "age_p95_ms": round(1e3 * ages[int(0.95 * len(ages))], 1),
        "age_max_ms": round(1e3 * ages[-1], 1),
        "superseded_share": round(work.superseded_count / work.request_count, 3),
        "payload_mb_per_second": round(arrivals.size / SECONDS / 1e6, 2),
    }


def behind_a_slow_link(side: int, slots: int, offered: float) -> dict[str, float]:
    """Measure textures of one size through the throttled link."""
    fps = offered / (4 * side * side * slots)
    with (
        server(str(_SERVERS / "painter.py"), str(side)) as (address, _),
        server(str(_SERVERS / "throttle.py"), address.rpartition(":")[2], str(RATE)) as (link, _),
    ):
        return asyncio.run(throttled(link, slots, fps))


def of_repeats(repeats: list[dict[str, float]]) -> dict[str, Any]:
    """The median of each ratio, and its value in each repeat."""
    found = {name: [round(times[a] / times[b], 2) for times in repeats] for name, (a, b) in _RATIOS.items()}
    medians = {name: statistics.median(values) for name, values in found.items()}
    return medians | {f"{name}_repeats": values for name, values in found.items()}


def main() -> None:
    """Measure all, report."""
    no_options(__doc__)
    times = {4 * side * side: one_way(side) for side in SIDES}
    micros = {
        str(size): {name: round(1e6 * statistics.median(r[name] for r in repeats), 1) for name in repeats[0]}
        for size, repeats in times.items()
    }
    empty = min(micros.values(), key=lambda of_size: of_size["plain"])["plain"]
    for size in times:
        micros[str(size)]["shared_floor"] = round(empty + 1e6 * two_copies(size), 1)
    ratios = {str(size): of_repeats(repeats) for size, repeats in times.items()}
    rows = [(f"{int(size):,} B", *micros[size].values(), *(ratios[size][name] for name in _RATIOS)) for size in micros]
    columns = ("texture, us", *micros["1024"], "wire / shared", "plain / wire", "at once / wire")
    show("One way, p50", columns, rows)
    links = {
        "8 x 16 KiB": behind_a_slow_link(64, 8, 4e6),
        "1 x 256 KiB": behind_a_slow_link(256, 1, 4e6),
    }
    rows = [(name, *figures.values()) for name, figures in links.items()]
    show("4 MB/s offered to a link of 3 MB/s", ("avatars", *links["8 x 16 KiB"]), rows)
    finish("payload", {"one_way_p50_us": micros, "ratio": ratios, "throttled": links})


if __name__ == "__main__":
    main()
