"""Runs replies of a remote model: what the engine is for those on the device.

Each reply is a task of the event loop, and its outcomes are what a device's would be: pieces, then one end. Nothing of
it goes to the device, so nothing of it is recorded for the simulator.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from bridge.errors import BridgeError, EndpointFailed, Overloaded
from bridge.policy.work import Cause, Ending, Job, Outcome, Stage

log = logging.getLogger("framebridge.remote")

Listener = Callable[[Outcome], None]


class RemoteRequests:
    """The requests in progress. Belongs to the event loop."""

    forecast = None  # nobody knows what an endpoint will take

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}  # by job
        self._closing: set[asyncio.Task[None]] = set()

    def submit(self, job: Job, listener: Listener) -> None:
        """Ask for the reply that the job's rung holds. The listener is called for each piece, then once for the end."""
        task = asyncio.get_running_loop().create_task(self._run(job, listener), name="framebridge-remote-reply")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    def cancel(self, job: Job) -> None:
        """End a request: its connection is closed. Its listener gets CANCELLED, if it had begun."""
        task = self._tasks.get(job.id)
        if task is not None:
            task.cancel()

    def retire(self, client: Any) -> None:
        """Close an endpoint's connections once its requests in progress have ended: the model is being unloaded."""
        task = asyncio.get_running_loop().create_task(_close_after(list(self._tasks.values()), client))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """End all requests, and wait until their connections are closed."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), *self._closing, return_exceptions=True)

    async def _run(self, job: Job, listener: Listener) -> None:
        began = time.perf_counter()
        account, reply = job.account, job.rungs[0].input
        account.queue = max(0.0, began - job.arrival)

        def tell(ending: Ending, value: Any, cause: Cause = Cause.NONE, stage: Stage | None = None) -> None:
            now = time.perf_counter()
            account.endpoint = now - began
            try:
                listener(Outcome(job, ending, now, value, cause, stage=stage, compute=account.endpoint))
            except Exception:
                log.exception("the %s outcome of a remote reply could not be delivered", ending)

        try:
            last = await reply.run(lambda piece: tell(Ending.PARTIAL, piece))
        except asyncio.CancelledError:
            tell(Ending.CANCELLED, None)
            raise
        except Overloaded as error:
            tell(Ending.REFUSED, error, Cause.QUEUE_FULL, Stage.ENDPOINT)
        except BridgeError as error:
            log.warning("%s", error)
            tell(Ending.FAILED, error, Cause.FAULT)
        except Exception:
            log.exception("a remote reply failed")
            tell(Ending.FAILED, EndpointFailed("the reply failed here; the server's log says why"), Cause.FAULT)
        else:
            tell(Ending.ANSWERED, last)


async def _close_after(tasks: list[asyncio.Task[None]], client: Any) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
    await client.aclose()
