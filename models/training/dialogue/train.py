"""The training loop of the adapter: resumable bit for bit, since batches and rates depend on the step alone."""

import json
import math
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from models.dialogue.source import Source, source_of
from models.language.number_formats import NumberFormats
from models.language.weights import assemble
from models.precision import fast_dtype
from models.training.dialogue.encoding import Encoder
from models.training.dialogue.network import Network, Packed
from models.training.dialogue.team import Team
from models.training.dialogue.writing.conversation import Dialogue, write
from models.training.dialogue.writing.split import Side

STATE, WEIGHTS, LOG = "state.json", "state.safetensors", "losses.jsonl"
CONTEXT = 2048
LOG_EVERY, SAMPLE_EVERY = 1, 40  # steps


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything a run depends on. A step learns from `dialogues`, in `parts` whose gradients are summed."""

    steps: int = 600
    dialogues: int = 4
    parts: int = 2
    rank: int = 16
    scale: float = 2.0
    rate: float = 1.5e-3
    warmup_steps: int = 12
    clip: float = 1.0
    seed: int = 0


class Trainer:
    """The network, its optimiser and the step."""

    def __init__(self, source: Source, config: TrainConfig, dtype: torch.dtype, team: Team | None = None) -> None:
        self.config, self.step, self.team = config, 0, team or Team.joined()
        formats = NumberFormats(torch.float32, packed=False, cache=torch.float32)
        base, _ = assemble(source.checkpoint, formats, torch.device("cpu"), CONTEXT)
        self.network = Network(base, config.rank, config.scale, dtype, config.seed)
        self.adam = torch.optim.AdamW(self.network.parameters(), config.rate, (0.9, 0.98), weight_decay=0.0)
        self._encoder = Encoder(source.chat, source.tokenizer)

    def advance(self) -> dict[str, float]:
        """One step; returns the figures of `learn`, and the seconds that it took."""
        config, began = self.config, time.monotonic()
        batches = [self._encoder.packed(part) for part in self.team.share(self._parts())]
        self.adam.zero_grad()
        figures = learn(self.network, batches, self.team)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        for group in self.adam.param_groups:
            group["lr"] = config.rate * rate_share(self.step, config)
        self.adam.step()
        self.step += 1
        return {**figures, "seconds": time.monotonic() - began}

    def _parts(self) -> list[list[Dialogue]]:
        """The dialogues of this step, in parts of about the same length."""
        first = self.step * self.config.dialogues
        dialogues = [write(Side.TRAIN, first + i) for i in range(self.config.dialogues)]
        dialogues.sort(key=lambda one: -len(one.system))
        parts: list[list[Dialogue]] = [[] for _ in range(self.config.parts)]
        for i, dialogue in enumerate(dialogues):
            row, at = divmod(i, len(parts))
            parts[at if row % 2 == 0 else -1 - at].append(dialogue)
        return parts

    def save(self, folder: Path) -> None:
        """Write the state that later steps depend on; whole, or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"network.{name}": value.detach() for name, value in self.network.named_parameters()}
        for name, parameter in self.network.named_parameters():
            for key, value in self.adam.state.get(parameter, {}).items():
                tensors[f"adam.{key}.{name}"] = value
        partial = folder / "partial.safetensors"
        config = json.dumps({"step": self.step, "config": asdict(self.config)})
        save_file(tensors, partial, metadata={"state": config})
        partial.replace(folder / WEIGHTS)
        (folder / STATE).write_text(config + "\n", encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Continue from what `save` wrote. ValueError for a run of other settings."""
        from safetensors import safe_open

        with safe_open(folder / WEIGHTS, framework="pt") as file:
            state = json.loads(file.metadata()["state"])
        if state["config"] != asdict(self.config):
            raise ValueError(f"{folder} holds a run with other settings; choose another folder")
        self._restore(load_file(folder / WEIGHTS))
        self.step = state["step"]

    def _restore(self, tensors: dict[str, Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self.network.named_parameters():
                parameter.copy_(tensors[f"network.{name}"])
                keys = ("step", "exp_avg", "exp_avg_sq")
                found = {key: tensors[f"adam.{key}.{name}"] for key in keys if f"adam.{key}.{name}" in tensors}
                if found:
                    self.adam.state[parameter] = found


def learn(network: Network, batches: Sequence[Packed], team: Team) -> dict[str, float]:
    """Add the gradients of all of a team's batches to the parameters, the same in each of its processes.

    Returns the loss of a token in nats, the tokens read and those learnt.
    """
    targets = team.total(sum(len(batch.targets) for batch in batches))
    total = 0.0
    for batch in batches:
        loss = network(batch) / targets
        torch.autograd.backward(loss)
        total += loss.item()
    team.add_gradients(network.parameters())
    tokens = team.total(sum(len(batch.tokens) for batch in batches))
    return {"loss": team.total(total), "tokens": tokens, "targets": targets}


def rate_share(step: int, config: TrainConfig) -> float:
    """The share of the learning rate: linear warm-up, then a cosine to a twentieth."""
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    done = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return 0.05 + 0.95 * (1 + math.cos(math.pi * min(1.0, done))) / 2


def train(
    folder: Path,
    config: TrainConfig,
    *,
    save_every: int = 20,
    dtype: torch.dtype | None = None,
    sample: Callable[[int, Network], None] | None = None,
) -> Generator[tuple[int, dict[str, float]], None, Trainer]:
    """Train in `folder`, resuming what is there; yields each step and its figures, returns the trainer.

    `sample` is given the step and the network every SAMPLE_EVERY steps, in the process that leads.
    """
    trainer = Trainer(source_of(None), config, dtype or fast_dtype(torch.device("cpu")))
    if (folder / WEIGHTS).exists():
        trainer.load(folder)
    folder.mkdir(parents=True, exist_ok=True)
    while trainer.step < config.steps:
        figures = trainer.advance()
        last = trainer.step == config.steps
        if trainer.team.leads and (last or trainer.step % LOG_EVERY == 0):
            _log(folder / LOG, trainer.step, figures)
        if trainer.team.leads and (last or trainer.step % save_every == 0):
            trainer.save(folder)
        if sample is not None and trainer.team.leads and trainer.step % SAMPLE_EVERY == 0:
            sample(trainer.step, trainer.network)
        yield trainer.step, figures
    return trainer


def _log(file: Path, step: int, figures: Mapping[str, float]) -> None:
    with file.open("a", encoding="utf-8") as log:
        log.write(json.dumps({"step": step, **{key: round(value, 4) for key, value in figures.items()}}) + "\n")
