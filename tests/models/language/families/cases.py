"""Small models of every family, with random weights large enough that each part of the model shows in its logits."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
import transformers as hf

SMALL: Mapping[str, Any] = {
    "vocab_size": 96,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 256,
    "initializer_range": 0.3,
    "pad_token_id": None,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
FEW_KEYS = {**SMALL, "num_key_value_heads": 2}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 500_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
LINEAR = {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 4.0}
YARN = {"rope_type": "yarn", "rope_theta": 10_000.0, "factor": 4.0, "original_max_position_embeddings": 64}
ODD_YARN = {**YARN, "attention_factor": 1.3, "beta_fast": 8.0, "beta_slow": 0.5, "truncate": False}

CASES: Mapping[str, Any] = {
    "llama2": hf.LlamaConfig(**SMALL),
    "llama3": hf.LlamaConfig(**FEW_KEYS, rope_parameters=LLAMA3),
    "smollm": hf.LlamaConfig(**FEW_KEYS, tie_word_embeddings=True),
    "llama with wide heads": hf.LlamaConfig(**FEW_KEYS, head_dim=32),
    "linear": hf.LlamaConfig(**FEW_KEYS, rope_parameters=LINEAR),
    "mistral": hf.MistralConfig(**FEW_KEYS, sliding_window=None),
    "mistral with a window": hf.MistralConfig(**FEW_KEYS, sliding_window=128),
    "qwen2": hf.Qwen2Config(**FEW_KEYS),
    "qwen2 tied": hf.Qwen2Config(**FEW_KEYS, tie_word_embeddings=True),
    "qwen3": hf.Qwen3Config(**FEW_KEYS, head_dim=32),
    "yarn": hf.Qwen2Config(**FEW_KEYS, rope_parameters=YARN),
    "odd yarn": hf.Qwen3Config(**FEW_KEYS, head_dim=16, rope_parameters=ODD_YARN),
}
TOKENS = [(7 * i * i + 3 * i) % 96 for i in range(110)]


def made(config: Any, seed: int = 0) -> Any:
    """A model of transformers. Biases and the weights of norms are random too: they begin as zeros and ones."""
    config = deepcopy(config)  # transformers writes into it, the number format of a model that is saved for one
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        config._attn_implementation = "eager"
        model = hf.AutoModelForCausalLM.from_config(config)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if name.endswith("bias"):
                    parameter.normal_(0, 0.5)
                elif parameter.dim() == 1:
                    parameter.uniform_(0.5, 1.5)
    return model.eval()


def saved(model: Any, folder: Path, shard: str = "20KB") -> Path:
    """The model's folder, its weights in several files."""
    model.save_pretrained(folder, max_shard_size=shard)
    return folder


def expected(model: Any, tokens: list[int] = TOKENS) -> torch.Tensor:
    """transformers' logits at every position: [tokens, vocabulary]."""
    with torch.no_grad():
        found: torch.Tensor = model(torch.tensor([tokens])).logits[0]
    return found
