"""Byte-level BPE from a GGUF file's vocabulary and merges, as in GPT-2, Llama 3, Qwen2 and SmolLM."""

from collections.abc import Mapping, Sequence

from tokenizers import Tokenizer as Engine
from tokenizers.models import BPE

from models.gguf.file import GGUF
from models.language.tokenizers.listed import Kind, Listed
from models.language.tokenizers.splitting import splitting_called
from models.language.tokenizers.tokenizer import Tokenizer


def byte_pairs_of(file: GGUF) -> Tokenizer:
    """The few bytes missing from a vocabulary are dropped from a text, as in SmolLM's own tokenizer. ValueError."""
    tokens = Listed.of(file)
    pre = file.metadata.get("tokenizer.ggml.pre", "default")
    splitting = splitting_called(pre if isinstance(pre, str) else repr(pre))
    plain = tokens.of_kind(Kind.NORMAL)
    merges = known_merges([_pair(merge) for merge in file.value("tokenizer.ggml.merges", list)], plain)
    engine = Engine(BPE(plain, merges, ignore_merges=splitting.whole_words))
    engine.pre_tokenizer = splitting.words()
    pieces = [_piece(name, kind) for name, kind in zip(tokens.names, tokens.kinds, strict=True)]
    vocabulary = tokens.vocabulary(file, pieces, begins=splitting.begins)
    return Tokenizer(vocabulary, lambda text, _: list(engine.encode(text, add_special_tokens=False).ids))


def known_merges(merges: Sequence[tuple[str, str]], plain: Mapping[str, int]) -> list[tuple[str, str]]:
    """Those merges whose parts and whole text may reach; no text reaches a special token."""
    return [(a, b) for a, b in merges if a in plain and b in plain and a + b in plain]


def _pair(merge: object) -> tuple[str, str]:
    left, space, right = merge.partition(" ") if isinstance(merge, str) else ("", "", "")
    if not (left and space and right):
        raise ValueError(f"the GGUF file's merge {merge!r} is not two tokens; fetch the file again")
    return left, right


def _piece(name: str, kind: int) -> bytes:
    if kind == Kind.ADDED:
        return name.encode()
    if kind != Kind.NORMAL:
        return b""
    try:
        return spelt(name)
    except KeyError as error:
        raise ValueError(f"the GGUF file's token {name!r} is not byte-level; fetch the file again") from error


def _alphabet() -> dict[str, int]:
    """GPT-2's printable character for each byte: itself if printable, else one from U+0100 up."""
    printing = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    other = [byte for byte in range(256) if byte not in printing]
    return {chr(byte): byte for byte in printing} | {chr(0x100 + i): byte for i, byte in enumerate(other)}


_BYTE = _alphabet()


def spelt(name: str) -> bytes:
    """The bytes that a name in GPT-2's alphabet spells. KeyError if it is not in that alphabet."""
    return bytes(_BYTE[character] for character in name)
