"""The life of a request whose answer is one message, written once: given to the device, heard of, answered or not.

What a capability adds is how a request can be answered (`rungs`), what becomes of what the device made (`take`), and
what it keeps beside a request that got no answer (`lost`).
"""

from collections.abc import Hashable, Iterable
from functools import partial
from typing import Generic, TypeVar

from bridge.errors import BridgeError
from bridge.policy.work import Cause, Ending, Outcome, Rung, Stage
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

    def rungs(self, request: Asked) -> tuple[Rung, ...]:
        """The ways to answer, best first. Any BridgeError rejects the request."""
        raise NotImplementedError

    def take(self, request: Asked, outcome: Outcome) -> None:
        """The device is through with it, or the rung taken needs none: answer it."""
        raise NotImplementedError

    def lost(self, request: Asked) -> None:
        """It got no answer."""

    def settled(self, request: Asked, outcome: Outcome) -> Outcome:
        """Its job has ended: let go of what only that needed."""
        return outcome

    # -- the life of a request -----------------------------------------------------------------------------------------

    def submit(self, request: Asked, supersede_key: Hashable) -> None:
        """Give it to the device. A newer one of its key replaces it until it has started."""
        try:
            self._backend.check_open()
            rungs = self.rungs(request)
        except BridgeError as error:
            self.reject(request, error)
            return
        request.job = self._backend.job(request, rungs, self._session, supersede_key=supersede_key)
        self._backend.engine.submit(request.job, partial(self._heard, request))

    def _heard(self, request: Asked, outcome: Outcome) -> None:
        self._session.counts.ran(request.work, outcome.job.account)
        outcome = self.settled(request, outcome)
        if request.answered:
            self.lost(request)
        elif outcome.ending is not Ending.ANSWERED:
            self._delivery.unanswered(request, outcome)
            self.lost(request)
        else:
            self.take(request, outcome)

    def reject(self, request: Asked, error: BridgeError) -> None:
        """It is malformed, or cannot be taken now."""
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
        """Whether a newer request was answered more quickly; then this one is superseded."""
        if newest_sent <= index:
            return False
        self.end(request, Ending.SUPERSEDED)
        self.lost(request)
        return True

    def withdraw(self, requests: Iterable[Asked], sentence: str) -> None:
        """The client wants no answer any more."""
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
