"""Dialogue: what a player says goes up, what a character answers comes down as it is spoken."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self
from weakref import WeakValueDictionary

from bridge.client.answers import MICROS
from bridge.client.link.connection import Connection
from bridge.client.link.round_trip import Link
from bridge.client.link.stream import CONNECTION_LOST, Stream
from bridge.client.memory import Memory
from bridge.client.turn import Turn
from bridge.errors import BridgeError, ServerUnavailable
from bridge.v1 import dialogue_pb2, dialogue_pb2_grpc, timing_pb2

_MOST_CONVERSATIONS = 64  # of a server that tells no limit

# The contract has no way to leave one of these three out of a Sampling: they go up beside whatever else a caller sets.
# They are the server's own, which a test compares.
_TEMPERATURE, _TOP_P, _REPETITION_PENALTY = 0.5, 0.9, 1.1


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn. What is None, or 0 or empty where that is the default here, is left to the server.

    `temperature` is from 0 (always the likeliest token) to 5, `top_p` above 0 up to 1, `repetition_penalty` from 0.5 to
    5. `seed` 0 means another reply each time, `max_tokens` 0 the server's longest reply.
    """

    temperature: float | None = None
    top_p: float | None = None
    repetition_penalty: float | None = None
    seed: int = 0
    max_tokens: int = 0
    stop: Sequence[str] = ()


