"""Processes that train one adapter together: each learns from its share of a step, and all take the same step.

`torchrun --nproc-per-node 2 -m bridge.cli train dialogue ...` starts two. By itself, a process is a team of one.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, distributed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Team:
    """Which of how many processes this is."""

    rank: int = 0
    size: int = 1

    @classmethod
    def joined(cls) -> "Team":
        """The team that torchrun's variables name: gloo between processors, NCCL between GPUs of their own."""
        if "WORLD_SIZE" not in os.environ:
            return cls()
        if not distributed.is_initialized():
            own_gpus = torch.cuda.device_count() >= int(os.environ["WORLD_SIZE"])
            distributed.init_process_group("cpu:gloo,cuda:nccl" if own_gpus else "gloo")
        return cls(distributed.get_rank(), distributed.get_world_size())

    @property
    def leads(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """Those of this process. ValueError if they cannot be dealt out evenly."""
        if len(items) % self.size:
            raise ValueError(f"{len(items)} parts cannot be shared by {self.size} processes; start another number")
        return items[self.rank :: self.size]

    def total(self, value: float) -> float:
        """The sum of what each process has."""
        one = torch.tensor([value], dtype=torch.float64)
        self._add(one)
        return one.item()

    def add_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Put the sum of all processes' gradients in the place of each, in one message."""
        if self.size == 1:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        self._add(flat)
        pieces = flat.split([gradient.numel() for gradient in gradients])
        for gradient, piece in zip(gradients, pieces, strict=True):
            gradient.copy_(piece.view_as(gradient))

    def _add(self, tensor: Tensor) -> None:
        if self.size > 1:
            distributed.all_reduce(tensor)
