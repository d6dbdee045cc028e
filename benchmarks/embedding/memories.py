"""How well similarity finds what an NPC remembers for what is said, by the least cosine and by words."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from harness.record import show
from numpy.typing import NDArray

from embedding.texts import vectors
from models.embedding.embedding_program import EmbeddingProgram
from models.npc.retrieval import WordSearch

FILE = Path(__file__).parent / "memories.toml"
LEAST = tuple(round(0.2 + 0.05 * step, 2) for step in range(9))
MOST = 3  # memories that are told for one line, as in the server


def memories() -> dict[str, Any]:
    """For each least cosine: of the lines that are about a memory, how many find it; what is told besides."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    known = [one["text"] for one in data["memories"]]
    said = [text for one in data["memories"] for text in one["about"]]
    about = np.array([at for at, one in enumerate(data["memories"]) for _ in one["about"]])
    nothing = data["none"]["nothing"]
    program = EmbeddingProgram.load(torch.device("cpu"))
    held = vectors(program, known)
    hit, miss = vectors(program, said) @ held.T, vectors(program, nothing) @ held.T
    rows = {f"cosine {least}": _at(_told(hit, least), _told(miss, least), about) for least in LEAST}
    search = WordSearch(known)
    rows["words"] = _at(_by_words(search, said, len(known)), _by_words(search, nothing, len(known)), about)
    show(
        "memories",
        ("", "found", "told besides", "told for nothing"),
        [(name, *row.values()) for name, row in rows.items()],
    )
    return {"memories": len(known), "lines": len(said), "lines_of_nothing": len(nothing), "by_least": rows}


def _told(cosines: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Which memories (lines, memories) are told."""
    ranks = np.argsort(np.argsort(-cosines, axis=1), axis=1)
    told: NDArray[np.bool_] = (cosines >= least) & (ranks < MOST)
    return told


def _by_words(search: WordSearch, lines: list[str], count: int) -> NDArray[np.bool_]:
    told = np.zeros((len(lines), count), bool)
    for row, line in enumerate(lines):
        told[row, [at for at, _ in search.nearest(line, MOST)]] = True
    return told


def _at(hit: NDArray[np.bool_], miss: NDArray[np.bool_], about: NDArray[np.int64]) -> dict[str, float]:
    """Shares of lines that find their memory, and memories for a line that are not meant."""
    right = hit[np.arange(len(about)), about]
    return {
        "found": float(right.mean()),
        "told_besides": float((hit.sum() - right.sum()) / len(about)),
        "told_for_nothing": float(miss.sum(1).mean()),
    }
