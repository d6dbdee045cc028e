"""The dialogue service: validates and dispatches the messages of dialogue streams."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bridge.capabilities.dialogue.adapters import npc_adapter
from bridge.capabilities.dialogue.conversation import Conversation, Conversations, Line
from bridge.capabilities.dialogue.history import history_of
from bridge.capabilities.dialogue.npc.asked import check_settings, meeting_of, memories_of, player_of
from bridge.capabilities.dialogue.npc.meeting import Meeting
from bridge.capabilities.dialogue.npc.turn import NpcTurn
from bridge.capabilities.dialogue.npc.turns import NPC_SAMPLING, NpcTurns
from bridge.capabilities.dialogue.sampling import sampling_of
from bridge.capabilities.dialogue.state import MODEL, WORK, DialogueState
from bridge.capabilities.dialogue.turn import Turn, failed
from bridge.capabilities.dialogue.turns import Turns
from bridge.device.roster import ModelState
from bridge.errors import BridgeError, InvalidRequest, OutOfRange, TooLarge
from bridge.streams.backend import Backend
from bridge.streams.servicer import Servicer
from bridge.streams.stream import Stream, misplaced, serve_stream
from bridge.v1 import bridge_pb2, dialogue_pb2
from bridge.wire.bounds import MICROS, check_finite, check_rising, terms_of, within
from bridge.wire.bundles import Joiner
from bridge.wire.handlers import Context

_MOST_NAME_BYTES = 64
_MOST_HEARD = 2**31 - 1
_MISPLACED = ("open", "bundle")
_JOINER = Joiner(dialogue_pb2.ConverseResponse)


class DialogueService(Servicer):
    """Conversations with non-player characters."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.state = DialogueState(backend)

    async def Converse(self, context: Context) -> None:  # noqa: N802
        await serve_stream(context, self._backend, "dialogue", partial(DialogueExchange, self.state), _JOINER)

    async def warm_up(self) -> None:
        await self.state.warm_up()

    def report(self, stats: bridge_pb2.GetStatsResponse) -> None:
        standing = self._backend.roster.standing(MODEL)
        if standing.state is ModelState.READY:
            slots = standing.program.stats()
            stats.dialogue_slot_count = slots.busy + slots.idle
            stats.dialogue_busy_count = slots.busy
            stats.dialogue_pool_bytes = standing.program.pool_bytes

    def stop(self) -> None:
        self.state.read_ahead.close()

    async def close(self) -> None:
        await self.state.close()


