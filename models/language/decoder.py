"""A Llama decoder in plain torch, inference only, with what its relatives add. Read top to bottom.

Grouped-query attention (several queries per key), rotary positions, SwiGLU, RMS norms; Qwen2's biases, Qwen3's norms of
heads, a head of its own or the embedding's. Rows of any length run side by side, each with its own part of the KV
cache. Deliberately absent: training, dropout, padding, sampling, text.
"""

import math
import mmap
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from models.language.architecture import Architecture
from models.language.batch import Batch
from models.language.linear import Linear, Table
from models.language.lora import Place

_BLOCK = 64  # logits whose maximum is compared first


class Rows(Protocol):
    """What layers need of the rows that run through them: their adapters, and their parts of the KV cache."""

    def project(self, linear: Linear, place: Place, x: Tensor) -> Tensor: ...

    def store(self, layer: int, keys_values: Tensor) -> None: ...

    def attend(self, layer: int, queries: Tensor) -> Tensor: ...


@dataclass(slots=True)
class Norm:
    """RMS norm (Zhang and Sennrich, 2019) over the last axis; `weight` may have more axes, one norm for each."""

    weight: Tensor
    epsilon: float
    _scaled: Tensor = field(init=False)
    _least: Tensor = field(init=False)

    def __post_init__(self) -> None:
        width = self.weight.shape[-1]
        self._scaled = self.weight * math.sqrt(width)
        self._least = self.weight.new_tensor(math.sqrt(width * self.epsilon))

    def __call__(self, x: Tensor) -> Tensor:
        if x.is_cuda:
            if self.weight.dim() == 1:
                return functional.rms_norm(x, self.weight.shape, self.weight, self.epsilon)
            return functional.rms_norm(x, self.weight.shape[-1:], None, self.epsilon) * self.weight
        # Elsewhere that takes seven operations. These are four: x sqrt(n) / hypot(|x|, sqrt(n epsilon)).
        lengths = torch.linalg.vector_norm(x, dim=-1, keepdim=True).hypot_(self._least)
        return (x * self._scaled).div_(lengths)


@dataclass(frozen=True, slots=True)
class Attention:
    """x [tokens, width] -> x plus causal self-attention within each row."""

    shape: Architecture
    norm: Norm
    qkv: Linear  # queries, keys and values of all heads, stacked
    out: Linear
    bias: Tensor | None = None  # of qkv
    head_norms: Norm | None = None  # of each query and key: weight [heads + kv_heads, head_width]

    def __call__(self, x: Tensor, batch: Rows, layer: int, rotation: Tensor) -> Tensor:
        s = self.shape
        qkv = batch.project(self.qkv, (layer, "qkv"), self.norm(x)).float()
        if self.bias is not None:
            qkv += self.bias
        qkv = qkv.view(len(x), s.heads + 2 * s.kv_heads, s.head_width)
        turned = qkv[:, : s.heads + s.kv_heads]
        if self.head_norms is not None:
            turned.copy_(self.head_norms(turned))
        rotate(turned, rotation)
        batch.store(layer, qkv[:, s.heads :])
        return x + batch.project(self.out, (layer, "out"), batch.attend(layer, qkv[:, : s.heads]))


@dataclass(frozen=True, slots=True)
class FeedForward:
    """SwiGLU feed-forward (Shazeer, 2020), in two halves so that a run can be suspended between them."""

    norm: Norm
    gate_up: Linear  # gate and up projections, stacked
    down: Linear

    def widen(self, x: Tensor, batch: Rows, layer: int) -> Tensor:
        """x [tokens, width] -> [tokens, hidden]."""
        gate, up = batch.project(self.gate_up, (layer, "gate_up"), self.norm(x)).chunk(2, dim=-1)
        return functional.silu(gate).mul_(up)

    def narrow(self, x: Tensor, hidden: Tensor, batch: Rows, layer: int) -> Tensor:
        """x plus the projection of `hidden`."""
        return x + batch.project(self.down, (layer, "down"), hidden)


