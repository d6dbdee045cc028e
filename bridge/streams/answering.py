"""The life of a request, shared by all capabilities: accept, submit to the device, answer or end without an answer.

A capability adds the ways to answer a request (`rungs`), turns the device's output into an answer (`take`, and `add`
for streamed output), and cleans up after a request that gets none (`lost`).
"""

from collections.abc import Callable, Hashable, Iterable
from copy import copy
from functools import partial
from typing import Generic, Protocol, TypeVar

from bridge.errors import BridgeError
from bridge.policy.work import Cause, Ending, Job, Outcome, Rung, Stage
from bridge.streams.backend import Backend
from bridge.streams.stream import Stream
from bridge.wire.request import Request

Asked = TypeVar("Asked", bound=Request)


class Runner(Protocol):
    """Where jobs run: the engine with its device, or the endpoint of a remote model."""

    def submit(self, job: Job, listener: Callable[[Outcome], None]) -> None:
        """Start a job. The listener is called on the event loop: for partial outputs, then once for the end."""
        ...

    def cancel(self, job: Job) -> None:
        """End a job early."""
        ...


class Answering(Generic[Asked]):
    """The requests of one stream. Belongs to the event loop."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._session = stream.session
        self._backend: Backend = stream.backend
        self._runner: Runner = stream.backend.engine
        self._delivery = stream.delivery

    # -- overridden by capabilities ------------------------------------------------------------------------------------

    def check(self) -> None:
        """The server is stopping: ShuttingDown, unless the request has a right to be answered still."""
        self._backend.check_open()

    def rungs(self, request: Asked) -> tuple[Rung, ...]:
        """The ways to answer a request, best first. Any BridgeError rejects it."""
        raise NotImplementedError

    def key(self, request: Asked) -> Hashable:
        """The supersede key: a newer request with the same key replaces one that has not started. None: never."""
        return None

    def job(self, request: Asked, rungs: tuple[Rung, ...]) -> Job:
        """The job that answers a request."""
        return self._backend.job(request, rungs, self._session, supersede_key=self.key(request))

    def take(self, request: Asked, outcome: Outcome) -> None:
        """Answer a request: the device is done, or the rung taken needs no device."""
        raise NotImplementedError

    def add(self, request: Asked, outcome: Outcome) -> None:
        """Handle a partial output; more follow."""
        raise NotImplementedError

    def fail(self, request: Asked, outcome: Outcome) -> None:
        """Send a status: the job ended without an answer."""
        self._delivery.unanswered(request, outcome)

    def lost(self, request: Asked) -> None:
        """Clean up after a request that got no answer."""

    def settled(self, request: Asked, outcome: Outcome) -> Outcome:
        """Free what only the job needed: it has ended."""
        return outcome

    def stripped(self, request: Asked, outcome: Outcome) -> Outcome:
        """An outcome whose job holds no inputs any more: the answer may stay unread for long. A job that ended early
        may still be in flight, so this strips a copy of it.
        """
        if outcome.ending is Ending.ANSWERED:
            outcome.job.strip()
            return outcome
        job = copy(outcome.job)
        job.rungs, job.flight = tuple(rung._replace(input=None, make=None) for rung in job.rungs), None
        if request.job is outcome.job:
            request.job = job
        return outcome._replace(job=job)

    # -- the life of a request -----------------------------------------------------------------------------------------

    def submit(self, *requests: Asked) -> None:
        """Submit requests to the device."""
        for request in requests:
            try:
                if self._backend.stopping:
                    self.check()
                rungs = self.rungs(request)
            except BridgeError as error:
                self.reject(request, error)
                continue
            request.job = self.job(request, rungs)
            self._runner.submit(request.job, partial(self._heard, request))

    def _heard(self, request: Asked, outcome: Outcome) -> None:
        account = outcome.job.account
        if account.batch:  # count the device time since the last output
            total = account.compute + account.encode
            self._session.counts.ran(request.work, account.batch, total - request.counted)
            request.counted = total
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

    def reject(self, request: Asked, error: BridgeError) -> None:
        """Reject a request that is malformed, or that the server cannot take now."""
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
        """Answer a request without a payload, regardless of its job."""
        self._delivery.end(request, ending, sentence, cause, stage)

    def is_stale(self, request: Asked, index: int, newest_sent: int) -> bool:
        """Whether a newer request was answered first; ends this one as superseded if so."""
        if newest_sent <= index:
            return False
        self.end(request, Ending.SUPERSEDED)
        self.lost(request)
        return True

    def withdraw(self, requests: Iterable[Asked], sentence: str) -> None:
        """Cancel requests that the client no longer wants answered."""
        for request in list(requests):
            self.cancel(request)
            self.end(request, Ending.CANCELLED, sentence)

    def cancel(self, request: Asked) -> None:
        """Cancel the job, if there is one."""
        if request.job is not None:
            self._runner.cancel(request.job)

    def close(self) -> None:
        """Cancel all outstanding requests: the stream has ended."""
        for request in self._delivery.drop_all():
            self.cancel(request)  # type: ignore[arg-type]