class Dialogue:
    """All conversations of one client, on one stream. Made by `BridgeClient.dialogue`."""

    def __init__(self, connection: Connection) -> None:
        stub: Any = dialogue_pb2_grpc.DialogueServiceStub(connection.channel)
        self._connection = connection
        self._stream: Stream[dialogue_pb2.ConverseRequest, dialogue_pb2.ConverseResponse]
        self._stream = Stream(connection, stub.Converse, self)
        self._link = Link(connection.link)
        self._turns: WeakValueDictionary[tuple[str, int], Turn] = WeakValueDictionary()
        self._held: dict[object, Turn] = {}  # turns that somebody waits for
        self._memories: dict[str, Memory] = {}

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
        budget: float = 0.0,
        pace: float = 0.0,
    ) -> Turn:
        """The player speaks; iterate over the Turn for the reply. Ends a turn of this conversation that still runs.

        `persona` says who the character is; it is needed with the first words only, and is kept here too, for a server
        that forgets it. The first token is due within `budget` seconds, each further one within `pace`; late ones come
        too, and are marked. What is left out is the server's default (2 s and reading speed, unless it was started
        with others), also of `sampling`. Raises ServerUnavailable while the connection is being restored.
        """
        memory = self._memory(conversation)
        memory.describe(persona)
        if not self._stream.connected:
            raise ServerUnavailable(CONNECTION_LOST)
        message = dialogue_pb2.ConverseSay(
            conversation_id=conversation,
            turn_id=self._connection.next_index(),
            text=text,
            persona=memory.persona(self._connection.limits),
            sampling=_on_the_wire(sampling),
            budget=timing_pb2.Budget(budget_micros=round(budget * MICROS), link_micros=self._link.micros),
            pace_micros=round(pace * MICROS),
        )
        return self._begin(message, budget, memory)

    def interrupt(self, turn: Turn) -> None:
        """End a reply at its next step."""
        self._interrupt(turn.conversation, turn.turn_id)

    def forget(self, conversation: str) -> None:
        """Forget a conversation and free its memory, here and on the server."""
        self._memories.pop(conversation, None)
        message = dialogue_pb2.ConverseForget(conversation_id=conversation)
        self._stream.send(dialogue_pb2.ConverseRequest(forget=message))

    # -- what turns tell -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def hold(self, turn: Turn) -> Iterator[None]:
        """Somebody waits for the turn's events in this block. Only who waits keeps it: else a task that nobody else
        refers to would be collected together with the turn that it waits for.
        """
        waiter = object()
        self._held[waiter] = turn
        try:
            yield
        finally:
            del self._held[waiter]

    def give_up(self, conversation: str, turn_id: int, said: str, reply: str) -> None:
        """Nobody wants any more of a turn. A stream that is being restored, or has ended, has none to interrupt."""
        self._turns.pop((conversation, turn_id), None)
        if conversation in self._memories:
            self._memories[conversation].add(said, reply)
        if self._stream.connected:
            with contextlib.suppress(BridgeError):
                self._interrupt(conversation, turn_id)

    # -- what the stream tells -----------------------------------------------------------------------------------------

    def hello(self, session_id: str) -> dialogue_pb2.ConverseRequest:
        """The stream's first message."""
        return dialogue_pb2.ConverseRequest(open=dialogue_pb2.ConverseOpen(session_id=session_id))

    def opened(self, message: dialogue_pb2.ConverseResponse) -> None:
        """Note which conversations the server has lost: their next words carry what is kept of them."""
        kept = set(message.opened.conversation_ids)
        for name, memory in self._memories.items():
            memory.opened(name in kept)

    def hear(self, message: dialogue_pb2.ConverseResponse) -> None:
        """Hand an event to its turn; those of turns that nobody knows any more are dropped."""
        memory = self._memories.get(message.conversation_id)
        if memory is not None and message.WhichOneof("event") == "started":
            memory.taken()
        turn = self._turns.get((message.conversation_id, message.turn_id))
        if turn is not None and turn.hear(message, self._link):
            self._end(turn)

    def lost(self, error: BridgeError) -> None:
        """No turn under way will be completed."""
        if not self._stream.connected:  # else the stream was closed, or refused to go on
            error = ServerUnavailable(
                f"the connection broke before the reply was complete ({error}); say it again in a moment"
            )
        for turn in list(self._turns.values()):
            turn.fail(error)
            self._end(turn)

    def _begin(self, message: dialogue_pb2.ConverseSay, budget: float, memory: Memory) -> Turn:
        """Send the words; what cannot go up is no turn."""
        self._stream.send(dialogue_pb2.ConverseRequest(say=message), len(message.text) + len(message.persona))
        name, number = message.conversation_id, message.turn_id
        turn = Turn(self, name, number, message.text, budget=budget, memory_lost=memory.lost)
        self._turns[name, number] = turn
        return turn

    def _end(self, turn: Turn) -> None:
        """A turn is over."""
        del self._turns[turn.conversation, turn.turn_id]
        if turn.conversation in self._memories:
            self._memories[turn.conversation].add(turn.said, turn.text)

    def _interrupt(self, conversation: str, turn_id: int) -> None:
        """Also when the way up is full. Of a conversation the newest one goes up, which ends older turns too."""
        message = dialogue_pb2.ConverseInterrupt(conversation_id=conversation, turn_id=turn_id)
        key = ("interrupt", conversation)
        waiting = self._stream.send(dialogue_pb2.ConverseRequest(interrupt=message), key=key, always=True)
        if waiting is not None and waiting.interrupt.turn_id > turn_id:
            self._stream.send(waiting, key=key, always=True)

    def _memory(self, conversation: str) -> Memory:
        """What is kept of a conversation. Beyond what a server holds, those go first that it never took a turn of."""
        most = self._connection.limits.max_conversations_per_session or _MOST_CONVERSATIONS
        if conversation not in self._memories and len(self._memories) > most:
            oldest = next(iter(self._memories))
            del self._memories[next((name for name, memory in self._memories.items() if not memory.known), oldest)]
        return self._memories.setdefault(conversation, Memory())


def _on_the_wire(sampling: Sampling | None) -> dialogue_pb2.Sampling | None:
    """None where all is left to the server."""
    if sampling is None or replace(sampling, stop=tuple(sampling.stop)) == Sampling():
        return None
    return dialogue_pb2.Sampling(
        temperature=_TEMPERATURE if sampling.temperature is None else sampling.temperature,
        top_p=_TOP_P if sampling.top_p is None else sampling.top_p,
        repetition_penalty=_REPETITION_PENALTY if sampling.repetition_penalty is None else sampling.repetition_penalty,
        seed=sampling.seed,
        max_new_tokens=sampling.max_tokens,
        stop=list(sampling.stop),
    )
