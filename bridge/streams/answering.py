"""The life of a request, written once: owed, given to the device, heard of, answered or not.

A capability adds how a request can be answered (`rungs`), what becomes of the device's output (`take`, and `add` for
one that comes in pieces), and what it keeps beside a request that gets no answer (`lost`).
"""

from collections.abc import Hashable, Iterable
from functools import partial
from typing import Generic, TypeVar

from bridge.errors import BridgeError
from bridge.observe.counters import device_seconds
from bridge.policy.work import Cause, Ending, Job, Outcome, Rung, Stage
from bridge.streams.backend import Backend
from bridge.streams.stream import Stream
from bridge.wire.request import Request

Asked = TypeVar("Asked", bound=Request)


class Answering(Generic[Asked]):
    """The requests of one stream. Belongs to the event loop."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._session = stream.session
        self._backend: Backend = stream.backend
        self._delivery = stream.delivery

    # -- what a capability says ----------------------------------------------------------------------------------------

    def check(self) -> None:
        """ShuttingDown once the server takes nothing new."""
        self._backend.check_open()

    def rungs(self, request: Asked) -> tuple[Rung, ...]:
        """How it can be answered, best first. Any BridgeError rejects the request."""
        raise NotImplementedError

    def key(self, request: Asked) -> Hashable:
        """Its slot: a newer request of the same slot replaces it until it has started. None: nothing does."""
        return None

    def job(self, request: Asked, rungs: tuple[Rung, ...]) -> Job:
        """The job that answers it."""
        return self._backend.job(request, rungs, self._session, supersede_key=self.key(request))

    def take(self, request: Asked, outcome: Outcome) -> None:
        """The device is done with it, or the rung taken needs no device: answer it."""
        raise NotImplementedError

    def add(self, request: Asked, outcome: Outcome) -> None:
        """A piece of its answer; more follow."""
        raise NotImplementedError

    def fail(self, request: Asked, outcome: Outcome) -> None:
        """Its job ended without an answer: send the status in its place."""
        self._delivery.unanswered(request, outcome)

    def lost(self, request: Asked) -> None:
        """It got no answer."""

    def settled(self, request: Asked, outcome: Outcome) -> Outcome:
        """Its job has ended: free what only that needed."""
        return outcome

    # -- the life of a request -----------------------------------------------------------------------------------------

    def submit(self, *requests: Asked) -> None:
        """Give requests to the device, together: the scheduler knows all of them before it decides."""
        entries = []
        for request in requests:
            try:
                self.check()
                rungs = self.rungs(request)
            except BridgeError as error:
                self.reject(request, error)
                continue
            request.job = self.job(request, rungs)
            entries.append((request.job, partial(self._heard, request)))
        self._backend.engine.submit(*entries)

    def _heard(self, request: Asked, outcome: Outcome) -> None:
        self._count(request, outcome)
        if outcome.ending is Ending.PARTIAL:
            if not request.answered:
                self.add(request, outcome)
            return
        outcome = self.settled(request, outcome)
        if request.answered:
            self.lost(request)
        elif outcome.ending is Ending.ANSWERED:
            self.take(request, outcome)
        else:
            self.fail(request, outcome)
            self.lost(request)

    def _count(self, request: Asked, outcome: Outcome) -> None:
        """Count the device time since its last piece."""
        account = outcome.job.account
        total = device_seconds(account)
        self._session.counts.ran(request.work, account.batch, total - request.counted)
        request.counted = total

    def reject(self, request: Asked, error: BridgeError) -> None:
        """It is malformed, or the server cannot take it now."""
        self._delivery.reject(request, error)
        self.lost(request)

    def end(
        self,
        request: Asked,
        ending: Ending,
        sentence: str = "",
        cause: Cause = Cause.NONE,
        stage: Stage | None = None,
    ) -> None:
        """Answer it without a payload, whatever becomes of its job."""
        self._delivery.end(request, ending, sentence, cause, stage)

    def is_stale(self, request: Asked, index: int, newest_sent: int) -> bool:
        """Whether a newer request was answered first; then this one is superseded."""
        if newest_sent <= index:
            return False
        self.end(request, Ending.SUPERSEDED)
        self.lost(request)
        return True

    def withdraw(self, requests: Iterable[Asked], sentence: str) -> None:
        """The client no longer wants an answer."""
        for request in list(requests):
            self.cancel(request)
            self.end(request, Ending.CANCELLED, sentence)

    def cancel(self, request: Asked) -> None:
        """Take it off the device."""
        if request.job is not None:
            self._backend.engine.cancel(request.job)

    def close(self) -> None:
        """The stream is over."""
        for request in self._delivery.drop_all():
            self.cancel(request)  # type: ignore[arg-type]
