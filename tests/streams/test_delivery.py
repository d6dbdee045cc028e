"""Exactly one answer for each request, none of them late unmarked: judged at the moment when the transport takes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from bridge.errors import InvalidRequest, Overloaded
from bridge.observe.counters import Counters
from bridge.observe.stats import Stats
from bridge.policy.work import Cause, Ending, Job, Outcome, Rung, Stage
from bridge.streams.delivery import Delivery
from bridge.streams.delivery_time import DeliveryTime, DeliveryTimes
from bridge.streams.late_counts import LateCounts
from bridge.streams.outbox import Entry, Made
from bridge.v1 import error_pb2
from bridge.wire.bounds import Terms
from bridge.wire.request import Request

BUDGET = 0.05
FRAME = b"frame"


@dataclass(slots=True, eq=False, kw_only=True)
class Asked(Request):
    """A request whose status is the outcome itself."""

    number: int

    @property
    def id(self) -> str:
        return f"{self.number}"

    def status(self, outcome: error_pb2.Outcome) -> Any:
        return outcome


class Desk:
    """The requests of one stream; `now` is the time by which all is judged."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("bridge.streams.delivery.clock", lambda: self.now)
        self.entries: list[Entry] = []
        self.unsent: list[str] = []
        self.stats = stats = Stats(("avatar",))
        times = DeliveryTimes(("avatar",))
        self.learned = times["avatar"]
        outbox: Any = self
        self.delivery = Delivery(outbox, stats.client("village"), times)

    @property
    def counts(self) -> Counters:
        return self.stats.totals["avatar"]

    def put(self, entry: Entry) -> None:
        self.entries.append(entry)

    def owe(self, **fields: Any) -> Request:
        number = len(self.delivery.owed)
        job = Job(number, "village", "avatar", self.now, (Rung("avatar.64", "avatar.64"),), self.now + BUDGET)
        request = Asked(number=number, work="avatar", arrival=self.now, terms=Terms(BUDGET), job=job, **fields)
        self.delivery.owe(request)
        return request

    def answer(self, request: Request) -> Entry:
        """The device has made the frame."""
        assert request.job is not None
        outcome = Outcome(request.job, Ending.ANSWERED, self.now, value="large")
        self.delivery.answer(request, outcome.at, lambda now: [FRAME], unsent=lambda: self.unsent.append(request.id))
        return self.entries[-1]

    def endings(self) -> dict[Ending, int]:
        return {ending: count for ending, count in self.counts.endings.items() if count}


def sent(send: Callable[[], Sequence[Any]] | None) -> Any:
    assert send is not None
    (message,) = send()
    return message


def test_an_answer_in_time_is_sent_and_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch)
    entry = desk.answer(desk.owe())
    assert desk.endings() == {}, "it is counted when the transport takes it"
    desk.now = 0.02
    assert sent(entry.send) == FRAME
    assert (desk.endings(), desk.counts.in_budget, desk.unsent) == ({Ending.ANSWERED: 1}, 1, [])
    assert desk.delivery.owed == set()


def test_an_answer_that_is_late_by_then_goes_as_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch)
    entry = desk.answer(desk.owe())
    desk.now = BUDGET + 0.01
    outcome = sent(entry.send)
    assert outcome.disposition == error_pb2.DISPOSITION_MISSED
    assert outcome.over_micros == 10_000
    assert (desk.endings(), desk.counts.in_budget) == ({Ending.MISSED: 1}, 0)
    assert desk.unsent == ["0"], "who made it is told that it did not go"


def test_a_first_frame_goes_however_late_and_is_not_in_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch)
    entry = desk.answer(desk.owe(best_effort=True))
    desk.now = BUDGET + 0.01
    assert sent(entry.send) == FRAME
    assert (desk.endings(), desk.counts.in_budget) == ({Ending.ANSWERED: 1}, 0)
    assert sum(desk.counts.late_stages.values()) == 1, "attributed to a stage"


def test_what_is_answered_is_not_answered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch)
    request = desk.owe()
    assert request.job is not None
    desk.answer(request)
    desk.answer(request)
    desk.delivery.unanswered(request, Outcome(request.job, Ending.MISSED, 0.0, late_by=0.1))
    desk.delivery.end(request, Ending.CANCELLED, "", Cause.NONE, None)
    desk.delivery.reject(request, Overloaded("too many"))
    desk.delivery.conclude(request, Ending.CANCELLED, Made(lambda: [b"done"]), seconds=0.0)
    assert len(desk.entries) == 1
    assert desk.delivery.drop_all() == []
    sent(desk.entries[0].send)
    assert desk.endings() == {Ending.ANSWERED: 1}


