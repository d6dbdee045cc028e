"""The turns with NPCs of one dialogue stream.

A turn is planned off the event loop. What an author has written is said at once; an action is called first; else the
model writes, and each sentence is released once it has been checked. One that fails is written once more, from where it
began, and then replaced.
"""

import asyncio
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bridge.capabilities.dialogue.conversation import Line
from bridge.capabilities.dialogue.npc.acting import Acting
from bridge.capabilities.dialogue.npc.checking import Checked, Checking
from bridge.capabilities.dialogue.npc.draft import Draft, Drafted
from bridge.capabilities.dialogue.npc.loaded import Vectors
from bridge.capabilities.dialogue.npc.plan import (
    AUTHORED,
    FREE,
    MODERATION,
    REFUSAL,
    SAFE_LINE,
    Plan,
    Stage,
    fallback,
    plan_of,
)
from bridge.capabilities.dialogue.npc.turn import NpcTurn, Rejected, Tokens
from bridge.capabilities.dialogue.preparation import PromptJob
from bridge.capabilities.dialogue.sentences import Sentences
from bridge.capabilities.dialogue.state import MODEL, WORK, DialogueState
from bridge.capabilities.dialogue.turn import Turn
from bridge.capabilities.dialogue.turns import FEWER, FINISHES, Turns
from bridge.errors import BridgeError, ModelFailed
from bridge.observe.attribution import Attribution, attribute_now
from bridge.policy.work import Ending, Job, Outcome, Rung
from bridge.policy.work import Stage as WorkStage
from bridge.streams.answering import Runner
from bridge.streams.stream import Stream
from bridge.v1 import dialogue_pb2
from bridge.wire.request import clock
from models.npc.prompt import user_message

log = logging.getLogger("framebridge.npc")

# Facts are copied from the prompt, so its words must not be made less likely.
NPC_SAMPLING = {"temperature": 0.3, "repetition_penalty": 1.0}
_WARMER = 0.7  # temperature of a sentence that is written again, at least: a colder one would be the same
_NEXT_SEED = 1_000_003
_FIRST_TOKENS = 16  # of a first sentence: they all have to come within the budget
_ENDED = dialogue_pb2.TURN_FINISH_END


