"""The avatar's training pipeline: preprocess, train, distil, evaluate, apply.

Every stage reads what earlier ones left in `out`, and can be repeated alone. Needs the extra `train` (dicebear, resvg).
Orders the stages and shows progress; their work is in their own files.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.avatar.avatar_program import EXIT_WEIGHTS, HALF_LANE, WEIGHTS, AvatarProgram
from models.avatar.look import Conditions, conditions, look_from_seed
from models.training.avatar.dataset import CHUNK, Pictures, PictureSet, chunk_paths
from models.training.avatar.distil import DistilConfig, distil
from models.training.avatar.evaluate import evaluate, evaluate_exit, paint
from models.training.avatar.export import export_exit, export_generator
from models.training.avatar.judge import load_judge, train_judge
from models.training.avatar.render import render, render_chunks
from models.training.avatar.sheet import beside, pairs
from models.training.avatar.split import held_out_look
from models.training.avatar.train import TrainConfig, train

SAMPLE = 32  # held-out looks per sample sheet
SEEDS = 10  # avatars on the sheet of both sizes
SAVE_EVERY = 500  # steps between checkpoints, each with a sample sheet


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make and where. ValueError for invalid numbers."""

    out: Path
    pictures: int = 80_000
    steps: int = 5_000
    judge_steps: int = 2_500
    exit_steps: int = 6_000
    cases: int = 1_000  # held-out looks to evaluate on
    first_case: int = 0  # another start gives other held-out looks
    processes: int = 1  # rendering processes
    shipped: bool = False  # distil, evaluate and apply the committed weights instead of those in `out`

    def __post_init__(self) -> None:
        for name in ("pictures", "steps", "judge_steps", "exit_steps", "cases", "processes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give at least 1.")

    @property
    def run_folder(self) -> Path:
        return self.out / "run"

    @property
    def exit_folder(self) -> Path:
        return self.out / "exit"

    @property
    def picture_folder(self) -> Path:
        return self.out / "pictures"

    @property
    def weights(self) -> Path:
        return WEIGHTS if self.shipped else self.out / "generator.safetensors"

    @property
    def exit_weights(self) -> Path:
        return EXIT_WEIGHTS if self.shipped else self.out / EXIT_WEIGHTS.name

    @property
    def judge(self) -> Path:
        return (WEIGHTS.parent if self.shipped else self.out) / "judge.safetensors"


def run(recipe: Recipe, *, stages: Sequence[str], resume: bool = False, console: Console | None = None) -> None:
    """Run the named stages of `STAGES` in the given order, with one torch thread.

    ValueError for an unknown stage, for one whose input is missing, or if `out` already holds a training run and
    `resume` is not set.
    """
    unknown = [stage for stage in stages if stage not in STAGES]
    if unknown:
        raise ValueError(f"unknown stage {unknown[0]!r}; choose from {', '.join(STAGES)}.")
    if "train" in stages and recipe.shipped:
        raise ValueError("training never writes over the shipped weights; train without `shipped`.")
    for stage, folder in (("train", recipe.run_folder), ("distil", recipe.exit_folder)):
        if stage in stages and not resume and (folder / "checkpoint.pt").exists():
            raise ValueError(f"{folder} holds a training run; resume it, or choose another folder.")
    recipe.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for stage in stages:
        STAGES[stage](recipe, console or Console())


def preprocess_stage(recipe: Recipe, console: Console) -> None:
    """Render the missing training pictures."""
    chunks = len(chunk_paths(recipe.picture_folder, recipe.pictures))
    with _progress(console) as progress:
        task = progress.add_task(f"rendering, chunks of {CHUNK}", total=chunks)
        for _ in render_chunks(recipe.picture_folder, recipe.pictures, recipe.processes):
            progress.advance(task)
        progress.update(task, completed=chunks)


def train_stage(recipe: Recipe, console: Console) -> None:
    """Train the judge and the generator; write weights, losses and sample sheets."""
    _require(chunk_paths(recipe.picture_folder, recipe.pictures)[-1][0], "preprocess")
    pictures = PictureSet(recipe.picture_folder, recipe.pictures)
    with _progress(console) as progress:
        if not recipe.judge.exists():
            task = progress.add_task("judge", total=recipe.judge_steps)
            for _ in train_judge(recipe.judge, pictures, recipe.judge_steps):
                progress.advance(task)
        task = progress.add_task("generator", total=recipe.steps)
        config = TrainConfig(steps=recipe.steps)
        for step, _ in train(recipe.run_folder, pictures, config, save_every=SAVE_EVERY):
            progress.update(task, completed=step)
            if step % SAVE_EVERY == 0 or step == recipe.steps:
                _write_sample(recipe, step)
        progress.update(task, completed=recipe.steps)
    export_generator(recipe.run_folder / "checkpoint.pt", recipe.weights)
    console.print(f"weights: {recipe.weights}")


