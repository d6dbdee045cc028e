"""The worker threads for pictures: what waits for them, and one more thread for what follows the device.

A picture is handed to a thread only when one is free, so nothing waits where it cannot be reordered or withdrawn, and
the end of the server waits for no backlog. Reading a model's output has a thread to itself: it takes a fraction of a
millisecond, and must not wait for anybody's picture.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

from bridge.config import Limits
from bridge.errors import BridgeError, ModelFailed
from bridge.pictures.byte_counts import PictureBytes
from bridge.pictures.decode_costs import DecodeCosts
from bridge.pictures.decode_queue import DecodeQueue, Ticket
from bridge.policy.work import Owner
from bridge.wire.request import clock

log = logging.getLogger("framebridge.recognition")

# What an identity may have decoded ahead of the device while others send pictures too, in bytes of what models take:
# five of a detector's inputs. Much of what is decoded for a crowd comes to nothing, and takes the others' processor.
_AHEAD_BYTES = 8 * 1024 * 1024

Done = Callable[[Any], None]  # called on the loop with what came of the work, a BridgeError for a failure


class Work(NamedTuple):
    """What a worker does, and who hears of it."""

    run: Callable[[], Any]
    done: Done


Begin = Callable[[], Work | None]  # what there is to do when a worker is free; None when it has come to nothing


class Decoders:
    """All pictures of one server. Belongs to the event loop."""

    def __init__(self, workers: int, limits: Limits) -> None:
        self.workers = workers
        self.costs = DecodeCosts()
        self.waiting = PictureBytes(limits.waiting_image_bytes, limits.waiting_image_total_bytes)
        self.prepared = PictureBytes(limits.prepared_image_bytes, limits.prepared_image_total_bytes)
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="framebridge-picture")
        self._answers = ThreadPoolExecutor(1, thread_name_prefix="framebridge-answer")
        self._queue = DecodeQueue(workers)
        self._begin: dict[Ticket, Begin] = {}
        self._pumping = False
        self._closed = False

    @property
    def queued(self) -> int:
        """Cameras that wait for a worker."""
        return len(self._queue)

    def ask(self, ticket: Ticket, due: float, cost: float, begin: Begin) -> None:
        """A picture waits that is due then and takes so many seconds."""
        self._begin[ticket] = begin
        self._queue.put(ticket, due, cost, clock())
        self._pump()

    def drop(self, ticket: Ticket) -> None:
        """Nobody waits for it any more."""
        self._queue.drop(ticket, clock())
        self._begin.pop(ticket, None)

    def waited_behind(self, ticket: Ticket) -> float:
        """Seconds that a picture has waited up to now, or waited, while other clients' pictures were decoded."""
        return self._queue.waited_behind(ticket, clock())

    def give_prepared(self, owner: Owner, count: int) -> None:
        """The device needs so many bytes of a client's no more."""
        self.prepared.give(owner, count)
        self._pump()

    def answer(self, work: Work, *, at_once: bool) -> None:
        """Work on what the device has made: `at_once`, where that takes no longer than the way to a thread and back."""
        if at_once:
            work.done(_result(work.run))
        else:
            self._run(self._answers, work.run, work.done)

    def close(self) -> None:
        """The server stops: nothing more begins."""
        self._closed = True
        self._begin.clear()
        for pool in (self.pool, self._answers):
            pool.shutdown(wait=False, cancel_futures=True)

    def _pump(self) -> None:
        """Give free workers something to do. What begins may ask for more: that is found in the same round."""
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
        """Whether a client may have more pictures decoded than wait for the device already."""
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
        """As `run_in_executor` has it, without its two futures: each picture comes by here twice."""
        loop = asyncio.get_running_loop()

        def work() -> None:
            result = _result(run)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(done, result)

        pool.submit(work)


def _result(run: Callable[[], Any]) -> Any:
    """What came of the work, a BridgeError for a failure."""
    try:
        return run()
    except BridgeError as error:
        return error
    except BaseException:
        log.exception("a picture could not be worked on")
        return ModelFailed("the picture could not be worked on; send another one")
