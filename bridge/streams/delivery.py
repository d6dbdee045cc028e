"""Sees to it that every request of a stream gets exactly one final answer, and that none of them is late unmarked."""

import logging
from collections.abc import Callable, Hashable, Sequence

from bridge.errors import BridgeError
from bridge.logs import note
from bridge.observe.attribution import UNMET, Attribution, attribute
from bridge.observe.stats import ClientCounts
from bridge.policy.work import Cause, Ending, Outcome, Stage
from bridge.streams.delivery_time import DeliveryTime
from bridge.streams.outbox import LETTER_BYTES, STATUS_BYTES, Letter, Outbox
from bridge.v1 import error_pb2, timing_pb2
from bridge.wire.handlers import Wire
from bridge.wire.request import Request, clock
from bridge.wire.status import outcome_of, rejection

log = logging.getLogger("framebridge.requests")

_SLEPT_THROUGH = "the server was busy when this frame was due; the next one took its place"
_TELLING_SHARE = 0.5  # of the budget: a link that takes more is told of

Pack = Callable[[timing_pb2.Timing], Sequence[Wire]]


class Delivery:
    """The requests of one stream that are owed an answer."""

    def __init__(self, outbox: Outbox, counts: ClientCounts, delivery_times: dict[str, DeliveryTime]) -> None:
        self._outbox = outbox
        self._counts = counts
        self._delivery_times = delivery_times
        self.owed: set[Request] = set()

    def owe(self, request: Request) -> None:
        """A request was accepted: it will get one answer."""
        self.owed.add(request)
        self._counts.asked(request.work)

    def say(self, message: Wire) -> None:
        """Send what answers no request."""
        size = len(message) if isinstance(message, bytes) else message.ByteSize()
        self._outbox.put(Letter(lambda: [message], size=LETTER_BYTES + size))

    def reject(self, request: Request, error: BridgeError) -> None:
        """Answer a request that is malformed, or that the server cannot take now."""
        if not self._settle(request):
            return
        outcome = rejection(error)
        if outcome.disposition == error_pb2.DISPOSITION_REFUSED:
            self._count(request, Ending.REFUSED, Attribution(Stage.QUEUE))
        else:  # neither accepted nor refused: it was never a request
            self._counts.not_asked(request.work)
        self.say(request.status(outcome))

    def unanswered(self, request: Request, outcome: Outcome, sentence: str = "") -> None:
        """Answer a request by what became of its job."""
        if not self._settle(request):
            return
        attribution = self._attribute(request, outcome) if outcome.ending in UNMET else None
        self._count(request, outcome.ending, attribution)
        if outcome.ending is Ending.REFUSED:
            self._delivery_times[request.work].relax()
        self.say(_unanswered(request, outcome, sentence, attribution))

    def end(self, request: Request, ending: Ending, sentence: str, cause: Cause, stage: Stage | None) -> None:
        """Answer a request without a payload, whatever becomes of its job, if it has one."""
        if request.job is not None:
            self.unanswered(request, Outcome(request.job, ending, clock(), cause=cause, stage=stage), sentence)
        elif self._settle(request):
            attribution = (
                Attribution(stage or Stage.QUEUE, total=clock() - request.arrival) if ending in UNMET else None
            )
            self._count(request, ending, attribution)
            if ending is Ending.REFUSED:
                self._delivery_times[request.work].relax()
            self.say(_ended(request, ending, cause, sentence=sentence, stage=stage, attribution=attribution))

    def pass_over(self, requests: Sequence[Request]) -> None:
        """Answer requests whose time has passed unseen, all in one letter: a newer one takes their place."""
        for request in requests:
            self._counts.asked(request.work)
            request.answered = True
            self._count(request, Ending.SUPERSEDED)

        def send() -> Sequence[Wire]:
            return [_ended(request, Ending.SUPERSEDED, sentence=_SLEPT_THROUGH) for request in requests]

        self._outbox.put(Letter(send, size=LETTER_BYTES + STATUS_BYTES * len(requests)))

    def answer(
        self,
        request: Request,
        outcome: Outcome,
        pack: Pack,
        key: Hashable = None,
        unsent: Callable[[], None] = lambda: None,
        size: int = 4 * STATUS_BYTES,
    ) -> None:
        """Answer a request with a payload of `size` bytes; `pack` makes its messages when the transport takes them.

        Should that be too late, a newer answer of `key` be waiting, or too much be unread, a status goes instead and
        `unsent` is called.
        """
        if not self._settle(request):
            return
        outcome = outcome._replace(value=None)  # while the answer waits, `pack` alone keeps what it needs
        outcome.job.strip()

        def send() -> Sequence[Wire]:
            return self._sent(request, outcome, pack, unsent)

        def replaced() -> Sequence[Wire]:
            self._count(request, Ending.SUPERSEDED)
            unsent()
            return [_unanswered(request, outcome._replace(ending=Ending.SUPERSEDED))]

        def dropped(error: BridgeError) -> Sequence[Wire]:
            unsent()
            late = request.late_by(clock())
            return [self._missed(request, outcome, late) if late > 0 else self._unread(request, outcome, error)]

        self._outbox.put(Letter(send, key, replaced, dropped, LETTER_BYTES + size))

    def _sent(self, request: Request, outcome: Outcome, pack: Pack, unsent: Callable[[], None]) -> Sequence[Wire]:
        """The transport takes an answer: its messages, or a status where it is too late by now."""
        now = clock()
        self._delivery_times[request.work].observe(now - outcome.at)
        late = request.late_by(now)
        if late > 0 and not request.best_effort:
            unsent()
            return [self._missed(request, outcome, late)]
        self._count_answer(request, now)
        if late > 0:
            self._counts.attributed(request.work, self._attribute(request, outcome))
        return pack(request.timing(now))

    def _missed(self, request: Request, outcome: Outcome, late: float) -> Wire:
        attribution = self._attribute(request, outcome)
        self._count(request, Ending.MISSED, attribution)
        return _unanswered(request, outcome._replace(ending=Ending.MISSED, late_by=late), attribution=attribution)

    def _unread(self, request: Request, outcome: Outcome, error: BridgeError) -> Wire:
        attribution = Attribution(Stage.TRANSPORT)
        self._count(request, Ending.REFUSED, attribution)
        refused = outcome._replace(ending=Ending.REFUSED, cause=Cause.QUEUE_FULL, stage=Stage.TRANSPORT)
        return _unanswered(request, refused, str(error), attribution)

    def _attribute(self, request: Request, outcome: Outcome) -> Attribution:
        return attribute(request, outcome, self._delivery_times[request.work].seconds, clock())

    def conclude(
        self,
        request: Request,
        ending: Ending,
        letter: Letter,
        *,
        seconds: float,
        attribution: Attribution | None = None,
    ) -> None:
        """Finish a request that has sent parts of its answer already, the first after `seconds`. `attribution` is given
        if it was late or refused.
        """
        if not self._settle(request):
            return
        if ending is Ending.ANSWERED:
            self._counts.answered(
                request.work, request.rung, seconds, in_budget=attribution is None, cheaper=bool(request.stepped_down)
            )
            if attribution is not None:
                self._counts.attributed(request.work, attribution)
            note(log, logging.DEBUG, "answered", request=request.id, work=request.work, model_version=request.version)
        else:
            self._count(request, ending, attribution if ending in UNMET else None)
        self._outbox.put(letter)

    def drop_all(self) -> list[Request]:
        """The stream is over: nobody waits any more. Returns the requests that were still owed."""
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
            told = {"request": request.id, "work": request.work, "model_version": request.version}
            if attribution is not None:
                told.update(stage=attribution.stage.value, blocked_by=attribution.model)
            note(log, level, ending.value, **told)

    def _count_answer(self, request: Request, now: float) -> None:
        took = now - request.arrival
        self._counts.answered(
            request.work,
            request.rung,
            took,
            in_budget=request.late_by(now) <= 0,
            cheaper=request.rung_index > 0,
            repeated=request.repeats,
        )
        if log.isEnabledFor(logging.DEBUG):
            note(
                log,
                logging.DEBUG,
                "answered",
                request=request.id,
                work=request.work,
                model_version=request.version,
                rung=request.rung,
                milliseconds=round(took * 1e3, 3),
            )


