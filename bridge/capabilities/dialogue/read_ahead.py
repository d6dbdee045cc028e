"""Read-ahead: prefills the history of a conversation into the cache while the server is idle.

When a turn leaves so much history that the next one would have to cut it, it is cut at once, permanently, and the rest
is prefilled. Otherwise the next turn would have to prefill half of the context before its first token. Any other turn
leaves in the cache all that it has read and said.

It never delays a turn: one history at a time, chunk by chunk as a background job, only while no turn is in progress on
the whole server. A new turn cancels it at once. Chunks prefilled so far stay cached, for the turn to use and for
the read-ahead to resume from: a server where someone speaks every few seconds would otherwise never finish one. A
failure is only logged; the turn then prefills everything itself.
"""

import asyncio
import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bridge.capabilities.dialogue.conversation import Conversation, Line
from bridge.capabilities.dialogue.preparation import Preparation, PromptJob
from bridge.device.engine import Engine
from bridge.device.roster import Roster
from bridge.errors import BridgeError
from bridge.observe.stats import ClientCounts
from bridge.policy.replies import Replies
from bridge.policy.work import Ending, Job, Outcome, Owner, Rung
from bridge.wire.request import clock

log = logging.getLogger("framebridge.readings")

WORK = "dialogue"
MOST_WAITING = 64  # conversations; beyond that the oldest request is dropped


def adapter_of(name: str | None) -> dict[str, str]:
    """The argument of a program that has adapters; nothing for one that need not know of them."""
    return {} if name is None else {"adapter": name}


class ActiveTurn(Protocol):
    """A turn in progress, from its arrival."""

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ReadRequest:
    """A conversation whose history to prefill, for a next turn like the last one."""

    conversation: Conversation
    owner: Owner
    counts: ClientCounts
    sampling: Any
    adapter: str | None = None


class ReadAhead:
    """The read-ahead requests queued, and the one in progress. Belongs to the event loop."""

    def __init__(self, engine: Engine, roster: Roster, replies: Replies, preparation: Preparation, lane: str) -> None:
        self._engine, self._roster, self._replies, self._preparation = engine, roster, replies, preparation
        self._lane = lane
        self._requests: dict[Conversation, ReadRequest] = {}  # oldest first
        self._active: set[ActiveTurn] = set()
        self._prompt_job: PromptJob | None = None  # the history being tokenised
        self._reading: Any = None  # the prefill on the device
        self._current: ReadRequest | None = None  # the request of `_prompt_job` or `_reading`
        self._job: Job | None = None
        self._task: asyncio.Task[None] | None = None  # awaits `_prompt_job`
        self._closed = False

    def __len__(self) -> int:
        return len(self._requests)

    # -- turns in progress ---------------------------------------------------------------------------------------------

    def yield_to(self, turn: ActiveTurn) -> None:
        """Stop reading ahead until this turn is over."""
        self._active = {other for other in self._active if not other.over} | {turn}
        self._stop()

    def schedule(self) -> None:
        """Start the next read-ahead in a later iteration of the event loop, if the server is idle then."""
        if not self._closed:
            asyncio.get_running_loop().call_soon(self._begin)

    @property
    def _idle(self) -> bool:
        self._active = {turn for turn in self._active if not turn.over}
        return not self._active and not self._replies

    # -- requests ------------------------------------------------------------------------------------------------------

    def request(self, request: ReadRequest) -> None:
        """Queue the history of a conversation; replaces an earlier request for it."""
        self._requests.pop(request.conversation, None)
        self._requests[request.conversation] = request
        if len(self._requests) > MOST_WAITING:
            del self._requests[next(iter(self._requests))]

    def drop(self, conversation: Conversation) -> None:
        """Drop the request of a conversation: its next turn has begun, or it was forgotten."""
        request = self._requests.pop(conversation, None)
        if request is not None and request is self._current:
            self._stop()
            self.schedule()

    def drop_all(self) -> None:
        """Drop all requests: the model is being unloaded."""
        self._requests.clear()
        self._stop()

    def close(self) -> None:
        """Stop for good."""
        self._closed = True
        self.drop_all()

    # -- reading -------------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Cancel the read-ahead in progress. What has been prefilled stays in its slot."""
        self._current = None
        if self._prompt_job is not None:
            self._preparation.drop(self._prompt_job)
            self._prompt_job = None
        if self._reading is not None:
            self._reading.release()
            self._reading = None
        if self._job is not None:
            self._engine.cancel(self._job)
            self._job = None

    def _begin(self) -> None:
        if (
            self._closed
            or self._prompt_job is not None
            or self._job is not None
            or not self._requests
            or not self._idle
        ):
            return
        request = next(iter(self._requests.values()))
        make = functools.partial(
            self._tokenise, request, request.conversation.history(request.conversation.personas("")[0])
        )
        try:
            self._prompt_job, self._current = self._preparation.submit(request.owner.identity, request, make), request
        except BridgeError as error:
            self._finish(request, error)
        else:
            self._task = asyncio.get_running_loop().create_task(self._read_when_ready(self._prompt_job, request))

    def _tokenise(self, request: ReadRequest, lines: Sequence[Line]) -> Any:
        """The prefill of a history. Runs on a thread."""
        messages = self._roster.processor(WORK).messages(lines)
        key, sampling, adapter = request.conversation.key, request.sampling, adapter_of(request.adapter)
        return self._roster.program(WORK).reading(key, messages, sampling, **adapter)

    async def _read_when_ready(self, prompt_job: PromptJob, request: ReadRequest) -> None:
        reading, failure = None, None
        try:
            reading = await prompt_job.done
        except Exception as error:
            failure = error
        if self._prompt_job is not prompt_job:  # cancelled by a turn meanwhile
            if reading is not None:
                reading.release()
            return
        self._prompt_job = None
        if reading is None:
            self._finish(request, failure)
        else:
            self._read(request, reading)

    def _read(self, request: ReadRequest, reading: Any) -> None:
        request.conversation.cut(reading.dropped)
        worthwhile = reading.worthwhile
        if not worthwhile or not reading.reserve():
            reading.release()
            self._finish(request, "no free room in the cache" if worthwhile else None)
            return
        self._reading = reading
        self._job = Job(
            id=self._engine.next_id(),
            client=request.owner.client,
            identity=request.owner.identity,
            work=WORK,
            arrival=clock(),
            rungs=(Rung(self._lane, self._lane, reading),),
            background=True,
        )
        self._engine.submit(self._job, functools.partial(self._heard, request, reading))

    def _heard(self, request: ReadRequest, reading: Any, outcome: Outcome) -> None:
        if outcome.ending is Ending.PARTIAL:
            return
        reading.release()
        if (account := outcome.job.account).compute:
            request.counts.ran(WORK, account.batch, account.compute)
        if self._reading is not reading:
            return  # cancelled meanwhile
        self._reading = self._job = None
        self._finish(request, None if outcome.ending is Ending.ANSWERED else outcome.value or outcome.cause)

    def _finish(self, request: ReadRequest, why: object) -> None:
        """End a request; `why` is the reason if it failed."""
        if why is not None:
            log.info("read-ahead failed: %s", why)
        self._requests.pop(request.conversation, None)
        self._current = None
        self.schedule()
