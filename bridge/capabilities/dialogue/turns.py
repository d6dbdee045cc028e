"""The turns of one dialogue stream: prepare and admit the prompt, stream tokens and sentences, send `done`."""

import asyncio
import functools
import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from bridge.capabilities.dialogue.conversation import Conversations, Line
from bridge.capabilities.dialogue.preparation import PromptJob
from bridge.capabilities.dialogue.read_ahead import ReadRequest, adapter_of
from bridge.capabilities.dialogue.speech import Sentence
from bridge.capabilities.dialogue.state import MODEL, WORK, DialogueState
from bridge.capabilities.dialogue.turn import Turn
from bridge.errors import BridgeError, EndpointFailed, InvalidRequest, ModelFailed, Overloaded, PromptTooLong
from bridge.observe.attribution import UNMET, attribute, attribute_now
from bridge.policy.replies import Ask
from bridge.policy.work import Ending, Job, Outcome, Owner, Rung
from bridge.streams.answering import Answering
from bridge.streams.outbox import Made
from bridge.streams.stream import Stream
from bridge.v1 import dialogue_pb2, error_pb2
from bridge.wire.request import Fallback, clock
from bridge.wire.status import outcome_of, rejection

log = logging.getLogger("framebridge.dialogue")

FEWER = Fallback("fewer", 1)  # a batch kept narrow: tokens come more slowly
_NO_ROOM_SECONDS = 1.0  # until the next reply may have freed enough room
FINISHES = {
    "end": dialogue_pb2.TURN_FINISH_END,
    "stop": dialogue_pb2.TURN_FINISH_STOP,
    "length": dialogue_pb2.TURN_FINISH_LENGTH,
    "interrupted": dialogue_pb2.TURN_FINISH_INTERRUPTED,
}


class _Prepared(NamedTuple):
    """A reply ready for admission, prepared for `persona` and the history at `revision`."""

    reply: Any
    persona: str
    revision: int


