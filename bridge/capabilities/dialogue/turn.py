"""One turn of a conversation: the player's words become a job, its pieces become tokens and sentences, then `done`."""

import asyncio
import functools
import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from bridge.capabilities.dialogue.clusters import Clusters
from bridge.capabilities.dialogue.conversation import Conversation, Conversations, Line
from bridge.capabilities.dialogue.preparation import Order
from bridge.capabilities.dialogue.readings import Wish
from bridge.capabilities.dialogue.sentences import Sentences
from bridge.capabilities.dialogue.talk import MODEL, PROMPTS, WORK, Talk
from bridge.errors import BridgeError, ModelFailed, Overloaded, PromptTooLong
from bridge.observe.attribution import UNMET, Attribution, attribute, attribute_now
from bridge.policy.replies import Ask
from bridge.policy.work import Ending, Outcome, Owner, Rung
from bridge.streams.backend import Backend
from bridge.streams.outbox import Letter
from bridge.streams.stream import Stream
from bridge.v1 import dialogue_pb2, error_pb2, timing_pb2
from bridge.wire.request import Request, clock
from bridge.wire.status import outcome_of, rejection

log = logging.getLogger("framebridge.dialogue")

FEWER = "fewer"
_NO_ROOM_SECONDS = 1.0  # until the next reply may have left a gap that is large enough
_FINISHES = {
    "end": dialogue_pb2.TURN_FINISH_END,
    "stop": dialogue_pb2.TURN_FINISH_STOP,
    "length": dialogue_pb2.TURN_FINISH_LENGTH,
    "interrupted": dialogue_pb2.TURN_FINISH_INTERRUPTED,
}


class _Prepared(NamedTuple):
    """A reply to a persona, and to what had been said when the conversation was at `revision`."""

    reply: Any
    persona: str
    revision: int


