"""A small decoder with a long context, a pool that is full of other things, and rows in it."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from models.language.batch import Batch, Row
from models.language.cache.slots import Lease
from models.language.decoder import Decoder, Norm
from models.language.dense import Dense
from models.language.lora import Adapter
from models.language.rope import rotations
from models.language.static.graphs import Direct, Recorder
from models.language.static.step import StaticStep
from models.language.static.trial import row_sizes
from tests.models.dialogue.stepping import turn
from tests.models.language import tiny

CONTEXT, SLOTS, MOST = 4640, 6, 16
POSITIONS = (0, 5, 255, 256, 700, 1300)  # of a row in each slot
Outputs = tuple[Tensor, Tensor]


def decoder(layers: int = 2) -> Decoder:
    made = tiny.decoder(tiny.weights())
    layered = [made.layers[number % 2] for number in range(layers)]
    shape = replace(made.shape, layers=layers)
    return replace(made, shape=shape, layers=layered, rotations=rotations(tiny.SHAPE, CONTEXT))


def on(of: Decoder, device: torch.device) -> Decoder:
    """The same on a device."""
    layers = [
        (
            replace(one, norm=_norm_on(one.norm, device), qkv=_on(one.qkv, device), out=_on(one.out, device)),
            replace(two, norm=_norm_on(two.norm, device), gate_up=_on(two.gate_up, device), down=_on(two.down, device)),
        )
        for one, two in of.layers
    ]
    table = _on(of.output, device)
    return replace(
        of,
        embedding=table,
        layers=layers,
        norm=_norm_on(of.norm, device),
        output=table,
        head=table.head(len(of.head)),
        rotations=of.rotations.to(device),
    )


def _on(product: object, device: torch.device) -> Dense:
    assert isinstance(product, Dense)
    return Dense(product.weight.to(device))


def _norm_on(norm: Norm, device: torch.device) -> Norm:
    return replace(norm, weight=norm.weight.to(device))


def pool(of: Decoder, dtype: torch.dtype = torch.float32) -> Tensor:
    made = of.pool(SLOTS, dtype)
    made.copy_(torch.randn(made.shape, generator=torch.Generator().manual_seed(3)))
    return made


def step(of: Decoder, pool: Tensor, recorder: Recorder | None = None) -> StaticStep:
    return StaticStep(of, pool, row_sizes(of, pool, MOST), recorder or Direct())


def row(slot: int, start: int | None = None, *, wanted: bool = True, adapter: Adapter | None = None) -> Row:
    at = POSITIONS[slot] if start is None else start
    return Row(Lease(None, CONTEXT), slot * CONTEXT, at, [7 + 3 * slot + at % 5], wanted, 1, adapter)


def rows(*slots: int) -> list[Row]:
    return [row(slot) for slot in slots]


def result(step: StaticStep, rows: Sequence[Row]) -> Outputs:
    """Without padding."""
    x, logits = turn(step.run(rows))
    wanted = sum(row.wanted for row in rows)
    return x[:wanted], logits[:wanted]


def ragged(of: Decoder, pool: Tensor, rows: Sequence[Row]) -> Outputs:
    """As the path for processors has it."""
    x = turn(of.read(Batch(rows, pool)))
    return x, turn(of.logits(x))


def same(some: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    return all(torch.equal(one, other) for one, other in zip(some, others, strict=True))


def near(some: Sequence[Tensor], others: Sequence[Tensor], apart: float = 1e-5) -> bool:
    pairs = zip(some, others, strict=True)
    return all(torch.allclose(one, other, rtol=apart, atol=apart) for one, other in pairs)
