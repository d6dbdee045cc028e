"""A language model by its name: the embedded one, a GGUF file, or a folder as transformers saves it."""

import re
from dataclasses import dataclass
from pathlib import Path

from models.dialogue.chat import Chat
from models.gguf import file as gguf
from models.language.checkpoints.checkpoint import Checkpoint
from models.language.checkpoints.folder import folder_checkpoint, weight_files
from models.language.checkpoints.gguf_metadata import gguf_checkpoint
from models.language.tokenizers.loading import tokenizer_in, tokenizer_of
from models.language.tokenizers.tokenizer import Tokenizer
from models.language.weights import find_weights, fingerprint

EMBEDDED = "smollm2-135m-instruct"
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Source:
    """What a conversation needs of a model's files. `name` says which they are, with a fingerprint of their bytes."""

    name: str
    checkpoint: Checkpoint
    tokenizer: Tokenizer
    chat: Chat


def source_of(model: str | None) -> Source:
    """Open a model; None is the embedded one. ValueError, in a sentence, for files that cannot be read exactly."""
    if model is None:
        return _of_file(find_weights(), EMBEDDED)
    path = Path(model)
    return _of_folder(path) if path.is_dir() else _of_file(path, _slug(path.stem))


def _of_file(path: Path, name: str) -> Source:
    file = gguf.read(path)
    checkpoint = gguf_checkpoint(file, path.name)
    tokenizer = _fitting(tokenizer_of(file), checkpoint)
    return Source(f"{name}-{fingerprint(path)}", checkpoint, tokenizer, Chat.of(file, tokenizer))


def _of_folder(folder: Path) -> Source:
    checkpoint = folder_checkpoint(folder)
    tokenizer = _fitting(tokenizer_in(folder), checkpoint)
    name = f"{_slug(folder.name)}-{fingerprint(*_files(folder))}"
    return Source(name, checkpoint, tokenizer, Chat.in_folder(folder, tokenizer))


def _fitting(tokenizer: Tokenizer, checkpoint: Checkpoint) -> Tokenizer:
    """The tokenizer, whose every token the model has. The model may have more: embeddings are padded."""
    vocabulary = checkpoint.architecture.vocabulary
    if tokenizer.size > vocabulary:
        raise ValueError(
            f"{checkpoint.name} has {tokenizer.size:,} tokens and an embedding of {vocabulary:,}; its tokenizer is "
            "another model's"
        )
    return tokenizer


def _files(folder: Path) -> list[Path]:
    """All that a model's answers depend on."""
    return [*sorted(folder.glob("*.json")), *sorted(folder.glob("*.jinja")), *weight_files(folder)]


def _slug(name: str) -> str:
    """A name as it stands in versions and logs."""
    return re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-")[:_LONGEST_NAME] or "model"
