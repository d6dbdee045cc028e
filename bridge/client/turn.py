"""A turn of a conversation: the reply's events, and its interruption when the caller abandons it."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

from bridge.client.answers import MICROS, Timing, Unanswered, unanswered
from bridge.client.link.round_trip import Link
from bridge.client.npc.actions import Actions
from bridge.client.npc.trace import Grounds, Moderated, Trace, emotion_name
from bridge.errors import BridgeError, ContractBroken
from bridge.v1 import dialogue_pb2


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the reply, in whole characters. `elapsed` is seconds since `say`; `late` marks one past its time."""

    text: str
    late: bool
    elapsed: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A complete sentence, for subtitles and voices, and where it stands in the reply's text, in characters. One of an
    NPC has the feeling that it shows ("joy"; "" if not known), with an intensity from 0 to 1, and the grounds on
    which it was said, if they were asked for.
    """

    text: str
    index: int
    start: int = 0
    end: int = 0
    emotion: str = ""
    intensity: float = 0.0
    grounds: Grounds | None = None

    @classmethod
    def of(cls, message: dialogue_pb2.TurnSentence) -> Self:
        """From the contract's message."""
        grounds = Grounds.of(message.trace) if message.HasField("trace") else None
        emotion = emotion_name(message.emotion)
        return cls(message.text, message.index, message.start, message.end, emotion, message.intensity, grounds)


@dataclass(frozen=True, slots=True)
class HistoryCut:
    """The oldest lines of the conversation were dropped for good, since they no longer fit: `dropped` of them, and
    `kept` are left, without this turn's.
    """

    dropped: int
    kept: int


