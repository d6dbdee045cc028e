"""What a decoder is: its sizes, how it turns positions, and which parts its family has.

A record that `checkpoints/` reads from a file; ValueError, in a sentence, for numbers that no decoder has. Knows
neither torch nor tensors.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class Family(NamedTuple):
    """What the layers of a family have besides those of Llama."""

    biases: bool = False  # of queries, keys and values
    head_norms: bool = False  # an RMS norm of each query and key


FAMILIES: Mapping[str, Family] = {
    "llama": Family(),  # Llama 2 and 3, SmolLM
    "mistral": Family(),
    "qwen2": Family(biases=True),  # Qwen2 and 2.5
    "qwen3": Family(head_norms=True),
}

LONGEST_CONTEXT = 1 << 24
_MOST = {
    "layers": 1024,
    "width": 1 << 17,
    "heads": 1024,
    "kv_heads": 1024,
    "head_width": 1024,
    "hidden": 1 << 19,
    "vocabulary": 1 << 21,
    "context": LONGEST_CONTEXT,
}


def within(name: str, value: float, least: float, most: float) -> None:
    """ValueError if a number is out of its range, or not a number."""
    if not least <= value <= most:
        raise ValueError(f"its {name} is {str(value)[:20]}, where {least:g} to {most:g} can be; the file is damaged")


@dataclass(frozen=True, slots=True)
class LinearScaling:
    """All positions divided by `factor` (Chen et al., 2023: position interpolation)."""

    factor: float

    def __post_init__(self) -> None:
        within("rope factor", self.factor, 1e-3, 1e6)


@dataclass(frozen=True, slots=True)
class Llama3Scaling:
    """Llama 3.1's: pairs with waves longer than `original / low` tokens turn slower by `factor`, those with waves
    shorter than `original / high` as before, and those between in proportion.
    """

    factor: float
    low: float
    high: float
    original: int  # tokens of the context before it was stretched

    def __post_init__(self) -> None:
        within("rope factor", self.factor, 1, 1e6)
        within("low_freq_factor", self.low, 1e-6, 1e6)
        within("high_freq_factor", self.high, self.low * (1 + 1e-6), 1e6)
        within("original context", self.original, 1, LONGEST_CONTEXT)


@dataclass(frozen=True, slots=True)
class YarnScaling:
    """YaRN (Peng et al., 2023): pairs that turn fewer than `slow` times in the original context turn slower by
    `factor`, those that turn more than `fast` times as before; queries and keys grow by `attention`.
    """

    factor: float
    original: int
    attention: float
    fast: float = 32.0
    slow: float = 1.0
    truncate: bool = True  # whether the two bounds are rounded to whole pairs

    def __post_init__(self) -> None:
        within("rope factor", self.factor, 1, 1e6)
        within("original context", self.original, 1, LONGEST_CONTEXT)
        within("attention factor", self.attention, 1e-3, 1e3)
        within("beta_slow", self.slow, 1e-6, 1e6)
        within("beta_fast", self.fast, self.slow, 1e6)


def yarn_attention(factor: float, weight: float = 1.0) -> float:
    """How much YaRN lets queries and keys grow, unless a file says otherwise (section 3.4 of the paper)."""
    return 0.1 * weight * math.log(factor) + 1.0 if factor > 1 else 1.0


@dataclass(frozen=True, slots=True)
class DivisorScaling:
    """A divisor of each pair's speed: how GGUF files store Llama 3's scaling (`rope_freqs.weight`)."""

    divisors: tuple[float, ...]

    def __post_init__(self) -> None:
        for divisor in self.divisors:
            within("rope divisor", divisor, 1e-6, 1e9)


Scaling: TypeAlias = LinearScaling | Llama3Scaling | YarnScaling | DivisorScaling | None


@dataclass(frozen=True, slots=True)
class Architecture:
    """A decoder's sizes and parts."""

    family: str  # of FAMILIES
    layers: int
    width: int  # of the hidden state
    heads: int
    kv_heads: int
    head_width: int  # of a query, key or value; not always width / heads
    hidden: int  # of the feed-forward
    vocabulary: int
    epsilon: float  # of its norms
    context: int  # tokens that it was trained for
    rope_base: float = 10_000.0
    scaling: Scaling = None
    halves: bool = False  # whether the file keeps the two values of a rotary pair half a head apart, not side by side
    tied: bool = False  # whether the embedding is the head too
    window: int | None = None  # positions that a token attends to, itself included; None: all before it

    def __post_init__(self) -> None:
        for name, most in _MOST.items():
            within(name.replace("_", " "), getattr(self, name), 1, most)
        within("epsilon", self.epsilon, 0, 1)
        within("rope base", self.rope_base, 1.001, 1e12)
        if self.window is not None:
            within("sliding window", self.window, 1, LONGEST_CONTEXT)
        if self.heads % self.kv_heads or self.head_width % 2:
            raise ValueError(
                f"{self.heads} heads of {self.head_width} values over {self.kv_heads} keys are no decoder's; the file "
                "is damaged"
            )
        if isinstance(self.scaling, DivisorScaling) and len(self.scaling.divisors) != self.head_width // 2:
            raise ValueError(
                f"it has {len(self.scaling.divisors)} rope divisors for {self.head_width // 2} pairs; the file is "
                "damaged"
            )

    @property
    def parts(self) -> Family:
        """What its layers have besides those of Llama."""
        return FAMILIES[self.family]

    @property
    def heads_width(self) -> int:
        """Values of all queries of a token."""
        return self.heads * self.head_width

    @property
    def keys_width(self) -> int:
        """Values of all keys of a token, or of all values."""
        return self.kv_heads * self.head_width

    def check_context(self, context: int) -> None:
        """ValueError for a context that the model does not answer well."""
        if context > self.context:
            raise ValueError(
                f"a context of {context} tokens is longer than the model knows; ask for {self.context} at most"
            )
        if self.window is not None and context > self.window:
            raise ValueError(
                f"a context of {context} tokens is longer than the model's sliding window of {self.window}, which is "
                f"not applied; ask for {self.window} at most"
            )

    def tensors(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The tensors that the model has, by ggml's names, and their shapes, slowest axis first."""
        yield "token_embd.weight", (self.vocabulary, self.width)
        yield "output_norm.weight", (self.width,)
        if not self.tied:
            yield "output.weight", (self.vocabulary, self.width)
        for layer in range(self.layers):
            for name, shape in self._layer():
                yield f"blk.{layer}.{name}", shape

    def _layer(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        yield "attn_norm.weight", (self.width,)
        for part, rows in (("q", self.heads_width), ("k", self.keys_width), ("v", self.keys_width)):
            yield f"attn_{part}.weight", (rows, self.width)
            if self.parts.biases:
                yield f"attn_{part}.bias", (rows,)
        if self.parts.head_norms:
            yield "attn_q_norm.weight", (self.head_width,)
            yield "attn_k_norm.weight", (self.head_width,)
        yield "attn_output.weight", (self.width, self.heads_width)
        yield "ffn_norm.weight", (self.width,)
        yield "ffn_gate.weight", (self.hidden, self.width)
        yield "ffn_up.weight", (self.hidden, self.width)
        yield "ffn_down.weight", (self.width, self.hidden)


def trained_context(said: int, scaling: Scaling) -> int:
    """Tokens that a model was trained for, where its file may say those before YaRN stretched them."""
    return max(said, round(scaling.factor * scaling.original)) if isinstance(scaling, YarnScaling) else said