def _unanswered(request: Request, outcome: Outcome, sentence: str = "", attribution: Attribution | None = None) -> Wire:
    """The status that goes in place of an answer, by what became of a job."""
    return _ended(
        request,
        outcome.ending,
        outcome.cause,
        sentence=sentence,
        stage=outcome.stage,
        blocked_by=outcome.blocked_by,
        late_by=outcome.late_by,
        attribution=attribution,
    )


def _ended(
    request: Request,
    ending: Ending,
    cause: Cause = Cause.NONE,
    *,
    sentence: str = "",
    stage: Stage | None = None,
    blocked_by: str = "",
    late_by: float = 0.0,
    attribution: Attribution | None = None,
) -> Wire:
    """The status that goes in place of an answer."""
    because = ""
    if attribution is not None:
        because = _link_of(request) + str(attribution)
        stage, blocked_by = request.stage_for_client(attribution.stage), attribution.model
    timing = request.timing(clock())
    told = outcome_of(
        ending,
        cause,
        timing,
        sentence=sentence,
        because=because,
        stage=stage,
        blocked_by=blocked_by,
        late_by=late_by,
    )
    return request.status(told)


def _link_of(request: Request) -> str:
    """What the link takes, where that is much of the budget."""
    terms = request.terms
    if terms.link < _TELLING_SHARE * terms.budget:
        return ""
    return f"the link takes {terms.link * 1e3:.0f} of {terms.budget * 1e3:.0f} ms; "
