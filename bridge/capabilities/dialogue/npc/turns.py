"""The turns with NPCs of one dialogue stream.

A turn is planned off the event loop. What an author has written is said at once; an action is called first; else the
model writes, and `Releasing` checks what it writes.
"""

import functools
import logging
from collections.abc import Callable, Sequence
from typing import Any

from bridge.capabilities.dialogue.adapters import npc_adapter
from bridge.capabilities.dialogue.conversation import Line
from bridge.capabilities.dialogue.npc.acting import Acting
from bridge.capabilities.dialogue.npc.checking import Checking
from bridge.capabilities.dialogue.npc.loaded import Vectors
from bridge.capabilities.dialogue.npc.plan import MODERATION, Plan, plan_of
from bridge.capabilities.dialogue.npc.releasing import ENDED, Releasing
from bridge.capabilities.dialogue.npc.turn import NpcTurn
from bridge.capabilities.dialogue.preparation import PromptJob
from bridge.capabilities.dialogue.state import DialogueState
from bridge.capabilities.dialogue.turn import Turn
from bridge.errors import BridgeError, ModelFailed
from bridge.policy.work import Ending
from bridge.streams.answering import Runner
from bridge.streams.stream import Stream
from models.npc.answers.focus import compared
from models.npc.prompt import user_message

log = logging.getLogger("framebridge.npc")

# Facts are copied from the prompt, so its words must not be made less likely.
NPC_SAMPLING = {"temperature": 0.3, "repetition_penalty": 1.0}


class NpcTurns(Releasing):
    """All turns with NPCs of one stream."""

    def __init__(self, state: DialogueState, stream: Stream) -> None:
        super().__init__(state, stream)
        self.acting = Acting(self, stream)

    # -- planning ------------------------------------------------------------------------------------------------------

    def _check_arrival(self, turn: Turn) -> None:
        """What an author has written is said however busy the device is; the rest is refused once that is known. A
        player who talks too much is refused at once.
        """
        assert isinstance(turn, NpcTurn)
        self._state.gate.take(turn.ask.owner.identity, turn.player.name, turn.arrival)

    def _first_job(self, turn: Turn) -> PromptJob | None:
        """None: what the line means is asked first, if there is a model for that."""
        return None

    async def _planned(self, turn: NpcTurn) -> Plan | None:
        """What becomes of the line; None if the turn has been interrupted meanwhile."""
        texts = compared(turn.text, turn.meeting.before)
        vectors = await self._state.meaning.of_line(texts, turn.ask.owner)
        if turn.answered:
            return None
        remembered = self._state.meaning.of_memories(turn.memories, turn.ask.owner)
        turn.prompt_job = self.submit_preparation(turn, functools.partial(self._plan, turn, vectors, remembered))
        plan: Plan | None = await turn.prompt_job.done
        return None if turn.answered else plan

    def _plan(self, turn: NpcTurn, vectors: Vectors | None, remembered: Vectors | None) -> Plan:
        """The plan. Runs on a thread."""
        turn.loaded = turn.meeting.find()
        verdict = self._state.gate.of_player(turn.text, turn.ask.owner.identity, turn.player.name)
        return plan_of(turn.loaded, turn.asked(vectors, remembered), verdict)

    async def _prepare(self, turn: Turn) -> None:
        assert isinstance(turn, NpcTurn)
        try:
            plan = await self._planned(turn)
            if plan is None:
                return
            self._take_plan(turn, plan)
            if plan.text:
                self._recite(turn)
                return
            if plan.action is not None:
                await self.acting.act(turn)
            if turn.answered:
                return
            if turn.plan.text:
                self._recite(turn)
                return
            turn.checking = self._checking(turn)
            turn.prompt_job = self._new_prompt_job(turn)
        except BridgeError as error:
            self.reject(turn, error)
            return
        except Exception as error:
            log.exception("a turn could not be planned")
            self.reject(turn, ModelFailed(f"the turn could not be planned: {error}; say it differently"))
            return
        await super()._prepare(turn)

    def _take_plan(self, turn: NpcTurn, plan: Plan) -> None:
        turn.plan, turn.planned = plan, True
        turn.persona, turn.adapter = turn.loaded.system, npc_adapter(self._backend.config)
        turn.history = _as_told(turn)
        turn.meeting.topic, turn.meeting.basket, turn.meeting.before = plan.topic, plan.basket, turn.text
        self._state.meaning.prepare(turn.loaded)
        if plan.moderation is not None:
            self._count(held_inputs=plan.stage == MODERATION, marked_inputs=plan.stage != MODERATION)

    def _checking(self, turn: NpcTurn) -> Checking:
        known, guard = [told.fact for told in turn.plan.told], turn.loaded.guard
        judge = functools.partial(self._state.gate.of_npc, identity=turn.ask.owner.identity, player=turn.player.name)
        return Checking(guard, turn.text, known, turn.player.name, judge, turn.plan.expected)

    def _begin(self, turn: Turn, persona: str) -> None:
        assert isinstance(turn, NpcTurn)
        if turn.begun:
            turn.conversation.cut(turn.dropped)  # begun when it called an action
            return
        turn.begun = True
        super()._begin(turn, persona)

    def begin_without_reply(self, turn: NpcTurn) -> None:
        """The conversation begins a turn before there is a reply of the model, or without one."""
        older = turn.conversation.turn
        if older is not None and older is not turn:
            older.interrupt()
        self._begin(turn, turn.persona)

    def _recite(self, turn: NpcTurn) -> None:
        """Say what needs no model."""
        self.begin_without_reply(turn)
        turn.meeting.lately.append(turn.plan.text)
        self._say(turn, turn.plan.text, turn.plan.stage, turn.plan.sources)
        self._conclude(turn, ENDED, Ending.ANSWERED)

    def reject(self, request: Turn, error: BridgeError) -> None:
        """A turn that has begun with an action is answered, although the model cannot be asked."""
        if isinstance(request, NpcTurn) and request.begun and not request.answered:
            self._fall_back(request)
            return
        super().reject(request, error)

    # -- ending --------------------------------------------------------------------------------------------------------

    def interrupt(self, turn: Turn) -> None:
        assert isinstance(turn, NpcTurn)
        self.acting.cancel(turn)
        super().interrupt(turn)

    # -- asked by `Acting` ---------------------------------------------------------------------------------------------

    @property
    def rung(self) -> str:
        """The rung of a reply."""
        return self._state.rung

    @property
    def lane(self) -> str | None:
        """The first lane of a reply."""
        return self._state.lane

    @property
    def runner(self) -> Runner:
        """Where replies run."""
        return self._runner

    def submit_preparation(self, turn: NpcTurn, make: Callable[[], Any]) -> PromptJob:
        """Do something for a turn off the event loop."""
        return self._state.preparation.submit(turn.ask.owner.identity, turn.conversation, make)


def _as_told(turn: NpcTurn) -> Sequence[Line] | None:
    """The history that a client gives, as prompts have it: nothing in it reads as what the NPC knows."""
    if turn.history is None:
        return None
    return [line if line.speaker != "user" else Line("user", user_message(line.text)) for line in turn.history]
