"""State shared by all conversations of one server: admitted replies, prompts in the making, histories read ahead."""

from bridge.capabilities.dialogue.conversation import Conversation, Conversations
from bridge.capabilities.dialogue.preparation import Preparation
from bridge.capabilities.dialogue.readings import Readings
from bridge.device.roster import ModelState
from bridge.policy.replies import Replies
from bridge.sessions.sessions import Session
from bridge.streams.backend import Backend

MODEL = WORK = "dialogue"
PROMPTS, STEPS = "dialogue.prefill", "dialogue.decode"  # the lanes of a reply


class Talk:
    """Belongs to the event loop."""

    def __init__(self, backend: Backend) -> None:
        self.replies = Replies()
        self.preparation = Preparation()
        self.readings = Readings(backend.engine, backend.roster, self.replies, self.preparation, PROMPTS)
        self._roster = backend.roster
        backend.engine.watched = (PROMPTS, STEPS)
        backend.roster.on_unload.append(self._let_go)
        backend.sessions.on_end.append(self._forget_all)

    def forget(self, conversation: Conversation) -> None:
        """Free what a conversation holds."""
        for turn in (conversation.turn, conversation.coming):
            if turn is not None:
                turn.interrupt()
        self.readings.drop(conversation)
        standing = self._roster.standing(MODEL)
        if standing.state is ModelState.READY:
            standing.program.forget(conversation.key)

    def _forget_all(self, session: Session) -> None:
        """A session has ended."""
        for conversation in session.keep(Conversations).values():
            self.forget(conversation)

    def _let_go(self, model: str) -> None:
        """A model is to be unloaded once its work is done."""
        if model == MODEL:
            self.readings.drop_all()