class DialogueExchange:
    """Handles the messages of one dialogue stream."""

    def __init__(self, state: DialogueState, stream: Stream) -> None:
        self._state = state
        self._stream = stream
        self._backend: Backend = stream.backend
        self._session = stream.session
        self._conversations = stream.session.keep(Conversations)
        self._turns = Turns(state, stream)
        self._npc_turns = NpcTurns(state, stream)
        self._usual = NPC_SAMPLING if npc_adapter(self._backend.config) is not None else None
        opened = dialogue_pb2.ConverseOpened(conversation_ids=sorted(self._conversations))
        stream.delivery.send(dialogue_pb2.ConverseResponse(opened=opened))

    def hear(self, message: dialogue_pb2.ConverseRequest, arrival: float) -> None:
        kind = message.WhichOneof("message")
        if kind is None or kind in _MISPLACED:
            raise misplaced(kind, "say, interrupt, forget, action_result")
        body = getattr(message, kind)
        try:
            if kind == "say" and self._repeats(body):
                return  # its `done` has been sent, or will be
            check_finite(body)
            _check_name(body.conversation_id)
            self._take(kind, body, arrival)
        except BridgeError as error:
            turn_id = body.turn_id if kind in ("say", "interrupt") else 0
            self._stream.delivery.send(failed(body.conversation_id[:_MOST_NAME_BYTES], turn_id, error))

    def refuse(self, error: BridgeError) -> None:
        self._stream.delivery.send(failed("", 0, error))

    def _take(self, kind: str, body: Any, arrival: float) -> None:
        conversation = self._conversations.get(body.conversation_id)
        if kind == "say":
            self._say(body, arrival)
        elif kind == "action_result":
            self._npc_turns.acting.result(body)
        elif conversation is None:
            return  # already forgotten
        elif kind == "forget":
            del self._conversations[body.conversation_id]
            self._state.forget(conversation)
        else:
            _interrupt(conversation, body)

    def _repeats(self, message: dialogue_pb2.ConverseSay) -> bool:
        """Whether this turn was sent before on this stream: it gets one `done`, however often it is sent."""
        known = self._conversations.get(message.conversation_id)
        return known is not None and known.repeats(message.turn_id, self._stream.id)

    def finish(self) -> None:
        """Nothing to do: outstanding turns are still answered."""

    def close(self) -> None:
        self._turns.close()

    def _say(self, message: dialogue_pb2.ConverseSay, arrival: float) -> None:
        config, limits = self._backend.config, self._backend.limits
        known = self._conversations.get(message.conversation_id)
        check_rising("turn_id", message.turn_id, known.newest if known is not None else 0)
        _check_text(message, limits.text_bytes)
        terms = terms_of(message.budget, self._backend.budgets[WORK], limits)
        within("pace_micros", message.pace_micros, 0, limits.budget_seconds * MICROS)
        meeting = meeting_of(message, known.meeting if known is not None else None, self._state.npcs, limits)
        more = (
            self._npc_of(message, meeting)
            if meeting is not None
            else {"persona": message.persona.strip() and message.persona}
        )
        turns = self._npc_turns if meeting is not None else self._turns
        turn = (NpcTurn if meeting is not None else Turn)(
            work=WORK,
            arrival=arrival,
            terms=terms,
            tag=message.conversation_id,
            turn_id=message.turn_id,
            stream_id=self._stream.id,
            text=message.text,
            history=self._history(message) if message.HasField("history") else None,
            whole_sentences=message.whole_sentences,
            minor=self._session.minor,
            pace=message.pace_micros / MICROS or config.token_pace,
            sampling=self._sampling(message, self._usual if meeting is not None else None),
            on_interrupt=turns.interrupt,
            conversation=self._conversations.open(message.conversation_id, self._session.id, limits),
            **more,
        )
        turns.start(turn)

    def _npc_of(self, message: dialogue_pb2.ConverseSay, meeting: Meeting) -> dict[str, Any]:
        """What a turn with an NPC has besides."""
        check_settings(message)
        return {
            "meeting": meeting,
            "persona": "",  # its own, once it is planned
            "player": player_of(message.player),
            "memories": memories_of(message.memories),
            "wants_trace": message.wants_trace,
        }

    def _history(self, message: dialogue_pb2.ConverseSay) -> Sequence[Line]:
        lines = history_of(message.history, self._backend.limits)
        longest = sorted(lines, key=lambda line: len(line.text))[-1:]
        try:
            self._backend.roster.processor(MODEL).messages(longest)
        except ValueError as error:
            raise TooLarge(f"the history: {error}") from error
        return lines

    def _sampling(self, message: dialogue_pb2.ConverseSay, usual: Mapping[str, Any] | None) -> Any:
        self._backend.roster.program(MODEL)  # ModelNotReady if it is not loaded
        processor = self._backend.roster.processor(MODEL)
        return sampling_of(message, processor, self._backend.config.dialogue_context - 1, usual)


def _interrupt(conversation: Conversation, message: dialogue_pb2.ConverseInterrupt) -> None:
    """End the turns up to one; of that one the history keeps what was heard."""
    heard = message.heard if message.HasField("heard") else None
    if heard is not None:
        within("heard", heard, 0, _MOST_HEARD)
    for turn in (conversation.turn, conversation.pending):
        if turn is not None and turn.turn_id <= message.turn_id:
            turn.heard = heard if turn.turn_id == message.turn_id else None
            turn.interrupt()
    if heard is not None:
        conversation.hear(message.turn_id, heard)


def _check_name(name: str) -> None:
    if not 1 <= len(name.encode()) <= _MOST_NAME_BYTES:
        raise OutOfRange(f"conversation_id has {len(name.encode())} bytes; send 1 to {_MOST_NAME_BYTES}")


def _check_text(message: dialogue_pb2.ConverseSay, most: int) -> None:
    size = len(message.text.encode()) + len(message.persona.encode())
    if size > most:
        raise TooLarge(f"text and persona have {size:,} bytes; send at most {most:,} (Limits.max_text_bytes)")
    if not message.text.strip():
        raise InvalidRequest("text is empty; send what the player says")
