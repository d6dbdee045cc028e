"""A real server with quick models for the .NET suites: `python -m tests.unity.server`.

It ends when its input does, so it never outlives who started it.
"""

import asyncio
import sys
from typing import Any

import numpy as np

from bridge.loop import run
from tests.services.conftest import serving
from tests.services.fakes import FakeAvatar, Fakes

_SLOTS = 8  # conversations at once: a suite's next test does not wait for the last one's farewell
_GRACE_SECONDS = 20.0  # that a session waits for its client, on a slow machine too


class Painter(FakeAvatar):
    """Every look has a picture of its own, of many colours: a preview that changes is seen to change."""

    def paint(self, conditions: Any) -> Any:
        seed = np.frombuffer(np.asarray(conditions, np.float32).tobytes(), np.uint8)
        return np.random.default_rng(seed).integers(0, 256, (self.side, self.side, 4), np.uint8)


async def main() -> None:
    async with serving(Fakes(avatar=Painter()), dialogue_slots=_SLOTS, session_grace_seconds=_GRACE_SECONDS) as fake:
        print(f"serving at 127.0.0.1:{fake.port}", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    run(main())
