"""Server statistics: counters by kind of work, by session, and by client name.

A session's counters end with it. Counters by name are kept for good, so that they never fall; beyond `MOST_NAMES` names
all others share one.
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
_SESSION_WINDOW = 256  # answers; 256 sessions with 4 kinds of work hold 2 MiB of floats


class ClientCounts:
    """Counts the events of one session three times: for the session, its client name and the server."""

    def __init__(self, totals: Mapping[str, Counters], name: str, named: Mapping[str, Counters]) -> None:
        self.name = name
        self._totals = totals
        self._named = named
        self._own: dict[str, Counters] = {}
        self._all: dict[str, tuple[Counters, Counters, Counters]] = {}

    def rename(self, name: str, named: Mapping[str, Counters]) -> None:
        """Switch to another client name after a reconnection."""
        self.name, self._named = name, named
        self._all.clear()

    def own(self, work: str) -> Counters:
        """The session's own counters for a kind of work."""
        if work not in self._own:
            self._own[work] = Counters(_SESSION_WINDOW)
        return self._own[work]

    def _each(self, work: str) -> tuple[Counters, Counters, Counters]:
        each = self._all.get(work)
        if each is None:
            each = self._all[work] = self._totals[work], self._named[work], self.own(work)
        return each

    def asked(self, work: str) -> None:
        """Count an accepted request."""
        for counters in self._each(work):
            counters.requests += 1

    def not_asked(self, work: str) -> None:
        """Take back an accepted request that turned out to be invalid."""
        for counters in self._each(work):
            counters.requests -= 1

    def answered(
        self, work: str, rung: str, seconds: float, *, in_budget: bool, cheaper: bool, repeated: bool = False
    ) -> None:
        """Count an answer with a payload, handed to the transport `seconds` after its request arrived."""
        for counters in self._each(work):
            counters.answered(rung, seconds, in_budget=in_budget, cheaper=cheaper, repeated=repeated)

    def ended(self, work: str, ending: Ending) -> None:
        """Count a request that ended without a payload."""
        for counters in self._each(work):
            counters.endings[ending] += 1

    def attributed(self, work: str, attribution: Attribution) -> None:
        """Count a late or refused answer under its stage."""
        for counters in self._each(work):
            counters.attributed(attribution)

    def ran(self, work: str, batch: int, seconds: float) -> None:
        """Count a job whose run of `batch` rows took `seconds`."""
        for counters in self._each(work):
            counters.ran(batch, seconds)

    def late_at_client(self, work: str, count: int) -> int:
        """Count answers reported late by the client. Returns how many are believed: no more than were sent in time."""
        own = self.own(work)
        count = min(count, own.in_budget - own.late_at_client)
        for counters in self._each(work):
            counters.late_at_client += count
        return count

    def message(self, session_id: str) -> bridge_pb2.ClientStats:
        """The wire message, with the kinds of work this session has used."""
        work = [self._own[name].message(name) for name in self._totals if name in self._own]
        return bridge_pb2.ClientStats(session=session_id[:8], client_name=self.name, work=work)


class Stats:
    """All counters of one server. Belongs to the event loop."""

    def __init__(self, work: Sequence[str]) -> None:
        self.totals: dict[str, Counters] = {name: Counters(_WINDOW) for name in work}
        self._named: dict[str, dict[str, Counters]] = {}

    def client(self, name: str) -> ClientCounts:
        """Start counting for a session whose client is called `name`."""
        name = printable(name)
        return ClientCounts(self.totals, name, self._counters_of(name))

    def rename(self, counts: ClientCounts, name: str) -> None:
        """Continue counting for a resumed session, under its new name."""
        name = printable(name)
        counts.rename(name, self._counters_of(name))

    def _counters_of(self, name: str) -> dict[str, Counters]:
        if name not in self._named and len(self._named) >= MOST_NAMES:
            name = OTHER_NAMES
        if name not in self._named:
            self._named[name] = {work: Counters() for work in self.totals}
        return self._named[name]

    def by_name(self) -> Iterator[tuple[str, str, Counters]]:
        """Client name, kind of work, and its counters."""
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
