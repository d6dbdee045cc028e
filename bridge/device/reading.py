"""A model's `load`, on a thread of its own: it may never return, which must not keep the process from ending."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from bridge.device.checks import reason
from bridge.errors import ModelFailed

T = TypeVar("T")


def in_thread(function: Callable[[], T], name: str) -> "asyncio.Future[T]":
    """What `function` returns or raises. What would end the server, such as `sys.exit()`, becomes a ModelFailed.

    The thread cannot be stopped: who cancels the future abandons it.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def succeed(value: T) -> None:
        if not future.done():
            future.set_result(value)

    def fail(error: BaseException) -> None:
        if not future.done():
            future.set_exception(error)

    def work() -> None:
        finish: Callable[[], object]
        try:
            value = function()
            finish = lambda: succeed(value)  # noqa: E731
        except BaseException as error:
            fits = isinstance(error, Exception) and not isinstance(error, StopIteration)
            failure = error if fits else ModelFailed(f"it raised {reason(error)}")
            finish = lambda: fail(failure)  # noqa: E731
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(finish)

    threading.Thread(target=work, name=name, daemon=True).start()
    return future
