"""MiniLM: a BERT of six layers that makes one vector of a text's tokens. Read top to bottom.

Inference only: no dropout, no second segment, no pooler, as sentence-transformers uses it. Knows the published
checkpoint's tensor names; knows nothing of texts.

Source: Wang et al., MiniLM (2020), as trained for sentences by sentence-transformers (all-MiniLM-L6-v2, 2021).
"""

from collections.abc import Generator as Steps
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from models.embedding.linear import Linear

WIDTH, LAYERS, HEADS = 384, 6, 12
NORM_EPSILON = 1e-12
STAGES = 3 * LAYERS + 1

Weights = Mapping[str, Tensor]


class Norm:
    """Layer normalisation of [rows, WIDTH] float32."""

    def __init__(self, weights: Weights, name: str, device: torch.device) -> None:
        self._scale, self._shift = (weights[f"{name}.{part}"].to(device).clone() for part in ("weight", "bias"))
        self.nbytes = self._scale.nbytes + self._shift.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, (WIDTH,), self._scale, self._shift, NORM_EPSILON)


class Layer:
    """Attention, then two products with a GELU between; each is added to its input, and the sum normalised."""

    def __init__(self, weights: Weights, device: torch.device, dtype: torch.dtype) -> None:
        """`weights` are those of this layer alone."""

        def linear(*parts: str) -> Linear:
            weight, bias = (torch.cat([weights[f"{part}.{kind}"] for part in parts]) for kind in ("weight", "bias"))
            return Linear(weight, bias, device, dtype)

        self._qkv = linear(*(f"attention.self.{part}" for part in ("query", "key", "value")))
        self._out = linear("attention.output.dense")
        self._attended = Norm(weights, "attention.output.LayerNorm", device)
        self._up, self._down = linear("intermediate.dense"), linear("output.dense")
        self._normed = Norm(weights, "output.LayerNorm", device)
        parts = (self._qkv, self._out, self._attended, self._up, self._down, self._normed)
        self.nbytes = sum(part.nbytes for part in parts)

    def __call__(self, x: Tensor, unmasked: Tensor) -> Steps[None, None, Tensor]:
        """x [B, T, WIDTH] float32 to the same; `unmasked` [B, 1, 1, T] says which tokens to attend to. Yields twice."""
        batch, tokens, _ = x.shape
        rows = x.flatten(0, 1)
        heads = self._qkv(rows).view(batch, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        queries, keys, values = heads.unbind()
        mixed = F.scaled_dot_product_attention(queries, keys, values, attn_mask=unmasked)
        rows = self._attended(rows + self._out(mixed.transpose(1, 2).flatten(2).flatten(0, 1)))
        yield
        hidden = F.gelu(self._up(rows))
        yield
        return self._normed(rows + self._down(hidden)).view_as(x)


class Encoder:
    """The whole network."""

    def __init__(self, weights: Weights, device: torch.device, dtype: torch.dtype) -> None:
        """From the published checkpoint. KeyError for one that lacks a tensor."""
        self._words = weights["embeddings.word_embeddings.weight"].to(device, dtype, copy=True)
        first_segment = weights["embeddings.token_type_embeddings.weight"][0]
        self._places = (weights["embeddings.position_embeddings.weight"] + first_segment).to(device)
        self._embedded = Norm(weights, "embeddings.LayerNorm", device)
        self._layers = [Layer(_within(weights, f"encoder.layer.{i}."), device, dtype) for i in range(LAYERS)]
        tables = self._words.nbytes + self._places.nbytes + self._embedded.nbytes
        self.nbytes = tables + sum(layer.nbytes for layer in self._layers)

    def __call__(self, tokens: Tensor, padding: Tensor) -> Steps[None, None, Tensor]:
        """tokens [B, T] int64 to vectors [B, WIDTH] float32 of length 1: the mean over what `padding` [B, T] leaves.

        Yields `STAGES - 1` times.
        """
        x = self._embedded(self._words[tokens].float() + self._places[: tokens.shape[1]])
        unmasked = ~padding[:, None, None]
        for layer in self._layers:
            yield
            x = yield from layer(x, unmasked)
        kept = (~padding)[..., None]
        return F.normalize((x * kept).sum(1) / kept.sum(1), dim=-1)


def _within(weights: Weights, prefix: str) -> Weights:
    return {name.removeprefix(prefix): tensor for name, tensor in weights.items() if name.startswith(prefix)}
