"""The training loop: first the paired loss alone, then with the discriminator; resumable bit for bit.

The paired loss (L1 + squared error to the true picture) gives fidelity cheaply; the discriminator (hinge loss with
projection and an auxiliary classifier) gives sharpness at three times the cost per step, so it joins late. The saved
weights are an exponential moving average.
"""

import json
from collections.abc import Callable
from collections.abc import Generator as Steps
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.avatar.generator import Generator, in_channels_last
from models.training.avatar.dataset import PictureSet
from models.training.avatar.discriminator import Discriminator, part_loss

Losses = dict[str, float]
LOG_EVERY = 10  # steps


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything a run depends on besides its pictures."""

    steps: int = 5_000
    batch: int = 32
    seed: int = 0
    generator_rate: float = 1e-3
    adversary_rate: float = 6e-4
    warmup_steps: int = 200
    adversarial_from: float = 0.75  # share of the steps after which the discriminator joins
    decay_from: float = 0.6  # share of the steps after which the rates decay, linearly to a hundredth
    paired_weight: float = 20.0
    squared_weight: float = 40.0
    parts_weight: float = 0.5
    adversarial_weight: float = 0.1
    ema: float = 0.999


class Trainer:
    """Both networks, their optimisers and the moving average; `state()` is the complete state."""

    def __init__(self, config: TrainConfig) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.step = 0
        self.generator = Generator()
        self.average = Generator().requires_grad_(requires_grad=False)
        self.average.load_state_dict(self.generator.state_dict())
        self.adversary = Discriminator()
        for network in (self.generator, self.average, self.adversary):
            in_channels_last(network)
        betas = (0.5, 0.99)
        self.generator_adam = torch.optim.Adam(self.generator.parameters(), config.generator_rate, betas)
        self.adversary_adam = torch.optim.Adam(self.adversary.parameters(), config.adversary_rate, (0.0, 0.99))

    def advance(self, pictures: Tensor, conditions: Tensor) -> Losses:
        """One training step on pictures [B, 4, 64, 64] and conditions [B, C]; returns the losses."""
        config = self.config
        share = rate_share(self.step, config.steps, config.warmup_steps, config.decay_from)
        set_rate(self.generator_adam, config.generator_rate * share)
        set_rate(self.adversary_adam, config.adversary_rate * share)
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        made = self.generator(conditions)
        losses: Losses = {}
        loss = config.paired_weight * F.l1_loss(made, pictures) + config.squared_weight * F.mse_loss(made, pictures)
        losses["paired"] = loss.item()
        if self.step >= config.adversarial_from * config.steps:
            losses |= self._teach_adversary(pictures, made.detach(), conditions)
            self.adversary.requires_grad_(requires_grad=False)
            score, logits = self.adversary(made, conditions)
            self.adversary.requires_grad_(requires_grad=True)
            parts = part_loss(logits, conditions)
            losses |= {"fool": -score.mean().item(), "made_parts": parts.item()}
            loss = loss - config.adversarial_weight * score.mean() + config.parts_weight * parts
        descend(self.generator_adam, loss)
        follow(self.average, self.generator, self.step, config.ema)
        self.step += 1
        return losses

    def state(self) -> dict[str, object]:
        return {"step": self.step} | {name: part.state_dict() for name, part in self._stateful().items()}

    def load_state(self, state: dict[str, dict[str, object]]) -> None:
        for name, part in self._stateful().items():
            part.load_state_dict(state[name])
        self.step = int(state["step"])  # type: ignore[call-overload]

    def _stateful(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        return {
            "generator": self.generator,
            "average": self.average,
            "adversary": self.adversary,
            "generator_adam": self.generator_adam,
            "adversary_adam": self.adversary_adam,
        }

    def _teach_adversary(self, pictures: Tensor, made: Tensor, conditions: Tensor) -> Losses:
        true_score, true_logits = self.adversary(pictures, conditions)
        made_score, _ = self.adversary(made, conditions)
        hinge = F.relu(1 - true_score).mean() + F.relu(1 + made_score).mean()
        parts = part_loss(true_logits, conditions)
        descend(self.adversary_adam, hinge + parts)
        return {"hinge": hinge.item(), "true_parts": parts.item()}


def descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """One optimiser step on `loss`."""
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every parameter group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def rate_share(step: int, steps: int, warmup_steps: int, decay_from: float) -> float:
    """The factor of the learning rate at `step` of `steps`: linear warm-up, then linear decay to a hundredth."""
    left = (steps - step) / (steps * (1 - decay_from))
    return min(1.0, (step + 1) / warmup_steps, max(0.01, left))


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, step: int, ema: float) -> None:
    """Update the moving average after `step`."""
    # Early on, the average would be dominated by the random initial weights, so it follows faster.
    keep = min(ema, (1 + step) / (10 + step))
    for mean, value in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - keep)
        else:
            mean.copy_(value)


class Resumable(Protocol):
    """A training run between two steps."""

    step: int

    def state(self) -> dict[str, object]:
        """The complete state that later steps depend on."""
        ...

    def load_state(self, state: dict[str, dict[str, object]]) -> None:
        """Restore what `state` returned."""
        ...


def train(
    folder: Path, pictures: PictureSet, config: TrainConfig, *, save_every: int = 500
) -> Steps[tuple[int, Losses], None, None]:
    """Train on `pictures` in `folder`; see `run_steps`."""
    trainer = Trainer(config)

    def advance(step: int) -> Losses:
        return trainer.advance(*pictures.batch(step, config.batch))

    yield from run_steps(folder, trainer, advance, config.steps, save_every=save_every)


def run_steps(
    folder: Path, trainer: Resumable, advance: Callable[[int], Losses], steps: int, *, save_every: int
) -> Steps[tuple[int, Losses], None, None]:
    """Call `advance` for each step up to `steps`, resuming from `folder`'s checkpoint if any; yields step and losses.

    Writes `checkpoint.pt` every `save_every` steps and at the end, and a line of `losses.jsonl` every `LOG_EVERY`
    steps.
    """
    if (folder / "checkpoint.pt").exists():
        trainer.load_state(torch.load(folder / "checkpoint.pt", weights_only=True))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "losses.jsonl").open("a", encoding="utf-8") as log:
        while trainer.step < steps:
            losses = advance(trainer.step)
            if trainer.step % LOG_EVERY == 0 or trainer.step == steps:
                rounded = {name: round(value, 5) for name, value in losses.items()}
                log.write(json.dumps({"step": trainer.step} | rounded) + "\n")
                log.flush()
            if trainer.step % save_every == 0 or trainer.step == steps:
                save_checkpoint(trainer, folder)
            yield trainer.step, losses


def save_checkpoint(trainer: Resumable, folder: Path) -> None:
    """Write `checkpoint.pt` atomically."""
    partial = folder / "checkpoint.partial"
    torch.save(trainer.state(), partial)
    partial.replace(folder / "checkpoint.pt")
