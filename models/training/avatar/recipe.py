"""The avatar recipe from nothing to a contact sheet: preprocess, train, evaluate, apply.

Every stage reads what the one before left in `out` and can be run again alone. Needs the extra `train`
(dicebear, resvg). Knows the order of the stages and shows progress; each stage's work is in its own file.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.avatar.look import Conditions, conditions
from models.avatar.program import WEIGHTS, AvatarProgram
from models.training.avatar.dataset import CHUNK, Pictures, PictureSet, chunk_paths
from models.training.avatar.evaluate import evaluate, paint
from models.training.avatar.export import export_generator
from models.training.avatar.judge import load_judge, train_judge
from models.training.avatar.render import render, render_chunks
from models.training.avatar.sheet import pairs
from models.training.avatar.split import held_out_look
from models.training.avatar.train import TrainConfig, train

SAMPLE = 32  # held-out looks on a sample sheet
SAVE_EVERY = 500  # steps between checkpoints, each with a sample sheet


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make and where. Raises ValueError for numbers that cannot work."""

    out: Path
    pictures: int = 80_000
    steps: int = 5_000
    judge_steps: int = 2_500
    cases: int = 1_000  # held-out looks evaluated
    first_case: int = 0  # another start gives other held-out looks
    processes: int = 1  # that render
    shipped: bool = False  # evaluate and apply the committed weights rather than those in `out`

    def __post_init__(self) -> None:
        for name in ("pictures", "steps", "judge_steps", "cases", "processes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give at least 1.")

    @property
    def run_folder(self) -> Path:
        return self.out / "run"

    @property
    def picture_folder(self) -> Path:
        return self.out / "pictures"

    @property
    def weights(self) -> Path:
        return WEIGHTS if self.shipped else self.out / "generator.safetensors"

    @property
    def judge(self) -> Path:
        return (WEIGHTS.parent if self.shipped else self.out) / "judge.safetensors"


def run(recipe: Recipe, *, stages: Sequence[str], resume: bool = False, console: Console | None = None) -> None:
    """Run the named stages of `STAGES`, in the order given, one torch thread.

    Raises ValueError for an unknown stage, for one whose input is missing, or if `out` already holds a training run
    and `resume` is not set.
    """
    unknown = [stage for stage in stages if stage not in STAGES]
    if unknown:
        raise ValueError(f"unknown stage {unknown[0]!r}; choose from {', '.join(STAGES)}.")
    if "train" in stages and recipe.shipped:
        raise ValueError("training never writes over the shipped weights; train without `shipped`.")
    if "train" in stages and not resume and (recipe.run_folder / "checkpoint.pt").exists():
        raise ValueError(f"{recipe.run_folder} holds a training run; resume it, or choose another folder.")
    recipe.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for stage in stages:
        STAGES[stage](recipe, console or Console())


def preprocess_stage(recipe: Recipe, console: Console) -> None:
    """Render what is missing of the training pictures."""
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


def evaluate_stage(recipe: Recipe, console: Console) -> None:
    """Write `evaluation.json`: held-out looks in the seeds' colours, and again in free colours."""
    _require(recipe.weights, "train")
    program = AvatarProgram.load(torch.device("cpu"), weights=recipe.weights)
    judge = load_judge(recipe.judge)
    report: dict[str, object] = {"weights_version": program.version}
    for name, free_colors in (("seed_colors", False), ("free_colors", True)):
        rows, truth = held_out(recipe.cases, recipe.first_case, free_colors=free_colors)
        figures = evaluate(paint(program, rows), truth, rows, judge)
        report[name] = asdict(figures) | {"meets_bars": figures.meets_bars()}
    text = json.dumps(report, indent=2)
    (recipe.out / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    console.print_json(text)


def apply_stage(recipe: Recipe, console: Console) -> None:
    """Write `contact_sheet.png`: held-out looks, true above and generated below."""
    _require(recipe.weights, "train")
    program = AvatarProgram.load(torch.device("cpu"), weights=recipe.weights)
    rows, truth = held_out(SAMPLE, recipe.first_case)
    pairs(truth, paint(program, rows)).save(recipe.out / "contact_sheet.png")
    console.print(f"contact sheet: {recipe.out / 'contact_sheet.png'}")


STAGES: Mapping[str, Callable[[Recipe, Console], None]] = {
    "preprocess": preprocess_stage,
    "train": train_stage,
    "evaluate": evaluate_stage,
    "apply": apply_stage,
}


def held_out(count: int, first: int = 0, *, free_colors: bool = False) -> tuple[list[Conditions], Pictures]:
    """Conditions and true pictures of `count` held-out looks from number `first` on."""
    looks = [held_out_look(number, free_colors=free_colors) for number in range(first, first + count)]
    return [conditions(look) for look in looks], np.stack([render(look) for look in looks])


def _write_sample(recipe: Recipe, step: int) -> None:
    """A sheet of held-out looks as the averaged generator of the newest checkpoint paints them."""
    weights = recipe.run_folder / "sample.safetensors"
    export_generator(recipe.run_folder / "checkpoint.pt", weights)
    rows, truth = held_out(SAMPLE)
    program = AvatarProgram.load(torch.device("cpu"), weights=weights)
    pairs(truth, paint(program, rows)).save(recipe.run_folder / f"sample-{step:06d}.png")


def _require(path: Path, stage: str) -> None:
    if not path.exists():
        raise ValueError(f"{path} is missing; run the stage {stage} first.")


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)
