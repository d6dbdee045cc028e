"""A file in memory that server and client of one host share, so that payloads need not travel through a socket.

The client maps it. The server writes through a descriptor: a client that cuts the file short would otherwise kill it,
since writing to a page of a mapping that is gone ends a process (SIGBUS).

Its name is `framebridge-<pid>-<start of that process>-<random>`, the start in milliseconds since 1970. The name is only
there until the client has mapped the file: after that the kernel frees the memory when both sides are gone, however
they died. What is left when both die before that, `sweep` takes away at the next start.
"""

import contextlib
import errno
import os
import re
import secrets
import tempfile
from pathlib import Path

import psutil

KEY_BYTES = 16
_MEMORY = Path("/dev/shm")  # noqa: S108  a directory in memory, where names are random and files are ours alone
_NAME = re.compile(r"framebridge-(\d{1,9})-(\d{1,15})-[0-9a-f]{32}")
_SAME_START_SECONDS = 2.0  # process start times drift when the clock is corrected
_OPEN = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def shared_directory() -> Path:
    """Where such files lie: in memory where the system has a place for that."""
    return _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


class SharedFile:
    """A file of `size` bytes that begins with a random key. OSError when there is no room for it."""

    def __init__(self, size: int) -> None:
        start = round(psutil.Process().create_time() * 1000)
        self.path = shared_directory() / f"framebridge-{os.getpid()}-{start}-{secrets.token_hex(16)}"
        self.key = secrets.token_bytes(KEY_BYTES)
        self._descriptor = os.open(self.path, _OPEN, 0o600)
        try:
            _reserve(self._descriptor, size)
            self.write(self.key, 0)
        except BaseException:
            self.close()
            raise

    def write(self, data: bytes | memoryview, offset: int) -> None:
        """Write all of `data`. OSError where there is no room for it any more."""
        left = memoryview(data)
        while left:
            written = _write_at(self._descriptor, left, offset)
            left, offset = left[written:], offset + written

    def unlink(self) -> None:
        """Take the name away. Where an open file cannot lose its name (Windows), `close` does it."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def close(self) -> None:
        """Close the file and take the name away; a second time does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
        self.unlink()


def _write_at(descriptor: int, data: memoryview, offset: int) -> int:
    if hasattr(os, "pwrite"):
        return os.pwrite(descriptor, data, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)  # Windows; the event loop alone writes
    return os.write(descriptor, data)


def _reserve(descriptor: int, size: int) -> None:
    """Have the memory from the start, so that a full disk shows before a client is told of the file."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    elif os.write(descriptor, bytes(size)) < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def sweep() -> int:
    """Remove the files of servers that are gone. Returns how many there were."""
    count = 0
    for path in shared_directory().glob("framebridge-*"):
        name = _NAME.fullmatch(path.name)
        if name is not None and not _lives(int(name[1]), int(name[2]) / 1000):
            with contextlib.suppress(OSError):  # another user's, or another server was quicker
                path.unlink()
                count += 1
    return count


def _lives(pid: int, start: float) -> bool:
    """Whether the process of this number is the one that began then."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - start) <= _SAME_START_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
