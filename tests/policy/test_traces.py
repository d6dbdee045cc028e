"""The engine's own code on a virtual clock: whatever arrives, the rules hold."""

import itertools
from pathlib import Path

import pytest

from bridge.device.recording import load as load_recording
from bridge.policy.numbers import Policy
from bridge.policy.simulator import Simulator
from bridge.policy.work import Ending, Job, Rung
from tests.policy.invariants import check
from tests.policy.life import Watch
from tests.policy.loads import LANES, RECORDED, load

_TRACES = 250  # of each depth; benchmarks/capacity.py runs thousands


@pytest.mark.parametrize("depth", [1, 2])
def test_the_rules_hold_on_every_trace(depth: int) -> None:
    answered = refused = 0
    for seed in range(_TRACES):
        trace = load(seed)
        simulator = trace.simulator(seed, depth)
        Watch(simulator.scheduler)
        try:
            history = simulator.run()
            check(trace.jobs, history, LANES, Policy(), depth)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        endings = history.endings()
        answered += endings.get(Ending.ANSWERED, 0)
        refused += endings.get(Ending.REFUSED, 0)
    assert answered > 10 * refused > 0, "the traces are of all kinds"


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.jsonl")), ids=lambda path: path.stem)
def test_the_rules_hold_on_what_servers_have_recorded(path: Path, depth: int) -> None:
    recording = load_recording(path, depth=depth)
    check(recording.jobs, recording.simulator.run(), recording.lanes, Policy(), depth)
    assert sum(job.work == "avatar" for job in recording.jobs) > 50


def test_quality_does_not_flicker_under_a_steady_overload() -> None:
    """Twelve slots at 30 Hz want 12 x 8.5 ms of every 33: the best rung is for some, some of the time."""
    warm = {lane.name: lane.warm for lane in LANES}
    simulator = Simulator(LANES, lambda key: warm[key.lane][key.batch][key.slice])
    rungs = (Rung("texture", "texture"), Rung("small", "small"), Rung("repeat"))
    jobs: list[Job] = []
    for frame in range(30 * 20):
        for slot in range(24):
            arrival = frame / 30 + slot * 1e-5
            jobs.append(Job(len(jobs), "game", "avatar", arrival, rungs, arrival + 0.02, supersede_key=slot))
            simulator.submit_at(arrival, jobs[-1])
    simulator.run()
    taken = {slot: [job.rung for job in jobs if job.supersede_key == slot and job.rung < 2] for slot in range(24)}
    changes = {slot: sum(a != b for a, b in itertools.pairwise(seen)) for slot, seen in taken.items()}
    assert any(1 in seen for seen in taken.values()), "it is an overload"
    assert max(changes.values()) <= 2 * 12, "a change every second or so at first, then every eight"
