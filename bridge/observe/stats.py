"""Counts and times since the server started: by kind of work, by session, and by what clients call themselves.

A session's own counts end with it. What is counted by name goes on for ever, so that it never falls, and there are at
most `MOST_NAMES` names; all further ones are counted together.
"""

from collections.abc import Iterator, Mapping, Sequence

from bridge.observe.attribution import Attribution
from bridge.observe.counters import Counters
from bridge.policy.work import Ending
from bridge.v1 import bridge_pb2

MOST_NAMES = 32
OTHER_NAMES = "other"
_NAMELESS = "nameless"
_MOST_NAME_CHARACTERS = 64
_WINDOW = 1024
_SESSION_WINDOW = 256  # answers: 256 sessions of 4 kinds of work keep 2 MiB of floats


class ClientCounts:
    """Where the events of one session are counted: in its own tallies, in those of its name and in the server's."""

    def __init__(self, totals: Mapping[str, Counters], name: str, named: Mapping[str, Counters]) -> None:
        self.name = name
        self._totals = totals
        self._named = named
        self._own: dict[str, Counters] = {}
        self._all: dict[str, tuple[Counters, Counters, Counters]] = {}

    def rename(self, name: str, named: Mapping[str, Counters]) -> None:
        """The client came back and calls itself something else."""
        self.name, self._named = name, named
        self._all.clear()

    def own(self, work: str) -> Counters:
        """The session's own counts of a kind of work."""
        if work not in self._own:
            self._own[work] = Counters(_SESSION_WINDOW)
        return self._own[work]

    def _each(self, work: str) -> tuple[Counters, Counters, Counters]:
        each = self._all.get(work)
        if each is None:
            each = self._all[work] = self._totals[work], self._named[work], self.own(work)
        return each

    def asked(self, work: str) -> None:
        """A request was accepted: it will get one answer."""
        for counters in self._each(work):
            counters.requests += 1

    def not_asked(self, work: str) -> None:
        """What was accepted has turned out to be no request at all."""
        for counters in self._each(work):
            counters.requests -= 1

    def answered(
        self, work: str, rung: str, seconds: float, *, in_budget: bool, cheaper: bool, repeated: bool = False
    ) -> None:
        """One answer with a payload was handed to the transport, `seconds` after its request had come."""
        for counters in self._each(work):
            counters.answered(rung, seconds, in_budget=in_budget, cheaper=cheaper, repeated=repeated)

    def ended(self, work: str, ending: Ending) -> None:
        """One request got no payload."""
        for counters in self._each(work):
            counters.endings[ending] += 1

    def blamed(self, work: str, blame: Attribution) -> None:
        """One answer was late or refused."""
        for counters in self._each(work):
            counters.blame(blame)

    def ran(self, work: str, batch: int, seconds: float) -> None:
        """A job in a batch of so many rows took `seconds` of the device."""
        for counters in self._each(work):
            counters.ran(batch, seconds)

    def late_at_client(self, work: str, count: int) -> int:
        """The client says that `count` more answers came too late. Returns how many are believed: never more than it
        was sent in time.
        """
        own = self.own(work)
        count = min(count, own.in_budget - own.late_at_client)
        for counters in self._each(work):
            counters.late_at_client += count
        return count

    def message(self, session_id: str) -> bridge_pb2.ClientStats:
        """On the wire: the kinds of work that it has asked for."""
        work = [self._own[name].message(name) for name in self._totals if name in self._own]
        return bridge_pb2.ClientStats(session=session_id[:8], client_name=self.name, work=work)


class Stats:
    """All counts of one server. Belongs to the event loop."""

    def __init__(self, work: Sequence[str]) -> None:
        self.totals: dict[str, Counters] = {name: Counters(_WINDOW) for name in work}
        self._named: dict[str, dict[str, Counters]] = {}

    def client(self, name: str) -> ClientCounts:
        """Begin to count for a session whose client calls itself `name`."""
        name = printable(name)
        return ClientCounts(self.totals, name, self._counters_of(name))

    def rename(self, counts: ClientCounts, name: str) -> None:
        """Go on counting for a session that was resumed."""
        name = printable(name)
        counts.rename(name, self._counters_of(name))

    def _counters_of(self, name: str) -> dict[str, Counters]:
        if name not in self._named and len(self._named) >= MOST_NAMES:
            name = OTHER_NAMES
        if name not in self._named:
            self._named[name] = {work: Counters() for work in self.totals}
        return self._named[name]

    def by_name(self) -> Iterator[tuple[str, str, Counters]]:
        """Client name, kind of work, and its tally."""
        for name, counters_by_work in self._named.items():
            for work, counters in counters_by_work.items():
                yield name, work, counters

    def messages(self) -> list[bridge_pb2.WorkStats]:
        """On the wire."""
        return [counters.message(name) for name, counters in self.totals.items()]


def printable(name: str) -> str:
    """A client's name as it can be shown anywhere: one short line without control characters."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:_MOST_NAME_CHARACTERS]).strip()
    return shown or _NAMELESS
