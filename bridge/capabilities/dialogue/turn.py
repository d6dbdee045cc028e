"""One turn of a conversation: the player's text, and the state of the reply."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bridge.capabilities.dialogue.conversation import Conversation
from bridge.capabilities.dialogue.preparation import PromptJob
from bridge.capabilities.dialogue.speech import Speech
from bridge.errors import BridgeError
from bridge.observe.attribution import Attribution
from bridge.policy.replies import Ask
from bridge.v1 import dialogue_pb2, error_pb2
from bridge.wire.handlers import Wire
from bridge.wire.request import Request
from bridge.wire.status import rejection


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
    pace: float  # longest gap between tokens, in seconds
    sampling: Any
    on_interrupt: Callable[["Turn"], None]  # called to interrupt it
    ask: Ask = field(init=False)  # what the reply needs: device time and cache
    speech: Speech = field(init=False)
    prompt_job: PromptJob | None = None  # builds its prompt
    task: asyncio.Task[None] | None = None  # awaits `prompt_job`
    reply: Any = None  # once admitted
    piece: Any = None  # the newest output
    first_piece: float = 0.0  # seconds until it left the device
    first_token: float = 0.0  # seconds until it was handed to the transport
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

    def interrupt(self) -> None:
        """End it; the reply so far stays in the history."""
        self.on_interrupt(self)

    def event(self, **event: Any) -> dialogue_pb2.ConverseResponse:
        """An event message of this turn."""
        return dialogue_pb2.ConverseResponse(conversation_id=self.tag, turn_id=self.turn_id, **event)

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
            first_token_micros=round(self.first_token * 1e6),
            timing=self.timing(now),
            outcome=failure,
        )
        return self.event(done=done)


def failed(conversation: str, turn_id: int, error: BridgeError) -> dialogue_pb2.ConverseResponse:
    """The `done` of a malformed `say`."""
    return failed_by(conversation, turn_id, rejection(error))


def failed_by(conversation: str, turn_id: int, outcome: error_pb2.Outcome) -> dialogue_pb2.ConverseResponse:
    """The `done` of a turn that was not accepted."""
    done = dialogue_pb2.TurnDone(finish=dialogue_pb2.TURN_FINISH_FAILED, outcome=outcome)
    return dialogue_pb2.ConverseResponse(conversation_id=conversation, turn_id=turn_id, done=done)
