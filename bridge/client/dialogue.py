"""Dialogue: sends what the player says, streams the character's reply."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from bridge.client.answers import MICROS
from bridge.client.history import History, Line, on_the_wire
from bridge.client.link.connection import Connection
from bridge.client.link.method import Method
from bridge.client.link.round_trip import Link
from bridge.client.link.stream import CONNECTION_LOST, Stream
from bridge.client.memory import Memory
from bridge.client.npc.actions import Actions, Handler
from bridge.client.npc.character import Npc, Player
from bridge.client.sampling import Form, Sampling
from bridge.client.turn import Turn
from bridge.errors import BridgeError, ServerUnavailable, VersionMismatch
from bridge.v1 import dialogue_pb2, npc_pb2, timing_pb2

_METHOD = "/bridge.v1.DialogueService/Converse"
_MOST_CONVERSATIONS = 64  # for a server that gives no limit
_TAKES_LINES, _KNOWS_NPCS = 5, 6  # minors of a server's contract; that of lines knows SamplingChanges too


class Dialogue:
    """All conversations of one client, on one stream. Created by `BridgeClient.dialogue`.

    A `persona` describes the character; it is needed with the first turn only, and kept here in case the server loses
    it. Late tokens are delivered, and marked. Defaults are the server's, for `sampling` too (2 s and reading speed,
    unless configured otherwise). With `whole_sentences`, `Done.text` and the history may be shorter than the tokens
    joined, by `Done.cut_text`; it is off unless asked for, since a game may have shown those tokens already.

    In place of a persona a conversation may be with an `npc`, one of the server's by its name, or one of the client's
    own; it is kept here as a persona is. `player` is who speaks, and `memories` are what the NPC remembers of it, in
    sentences; they are given with each turn. `actions` are handlers by the names of the NPC's actions: async functions
    that take the arguments by name; what one returns goes back into the reply. With `trace`, each sentence has its
    grounds, and `Turn.trace` says the rest.
    """

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
        whole_sentences: bool = False,
        form: Form | None = None,
        npc: str | Npc | None = None,
        player: Player | None = None,
        memories: Sequence[str] = (),
        actions: Mapping[str, Handler] | None = None,
        trace: bool = False,
    ) -> Turn:
        """Say something to a character; iterate over the Turn for the reply. Ends a running turn of the conversation.

        The first token is due within `budget` seconds, each further one within `pace`. Raises ServerUnavailable while
        the connection is being restored, VersionMismatch for a `form` or an NPC that the server is too old for.
        """
        memory = self._memory(conversation)
        memory.describe(persona)
        memory.meet(npc)
        if not self._stream.connected:
            raise ServerUnavailable(CONNECTION_LOST)
        message = dialogue_pb2.ConverseSay(
            conversation_id=conversation,
            turn_id=self._connection.next_index(),
            text=text,
            whole_sentences=whole_sentences,
            budget=timing_pb2.Budget(budget_micros=round(budget * MICROS), link_micros=self._link.micros),
            pace_micros=round(pace * MICROS),
        )
        message.MergeFrom(_asked(form, player, memories, trace))
        self._bring(message, memory)
        carried = self._complete(message, memory, sampling or Sampling())
        return self._begin(message, budget, memory, carried, Actions(actions or {}, conversation, self._answer))

    def history(self, conversation: str) -> History:
        """The persona and what has been said on this stream, as the server keeps it: for a saved game. A turn is part
        of it when it is over, and very old lines are dropped as the server drops them.
        """
        memory = self._memories.get(conversation)
        return memory.history if memory is not None else History()

    def restore(self, conversation: str, history: History) -> None:
        """Continue a conversation from a history, for example a saved one: the next turn takes it to the server, on
        which the conversation may be new. A server before minor 5 of the contract takes it only as text behind the
        persona.
        """
        self._memory(conversation).restore(history)

    def interrupt(self, turn: Turn, heard: int | None = None) -> None:
        """End a reply at its next step; of its text the history keeps what was `heard`, in characters."""
        if self._connection.handshake.protocol.minor < _KNOWS_NPCS:
            heard = None
        if heard is not None and turn.conversation in self._memories:
            self._memories[turn.conversation].hear_only(turn.turn_id, heard)
        self._interrupt(turn.conversation, turn.turn_id, heard)

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

    def give_up(self, conversation: str, turn_id: int, reply: str) -> None:
        """Abandon a turn, and interrupt it on the server unless the stream is down."""
        self._turns.pop((conversation, turn_id), None)
        if conversation in self._memories:
            self._memories[conversation].note_reply(turn_id, reply)
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
        if memory is not None:
            memory.hear(message)
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
            if turn.conversation in self._memories:
                self._memories[turn.conversation].note_reply(turn.turn_id, turn.text)
            turn.fail(error)
            self._end(turn)
        for memory in self._memories.values():
            memory.broke()

    def _complete(self, message: dialogue_pb2.ConverseSay, memory: Memory, sampling: Sampling) -> Sequence[Line] | None:
        """Add persona, sampling and the lines that the server lacks, in forms that it reads. Returns these lines."""
        limits = self._connection.limits
        newer = self._connection.handshake.protocol.minor >= _TAKES_LINES
        message.persona = memory.persona_to_send(limits, takes_lines=newer)
        if not newer:
            if message.HasField("form"):
                raise VersionMismatch("this server is older than forms of replies; ask without one, or update it")
            message.MergeFrom(dialogue_pb2.ConverseSay(sampling=sampling.whole()))
            return None
        carried = memory.lines_to_send(limits)
        lines = on_the_wire(carried) if carried is not None else None
        message.MergeFrom(dialogue_pb2.ConverseSay(sampling_changes=sampling.changes(), history=lines))
        return carried

    def _bring(self, message: dialogue_pb2.ConverseSay, memory: Memory) -> None:
        """Add the conversation's NPC, if the server lacks it. VersionMismatch for a server that knows none."""
        npc = memory.npc_to_send()
        if isinstance(npc, str):
            message.npc_id = npc
        elif npc is not None:
            message.npc.CopyFrom(npc.message)
        new = npc is not None or message.HasField("player") or message.memories or message.wants_trace
        if new and self._connection.handshake.protocol.minor < _KNOWS_NPCS:
            raise VersionMismatch("this server is older than NPCs; talk with a persona, or update it")

    def _answer(self, result: npc_pb2.ActionResult) -> None:
        """Send what became of an action, unless the stream is down: then its turn is over."""
        if self._stream.connected:
            with contextlib.suppress(BridgeError):
                size = len(result.result_json) + len(result.error)
                self._stream.send(dialogue_pb2.ConverseRequest(action_result=result), size)

    def _begin(
        self,
        message: dialogue_pb2.ConverseSay,
        budget: float,
        memory: Memory,
        carried: Sequence[Line] | None,
        actions: Actions,
    ) -> Turn:
        """Send a turn, with the lines that it carries. If that fails there is no turn."""
        size = len(message.text) + len(message.persona) + sum(len(line.text) for line in carried or ())
        self._stream.send(dialogue_pb2.ConverseRequest(say=message), size + message.npc.ByteSize())
        name, number = message.conversation_id, message.turn_id
        memory.say(number, message.text, carried, brought=message.HasField("npc"))
        turn = Turn(self, name, number, message.text, budget=budget, memory_lost=memory.lost, actions=actions)
        self._turns[name, number] = turn
        return turn

    def _end(self, turn: Turn) -> None:
        """Remove a turn that is over."""
        del self._turns[turn.conversation, turn.turn_id]

    def _interrupt(self, conversation: str, turn_id: int, heard: int | None = None) -> None:
        """Interrupt a turn, even if the link is backed up. Per conversation only the newest one is queued, as it ends
        older turns too.
        """
        message = dialogue_pb2.ConverseInterrupt(conversation_id=conversation, turn_id=turn_id, heard=heard)
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


def _asked(form: Form | None, player: Player | None, memories: Sequence[str], trace: bool) -> dialogue_pb2.ConverseSay:
    """What is asked of a turn: how the reply looks, and what an NPC is told of the player."""
    return dialogue_pb2.ConverseSay(
        form=form.on_the_wire() if form is not None else None,
        player=player.on_the_wire() if player is not None else None,
        memories=memories,
        wants_trace=trace,
    )
