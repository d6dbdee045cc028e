"""A decoder's architecture by a config.json, as transformers reads it: of its version 4 or 5.

What would change the numbers and is not read is refused by its name.
"""

from collections.abc import Mapping
from typing import Any

from models.language.architecture import (
    FAMILIES,
    Architecture,
    LinearScaling,
    Llama3Scaling,
    Scaling,
    YarnScaling,
    trained_context,
    yarn_attention,
)

_ONLY: Mapping[str, tuple[Any, ...]] = {  # keys that have to be one of these, if they are there
    "hidden_act": ("silu",),
    "attention_bias": (False,),
    "mlp_bias": (False,),
    "is_encoder_decoder": (False,),
    "add_cross_attention": (False,),
    "rope_interleaved": (False,),
    "use_mrope": (False,),
    "partial_rotary_factor": (1,),
    "num_experts": (0, 1),
    "num_local_experts": (0, 1),
    "attn_logit_softcapping": (),
    "final_logit_softcapping": (),
    "logit_scale": (1,),
    "quantization_config": (),
    "no_rope_layers": ([],),
    "auto_map": (),
}
_FULL, _SLIDING = "full_attention", "sliding_attention"
_NO_ROPE_KEYS = ("mrope_section", "short_factor", "long_factor")


def architecture_in(config: Mapping[str, Any]) -> Architecture:
    """The architecture that a config.json describes. ValueError, in a sentence, for one that is not read exactly."""
    family = config.get("model_type")
    if not isinstance(family, str) or family not in FAMILIES:
        raise ValueError(f"config.json's model_type is {str(family)[:40]!r}; {', '.join(FAMILIES)} are read")
    for key, allowed in _ONLY.items():
        found = config.get(key)
        if found is not None and found not in allowed:
            only = f" (only {str(allowed[0]).lower()} is)" if allowed else ""
            raise ValueError(
                f"config.json sets {key} to {str(found)[:40]}, which is not read{only}; serve the model by a server "
                "that reads it, and name that"
            )
    numbers = _Numbers(config, "config.json")
    heads, width = numbers.whole("num_attention_heads"), numbers.whole("hidden_size")
    head_width = 128 if family == "qwen3" else width // max(heads, 1)  # the defaults of transformers
    scaling, base = _rope(config, numbers)
    return Architecture(
        family=family,
        layers=numbers.whole("num_hidden_layers"),
        width=width,
        heads=heads,
        kv_heads=numbers.whole("num_key_value_heads", heads),
        head_width=numbers.whole("head_dim", head_width),
        hidden=numbers.whole("intermediate_size"),
        vocabulary=numbers.whole("vocab_size"),
        epsilon=numbers.number("rms_norm_eps", 1e-6),
        context=trained_context(numbers.whole("max_position_embeddings"), scaling),
        rope_base=base,
        scaling=scaling,
        halves=True,
        tied=numbers.switch("tie_word_embeddings"),
        window=_window(config, numbers, family),
    )


def _window(config: Mapping[str, Any], numbers: "_Numbers", family: str) -> int | None:
    """The narrowest window of any layer."""
    kinds = config.get("layer_types") or []
    if not isinstance(kinds, list) or any(kind not in (_FULL, _SLIDING) for kind in kinds):
        raise ValueError(f"config.json's layer_types are {str(kinds)[:80]}; {_FULL} and {_SLIDING} are read")
    if config.get("sliding_window") is None:
        return None
    if family in ("qwen2", "qwen3"):
        late = numbers.whole("max_window_layers", 28) < numbers.whole("num_hidden_layers")
        slides = numbers.switch("use_sliding_window") and (_SLIDING in kinds if kinds else late)
    else:
        slides = family == "mistral"  # the class of Llama knows no window
    return numbers.whole("sliding_window") if slides else None


def _rope(config: Mapping[str, Any], numbers: "_Numbers") -> tuple[Scaling, float]:
    said = config.get("rope_scaling") or config.get("rope_parameters") or {}
    if not isinstance(said, dict) or any(isinstance(value, dict) for value in said.values()):
        raise ValueError("config.json's rope_parameters differ from layer to layer, which is not read")
    rope = _Numbers(said, "config.json's rope_parameters")
    base = rope.number("rope_theta", numbers.number("rope_theta", 10_000.0))
    kind = said.get("rope_type", said.get("type", "default"))
    if rope.number("partial_rotary_factor", 1.0) != 1:
        raise ValueError("config.json turns only a part of each head (partial_rotary_factor), which is not read")
    if any(said.get(key) is not None for key in _NO_ROPE_KEYS) or kind not in ("default", "linear", "llama3", "yarn"):
        raise ValueError(f"config.json's rope_type is {str(kind)[:40]!r}; default, linear, llama3 and yarn are read")
    return _scaling(str(kind), config, numbers, rope), base


def _scaling(kind: str, config: Mapping[str, Any], numbers: "_Numbers", rope: "_Numbers") -> Scaling:
    if kind == "default":
        return None
    context = numbers.whole("max_position_embeddings")
    original = rope.whole("original_max_position_embeddings", context)
    original = numbers.whole("original_max_position_embeddings", original)
    if kind == "linear":
        return LinearScaling(rope.number("factor"))
    if kind == "llama3":
        low, high = rope.number("low_freq_factor"), rope.number("high_freq_factor")
        return Llama3Scaling(rope.number("factor"), low, high, original)
    factor = rope.number("factor", context / max(original, 1))
    return YarnScaling(
        factor,
        original,
        _attention(rope, factor),
        fast=rope.number("beta_fast", 0.0) or 32.0,
        slow=rope.number("beta_slow", 0.0) or 1.0,
        truncate=rope.switch("truncate", True),
    )


def _attention(rope: "_Numbers", factor: float) -> float:
    """How much YaRN lets queries and keys grow."""
    weight, weight_of_all = rope.number("mscale", 0.0), rope.number("mscale_all_dim", 0.0)
    if weight and weight_of_all:
        usual = yarn_attention(factor, weight) / (yarn_attention(factor, weight_of_all) or 1.0)
    else:
        usual = yarn_attention(factor)
    return rope.number("attention_factor", usual)


class _Numbers:
    """Numbers of one JSON object, where null means that a key is not set."""

    def __init__(self, said: Mapping[str, Any], place: str) -> None:
        self._said, self._place = said, place

    def whole(self, key: str, default: int | None = None) -> int:
        found = self._found(key, default)
        if not isinstance(found, int) or isinstance(found, bool) or abs(found) >> 62:
            raise self._wrong(key, found, "a whole number")
        return found

    def number(self, key: str, default: float | None = None) -> float:
        found = self._found(key, default)
        if not isinstance(found, int | float) or isinstance(found, bool) or abs(found) > 1e300:
            raise self._wrong(key, found, "a number")
        return float(found)

    def switch(self, key: str, default: bool = False) -> bool:
        found = self._found(key, default)
        if not isinstance(found, bool):
            raise self._wrong(key, found, "true or false")
        return found

    def _found(self, key: str, default: Any) -> Any:
        found = self._said.get(key)
        return default if found is None else found

    def _wrong(self, key: str, found: Any, instead: str) -> ValueError:
        said = "missing" if found is None else str(found)[:40]
        return ValueError(f"{self._place}: {key} is {said}, where {instead} is needed; {MEND}")


MEND = "download or save the model again"
