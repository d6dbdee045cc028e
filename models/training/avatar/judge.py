"""The independent judge: classifies the parts in a picture, to check generated pictures.

Its design, seed and training differ from the discriminator's; it has only seen true renders of training looks, and the
generator is never trained against it.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from models.avatar.generator import in_channels_last
from models.avatar.look import PART_WIDTH, PARTS
from models.training.avatar.dataset import PictureSet
from models.training.avatar.discriminator import part_loss

BATCH = 64
RATE = 2e-3
SEED = 20_011


class Judge(nn.Module):
    """Pictures [B, 4, 64, 64] in [0, 1] to part logits [B, PART_WIDTH]: convolutions, batch norm and max pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.eye = nn.Sequential(
            nn.Conv2d(4, 32, 5, stride=2, padding=2, bias=False),
            *(nn.BatchNorm2d(32), nn.ReLU()),
            *(nn.Conv2d(32, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(64, 96, 3, padding=1, bias=False), nn.BatchNorm2d(96), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(96, 96, 3, padding=1, bias=False), nn.BatchNorm2d(96), nn.ReLU()),
        )
        self.verdict = nn.Sequential(nn.Flatten(), nn.Linear(96 * 64, 128), nn.ReLU(), nn.Linear(128, PART_WIDTH))

    def forward(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.verdict(self.eye(pictures))
        return logits


def train_judge(path: Path, pictures: PictureSet, steps: int) -> Iterator[float]:
    """Train on true pictures and save to `path` as float16 safetensors; yields each step's loss."""
    torch.manual_seed(SEED)
    judge = in_channels_last(Judge())
    adam = torch.optim.AdamW(judge.parameters(), RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, total_steps=steps)
    for step in range(steps):
        truth, conditions = pictures.batch(SEED + step, BATCH)
        loss = part_loss(judge(truth.contiguous(memory_format=torch.channels_last)), conditions)
        adam.zero_grad()
        torch.autograd.backward(loss)
        adam.step()
        schedule.step()
        yield loss.item()
    save_judge(judge, path)


def save_judge(judge: Judge, path: Path) -> None:
    """Save the judge's weights, floats as float16."""
    state = {name: value.half() if value.is_floating_point() else value for name, value in judge.state_dict().items()}
    save_file({name: value.contiguous() for name, value in state.items()}, path)


def load_judge(path: Path) -> Judge:
    """The saved judge, in float32 and evaluation mode."""
    judge = Judge()
    judge.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    return judge.eval()


@torch.inference_mode()
def accuracies(judge: Judge, pictures: Tensor, conditions: Tensor) -> dict[str, float]:
    """The judge's accuracy on pictures [B, 4, 64, 64], per attribute."""
    logits = torch.cat([judge(some) for some in torch.split(pictures, 64)])
    widths = [len(choices) for choices in PARTS.values()]
    pairs = zip(torch.split(logits, widths, 1), torch.split(conditions[:, :PART_WIDTH], widths, 1), strict=True)
    hits = [round((guess.argmax(1) == truth.argmax(1)).float().mean().item(), 4) for guess, truth in pairs]
    return dict(zip(PARTS, hits, strict=True))
