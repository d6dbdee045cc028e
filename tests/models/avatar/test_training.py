"""The recipe in miniature: the split is honest, a resumed run is the same run, all stages leave what they promise."""

import json
from itertools import islice, product
from pathlib import Path

import numpy as np
import pytest
import torch

from models.avatar.avatar_program import WEIGHTS, load_generator
from models.avatar.generator import Generator, lay_colors, split_conditions
from models.avatar.look import PART_WIDTH, PARTS
from models.training.avatar.dataset import PictureSet, as_tensor, chunk_paths
from models.training.avatar.distil import DistilConfig, Distiller, distil, lesson_rows, teach
from models.training.avatar.split import held_out_look, is_held_out, training_look
from models.training.avatar.train import TrainConfig, Trainer, train
from tests.models.avatar.held_out import CONDITIONS, PICTURES

SHORT = DistilConfig(steps=4, batch=4, warmup_steps=1)
TINY = TrainConfig(steps=4, batch=4, warmup_steps=1, adversarial_from=0.5)


@pytest.fixture
def pictures(tmp_path: Path) -> PictureSet:
    ((picture_path, condition_path),) = chunk_paths(tmp_path, len(PICTURES))
    np.save(picture_path, PICTURES)
    np.save(condition_path, CONDITIONS)
    return PictureSet(tmp_path, len(PICTURES))


def test_a_tenth_of_the_tuples_is_held_out() -> None:
    held_out = sum(is_held_out(parts) for parts in product(*PARTS.values()))
    assert held_out == pytest.approx(7_500, rel=0.02)


def test_training_never_draws_a_held_out_tuple() -> None:
    assert not any(is_held_out(training_look(number).parts) for number in range(2_000))
    assert all(is_held_out(held_out_look(number).parts) for number in range(200))
    assert all(is_held_out(held_out_look(number, free_colors=True).parts) for number in range(200))


def test_numbered_looks_are_the_same_for_ever() -> None:
    assert held_out_look(0).parts == FIRST_HELD_OUT
    assert training_look(0).parts == FIRST_TRAINED


def test_batches_depend_on_the_step_alone(pictures: PictureSet) -> None:
    (a, _), (b, _), (c, _) = pictures.batch(5, 4), pictures.batch(5, 4), pictures.batch(6, 4)
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_a_resumed_run_is_the_same_run(pictures: PictureSet, tmp_path: Path) -> None:
    straight, halting = tmp_path / "straight", tmp_path / "halting"
    assert [step for step, _ in train(straight, pictures, TINY)] == [1, 2, 3, 4]
    interrupted = train(halting, pictures, TINY, save_every=2)
    list(islice(interrupted, 3))  # the third step is lost: its checkpoint was not yet due
    interrupted.close()
    assert [step for step, _ in train(halting, pictures, TINY)] == [3, 4]
    first, second = (torch.load(folder / "checkpoint.pt", weights_only=True) for folder in (straight, halting))
    assert flat(first) == flat(second)
    assert list(train(halting, pictures, TINY)) == []  # a finished run stays finished


def flat(state: object) -> object:
    """A checkpoint with its tensors as bytes, comparable with ==."""
    if isinstance(state, torch.Tensor):
        return state.contiguous().numpy().tobytes()
    if isinstance(state, dict):
        return {key: flat(value) for key, value in state.items()}
    return [flat(value) for value in state] if isinstance(state, list | tuple) else state


def test_the_paired_term_falls() -> None:
    trainer = Trainer(TrainConfig(steps=1_000, warmup_steps=1))
    truth, conditions = as_tensor(PICTURES[:8]), torch.from_numpy(CONDITIONS[:8])
    losses = [trainer.advance(truth, conditions)["paired"] for _ in range(12)]
    assert losses[-1] < losses[0] / 2


@pytest.fixture(scope="module")
def teacher() -> Generator:
    return load_generator(WEIGHTS)


def test_a_resumed_distillation_is_the_same_run(tmp_path: Path) -> None:
    straight, halting = tmp_path / "straight", tmp_path / "halting"
    assert [step for step, _ in distil(straight, WEIGHTS, SHORT)] == [1, 2, 3, 4]
    interrupted = distil(halting, WEIGHTS, SHORT, save_every=2)
    list(islice(interrupted, 3))
    interrupted.close()
    assert [step for step, _ in distil(halting, WEIGHTS, SHORT)] == [3, 4]
    first, second = (torch.load(folder / "checkpoint.pt", weights_only=True) for folder in (straight, halting))
    assert flat(first) == flat(second)


