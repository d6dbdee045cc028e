"""Counts and times since the server started: by kind of work, by session, and by what clients call themselves.

A session's own counts end with it. What is counted by name goes on for ever, so that it never falls, and there are at
most `MOST_NAMES` names; all further ones are counted together.
"""

from collections.abc import Iterator, Mapping

from bridge.services.blame import Blame
from bridge.services.tally import Tally, device_seconds
from bridge.v1 import bridge_pb2
from bridge.work import Account, Ending

WORK = ("avatar", "classify", "detect", "dialogue")
MOST_NAMES = 32
OTHER_NAMES = "other"
_NAMELESS = "nameless"
_MOST_NAME_CHARACTERS = 64
_WINDOW = 1024
_SESSION_WINDOW = 256  # answers: 256 sessions of 4 kinds of work keep 2 MiB of floats


class ClientCounts:
    """Where the events of one session are counted: in its own tallies, in those of its name and in the server's."""

    def __init__(self, totals: Mapping[str, Tally], name: str, named: Mapping[str, Tally]) -> None:
        self.name = name
        self._totals = totals
        self._named = named
        self._own: dict[str, Tally] = {}

    def rename(self, name: str, named: Mapping[str, Tally]) -> None:
        """The client came back and calls itself something else."""
        self.name, self._named = name, named

    def own(self, work: str) -> Tally:
        """The session's own counts of a kind of work."""
        if work not in self._own:
            self._own[work] = Tally(_SESSION_WINDOW)
        return self._own[work]

    def _each(self, work: str) -> tuple[Tally, Tally, Tally]:
        return self._totals[work], self._named[work], self.own(work)

    def asked(self, work: str) -> None:
        """A request was accepted: it will get one answer."""
        for tally in self._each(work):
            tally.requests += 1

    def not_asked(self, work: str) -> None:
        """What was accepted has turned out to be no request at all."""
        for tally in self._each(work):
            tally.requests -= 1

    def answered(
        self, work: str, rung: str, seconds: float, *, in_budget: bool, cheaper: bool, repeated: bool = False
    ) -> None:
        """One answer with a payload was handed to the transport, `seconds` after its request had come."""
        for tally in self._each(work):
            tally.answered(rung, seconds, in_budget=in_budget, cheaper=cheaper, repeated=repeated)

    def ended(self, work: str, ending: Ending) -> None:
        """One request got no payload."""
        for tally in self._each(work):
            tally.endings[ending] += 1

    def blamed(self, work: str, blame: Blame) -> None:
        """One answer was late or refused."""
        for tally in self._each(work):
            tally.blame(blame)

    def ran(self, work: str, account: Account) -> None:
        """One job has left the device."""
        self.ran_for(work, account.batch, device_seconds(account))

    def ran_for(self, work: str, batch: int, seconds: float) -> None:
        """A job of a run of `batch` rows has had the device for `seconds`."""
        for tally in self._each(work):
            tally.ran(batch, seconds)

    def late_at_client(self, work: str, count: int) -> int:
        """The client says that `count` more answers came too late. Returns how many are believed: never more than it
        was sent in time.
        """
        own = self.own(work)
        count = min(count, own.in_budget - own.late_at_client)
        for tally in self._each(work):
            tally.late_at_client += count
        return count

    def message(self, session_id: str) -> bridge_pb2.ClientStats:
        """On the wire: the kinds of work that it has asked for."""
        work = [self._own[name].message(name) for name in WORK if name in self._own]
        return bridge_pb2.ClientStats(session=session_id[:8], client_name=self.name, work=work)


class Stats:
    """All counts of one server. Belongs to the event loop."""

    def __init__(self) -> None:
        self.totals: dict[str, Tally] = {work: Tally(_WINDOW) for work in WORK}
        self._named: dict[str, dict[str, Tally]] = {}

    def client(self, name: str) -> ClientCounts:
        """Begin to count for a session whose client calls itself `name`."""
        name = printable(name)
        return ClientCounts(self.totals, name, self._tallies_of(name))

    def rename(self, counts: ClientCounts, name: str) -> None:
        """Go on counting for a session that was resumed."""
        name = printable(name)
        counts.rename(name, self._tallies_of(name))

    def _tallies_of(self, name: str) -> dict[str, Tally]:
        if name not in self._named and len(self._named) >= MOST_NAMES:
            name = OTHER_NAMES
        if name not in self._named:
            self._named[name] = {work: Tally() for work in WORK}
        return self._named[name]

    def by_name(self) -> Iterator[tuple[str, str, Tally]]:
        """Client name, kind of work, and its tally."""
        for name, tallies in self._named.items():
            for work, tally in tallies.items():
                yield name, work, tally

    def messages(self) -> list[bridge_pb2.WorkStats]:
        """On the wire."""
        return [tally.message(name) for name, tally in self.totals.items()]


def printable(name: str) -> str:
    """A client's name as it can be shown anywhere: one short line without control characters."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:_MOST_NAME_CHARACTERS]).strip()
    return shown or _NAMELESS
