"""A server with a fake avatar model of any size and no cost, to measure what follows a model: `python painter.py SIDE`.

`queue_micros` of each frame is when it was passed to the transport, on the clock that all processes of a machine share.
"""

import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

import bridge.capabilities.avatar.payloads
import bridge.capabilities.avatar.service
import bridge.device.roster
from bridge.capabilities import CAPABILITIES
from bridge.capabilities.avatar.payloads import Payloads
from bridge.config import Config
from bridge.device.catalog import RungSpec, entries
from bridge.device.loop import run
from bridge.server import serve
from bridge.v1 import avatar_pb2
from models.program import Lane


class Painter:
    """The fake model: always the same picture of noise."""

    name, version, resident_bytes = "avatar", "painter-1", 1

    def __init__(self, side: int) -> None:
        self.lanes = (Lane(f"avatar.{side}", max_batch=8, stages=1),)
        self._picture = np.random.default_rng(side).integers(0, 256, (side, side, 4), np.uint8)

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        yield
        return [self._picture] * len(inputs)

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [SimpleNamespace(conditions=np.zeros(1, np.float32))] * batch

    def close(self) -> None:
        pass


class DatedPayloads(Payloads):
    """Payloads with a send time in each frame."""

    def messages(self, header: avatar_pb2.TextureFrame, payload: bytes | memoryview) -> Sequence[bytes]:
        header.timing.queue_micros = round(time.perf_counter() * 1e6)
        return super().messages(header, payload)


async def serve_painter(side: int, port: int, grace: float, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM; calls `on_ready` with the port once warm."""
    painter = Painter(side)
    lane = painter.lanes[0].name
    rungs = (RungSpec(lane, lane, side, side), RungSpec("repeat"))
    model = replace(entries(CAPABILITIES)["avatar"].model, load=lambda device: painter, rungs=rungs)
    config = Config(port=port, device="cpu", models=("avatar",), session_grace_seconds=grace)
    await serve(config, on_ready, models=[model])


async def main(side: int) -> None:
    """Serve frames with send times on a free port, and print it. Shared memory carries payloads of any size."""
    bridge.capabilities.avatar.payloads.WORTH_SHARING = 0
    bridge.capabilities.avatar.service.Payloads = DatedPayloads  # type: ignore[misc]
    await serve_painter(side, 0, 30.0, lambda port: print(f"serving at 127.0.0.1:{port}", flush=True))


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
