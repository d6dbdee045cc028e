"""The avatar program: stages, rows that do not touch each other, and runs that may end anywhere."""

from collections.abc import Generator as Steps
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch

from models.avatar.avatar_program import (
    EXIT_WEIGHTS,
    FULL_LANE,
    HALF_LANE,
    MAX_BATCH,
    WEIGHTS,
    AvatarProgram,
    fingerprint,
    load_exit,
    load_generator,
)
from models.avatar.folded import FoldedGenerator
from models.avatar.generator import lay_colors, split_conditions
from models.avatar.look import CONDITION_WIDTH
from models.avatar.processor import AvatarInput
from models.program import Program
from models.training.avatar.distil import teach
from models.training.avatar.evaluate import paint, run_to_end
from tests.models.avatar.held_out import CONDITIONS

T = TypeVar("T")
SIZES = {FULL_LANE: 64, HALF_LANE: 32}
each_lane = pytest.mark.parametrize("lane", SIZES)


@pytest.fixture(scope="module")
def program() -> AvatarProgram:
    return AvatarProgram.load(torch.device("cpu"), torch.float32)


def stacked(outputs: Sequence[object]) -> np.ndarray:
    return np.stack([output for output in outputs if isinstance(output, np.ndarray)]).astype(int)


def test_it_is_a_program(program: AvatarProgram) -> None:
    offered: Program = program
    assert offered.name == "avatar"
    assert offered.version == fingerprint(WEIGHTS, EXIT_WEIGHTS)
    assert [lane.name for lane in offered.lanes] == list(SIZES)
    assert offered.resident_bytes > 3_000_000


