"""The same models as GGUF files, as llama.cpp's convert_hf_to_gguf.py writes them, and back."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.gguf import file as gguf
from tests.models.gguf.writing import write

_NAMES = (
    (r"^model\.layers\.(\d+)\.", r"blk.\1."),
    (r"^model\.embed_tokens", "token_embd"),
    (r"^model\.norm", "output_norm"),
    (r"^lm_head", "output"),
    (r"input_layernorm", "attn_norm"),
    (r"post_attention_layernorm", "ffn_norm"),
    (r"self_attn\.([qk])_norm", r"attn_\1_norm"),
    (r"self_attn\.([qkv])_proj", r"attn_\1"),
    (r"self_attn\.o_proj", "attn_output"),
    (r"mlp\.(gate|up|down)_proj", r"ffn_\1"),
)


def ggml_name(name: str) -> str:
    for pattern, replacement in _NAMES:
        name = re.sub(pattern, replacement, name)
    return name


def convert(
    model: Any,
    path: Path,
    kind: str = "F32",
    kinds: dict[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """A GGUF file of the model: matrices of type `kind`, or by ggml's name for a part; the rest in F32. With `more`
    metadata.
    """
    tensors = {}
    for name, values in weights(model).items():
        part = name.split(".")[-2]
        chosen = (kinds or {}).get(part, kind) if values.ndim == 2 else "F32"
        tensors[name] = (values, chosen)
    rope = model.config.rope_parameters
    if rope["rope_type"] == "llama3":
        tensors["rope_freqs.weight"] = (divisors(model.config), "F32")
    return write(path, {**metadata(model.config), **(more or {})}, tensors)


def weights(model: Any) -> dict[str, NDArray[np.float32]]:
    """By ggml's names; the rows of Llama's and Mistral's queries and keys are permuted."""
    found = {}
    for name, value in model.state_dict().items():
        if name == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        values = value.numpy()
        heads = heads_of(model.config, name)
        if heads:
            values = values.reshape(heads, 2, -1, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)
        found[ggml_name(name)] = values
    return found


def restored(model: Any, file: gguf.GGUF) -> Any:
    """The model of transformers with the values of a file."""
    state = {}
    for name, value in model.state_dict().items():
        stored = file.tensors.get(ggml_name(name))
        if stored is None:
            assert name == "lm_head.weight"
            continue
        values = stored.dequantise()
        heads = heads_of(model.config, name)
        if heads:
            values = values.reshape(heads, -1, 2, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)
        assert values.shape == value.shape
        state[name] = torch.from_numpy(np.array(values))
    model.load_state_dict(state, strict=False)
    return model


def heads_of(config: Any, name: str) -> int:
    """How many heads are permuted in a tensor."""
    if config.model_type not in ("llama", "mistral") or not re.search(r"\.[qk]_proj\.", name):
        return 0
    return int(config.num_attention_heads if ".q_proj." in name else config.num_key_value_heads)


def metadata(config: Any) -> dict[str, Any]:
    arch = {"mistral": "llama"}.get(config.model_type, config.model_type)
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    own = {
        "block_count": config.num_hidden_layers,
        "context_length": config.max_position_embeddings,
        "embedding_length": config.hidden_size,
        "feed_forward_length": config.intermediate_size,
        "attention.head_count": config.num_attention_heads,
        "attention.head_count_kv": config.num_key_value_heads,
        "attention.layer_norm_rms_epsilon": float(config.rms_norm_eps),
        "attention.key_length": width,
        "attention.value_length": width,
        "rope.freq_base": float(config.rope_parameters["rope_theta"]),
    }
    if arch == "llama":
        own |= {"vocab_size": config.vocab_size, "rope.dimension_count": width}
    rope = config.rope_parameters
    if rope["rope_type"] in ("linear", "yarn"):
        own |= {"rope.scaling.type": rope["rope_type"], "rope.scaling.factor": float(rope["factor"])}
    if rope["rope_type"] == "yarn":
        own["rope.scaling.original_context_length"] = rope["original_max_position_embeddings"]
    return {"general.architecture": arch} | {f"{arch}.{key}": value for key, value in own.items()}


def divisors(config: Any) -> NDArray[np.float32]:
    """Llama 3's scaling as a divisor of each pair's speed."""
    rope, width = config.rope_parameters, config.head_dim
    low, high, factor = rope["low_freq_factor"], rope["high_freq_factor"], rope["factor"]
    original, found = rope["original_max_position_embeddings"], []
    for pair in range(0, width, 2):
        wave = 2 * math.pi * rope["rope_theta"] ** (pair / width)
        if wave < original / high:
            found.append(1.0)
        elif wave > original / low:
            found.append(factor)
        else:
            smooth = (original / wave - low) / (high - low)
            found.append(1 / ((1 - smooth) / factor + smooth))
    return np.array(found, np.float32)
