"""GGUF files of a vocabulary and nothing else, as the tests and make_token_ids.py make them."""

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tokenizers.pre_tokenizers import ByteLevel

PATH = Path(__file__).with_name("token_ids.npz")

CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|eot_id|>", "[INST]", "[/INST]"]
BYTE_LEVEL = ("smollm", "llama-bpe", "qwen2", "tekken", "gpt-2", "default")
KINDS = (*BYTE_LEVEL, "spm", "spm-bare")  # bare: without a space in front
NORMAL, UNKNOWN, CONTROL_KIND, BYTE = 1, 2, 3, 6

Value = str | bool | int | Sequence[str] | Sequence[int] | Sequence[float]


def write_gguf(path: Path, metadata: Mapping[str, Value]) -> Path:
    """A file of version 3 without tensors."""
    data = b"GGUF" + struct.pack("<IQQ", 3, 0, len(metadata))
    for key, value in metadata.items():
        data += _string(key) + _value(value)
    path.write_bytes(data + b"\0" * (-len(data) % 32))
    return path


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + _string(value)
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value[0], str):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(_string(str(item)) for item in value)
    kind, form = (5, "i") if isinstance(value[0], int) else (6, "f")
    return struct.pack(f"<IIQ{len(value)}{form}", 9, kind, len(value), *value)


def byte_level(pre: str, merges: Sequence[str], words: Sequence[str]) -> dict[str, Value]:
    """The metadata of a byte-level BPE vocabulary; `words` are tokens that no merge makes."""
    made = [merge.replace(" ", "") for merge in merges]
    plain = list(dict.fromkeys([*sorted(ByteLevel.alphabet()), *made, *words]))
    tokens = [*plain, *CONTROL]
    return {
        "general.architecture": "llama",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": pre,
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [NORMAL] * len(plain) + [CONTROL_KIND] * len(CONTROL),
        "tokenizer.ggml.merges": list(merges),
        "tokenizer.ggml.bos_token_id": tokens.index("<|begin_of_text|>"),
        "tokenizer.ggml.eos_token_id": tokens.index("<|im_end|>"),
    }


def sentence_pieces(pieces: Sequence[tuple[str, float]], *, prefix: bool) -> dict[str, Value]:
    """The metadata of a SentencePiece vocabulary laid out as Llama 2's: special tokens, bytes, pieces."""
    special = ["<unk>", "<s>", "</s>"]
    named = [f"<0x{byte:02X}>" for byte in range(256)]
    return {
        "general.architecture": "llama",
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": [*special, *named, *(piece for piece, _ in pieces)],
        "tokenizer.ggml.token_type": [UNKNOWN, CONTROL_KIND, CONTROL_KIND] + [BYTE] * 256 + [NORMAL] * len(pieces),
        "tokenizer.ggml.scores": [0.0] * 259 + [float(score) for _, score in pieces],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_space_prefix": prefix,
    }


class Trained:
    """What make_token_ids.py has trained, and llama.cpp's ids of the hostile texts."""

    def __init__(self) -> None:
        with np.load(PATH) as stored:
            self.arrays = {key: stored[key] for key in stored.files}
        self.texts: list[str] = self._json("texts")
        self.source: str = self._json("source")

    def _json(self, key: str) -> list[str]:
        found: list[str] = json.loads(self.arrays[key].tobytes())
        return found

    def metadata(self, kind: str) -> dict[str, Value]:
        """The vocabulary of a kind."""
        if kind in BYTE_LEVEL:
            return byte_level(kind, self._json("merges"), self._json("words"))
        pieces = list(zip(self._json("pieces"), self.arrays["scores"].tolist(), strict=True))
        return sentence_pieces(pieces, prefix=kind == "spm")

    def ids(self, kind: str) -> list[list[int]]:
        """llama.cpp's ids of each text."""
        ends = np.cumsum(self.arrays[f"{kind}.lengths"])
        return [part.tolist() for part in np.split(self.arrays[f"{kind}.ids"], ends[:-1])]
