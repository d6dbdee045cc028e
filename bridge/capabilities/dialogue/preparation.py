"""Prompts are made from what was said, tokenised: on few threads of their own, by fair share, and never without bound.

A conversation has one prompt in the making at most; of those that wait to be made only its newest is kept, by whoever
asks (`Preparation.drop`). Identities take turns, so that one who says much keeps nobody else waiting.
"""

import asyncio
import contextlib
import functools
import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bridge.errors import Overloaded

_THREADS = 2
_MOST_WAITING = 256  # of one identity: four sessions that talk in all conversations they may have
_RETRY_SECONDS = 1.0
_TOGETHER_SECONDS = 10.0


@dataclass(slots=True, eq=False)
class Order:
    """One prompt to be made; `done` gets what `make` returns or raises, None once nobody wants it."""

    identity: str
    conversation: Hashable
    make: Callable[[], Any]
    done: asyncio.Future[Any]


class Preparation:
    """The prompts that wait, and those in the making. Belongs to the event loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="framebridge-prompt")
        self._waiting: dict[str, deque[Order]] = {}  # identity -> its orders; who was served last comes last
        self._making: set[Order] = set()
        self._closed = False

    async def rehearse(self) -> None:
        """Start the threads, so that it is not the first crowd that waits for them."""
        everybody = threading.Barrier(_THREADS)

        def meet() -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                everybody.wait(_TOGETHER_SECONDS)

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._pool, meet) for _ in range(_THREADS)))

    def check(self, identity: str) -> None:
        """Overloaded when the identity has too many prompts that wait."""
        queue = self._waiting.get(identity, ())
        if len(queue) >= _MOST_WAITING:
            raise Overloaded(
                f"{len(queue)} prompts wait to be made already; ask again when some of them are answered",
                retry_after=_RETRY_SECONDS,
            )

    def order(self, identity: str, conversation: Hashable, make: Callable[[], Any]) -> Order:
        """Have a prompt made. Overloaded as `check` says."""
        self.check(identity)
        order = Order(identity, conversation, make, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(identity, deque()).append(order)
        self._go_on()
        return order

    def drop(self, order: Order) -> None:
        """Nobody wants a prompt any more. One in the making is finished, and thrown away by who waits for it."""
        queue = self._waiting.get(order.identity)
        if queue is not None and order in queue:
            queue.remove(order)
            order.done.set_result(None)
            if not queue:
                del self._waiting[order.identity]

    def close(self) -> None:
        """Make no more."""
        for queue in self._waiting.values():
            for order in queue:
                order.done.set_result(None)
        self._waiting.clear()
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _go_on(self) -> None:
        while len(self._making) < _THREADS and (order := self._next()) is not None:
            self._making.add(order)
            future = asyncio.get_running_loop().run_in_executor(self._pool, order.make)
            future.add_done_callback(functools.partial(self._made, order))

    def _next(self) -> Order | None:
        """The oldest order of the identity that was served longest ago, none of whose conversation is in the making."""
        busy = {order.conversation for order in self._making}
        for identity, queue in self._waiting.items():
            order = next((order for order in queue if order.conversation not in busy), None)
            if order is not None:
                queue.remove(order)
                del self._waiting[identity]
                if queue:
                    self._waiting[identity] = queue
                return order
        return None

    def _made(self, order: Order, future: asyncio.Future[Any]) -> None:
        self._making.discard(order)
        if future.cancelled():
            order.done.set_result(None)
        elif (error := future.exception()) is not None:
            order.done.set_exception(error)
        else:
            order.done.set_result(future.result())
        if not self._closed:
            self._go_on()
