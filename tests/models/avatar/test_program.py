"""The avatar program: stages, rows that do not touch each other, and runs that may end anywhere."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from models.avatar.folded import FoldedGenerator
from models.avatar.look import CONDITION_WIDTH
from models.avatar.program import LANE, MAX_BATCH, WEIGHTS, AvatarInput, AvatarProgram, load_generator
from models.program import Program
from models.training.avatar.evaluate import paint, run_to_end
from tests.models.avatar.held_out import CONDITIONS


@pytest.fixture(scope="module")
def program() -> AvatarProgram:
    return AvatarProgram.load(torch.device("cpu"), torch.float32)


def stacked(outputs: Sequence[object]) -> np.ndarray:
    return np.stack([output for output in outputs if isinstance(output, np.ndarray)]).astype(int)


def test_it_is_a_program(program: AvatarProgram) -> None:
    offered: Program = program
    assert offered.name == "avatar"
    assert offered.version == hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:12]
    assert [lane.name for lane in offered.lanes] == [LANE]
    assert offered.resident_bytes > 3_000_000


@pytest.mark.parametrize("batch", [1, MAX_BATCH])
def test_it_yields_between_its_stages(program: AvatarProgram, batch: int) -> None:
    steps = 0
    run = program.start(LANE, program.sample(LANE, batch))
    for _ in run:
        steps += 1
    assert steps == program.lanes[0].stages


def test_pictures_are_premultiplied_rgba(program: AvatarProgram) -> None:
    pictures = paint(program, list(CONDITIONS))
    assert pictures.shape == (64, 64, 64, 4)
    assert pictures.dtype == np.uint8
    assert (pictures[..., :3] <= pictures[..., 3:]).all()
    assert (pictures[:, 0, 0] < 8).all()  # the corner above the hair is empty, so the top row comes first
    assert (pictures[:, -1, 32, 3] > 240).all()


def test_a_row_is_the_same_alone_and_in_company(program: AvatarProgram) -> None:
    inputs = [AvatarInput(row) for row in CONDITIONS[:MAX_BATCH]]
    together = stacked(run_to_end(program, inputs))
    alone = np.concatenate([stacked(run_to_end(program, [row])) for row in inputs])
    assert abs(together - alone).max() <= 1  # kernels differ by batch; a rounding step at most


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e38])
def test_a_row_that_is_not_finite_fails_alone(program: AvatarProgram, bad: float) -> None:
    broken = np.full(CONDITION_WIDTH, bad, np.float32)
    good = AvatarInput(CONDITIONS[0])
    first, failed, last = run_to_end(program, [good, AvatarInput(broken), good])
    assert isinstance(failed, FloatingPointError)
    assert (stacked([first]) == stacked([last])).all()
    assert abs(stacked([first]) - stacked(run_to_end(program, [good]))).max() <= 1


def test_a_run_closed_anywhere_leaves_no_trace(program: AvatarProgram) -> None:
    inputs = program.sample(LANE, 3)
    before = stacked(run_to_end(program, inputs))
    for steps in range(program.lanes[0].stages + 1):
        run = program.start(LANE, inputs)
        for _ in range(steps):
            next(run)
        run.close()
    assert (stacked(run_to_end(program, inputs)) == before).all()


def test_two_runs_may_take_turns(program: AvatarProgram) -> None:
    inputs = [[AvatarInput(row)] for row in CONDITIONS[:2]]
    alone = [stacked(run_to_end(program, some)) for some in inputs]
    runs = [program.start(LANE, some) for some in inputs]
    for _ in range(program.lanes[0].stages):
        for run in runs:
            next(run)
    for run, expected in zip(runs, alone, strict=True):
        with pytest.raises(StopIteration) as end:
            next(run)
        assert (stacked(end.value.value) == expected).all()


def test_folding_the_norms_changes_nothing() -> None:
    rows = torch.from_numpy(CONDITIONS[:4])
    with torch.inference_mode():
        expected = load_generator(WEIGHTS)(rows)
        folded = FoldedGenerator(load_generator(WEIGHTS))
        run = folded.paint(rows)
        for _ in range(folded.stages - 1):
            next(run)
        with pytest.raises(StopIteration) as end:
            next(run)
    assert torch.allclose(end.value.value, expected, atol=1e-4)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_paints_the_same_pictures(program: AvatarProgram) -> None:
    there = AvatarProgram.load(torch.device("cuda"))
    inputs = [AvatarInput(row) for row in CONDITIONS[:MAX_BATCH]]
    difference = abs(stacked(run_to_end(there, inputs)) - stacked(run_to_end(program, inputs)))
    assert difference.mean() < 1