def test_the_version_tells_any_change_of_either_file(tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    changed.write_bytes(EXIT_WEIGHTS.read_bytes()[:-1])
    versions = {fingerprint(*files) for files in ((WEIGHTS, EXIT_WEIGHTS), (WEIGHTS, changed), (changed, EXIT_WEIGHTS))}
    assert len(versions) == 3


def test_both_lanes_hold_the_trunk_once(program: AvatarProgram) -> None:
    without = AvatarProgram.load(torch.device("cpu"), torch.float32, exit_weights=None)
    assert [lane.name for lane in without.lanes] == [FULL_LANE]
    assert without.resident_bytes < program.resident_bytes < 1.2 * without.resident_bytes


def test_an_exit_of_another_generator_is_refused() -> None:
    with pytest.raises(ValueError, match=r"distilled from generator [0-9a-f]{12}, not from 0123456789ab"):
        load_exit(EXIT_WEIGHTS, load_generator(WEIGHTS).config, "0123456789ab")


@each_lane
@pytest.mark.parametrize("batch", [1, MAX_BATCH])
def test_it_yields_between_its_stages(program: AvatarProgram, lane: str, batch: int) -> None:
    run = program.start(lane, program.sample(lane, batch))
    assert sum(1 for _ in run) == stages(program, lane)


def test_the_smaller_picture_takes_fewer_stages(program: AvatarProgram) -> None:
    assert stages(program, HALF_LANE) < stages(program, FULL_LANE)


def stages(program: AvatarProgram, name: str) -> int:
    return next(lane.stages for lane in program.lanes if lane.name == name)


@each_lane
def test_pictures_are_premultiplied_rgba(program: AvatarProgram, lane: str) -> None:
    pictures, size = paint(program, list(CONDITIONS), lane), SIZES[lane]
    assert pictures.shape == (64, size, size, 4)
    assert pictures.dtype == np.uint8
    assert (pictures[..., :3] <= pictures[..., 3:]).all()
    assert (pictures[:, 0, 0] < 8).all()  # the corner above the hair is empty, so the top row comes first
    assert (pictures[:, -1, size // 2, 3] > 240).all()


@each_lane
def test_a_row_is_the_same_alone_and_in_company(program: AvatarProgram, lane: str) -> None:
    inputs = [AvatarInput(row) for row in CONDITIONS[:MAX_BATCH]]
    together = stacked(run_to_end(program, inputs, lane))
    alone = np.concatenate([stacked(run_to_end(program, [row], lane)) for row in inputs])
    assert abs(together - alone).max() <= 1  # kernels differ by batch; a rounding step at most


@each_lane
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e38])
def test_a_row_that_is_not_finite_fails_alone(program: AvatarProgram, lane: str, bad: float) -> None:
    broken = np.full(CONDITION_WIDTH, bad, np.float32)
    good = AvatarInput(CONDITIONS[0])
    first, failed, last = run_to_end(program, [good, AvatarInput(broken), good], lane)
    assert isinstance(failed, FloatingPointError)
    assert (stacked([first]) == stacked([last])).all()
    assert abs(stacked([first]) - stacked(run_to_end(program, [good], lane))).max() <= 1


@each_lane
def test_a_run_closed_anywhere_leaves_no_trace(program: AvatarProgram, lane: str) -> None:
    inputs = program.sample(lane, 3)
    before = stacked(run_to_end(program, inputs, lane))
    for steps in range(stages(program, lane) + 1):
        run = program.start(lane, inputs)
        for _ in range(steps):
            next(run)
        run.close()
    assert (stacked(run_to_end(program, inputs, lane)) == before).all()


@pytest.mark.parametrize("lanes", [(FULL_LANE, FULL_LANE), (HALF_LANE, HALF_LANE), (FULL_LANE, HALF_LANE)])
def test_two_runs_may_take_turns(program: AvatarProgram, lanes: tuple[str, str]) -> None:
    inputs = [[AvatarInput(row)] for row in CONDITIONS[:2]]
    alone = [stacked(run_to_end(program, some, lane)) for some, lane in zip(inputs, lanes, strict=True)]
    runs = [program.start(lane, some) for some, lane in zip(inputs, lanes, strict=True)]
    for _ in range(min(stages(program, lane) for lane in lanes) - 1):
        for run in runs:
            next(run)
    for run, expected in zip(runs, alone, strict=True):
        assert (stacked(result(run)) == expected).all()


def result(run: Steps[None, None, T]) -> T:
    """What a run returns, stepped to its end."""
    while True:
        try:
            next(run)
        except StopIteration as end:
            returned: T = end.value
            return returned


@pytest.fixture(scope="module")
def folded() -> FoldedGenerator:
    generator = load_generator(WEIGHTS)
    return FoldedGenerator(generator, load_exit(EXIT_WEIGHTS, generator.config, fingerprint(WEIGHTS)))


@torch.inference_mode()
def test_folding_the_norms_changes_nothing(folded: FoldedGenerator) -> None:
    rows = torch.from_numpy(CONDITIONS[:4])
    expected = load_generator(WEIGHTS)(rows)
    assert torch.allclose(result(folded.paint(rows, folded.full)), expected, atol=1e-4)


@torch.inference_mode()
def test_folding_the_exit_changes_nothing(folded: FoldedGenerator) -> None:
    rows, teacher = torch.from_numpy(CONDITIONS[:4]), load_generator(WEIGHTS)
    early = load_exit(EXIT_WEIGHTS, teacher.config, fingerprint(WEIGHTS))
    lesson = teach(teacher, rows)
    expected = lay_colors(early(lesson.features, lesson.style, lesson.parts), split_conditions(rows)[1])
    assert folded.early is not None
    assert torch.allclose(result(folded.paint(rows, folded.early)), expected, atol=1e-4)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@each_lane
def test_a_gpu_paints_the_same_pictures(program: AvatarProgram, lane: str) -> None:
    there = AvatarProgram.load(torch.device("cuda"))
    inputs = [AvatarInput(row) for row in CONDITIONS[:MAX_BATCH]]
    difference = abs(stacked(run_to_end(there, inputs, lane)) - stacked(run_to_end(program, inputs, lane)))
    assert difference.mean() < 1
