"""Worker threads that decode pictures, and one more that post-processes model outputs.

A picture goes to a thread only when one is free, so that what waits can still be reordered or withdrawn, and shutdown
has no backlog. Post-processing has its own thread: it takes a fraction of a millisecond, and must not wait behind a
picture.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

from bridge.config import Limits
from bridge.errors import BridgeError, ModelFailed
from bridge.pictures.byte_counts import ByteCounts
from bridge.pictures.decode_costs import DecodeCosts
from bridge.pictures.decode_queue import DecodeQueue, Ticket
from bridge.policy.work import Owner
from bridge.wire.request import clock

log = logging.getLogger("framebridge.recognition")

# How far an identity may decode ahead of the device while others are active, in bytes of model input: five inputs of a
# detector. Much of what is decoded under load is superseded, at the expense of the others' CPU time.
_AHEAD_BYTES = 8 * 1024 * 1024

Done = Callable[[Any], None]  # called on the event loop with the result, or a BridgeError


class Work(NamedTuple):
    """A function for a worker, and the callback for its result."""

    run: Callable[[], Any]
    done: Done


Begin = Callable[[], Work | None]  # called when a worker is free; None if there is nothing left to do


class Decoders:
    """The decode queue of one server and its workers. Belongs to the event loop."""

    def __init__(self, workers: int, limits: Limits) -> None:
        self.workers = workers
        self.costs = DecodeCosts()
        self.waiting = ByteCounts(limits.waiting_image_bytes, limits.waiting_image_total_bytes)
        self.prepared = ByteCounts(limits.prepared_image_bytes, limits.prepared_image_total_bytes)
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="framebridge-picture")
        self._answers = ThreadPoolExecutor(1, thread_name_prefix="framebridge-answer")
        self._queue = DecodeQueue(workers)
        self._begin: dict[Ticket, Begin] = {}
        self._pumping = False
        self._closed = False

    @property
    def queued(self) -> int:
        """Cameras waiting for a worker."""
        return len(self._queue)

    def ask(self, ticket: Ticket, due: float, cost: float, begin: Begin) -> None:
        """Queue a picture, due at `due` and predicted to take `cost` seconds."""
        self._begin[ticket] = begin
        self._queue.put(ticket, due, cost, clock())
        self._pump()

    def drop(self, ticket: Ticket) -> None:
        """Withdraw a ticket."""
        self._queue.drop(ticket, clock())
        self._begin.pop(ticket, None)

    def waited_behind(self, ticket: Ticket) -> float:
        """Seconds that a picture has waited while other clients' pictures were decoded."""
        return self._queue.waited_behind(ticket, clock())

    def give_prepared(self, owner: Owner, count: int) -> None:
        """Free bytes of model input that the device no longer needs."""
        self.prepared.give(owner, count)
        self._pump()

    def answer(self, work: Work, *, at_once: bool) -> None:
        """Post-process a model's output: `at_once` on the event loop if a round trip to a thread would cost more."""
        if at_once:
            work.done(_result(work.run))
        else:
            self._run(self._answers, work.run, work.done)

    def close(self) -> None:
        """Start nothing more: the server is stopping."""
        self._closed = True
        self._begin.clear()
        for pool in (self.pool, self._answers):
            pool.shutdown(wait=False, cancel_futures=True)

    def _pump(self) -> None:
        """Give work to free workers. A callback may queue more; the same loop picks that up."""
        if self._pumping or self._closed:
            return
        self._pumping = True
        try:
            while (ticket := self._queue.take(clock(), self._may_begin)) is not None:
                self._start(ticket, self._begin.pop(ticket)())
        finally:
            self._pumping = False

    def _start(self, ticket: Ticket, work: Work | None) -> None:
        if work is None:
            self._queue.done(ticket, clock())
        else:
            self._run(self.pool, work.run, self._finished(ticket, work.done))

    def _may_begin(self, owner: Owner) -> bool:
        """Whether a client may have another picture decoded, given those already waiting for the device."""
        if self.prepared.of(owner.identity) > _AHEAD_BYTES and self._queue.contended(owner, clock()):
            return False
        return not self.prepared.passed(owner)

    def _finished(self, ticket: Ticket, done: Done) -> Done:
        def heard(result: Any) -> None:
            self._queue.done(ticket, clock())
            done(result)
            self._pump()

        return heard

    def _run(self, pool: ThreadPoolExecutor, run: Callable[[], Any], done: Done) -> None:
        """Like `run_in_executor` without its two futures: each picture passes here twice."""
        loop = asyncio.get_running_loop()

        def work() -> None:
            result = _result(run)
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(done, result)

        pool.submit(work)


def _result(run: Callable[[], Any]) -> Any:
    """The result of the work, or a BridgeError."""
    try:
        return run()
    except BridgeError as error:
        return error
    except BaseException:
        log.exception("a picture could not be processed")
        return ModelFailed("the picture could not be processed; send another one")
