"""Dialogue: what a player says goes up, what a character answers comes down as it is spoken."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from bridge.client.answers import MICROS, Timing, Unanswered, unanswered
from bridge.client.connection import Connection
from bridge.client.link import Link
from bridge.client.stream import CONNECTION_LOST, Stream
from bridge.errors import BridgeError, ContractBroken, ServerUnavailable
from bridge.v1 import dialogue_pb2, dialogue_pb2_grpc, timing_pb2

DEFAULT_BUDGET = 2.0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn. `seed` 0 means another reply each time, `max_tokens` 0 the server's default."""

    temperature: float = 0.7
    top_p: float = 0.9
    repetition_penalty: float = 1.1
    seed: int = 0
    max_tokens: int = 0
    stop: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the reply: whole characters. `elapsed` runs from the player's words to now; late ones are marked."""

    text: str
    late: bool
    elapsed: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence is complete, for subtitles and voices."""

    text: str
    index: int


@dataclass(frozen=True, slots=True)
class Done:
    """The turn is over. `finish` is "end", "stop", "length", "interrupted" or "failed"; `failure` says why it failed.

    `first_token` is seconds from the player's words to the first piece at the client, 0 when there was none.
    """

    text: str
    finish: str
    prompt_tokens: int
    cached_tokens: int
    reply_tokens: int
    late_count: int
    first_token: float
    elapsed: float
    timing: Timing
    failure: Unanswered | None = None


Event = Token | Sentence | Done


class Turn:
    """One thing a player said and the reply to it: iterate over its events, the last of which is Done.

    A reply that could not be given ends in Done with `failure`; words that were wrong in themselves, or a model that
    failed on them, raise CallFailed.
    """

    def __init__(self, talk: "Dialogue", conversation: str, turn_id: int, budget: float) -> None:
        self.conversation = conversation
        self.turn_id = turn_id
        self._talk = talk
        self._budget = budget
        self._sent = time.perf_counter()
        self._first = 0.0
        self._events: asyncio.Queue[Event | BridgeError] = asyncio.Queue()
        self._room = talk.longest_reply
        self.done: Done | None = None

    def interrupt(self) -> None:
        """Cut in: the reply ends at its next step, and what has been said stays in the conversation."""
        self._talk.interrupt(self)

    async def reply(self) -> Done:
        """Wait for the whole reply."""
        async for event in self:
            if isinstance(event, Done):
                return event
        raise ContractBroken("a turn ended without `done`")

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            event = await self._events.get()
            if isinstance(event, BridgeError):
                raise event
            yield event
            if isinstance(event, Done):
                return

    def hear(self, message: dialogue_pb2.ConverseResponse, link: Link) -> bool:
        """Take an event from the stream; whether it was the last one."""
        elapsed = time.perf_counter() - self._sent
        match message.WhichOneof("event"):
            case "token":
                late = message.token.late or (not self._first and 0 < self._budget < elapsed)
                self._first = self._first or elapsed
                self._put(Token(message.token.text, late, elapsed))
            case "sentence":
                self._put(Sentence(message.sentence.text, message.sentence.index))
            case "done":
                link.measure(elapsed, message.done.timing.server_micros / MICROS)
                self._finish(message.done, elapsed)
                return True
        return False

    def fail(self, error: BridgeError) -> None:
        """The turn will get no more events."""
        self._events.put_nowait(error)

    def _finish(self, done: dialogue_pb2.TurnDone, elapsed: float) -> None:
        failure = unanswered(done.outcome, elapsed=elapsed) if done.HasField("outcome") else None
        if isinstance(failure, BridgeError):
            return self.fail(failure)
        self.done = Done(
            text=done.text,
            finish=dialogue_pb2.TurnFinish.Name(done.finish).removeprefix("TURN_FINISH_").lower(),
            prompt_tokens=done.prompt_tokens,
            cached_tokens=done.cached_tokens,
            reply_tokens=done.reply_tokens,
            late_count=done.late_count,
            first_token=self._first,
            elapsed=elapsed,
            timing=Timing.of(done.timing),
            failure=failure,
        )
        self._events.put_nowait(self.done)
        return None

    def _put(self, event: Event) -> None:
        self._room -= 1
        if self._room < 0:
            raise ContractBroken("a reply has more pieces than the context has tokens")
        self._events.put_nowait(event)


class Dialogue:
    """All conversations of one client, on one stream. Made by `BridgeClient.dialogue`."""

    def __init__(self, connection: Connection) -> None:
        stub: Any = dialogue_pb2_grpc.DialogueServiceStub(connection.channel)
        self._connection = connection
        self._stream: Stream[dialogue_pb2.ConverseRequest, dialogue_pb2.ConverseResponse]
        self._stream = Stream(connection, stub.Converse, self)
        self._link = Link(connection.link)
        self._turns: dict[tuple[str, int], Turn] = {}

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stream.__aexit__(kind, error, trace)

    @property
    def longest_reply(self) -> int:
        """More events than any reply can have."""
        return 2 * self._connection.limits.max_context_tokens + 16

    def say(
        self,
        conversation: str,
        text: str,
        *,
        persona: str = "",
        sampling: Sampling | None = None,
        budget: float = DEFAULT_BUDGET,
        pace: float = 0.0,
    ) -> Turn:
        """The player speaks; iterate over the Turn for the reply. Ends a turn of this conversation that still runs.

        `persona` says who the character is; it is needed with the first words only. The first token is due within
        `budget` seconds, each further one within `pace` (0 means reading speed); late ones come too, and are marked.
        """
        if not self._stream.connected:
            raise ServerUnavailable(CONNECTION_LOST)
        turn = Turn(self, conversation, self._connection.next_index(), budget)
        message = dialogue_pb2.ConverseSay(
            conversation_id=conversation,
            turn_id=turn.turn_id,
            text=text,
            persona=persona,
            sampling=None if sampling is None else _on_the_wire(sampling),
            budget=timing_pb2.Budget(budget_micros=round(budget * MICROS), link_micros=self._link.micros),
            pace_micros=round(pace * MICROS),
        )
        self._stream.send(dialogue_pb2.ConverseRequest(say=message), len(text) + len(persona))
        self._turns[conversation, turn.turn_id] = turn
        return turn

    def interrupt(self, turn: Turn) -> None:
        """End a reply at its next step."""
        message = dialogue_pb2.ConverseInterrupt(conversation_id=turn.conversation, turn_id=turn.turn_id)
        self._stream.send(dialogue_pb2.ConverseRequest(interrupt=message))

    def forget(self, conversation: str) -> None:
        """Forget a conversation and free its memory."""
        message = dialogue_pb2.ConverseForget(conversation_id=conversation)
        self._stream.send(dialogue_pb2.ConverseRequest(forget=message))

    # -- what the stream tells -----------------------------------------------------------------------------------------

    def hello(self, session_id: str) -> dialogue_pb2.ConverseRequest:
        """The stream's first message."""
        return dialogue_pb2.ConverseRequest(open=dialogue_pb2.ConverseOpen(session_id=session_id))

    def opened(self, message: dialogue_pb2.ConverseResponse) -> None:
        """Nothing to give back: a conversation that the server lost begins anew."""

    def hear(self, message: dialogue_pb2.ConverseResponse) -> None:
        """Hand an event to its turn; those of turns that nobody knows any more are dropped."""
        key = message.conversation_id, message.turn_id
        turn = self._turns.get(key)
        if turn is not None and turn.hear(message, self._link):
            del self._turns[key]

    def lost(self, error: BridgeError) -> None:
        """No turn under way will be completed."""
        turns, self._turns = self._turns, {}
        for turn in turns.values():
            turn.fail(error)


def _on_the_wire(sampling: Sampling) -> dialogue_pb2.Sampling:
    return dialogue_pb2.Sampling(
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        repetition_penalty=sampling.repetition_penalty,
        seed=sampling.seed,
        max_new_tokens=sampling.max_tokens,
        stop=list(sampling.stop),
    )
