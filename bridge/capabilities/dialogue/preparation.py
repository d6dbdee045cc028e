"""Builds and tokenises prompts on a small thread pool: fair between identities, with a bounded queue.

A conversation has at most one prompt in progress. Callers drop a queued one when a newer one replaces it
(`Preparation.drop`). Identities take turns, so that a busy one does not delay the others.
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
_MOST_WAITING = 256  # per identity: four sessions that talk in all their conversations
_RETRY_SECONDS = 1.0
_BARRIER_SECONDS = 10.0


@dataclass(slots=True, eq=False)
class PromptJob:
    """A prompt to build; `done` gets the result or exception of `make`, or None if it is dropped."""

    identity: str
    conversation: Hashable
    make: Callable[[], Any]
    done: asyncio.Future[Any]


class Preparation:
    """Prompts queued and in progress. Belongs to the event loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="framebridge-prompt")
        self._waiting: dict[str, deque[PromptJob]] = {}  # by identity, least recently served first
        self._in_progress: set[PromptJob] = set()
        self._closed = False

    async def warm_up(self) -> None:
        """Start the threads, so that the first requests do not wait for them."""
        started = threading.Barrier(_THREADS)

        def meet() -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                started.wait(_BARRIER_SECONDS)

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._pool, meet) for _ in range(_THREADS)))

    def check(self, identity: str) -> None:
        """Overloaded if too many prompts of the identity are queued."""
        queue = self._waiting.get(identity, ())
        if len(queue) >= _MOST_WAITING:
            raise Overloaded(
                f"{len(queue)} prompts are queued already; ask again when some of them have been answered",
                retry_after=_RETRY_SECONDS,
            )

    def submit(self, identity: str, conversation: Hashable, make: Callable[[], Any]) -> PromptJob:
        """Queue a prompt. Overloaded as for `check`."""
        self.check(identity)
        job = PromptJob(identity, conversation, make, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(identity, deque()).append(job)
        self._start_next()
        return job

    def drop(self, job: PromptJob) -> None:
        """Drop a queued prompt. One in progress still completes; its caller discards it."""
        queue = self._waiting.get(job.identity)
        if queue is not None and job in queue:
            queue.remove(job)
            job.done.set_result(None)
            if not queue:
                del self._waiting[job.identity]

    def close(self) -> None:
        """Drop all queued prompts and stop the threads."""
        for queue in self._waiting.values():
            for job in queue:
                job.done.set_result(None)
        self._waiting.clear()
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start_next(self) -> None:
        while len(self._in_progress) < _THREADS and (job := self._next()) is not None:
            self._in_progress.add(job)
            future = asyncio.get_running_loop().run_in_executor(self._pool, job.make)
            future.add_done_callback(functools.partial(self._finished, job))

    def _next(self) -> PromptJob | None:
        """Take the oldest job of the least recently served identity, skipping conversations in progress."""
        busy = {job.conversation for job in self._in_progress}
        for identity, queue in self._waiting.items():
            job = next((job for job in queue if job.conversation not in busy), None)
            if job is not None:
                queue.remove(job)
                del self._waiting[identity]
                if queue:
                    self._waiting[identity] = queue
                return job
        return None

    def _finished(self, job: PromptJob, future: asyncio.Future[Any]) -> None:
        self._in_progress.discard(job)
        if future.cancelled():
            job.done.set_result(None)
        elif (error := future.exception()) is not None:
            job.done.set_exception(error)
        else:
            job.done.set_result(future.result())
        if not self._closed:
            self._start_next()