@dataclass(frozen=True, slots=True)
class Decoder:
    """Everything between token ids and logits."""

    shape: Architecture
    embedding: Table
    layers: Sequence[tuple[Attention, FeedForward]]
    norm: Norm
    output: Table  # the head's matrix; the embedding itself where they are tied
    head: Sequence[Linear]  # `output`, split by columns of the vocabulary
    rotations: Tensor  # [context, head_width / 2] complex

    @property
    def stages(self) -> int:
        """Stages of `read` and `logits` together."""
        return 3 * len(self.layers) + len(self.head)

    @property
    def nbytes(self) -> int:
        """Memory of all weights."""
        return weight_bytes(self)

    def weights(self) -> Iterator[Linear | Table]:
        """All matrices; one that is used twice comes twice."""
        yield from (self.embedding, self.output)
        for attention, feed_forward in self.layers:
            yield from (attention.qkv, attention.out, feed_forward.gate_up, feed_forward.down)

    def pool(self, slots: int, dtype: torch.dtype) -> Tensor:
        """The KV cache of `slots` full-length rows: [layers, slots, context, 2 x kv_heads, head_width] zeros.

        In memory a head's positions follow one another, since attention reads them head by head. On a CPU what has
        never been written to takes no memory.
        """
        s, context, device = self.shape, len(self.rotations), self.rotations.device
        size = (s.layers, 2 * s.kv_heads, slots, context, s.head_width)
        if device.type == "cpu":
            zeros = torch.frombuffer(mmap.mmap(-1, math.prod(size) * dtype.itemsize), dtype=dtype).view(size)
        else:
            zeros = torch.zeros(size, dtype=dtype, device=device)
        return zeros.permute(0, 2, 3, 1, 4)

    def read(self, batch: Batch) -> Generator[None, None, Tensor]:
        """The final hidden state of the last token of each row that wants logits: [rows, width].

        Writes keys and values to the batch's pool. Yields after each stage; a row may end between two stages, and then
        nothing more is written for it.
        """
        x = self.embedding.look_up(batch.tokens)
        rotation = self.rotations[batch.positions].unsqueeze(1)
        for layer, (attention, feed_forward) in enumerate(self.layers):
            x = attention(x, batch, layer, rotation)
            yield
            hidden = feed_forward.widen(x, batch, layer)
            yield
            x = feed_forward.narrow(x, hidden, batch, layer)
            yield
        return self.norm(x[batch.last])

    def logits(self, x: Tensor) -> Generator[None, None, Tensor]:
        """[rows, width] -> [rows, vocabulary], in the head's precision. Yields after each stage."""
        logits = []
        for columns in self.head:
            logits.append(columns(x))
            yield
        return torch.cat(logits, dim=-1)

    def likeliest(self, x: Tensor, logits: Tensor, number: int) -> tuple[Tensor, Tensor]:
        """The tokens with the greatest logits [rows, number], and their logits recomputed in float32.

        A bfloat16 head rounds logits around 20 to eighths: enough to select these tokens, too coarse to sample among
        them, since a seed must give the same reply however its prompt was chunked.
        """
        tokens = greatest(logits, min(number, self.shape.vocabulary))
        return tokens, (x.unsqueeze(1) * self.output.look_up(tokens)).sum(-1)  # matmul treats one row otherwise


def weight_bytes(*decoders: Decoder) -> int:
    """Memory of the decoders' weights; what they share counts once."""
    shared = {id(weight): weight.nbytes for decoder in decoders for weight in decoder.weights()}
    return sum(shared.values())


def greatest(values: Tensor, number: int) -> Tensor:
    """Where the greatest `number` of each row's values [rows, columns] are: [rows, number], the greatest first.

    They lie in the `number` blocks with the greatest maxima, and maxima are found faster: 73 us for 88 at one row.
    """
    if values.shape[1] % _BLOCK or values.shape[1] < number * _BLOCK:
        return values.topk(number).indices
    blocks = values.unflatten(1, (-1, _BLOCK))
    found = blocks.amax(-1).topk(number).indices
    best = blocks.gather(1, found.unsqueeze(-1).expand(-1, -1, _BLOCK)).flatten(1).topk(number).indices
    places: Tensor = found.gather(1, best // _BLOCK) * _BLOCK + best % _BLOCK
    return places


def rotate(x: Tensor, rotation: Tensor) -> None:
    """Rotate each pair of neighbouring values [tokens, heads, width] by its token's angles, in place (Su et al., 2021).

    `weights.py` puts the rows of queries and keys in this order, whichever the file has.
    """
    pairs = torch.view_as_complex(x.view(*x.shape[:-1], -1, 2))
    pairs *= rotation
