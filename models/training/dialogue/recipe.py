"""The adapter's pipeline: train, evaluate. The data is written while training, from `words/`, by numbered streams.

Orders the stages and shows progress; their work is in their own files.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.dialogue.loading import NPC_ADAPTER
from models.training.dialogue.evaluate import Case, by_kind, evaluate
from models.training.dialogue.export import export
from models.training.dialogue.network import Network
from models.training.dialogue.team import Team
from models.training.dialogue.train import WEIGHTS, TrainConfig, train

SHOWN = 30  # replies in the log of an evaluation
BARE = 10  # held-out NPCs that the model without an adapter is asked about
SAMPLED = 6  # questions that are asked while training


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make and where. ValueError for invalid numbers."""

    out: Path = Path("train_dialogue_out")
    steps: int = 600
    cases: int = 40  # held-out NPCs to evaluate on
    threads: int = 1
    shipped: bool = False  # evaluate the adapter of this repository, not that in `out`

    def __post_init__(self) -> None:
        for name in ("steps", "cases", "threads"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give at least 1.")

    @property
    def run_folder(self) -> Path:
        return self.out / "run"

    @property
    def adapter(self) -> Path:
        return NPC_ADAPTER if self.shipped else self.out / "adapter"


def run(recipe: Recipe, *, stages: Sequence[str], resume: bool = False, console: Console | None = None) -> None:
    """Run the named stages of `STAGES` in the given order.

    ValueError for an unknown stage, for one whose input is missing, or if `out` already holds a training run and
    `resume` is not set.
    """
    unknown = [stage for stage in stages if stage not in STAGES]
    if unknown:
        raise ValueError(f"unknown stage {unknown[0]!r}; choose from {', '.join(STAGES)}.")
    if "train" in stages and not resume and (recipe.run_folder / WEIGHTS).exists():
        raise ValueError(f"{recipe.run_folder} holds a training run; resume it, or choose another folder.")
    recipe.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.threads)
    team = Team.joined()
    for stage in stages:
        if stage == "train" or team.leads:
            STAGES[stage](recipe, console or Console(quiet=not team.leads))


def train_stage(recipe: Recipe, console: Console) -> None:
    """Train and export the adapter."""
    with _progress(console) as progress:
        task = progress.add_task("adapter", total=recipe.steps)
        running = train(recipe.run_folder, TrainConfig(steps=recipe.steps), sample=partial(_sample, recipe))
        while True:
            try:
                step, figures = next(running)
            except StopIteration as stop:
                if stop.value.team.leads:
                    export(stop.value.network, recipe.adapter)
                break
            progress.update(task, completed=step, description=f"adapter, loss {figures['loss']:.3f}")
    console.print(f"adapter: {recipe.adapter}")


def _sample(recipe: Recipe, step: int, network: Network) -> None:
    """Ask the same held-out questions as before, as the adapter would be served, and write the replies down."""
    folder = recipe.run_folder / "sampled"
    export(network, folder)
    with (recipe.run_folder / "samples.jsonl").open("a", encoding="utf-8") as log:
        for case in islice(evaluate(folder, 1), SAMPLED):
            log.write(
                json.dumps({"step": step, "user": case.user, "said": case.said, "expected": case.expected}) + "\n"
            )


def evaluate_stage(recipe: Recipe, console: Console) -> None:
    """Write `evaluation.json`, tables by kinds of question, of the bare model too, and `replies.jsonl`, every reply."""
    if not recipe.adapter.exists():
        raise ValueError(f"{recipe.adapter} is missing; run the stage train first.")
    tables: dict[str, dict[str, dict[str, int]]] = {}
    with (recipe.out / "replies.jsonl").open("w", encoding="utf-8") as log:
        for name, folder, number in (
            ("adapter", recipe.adapter, recipe.cases),
            ("bare", None, min(BARE, recipe.cases)),
        ):
            cases: list[Case] = []
            for case in evaluate(folder, number):
                cases.append(case)
                log.write(json.dumps({"by": name, **asdict(case)}) + "\n")
                if len(cases) <= SHOWN:
                    console.print(f"{case.user}\n    {case.said}", markup=False, highlight=False)
            tables[name] = by_kind(cases)
    text = json.dumps(tables, indent=2)
    (recipe.out / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    console.print_json(text)


STAGES: Mapping[str, Callable[[Recipe, Console], None]] = {"train": train_stage, "evaluate": evaluate_stage}


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)
