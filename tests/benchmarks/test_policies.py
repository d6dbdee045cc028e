"""The ablation policies: every job ends once, and a started pass is not suspended."""

import itertools

import pytest
from peers.ours.policies import POLICIES

from bridge.policy.simulator import History, LaneSpec, Simulator
from bridge.policy.work import Job, Rung

_MS = 1e-3
_LANES = (
    LaneSpec("texture", 1, {1: [5 * _MS] * 5}),
    LaneSpec("tracker", 4, {batch: [5 * _MS] for batch in range(1, 5)}),
)


def play(name: str, depth: int) -> tuple[list[Job], History]:
    """Half a second of a tracker at 60 Hz beside fifteen textures a second."""
    warm = {lane.name: lane.warm for lane in _LANES}
    simulator = Simulator(
        _LANES, lambda key: warm[key.lane][key.batch][key.slice], depth=depth, scheduler=POLICIES[name]
    )
    asked = [("tracker", frame / 60, 16.6 * _MS) for frame in range(30)]
    asked += [("texture", (index + 0.4) / 15, 100 * _MS) for index in range(7)]
    jobs = [
        Job(number, "game", model, at, (Rung(model, model),), at + budget)
        for number, (model, at, budget) in enumerate(sorted(asked, key=lambda ask: ask[1]))
    ]
    for job in jobs:
        simulator.submit_at(job.arrival, job)
    return jobs, simulator.run()


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("name", POLICIES)
def test_every_job_ends_once(name: str, depth: int) -> None:
    jobs, history = play(name, depth)
    assert sorted(outcome.job.id for outcome in history.outcomes) == [job.id for job in jobs]


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("name", POLICIES)
def test_a_started_pass_is_not_suspended(name: str, depth: int) -> None:
    _, history = play(name, depth)
    passes = [[run.key.slice for run in runs] for _, runs in itertools.groupby(history.slices, lambda run: run.jobs)]
    assert [0, 1, 2, 3, 4] in passes, "no texture ran to its end"
    assert all(slices in ([0], [0, 1, 2, 3, 4]) for slices in passes)