class Turn:
    """A reply that is being prepared, waits for its prompt's turn, or is being written. Belongs to the event loop.

    Until it is admitted it changes nothing: the turn before goes on, and a refusal leaves the conversation as it was.
    """

    def __init__(
        self,
        talk: Talk,
        stream: Stream,
        conversation: Conversation,
        request: Request,
        turn_id: int,
        text: str,
        persona: str,
        pace: float,
        sampling: Any,
    ) -> None:
        self.turn_id = turn_id
        self.stream_id = stream.id
        self.persona = persona
        self._talk = talk
        self._stream = stream
        self._backend: Backend = stream.backend
        self._conversation = conversation
        self._request = request
        self._player = text
        self._pace = pace
        self._sampling = sampling
        self._character = ""
        self._clusters = Clusters()
        self._sentences = Sentences()
        self._sentence_count = 0
        self._reply: Any = None
        self._piece: Any = None
        self._task: asyncio.Task[None] | None = None
        self._order: Order | None = None
        self._due = request.due
        self.ask = self._new_ask()
        self._late = 0
        self._first_token = 0.0  # seconds until it was handed to the transport
        self._first_piece = 0.0  # seconds until the device had it
        self._attribution: Attribution | None = None  # when the first token was late
        self._device = 0.0  # seconds of the device that have been counted

    @property
    def over(self) -> bool:
        """Whether `done` has been said."""
        return self._request.answered

    def start(self) -> None:
        """Take the place of a turn that is still being prepared, and have the prompt made, away from the event loop."""
        self._stream.delivery.owe(self._request)
        self._talk.readings.yield_to(self)
        try:
            self._backend.check_open()
            self._check()
            self._talk.preparation.check(self.ask.owner.identity)
        except BridgeError as error:
            self._reject(error)
            return
        if self._conversation.coming is not None:
            self._conversation.coming.interrupt()
        self._conversation.coming = self
        self._order = self._new_order()
        self._task = asyncio.get_running_loop().create_task(self._prepare())

    def _new_ask(self) -> Ask:
        session, request = self._stream.session, self._request
        return Ask(
            owner=Owner(session.identity or session.id, session.id),
            begin=self._submit,
            arrival=request.arrival,
            due=request.due - self._backend.delivery_times[WORK].seconds,
            pace=self._pace,
        )

    def _check(self) -> None:
        """Whether the reply could be carried in place of the one that it would end."""
        older = self._conversation.turn
        instead_of = older.ask if older is not None else None
        self._talk.replies.check(self.ask, clock(), self._backend.engine.forecast, instead_of)

    def _new_order(self) -> Order:
        """Of a prompt from what has been said by now."""
        personas, revision = self._conversation.personas(self.persona), self._conversation.revision
        prompts = [(persona, self._conversation.prompt(persona, self._player)) for persona in personas]
        make = functools.partial(self._tokenise, prompts, revision)
        return self._talk.preparation.order(self.ask.owner.identity, self._conversation, make)

    async def _prepare(self) -> None:
        try:
            while self._order is not None and (prepared := await self._order.done) is not None:
                if self._request.answered or not self._admit(prepared):
                    prepared.reply.release()
                if self._request.answered or self._reply is not None:
                    return
                self._order = self._new_order()  # the turn before has ended meanwhile, with all that it said
        except BridgeError as error:
            self._reject(error)
        except Exception as error:
            log.exception("a prompt could not be prepared")
            self._reject(ModelFailed(f"the prompt could not be prepared: {error}; say it differently"))

    def _admit(self, prepared: _Prepared) -> bool:
        """Begin the turn, which ends the one before; False where that has changed what the prompt is made from."""
        reply, conversation, replies = prepared.reply, self._conversation, self._talk.replies
        self.ask.chunks = reply.chunks if conversation.turn is None else 1  # the cache of one that goes on is not seen
        self.ask.room = reply.room
        replies.room = self._backend.roster.program(MODEL).room
        self._check()
        if conversation.turn is not None:
            conversation.turn.interrupt()
        if conversation.revision != prepared.revision:
            return False
        replies.admit(self.ask, clock(), self._backend.engine.forecast)
        if not reply.reserve():
            replies.leave(self.ask, clock())
            raise Overloaded(
                "the conversations under way leave no room for so long a reply; ask for fewer tokens, or in a moment",
                retry_after=_NO_ROOM_SECONDS,
            )
        self._reply = reply
        self._talk.readings.drop(conversation)
        conversation.begin(self, prepared.persona, reply.dropped)
        self._say(started=dialogue_pb2.TurnStarted(prompt_tokens=reply.prompt_tokens))
        replies.advance(clock())
        return True

    def _tokenise(self, prompts: Sequence[tuple[str, Sequence[Line]]], revision: int) -> _Prepared:
        """A reply to the first of the prompts that fits the context. On a thread."""
        from models.dialogue.chat import Message, Role

        program = self._backend.roster.program(MODEL)
        self._request.version = program.version
        for persona, lines in prompts:
            try:
                messages = [Message(Role(line.speaker), line.text) for line in lines]
                reply = program.reply(self._conversation.key, messages, self._sampling)
                return _Prepared(reply, persona, revision)
            except ValueError as error:
                why = error
        raise PromptTooLong(str(why)) from why

    def _submit(self) -> None:
        rungs = (Rung(PROMPTS, PROMPTS, self._reply),)
        job = self._backend.job(self._request, rungs, self._stream.session, soft=True, pace=self._pace)
        self._request.job = job
        self._backend.engine.submit(job, self._heard)

    # -- what the engine tells -----------------------------------------------------------------------------------------

    def _heard(self, outcome: Outcome) -> None:
        self._book(outcome)
        final = outcome.ending is not Ending.PARTIAL
        if outcome.value is not None and outcome.ending is Ending.PARTIAL and outcome.value.tokens:
            self._talk.replies.spoke(self.ask, clock())
        if final:
            self._talk.replies.leave(self.ask, clock())
            self._reply.release()
        if self._request.answered:
            return
        if outcome.value is not None and outcome.ending in (Ending.PARTIAL, Ending.ANSWERED):
            self._add(outcome)
        if final:
            self._end(outcome)

    def _book(self, outcome: Outcome) -> None:
        account = outcome.job.account
        if account.narrow:
            self._request.stepped_down = FEWER
        took, self._device = account.compute - self._device, account.compute
        self._stream.session.counts.ran_for(WORK, account.batch, took)

    def _add(self, outcome: Outcome) -> None:
        self._piece = outcome.value
        text = self._clusters.push(outcome.value.text)
        if outcome.ending is Ending.ANSWERED:
            text += self._clusters.finish()
        if text:
            self._give(text, outcome)
        elif outcome.value.text and self._character:
            self._due = outcome.at + self._pace  # came, and is held back
        self._tell(self._sentences.push(outcome.value.text))

    def _give(self, text: str, outcome: Outcome) -> None:
        """Whole characters go out."""
        late = outcome.at > self._due
        self._due = outcome.at + self._pace
        self._late += late
        if not self._character:
            self._judge(outcome, late)
        self._token(text, outcome.at, late)

    def _judge(self, outcome: Outcome, late: bool) -> None:
        """The first piece tells whether the answer is in its budget."""
        self._first_piece = outcome.at - self._request.arrival
        self._attribution = attribute_now(outcome.job.account, self._first_piece) if late else None

    def _token(self, text: str, at: float, late: bool = False) -> None:
        message = self._event(token=dialogue_pb2.TurnToken(text=text, late=late))
        first = not self._character
        self._character += text

        def send() -> list[Any]:
            if first:
                now = clock()
                self._first_token = now - self._request.arrival
                self._backend.delivery_times[WORK].observe(now - at)
            return [message]

        self._stream.outbox.put(Letter(send))

    def _tell(self, sentences: list[str]) -> None:
        for text in sentences:
            self._say(sentence=dialogue_pb2.TurnSentence(text=text, index=self._sentence_count))
            self._sentence_count += 1

    def _end(self, outcome: Outcome) -> None:
        if outcome.ending is Ending.ANSWERED:
            if not self._character:  # nothing was said, but that in time
                self._judge(outcome, outcome.at > self._due)
            self._conclude(_FINISHES[self._piece.finish], outcome.ending)
        else:
            self._conclude(dialogue_pb2.TURN_FINISH_FAILED, outcome.ending, self._failure(outcome))

    def _failure(self, outcome: Outcome) -> error_pb2.Outcome:
        because, stage, blocked_by = "", outcome.stage, outcome.blocked_by
        if outcome.ending in UNMET:
            delivery_time = self._backend.delivery_times[WORK].seconds
            self._attribution = attribute(self._request, outcome, delivery_time, clock())
            because, stage, blocked_by = str(self._attribution), self._attribution.stage, self._attribution.model
        return outcome_of(
            outcome.ending,
            outcome.cause,
            self._request.timing(clock()),
            because=because,
            stage=stage,
            blocked_by=blocked_by,
            late_by=outcome.late_by,
        )

    # -- how it ends ---------------------------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """End the turn now; what has been said stays in the conversation."""
        conversation = self._conversation
        if conversation.coming is self and conversation.turn is not None:
            conversation.turn.interrupt()  # what it has said comes first
        if not self._request.answered:
            self._conclude(dialogue_pb2.TURN_FINISH_INTERRUPTED, Ending.CANCELLED)
        self._withdraw()

    def _withdraw(self) -> None:
        if self._order is not None:
            self._talk.preparation.drop(self._order)
        if self._reply is None:
            return  # if it is being prepared, who prepares it will see that nobody waits
        self._reply.release()
        if self._request.job is not None:
            self._backend.engine.cancel(self._request.job)
        self._talk.replies.leave(self.ask, clock())

    def _reject(self, error: BridgeError) -> None:
        if self._request.answered:
            return
        self._conversation.leave(self)
        self._talk.replies.leave(self.ask, clock())  # a fault may have come after it was admitted
        if self._reply is not None:
            self._reply.release()
        conversations, name = self._stream.session.keep(Conversations), self._request.tag
        if self._conversation.unused and conversations.get(name) is self._conversation:
            del conversations[name]
        self._stream.delivery.reject(self._request, error)
        self._talk.readings.go_on()

    def _conclude(
        self, finish: dialogue_pb2.TurnFinish, ending: Ending, failure: error_pb2.Outcome | None = None
    ) -> None:
        if rest := self._clusters.finish():
            self._token(rest, clock())
        self._tell(self._sentences.finish())
        if self._conversation.coming is self:
            self._conversation.withdraw(self)
        if self._character or finish != dialogue_pb2.TURN_FINISH_FAILED:  # else it can be said again
            self._remember()
        self._conversation.leave(self)

        def send() -> list[Any]:
            timing = self._request.timing(clock())
            return [self._event(done=self._done(finish, timing, failure))]

        self._stream.delivery.conclude(
            self._request, ending, Letter(send), seconds=self._first_piece, attribution=self._attribution
        )
        self._talk.readings.go_on()

    def _remember(self) -> None:
        """What has been said becomes history, which may have to be cut before the next turn comes."""
        cut = self._conversation.said(self._player, self._character.strip())
        if cut or (self._reply is not None and self._reply.crowded):
            session = self._stream.session
            self._talk.readings.wish(Wish(self._conversation, self.ask.owner, session.counts, self._sampling))

    def _done(
        self, finish: dialogue_pb2.TurnFinish, timing: timing_pb2.Timing, failure: error_pb2.Outcome | None
    ) -> dialogue_pb2.TurnDone:
        piece = self._piece
        return dialogue_pb2.TurnDone(
            finish=finish,
            text=self._character,
            prompt_tokens=self._reply.prompt_tokens if self._reply is not None else 0,
            cached_tokens=piece.cached_tokens if piece is not None else 0,
            reply_tokens=piece.tokens if piece is not None else 0,
            late_count=self._late,
            first_token_micros=round(self._first_token * 1e6),
            timing=timing,
            outcome=failure,
        )

    def _say(self, **event: Any) -> None:
        self._stream.delivery.say(self._event(**event))

    def _event(self, **event: Any) -> dialogue_pb2.ConverseResponse:
        name = self._request.tag
        return dialogue_pb2.ConverseResponse(conversation_id=name, turn_id=self.turn_id, **event)


def failed(conversation: str, turn_id: int, error: BridgeError) -> dialogue_pb2.ConverseResponse:
    """The `done` of a malformed `say`."""
    return failed_by(conversation, turn_id, rejection(error))


def failed_by(conversation: str, turn_id: int, outcome: error_pb2.Outcome) -> dialogue_pb2.ConverseResponse:
    """The `done` of a turn that was not taken."""
    done = dialogue_pb2.TurnDone(finish=dialogue_pb2.TURN_FINISH_FAILED, outcome=outcome)
    return dialogue_pb2.ConverseResponse(conversation_id=conversation, turn_id=turn_id, done=done)
