"""Compares what the server sent with what the game loop uploaded: torn, stale and missing frames."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple


class Sent(NamedTuple):
    """A frame in the server's log. Times are seconds of the machine's monotonic clock."""

    session: str
    slot: int
    frame: int
    digest: str
    tick: float
    sent: float


class Say(NamedTuple):
    """A player's line in the server's log, with the persona it was sent with."""

    session: str
    conversation: str
    turn: int
    persona: str
    text: str


class Upload(NamedTuple):
    """A texture at `Apply`, and what the component says about it."""

    session: str
    current_session: str  # the client's session at the upload
    slot: int
    frame: int
    digest: str
    elapsed: float  # the client's measure, in seconds
    budget: float
    completed: float  # when the frame was complete at the client
    uploaded: float
    repeated: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Frames sent in this window must be uploaded. The loop continues for a while after its end."""

    start: float
    end: float

    def holds(self, moment: float) -> bool:
        """Whether a moment is in the window."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of one run."""

    sent: int  # in the window
    uploads: int  # all of them
    delivered: float  # the share of `sent` that was uploaded
    torn: int
    stale: int
    not_newer: int  # these three add up to `stale`
    old_session: int
    over_budget: int
    over_budget_by_shared_clock: int  # from the server's tick to the complete frame, on one clock
    worst_past_budget_ms: float  # by the shared clock; negative if all were in time
    repeated: int

    def row(self) -> dict[str, Any]:
        """As a dictionary, for the report."""
        return asdict(self)


def read_log(path: Path) -> tuple[list[Sent], list[Say]]:
    """Read the server's log. The last line of a killed server may be truncated."""
    sent, said = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            kind, *fields = json.loads(line)
        except json.JSONDecodeError:
            continue
        if kind == "frame":
            sent.append(Sent(*fields))
        else:
            said.append(Say(*fields))
    return sent, said


def read_uploads(path: Path) -> list[Upload]:
    """Read the game's log, in order of upload."""
    return [_upload(line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()]


def _upload(fields: Sequence[str]) -> Upload:
    session, current, slot, index, digest, elapsed, budget, completed, uploaded, repeated = fields
    times = (float(elapsed), float(budget), float(completed), float(uploaded))
    return Upload(session, current, int(slot), int(index), digest, *times, repeated == "1")


def judge(sent: Iterable[Sent], uploads: Sequence[Upload], window: Window | None = None) -> Verdict:
    """Compare. Without a window, every frame sent must be uploaded."""
    known = {(frame.session, frame.slot, frame.frame): frame for frame in sent}
    due = {key for key, frame in known.items() if window is None or window.holds(frame.sent)}
    newest: dict[tuple[str, int], int] = {}
    torn = not_newer = old_session = over_budget = over_by_clock = 0
    shown, worst = set(), float("-inf")
    for upload in uploads:
        key = (upload.session, upload.slot, upload.frame)
        frame = known.get(key)
        torn += frame is None or frame.digest != upload.digest
        last = newest.get(key[:2], 0)
        not_newer += upload.frame <= last
        newest[key[:2]] = max(last, upload.frame)
        old_session += upload.session != upload.current_session
        over_budget += 0 < upload.budget < upload.elapsed
        if frame is not None and frame.digest == upload.digest:
            shown.add(key)
        if frame is not None and frame.tick and upload.budget:
            past = upload.completed - frame.tick - upload.budget
            over_by_clock += past > 0
            worst = max(worst, past)
    return Verdict(
        sent=len(due),
        uploads=len(uploads),
        delivered=len(due & shown) / max(1, len(due)),
        torn=torn,
        stale=not_newer + old_session + over_budget,
        not_newer=not_newer,
        old_session=old_session,
        over_budget=over_budget,
        over_budget_by_shared_clock=over_by_clock,
        worst_past_budget_ms=round(1e3 * worst, 2) if uploads else 0.0,
        repeated=sum(upload.repeated for upload in uploads),
    )


def carries_history(said: Sequence[Say], turn_text: str, next_text: str) -> bool:
    """Whether the persona sent with `next_text` contains the earlier line `turn_text`."""
    tries = [say for say in said if say.text == next_text]  # the last one is the one that was answered
    return bool(tries) and turn_text in tries[-1].persona
