"""Rotary positions (Su et al., 2021) and how long contexts stretch them.

Formulas as in the papers that `architecture.py` names; Llama 3's as Meta's `apply_scaling` has it.
"""

import math

import torch
from torch import Tensor

from models.language.architecture import (
    Architecture,
    DivisorScaling,
    LinearScaling,
    Llama3Scaling,
    YarnScaling,
)


def rotations(architecture: Architecture, context: int) -> Tensor:
    """exp(i x position x speed) for every position and pair, grown by YaRN's attention: [context, head_width / 2]
    complex64.
    """
    exponents = torch.arange(0, architecture.head_width, 2, dtype=torch.float64) / architecture.head_width
    speeds = _scaled(architecture.rope_base**-exponents, architecture)
    angles = torch.arange(context, dtype=torch.float64)[:, None] * speeds
    scaling = architecture.scaling
    length = scaling.attention if isinstance(scaling, YarnScaling) else 1.0
    return torch.polar(torch.full_like(angles, length), angles).to(torch.complex64)


def _scaled(speeds: Tensor, architecture: Architecture) -> Tensor:
    match architecture.scaling:
        case LinearScaling(factor):
            return speeds / factor
        case DivisorScaling(divisors):
            return speeds / torch.tensor(divisors, dtype=torch.float64)
        case Llama3Scaling() as scaling:
            return _llama3(speeds, scaling)
        case YarnScaling() as scaling:
            return _yarn(speeds, scaling, architecture)
        case None:
            return speeds


def _llama3(speeds: Tensor, scaling: Llama3Scaling) -> Tensor:
    turns = scaling.original * speeds / (2 * math.pi)  # of a pair in the original context
    kept = ((turns - scaling.low) / (scaling.high - scaling.low)).clamp(0, 1)
    return speeds * (kept + (1 - kept) / scaling.factor)


def _yarn(speeds: Tensor, scaling: YarnScaling, architecture: Architecture) -> Tensor:
    def pair_that_turns(times: float) -> float:
        """The pair, not a whole number, that turns so often in the original context."""
        wave = scaling.original / (times * 2 * math.pi)
        return architecture.head_width * math.log(wave) / (2 * math.log(architecture.rope_base))

    first, last = pair_that_turns(scaling.fast), pair_that_turns(scaling.slow)
    if scaling.truncate:
        first, last = math.floor(first), math.ceil(last)
    first, last = max(first, 0), min(last, architecture.head_width - 1)
    slowed = ((torch.arange(len(speeds), dtype=torch.float64) - first) / max(last - first, 1e-3)).clamp(0, 1)
    return speeds * (1 - slowed + slowed / scaling.factor)
