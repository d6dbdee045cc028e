"""Texts to tokens: BERT's word pieces, lower case, from the model's own file. Knows no torch."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

MOST_TOKENS = 256  # of a text; what the model was trained on is shorter still
MOST_CHARACTERS = 4096  # that are looked at: a word piece has five or so
PADDING = 0


class WordPieces:
    """Thread-safe."""

    def __init__(self, file: Path) -> None:
        """`file` is a tokenizer.json."""
        self._tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.encode_special_tokens = True  # "[SEP]" in a text is text

    def tokens(self, text: str) -> NDArray[np.int64]:
        """The tokens of a text, [2 to 256]; what is longer is cut."""
        return np.array(self._tokenizer.encode(text[:MOST_CHARACTERS]).ids, np.int64)