def test_a_distillation_goes_on_with_its_own_teacher_only() -> None:
    state = Distiller(WEIGHTS, SHORT).state() | {"trunk": "0123456789ab"}
    with pytest.raises(ValueError, match="taught by generator 0123456789ab"):
        Distiller(WEIGHTS, SHORT).load_state(state)


def test_distilling_teaches_the_exit_and_leaves_the_trunk_alone(teacher: Generator) -> None:
    distiller = Distiller(WEIGHTS, DistilConfig(steps=1_000, warmup_steps=1))
    rows = torch.from_numpy(CONDITIONS[:8])
    losses = [distiller.advance(rows)["pictures"] for _ in range(12)]
    assert losses[-1] < losses[0] / 2
    assert flat(distiller.teacher.state_dict()) == flat(teacher.state_dict())


@torch.no_grad()
def test_the_target_is_the_teachers_picture_averaged_down(teacher: Generator) -> None:
    rows = torch.from_numpy(CONDITIONS[:2])
    target = lay_colors(teach(teacher, rows).layers, split_conditions(rows)[1])
    assert torch.allclose(target, torch.nn.functional.avg_pool2d(teacher(rows), 2), atol=1e-5)


def test_lessons_depend_on_the_step_alone_and_some_are_morphs() -> None:
    config = DistilConfig(batch=64)
    rows = lesson_rows(3, config)
    assert torch.equal(rows, lesson_rows(3, config))
    assert not torch.equal(rows, lesson_rows(4, config))
    between = ((rows[:, :PART_WIDTH] > 0) & (rows[:, :PART_WIDTH] < 1)).any(dim=1).float().mean().item()
    assert between == pytest.approx(config.morphs, abs=0.2)


FIRST_HELD_OUT = ("agape", "wink", "raised", "spiky", "long_wavy", "full_beard", "dress")
FIRST_TRAINED = ("agape", "bow", "raised", "side_combed", "none", "long_beard", "turtle_neck")


def test_the_whole_recipe_in_miniature(tmp_path: Path) -> None:
    pytest.importorskip("dicebear", reason="rendering needs the extra `train`")
    from models.training.avatar.recipe import STAGES, Recipe, run

    recipe = Recipe(out=tmp_path, pictures=20, steps=4, judge_steps=2, exit_steps=2, cases=8)
    run(recipe, stages=list(STAGES))
    report = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    assert set(report) == {"weights_version", "seed_colors", "seed_colors_32", "free_colors", "free_colors_32"}
    assert report["seed_colors"]["pictures"] == 8
    assert report["free_colors_32"]["pictures"] == 8
    for name in ("generator", "judge", "exit32"):
        assert (tmp_path / f"{name}.safetensors").stat().st_size > 0
    for name in ("contact_sheet.png", "avatars32.png", "run/sample-000004.png"):
        assert (tmp_path / name).stat().st_size > 0
    assert json.loads((tmp_path / "run" / "losses.jsonl").read_text(encoding="utf-8").splitlines()[-1])["step"] == 4
    for stage in ("train", "distil"):
        with pytest.raises(ValueError, match="holds a training run"):
            run(recipe, stages=[stage])
        run(recipe, stages=[stage], resume=True)


def test_a_stage_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("dicebear", reason="rendering needs the extra `train`")
    from models.training.avatar.recipe import Recipe, run

    with pytest.raises(ValueError, match="preprocess, train, distil, evaluate, apply"):
        run(Recipe(out=tmp_path), stages=["polish"])
    with pytest.raises(ValueError, match="steps is 0"):
        Recipe(out=tmp_path, steps=0)


@pytest.mark.parametrize(
    ("stage", "first"),
    [("train", "preprocess"), ("distil", "train"), ("evaluate", "train"), ("apply", "train")],
)
def test_a_stage_names_the_one_it_needs(tmp_path: Path, stage: str, first: str) -> None:
    pytest.importorskip("dicebear", reason="rendering needs the extra `train`")
    from models.training.avatar.recipe import Recipe, run

    with pytest.raises(ValueError, match=f"run the stage {first} first"):
        run(Recipe(out=tmp_path), stages=[stage])


def test_the_shipped_weights_are_never_trained_over(tmp_path: Path) -> None:
    pytest.importorskip("dicebear", reason="rendering needs the extra `train`")
    from models.training.avatar.recipe import Recipe, run

    with pytest.raises(ValueError, match="shipped"):
        run(Recipe(out=tmp_path, shipped=True), stages=["train"])
