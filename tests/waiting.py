"""Waiting for what nothing announces: a mapping that goes, a name that goes."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

WAIT_SECONDS = 20.0


async def until(holds: Callable[[], object]) -> None:
    """Let the loop run until something holds. Fails when it never does."""
    give_up = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < give_up
        await asyncio.sleep(0)


def held(path: object) -> int:
    """How often this process has a file open, with its name or without; Python's mappings keep a descriptor too."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # closed since
            count += str(descriptor.readlink()).startswith(str(path))
    return count


def named(path: str) -> bool:
    """Whether a file has its name yet."""
    return Path(path).exists()
