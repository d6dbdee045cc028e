"""Vectors of what players say and of what NPCs know, by the embedding model, if the server has one.

Without it, or until an NPC's texts are embedded, texts are compared by their words.
"""

import asyncio
import logging
from collections.abc import Collection
from concurrent.futures import Executor
from typing import Any

import numpy as np

from bridge.capabilities.dialogue.npc.loaded import LoadedNpc, Vectors
from bridge.device.engine import Engine
from bridge.device.roster import ModelState, Roster
from bridge.errors import ModelFailed
from bridge.policy.work import NEVER, Ending, Job, Outcome, Owner, Rung
from bridge.wire.request import clock

log = logging.getLogger("framebridge.npc")

MODEL = "embedding"
_SECONDS = 0.1  # until a line's vector is due: it is part of the first token's time
_AT_ONCE = 8  # texts of an NPC on the device
_MOST_CHARACTERS = 2_000  # of a text


class Meaning:
    """Asks for vectors. Belongs to the event loop."""

    def __init__(self, engine: Engine, roster: Roster, threads: Executor) -> None:
        self._engine, self._roster, self._threads = engine, roster, threads
        self._embedding: dict[LoadedNpc, asyncio.Task[None]] = {}

    @property
    def embedding(self) -> Collection[asyncio.Task[None]]:
        """NPCs whose texts are being embedded."""
        return list(self._embedding.values())

    @property
    def available(self) -> bool:
        """Whether there is a model that embeds."""
        standing = self._roster.standings.get(MODEL)
        return standing is not None and standing.state is ModelState.READY

    async def of_line(self, text: str, owner: Owner) -> Vectors | None:
        """The vector of what a player says; None if there is no model for it now."""
        if not self.available:
            return None
        try:
            return await self._vector(text, owner, clock() + _SECONDS)
        except ModelFailed as error:
            log.warning("a line is compared by its words: %s", error)
            return None

    def prepare(self, loaded: LoadedNpc) -> None:
        """Embed what an NPC knows, when the device has nothing else to do."""
        if self.available and loaded.example_vectors is None and loaded not in self._embedding:
            task = asyncio.get_running_loop().create_task(self._embed(loaded))
            self._embedding[loaded] = task
            task.add_done_callback(lambda _: self._embedding.pop(loaded, None))

    def close(self) -> None:
        """Stop embedding."""
        for task in self._embedding.values():
            task.cancel()

    async def _embed(self, loaded: LoadedNpc) -> None:
        owner, texts = Owner("npcs", "npcs"), loaded.texts
        vectors: list[Vectors] = []
        try:
            for first in range(0, len(texts), _AT_ONCE):
                some = (self._vector(text, owner, NEVER) for text in texts[first : first + _AT_ONCE])
                vectors += await asyncio.gather(*some)
        except ModelFailed as error:
            log.warning("NPC %s is compared by words: %s", loaded.npc.id, error)
            return
        if vectors:
            loaded.take(np.stack(vectors))

    async def _vector(self, text: str, owner: Owner, due: float) -> Vectors:
        """One vector. Work without a deadline runs only while the device is idle."""
        program: Any = self._roster.program(MODEL)
        row = await asyncio.get_running_loop().run_in_executor(self._threads, program.text, text[:_MOST_CHARACTERS])
        heard: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        job = Job(
            id=self._engine.next_id(),
            client=owner.client,
            identity=owner.identity,
            work=MODEL,
            arrival=clock(),
            rungs=(Rung(row.lane, row.lane, row),),
            deadline=due,
            soft=due < NEVER,
            background=due == NEVER,
        )
        self._engine.submit(job, lambda outcome: None if heard.done() else heard.set_result(outcome))
        try:
            outcome = await heard
        except asyncio.CancelledError:
            self._engine.cancel(job)
            raise
        if outcome.ending is not Ending.ANSWERED:
            raise ModelFailed(f"the text could not be embedded: {outcome.value or outcome.cause}")
        vector: Vectors = outcome.value
        return vector
