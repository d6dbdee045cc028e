"""Vectors of what players say and of what NPCs know and remember, by the embedding model, if the server has one.

Without it, or until an NPC's texts are embedded, texts are compared by their words.
"""

import asyncio
import logging
from collections.abc import Collection, Coroutine, Hashable, Sequence
from concurrent.futures import Executor
from typing import Any

from bridge.capabilities.dialogue.npc.loaded import LoadedNpc, Vectors
from bridge.capabilities.dialogue.npc.npcs import Npcs
from bridge.device.embeddings import Embeddings
from bridge.errors import BridgeError
from bridge.policy.work import Owner

log = logging.getLogger("framebridge.npc")

_SECONDS = 0.1  # until a line's vector is due: it is part of the first token's time
_NPCS = Owner("npcs", "npcs")
_MOST_PREPARED = 64  # NPCs of the folder that are embedded before anybody meets them: five thousand texts or so
_PATIENCE = 10.0  # seconds that the server's start waits for them


class Meaning:
    """Asks for vectors. Belongs to the event loop."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._embedding: dict[Hashable, asyncio.Task[None]] = {}  # of an NPC, or of a player's memories

    @property
    def embedding(self) -> Collection[asyncio.Task[None]]:
        """What is embedded in the background now."""
        return list(self._embedding.values())

    async def of_line(self, texts: Sequence[str], owner: Owner) -> Vectors | None:
        """Vectors (n, d) of a line and what of it asks; None if there is no model for it now, or no time."""
        if not self._embeddings.available:
            return None
        try:
            return await self._embeddings.vectors(texts, owner, _SECONDS)
        except BridgeError as error:
            log.info("a line is compared by its words: %s", error)
            return None

    def of_memories(self, memories: Sequence[str], owner: Owner) -> Vectors | None:
        """Vectors (n, d) of what an NPC remembers, if they are there; else they are embedded for the turns to come.

        A turn has no time for up to 256 of them, and a game sends much the same ones again. One player's are embedded
        at a time.
        """
        if not memories or not self._embeddings.available:
            return None
        found = self._embeddings.kept(memories)
        if found is None:
            self._start(owner, self._embed_memories(memories, owner))
        return found

    async def warm_up(self, npcs: Npcs, threads: Executor) -> None:
        """Embed what the NPCs of the folder know, so that the first turns compare by vectors too. What takes long goes
        on while the server serves.
        """
        if self._embeddings.available and len(npcs):
            await asyncio.wait({self._start(npcs, self._embed_all(npcs, threads))}, timeout=_PATIENCE)

    def prepare(self, loaded: LoadedNpc) -> None:
        """Embed what an NPC knows, when the device has nothing else to do."""
        if self._embeddings.available and loaded.example_vectors is None:
            self._start(loaded, self._embed(loaded))

    def close(self) -> None:
        """Stop embedding."""
        for task in self._embedding.values():
            task.cancel()

    def _start(self, key: Hashable, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Do something in the background, unless it is being done for that key."""
        if key in self._embedding:
            work.close()
            return self._embedding[key]
        task = self._embedding[key] = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(lambda _: self._embedding.pop(key, None))
        return task

    async def _embed_all(self, npcs: Npcs, threads: Executor) -> None:
        loop = asyncio.get_running_loop()
        for name in npcs.names[:_MOST_PREPARED]:
            await self._embed(await loop.run_in_executor(threads, npcs.named, name))

    async def _embed(self, loaded: LoadedNpc) -> None:
        if not loaded.texts or loaded.example_vectors is not None:
            return
        try:
            loaded.take(await self._embeddings.vectors(loaded.texts, _NPCS))
        except BridgeError as error:
            log.warning("NPC %s is compared by words: %s", loaded.npc.id, error)

    async def _embed_memories(self, memories: Sequence[str], owner: Owner) -> None:
        try:
            await self._embeddings.vectors(memories, owner)
        except BridgeError as error:
            log.warning("memories are compared by words: %s", error)
