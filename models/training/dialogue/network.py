"""The embedded decoder as it is trained: its weights stand still, low-rank updates beside them learn.

`models/language/decoder.py` serves and has no gradients. This is the same arithmetic with them, for conversations laid
end to end: products run over all tokens at once, attention within each conversation, so nothing is padded. The base
weights are those of the file that is served, dequantised. Loss and head are computed where a target is, nowhere else.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.language.architecture import Architecture
from models.language.decoder import Decoder
from models.language.dense import Dense
from models.language.linear import Linear

STACKS: Mapping[str, tuple[str, ...]] = {
    "qkv": ("q", "k", "v"),
    "out": ("o",),
    "gate_up": ("gate", "up"),
    "down": ("down",),
}
_BLOCK = 256  # queries at once


class Group(NamedTuple):
    """Conversations that begin alike: that beginning is computed once, then each goes on by itself."""

    start: int  # tokens that all of them begin with
    ends: Sequence[int]  # tokens of each after those

    def positions(self) -> Tensor:
        """Of all its tokens, each conversation counted from the beginning."""
        return torch.cat([torch.arange(self.start), *(torch.arange(end) + self.start for end in self.ends)])


class Packed(NamedTuple):
    """Conversations end to end, group by group."""

    tokens: Tensor  # [n]
    groups: Sequence["Group"]  # n tokens in all
    places: Tensor  # [targets]: where a next token is to be learnt
    targets: Tensor  # [targets]: these tokens


class Projection(nn.Module):
    """The update of one projection: up (down x), scaled where it is added."""

    def __init__(self, rank: int, out: int, width: int, generator: torch.Generator) -> None:
        super().__init__()
        bound = 1 / math.sqrt(width)  # kaiming_uniform with a = sqrt(5), as PEFT begins
        self.down = nn.Parameter(torch.empty(rank, width).uniform_(-bound, bound, generator=generator))
        self.up = nn.Parameter(torch.zeros(out, rank))


class Stack(nn.Module):
    """Frozen matrices below one another, and the updates of each."""

    weight: Tensor

    def __init__(self, weight: Tensor, projections: Mapping[str, Projection], scale: float) -> None:
        super().__init__()
        self.register_buffer("weight", weight, persistent=False)
        self.projections = nn.ModuleDict(projections)
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        """[n, in] -> [n, out], in the format of the frozen weight."""
        x = x.to(self.weight.dtype)
        product = functional.linear(x, self.weight)
        updates = [
            functional.linear(functional.linear(x, one.down.to(x.dtype)), (one.up * self.scale).to(x.dtype))
            for one in self._each()
        ]
        return product + (torch.cat(updates, -1) if len(updates) > 1 else updates[0])

    def _each(self) -> Sequence[Projection]:
        return [one for one in self.projections.values() if isinstance(one, Projection)]


class Layer(nn.Module):
    """One block of the decoder, x [n, width] -> the same."""

    norms: Sequence[Tensor]

    def __init__(self, shape: Architecture, norms: Sequence[Tensor], stacks: Mapping[str, Stack]) -> None:
        super().__init__()
        self.shape, self.norms = shape, norms
        self.stacks = nn.ModuleDict(stacks)

    def forward(self, x: Tensor, rotation: Tensor, groups: Sequence[Group]) -> Tensor:
        x = x + self.stacks["out"](self._attend(self._normed(x, 0), rotation, groups))
        gate, up = self.stacks["gate_up"](self._normed(x, 1)).chunk(2, dim=-1)
        hidden: Tensor = self.stacks["down"](functional.silu(gate) * up)
        return x + hidden

    def _normed(self, x: Tensor, which: int) -> Tensor:
        return functional.rms_norm(x, x.shape[-1:], self.norms[which], self.shape.epsilon)

    def _attend(self, x: Tensor, rotation: Tensor, groups: Sequence[Group]) -> Tensor:
        s = self.shape
        qkv = self.stacks["qkv"](x).view(len(x), s.heads + 2 * s.kv_heads, s.head_width)
        turned = rotated(qkv[:, : s.heads + s.kv_heads].float(), rotation).to(qkv.dtype)
        queries, keys = turned.transpose(0, 1).split((s.heads, s.kv_heads))
        values = qkv[:, s.heads + s.kv_heads :].transpose(0, 1)
        sizes = [size for group in groups for size in (group.start, *group.ends)]
        pieces = zip(*(whole.split(sizes, dim=1) for whole in (queries, keys, values)), strict=True)
        read = [part for group in groups for part in _read_group(group, pieces)]
        return torch.cat(read, dim=1).transpose(0, 1).reshape(len(x), -1)


def _read_group(group: Group, pieces: Iterator[tuple[Tensor, Tensor, Tensor]]) -> Iterator[Tensor]:
    """What the tokens of a group read, from the next `pieces`: the shared ones, and those of their own conversation.

    Split rather than sliced, since the gradient of every slice is as large as what it was cut from.
    """
    queries, keys, values = next(pieces)
    if group.start:
        yield attention(queries, keys, values)
    for _ in group.ends:
        own, own_keys, own_values = next(pieces)
        yield attention(own, torch.cat((keys, own_keys), dim=1), torch.cat((values, own_values), dim=1))


def attention(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Causal: queries [heads, n, width], keys and values [kv_heads, m, width] -> [heads, n, width]. With m above n the
    queries are of the last n tokens.

    Written out because on processors it takes a third of the time of scaled_dot_product_attention in bfloat16, forward
    and backward (n 700). Queries that share a key lie along one axis; they go in blocks, so that little of what is
    masked is computed.
    """
    (heads, count, width), kv_heads = queries.shape, len(keys)
    before = keys.shape[1] - count
    queries = queries.reshape(kv_heads, heads // kv_heads, count, width)
    read = []
    for start in range(0, count, _BLOCK):
        block = queries[:, :, start : start + _BLOCK]
        group, size, end = block.shape[1], block.shape[2], before + start + block.shape[2]
        scores = torch.baddbmm(
            _causal(before + start, size, group, queries.dtype).expand(kv_heads, -1, -1),
            block.reshape(kv_heads, group * size, width),
            keys[:, :end].transpose(1, 2),
            alpha=width**-0.5,
        )
        read.append((scores.softmax(-1) @ values[:, :end]).view(kv_heads, group, size, width))
    return torch.cat(read, dim=2).view(heads, count, width)


@lru_cache(maxsize=1024)
def _causal(start: int, size: int, group: int, dtype: torch.dtype) -> Tensor:
    """What is added to the scores of queries from `start` on, `group` times below one another: 0 or minus infinity."""
    seen = torch.ones(size, start + size, dtype=torch.bool).tril(start).repeat(group, 1)
    return torch.zeros(seen.shape, dtype=dtype).masked_fill_(~seen, -torch.inf)


class Network(nn.Module):
    """A Llama's tokens to the loss of its targets. Its parameters are the adapter's."""

    embedding: Tensor
    rotations: Tensor

    def __init__(self, base: Decoder, rank: int, scale: float, dtype: torch.dtype, seed: int = 0) -> None:
        """`base` dense in float32; `dtype` is what products are computed in. The adapter begins as no change.

        ValueError for a family with biases or norms of heads, which this forward has not.
        """
        super().__init__()
        if any(base.shape.parts):
            raise ValueError(f"a decoder of {base.shape.family} has parts that are not trained here; take a Llama")
        self.shape, self.rank, self.scale = base.shape, rank, scale
        generator = torch.Generator().manual_seed(seed)
        self.register_buffer("embedding", _weight(base.output, dtype), persistent=False)
        self.register_buffer("rotations", base.rotations, persistent=False)
        self.norm = base.norm.weight
        self.layers = nn.ModuleList()
        for attention, feed_forward in base.layers:
            matrices = {"qkv": attention.qkv, "out": attention.out}
            matrices |= {"gate_up": feed_forward.gate_up, "down": feed_forward.down}
            stacks = {name: self._stack(name, _weight(one, dtype), generator) for name, one in matrices.items()}
            norms = attention.norm.weight, feed_forward.norm.weight
            self.layers.append(Layer(base.shape, norms, stacks))

    def forward(self, batch: Packed) -> Tensor:
        """The sum of the targets' losses, in nats."""
        return functional.cross_entropy(self.logits(batch), batch.targets, reduction="sum")

    def logits(self, batch: Packed) -> Tensor:
        """[targets, vocabulary] float32."""
        x = self.embedding[batch.tokens].float()
        positions = torch.cat([group.positions() for group in batch.groups])
        rotation = self.rotations[positions].unsqueeze(1)
        for layer in self.layers:
            x = layer(x, rotation, batch.groups)
        x = functional.rms_norm(x[batch.places], x.shape[-1:], self.norm, self.shape.epsilon)
        return functional.linear(x.to(self.embedding.dtype), self.embedding).float()

    def _stack(self, name: str, weight: Tensor, generator: torch.Generator) -> Stack:
        s = self.shape
        outs = {"q": s.heads_width, "k": s.keys_width, "v": s.keys_width, "o": s.width}
        outs |= {"gate": s.hidden, "up": s.hidden, "down": s.width}
        parts = {one: Projection(self.rank, outs[one], weight.shape[1], generator) for one in STACKS[name]}
        return Stack(weight, parts, self.scale)


def rotated(x: Tensor, rotation: Tensor) -> Tensor:
    """As `models.language.decoder.rotate`, with a gradient."""
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * rotation).flatten(-2)


def _weight(matrix: Linear | object, dtype: torch.dtype) -> Tensor:
    if not isinstance(matrix, Dense):
        raise TypeError("training needs dense weights; assemble the decoder in float32")
    return matrix.weight.to(dtype)
