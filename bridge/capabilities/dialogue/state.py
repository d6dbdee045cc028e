"""State shared by all conversations of one server: admitted replies, prompts in preparation, read-ahead."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from bridge.capabilities.dialogue.capability import REMOTE
from bridge.capabilities.dialogue.conversation import Conversation, Conversations
from bridge.capabilities.dialogue.npc.gate import Gate
from bridge.capabilities.dialogue.npc.meaning import Meaning
from bridge.capabilities.dialogue.npc.npcs import Npcs
from bridge.capabilities.dialogue.preparation import Preparation
from bridge.capabilities.dialogue.read_ahead import ReadAhead
from bridge.device.embeddings import Embeddings
from bridge.device.roster import ModelState
from bridge.policy.replies import Replies
from bridge.remote.address import is_remote
from bridge.remote.requests import RemoteRequests
from bridge.sessions.sessions import Session
from bridge.streams.backend import Backend

log = logging.getLogger("framebridge.npc")

MODEL = WORK = "dialogue"
WATCH_SECONDS = 2.0  # between two looks at the files of NPCs
_CHECKS = 2  # threads
PROMPTS, STEPS = "dialogue.prefill", "dialogue.decode"  # a reply's lanes


class DialogueState:
    """The shared state. Belongs to the event loop."""

    def __init__(self, backend: Backend) -> None:
        self.requests = RemoteRequests() if is_remote(backend.config.dialogue_model) else None
        self.runner = self.requests or backend.engine
        self.rung = PROMPTS if self.requests is None else REMOTE  # of a reply, and its first lane if it has one
        self.lane = PROMPTS if self.requests is None else None
        self.replies = Replies() if self.requests is None else _remote_replies(backend.config.dialogue_requests)
        self.preparation = Preparation()
        self.read_ahead = ReadAhead(backend.engine, backend.roster, self.replies, self.preparation, PROMPTS)
        self.npcs = Npcs(backend.config.npcs_folder, backend.config.dialogue_context)
        self.checks = ThreadPoolExecutor(_CHECKS, thread_name_prefix="framebridge-npc")  # of NPCs' sentences
        self.meaning = Meaning(Embeddings(backend.engine, backend.roster))
        self.gate = Gate(backend.config)
        self._has_folder = backend.config.npcs_folder is not None
        self._watching: asyncio.Task[None] | None = None
        self._roster = backend.roster
        backend.engine.watched = (PROMPTS, STEPS)
        backend.roster.on_unload.append(self._on_unload)
        backend.sessions.on_end.append(self._forget_all)

    async def warm_up(self) -> None:
        """Start threads, make the folder's NPCs ready, and watch their files."""
        await self.preparation.warm_up()
        await self.meaning.warm_up(self.npcs, self.checks)
        if self._has_folder:
            self._watching = asyncio.create_task(self._watch(), name="framebridge-npcs")

    async def _watch(self) -> None:
        """Read files of NPCs again when they have changed."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                if await loop.run_in_executor(self.checks, self.npcs.refresh):
                    log.info("files of NPCs have changed; there are %d NPCs", len(self.npcs))
                    await self.meaning.warm_up(self.npcs, self.checks)
            except Exception:
                log.exception("the files of NPCs could not be looked at")

    def forget(self, conversation: Conversation) -> None:
        """End a conversation's turns and free its cache slot."""
        for turn in (conversation.turn, conversation.pending):
            if turn is not None:
                turn.interrupt()
        self.read_ahead.drop(conversation)
        standing = self._roster.standing(MODEL)
        if standing.state is ModelState.READY:
            standing.program.forget(conversation.key)

    def _forget_all(self, session: Session) -> None:
        """Forget all conversations of a session that has ended."""
        for conversation in session.keep(Conversations).values():
            self.forget(conversation)

    def _on_unload(self, model: str) -> None:
        """Stop background work: a model is being unloaded."""
        if model == MODEL:
            self.read_ahead.drop_all()
            if self.requests is not None:
                self.requests.retire(self._roster.standing(MODEL).program.endpoint.client)

    async def close(self) -> None:
        """End threads and connections: all streams have ended."""
        self.preparation.close()
        self.meaning.close()
        if self._watching is not None:
            self._watching.cancel()
        self.checks.shutdown(wait=False, cancel_futures=True)
        standing = self._roster.standing(MODEL)
        if self.requests is not None:
            if standing.state is ModelState.READY:
                self.requests.retire(standing.program.endpoint.client)
            await self.requests.close()


def _remote_replies(most: int) -> Replies:
    """Replies of an endpoint: their prompts need not wait for one another."""
    return Replies(at_once=most, needed="the requests that the model's endpoint may have at once")
