"""Vectors of texts from the embedding model, for the server's own use.

A text is a job of its own: with a deadline it is refused at once if it cannot be in time, and given up when it is late,
so that whoever asks goes on without; without a deadline it is background work, such as a whole character's lines. The
vectors of the last few thousand texts are kept.
"""

import asyncio
import functools
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.device.engine import Engine
from bridge.device.roster import ModelState, Roster
from bridge.errors import BridgeError, EngineFailed, ModelFailed, Overloaded, ShuttingDown
from bridge.policy.work import NEVER, Cause, Ending, Job, Outcome, Owner, Rung

MODEL = "embedding"
MOST_KEPT = 4096  # vectors, of 1.5 KiB each
AT_ONCE = 32  # open jobs of one request
_LEAST_WAIT = 0.1  # seconds, of a suggested retry

Vectors = NDArray[np.float32]
Ran = Callable[[int, float], None]  # rows of a run, and the seconds that it took


class Embeddings:
    """Belongs to the event loop."""

    def __init__(self, engine: Engine, roster: Roster, most_kept: int = MOST_KEPT) -> None:
        self._engine, self._roster, self._most_kept = engine, roster, most_kept
        self._kept: OrderedDict[str, Vectors] = OrderedDict()  # the one that was asked for longest ago first
        roster.on_unload.append(self._on_unload)

    @property
    def available(self) -> bool:
        """Whether the model is loaded."""
        standing = self._roster.standings.get(MODEL)
        return standing is not None and standing.state is ModelState.READY

    async def vectors(
        self, texts: Sequence[str], owner: Owner, within: float | None = None, ran: Ran = lambda rows, seconds: None
    ) -> Vectors:
        """Vectors [n, 384] float32 of length 1, of the first 256 tokens of each text, within so many seconds.

        `owner` is charged for the device time; `ran` hears of each run. Without `within`, as the device is idle.
        ModelNotReady; Overloaded if it cannot be in time, or was not; ModelFailed, EngineFailed, ShuttingDown.
        """
        program = self._roster.program(MODEL)
        deadline = NEVER if within is None else time.perf_counter() + within
        found = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        for start in range(0, len(new), AT_ONCE):
            block = new[start : start + AT_ONCE]
            rows = [program.text(text) for text in block]
            answers = await self._run([self._job(row, owner, deadline) for row in rows], ran)
            found.update(zip(block, answers, strict=True))
        self._keep(found)
        return np.stack([found[text] for text in texts]) if texts else np.empty((0, 0), np.float32)

    def kept(self, texts: Sequence[str]) -> Vectors | None:
        """Vectors [n, 384] that need no run, as every text was asked for lately; else None."""
        if not texts or not all(text in self._kept for text in texts):
            return None
        self._keep({text: self._kept[text] for text in texts})
        return np.stack([self._kept[text] for text in texts])

    def _job(self, row: Any, owner: Owner, deadline: float) -> Job:
        return Job(
            id=self._engine.next_id(),
            client=owner.client,
            identity=owner.identity,
            work=MODEL,
            arrival=time.perf_counter(),
            rungs=(Rung(row.lane, row.lane, row),),
            deadline=deadline,
            background=deadline == NEVER,
        )

    async def _run(self, jobs: Sequence[Job], ran: Ran) -> list[Vectors]:
        """The answers of all jobs; the first that gets none ends the others."""
        loop = asyncio.get_running_loop()
        answers: list[asyncio.Future[Vectors]] = [loop.create_future() for _ in jobs]
        for job, answer in zip(jobs, answers, strict=True):
            self._engine.submit(job, functools.partial(_hear, answer, ran))
        try:
            return await asyncio.gather(*answers)
        finally:
            for job in jobs:
                self._engine.cancel(job)

    def _keep(self, found: dict[str, Vectors]) -> None:
        for text, vector in found.items():
            self._kept[text] = vector
            self._kept.move_to_end(text)
        while len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)

    def _on_unload(self, model: str) -> None:
        """What is loaded next may have other weights."""
        if model == MODEL:
            self._kept.clear()


def _hear(answer: "asyncio.Future[Vectors]", ran: Ran, outcome: Outcome) -> None:
    if outcome.ending is Ending.PARTIAL:
        return
    if (account := outcome.job.account).compute:
        ran(account.batch, account.compute)
    if answer.done():
        return  # another text of the request has failed, or nobody waits any more
    if outcome.ending is Ending.ANSWERED:
        answer.set_result(outcome.value)
    else:
        answer.set_exception(_failure(outcome))


def _failure(outcome: Outcome) -> BridgeError:
    """Why there is no vector."""
    if outcome.cause is Cause.STOPPING:
        return ShuttingDown("the server is stopping; connect again in a moment")
    if outcome.cause is Cause.DEVICE_LOST:
        return EngineFailed("the device does not answer; see the server's log")
    if outcome.ending in (Ending.REFUSED, Ending.MISSED):
        wait = max(outcome.late_by, _LEAST_WAIT)
        return Overloaded(f"a text cannot be compared in time; ask again in {wait:.1f} s", retry_after=wait)
    if isinstance(outcome.value, BridgeError):
        return outcome.value
    return ModelFailed(f"the embedding model failed on a text ({outcome.value or outcome.cause}); see the server's log")
