"""Delivers answers: each request of a stream gets exactly one final answer, and a late one is marked as late."""

import logging
from collections.abc import Callable, Hashable, Sequence

from bridge.errors import BridgeError
from bridge.logs import note
from bridge.observe.attribution import UNMET, Attribution, attribute
from bridge.observe.stats import ClientCounts
from bridge.policy.work import Cause, Ending, Outcome, Stage
from bridge.streams.delivery_time import DeliveryTimes
from bridge.streams.outbox import ENTRY_BYTES, STATUS_BYTES, Entry, Made, Outlet
from bridge.v1 import error_pb2
from bridge.wire.handlers import Wire
from bridge.wire.request import Request, clock
from bridge.wire.status import outcome_of, rejection

log = logging.getLogger("framebridge.requests")

_SKIPPED = "the server was busy when this frame was due; the next one replaced it"
_LINK_SHARE = 0.5  # of the budget; a link that takes more is mentioned in the status

Pack = Callable[[float], Sequence[Wire]]  # builds an answer's messages when the transport takes them, at that time


def _nothing() -> None:
    """What follows an answer that could not be sent, where nothing has to."""


class Answer(Entry):
    """An answer that waits for the transport. Late by then, or dropped, it becomes a status."""

    __slots__ = ("_at", "_delivery", "_pack", "_request", "_unsent")

    def __init__(
        self,
        delivery: "Delivery",
        request: Request,
        at: float,
        pack: Pack,
        key: Hashable | None,
        unsent: Callable[[], None],
        size: int,
        alone: bool,
    ) -> None:
        self.key, self.size, self.droppable, self.instead, self.alone = key, size, True, None, alone
        self._delivery, self._request, self._at, self._pack, self._unsent = delivery, request, at, pack, unsent

    def send(self) -> Sequence[Wire]:
        now = clock()
        if self._delivery.hand_over(self._request, self._at, now):
            return self._pack(now)
        self._unsent()
        return [self._delivery.missed(self._request, self._at, self._request.late_by(now))]

    def replaced(self) -> Sequence[Wire]:
        self._unsent()
        return [self._delivery.replaced(self._request)]

    def free(self) -> None:
        del self._pack
        self._request.free()

    def dropped(self, why: BridgeError) -> Sequence[Wire]:
        self._unsent()
        late = self._request.late_by(clock())
        if late > 0:
            return [self._delivery.missed(self._request, self._at, late)]
        return [self._delivery.unread(self._request, why)]


