"""Folders of safetensors as transformers saves them: config.json, and weights in one file or in shards."""

import re
from pathlib import Path

import numpy as np

from models.gguf.tensor import Tensor
from models.json_file import read_json
from models.language.checkpoints import safetensors
from models.language.checkpoints.checkpoint import Checkpoint
from models.language.checkpoints.hf_config import architecture_in

MEND = "download or save the model again"
_WHOLE, _INDEX = "model.safetensors", "model.safetensors.index.json"
_MOST_SHARDS = 1024
_BUFFERS = re.compile(r"(^|\.)rotary_emb\.inv_freq$")  # old checkpoints of Llama hold what is computed
_CHUNK = 4096  # rows compared at once

_SPELLING = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def folder_checkpoint(folder: Path) -> Checkpoint:
    """The model of a folder. ValueError, in a sentence, for one that is damaged or not read exactly."""
    config = read_json(folder / "config.json")
    if config is None:
        raise ValueError(f"{folder} has no config.json; save the model there with its save_pretrained")
    try:
        architecture = architecture_in(config)
    except ValueError as error:
        raise ValueError(f"{folder.name}: {error}") from None
    tensors = {name: tensor for name, tensor in _tensors(folder).items() if not _BUFFERS.search(name)}
    if architecture.tied:
        _drop_second_head(folder, tensors)
    return Checkpoint(folder.name, architecture, tensors, spelled)


def spelled(name: str) -> str:
    """A tensor's name in transformers' classes, from ggml's: `blk.0.attn_q.weight`."""
    *layer, part, kind = name.split(".")
    prefix = f"model.layers.{layer[1]}." if layer else ""
    return f"{prefix}{_SPELLING[part]}.{kind}"


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a folder's model. ValueError if there are none, or they lie elsewhere."""
    if (folder / _WHOLE).is_file():
        return [folder / _WHOLE]
    index = read_json(folder / _INDEX)
    if index is None:
        pickled = next(iter(sorted(path.name for path in folder.glob("pytorch_model*.bin"))), None)
        if pickled:
            raise ValueError(
                f"{folder} has its weights as pickle only ({pickled}), which can run code when it is read; convert "
                "them on a machine that you can spare: load the model with transformers there, and save it with "
                "save_pretrained"
            )
        raise ValueError(f"{folder} has no {_WHOLE}; {MEND}")
    shards = index.get("weight_map")
    names = sorted({str(name) for name in shards.values()}) if isinstance(shards, dict) else []
    if not 1 <= len(names) <= _MOST_SHARDS:
        raise ValueError(f"{folder}/{_INDEX} names {len(names)} files of weights; {MEND}")
    for name in names:
        if Path(name).name != name or "\\" in name or not name.endswith(".safetensors"):
            raise ValueError(
                f"{folder}/{_INDEX} names {name[:80]!r}, which is no safetensors file of this folder; {MEND}"
            )
        if not (folder / name).is_file():
            raise ValueError(f"{folder} lacks {name}, a part of its weights; copy or download it again")
    return [folder / name for name in names]


def _tensors(folder: Path) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for path in weight_files(folder):
        for name, tensor in safetensors.read(path).items():
            if name in found:
                raise ValueError(f"{folder} has the tensor {name[:80]} in two files; {MEND}")
            found[name] = tensor
    return found


def _drop_second_head(folder: Path, tensors: dict[str, Tensor]) -> None:
    """Some checkpoints hold the embedding twice. ValueError if the head is another matrix after all."""
    head, embedding = tensors.pop("lm_head.weight", None), tensors.get("model.embed_tokens.weight")
    if head is None or embedding is None:
        return
    rows = range(0, embedding.shape[0], _CHUNK)
    same = head.kind == embedding.kind and head.shape == embedding.shape
    if not same or not all(np.array_equal(head.blocks[i : i + _CHUNK], embedding.blocks[i : i + _CHUNK]) for i in rows):
        raise ValueError(
            f"{folder.name} has a head of its own (lm_head.weight), where its config.json sets tie_word_embeddings; "
            "set that to false if the head belongs to the model"
        )
