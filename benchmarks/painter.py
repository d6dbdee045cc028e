"""A server whose only model paints avatars of any size at no cost, for measuring what comes after a model:
`python painter.py SIDE`.

Each frame's `queue_micros` tells when it was handed over, on the clock that all processes of a machine share.
"""

import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

import bridge.roster
import bridge.services.avatar
import bridge.services.carriage
from bridge.catalog import CATALOG
from bridge.config import Config
from bridge.loop import run
from bridge.server import serve
from bridge.services.carriage import Carriage
from bridge.v1 import avatar_pb2
from models.program import Lane


class Painter:
    """Pictures of noise that never change, so that their making costs nothing."""

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


class DatedCarriage(Carriage):
    """Tells in each frame when it was handed over."""

    def messages(self, header: avatar_pb2.TextureFrame, payload: bytes | memoryview) -> Sequence[bytes]:
        header.timing.queue_micros = round(time.perf_counter() * 1e6)
        return super().messages(header, payload)


async def serve_painter(side: int, port: int, grace: float, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM; `on_ready` gets the port once it is warm."""
    painter = Painter(side)
    entry = replace(CATALOG["avatar"], load=lambda device, config: painter, rungs=(painter.lanes[0].name, "repeat"))
    bridge.roster.CATALOG = CATALOG | {"avatar": entry}
    await serve(Config(port=port, device="cpu", models=("avatar",), session_grace_seconds=grace), on_ready)


async def main(side: int) -> None:
    """Serve dated frames on a free port and print it. Payloads of any size are shared."""
    bridge.services.carriage.WORTH_SHARING = 0
    bridge.services.avatar.Carriage = DatedCarriage  # type: ignore[misc]
    await serve_painter(side, 0, 30.0, lambda port: print(f"serving at 127.0.0.1:{port}", flush=True))


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
