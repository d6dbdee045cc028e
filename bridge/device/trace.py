"""Records arrivals, budgets and costs as JSON lines that the simulator can replay.

Never payloads: no picture, text or token. Clients and supersede keys are numbered in order of appearance. Written by
the device thread; a full file (the limit) or a write error ends the recording, not the server.
"""

import json
import logging
from collections.abc import Hashable
from pathlib import Path
from typing import IO, Any

from bridge.policy.work import NEVER, CostKey, Ending, Job, Outcome, Stage

log = logging.getLogger("framebridge.trace")

FORMAT = 2
DEFAULT_LIMIT_BYTES = 256 * 1024 * 1024


class Recorder:
    """Writes one trace file."""

    def __init__(self, path: Path, start: float, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._file: IO[str] | None = path.open("w", encoding="utf-8", newline="\n")
        self._left = limit_bytes
        self._start = start
        self._numbers: dict[Hashable, int] = {}
        self._write({"event": "trace", "format": FORMAT})

    def lane(
        self, now: float, name: str, cap: int, holds: bool, warm: dict[int, list[float]], stage: Stage = Stage.COMPUTE
    ) -> None:
        """Record a lane; `warm` holds the slice times by batch size, as measured at warm-up."""
        costs = {str(batch): [round(took, 7) for took in slices] for batch, slices in warm.items()}
        self._note(now, "lane", lane=name, cap=cap, holds=holds, warm=costs, stage=stage.value)

    def arrival(self, now: float, job: Job) -> None:
        """Record a submitted job."""
        self._note(
            now,
            "arrival",
            job=job.id,
            identity=self._number(("identity", job.owner.identity)),
            client=self._number(("client", job.client)),
            work=job.work,
            arrived=round(job.arrival - self._start, 7),
            budget=None if job.deadline == NEVER else round(job.deadline - job.arrival, 7),
            soft=job.soft,
            background=job.background,
            pace=job.pace,
            each=round(job.delivery_each, 7),
            key=None if job.supersede_key is None else self._number(("key", job.supersede_key)),
            rungs=[[rung.name, *rung.lanes] for rung in job.rungs],
            lags=[round(rung.lag, 7) for rung in job.rungs],
        )

    def cancel(self, now: float, job: Job) -> None:
        """Record a cancelled job."""
        self._note(now, "cancel", job=job.id)

    def slice(self, now: float, key: CostKey, took: float) -> None:
        """Record a slice that ended `now`."""
        self._note(now, "slice", lane=key.lane, batch=key.batch, slice=key.slice, took=round(took, 7))

    def outcome(self, outcome: Outcome) -> None:
        """Record an output or the end of a job."""
        job = outcome.job
        fields: dict[str, Any] = {"job": job.id, "ending": outcome.ending.value, "rung": job.rung}
        if outcome.ending is Ending.PARTIAL:
            fields["next"] = job.lane
        self._note(outcome.at, "outcome", **fields)

    def close(self) -> None:
        """End the recording."""
        file, self._file = self._file, None
        try:
            if file is not None:
                file.close()
        except OSError as error:  # the rest of the buffer
            log.error("the end of the trace could not be written: %s", error)

    def _note(self, now: float, event: str, **fields: Any) -> None:
        self._write({"t": round(now - self._start, 7), "event": event, **fields})

    def _write(self, record: dict[str, Any]) -> None:
        if self._file is None:
            return
        line = json.dumps(record, separators=(",", ":")) + "\n"
        self._left -= len(line)
        if self._left < 0:
            self.close()
            return
        try:
            self._file.write(line)
        except OSError as error:
            log.error("the trace ends here, it could not be written: %s; the server keeps running", error)
            self.close()

    def _number(self, name: Hashable) -> int:
        return self._numbers.setdefault(name, len(self._numbers))
