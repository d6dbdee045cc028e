"""Answers that cost the event loop time to deliver: batches are cut so that the last arrives, and no earlier."""

import pytest

from bridge.policy.simulator import Simulator
from tests.policy.loads import load
from tests.policy.loop import FRAME, MS, Loop

DEVICES = ((4.0, 0.6), (4.0, 1.0), (4.0, 1.2), (8.0, 0.3), (10.0, 0.0), (12.0, 0.0))


@pytest.mark.parametrize("answers", [8, 12])
@pytest.mark.parametrize("flight", DEVICES, ids=str)
def test_what_is_answered_leaves_within_a_frame(answers: int, flight: tuple[float, float]) -> None:
    loop, before = (Loop(answers, FRAME, flight, 0.3 * MS, knows=knows) for knows in (True, False))
    loop.play()
    before.play()
    assert loop.share() > 0.99
    assert loop.share(from_device=True) >= before.share(from_device=True) - 0.005


@pytest.mark.parametrize("answers", [8, 12])
def test_a_batch_whose_last_answer_would_be_late_is_cut(answers: int) -> None:
    """Eight rows take 13.6 ms, and their answers 2.8 more; with seven, 12.4 and 2.5."""
    loop, before = (Loop(answers, FRAME, (4.0, 1.2), 0.3 * MS, knows=knows) for knows in (True, False))
    widths = {run.key.batch for run in loop.play().slices if run.start > 1.0}
    assert max(widths) == 7
    assert max(run.key.batch for run in before.play().slices) == 8
    assert before.share() < 0.9
    assert loop.share(from_device=True) > before.share(from_device=True) + 0.03


@pytest.mark.parametrize("answers", [8, 12])
@pytest.mark.parametrize("flight", DEVICES, ids=str)
def test_nothing_is_lost_where_there_is_time(answers: int, flight: tuple[float, float]) -> None:
    loop, before = (Loop(answers, 2 * FRAME, flight, 0.3 * MS, knows=knows) for knows in (True, False))
    loop.play()
    before.play()
    assert loop.share() > 0.99
    assert loop.share(from_device=True) >= before.share(from_device=True) - 0.03


@pytest.mark.parametrize("depth", [1, 2])
def test_delivery_that_costs_next_to_nothing_changes_nothing(depth: int) -> None:
    for seed in range(40):
        free, cheap = load(seed), load(seed)
        for job in cheap.jobs:
            job.delivery_each = 1e-12
        assert decisions(free.simulator(seed, depth)) == decisions(cheap.simulator(seed, depth)), f"seed {seed}"


def decisions(simulator: Simulator) -> list[object]:
    """What ran when, and what became of each job on which rung."""
    history = simulator.run()
    ends = [(end.job.id, end.ending, end.at, end.cause, end.stage, end.job.rung) for end in history.outcomes]
    return [*history.slices, *ends]
