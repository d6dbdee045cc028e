"""One turn of a conversation: the player's text, and the state of the reply."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.capabilities.dialogue.conversation import Conversation, Line
from bridge.capabilities.dialogue.preparation import PromptJob
from bridge.capabilities.dialogue.speech import Sentence, Speech
from bridge.errors import BridgeError
from bridge.observe.attribution import Attribution
from bridge.policy.replies import Ask
from bridge.v1 import dialogue_pb2, error_pb2
from bridge.wire.bounds import MICROS
from bridge.wire.handlers import Wire
from bridge.wire.request import Request
from bridge.wire.status import rejection

KNOWS_HISTORY, KNOWS_NPCS = 5, 6  # minors of the contract


@dataclass(slots=True, eq=False, kw_only=True)
class Turn(Request):
    """A turn whose prompt is being prepared, waits for prefill, or is being answered.

    It has no effect before admission: the previous turn continues, and a refusal leaves the conversation unchanged.
    """

    conversation: Conversation
    turn_id: int
    stream_id: str
    text: str  # what the player says
    persona: str
    history: Sequence[Line] | None = None  # given by the client, to replace the conversation's
    whole_sentences: bool = False  # a reply cut off at its limit ends with its last whole one
    minor: int = 0  # of the client's contract
    pace: float  # longest gap between tokens, in seconds
    sampling: Any
    meeting: Any = None  # with an NPC, if it is one
    adapter: str | None = None  # that the model speaks with
    on_interrupt: Callable[["Turn"], None]  # called to interrupt it
    ask: Ask = field(init=False)  # what the reply needs: device time and cache
    speech: Speech = field(init=False)
    prompt_job: PromptJob | None = None  # builds its prompt
    task: asyncio.Task[None] | None = None  # awaits `prompt_job`
    reply: Any = None  # once admitted
    dropped: int = 0  # of the history's oldest lines, for its prompt
    piece: Any = None  # the newest output
    first_piece: float = 0.0  # seconds until it left the device
    first_token: float = 0.0  # seconds until it was handed to the transport
    prompt_compute: float = 0.0  # seconds on the device up to the first token
    heard: int | None = None  # characters of the reply that the player has heard, where the client says so
    history_lines: int = 0  # of the conversation, once the turn is part of it
    attribution: Attribution | None = None  # set if the first token was late

    def __post_init__(self) -> None:
        Request.__post_init__(self)
        self.speech = Speech(self.due, self.pace)

    @property
    def id(self) -> str:
        return f"{self.stream_id}/{self.tag}.{self.turn_id}"

    def status(self, outcome: error_pb2.Outcome) -> Wire:
        return failed_by(self.tag, self.turn_id, outcome)

    @property
    def over(self) -> bool:
        """Whether `done` has been sent."""
        return self.answered

    @property
    def line(self) -> str:
        """What the player says, as the prompt and the history have it."""
        return self.text

    def interrupt(self) -> None:
        """End it; the reply so far stays in the history."""
        self.on_interrupt(self)

    def event(self, **event: Any) -> dialogue_pb2.ConverseResponse:
        """An event message of this turn."""
        return dialogue_pb2.ConverseResponse(conversation_id=self.tag, turn_id=self.turn_id, **event)

    def started(self) -> Sequence[dialogue_pb2.ConverseResponse]:
        """The messages that the turn begins with, now that its conversation has begun it."""
        prompt_tokens = self.reply.prompt_tokens if self.reply is not None else 0
        started = self.event(started=dialogue_pb2.TurnStarted(prompt_tokens=prompt_tokens))
        dropped, kept = self.conversation.take_dropped(), len(self.conversation.lines)
        if not dropped or self.minor < KNOWS_HISTORY:
            return [started]
        cut = dialogue_pb2.TurnHistoryCut(dropped_line_count=dropped, kept_line_count=kept)
        return [started, self.event(history_cut=cut)]

    def sentence(self, sentence: Sentence) -> dialogue_pb2.ConverseResponse:
        """The event of a complete sentence."""
        message = dialogue_pb2.TurnSentence(text=sentence.text, index=sentence.index)
        if self.minor >= KNOWS_NPCS:
            message.start, message.end = sentence.start, sentence.end
        return self.event(sentence=message)

    def done(
        self, now: float, finish: dialogue_pb2.TurnFinish, failure: error_pb2.Outcome | None
    ) -> dialogue_pb2.ConverseResponse:
        """The final `done` message."""
        piece = self.piece
        done = dialogue_pb2.TurnDone(
            finish=finish,
            text=self.speech.text,
            prompt_tokens=self.reply.prompt_tokens if self.reply is not None else 0,
            cached_tokens=piece.cached_tokens if piece is not None else 0,
            reply_tokens=piece.tokens if piece is not None else 0,
            late_count=self.speech.late_count,
            first_token_micros=round(self.first_token * MICROS),
            timing=self.timing(now),
            outcome=failure,
            cut_text=self.speech.cut_text,
        )
        if self.minor >= KNOWS_HISTORY:
            done.history_line_count = self.history_lines
            done.prompt_compute_micros = round(self.prompt_compute * MICROS)
        return self.event(done=done)


def failed(conversation: str, turn_id: int, error: BridgeError) -> dialogue_pb2.ConverseResponse:
    """The `done` of a malformed `say`."""
    return failed_by(conversation, turn_id, rejection(error))


def failed_by(conversation: str, turn_id: int, outcome: error_pb2.Outcome) -> dialogue_pb2.ConverseResponse:
    """The `done` of a turn that was not accepted."""
    done = dialogue_pb2.TurnDone(finish=dialogue_pb2.TURN_FINISH_FAILED, outcome=outcome)
    return dialogue_pb2.ConverseResponse(conversation_id=conversation, turn_id=turn_id, done=done)
