"""Dialogue: sends what the player says, streams the character's reply."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from bridge.client.answers import MICROS
from bridge.client.link.connection import Connection
from bridge.client.link.method import Method
from bridge.client.link.round_trip import Link
from bridge.client.link.stream import CONNECTION_LOST, Stream
from bridge.client.memory import Memory
from bridge.client.turn import Turn
from bridge.errors import BridgeError, ServerUnavailable
from bridge.v1 import dialogue_pb2, timing_pb2

_METHOD = "/bridge.v1.DialogueService/Converse"
_MOST_CONVERSATIONS = 64  # for a server that gives no limit

# The contract's Sampling cannot omit these three, so they are sent with whatever else a caller sets. They are the
# server's defaults (a test compares them).
_TEMPERATURE, _TOP_P, _REPETITION_PENALTY = 0.5, 0.9, 1.1


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are sampled. Anything left at its default here is left to the server.

    `temperature` is from 0 (always the likeliest token) to 5, `top_p` above 0 up to 1, `repetition_penalty` from 0.5 to
    5. `seed` 0 means a different reply each time, `max_tokens` 0 the server's limit.
    """

    temperature: float | None = None
    top_p: float | None = None
    repetition_penalty: float | None = None
    seed: int = 0
    max_tokens: int = 0
    stop: Sequence[str] = ()


class Dialogue:
    """All conversations of one client, on one stream. Created by `BridgeClient.dialogue`."""

    def __init__(self, connection: Connection) -> None:
        method: Method[dialogue_pb2.ConverseRequest, dialogue_pb2.ConverseResponse] = Method(
            connection.channel,
            _METHOD,
            write=dialogue_pb2.ConverseRequest.SerializeToString,
            read=dialogue_pb2.ConverseResponse.FromString,
            up=dialogue_pb2.ConverseRequest,
            down=dialogue_pb2.ConverseResponse,
        )
        self._connection = connection
        self._stream = Stream(connection, method, self)
        self._link = Link(connection.link)
        self._turns: WeakValueDictionary[tuple[str, int], Turn] = WeakValueDictionary()
        self._held: dict[object, Turn] = {}  # turns being waited for, by waiter
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
        """An upper bound on the events of a reply."""
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
        """Say something to a character; iterate over the Turn for the reply. Ends a running turn of the conversation.

        `persona` describes the character; it is needed with the first turn only, and kept here in case the server loses
        it. The first token is due within `budget` seconds, each further one within `pace`; late ones are delivered, and
        marked. Defaults are the server's, for `sampling` too (2 s and reading speed, unless configured otherwise).
        Raises ServerUnavailable while the connection is being restored.
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

    # -- called by turns -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def hold(self, turn: Turn) -> Iterator[None]:
        """Keep a turn alive while this block waits for its events. Otherwise a task that nothing else references would
        be collected together with the turn that it waits for.
        """
        waiter = object()
        self._held[waiter] = turn
        try:
            yield
        finally:
            del self._held[waiter]

    def give_up(self, conversation: str, turn_id: int, said: str, reply: str) -> None:
        """Abandon a turn, and interrupt it on the server unless the stream is down."""
        self._turns.pop((conversation, turn_id), None)
        if conversation in self._memories:
            self._memories[conversation].add(said, reply)
        if self._stream.connected:
            with contextlib.suppress(BridgeError):
                self._interrupt(conversation, turn_id)

    # -- stream events -------------------------------------------------------------------------------------------------

    def hello(self, session_id: str) -> dialogue_pb2.ConverseRequest:
        """The stream's first message."""
        return dialogue_pb2.ConverseRequest(open=dialogue_pb2.ConverseOpen(session_id=session_id))

    def opened(self, message: dialogue_pb2.ConverseResponse) -> None:
        """Note which conversations the server has lost: their next turn carries what is remembered of them."""
        kept = set(message.opened.conversation_ids)
        for name, memory in self._memories.items():
            memory.opened(name in kept)

    def hear(self, message: dialogue_pb2.ConverseResponse) -> None:
        """Dispatch an event to its turn; events of abandoned turns are dropped."""
        memory = self._memories.get(message.conversation_id)
        if memory is not None and message.WhichOneof("event") == "started":
            memory.taken()
        turn = self._turns.get((message.conversation_id, message.turn_id))
        if turn is not None and turn.hear(message, self._link):
            self._end(turn)

    def lost(self, error: BridgeError) -> None:
        """Fail all open turns: the stream is lost."""
        if not self._stream.connected:  # otherwise it was closed, or failed for good
            error = ServerUnavailable(
                f"the connection broke before the reply was complete ({error}); say it again in a moment"
            )
        for turn in list(self._turns.values()):
            turn.fail(error)
            self._end(turn)

    def _begin(self, message: dialogue_pb2.ConverseSay, budget: float, memory: Memory) -> Turn:
        """Send a turn. If that fails there is no turn."""
        self._stream.send(dialogue_pb2.ConverseRequest(say=message), len(message.text) + len(message.persona))
        name, number = message.conversation_id, message.turn_id
        turn = Turn(self, name, number, message.text, budget=budget, memory_lost=memory.lost)
        self._turns[name, number] = turn
        return turn

    def _end(self, turn: Turn) -> None:
        """Remove a turn that is over, and remember its exchange."""
        del self._turns[turn.conversation, turn.turn_id]
        if turn.conversation in self._memories:
            self._memories[turn.conversation].add(turn.said, turn.text)

    def _interrupt(self, conversation: str, turn_id: int) -> None:
        """Interrupt a turn, even if the link is backed up. Per conversation only the newest one is queued, as it ends
        older turns too.
        """
        message = dialogue_pb2.ConverseInterrupt(conversation_id=conversation, turn_id=turn_id)
        key = ("interrupt", conversation)
        waiting = self._stream.send(dialogue_pb2.ConverseRequest(interrupt=message), key=key, always=True)
        if waiting is not None and waiting.interrupt.turn_id > turn_id:
            self._stream.send(waiting, key=key, always=True)

    def _memory(self, conversation: str) -> Memory:
        """The memory of a conversation. Past the server's limit, those without any accepted turn are evicted first."""
        most = self._connection.limits.max_conversations_per_session or _MOST_CONVERSATIONS
        if conversation not in self._memories and len(self._memories) > most:
            oldest = next(iter(self._memories))
            del self._memories[next((name for name, memory in self._memories.items() if not memory.known), oldest)]
        return self._memories.setdefault(conversation, Memory())


def _on_the_wire(sampling: Sampling | None) -> dialogue_pb2.Sampling | None:
    """The wire message; None if all is left to the server."""
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