class Turns(Answering[Turn]):
    """All turns of one stream."""

    def __init__(self, state: DialogueState, stream: Stream) -> None:
        super().__init__(stream)
        self._state, self._runner = state, state.runner

    # -- preparing and admitting a prompt ------------------------------------------------------------------------------

    def start(self, turn: Turn) -> None:
        """Start preparing a turn, off the event loop. Replaces one that is still being prepared."""
        self._delivery.owe(turn)
        turn.ask = self._new_ask(turn)
        self._state.read_ahead.yield_to(turn)
        try:
            self._backend.check_open()
            self._check_arrival(turn)
            self._state.preparation.check(turn.ask.owner.identity)
        except BridgeError as error:
            self.reject(turn, error)
            return
        if turn.conversation.pending is not None:
            turn.conversation.pending.interrupt()
        turn.conversation.pending = turn
        turn.prompt_job = self._first_job(turn)
        turn.task = asyncio.get_running_loop().create_task(self._prepare(turn))

    def _new_ask(self, turn: Turn) -> Ask:
        session = self._session
        return Ask(
            owner=Owner(session.identity or session.id, session.id),
            begin=functools.partial(self.submit, turn),
            arrival=turn.arrival,
            due=turn.due - self._backend.delivery_times[WORK].seconds,
            pace=turn.pace,
        )

    def _check_arrival(self, turn: Turn) -> None:
        """Refuse at once what cannot be admitted."""
        self._check(turn)

    def _first_job(self, turn: Turn) -> PromptJob | None:
        """What is done off the event loop first."""
        return self._new_prompt_job(turn)

    def _check(self, turn: Turn) -> None:
        """Overloaded if the reply cannot be admitted in place of the one it would end."""
        older = turn.conversation.turn
        instead_of = older.ask if older is not None else None
        self._state.replies.check(turn.ask, clock(), self._state.runner.forecast, instead_of)

    def _new_prompt_job(self, turn: Turn) -> PromptJob:
        """Queue a prompt from the history so far."""
        conversation = turn.conversation
        personas, revision = conversation.personas(turn.persona), conversation.revision
        prompts = [(persona, conversation.prompt(persona, turn.line, turn.history)) for persona in personas]
        make = functools.partial(self._tokenise, turn, prompts, revision)
        return self._state.preparation.submit(turn.ask.owner.identity, conversation, make)

    def _tokenise(self, turn: Turn, prompts: Sequence[tuple[str, Sequence[Line]]], revision: int) -> _Prepared:
        """A reply to the first prompt that fits the context. Runs on a thread."""
        roster = self._backend.roster
        program, processor = roster.program(MODEL), roster.processor(MODEL)
        turn.version = program.version
        for persona, lines in prompts:
            try:
                messages, adapter = processor.messages(lines), adapter_of(turn.adapter)
                reply = program.reply(turn.conversation.key, messages, turn.sampling, **adapter)
                return _Prepared(reply, persona, revision)
            except processor.wrong as error:
                raise InvalidRequest(str(error)) from error
            except ValueError as error:
                why = error
        raise PromptTooLong(str(why)) from why

    async def _prepare(self, turn: Turn) -> None:
        try:
            while turn.prompt_job is not None and (prepared := await turn.prompt_job.done) is not None:
                if turn.answered or not self._admit(turn, prepared):
                    prepared.reply.release()
                if turn.answered or turn.reply is not None:
                    return
                turn.prompt_job = self._new_prompt_job(turn)  # the history has changed: the previous turn has ended
        except BridgeError as error:
            self.reject(turn, error)
        except Exception as error:
            log.exception("a prompt could not be prepared")
            self.reject(turn, ModelFailed(f"the prompt could not be prepared: {error}; say it differently"))

    def _admit(self, turn: Turn, prepared: _Prepared) -> bool:
        """Admit the turn, which ends the previous one. False if the history has changed since the prompt was built."""
        reply, conversation, replies = prepared.reply, turn.conversation, self._state.replies
        turn.ask.chunks = reply.chunks
        turn.ask.room = reply.room
        replies.room = self._backend.roster.program(MODEL).room
        self._check(turn)
        if conversation.turn is not None and conversation.turn is not turn:
            conversation.turn.interrupt()
        if turn.history is None and conversation.revision != prepared.revision:
            return False
        replies.admit(turn.ask, clock(), self._state.runner.forecast)
        if not reply.reserve():
            replies.leave(turn.ask, clock())
            raise Overloaded(
                "no room for a reply this long beside those in progress; ask for fewer tokens, or retry in a moment",
                retry_after=_NO_ROOM_SECONDS,
            )
        turn.reply = reply
        turn.dropped = reply.dropped
        self._begin(turn, prepared.persona)
        replies.advance(clock())
        return True

    def _begin(self, turn: Turn, persona: str) -> None:
        """The conversation begins an admitted turn."""
        self._state.read_ahead.drop(turn.conversation)
        turn.conversation.begin(turn, persona, turn.dropped)
        for message in turn.started():
            self._delivery.send(message)

    # -- on the device -------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """An admitted turn is finished even while the server is stopping."""

    def rungs(self, request: Turn) -> tuple[Rung, ...]:
        return (Rung(self._state.rung, self._state.lane, request.reply),)

    def job(self, request: Turn, rungs: tuple[Rung, ...]) -> Job:
        return self._backend.job(request, rungs, self._session, soft=True, pace=request.pace)

    def settled(self, request: Turn, outcome: Outcome) -> Outcome:
        if outcome.job.account.narrow:
            request.fallback = FEWER
        self._state.replies.leave(request.ask, clock())
        request.reply.release()
        return outcome

    def add(self, request: Turn, outcome: Outcome) -> None:
        if outcome.job.account.narrow:
            request.fallback = FEWER
        if outcome.value is not None:
            if outcome.value.tokens:
                self._state.replies.spoke(request.ask, clock())
            self._speak(request, outcome)

    def take(self, request: Turn, outcome: Outcome) -> None:
        self._speak(request, outcome)
        if not request.speech.text:  # an empty reply is on time or late too
            self._judge(request, outcome, request.speech.is_late(outcome.at))
        self._conclude(request, FINISHES[request.piece.finish], outcome.ending)

    def fail(self, request: Turn, outcome: Outcome) -> None:
        self._conclude(request, dialogue_pb2.TURN_FINISH_FAILED, outcome.ending, self._failure(request, outcome))

    # -- tokens and sentences ------------------------------------------------------------------------------------------

    def _speak(self, turn: Turn, outcome: Outcome) -> None:
        turn.piece = piece = outcome.value
        if piece.tokens and not turn.prompt_compute:  # of a part; later steps may be in the account already
            turn.prompt_compute = outcome.compute or outcome.job.account.compute
        first = not turn.speech.text
        text, late = turn.speech.push(piece.text, outcome.at, last=outcome.ending is Ending.ANSWERED)
        if text:
            if first:
                self._judge(turn, outcome, late)
            self._send_token(turn, text, outcome.at, late=late, first=first)
        self._send_sentences(turn, turn.speech.sentences(piece.text))

    def _judge(self, turn: Turn, outcome: Outcome, late: bool) -> None:
        """Record whether the first piece, which counts for the budget, was late."""
        turn.first_piece = outcome.at - turn.arrival
        turn.attribution = attribute_now(outcome.job.account, turn.first_piece) if late else None

    def _send_token(self, turn: Turn, text: str, at: float, *, late: bool = False, first: bool = False) -> None:
        message = turn.event(token=dialogue_pb2.TurnToken(text=text, late=late))

        def send() -> list[Any]:
            if first:
                now = clock()
                turn.first_token = now - turn.arrival
                self._backend.delivery_times[WORK].observe(now - at)
            return [message]

        self._stream.outbox.put(Made(send))

    def _send_sentences(self, turn: Turn, sentences: Sequence[Sentence]) -> None:
        for sentence in sentences:
            self._delivery.send(turn.sentence(sentence))

    # -- ending --------------------------------------------------------------------------------------------------------

    def interrupt(self, turn: Turn) -> None:
        """End a turn now; the reply so far stays in the history."""
        conversation = turn.conversation
        if conversation.pending is turn and conversation.turn is not None:
            conversation.turn.interrupt()  # first, so that the history keeps their order
        if not turn.answered:
            self._conclude(turn, dialogue_pb2.TURN_FINISH_INTERRUPTED, Ending.CANCELLED)
        self.cancel(turn)

    def cancel(self, request: Turn) -> None:
        if request.prompt_job is not None:
            self._state.preparation.drop(request.prompt_job)
        if request.reply is None:
            return  # still being prepared: `_prepare` discards it
        request.reply.release()
        super().cancel(request)
        self._state.replies.leave(request.ask, clock())

    def close(self) -> None:
        for turn in list(self._delivery.owed):
            assert isinstance(turn, Turn)
            turn.interrupt()
        self._delivery.drop_all()

    def reject(self, request: Turn, error: BridgeError) -> None:
        if request.answered:
            return
        conversation = request.conversation
        conversation.end(request)
        self._state.replies.leave(request.ask, clock())  # it may have failed after admission
        if request.reply is not None:
            request.reply.release()
        conversations = self._session.keep(Conversations)
        if conversation.unused and conversations.get(request.tag) is conversation:
            del conversations[request.tag]
        super().reject(request, error)
        self._state.read_ahead.schedule()

    def _conclude(
        self, turn: Turn, finish: dialogue_pb2.TurnFinish, ending: Ending, failure: error_pb2.Outcome | None = None
    ) -> None:
        said = bool(turn.speech.text)
        limited = finish == dialogue_pb2.TURN_FINISH_LENGTH
        rest, sentences = turn.speech.finish(whole_sentences=limited and turn.whole_sentences)
        if rest:
            self._send_token(turn, rest, clock(), first=not said)
        self._send_sentences(turn, sentences)
        if turn.conversation.pending is turn:
            turn.conversation.withdraw(turn)
        if turn.speech.text or finish != dialogue_pb2.TURN_FINISH_FAILED:  # otherwise the client may repeat the turn
            self._remember(turn)
        if (piece := turn.piece) is not None:
            self._session.counts.spoke(WORK, piece.prompt_tokens, piece.cached_tokens, piece.tokens)
        turn.conversation.end(turn)
        entry = Made(lambda: [turn.done(clock(), finish, failure)])
        self._delivery.conclude(turn, ending, entry, seconds=turn.first_piece, attribution=turn.attribution)
        self._state.read_ahead.schedule()

    def _remember(self, turn: Turn) -> None:
        """Add the turn to the history, and read ahead what is left of one that was cut."""
        if turn.reply is not None and turn.reply.dropped != turn.dropped:  # an endpoint says late what is too long
            turn.conversation.cut(turn.reply.dropped - turn.dropped)
        cut = turn.conversation.add(turn.line, turn.speech.text[: turn.heard], turn.turn_id)
        turn.history_lines = len(turn.conversation.lines)
        if cut or (turn.reply is not None and turn.reply.leaves_unread):
            self._state.read_ahead.request(
                ReadRequest(turn.conversation, turn.ask.owner, self._session.counts, turn.sampling, turn.adapter)
            )

    def _failure(self, turn: Turn, outcome: Outcome) -> error_pb2.Outcome:
        because, stage, blocked_by = "", outcome.stage, outcome.blocked_by
        if isinstance(outcome.value, Overloaded | PromptTooLong):
            return self._declined(turn, outcome, outcome.value)
        if outcome.ending in UNMET:
            delivery_time = self._backend.delivery_times[WORK].seconds
            turn.attribution = attribute(
                turn, outcome.ending, outcome.at, delivery_time, clock(), outcome.cause, outcome.stage
            )
            because, stage, blocked_by = str(turn.attribution), turn.attribution.stage, turn.attribution.model
        return outcome_of(
            outcome.ending,
            outcome.cause,
            turn.timing(clock()),
            sentence=str(outcome.value) if isinstance(outcome.value, EndpointFailed) else "",
            because=because,
            stage=stage,
            blocked_by=blocked_by,
            late_by=outcome.late_by,
        )

    def _declined(self, turn: Turn, outcome: Outcome, why: BridgeError) -> error_pb2.Outcome:
        """What an endpoint does not take: later, or never."""
        if outcome.ending is Ending.REFUSED:
            turn.attribution = attribute_now(outcome.job.account, outcome.at - turn.arrival)
        declined = rejection(why)
        declined.timing.CopyFrom(turn.timing(clock()))
        return declined
