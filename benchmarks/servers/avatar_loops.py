"""Event loops to compare: `asyncio`, `uvloop`, and `drained`, a uvloop that reads all of gRPC's wake-ups at once.

gRPC's poller thread writes a byte to a socket for each finished operation, and its reader on the event loop reads one
byte, though it then handles every operation that has finished. What is left of the bytes wakes the loop for nothing.
"""

import asyncio
import fcntl
import functools
import struct
import termios
from collections.abc import Callable
from typing import Any

import uvloop


class DrainedLoop(uvloop.Loop):
    """Leaves one byte for gRPC's reader, and counts how often it runs."""

    def add_reader(self, file: Any, callback: Callable[..., Any], *arguments: Any) -> None:
        """As the loop's own, except for gRPC's socket."""
        if type(getattr(callback, "__self__", None)).__name__ == "PollerCompletionQueue":
            callback = functools.partial(_drain_before, file, callback)
        super().add_reader(file, callback, *arguments)


def _drain_before(socket: Any, callback: Callable[[], None]) -> None:
    (waiting,) = struct.unpack("i", fcntl.ioctl(socket, termios.FIONREAD, b"\0\0\0\0"))
    if waiting > 1:
        socket.recv(waiting - 1)
    callback()


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
    "drained": DrainedLoop,
}
