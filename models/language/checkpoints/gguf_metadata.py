"""A decoder's architecture by a GGUF file's metadata, as llama.cpp reads it.

Keys: ggml's docs/gguf.md and `gguf/constants.py`. A key of the architecture that is neither read nor known to be
harmless is refused by its name: a model that needs it would answer, and wrongly.
"""

from typing import Any

from models.gguf.file import GGUF
from models.language.architecture import (
    Architecture,
    DivisorScaling,
    LinearScaling,
    Scaling,
    YarnScaling,
    trained_context,
    yarn_attention,
)
from models.language.checkpoints.checkpoint import Checkpoint

_HALVES = {"llama": False, "qwen2": True, "qwen3": True}  # the converter permutes Llama's queries and keys alone
_DIVISORS = "rope_freqs.weight"

_READ = frozenset(
    {
        "block_count",
        "context_length",
        "embedding_length",
        "feed_forward_length",
        "attention.head_count",
        "attention.head_count_kv",
        "attention.key_length",
        "attention.value_length",
        "attention.layer_norm_rms_epsilon",
        "attention.sliding_window",
        "attention.causal",
        "rope.dimension_count",
        "rope.freq_base",
        "rope.scale_linear",
        "rope.scaling.type",
        "rope.scaling.factor",
        "rope.scaling.attn_factor",
        "rope.scaling.original_context_length",
        "rope.scaling.yarn_ext_factor",
        "rope.scaling.yarn_attn_factor",
        "rope.scaling.yarn_beta_fast",
        "rope.scaling.yarn_beta_slow",
    }
)
_HARMLESS = frozenset({"vocab_size", "rope.scaling.finetuned", "tensor_data_layout"})


def gguf_checkpoint(file: GGUF, name: str) -> Checkpoint:
    """The model of an open file. ValueError, in a sentence, for one that is not read exactly."""
    tensors = {key: tensor for key, tensor in file.tensors.items() if key != _DIVISORS}
    return Checkpoint(name, architecture_of(file), tensors, lambda tensor: tensor)


def architecture_of(file: GGUF) -> Architecture:
    """ValueError for another family, or a key that is not read."""
    family = file.value("general.architecture", str)
    if family not in _HALVES:
        raise ValueError(
            f"the GGUF file's architecture is {family[:40]!r}; {', '.join(_HALVES)} are read (Mistral's and SmolLM2's "
            "is llama)"
        )
    keys = _Keys(file, family)
    keys.check_known()
    heads, width = keys.whole("attention.head_count"), keys.whole("embedding_length")
    head_width = keys.whole("attention.key_length", width // max(heads, 1))
    keys.check("attention.value_length", head_width, "values as wide as keys")
    keys.check("rope.dimension_count", head_width, "rotations of whole heads")
    keys.check("attention.causal", True, "causal attention")
    scaling = _scaling(file, keys)
    embedding = file.tensors.get("token_embd.weight")
    return Architecture(
        family=family,
        layers=keys.whole("block_count"),
        width=width,
        heads=heads,
        kv_heads=keys.whole("attention.head_count_kv", heads),
        head_width=head_width,
        hidden=keys.whole("feed_forward_length"),
        vocabulary=embedding.shape[0] if embedding is not None else 1,
        epsilon=keys.number("attention.layer_norm_rms_epsilon"),
        context=trained_context(keys.whole("context_length"), scaling),
        rope_base=keys.number("rope.freq_base", 10_000.0),
        scaling=scaling,
        halves=_HALVES[family],
        tied="output.weight" not in file.tensors,
        window=keys.whole("attention.sliding_window", 0) or None,
    )


def _scaling(file: GGUF, keys: "_Keys") -> Scaling:
    kind = keys.text("rope.scaling.type", "linear")  # as llama.cpp does: files older than the key have a factor alone
    factor = keys.number("rope.scaling.factor", keys.number("rope.scale_linear", 0.0)) or 1.0
    divisors = file.tensors.get(_DIVISORS)
    if divisors is not None:
        if kind != "none" and factor != 1:
            key = keys.full("rope.scaling.factor")
            raise ValueError(f"the GGUF file scales rotations twice, by {key} and {_DIVISORS}")
        if len(divisors.shape) != 1:
            raise ValueError(f"the GGUF file's {_DIVISORS} is not one row of divisors; the file is damaged")
        return DivisorScaling(tuple(divisors.dequantise().tolist()))
    match kind:
        case "none":
            return None
        case "linear":
            return LinearScaling(factor) if factor != 1 else None
        case "yarn":
            return _yarn(keys, factor)
    kinds = "none, linear and yarn are read"
    raise ValueError(f"the GGUF file's {keys.full('rope.scaling.type')} is {kind[:40]!r}; {kinds}")


def _yarn(keys: "_Keys", factor: float) -> YarnScaling:
    attention = yarn_attention(factor)
    keys.check("rope.scaling.yarn_ext_factor", 1.0, "YaRN in full")
    # llama.cpp derives it from the factor, whatever a file says; a converter may write what transformers was told
    said = keys.number("rope.scaling.yarn_attn_factor", 1.0)
    if said != 1 and abs(said - attention) > 1e-3:
        key = keys.full("rope.scaling.yarn_attn_factor")
        raise ValueError(f"the GGUF file's {key} is {said:g}; 1 (1 + ln(factor) / 10) is read")
    return YarnScaling(
        factor=factor,
        original=keys.whole("rope.scaling.original_context_length", keys.whole("context_length")),
        attention=attention * keys.number("rope.scaling.attn_factor", 1.0),
        fast=keys.number("rope.scaling.yarn_beta_fast", 32.0),
        slow=keys.number("rope.scaling.yarn_beta_slow", 1.0),
    )


class _Keys:
    """The metadata of one architecture: `<family>.` and the rest of a key."""

    def __init__(self, file: GGUF, family: str) -> None:
        self._file, self._family = file, family

    def full(self, key: str) -> str:
        return f"{self._family}.{key}"

    def check_known(self) -> None:
        for name, value in self._file.metadata.items():
            prefix, _, key = name.partition(".")
            if prefix == self._family and key not in _READ and key not in _HARMLESS and _matters(value):
                raise ValueError(
                    f"the GGUF file sets {name[:80]} to {str(value)[:40]}, which is not read, so that the model would "
                    "answer wrongly; use another file, or name the model of a server that reads it"
                )

    def whole(self, key: str, default: int | None = None) -> int:
        found = self._found(key, default)
        if not isinstance(found, int) or isinstance(found, bool):
            raise self._wrong(key, found, "a whole number")
        return found

    def number(self, key: str, default: float | None = None) -> float:
        found = self._found(key, default)
        if not isinstance(found, int | float) or isinstance(found, bool):
            raise self._wrong(key, found, "a number")
        return float(found)

    def text(self, key: str, default: str) -> str:
        found = self._found(key, default)
        if not isinstance(found, str):
            raise self._wrong(key, found, "a text")
        return found

    def check(self, key: str, only: float, what: str) -> None:
        """ValueError if a key says anything but the one value that is served."""
        found = self._found(key, only)
        if found != only:
            raise self._wrong(key, found, f"{only:g}: {what} alone are served")

    def _found(self, key: str, default: Any) -> Any:
        return self._file.metadata.get(self.full(key), default)

    def _wrong(self, key: str, found: Any, instead: str) -> ValueError:
        said = "missing" if found is None else str(found)[:40]
        return ValueError(f"the GGUF file's {self.full(key)} is {said}, not {instead}")


def _matters(value: Any) -> bool:
    """Whether a value says more than that a part is absent."""
    return value not in (0, "", "none") and value != []
