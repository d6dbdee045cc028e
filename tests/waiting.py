"""Waiting for what nothing announces: a mapping that goes, a name that goes."""

import asyncio
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


def mapped(path: object) -> bool:
    """Whether this process has a file mapped, with its name or without."""
    return str(path) in Path("/proc/self/maps").read_text()


def named(path: str) -> bool:
    """Whether a file has its name yet."""
    return Path(path).exists()