def distil_stage(recipe: Recipe, console: Console) -> None:
    """Distil the generator into the exit; write its weights and losses to `out`, even with a shipped teacher."""
    _require(recipe.weights, "train")
    with _progress(console) as progress:
        task = progress.add_task("exit", total=recipe.exit_steps)
        config = DistilConfig(steps=recipe.exit_steps)
        for step, _ in distil(recipe.exit_folder, recipe.weights, config, save_every=SAVE_EVERY):
            progress.update(task, completed=step)
        progress.update(task, completed=recipe.exit_steps)
    weights = recipe.out / EXIT_WEIGHTS.name
    export_exit(recipe.exit_folder / "checkpoint.pt", weights)
    console.print(f"weights: {weights}")


def evaluate_stage(recipe: Recipe, console: Console) -> None:
    """Write `evaluation.json`: held-out looks in seed colours and in free colours, at both sizes."""
    program = _program(recipe)
    judge = load_judge(recipe.judge)
    report: dict[str, object] = {"weights_version": program.version}
    for name, free_colors in (("seed_colors", False), ("free_colors", True)):
        rows, truth = held_out(recipe.cases, recipe.first_case, free_colors=free_colors)
        made = paint(program, rows)
        figures = evaluate(made, truth, rows, judge)
        report[name] = asdict(figures) | {"meets_bars": figures.meets_bars()}
        report[f"{name}_32"] = asdict(evaluate_exit(paint(program, rows, HALF_LANE), made, truth))
    text = json.dumps(report, indent=2)
    (recipe.out / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    console.print_json(text)


def apply_stage(recipe: Recipe, console: Console) -> None:
    """Write `contact_sheet.png`, held-out looks with the truth above, and `avatars32.png`, both sizes."""
    program = _program(recipe)
    rows, truth = held_out(SAMPLE, recipe.first_case)
    pairs(truth, paint(program, rows)).save(recipe.out / "contact_sheet.png")
    seeds = [conditions(look_from_seed(seed)) for seed in range(SEEDS)]
    beside(paint(program, seeds), paint(program, seeds, HALF_LANE)).save(recipe.out / "avatars32.png")
    console.print(f"contact sheets: {recipe.out / 'contact_sheet.png'}, {recipe.out / 'avatars32.png'}")


STAGES: Mapping[str, Callable[[Recipe, Console], None]] = {
    "preprocess": preprocess_stage,
    "train": train_stage,
    "distil": distil_stage,
    "evaluate": evaluate_stage,
    "apply": apply_stage,
}


def held_out(count: int, first: int = 0, *, free_colors: bool = False) -> tuple[list[Conditions], Pictures]:
    """Conditions and true pictures of `count` held-out looks from number `first` on."""
    looks = [held_out_look(number, free_colors=free_colors) for number in range(first, first + count)]
    return [conditions(look) for look in looks], np.stack([render(look) for look in looks])


def _program(recipe: Recipe) -> AvatarProgram:
    """The generator with its exit, as it is served."""
    _require(recipe.weights, "train")
    _require(recipe.exit_weights, "distil")
    return AvatarProgram.load(torch.device("cpu"), weights=recipe.weights, exit_weights=recipe.exit_weights)


def _write_sample(recipe: Recipe, step: int) -> None:
    """Write a sheet of held-out looks by the averaged generator of the latest checkpoint."""
    weights = recipe.run_folder / "sample.safetensors"
    export_generator(recipe.run_folder / "checkpoint.pt", weights)
    rows, truth = held_out(SAMPLE)
    program = AvatarProgram.load(torch.device("cpu"), weights=weights, exit_weights=None)
    pairs(truth, paint(program, rows)).save(recipe.run_folder / f"sample-{step:06d}.png")


def _require(path: Path, stage: str) -> None:
    if not path.exists():
        raise ValueError(f"{path} is missing; run the stage {stage} first.")


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)
