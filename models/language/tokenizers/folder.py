"""The tokenizer of a folder in Hugging Face's layout: BPE of any sort, as tokenizer.json describes it.

The library would find added tokens such as `<|im_end|>` in any text. So these are taken out, out of the vocabulary too,
before it sees the description: what it then gives is plain text whatever the text is.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer as Engine

from models.language.tokenizers.byte_pairs import known_merges, spelt
from models.language.tokenizers.json_files import read_object
from models.language.tokenizers.listed import MOST_TOKENS
from models.language.tokenizers.sentence_pieces import SPACE
from models.language.tokenizers.special_tokens import SpecialTokens
from models.language.tokenizers.tokenizer import Tokenizer, Vocabulary


def tokenizer_in(folder: Path) -> Tokenizer:
    """Of tokenizer.json, with what tokenizer_config.json, special_tokens_map.json, generation_config.json and
    config.json say of its special tokens. ValueError if a file is missing or damaged, or the tokenizer is not BPE.
    """
    stored = read_object(folder / "tokenizer.json", "a tokenizer")
    vocab, merges = _model(stored)
    special = SpecialTokens.of(folder, stored, vocab)
    plain = {name: i for name, i in vocab.items() if name not in special.added}
    first = _engine(stored, plain, merges, follows=False)
    later = _engine(stored, plain, merges, follows=True) if _begins_with_space(stored) else first
    vocabulary = Vocabulary(
        pieces=_pieces(stored, plain, special),
        control=special.control,
        special=special.added,
        ends=special.ends,
        bos=special.bos,
        named=special.named,
    )
    engines = {True: first, False: later}
    return Tokenizer(vocabulary, lambda text, starts: _ids(engines[starts], text))


def _model(stored: Mapping[str, Any]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Its vocabulary and merges."""
    model = stored.get("model")
    kind = model.get("type", "BPE") if isinstance(model, dict) else None
    if not isinstance(model, dict) or kind != "BPE":
        raise ValueError(f"the folder's tokenizer.json holds a tokenizer of the kind {kind!r}; BPE is read")
    vocab, merges = model.get("vocab"), model.get("merges")
    if not isinstance(vocab, dict) or not isinstance(merges, list):
        raise ValueError("the folder's tokenizer.json has no vocabulary or no merges; fetch the folder again")
    if not all(isinstance(i, int) and 0 <= i < MOST_TOKENS for i in vocab.values()):
        raise ValueError(f"the folder's tokenizer.json numbers a token outside of 0 to {MOST_TOKENS - 1}")
    return vocab, [_pair(merge) for merge in merges]


def _pair(merge: object) -> tuple[str, str]:
    parts = merge.split(" ") if isinstance(merge, str) else merge
    if not isinstance(parts, list) or len(parts) != 2 or not all(isinstance(part, str) for part in parts):
        raise ValueError(f"the folder's tokenizer.json has {merge!r} for a merge; fetch the folder again")
    return parts[0], parts[1]


def _engine(
    stored: Mapping[str, Any], plain: Mapping[str, int], merges: list[tuple[str, str]], *, follows: bool
) -> Engine:
    """The library's tokenizer without any special token. `follows`: for text that something precedes."""
    unknown = stored["model"].get("unk_token")
    model = {**stored["model"], "vocab": plain, "merges": known_merges(merges, plain), "dropout": None}
    model["unk_token"] = unknown if unknown in plain else None
    kept = {key: stored.get(key) for key in ("version", "normalizer", "pre_tokenizer", "decoder")}
    text = json.dumps({**kept, "model": model, "added_tokens": [], "post_processor": None, "truncation": None})
    if follows:
        text = text.replace('"prepend_scheme": "first"', '"prepend_scheme": "never"')
    try:
        return Engine.from_str(text)
    except BaseException as error:
        if not _of_the_library(error):
            raise
        raise ValueError(f"the folder's tokenizer.json cannot be used: {str(error)[:200]}") from error


def _ids(engine: Engine, text: str) -> list[int]:
    try:
        return list(engine.encode(text, add_special_tokens=False).ids)
    except BaseException as error:
        if not _of_the_library(error):
            raise
        raise ValueError(f"the folder's tokenizer cannot split a text: {str(error)[:200]}") from error


def _of_the_library(error: BaseException) -> bool:
    """Whether it is an error of the library, which raises nothing narrower than Exception, and whose panics (an
    expression that backtracks without end, say) are no Exception.
    """
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _parts(stage: object) -> Iterator[Mapping[str, Any]]:
    """A normalizer, pre-tokenizer or decoder and those inside it."""
    if isinstance(stage, dict):
        yield stage
        for key in ("normalizers", "pretokenizers", "decoders"):
            for part in stage.get(key) or ():
                yield from _parts(part)


def _begins_with_space(stored: Mapping[str, Any]) -> bool:
    """Whether only the first text of a prompt gets a space in front."""
    return any(part.get("prepend_scheme") == "first" for part in _parts(stored.get("pre_tokenizer")))


def _pieces(stored: Mapping[str, Any], plain: Mapping[str, int], special: SpecialTokens) -> list[bytes]:
    """The bytes of each token; none for control tokens and for ids that stand for nothing."""
    stages = [part.get("type") for key in ("pre_tokenizer", "decoder") for part in _parts(stored.get(key))]
    byte_level, by_bytes = "ByteLevel" in stages, bool(stored["model"].get("byte_fallback"))
    pieces = [b""] * (1 + max((*plain.values(), *special.added.values()), default=0))
    for name, i in plain.items():
        pieces[i] = _spelt(name) if byte_level else _piece(name, by_bytes)
    for name, i in special.added.items():
        pieces[i] = b"" if name in special.control else name.encode()
    return pieces


def _spelt(name: str) -> bytes:
    try:
        return spelt(name)
    except KeyError:
        return name.encode()  # as the library decodes it


def _piece(name: str, by_bytes: bool) -> bytes:
    if by_bytes and len(name) == 6 and name.startswith("<0x") and name.endswith(">"):
        try:
            return bytes([int(name[3:5], 16)])
        except ValueError:
            return name.encode()
    return name.replace(SPACE, " ").encode()