@dataclass(frozen=True, slots=True)
class Done:
    """The turn is over. `finish` is "end", "stop", "length", "interrupted" or "failed"; `failure` says why it failed.

    `first_token` is seconds from `say` to the first piece at the client, 0 if there was none. `memory_lost` means that
    the server had lost the conversation, as after a restart: see `Turn.memory_lost`.

    `cut_text` is the end of what was streamed, if `whole_sentences` has taken it back. `history_lines` is how many
    lines the server has of the conversation now, and `prompt_compute` the part of `timing.compute` up to the first
    token, for the prompt; both are 0 from a server before minor 5 of the contract. `moderation` is set if the
    operator's moderation has marked or held what the player said to an NPC.
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
    memory_lost: bool = False
    cut_text: str = ""
    history_lines: int = 0
    prompt_compute: float = 0.0
    moderation: Moderated | None = None


Event = Token | Sentence | Done


class Talk(Protocol):
    """The stream of a turn."""

    @property
    def longest_reply(self) -> int:
        """An upper bound on the events of a reply."""
        ...

    def hold(self, turn: "Turn") -> contextlib.AbstractContextManager[None]:
        """Keep the turn alive while this block waits for its events."""
        ...

    def interrupt(self, turn: "Turn", heard: int | None = None) -> None:
        """End the reply at its next step; the history keeps what was heard of it."""
        ...

    def give_up(self, conversation: str, turn_id: int, reply: str) -> None:
        """Abandon a turn: end it now."""
        ...


class Turn:
    """A player's line and the reply to it: iterate over its events, the last of which is Done, or await `reply`.

    Abandoning a turn ends the reply: leaving the loop by `break` or an exception, cancelling or timing out a task that
    waits in it or in `reply`, `aclose`, and dropping the last reference to an unfinished Turn all interrupt it, here
    and on the server; what has been said stays in the conversation. To wait without that, use
    `asyncio.shield(turn.reply())`.

    A reply that could not be given, for example while its model is loading, ends in Done with `failure`: its `message`
    says why, and `retry_after` when to try again. An invalid turn, or a failure of the model, raises CallFailed; a
    broken connection raises ServerUnavailable.

    `memory_lost` means that the server had lost this conversation, because it restarted or the session expired. The
    persona and the history are then sent again, as far as the server's limits allow; the character remembers no more
    than that. To a server before minor 5 of the contract the newest lines go as text behind the persona.

    `history_cut` is set, before the first token, if the server has dropped old lines of the conversation for this turn
    or since the one before. `trace` says why a turn with an NPC went as it did, and is set before Done, if it was asked
    for. Neither is an event of the loop: a game may take all but tokens and sentences as Done.
    """

    def __init__(
        self,
        talk: Talk,
        conversation: str,
        turn_id: int,
        said: str,
        *,
        budget: float,
        memory_lost: bool,
        actions: Actions | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.conversation = conversation
        self.turn_id = turn_id
        self.said = said
        self.memory_lost = memory_lost
        self.done: Done | None = None
        self.history_cut: HistoryCut | None = None
        self.trace: Trace | None = None
        self._actions = actions
        self._failure: BridgeError | None = None
        self._talk = talk
        self._budget = budget
        self._sent = time.perf_counter()
        self._first = 0.0
        self._late = 0
        self._pieces: list[str] = []
        self._events: deque[Event | BridgeError] = deque()
        self._came = asyncio.Event()
        self._ended = asyncio.Event()
        self._end_taken = False
        self._left = False
        self._room = talk.longest_reply

    def __del__(self) -> None:
        if not self.over:
            self._call_soon(self._talk.give_up, self.conversation, self.turn_id, self.text)

    def give_up_soon(self) -> None:
        """Abandon the turn; safe on any thread."""
        if not self.over:
            self._call_soon(self.give_up)

    def _call_soon(self, function: Callable[..., None], *arguments: Any) -> None:
        """Schedule one call: a turn and its iterator may be collected together. A closed loop ended the stream too."""
        if not self._left:
            self._left = True
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(function, *arguments)

    @property
    def over(self) -> bool:
        """Whether the turn has ended; unread events may remain."""
        return self.done is not None or self._failure is not None

    @property
    def text(self) -> str:
        """The reply so far."""
        return self.done.text if self.done is not None else "".join(self._pieces)

    def interrupt(self, heard: int | None = None) -> None:
        """Cut in: the reply ends at its next step, and what has been said stays in the conversation. Events continue up
        to Done.

        `heard` is how many characters of `text` the player has heard or read: the conversation keeps only these. It
        counts for a reply that is over too, if it is the newest one. Servers before minor 6 of the contract keep all.
        """
        if not self.over or heard is not None:
            self._talk.interrupt(self, heard)

    async def aclose(self) -> None:
        """Abandon the turn; it is over when this returns. Does nothing if it is over already."""
        self.give_up()

    async def reply(self) -> Done:
        """Wait for the whole reply. May be called repeatedly, also after the end."""
        try:
            if not self.over:
                with self._talk.hold(self):
                    await self._ended.wait()
        finally:
            self.give_up()
        if self._failure is not None:
            raise self._failure
        if self.done is None:
            raise ContractBroken("a turn ended without `done`")
        return self.done

    def __aiter__(self) -> "Events":
        return Events(self)

    async def take(self) -> Event | None:
        """The next event; None after the last one. Raises the error of a failed turn in its place."""
        while not self._events:
            if self._end_taken:
                return None
            self._came.clear()
            with self._talk.hold(self):
                await self._came.wait()
        event = self._events.popleft()
        if isinstance(event, Done | BridgeError):
            self._end_taken = True
            self._came.set()  # wake other iterators, which find nothing more
        if isinstance(event, BridgeError):
            raise event
        return event

    def hear(self, message: dialogue_pb2.ConverseResponse, link: Link) -> bool:
        """Take an event from the stream; returns whether it was the last one."""
        elapsed = time.perf_counter() - self._sent
        match message.WhichOneof("event"):
            case "token":
                late = message.token.late or (not self._first and 0 < self._budget < elapsed)
                self._first = self._first or elapsed
                self._late += late
                self._pieces.append(message.token.text)
                self._put(Token(message.token.text, late, elapsed))
            case "sentence":
                self._put(Sentence.of(message.sentence))
            case "action" if self._actions is not None:
                self._actions.call(message.action)
            case "action_ended" if self._actions is not None:
                self._actions.end(message.action_ended.call_id)
            case "trace":
                self.trace = Trace.of(message.trace)
            case "history_cut":
                cut = message.history_cut
                self.history_cut = HistoryCut(cut.dropped_line_count, cut.kept_line_count)
            case "done":
                link.measure(elapsed, message.done.timing.server_micros / MICROS)
                self._finish(message.done, elapsed)
        return self.over

    def fail(self, error: BridgeError) -> None:
        """End the turn with an error."""
        self._failure = error
        self._end(error)

    def give_up(self) -> None:
        """End the turn here and on the server."""
        if not self.over:
            elapsed = time.perf_counter() - self._sent
            self._talk.give_up(self.conversation, self.turn_id, self.text)
            self.done = Done(
                self.text, "interrupted", 0, 0, 0, self._late, self._first, elapsed, Timing(), None, self.memory_lost
            )
            self._end(self.done)

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
            memory_lost=self.memory_lost,
            cut_text=done.cut_text,
            history_lines=done.history_line_count,
            prompt_compute=done.prompt_compute_micros / MICROS,
            moderation=Moderated.of(done.moderation) if done.HasField("moderation") else None,
        )
        return self._end(self.done)

    def _end(self, event: Done | BridgeError) -> None:
        if self._actions is not None:
            self._actions.end_all()
        self._events.append(event)
        self._came.set()
        self._ended.set()

    def _put(self, event: Event) -> None:
        self._room -= 1
        if self._room < 0:
            raise ContractBroken("a reply has more pieces than the context has tokens")
        self._events.append(event)
        self._came.set()


class Events:
    """One loop over a turn's events. Leaving it early abandons the turn."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._began = False

    def __del__(self) -> None:
        if self._began:
            self._turn.give_up_soon()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        self._began = True
        try:
            event = await self._turn.take()
        except BaseException:
            self._turn.give_up()
            raise
        if event is None:
            raise StopAsyncIteration
        return event

    async def aclose(self) -> None:
        """Leave the loop."""
        self._turn.give_up()