class Delivery:
    """The requests of one stream that are owed an answer."""

    def __init__(self, outbox: Outlet, counts: ClientCounts, delivery_times: DeliveryTimes) -> None:
        self._outbox = outbox
        self._counts = counts
        self._delivery_times = delivery_times
        self.owed: set[Request] = set()

    def owe(self, request: Request) -> None:
        """Accept a request: it will get exactly one answer."""
        self.owed.add(request)
        self._counts.asked(request.work)

    def send(self, message: Wire) -> None:
        """Send a message that answers no request."""
        size = len(message) if isinstance(message, bytes) else message.ByteSize()
        self._outbox.put(Made(lambda: [message], ENTRY_BYTES + size))

    def reject(self, request: Request, error: BridgeError) -> None:
        """Answer a request that is malformed, or that the server cannot take now."""
        if not self._settle(request):
            return
        outcome = rejection(error)
        if outcome.disposition == error_pb2.DISPOSITION_REFUSED:
            self._count(request, Ending.REFUSED, Attribution(Stage.QUEUE))
        else:  # malformed: not counted as a request
            self._counts.not_asked(request.work)
        self.send(request.status(outcome))

    def unanswered(self, request: Request, outcome: Outcome, sentence: str = "") -> None:
        """Send the status for a job that ended without an answer."""
        if not self._settle(request):
            return
        self._end(request, outcome.ending, outcome.at, outcome.cause, outcome.stage, sentence, outcome.late_by)

    def end(self, request: Request, ending: Ending, sentence: str, cause: Cause, stage: Stage | None) -> None:
        """Answer a request without a payload, regardless of its job, if it has one."""
        if self._settle(request):
            self._end(request, ending, clock(), cause, stage, sentence)

    def _end(
        self,
        request: Request,
        ending: Ending,
        at: float,
        cause: Cause,
        stage: Stage | None,
        sentence: str,
        late_by: float = 0.0,
    ) -> None:
        attribution = self._attribute(request, ending, at, cause, stage) if ending in UNMET else None
        self._count(request, ending, attribution)
        if ending is Ending.REFUSED:
            self._delivery_times[request.work].relax()
        self.send(
            _ended(request, ending, cause, sentence=sentence, stage=stage, late_by=late_by, attribution=attribution)
        )

    def skip(self, requests: Sequence[Request]) -> None:
        """Supersede requests whose tick was missed; their statuses share one entry."""
        for request in requests:
            self._counts.asked(request.work)
            request.answered = True
            self._count(request, Ending.SUPERSEDED)

        def send() -> Sequence[Wire]:
            return [_ended(request, Ending.SUPERSEDED, sentence=_SKIPPED) for request in requests]

        self._outbox.put(Made(send, ENTRY_BYTES + STATUS_BYTES * len(requests)))

    def answer(
        self,
        request: Request,
        at: float,
        pack: Pack,
        key: Hashable | None = None,
        unsent: Callable[[], None] = _nothing,
        size: int = 4 * STATUS_BYTES,
        *,
        alone: bool = False,
    ) -> None:
        """Answer a request with a payload of `size` bytes that was ready at time `at`, and that is too large for a
        bundle if it goes `alone`.

        If it is late by then, superseded by a newer answer with the same `key`, or dropped because too much is unread,
        a status is sent instead and `unsent` is called.
        """
        if request.answered:
            return
        request.answered = True
        self.owed.discard(request)
        if request.job is not None:
            request.job.strip()  # only `pack` holds the payload while the answer is queued
        self._outbox.put(Answer(self, request, at, pack, key, unsent, ENTRY_BYTES + size, alone))

    def hand_over(self, request: Request, at: float, now: float) -> bool:
        """Count an answer that the transport takes now. False if it is late, and must not be sent."""
        self._delivery_times.observe(request.work, at, now)
        late = now - request.due
        if late > 0:
            if not request.best_effort:
                return False
            self._counts.attributed(request.work, self._attribute(request, Ending.ANSWERED, at))
        taken, took = request.taken, now - request.arrival
        self._counts.answered(
            request.work,
            taken.name,
            took,
            in_budget=late <= 0,
            cheaper=taken.place > 0,
            repeated=request.repeats,
        )
        if log.isEnabledFor(logging.DEBUG):
            _note_answer(request, taken.name, took)
        return True

    def missed(self, request: Request, at: float, late: float) -> Wire:
        """The status of an answer that is late."""
        attribution = self._attribute(request, Ending.ANSWERED, at)
        self._count(request, Ending.MISSED, attribution)
        return _ended(request, Ending.MISSED, late_by=late, attribution=attribution)

    def replaced(self, request: Request) -> Wire:
        """The status of an answer in whose place a newer one is sent."""
        self._count(request, Ending.SUPERSEDED)
        return _ended(request, Ending.SUPERSEDED)

    def unread(self, request: Request, why: BridgeError) -> Wire:
        """The status of an answer that too many unread ones leave no room for."""
        attribution = Attribution(Stage.TRANSPORT)
        self._count(request, Ending.REFUSED, attribution)
        return _ended(request, Ending.REFUSED, Cause.QUEUE_FULL, sentence=str(why), attribution=attribution)

    def _attribute(
        self, request: Request, ending: Ending, at: float, cause: Cause = Cause.NONE, stage: Stage | None = None
    ) -> Attribution:
        return attribute(request, ending, at, self._delivery_times[request.work].seconds, clock(), cause, stage)

    def conclude(
        self,
        request: Request,
        ending: Ending,
        entry: Entry,
        *,
        seconds: float,
        attribution: Attribution | None = None,
    ) -> None:
        """Finish a streamed answer, whose first part took `seconds`. `attribution` is set if that was late, or the
        request was refused.
        """
        if not self._settle(request):
            return
        if ending is Ending.ANSWERED:
            self._counts.answered(
                request.work, request.rung, seconds, in_budget=attribution is None, cheaper=request.fallback is not None
            )
            if attribution is not None:
                self._counts.attributed(request.work, attribution)
            note(log, logging.DEBUG, "answered", request=request.id, work=request.work, model_version=request.version)
        else:
            self._count(request, ending, attribution if ending in UNMET else None)
        self._outbox.put(entry)

    def drop_all(self) -> list[Request]:
        """End all outstanding requests as cancelled, and return them: the stream has ended."""
        dropped = list(self.owed)
        for request in dropped:
            self._settle(request)
            self._count(request, Ending.CANCELLED)
        return dropped

    def _settle(self, request: Request) -> bool:
        if request.answered:
            return False
        request.answered = True
        self.owed.discard(request)
        return True

    def _count(self, request: Request, ending: Ending, attribution: Attribution | None = None) -> None:
        self._counts.ended(request.work, ending)
        if attribution is not None:
            self._counts.attributed(request.work, attribution)
        level = logging.WARNING if ending is Ending.FAILED else logging.DEBUG
        if log.isEnabledFor(level):
            details = {"request": request.id, "work": request.work, "model_version": request.version}
            if attribution is not None:
                details.update(stage=attribution.stage.value, blocked_by=attribution.model)
            note(log, level, ending.value, **details)


def _note_answer(request: Request, rung: str, took: float) -> None:
    note(
        log,
        logging.DEBUG,
        "answered",
        request=request.id,
        work=request.work,
        model_version=request.version,
        rung=rung,
        milliseconds=round(took * 1e3, 3),
    )


def _ended(
    request: Request,
    ending: Ending,
    cause: Cause = Cause.NONE,
    *,
    sentence: str = "",
    stage: Stage | None = None,
    late_by: float = 0.0,
    attribution: Attribution | None = None,
) -> Wire:
    """The status sent in place of an answer."""
    because = blocked_by = ""
    if attribution is not None:
        because = _link_of(request) + str(attribution)
        stage, blocked_by = request.stage_for_client(attribution.stage), attribution.model
    timing = request.timing(clock())
    status = outcome_of(
        ending,
        cause,
        timing,
        sentence=sentence,
        because=because,
        stage=stage,
        blocked_by=blocked_by,
        late_by=late_by,
    )
    return request.status(status)


def _link_of(request: Request) -> str:
    """How much of the budget the link takes, if that is a large share."""
    terms = request.terms
    if terms.link < _LINK_SHARE * terms.budget:
        return ""
    return f"the link takes {terms.link * 1e3:.0f} of {terms.budget * 1e3:.0f} ms; "
