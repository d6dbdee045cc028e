"""Server statistics: counters by kind of work, by session, and by client name.

A session's counters end with it. Counters by name are kept for good, so that they never fall; beyond `MOST_NAMES` names
all others share one.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from bridge.observe.attribution import Attribution
from bridge.observe.counters import BUCKETS, Counters
from bridge.policy.work import Ending
from bridge.v1 import bridge_pb2

MOST_NAMES = 32
OTHER_NAMES = "other"
_NAMELESS = "nameless"
_MOST_NAME_CHARACTERS = 64
_WINDOW = 1024
_MOST_EXPECTED = 256
_SESSION_WINDOW = 256  # answers; 256 sessions with 4 kinds of work hold 2 MiB of floats


class ClientCounts:
    """Counts the events of one session. They are added to its own counters, its client name's and the server's when one
    of these is read, or there are many: an answer is counted in one place, not in three.
    """

    def __init__(self, stats: "Stats", name: str) -> None:
        self.name = name
        self._stats = stats
        self._own: dict[str, Counters] = {}
        self._fresh: dict[str, Counters] = {}  # not added yet, by kind of work

    def rename(self, name: str) -> None:
        """Switch to another client name after a reconnection."""
        self.fold()
        self.name = name

    def own(self, work: str) -> Counters:
        """The session's own counters for a kind of work."""
        self.fold()
        return self._kept(work)

    def _kept(self, work: str) -> Counters:
        if work not in self._own:
            self._own[work] = Counters(_SESSION_WINDOW)
        return self._own[work]

    def fold(self) -> None:
        """Add what was counted since the last time to all counters that it belongs to."""
        for work, fresh in self._fresh.items():
            for counters in (*self._stats.counters_of(self.name, work), self._kept(work)):
                counters.add(fresh)
        self._fresh.clear()

    def _begin(self, work: str) -> Counters:
        self._stats.expect(self)  # first: it may add what was counted before, and begin anew
        fresh = self._fresh[work] = Counters(_SESSION_WINDOW)
        return fresh

    def asked(self, work: str) -> None:
        """Count an accepted request."""
        (self._fresh.get(work) or self._begin(work)).requests += 1

    def not_asked(self, work: str) -> None:
        """Take back an accepted request that turned out to be invalid."""
        (self._fresh.get(work) or self._begin(work)).requests -= 1

    def answered(
        self, work: str, rung: str, seconds: float, *, in_budget: bool, cheaper: bool, repeated: bool = False
    ) -> None:
        """Count an answer with a payload, handed to the transport `seconds` after its request arrived."""
        fresh = self._fresh.get(work) or self._begin(work)
        fresh.endings[Ending.ANSWERED] += 1
        fresh.rungs[rung] = fresh.rungs.get(rung, 0) + 1
        fresh.in_budget += in_budget and not repeated
        fresh.repeated += repeated
        fresh.cheaper += cheaper
        fresh.seconds += seconds
        fresh.buckets[bisect_left(BUCKETS, seconds)] += 1
        fresh.recent.append(seconds)
        if len(fresh.recent) == _SESSION_WINDOW:
            self.fold()

    def ended(self, work: str, ending: Ending) -> None:
        """Count a request that ended without a payload."""
        (self._fresh.get(work) or self._begin(work)).endings[ending] += 1

    def attributed(self, work: str, attribution: Attribution) -> None:
        """Count a late or refused answer under its stage."""
        (self._fresh.get(work) or self._begin(work)).attributed(attribution)

    def ran(self, work: str, batch: int, seconds: float) -> None:
        """Count a job whose run of `batch` rows took `seconds`."""
        if batch:
            fresh = self._fresh.get(work) or self._begin(work)
            fresh.runs += 1
            fresh.batches += batch
            fresh.device += seconds / batch

    def spoke(self, work: str, prompt: int, cached: int, reply: int) -> None:
        """Count the tokens of a reply: of its prompt, of these cached ones, and its own."""
        fresh = self._fresh.get(work) or self._begin(work)
        fresh.prompt_tokens += prompt
        fresh.cached_tokens += cached
        fresh.reply_tokens += reply

    def npc(self, work: str, **numbers: int) -> None:
        """Count what became of an NPC's sentences, actions and of what a player said, by the names of `NPC`."""
        fresh = self._fresh.get(work) or self._begin(work)
        for name, number in numbers.items():
            if number:
                fresh.npc[name] = fresh.npc.get(name, 0) + number

    def late_at_client(self, work: str, count: int) -> int:
        """Count answers reported late by the client. Returns how many are believed: no more than were sent in time."""
        if not count:
            return 0
        own = self.own(work)
        count = min(count, own.in_budget - own.late_at_client)
        self._begin(work).late_at_client += count
        return count

    def message(self, session_id: str) -> bridge_pb2.ClientStats:
        """The wire message, with the kinds of work this session has used."""
        self.fold()
        work = [self._own[name].message(name) for name in self._stats.totals if name in self._own]
        return bridge_pb2.ClientStats(session=session_id[:8], client_name=self.name, work=work)


class Stats:
    """All counters of one server. Belongs to the event loop."""

    def __init__(self, work: Sequence[str]) -> None:
        self._totals: dict[str, Counters] = {name: Counters(_WINDOW) for name in work}
        self._named: dict[str, dict[str, Counters]] = {}
        self._expected: dict[ClientCounts, None] = {}  # have counted since they were read, in this order

    @property
    def totals(self) -> Mapping[str, Counters]:
        """The counters of all clients, by kind of work."""
        self._fold()
        return self._totals

    def client(self, name: str) -> ClientCounts:
        """Start counting for a session whose client is called `name`."""
        return ClientCounts(self, printable(name))

    def rename(self, counts: ClientCounts, name: str) -> None:
        """Continue counting for a resumed session, under its new name."""
        counts.rename(printable(name))

    def expect(self, counts: ClientCounts) -> None:
        """These have counts that are to be added before anything is read."""
        if len(self._expected) >= _MOST_EXPECTED:
            self._fold()
        self._expected[counts] = None

    def _fold(self) -> None:
        expected, self._expected = self._expected, {}
        for counts in expected:
            counts.fold()

    def counters_of(self, name: str, work: str) -> tuple[Counters, Counters]:
        """Those of a kind of work: of all clients, and of those that have this name."""
        if name not in self._named and len(self._named) >= MOST_NAMES:
            name = OTHER_NAMES
        if name not in self._named:
            self._named[name] = {work: Counters() for work in self._totals}
        return self._totals[work], self._named[name][work]

    def by_name(self) -> Iterator[tuple[str, str, Counters]]:
        """Client name, kind of work, and its counters."""
        self._fold()
        for name, counters_by_work in self._named.items():
            for work, counters in counters_by_work.items():
                yield name, work, counters

    def messages(self) -> list[bridge_pb2.WorkStats]:
        """The wire messages."""
        return [counters.message(name) for name, counters in self.totals.items()]


def printable(name: str) -> str:
    """A client's name made safe to display: one short line without control characters."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:_MOST_NAME_CHARACTERS]).strip()
    return shown or _NAMELESS
