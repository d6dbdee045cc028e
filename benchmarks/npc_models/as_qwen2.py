"""The embedded model as one of another family: its weights in a Qwen2 file, as llama.cpp's converter would write it.

Qwen2 differs by the biases of its queries, keys and values, which are zero here, and by the order of the rows of
queries and keys: a rotary pair is not two neighbours, but two rows half a head apart. So the same words come out if,
and only if, both are read as they are meant. Blocks of 4 bits are moved as they are.
"""

from pathlib import Path
from typing import Any

import gguf as package
import numpy as np
from numpy.typing import NDArray

from models.gguf import file as gguf
from models.language.weights import find_weights

_KEPT = ("block_count", "context_length", "embedding_length", "feed_forward_length")
_COUNTS = ("attention.head_count", "attention.head_count_kv")
_NUMBERS = ("attention.layer_norm_rms_epsilon", "rope.freq_base")


def write(path: Path) -> Path:
    """Write the file to `path`."""
    file = gguf.read(find_weights())
    writer = package.GGUFWriter(path, "qwen2")
    for key in (*_KEPT, *_COUNTS):
        writer.add_uint32(f"qwen2.{key}", file.value(f"llama.{key}", int))
    for key in _NUMBERS:
        writer.add_float32(f"qwen2.{key}", file.value(f"llama.{key}", float))
    for key, value in file.metadata.items():
        if key.startswith("tokenizer."):
            _add(writer, key, value)
    heads = {part: file.value(f"llama.{key}", int) for part, key in zip("qk", _COUNTS, strict=True)}
    for name, tensor in file.tensors.items():
        part = name.removesuffix(".weight").rpartition("attn_")[2]
        blocks = _halves(tensor.blocks, heads[part]) if part in heads else tensor.blocks
        _add_tensor(writer, name, tensor.kind.name, blocks)
        if part in ("q", "k", "v"):
            writer.add_tensor(f"{name.removesuffix('.weight')}.bias", np.zeros(tensor.shape[0], np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _halves(rows: NDArray[Any], heads: int) -> NDArray[Any]:
    """Rows whose rotary pairs are neighbours, with pairs half a head apart."""
    return rows.reshape(heads, -1, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def _add(writer: Any, key: str, value: Any) -> None:
    if isinstance(value, bool):
        writer.add_bool(key, value)
    elif isinstance(value, int):
        writer.add_uint32(key, value)
    elif isinstance(value, str):
        writer.add_string(key, value)
    else:
        writer.add_array(key, value)


def _add_tensor(writer: Any, name: str, kind: str, blocks: NDArray[Any]) -> None:
    stored = np.ascontiguousarray(blocks)
    if kind == "F32":
        writer.add_tensor(name, stored.astype(np.float32))
    else:
        raw = stored.view(np.uint8).reshape(*stored.shape[:-1], -1)
        writer.add_tensor(name, raw, raw_dtype=package.GGMLQuantizationType[kind])
