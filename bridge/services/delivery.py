"""Sees to it that every request of a stream gets exactly one final answer, and that none of them is late unmarked."""

import logging
from collections.abc import Callable, Hashable, Sequence

from bridge.errors import BridgeError
from bridge.services.allowance import Allowance
from bridge.services.blame import UNMET, Blame, blame_of
from bridge.services.journal import note
from bridge.services.outbox import Letter, Outbox
from bridge.services.request import Request, clock
from bridge.services.stats import ClientCounts
from bridge.services.status import outcome_of, rejection
from bridge.services.wire import Wire
from bridge.v1 import error_pb2, timing_pb2
from bridge.work import Ending, Job, Outcome, Rung, Stage

log = logging.getLogger("framebridge.requests")

_SLEPT_THROUGH = "the server was busy when this frame was due; the next one took its place"
_TELLING_SHARE = 0.5  # of the budget: a link that takes more is told of

Pack = Callable[[timing_pb2.Timing], Sequence[Wire]]


class Delivery:
    """The requests of one stream that are owed an answer."""

    def __init__(self, outbox: Outbox, counts: ClientCounts, allowances: dict[str, Allowance]) -> None:
        self._outbox = outbox
        self._counts = counts
        self._allowances = allowances
        self.owed: set[Request] = set()

    def owe(self, request: Request) -> None:
        """A request was accepted: it will get one answer."""
        self.owed.add(request)
        self._counts.asked(request.work)

    def say(self, message: Wire) -> None:
        """Send what answers no request."""
        self._outbox.put(Letter(lambda: [message]))

    def reject(self, request: Request, error: BridgeError) -> None:
        """Answer a request that is found to be wrong in itself, or that the server cannot take now."""
        if not self._settle(request):
            return
        outcome = rejection(error)
        if outcome.disposition == error_pb2.DISPOSITION_REFUSED:
            self._count(request, Ending.REFUSED, Blame(Stage.QUEUE))
        else:  # neither accepted nor refused: it was never a request
            self._counts.not_asked(request.work)
        self.say(request.status(outcome))

    def unanswered(self, request: Request, outcome: Outcome, sentence: str = "") -> None:
        """Answer a request by what became of its job."""
        if not self._settle(request):
            return
        blame = self._blame(request, outcome) if outcome.ending in UNMET else None
        self._count(request, outcome.ending, blame)
        if outcome.ending is Ending.REFUSED:
            self._allowances[request.work].relax()
        self.say(_unanswered(request, outcome, sentence, blame))

    def pass_over(self, requests: Sequence[Request]) -> None:
        """Answer requests whose time has passed unseen, all in one letter: a newer one takes their place."""
        for request in requests:
            self._counts.asked(request.work)
            request.answered = True
            self._count(request, Ending.SUPERSEDED)
        job = Job(0, "", requests[0].work, requests[0].arrival, (Rung(""),))
        outcome = Outcome(job, Ending.SUPERSEDED, clock())
        self._outbox.put(Letter(lambda: [_unanswered(request, outcome, _SLEPT_THROUGH) for request in requests]))

    def answer(
        self,
        request: Request,
        outcome: Outcome,
        pack: Pack,
        key: Hashable = None,
        unsent: Callable[[], None] = lambda: None,
    ) -> None:
        """Answer a request with a payload; `pack` makes its messages when the transport takes them.

        Should that be too late, or a newer answer of `key` be waiting, a status goes instead and `unsent` is called.
        """
        if not self._settle(request):
            return

        def send() -> Sequence[Wire]:
            now = clock()
            self._allowances[request.work].observe(now - outcome.at)
            late = request.late_by(now)
            if late > 0 and not request.best_effort:
                unsent()
                return [self._missed(request, outcome, late)]
            self._count_answer(request, now)
            if late > 0:
                self._counts.blamed(request.work, self._blame(request, outcome))
            return pack(request.timing(now))

        def replaced() -> Sequence[Wire]:
            self._count(request, Ending.SUPERSEDED)
            unsent()
            return [_unanswered(request, outcome._replace(ending=Ending.SUPERSEDED))]

        self._outbox.put(Letter(send, key, replaced))

    def _missed(self, request: Request, outcome: Outcome, late: float) -> Wire:
        blame = self._blame(request, outcome)
        self._count(request, Ending.MISSED, blame)
        return _unanswered(request, outcome._replace(ending=Ending.MISSED, late_by=late), blame=blame)

    def _blame(self, request: Request, outcome: Outcome) -> Blame:
        return blame_of(request, outcome, self._allowances[request.work].seconds, clock())

    def conclude(
        self, request: Request, ending: Ending, letter: Letter, *, seconds: float, blame: Blame | None = None
    ) -> None:
        """Answer a request that has sent parts of its answer already, the first of them after `seconds`; with somebody
        to blame it was late or refused.
        """
        if not self._settle(request):
            return
        if ending is Ending.ANSWERED:
            self._counts.answered(
                request.work, request.rung, seconds, in_budget=blame is None, cheaper=bool(request.stepped_down)
            )
            if blame is not None:
                self._counts.blamed(request.work, blame)
            note(log, logging.DEBUG, "answered", request=request.id, work=request.work, model_version=request.version)
        else:
            self._count(request, ending, blame if ending in UNMET else None)
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

    def _count(self, request: Request, ending: Ending, blame: Blame | None = None) -> None:
        self._counts.ended(request.work, ending)
        if blame is not None:
            self._counts.blamed(request.work, blame)
        level = logging.WARNING if ending is Ending.FAILED else logging.DEBUG
        if log.isEnabledFor(level):
            told = {"request": request.id, "work": request.work, "model_version": request.version}
            if blame is not None:
                told.update(stage=blame.stage.value, blocked_by=blame.model)
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


def _unanswered(request: Request, outcome: Outcome, sentence: str = "", blame: Blame | None = None) -> Wire:
    """The status that goes in place of an answer."""
    because = ""
    if blame is not None:
        because = _link_of(request) + str(blame)
        outcome = outcome._replace(stage=request.told(blame.stage), blocked_by=blame.model)
    return request.status(outcome_of(outcome, request.timing(clock()), sentence, because))


def _link_of(request: Request) -> str:
    """What the link takes, where that is much of the budget."""
    worth = request.worth
    if worth.link < _TELLING_SHARE * worth.budget:
        return ""
    return f"the link takes {worth.link * 1e3:.0f} of {worth.budget * 1e3:.0f} ms; "
