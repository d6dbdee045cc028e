"""One thing a player said and the reply to it, and what becomes of a reply that its caller gives up."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

from bridge.client.answers import MICROS, Timing, Unanswered, unanswered
from bridge.client.link.round_trip import Link
from bridge.errors import BridgeError, ContractBroken
from bridge.v1 import dialogue_pb2


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
    `memory_lost` tells that the server no longer knew the conversation, as after a restart: see `Turn.memory_lost`.
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


Event = Token | Sentence | Done


class Talk(Protocol):
    """The stream of a turn."""

    @property
    def longest_reply(self) -> int:
        """More events than any reply can have."""
        ...

    def hold(self, turn: "Turn") -> contextlib.AbstractContextManager[None]:
        """Somebody waits for the turn's events in this block: it may not be collected meanwhile."""
        ...

    def interrupt(self, turn: "Turn") -> None:
        """End it at its next step."""
        ...

    def give_up(self, conversation: str, turn_id: int, said: str, reply: str) -> None:
        """Nobody wants any more of it: end it now."""
        ...


class Turn:
    """One thing a player said and the reply to it: iterate over its events, the last of which is Done, or await
    `reply`.

    Whoever gives up ends the reply: leaving the loop by `break` or an exception, cancelling or timing out whoever waits
    in it or in `reply`, `aclose`, and letting go of an unfinished Turn all interrupt it, here and on the server, and
    what has been said stays in the conversation. To wait without that, wait for `asyncio.shield(turn.reply())`.

    A reply that could not be given, as while its model is loading, ends in Done with `failure`: its `message` says why,
    and its `retry_after` when to try again. Malformed words, or a model that failed on them, raise
    CallFailed, and a connection that broke ServerUnavailable.

    `memory_lost` tells that the server no longer knew this conversation when the words went up, because it was
    restarted or the session's time was over. The persona went up again, and with it as text what was said before, the
    newest first as far as the server's limits allow; the character remembers no more than that.
    """

    def __init__(
        self, talk: Talk, conversation: str, turn_id: int, said: str, *, budget: float, memory_lost: bool
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.conversation = conversation
        self.turn_id = turn_id
        self.said = said
        self.memory_lost = memory_lost
        self.done: Done | None = None
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
            self._call_soon(self._talk.give_up, self.conversation, self.turn_id, self.said, self.text)

    def give_up_soon(self) -> None:
        """Give up, from whatever thread."""
        if not self.over:
            self._call_soon(self.give_up)

    def _call_soon(self, function: Callable[..., None], *arguments: Any) -> None:
        """Only once: who gives up a turn may be collected together with it. A closed loop has ended the stream too."""
        if not self._left:
            self._left = True
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(function, *arguments)

    @property
    def over(self) -> bool:
        """Whether the turn has ended; events may still wait to be taken."""
        return self.done is not None or self._failure is not None

    @property
    def text(self) -> str:
        """The reply so far."""
        return self.done.text if self.done is not None else "".join(self._pieces)

    def interrupt(self) -> None:
        """Cut in: the reply ends at its next step, and what has been said stays in the conversation. The events go on
        to Done.
        """
        if not self.over:
            self._talk.interrupt(self)

    async def aclose(self) -> None:
        """Give up: the turn is over when this returns. Does nothing when it is over already."""
        self.give_up()

    async def reply(self) -> Done:
        """Wait for the whole reply; as often as you like, also when the turn is over."""
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
        """The next event; None when the last one has been taken. Raises why the turn failed, in its place."""
        while not self._events:
            if self._end_taken:
                return None
            self._came.clear()
            with self._talk.hold(self):
                await self._came.wait()
        event = self._events.popleft()
        if isinstance(event, Done | BridgeError):
            self._end_taken = True
            self._came.set()  # others that iterate find nothing more
        if isinstance(event, BridgeError):
            raise event
        return event

    def hear(self, message: dialogue_pb2.ConverseResponse, link: Link) -> bool:
        """Take an event from the stream; whether it was the last one."""
        elapsed = time.perf_counter() - self._sent
        match message.WhichOneof("event"):
            case "token":
                late = message.token.late or (not self._first and 0 < self._budget < elapsed)
                self._first = self._first or elapsed
                self._late += late
                self._pieces.append(message.token.text)
                self._put(Token(message.token.text, late, elapsed))
            case "sentence":
                self._put(Sentence(message.sentence.text, message.sentence.index))
            case "done":
                link.measure(elapsed, message.done.timing.server_micros / MICROS)
                self._finish(message.done, elapsed)
        return self.over

    def fail(self, error: BridgeError) -> None:
        """The turn will get no more events."""
        self._failure = error
        self._end(error)

    def give_up(self) -> None:
        """End it here and on the server."""
        if not self.over:
            elapsed = time.perf_counter() - self._sent
            self._talk.give_up(self.conversation, self.turn_id, self.said, self.text)
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
        )
        return self._end(self.done)

    def _end(self, event: Done | BridgeError) -> None:
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
    """One loop over a turn's events. Leaving it before its end gives the turn up."""

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
