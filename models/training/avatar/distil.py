"""Trains the early exit by distillation: a trained generator is both teacher and trunk; nothing is rendered.

The target is the teacher's layers averaged over 2x2 pixels: pictures are premultiplied and colours are applied
linearly, so that is exactly the picture's area average for any colours. Some rows lie between two looks, so that a
morph looks the same at both sizes.
"""

from collections.abc import Generator as Steps
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.avatar.avatar_program import fingerprint, load_generator
from models.avatar.exit import Exit
from models.avatar.generator import LEAK, Generator, channels_last, in_channels_last, lay_colors, split_conditions
from models.avatar.look import conditions
from models.training.avatar.split import training_look
from models.training.avatar.train import Losses, descend, follow, rate_share, run_steps, set_rate


@dataclass(frozen=True, slots=True)
class DistilConfig:
    """Everything a run depends on besides its teacher."""

    steps: int = 6_000
    batch: int = 32
    seed: int = 0
    rate: float = 2e-3
    warmup_steps: int = 100
    decay_from: float = 0.4  # share of the steps after which the rate decays, linearly to a hundredth
    squared_weight: float = 2.0  # weight of the squared error, relative to the absolute one
    layers_weight: float = 1.0  # weight of the layers' error, relative to the pictures'
    morphs: float = 0.25  # share of rows between two looks
    ema: float = 0.999


class Lesson(NamedTuple):
    """The exit's inputs for a batch, and its target layers [B, 7, S/2, S/2]."""

    features: Tensor
    style: Tensor
    parts: Tensor
    layers: Tensor


class Distiller:
    """The exit, its optimiser and its moving average; `state()` is the complete state. The teacher is frozen."""

    def __init__(self, trunk: Path, config: DistilConfig) -> None:
        self.config = config
        self.step = 0
        self.trunk = fingerprint(trunk)
        self.teacher = in_channels_last(load_generator(trunk).requires_grad_(requires_grad=False))
        torch.manual_seed(config.seed)  # after creating the teacher, which draws too
        self.exit = in_channels_last(Exit(self.teacher.config))
        self.average = in_channels_last(Exit(self.teacher.config)).requires_grad_(requires_grad=False)
        self.average.load_state_dict(self.exit.state_dict())
        self.adam = torch.optim.Adam(self.exit.parameters(), config.rate)

    def advance(self, rows: Tensor) -> Losses:
        """One training step on conditions [B, C]; returns the losses."""
        config = self.config
        share = rate_share(self.step, config.steps, config.warmup_steps, config.decay_from)
        set_rate(self.adam, config.rate * share)
        lesson, (_, colors) = teach(self.teacher, rows), split_conditions(rows)
        made = self.exit(lesson.features, lesson.style, lesson.parts)
        layers = self._distance(made, lesson.layers)
        pictures = self._distance(lay_colors(made, colors), lay_colors(lesson.layers, colors))
        descend(self.adam, pictures + config.layers_weight * layers)
        follow(self.average, self.exit, self.step, config.ema)
        self.step += 1
        return {"pictures": pictures.item(), "layers": layers.item()}

    def state(self) -> dict[str, object]:
        return {"step": self.step, "trunk": self.trunk} | {
            name: part.state_dict() for name, part in self._stateful().items()
        }

    def load_state(self, state: dict[str, dict[str, object]]) -> None:
        """Restore what `state` returned. ValueError if that run had another teacher."""
        if state["trunk"] != self.trunk:  # type: ignore[comparison-overlap]
            raise ValueError(
                f"the run was taught by generator {state['trunk']}, not by {self.trunk}; choose another folder."
            )
        for name, part in self._stateful().items():
            part.load_state_dict(state[name])
        self.step = int(state["step"])  # type: ignore[call-overload]

    def _stateful(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        return {"exit": self.exit, "average": self.average, "adam": self.adam}

    def _distance(self, made: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(made, target) + self.config.squared_weight * F.mse_loss(made, target)


@torch.no_grad()
def teach(teacher: Generator, rows: Tensor) -> Lesson:
    """Run the teacher on conditions [B, C]: its features where the exit branches off, and its averaged layers."""
    parts, _ = split_conditions(rows)
    style = teacher.style(parts)
    x = channels_last(F.leaky_relu(teacher.stem(style), LEAK), 4)
    passed = [x]
    for block in teacher.blocks:
        passed.append(block(passed[-1], style, parts))
    return Lesson(passed[-3], style, parts, F.avg_pool2d(teacher.masks(passed[-1]), 2))


def lesson_rows(step: int, config: DistilConfig) -> Tensor:
    """The conditions of `step`, float32 [batch, C]: training looks, some on the way to others."""
    numbers = range(step * config.batch, (step + 1) * config.batch)
    rows = np.stack([conditions(training_look(number)) for number in numbers])
    draw = np.random.default_rng((config.seed, step))
    share = np.where(draw.random(len(rows)) < config.morphs, draw.random(len(rows)), 0)[:, None]
    return torch.from_numpy((rows + share * (np.roll(rows, 1, axis=0) - rows)).astype(np.float32))


def distil(
    folder: Path, trunk: Path, config: DistilConfig, *, save_every: int = 500
) -> Steps[tuple[int, Losses], None, None]:
    """Train an exit of the generator saved in `trunk`, in `folder`; see `run_steps`."""
    distiller = Distiller(trunk, config)

    def advance(step: int) -> Losses:
        return distiller.advance(lesson_rows(step, config))

    yield from run_steps(folder, distiller, advance, config.steps, save_every=save_every)