def test_an_answer_that_a_newer_one_replaces_goes_as_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch)
    entry = desk.answer(desk.owe())
    assert sent(entry.replaced).disposition == error_pb2.DISPOSITION_SUPERSEDED
    assert (desk.endings(), desk.unsent) == ({Ending.SUPERSEDED: 1}, ["0"])


@pytest.mark.parametrize(("now", "ending"), [(0.01, Ending.REFUSED), (1.0, Ending.MISSED)])
def test_an_answer_without_room_is_refused_or_by_then_missed(
    monkeypatch: pytest.MonkeyPatch, now: float, ending: Ending
) -> None:
    desk = Desk(monkeypatch)
    entry = desk.answer(desk.owe())
    desk.now = now
    assert entry.droppable
    (outcome,) = entry.dropped(Overloaded("too much is unread"))
    assert error_pb2.Disposition.Name(outcome.disposition) == f"DISPOSITION_{ending.name}"
    assert (desk.endings(), desk.unsent) == ({ending: 1}, ["0"])
    assert ("too much is unread" in outcome.error.message) == (ending is Ending.REFUSED)


def test_while_an_answer_waits_only_its_entry_keeps_what_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch)
    request = desk.owe()
    assert request.job is not None
    request.job.intermediate = "large"
    desk.answer(request)
    assert request.job.intermediate is None


def test_a_refusal_is_counted_with_its_stage_and_what_is_malformed_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(monkeypatch)
    desk.delivery.reject(desk.owe(), Overloaded("too many"))
    desk.delivery.reject(desk.owe(), InvalidRequest("no such slot"))
    refused, invalid = (sent(entry.send) for entry in desk.entries)
    assert refused.disposition == error_pb2.DISPOSITION_REFUSED
    assert invalid.disposition == error_pb2.DISPOSITION_INVALID
    assert (desk.counts.requests, desk.endings()) == (1, {Ending.REFUSED: 1})
    assert [stage for stage, _ in desk.counts.late_stages] == [Stage.QUEUE]


def test_what_is_owed_when_the_stream_is_over_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch)
    first, second = desk.owe(), desk.owe()
    desk.answer(first)
    assert desk.delivery.drop_all() == [second]
    assert desk.endings() == {Ending.CANCELLED: 1}
    assert desk.delivery.drop_all() == []


def test_ticks_that_were_slept_through_are_superseded_in_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch)
    passed = [Asked(number=n, work="avatar", arrival=0.0, terms=Terms(BUDGET)) for n in range(3)]
    desk.delivery.skip(passed)
    (entry,) = desk.entries
    assert [outcome.disposition for outcome in entry.send()] == [error_pb2.DISPOSITION_SUPERSEDED] * 3
    assert (desk.counts.requests, desk.endings()) == (3, {Ending.SUPERSEDED: 3})
    assert desk.delivery.owed == set()


def test_each_answer_teaches_how_long_the_way_out_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(monkeypatch)
    before = desk.learned.seconds
    entry = desk.answer(desk.owe())
    desk.now = 0.01
    sent(entry.send)
    learned = desk.learned.seconds
    assert learned > before
    request = desk.owe()
    assert request.job is not None
    desk.delivery.unanswered(
        request, Outcome(request.job, Ending.REFUSED, desk.now, cause=Cause.NO_RUNG_IN_TIME, late_by=0.1)
    )
    assert desk.learned.seconds < learned


def test_one_stall_of_the_loop_moves_the_way_out_little() -> None:
    learned = DeliveryTime()
    before = learned.seconds
    learned.observe(10.0)
    assert before < learned.seconds < 1.5 * before
    for _ in range(200):
        learned.observe(10.0)
    assert learned.seconds == 0.030, "and it never takes more of a budget than that"


def test_counters_of_a_client_rise_by_what_is_new() -> None:
    counts = LateCounts()
    assert [counts.increase(0, count) for count in (3, 5, 5, 0, 6, 2)] == [3, 2, 0, 0, 1, 2]
    assert counts.increase(1, 4) == 4, "each slot by itself"
