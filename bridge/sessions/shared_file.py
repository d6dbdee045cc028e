"""A file in memory, shared by server and client on one host, so that payloads bypass the socket.

The client maps it. The server writes through a descriptor: if the client truncated the file, writing through a mapping
would kill the server (SIGBUS).

Its name is `framebridge-<pid>-<process start>-<random>`, the start in milliseconds since 1970. It is unlinked once the
client has mapped it, so the kernel frees the memory when both sides are gone, however they died. If both die before
that, `sweep` removes the file at the next start.
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
_MEMORY = Path("/dev/shm")  # noqa: S108  a directory in memory; our names are random and files private
_NAME = re.compile(r"framebridge-(\d{1,9})-(\d{1,15})-[0-9a-f]{32}")
_SAME_START_SECONDS = 2.0  # process start times drift when the clock is corrected
_OPEN = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def shared_directory() -> Path:
    """The directory for such files: in memory where the system has one."""
    return _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


class SharedFile:
    """A file of `size` bytes that begins with a random key. OSError if there is no space for it."""

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
        """Write all of `data`. OSError if there is no space left."""
        left = memoryview(data)
        while left:
            written = _write_at(self._descriptor, left, offset)
            left, offset = left[written:], offset + written

    def read(self, size: int, offset: int) -> bytes:
        """Copy `size` bytes; fewer if the client truncated the file."""
        return _read_at(self._descriptor, size, offset)

    def unlink(self) -> None:
        """Unlink the file. Where an open file cannot be unlinked (Windows), `close` does it."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def close(self) -> None:
        """Close and unlink the file. Idempotent."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
        self.unlink()


def _write_at(descriptor: int, data: memoryview, offset: int) -> int:
    if hasattr(os, "pwrite"):
        return os.pwrite(descriptor, data, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)  # Windows; the event loop alone writes
    return os.write(descriptor, data)


def _read_at(descriptor: int, size: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(descriptor, size, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, size)


def _reserve(descriptor: int, size: int) -> None:
    """Allocate all of the file now, so that a full disk shows before a client learns of the file."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    elif os.write(descriptor, bytes(size)) < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def sweep() -> int:
    """Remove the files of dead servers. Returns how many."""
    count = 0
    for path in shared_directory().glob("framebridge-*"):
        name = _NAME.fullmatch(path.name)
        if name is not None and not _lives(int(name[1]), int(name[2]) / 1000):
            with contextlib.suppress(OSError):  # another user's file, or another server removed it first
                path.unlink()
                count += 1
    return count


def _lives(pid: int, start: float) -> bool:
    """Whether the process with this id is the one that started then."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - start) <= _SAME_START_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