class NpcTurns(Turns):
    """All turns with NPCs of one stream."""

    def __init__(self, state: DialogueState, stream: Stream) -> None:
        super().__init__(state, stream)
        self.acting = Acting(self, stream)

    # -- planning ------------------------------------------------------------------------------------------------------

    def _check_arrival(self, turn: Turn) -> None:
        """What an author has written is said however busy the device is; the rest is refused once that is known."""

    def _first_job(self, turn: Turn) -> PromptJob | None:
        """None: what the line means is asked first, if there is a model for that."""
        return None

    async def _planned(self, turn: NpcTurn) -> Plan | None:
        """What becomes of the line; None if the turn has been interrupted meanwhile."""
        vector = await self._state.meaning.of_line(turn.text, turn.ask.owner)
        if turn.answered:
            return None
        turn.prompt_job = self.submit_preparation(turn, functools.partial(self._plan, turn, vector))
        plan: Plan | None = await turn.prompt_job.done
        return None if turn.answered else plan

    def _plan(self, turn: NpcTurn, vector: Vectors | None) -> Plan:
        """The plan. Runs on a thread."""
        turn.loaded = turn.meeting.find()
        return plan_of(turn.loaded, turn.asked(vector), self._state.moderation)

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
        turn.persona, turn.adapter = turn.loaded.system, self._backend.config.dialogue_npc_adapter
        turn.history = _as_told(turn)
        turn.meeting.topic = plan.topic
        self._state.meaning.prepare(turn.loaded)
        if plan.moderation is not None:
            self._count(held_inputs=plan.stage == MODERATION, marked_inputs=plan.stage != MODERATION)

    def _checking(self, turn: NpcTurn) -> Checking:
        known, guard = [told.fact for told in turn.plan.told], turn.loaded.guard
        return Checking(guard, turn.text, known, turn.player.name, self._state.moderation_of_output)

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
        self._conclude(turn, _ENDED, Ending.ANSWERED)

    def reject(self, request: Turn, error: BridgeError) -> None:
        """A turn that has begun with an action is answered, although the model cannot be asked."""
        if isinstance(request, NpcTurn) and request.begun and not request.answered:
            self._fall_back(request)
            return
        super().reject(request, error)

    # -- on the device -------------------------------------------------------------------------------------------------

    def rungs(self, request: Turn) -> tuple[Rung, ...]:
        return (Rung(self._state.rung, self._state.lane, request.reply),)

    def job(self, request: Turn, rungs: tuple[Rung, ...]) -> Job:
        """A job whose tokens come so quickly that the first sentence can be on time; the accounts of earlier runs go on
        in it.
        """
        pace = request.pace if request.speech.text else min(request.pace, request.terms.server_budget / _FIRST_TOKENS)
        job = self._backend.job(request, rungs, self._session, soft=True, pace=max(pace, 0.01))
        if request.job is not None:
            job.account = replace(request.job.account, blockers=dict(request.job.account.blockers))
            request.counted = job.account.compute + job.account.encode
        return job

    def _heard(self, request: Turn, outcome: Outcome) -> None:
        if outcome.job is request.job:  # else of a run that was given up for another
            super()._heard(request, outcome)

    def settled(self, request: Turn, outcome: Outcome) -> Outcome:
        """The reply may go on in another run: its place among the replies is given back when the turn is over."""
        if outcome.job.account.narrow:
            request.fallback = FEWER
        request.reply.release()
        return outcome

    def take(self, request: Turn, outcome: Outcome) -> None:
        assert isinstance(request, NpcTurn)
        self._write(request, outcome)
        whole, rest = request.draft.end()
        if rest is not None and not (request.piece.finish == "length" and (request.has_words or whole)):
            whole.append(rest)
        request.written += whole
        request.ended = True
        self._check_next(request)

    def _speak(self, turn: Turn, outcome: Outcome) -> None:
        assert isinstance(turn, NpcTurn)
        self._write(turn, outcome)
        self._check_next(turn)

    def _write(self, turn: NpcTurn, outcome: Outcome) -> None:
        """Take what the model has written."""
        piece, earlier = outcome.value, turn.earlier
        if piece.tokens and not turn.prompt_compute:
            turn.prompt_compute = outcome.compute or outcome.job.account.compute
        turn.piece = Tokens(
            earlier.prompt_tokens or piece.prompt_tokens,
            earlier.cached_tokens if earlier.prompt_tokens else piece.cached_tokens,
            earlier.tokens + piece.tokens,
            piece.finish,
        )
        turn.written += turn.draft.push(piece.text, piece.tokens)

    # -- sentences -----------------------------------------------------------------------------------------------------

    def _check_next(self, turn: NpcTurn) -> None:
        """Check the next sentence on a thread, if none is being checked; end the turn after the last one."""
        if turn.answered or turn.checks is not None:
            return
        if turn.written:
            sentence = turn.written.pop(0)
            if turn.utterance.has_said(sentence.text):
                turn.written.clear()  # it turns in circles
                turn.ended = True
                self._give_up_run(turn)
            else:
                check = functools.partial(turn.checking.check, sentence.text)
                turn.checks = asyncio.get_running_loop().run_in_executor(self._state.checks, check)
                turn.checks.add_done_callback(functools.partial(self._take_check, turn, sentence))
                return
        if turn.ended:
            self._end(turn)

    def _take_check(self, turn: NpcTurn, sentence: Drafted, check: "asyncio.Future[Checked]") -> None:
        """Release a sentence that has been checked, or have it written again."""
        turn.checks = None
        if turn.answered or check.cancelled():
            return
        try:
            checked = check.result()
        except Exception:
            log.exception("a sentence could not be checked")
            checked = Checked("it could not be checked")
        if checked.reason:
            self._reject(turn, sentence, checked)
        else:
            turn.grounded = turn.grounded or bool(checked.sources)
            self._release(turn, sentence.text, FREE, checked.sources)
        self._check_next(turn)

    def _reject(self, turn: NpcTurn, sentence: Drafted, checked: Checked) -> None:
        again = turn.tried != turn.utterance.sentence_count and self._write_again(turn, sentence)
        turn.rejected.append(Rejected(sentence.text, checked.reason, again))
        self._count(rejected=1, regenerated=again, held_outputs=checked.held)
        if not again:
            self._fall_back(turn)

    def _end(self, turn: NpcTurn) -> None:
        """All that the model has written has been checked."""
        if turn.speech.text:
            self._conclude(turn, FINISHES.get(turn.piece.finish, _ENDED), Ending.ANSWERED)
        else:
            self._fall_back(turn)

    def _write_again(self, turn: NpcTurn, sentence: Drafted) -> bool:
        """Have the model write a sentence and what follows again, with another seed, from where it begins. False if
        that cannot be.
        """
        sampling = turn.sampling
        left = sampling.max_new_tokens - turn.earlier.tokens - sentence.tokens
        if left < 1:
            return False
        warmer = max(sampling.temperature, _WARMER)
        seed = sampling.seed and (sampling.seed + _NEXT_SEED) % 2**62
        try:
            program = self._backend.roster.program(MODEL)
            changed = replace(sampling, seed=seed, temperature=warmer, max_new_tokens=left)
            reply = program.again(turn.reply, sentence.tokens, changed)
        except (ValueError, BridgeError):
            return False
        turn.tried = turn.utterance.sentence_count
        self._give_up_run(turn)
        if not reply.reserve():
            return False
        spent = turn.piece
        turn.earlier = Tokens(spent.prompt_tokens, spent.cached_tokens, turn.earlier.tokens + sentence.tokens)
        turn.reply, turn.draft, turn.ended = reply, Draft(sentence.lead), False
        turn.written.clear()
        self.submit(turn)
        return True

    def _give_up_run(self, turn: NpcTurn) -> None:
        turn.reply.release()
        if turn.job is not None:
            self._runner.cancel(turn.job)

    def _fall_back(self, turn: NpcTurn) -> None:
        """Say what is certain in place of a sentence, and end the turn. Nothing, if what was said is an answer."""
        if turn.answered:
            return
        if not turn.grounded:
            stage, text, sources = fallback(turn.plan, turn.loaded.npc, turn.asked(), turn.speech.text)
            if stage == SAFE_LINE:
                turn.meeting.lately.append(text)
            self._say(turn, text, stage, sources)
        self._conclude(turn, _ENDED, Ending.ANSWERED)
        self.cancel(turn)

    def _say(self, turn: NpcTurn, text: str, stage: Stage, sources: Sequence[str]) -> None:
        """Release what needs no check, sentence by sentence."""
        for sentence in _sentences_of(text):
            self._release(turn, sentence, stage, sources)

    def _release(self, turn: NpcTurn, text: str, stage: Stage, sources: Sequence[str]) -> None:
        """Send a sentence: from now on it is said."""
        at, first = clock(), not turn.speech.text
        tokens = turn.piece.tokens if turn.piece is not None else 1
        piece, sentence, late = turn.utterance.say(text, at, tokens - turn.released_tokens)
        turn.released_tokens = tokens
        if first:
            turn.first_piece = at - turn.arrival
            turn.attribution = _attributed(turn) if late else None
        self._send_token(turn, piece, at, late=late, first=first)
        self._delivery.send(turn.spoken(sentence, stage, sources))
        self._count(sentences=1, authored=stage in (AUTHORED, REFUSAL), safe_lines=stage == SAFE_LINE)

    # -- ending --------------------------------------------------------------------------------------------------------

    def interrupt(self, turn: Turn) -> None:
        assert isinstance(turn, NpcTurn)
        self.acting.cancel(turn)
        super().interrupt(turn)

    def _conclude(self, turn: Turn, finish: Any, ending: Ending, failure: Any = None) -> None:
        assert isinstance(turn, NpcTurn)
        if turn.answered:
            return
        self._state.replies.leave(turn.ask, clock())
        if turn.wants_trace and turn.planned:
            self._delivery.send(turn.trace())
        super()._conclude(turn, finish, ending, failure)

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

    def _count(self, **numbers: int) -> None:
        self._session.counts.npc(WORK, **numbers)


def _sentences_of(text: str) -> list[str]:
    cutter = Sentences()
    return [*cutter.push(text), *cutter.finish()]


def _as_told(turn: NpcTurn) -> Sequence[Line] | None:
    """The history that a client gives, as prompts have it: nothing in it reads as what the NPC knows."""
    if turn.history is None:
        return None
    return [line if line.speaker != "user" else Line("user", user_message(line.text)) for line in turn.history]


def _attributed(turn: NpcTurn) -> Attribution:
    """What a late first sentence is attributed to."""
    return attribute_now(turn.account, turn.first_piece) if turn.job is not None else Attribution(WorkStage.QUEUE)
