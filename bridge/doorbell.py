"""Wakes the event loop from another thread, by a byte through a socket of its own.

`call_soon_threadsafe` does the same with a handle, a context and two reads; on the way of every answer that is a
twentieth of the whole. It still serves where the loop watches no sockets (Windows' default).
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable

_MOST_RINGS = 4096  # taken up at once


class Doorbell:
    """Calls `answer` on the loop soon after each `ring`, once for several. Made and closed on the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, answer: Callable[[], None]) -> None:
        self._loop = loop
        self._answer = answer
        self._inside, self._outside = socket.socketpair()
        for end in (self._inside, self._outside):
            end.setblocking(False)
        try:
            loop.add_reader(self._inside, self._hear)
        except NotImplementedError:
            self._watched = False
        else:
            self._watched = True

    def ring(self) -> None:
        """From any thread. ConnectionError when nobody will hear it any more."""
        try:
            if self._watched:
                with contextlib.suppress(BlockingIOError):  # full of rings that will be heard
                    self._outside.send(b"\0")
            else:
                self._loop.call_soon_threadsafe(self._answer)
        except (OSError, RuntimeError) as error:
            raise ConnectionError("the event loop is gone") from error

    def close(self) -> None:
        """Hear no more. A second time does nothing."""
        if self._watched and self._inside.fileno() >= 0:
            self._loop.remove_reader(self._inside)
        self._inside.close()
        self._outside.close()

    def _hear(self) -> None:
        self._inside.recv(_MOST_RINGS)
        self._answer()
