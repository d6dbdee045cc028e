"""Which tokenizer a model's files hold: a GGUF file's, or a folder's tokenizer.json."""

from models.gguf.file import GGUF
from models.language.tokenizers.byte_pairs import byte_pairs_of
from models.language.tokenizers.folder import tokenizer_in
from models.language.tokenizers.sentence_pieces import sentence_pieces_of
from models.language.tokenizers.tokenizer import Tokenizer

__all__ = ["tokenizer_in", "tokenizer_of"]

READERS = {"gpt2": byte_pairs_of, "llama": sentence_pieces_of}


def tokenizer_of(file: GGUF) -> Tokenizer:
    """The tokenizer that a GGUF file holds. ValueError if it holds none, or of a kind that is not read."""
    kind = file.value("tokenizer.ggml.model", str)
    if kind not in READERS:
        raise ValueError(
            f"the GGUF file's tokenizer is of the kind {kind!r}; gpt2 (byte-level BPE), llama (SentencePiece) are read"
        )
    return READERS[kind](file)
