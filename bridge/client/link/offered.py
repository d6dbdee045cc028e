"""Maps a file that a server on the same host offers, if it is that file."""

import mmap
import os
import stat
from pathlib import Path

from bridge.v1 import bridge_pb2

MAX_SHARED_BYTES = 1 << 30
_PREFIX = "framebridge-"
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def mapped(offer: bridge_pb2.SharedMemory, *, writable: bool = False) -> mmap.mmap | None:
    """Map the file that the server offers. None if that is not possible here, or the file is another one."""
    path = Path(offer.path)
    if not path.name.startswith(_PREFIX) or not len(offer.key) < offer.size_bytes <= MAX_SHARED_BYTES:
        return None
    try:
        memory = _map(path, offer.size_bytes, writable)
    except (OSError, ValueError):
        return None
    if memory[: len(offer.key)] != offer.key:
        memory.close()
        return None
    return memory


def _map(path: Path, size: int, writable: bool) -> mmap.mmap:
    descriptor = os.open(path, (os.O_RDWR if writable else os.O_RDONLY) | _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size < size:
            raise OSError(f"{path} is not a file of {size} bytes")
        return mmap.mmap(descriptor, size, access=mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ)
    finally:
        os.close(descriptor)
