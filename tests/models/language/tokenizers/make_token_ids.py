"""Writes token_ids.npz: small vocabularies, hostile texts, and llama.cpp's ids of these.

Needs llama.cpp in an environment of its own (the ids in the repository are of the version named in the file):

    pip install --no-binary llama-cpp-python llama-cpp-python==VERSION numpy tokenizers

Run from the repository's root:

    python -m tests.models.language.tokenizers.make_token_ids
"""

import json
import tempfile
from pathlib import Path

import llama_cpp  # type: ignore[import-not-found,unused-ignore]
import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, PreTokenizer, Sequence, Split
from tokenizers.trainers import BpeTrainer

from tests.models.language.tokenizers.hostile import hostile_texts
from tests.models.language.tokenizers.vocabulary_files import (
    BYTE_LEVEL,
    CONTROL,
    KINDS,
    PATH,
    Value,
    byte_level,
    sentence_pieces,
    write_gguf,
)

MERGES, PIECES = 1200, 1200
CORPUS = ["LICENSE", "README.md"]
WORDS = ["Ġdragon", "dragons", "Dragons", "'ll", "333", "Ġthe", "THE", "ĠĠĠĠĠ", "ĊĊĊ", "XyZ", "=="]
RUNS = ["\u2581" * 3, "\u2581" * 5, "aaa", "aaaaa", "abab", "\u2581\u2581a"]


def main() -> None:
    texts = hostile_texts()
    corpus = [*texts, *(Path(name).read_text() for name in CORPUS)]
    # Merges that spell a control token would reach it in llama.cpp, which is what we do not do.
    merges = [merge for merge in merges_of(corpus) if merge.replace(" ", "") not in CONTROL]
    words = WORDS
    pieces = pieces_of([text for text in corpus if "<" not in text and "[" not in text])
    arrays: dict[str, NDArray[np.generic]] = {
        "texts": packed(texts),
        "merges": packed(merges),
        "words": packed(words),
        "pieces": packed([piece for piece, _ in pieces]),
        "scores": np.array([score for _, score in pieces], np.float32),
        "source": packed(f"llama-cpp-python {llama_cpp.__version__}"),
    }
    for kind in KINDS:
        bare = kind in BYTE_LEVEL
        metadata = byte_level(kind, merges, words) if bare else sentence_pieces(pieces, prefix=kind == "spm")
        ids = reference(metadata, texts)
        arrays[f"{kind}.ids"] = np.array([i for one in ids for i in one], np.uint16)
        arrays[f"{kind}.lengths"] = np.array([len(one) for one in ids], np.uint16)
        print(kind, len(metadata["tokenizer.ggml.tokens"]), "tokens,", arrays[f"{kind}.ids"].size, "ids")
    np.savez_compressed(PATH, **arrays)


def packed(value: object) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def trained(corpus: list[str], splitting: PreTokenizer, trainer: BpeTrainer) -> tuple[list[str], dict[str, int]]:
    """Merges and vocabulary."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = splitting
    tokenizer.train_from_iterator(corpus, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return [" ".join(merge) if isinstance(merge, list) else merge for merge in model["merges"]], model["vocab"]


def merges_of(corpus: list[str]) -> list[str]:
    """Merges across words, digits and spaces: only the splitting keeps a tokenizer from using them."""
    windows = Sequence([Split(Regex(r"[\s\S]{1,9}"), "isolated"), ByteLevel(add_prefix_space=False, use_regex=False)])
    alphabet = ByteLevel.alphabet()
    return trained(
        corpus, windows, BpeTrainer(vocab_size=256 + MERGES, initial_alphabet=alphabet, show_progress=False)
    )[0]


def pieces_of(corpus: list[str]) -> list[tuple[str, float]]:
    """Pieces and scores as Llama 2's: the earlier merged, the higher; two share a score; characters come last."""
    escaped = [text.replace(" ", "\u2581") for text in corpus]
    words = Split(Regex("\u2581*[^\u2581]{1,9}|\u2581{1,20}"), "isolated")
    trainer = BpeTrainer(vocab_size=PIECES, limit_alphabet=250, show_progress=False)
    merges, vocab = trained(escaped, words, trainer)
    made = list(dict.fromkeys([*(merge.replace(" ", "") for merge in merges), *RUNS]))
    pieces = [*made, *sorted(piece for piece in vocab if len(piece) == 1)]
    pieces = [piece for piece in pieces if "\0" not in piece]  # where llama.cpp ends a name
    return [(piece, -float(rank // 2)) for rank, piece in enumerate(dict.fromkeys(pieces))]


def reference(metadata: dict[str, Value], texts: list[str]) -> list[list[int]]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_gguf(Path(folder, "vocabulary.gguf"), metadata)
        model = llama_cpp.Llama(model_path=str(path), vocab_only=True, verbose=False)
        return [list(model.tokenize(text.encode(), add_bos=False, special=False)) if text else [] for text in texts]


if __name__ == "__main__":
    main()
