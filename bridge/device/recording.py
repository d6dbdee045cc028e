"""Replays recorded traces in the simulator: the same arrivals, each slice at its average recorded cost."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.device.trace import FORMAT
from bridge.policy.numbers import Policy
from bridge.policy.simulator import History, LaneSpec, Simulator
from bridge.policy.work import NEVER, Continues, CostKey, Ending, Job, Rung, SecondLane, Stage

_Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recording:
    """A trace, ready to run: its lanes, its jobs in order of arrival, and the simulator that they feed."""

    lanes: Sequence[LaneSpec]
    jobs: Sequence[Job]
    simulator: Simulator


def replay(path: Path, *, policy: Policy | None = None) -> History:
    """Run a recorded trace through the scheduler. ValueError for a file of another format."""
    return load(path, policy=policy).simulator.run()


def load(path: Path, *, policy: Policy | None = None, depth: int = 1) -> Recording:
    """Load a trace for a device that takes `depth` slices ahead. ValueError for a file of another format."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if not records or records[0].get("format") != FORMAT:
        raise ValueError(f"{path} is not a trace of format {FORMAT}; record it again with `framebridge serve --trace`")
    lanes = [_lane(record) for record in records if record["event"] == "lane"]
    costs = _mean_costs(records)
    warm = {lane.name: lane.warm for lane in lanes}
    parts = _outputs_to_come(records)

    def cost(key: CostKey) -> float:
        return costs.get(key, warm[key.lane][key.batch][key.slice])

    def output(job: Job) -> Any:
        follows = next(parts.get(job.id, iter(())), None)
        return job.id if follows is None else Continues(job.id, follows, prepares=follows == job.rungs[0].lane)

    simulator = Simulator(lanes, cost, policy=policy, output=output, depth=depth)
    return Recording(lanes, _feed(simulator, records), simulator)


def _lane(record: _Record) -> LaneSpec:
    warm = {int(batch): seconds for batch, seconds in record["warm"].items()}
    return LaneSpec(record["lane"], record["cap"], warm, record["holds"], Stage(record["stage"]))


def _mean_costs(records: Iterable[_Record]) -> dict[CostKey, float]:
    took: dict[CostKey, list[float]] = {}
    for record in records:
        if record["event"] == "slice":
            key = CostKey(record["lane"], record["batch"], record["slice"])
            took.setdefault(key, []).append(record["took"])
    return {key: sum(times) / len(times) for key, times in took.items()}


def _outputs_to_come(records: Iterable[_Record]) -> dict[int, Iterator[str]]:
    """For each job that continued: the lane it continued in after each output but the last."""
    lanes: dict[int, list[str]] = {}
    for record in records:
        if record["event"] == "outcome" and record["ending"] == Ending.PARTIAL.value:
            lanes.setdefault(record["job"], []).append(record["next"])
    return {job: iter(names) for job, names in lanes.items()}


def _feed(simulator: Simulator, records: Iterable[_Record]) -> list[Job]:
    jobs: dict[int, Job] = {}
    for record in records:
        if record["event"] == "arrival":
            jobs[record["job"]] = job = _job(record)
            simulator.submit_at(max(0.0, record["arrived"]), job)
        elif record["event"] == "cancel" and record["job"] in jobs:
            simulator.cancel_at(record["t"], jobs[record["job"]])
    return list(jobs.values())


def _job(record: _Record) -> Job:
    arrival = record["arrived"]
    return Job(
        id=record["job"],
        client=str(record["client"]),
        identity=str(record.get("identity", "")),
        work=record["work"],
        arrival=arrival,
        rungs=tuple(_rung(*rung, lag=lag) for rung, lag in zip(record["rungs"], record["lags"], strict=True)),
        deadline=NEVER if record["budget"] is None else arrival + record["budget"],
        soft=record["soft"],
        background=record.get("background", False),
        supersede_key=record["key"],
        pace=record["pace"],
        delivery_each=record.get("each", 0.0),
    )


def _rung(name: str, lane: str | None = None, then: str | None = None, *, lag: float) -> Rung:
    return Rung(name, lane, then=None if then is None else SecondLane(then), lag=lag)
