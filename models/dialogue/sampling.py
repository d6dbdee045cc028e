"""Samples the next token: temperature, top-p, repetition penalty, seed.

A draw depends only on its own row and the given number in [0, 1), not on the rest of the batch. Source of the penalty:
CTRL (Keskar et al., 2019); of top-p: Holtzman et al., 2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.dialogue.grammar import Grammar

LIKELIEST = 64  # sample among this many tokens; in a model of this size the rest is noise
GREEDY = 0.01  # below this temperature, take the likeliest token
LONGEST_REPLY = 4096
MOST_STOPS, LONGEST_STOP = 8, 64


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a reply is sampled. ValueError for values out of range."""

    temperature: float = 0.5  # 0 (always the likeliest token) to 5
    top_p: float = 0.9  # sample among the likeliest tokens that together reach this probability; above 0, up to 1
    repetition_penalty: float = 1.1  # above 1 makes tokens of the prompt and the reply less likely; 0.5 to 5
    seed: int = 0  # equal seeds give equal replies; 0 picks a random one
    max_new_tokens: int = 96
    stop: tuple[str, ...] = ()  # the reply ends before the first of these
    grammar: Grammar | None = None  # what the reply must look like; one that reaches max_new_tokens may be cut short

    def __post_init__(self) -> None:
        _within("temperature", self.temperature, 0, 5)
        _within("top_p", self.top_p, 1e-6, 1)
        _within("repetition_penalty", self.repetition_penalty, 0.5, 5)
        _within("seed", self.seed, -(2**63), 2**63 - 1)
        _within("max_new_tokens", self.max_new_tokens, 1, LONGEST_REPLY)
        _within("the number of stop strings", len(self.stop), 0, MOST_STOPS)
        for text in self.stop:
            _within("the length of a stop string", len(text), 1, LONGEST_STOP)


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # also rejects NaN
        raise ValueError(f"{name} is {value}; send a value from {least} to {most}")


@dataclass(frozen=True, slots=True)
class Draw:
    """One row's draw."""

    sampling: Sampling
    said: Sequence[int]  # tokens so far, for the penalty
    chance: float  # in [0, 1); decides the draw


def draw(tokens: Tensor, logits: Tensor, draws: Sequence[Draw]) -> list[int]:
    """Sample one of each row's `tokens` [rows, n] by their `logits` [rows, n]."""
    if not draws:
        return []
    logits = torch.stack([_penalised(*row) for row in zip(tokens, logits, draws, strict=True)])
    scores, order = logits.double().sort(descending=True)
    drawn: list[int] = tokens.gather(-1, order.gather(-1, _places(scores, draws))).flatten().tolist()
    return drawn


def _penalised(tokens: Tensor, logits: Tensor, one: Draw) -> Tensor:
    penalty = one.sampling.repetition_penalty
    if penalty == 1:
        return logits
    weaker = torch.where(logits > 0, logits / penalty, logits * penalty)
    repeated = (tokens.unsqueeze(-1) == torch.tensor(one.said, device=tokens.device)).any(-1)
    return weaker.where(repeated, logits)


def _places(scores: Tensor, draws: Sequence[Draw]) -> Tensor:
    """The sampled index into each row's descending `scores` [rows, n]: [rows, 1]."""
    wishes = [(d.sampling.temperature, d.sampling.top_p, d.chance) for d in draws]
    settings = [wish if wish[0] >= GREEDY else (1, 0, 0) for wish in wishes]
    temperature, top_p, chance = torch.tensor(settings, dtype=scores.dtype, device=scores.device).t().unsqueeze(-1)
    probabilities = (scores / temperature).softmax(-1)
    before = probabilities.cumsum(-1) - probabilities
    before[:, 0] = -1  # always keep the likeliest token
    kept = probabilities.where(before < top_p, 0)
    mass = kept.cumsum(-1)
    last = (kept > 0).sum(-1, keepdim=True) - 1
    return torch.searchsorted(mass, chance * mass[:, -1:], right=True).minimum(last)  # rounding could exceed it by one
